"""The charges after an end, but for those that were paid back: by a refund of theirs, or in parts that cover all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from heapq import heappop, heappush

from cancelproof.judge.billing import Bill, whole
from cancelproof.model import Charge, Entry

_MOST_AT_ONCE = 12  # charges that one refund pays back


def after_end(
    charged: Sequence[Bill], refunds: Iterable[Entry], ends_on: date, usual: int | None
) -> tuple[Charge, ...]:
    """The charges for the time after the end that were not paid back in full.

    No charge after the end: a final bill, one for a period up to the end, and where the vendor bills in arrears without
    naming the period, the first bill within one interval.
    """
    late = [bill for bill in charged if bill.day > ends_on and _is_for_later(bill, ends_on)]
    in_arrears = _bills_in_arrears([bill for bill in charged if bill.day <= ends_on])
    if late and in_arrears and late[0].mail.period_end is None and (late[0].day - ends_on).days <= (usual or 0):
        late = late[1:]
    return tuple(bill.charge for bill in _not_refunded(late, refunds))


def _is_for_later(bill: Bill, ends_on: date) -> bool:
    if bill.mail.final_bill:
        return False
    if bill.mail.period_end:
        return bill.mail.period_end > ends_on
    return bill.mail.day > ends_on  # a bill written before the end and debited after it


def _bills_in_arrears(earlier: Sequence[Bill]) -> bool:
    dated = [(bill.mail.period_end, bill.day) for bill in earlier if bill.mail.period_end]
    return bool(dated) and all(until < day for until, day in dated)


def _not_refunded(late: Sequence[Bill], refunds: Iterable[Entry]) -> list[Bill]:
    """A refund of one charge or several cancels these; parts that together make up all that is left cancel all."""
    by_mail = sorted(range(len(late)), key=lambda place: late[place].mail.day, reverse=True)
    first = late[by_mail[-1]].mail.day if late else date.max
    written = _Written(late)
    paid_back: set[int] = set()
    totals: dict[str, Decimal] = {}
    for refund in refunds:  # oldest first
        amount = whole(refund.amount)
        if amount is None or refund.day < first:
            continue
        while by_mail and late[by_mail[-1]].mail.day <= refund.day:
            written.add(by_mail.pop())
        paid = written.paid_by(amount, refund.currency)
        paid_back |= paid
        if not paid:
            totals[refund.currency] = totals.get(refund.currency, Decimal(0)) + amount
    left = [bill for place, bill in enumerate(late) if place not in paid_back]
    return [] if _covered(left, totals) else left


@dataclass(frozen=True, slots=True)
class _Written:
    """The places of the bills that were written so far and not paid back, the last first, by amount and currency."""

    late: Sequence[Bill]
    places: Mapping[Decimal, dict[str, list[int]]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, place: int) -> None:
        bill = self.late[place]
        if bill.amount is not None:
            heappush(self.places[bill.amount].setdefault(bill.mail.currency, []), -place)

    def paid_by(self, amount: Decimal, currency: str) -> set[int]:
        """Take out the bills that a refund makes up, the last ones; none where it makes up none."""
        fair = list(self._fair(amount, currency))
        paid: set[int] = set()
        count = 1
        while len(paid) < count and (heap := min(filter(None, fair), key=lambda heap: heap[0], default=None)):
            place = -heappop(heap)
            count = count if paid else _times(amount, self.late[place].amount)
            paid.add(place)
        return paid

    def _fair(self, amount: Decimal, currency: str) -> Iterator[list[int]]:
        """The bills of a sum that the refund is a multiple of, in its currency, or where one names none."""
        for times in range(1, _MOST_AT_ONCE + 1):
            by_currency = self.places.get(amount / times, {})
            for named in ({currency, ""} & by_currency.keys()) if currency else by_currency:
                heap = by_currency[named]
                if heap and _times(amount, self.late[-heap[0]].amount):
                    yield heap


def _times(refund: Decimal, charge: Decimal | None) -> int:
    """How many charges of one sum a refund makes up; 0 where it is no multiple, or of too many to be meant."""
    if not charge or charge < 0 or refund < charge or refund > _MOST_AT_ONCE * charge or refund % charge:
        return 0
    return int(refund / charge)


def _covered(left: Sequence[Bill], totals: dict[str, Decimal]) -> bool:
    amounts = [bill.amount for bill in left]
    currencies = {bill.mail.currency for bill in left}
    if not left or None in amounts or len(currencies) > 1:
        return False
    paid = totals.get(next(iter(currencies)), Decimal(0))
    return paid == sum(amount for amount in amounts if amount is not None)
