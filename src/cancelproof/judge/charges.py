"""What bank statements show, as the other stages of judging see it: bills and refunds beside those of mails."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from operator import attrgetter

from cancelproof.judge.days import later
from cancelproof.model import Authenticity, BankCharge, Entry, Kind

#: Days by which a bank may be ahead of the mail about a charge, and behind it; a refund takes longer than a debit.
_AHEAD = 3
_BEHIND = {Kind.RECEIPT: 14, Kind.REFUND: 45}
#: Sums that differ are one charge only within so many days: another currency, a tax or a fee added.
_NEAR = 7
_SAME_SUM = Decimal("0.3")


def as_entries(charges: Iterable[BankCharge], today: date) -> list[Entry]:
    """The charges until a day as entries. A bank says who was paid, so they are as good as a mail that is genuine."""
    once = {charge.id: charge for charge in charges if charge.day <= today}
    return [
        Entry(
            sha256=charge.id,
            source=charge.source,
            day=charge.day,
            kind=Kind.REFUND if charge.refund else Kind.RECEIPT,
            vendor=charge.vendor,
            charged_on=charge.day,
            amount=charge.amount,
            currency=charge.currency,
            authentic=True,
            authenticity=Authenticity.VERIFIED,
            sentence=charge.words,
        )
        for charge in once.values()
    ]


def without_repeats(
    entries: Sequence[Entry], charges: Mapping[str, BankCharge]
) -> tuple[list[Entry], Mapping[str, BankCharge]]:
    """The entries of a contract without the lines of statements that tell of the same money as one of its mails.

    A mail stands for one line at most: the nearest of the same sum, then one of a sum that may be the same. Beside them
    the movement at the bank that each stands for, by its SHA-256. `charges`: by their id.
    """
    lines = [entry for entry in entries if entry.banked]
    if not lines:
        return list(entries), {}
    debits = {line.sha256: charges[line.sha256] for line in lines}
    mails = [entry for entry in entries if not entry.banked and entry.kind in _BEHIND]
    near = _Lines(lines)
    told: set[str] = set()
    used: set[int] = set()
    for exact in (True, False):
        pairs = sorted(
            (abs(_days(line, mail)), number, line.sha256)
            for number, mail in enumerate(mails)
            if number not in used
            for line in near.of(mail, exact=exact)
            if line.sha256 not in told and _may_be_one(line, mail, exact=exact)
        )
        for _, number, line in pairs:
            if number not in used and line not in told:
                used.add(number)
                told.add(line)
                debits[mails[number].sha256] = charges[line]
    return [entry for entry in entries if not entry.banked or entry.sha256 not in told], debits


class _Lines:
    """The lines of statements by kind and day, so that a mail is held against those of its window alone."""

    def __init__(self, lines: Iterable[Entry]) -> None:
        self._by_kind: dict[Kind, list[Entry]] = {}
        for line in sorted(lines, key=_BY_DAY):
            self._by_kind.setdefault(line.kind, []).append(line)

    def of(self, mail: Entry, *, exact: bool) -> Sequence[Entry]:
        lines, day = self._by_kind.get(mail.kind, []), mail.charged_on or mail.day
        behind = _BEHIND[mail.kind] if exact else _NEAR
        first = bisect_left(lines, later(day, -_AHEAD), key=_BY_DAY)
        return lines[first : bisect_right(lines, later(day, behind), key=_BY_DAY)]


_BY_DAY = attrgetter("day")


def _days(line: Entry, mail: Entry) -> int:
    return (line.day - (mail.charged_on or mail.day)).days


def _may_be_one(line: Entry, mail: Entry, *, exact: bool) -> bool:
    """Whether a line of a mail's kind and window may tell of the same money."""
    same_currency = line.currency == mail.currency or not line.currency or not mail.currency
    if exact:
        return same_currency and line.amount == mail.amount
    return not same_currency or _near(line.amount, mail.amount)


def _near(one: Decimal | None, other: Decimal | None) -> bool:
    if one is None or other is None or not one.is_finite() or not other.is_finite():
        return True
    return abs(one - other) <= _SAME_SUM * max(abs(one), abs(other))
