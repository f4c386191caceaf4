"""What a contract's bills say: its interval, whether they stopped, the next one, and the charges after an end."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from operator import itemgetter
from statistics import median_high
from typing import NamedTuple

from cancelproof.judge.days import later, months_later
from cancelproof.model import BankCharge, Charge, Entry, Kind, cadence

_WEEKS = frozenset({7, 14, 28})
#: Two mails about one sum within so many days speak of one charge (a bill and its receipt).
_SAME_CHARGE = 3
#: A day of charge farther from its mail is a misreading.
_FARTHEST = 100
#: What is billed once a year may be silent for this long.
_LONGEST_SILENCE = 400


class Bill(NamedTuple):
    """One charge: the day it is taken, the mail that tells of it, the bank's movement. Made by the ten thousand."""

    day: date
    mail: Entry
    debit: BankCharge | None = None

    @property
    def amount(self) -> Decimal | None:
        return whole(self.mail.amount)

    @property
    def charge(self) -> Charge:
        rail, debited_on = (self.debit.rail, self.debit.day) if self.debit else ("", None)
        return Charge(
            day=self.day,
            amount=self.amount,
            currency=self.mail.currency,
            source=self.mail.source,
            rail=rail,
            debited_on=debited_on,
        )


def bills(receipts: Iterable[Entry], debits: Mapping[str, BankCharge]) -> list[Bill]:
    """Every charge once, oldest first. `receipts` are the contract's genuine ones, oldest first.

    `debits` are the bank's movements that they stand for, by SHA-256; of two mails about one charge either may.
    """
    kept: list[Bill] = []
    for bill in sorted([Bill(_charged_on(entry), entry, debits.get(entry.sha256)) for entry in receipts], key=_BY_DAY):
        same = _repeated(bill, kept) if kept else None
        if same is None:
            kept.append(bill)
        elif bill.debit and not kept[same].debit:
            kept[same] = kept[same]._replace(debit=bill.debit)
    return kept


_BY_DAY = itemgetter(0)
_NEIGHBOURS = 4  # earlier bills that one may repeat


def _charged_on(entry: Entry) -> date:
    day = entry.charged_on
    return day if day and abs((day - entry.day).days) <= _FARTHEST else entry.day


def whole(amount: Decimal | None) -> Decimal | None:
    """The amount, None where it is none that a bill or a refund can have."""
    return amount if amount is not None and amount.is_finite() and -_MOST < amount < _MOST else None


_MOST = Decimal(10) ** 12  # no bill is as high; sums of less are exact


def _repeated(bill: Bill, earlier: Sequence[Bill]) -> int | None:
    """The place of the bill of the same charge, if any; without a period only one of these days is.

    Two movements at the bank are two charges, however alike.
    """
    period_end = bill.mail.period_end
    if not period_end and (bill.day - earlier[-1].day).days > _SAME_CHARGE:
        return None
    for place, other in enumerate(earlier[-_NEIGHBOURS:], max(0, len(earlier) - _NEIGHBOURS)):
        if period_end and other.mail.period_end:
            near = period_end == other.mail.period_end
        else:
            near = (bill.day - other.day).days <= _SAME_CHARGE
        alike = bill.amount == other.amount and bill.mail.currency == other.mail.currency
        if near and alike and not (bill.debit and other.debit):
            return place
    return None


# ---------------------------------------------------------------- the interval


def interval(days: Collection[date]) -> int | None:
    """The days from one bill to the next where they are regular, else None.

    Two bills are regular where a calendar interval lies between them; more, where most gaps are within a fifth of the
    median gap.
    """
    ordered = sorted(set(map(date.toordinal, days)))
    gaps = [after - before for before, after in pairwise(ordered)]
    if not gaps:
        return None
    usual = median_high(gaps)
    if len(gaps) == 1:
        return usual if usual in _WEEKS or _months(usual) else None
    off = max(4, usual // 5)
    near = sum([abs(gap - usual) <= off for gap in gaps])
    return usual if usual >= min(_WEEKS) and 2 * near > len(gaps) else None


def _months(gap: int) -> int:
    """The months of a calendar interval; 0 where it is none, or counted in weeks."""
    found = cadence(gap)
    return found.months if found else 0


def silent_on(last: date, usual: int) -> date:
    """The day on which more than two intervals have passed since the last sign of billing; months vary in length."""
    return later(last, 2 * usual + max(3, usual // 15) + 1)


def stopped(last: date, usual: int | None, today: date) -> bool:
    """Whether the bills have stopped, and are not only late."""
    return usual is not None and today >= silent_on(last, usual)


def is_live(last: date, today: date) -> bool:
    """Whether what is not billed regularly was billed lately enough to be taken for running."""
    return (today - last).days <= _LONGEST_SILENCE


def last_sign(by_kind: Mapping[Kind, Iterable[Entry]]) -> date:
    """The last day on which the contract was billed, was to be billed, or a charge was tried."""
    billed = map(_charged_on, by_kind.get(Kind.RECEIPT, ()))
    announced = (max(entry.day, entry.effective_on or entry.day) for entry in by_kind.get(Kind.RENEWAL, ()))
    others = (entry.day for kind in (Kind.PAYMENT_FAILED, Kind.REACTIVATION) for entry in by_kind.get(kind, ()))
    return max((*billed, *announced, *others), default=date.min)


def next_charge(renewals: Iterable[Entry], charged: Sequence[Bill], usual: int | None, today: date) -> date | None:
    """The day of the next charge: the one announced last, else one interval after the last bill, not before `today`."""
    announced = [e.effective_on for e in renewals if e.effective_on and e.effective_on >= today]
    if announced:
        return announced[-1]
    if not charged:
        return None
    last, paid_until = charged[-1], charged[-1].mail.period_end
    if last.day >= today:
        return last.day
    if usual is None:
        return later(paid_until, 1) if paid_until and paid_until >= today else None
    return _next_after([bill.day for bill in charged], usual, today)


def _next_after(days: Sequence[date], usual: int, today: date) -> date | None:
    last = days[-1]
    by_weeks = (
        usual in _WEEKS and days[-2].day != last.day
    )  # 28 days lie also between the fifth of February and of March
    months = 0 if by_weeks else _months(usual)
    for times in (1, 2, 3):
        day = months_later(last, times * months, last.day) if months else later(last, times * usual)
        if day >= today:
            return day
    return None
