"""What a case rests on: the mails that made its status, and what its bills say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from cancelproof.judge.status import Standing
from cancelproof.judge.steps import watched_until
from cancelproof.model import Billing, Charge, Entry, Kind, Status

_YEAR = 365.25
#: What is billed by the month is paid twelve times a year, not 12.2 times: intervals with their times a year.
_TIMES = ((6, 8, 52), (13, 15, 26), (27, 32, 12), (58, 63, 6), (88, 94, 4), (118, 125, 3), (178, 187, 2), (355, 375, 1))
_CONFIRMED = frozenset({Status.PROVEN, Status.ENDING, Status.CHARGED_AFTER_END, Status.RESUMED})


def basis(found: Standing, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The mails that a status rests on, oldest first; `entries` are the contract's genuine mails, oldest first."""
    since = found.requested_on or date.max
    if found.status in _CONFIRMED:
        late = {charge.source for charge in found.late}
        told = [e for e in entries if e.kind is not Kind.RECEIPT or e.source in late]
        restarts = [e for e in told if e.kind is Kind.REACTIVATION and found.proof and e.day >= found.proof.day]
        again = restarts[:1] if found.status is Status.RESUMED else []
        asked = [e for e in told if e.kind is Kind.REQUEST and e.day >= since and _before(e, found.proof)]
        kept = {id(e) for e in (*asked[:1], found.proof, *again)}
        return tuple(e for e in told if id(e) in kept or e.kind is Kind.RECEIPT)
    if found.status in (Status.AWAITING_PROOF, Status.REFUSED):
        kinds = (Kind.REQUEST, Kind.ACKNOWLEDGEMENT, Kind.REFUSAL)
        return tuple(e for e in entries if e.kind in kinds and e.day >= since)
    paid = [e for e in entries if e.kind in (Kind.RECEIPT, Kind.RENEWAL)]
    return tuple(paid[-1:])


def _before(entry: Entry, proof: Entry | None) -> bool:
    return proof is None or entry.day <= proof.day


def billing(found: Standing, today: date) -> Billing:
    """What the bills say on a day."""
    if not found.charged:
        watched = watched_until(found) if found.status is Status.PROVEN else None
        return Billing(watched_until=watched)
    last = found.charged[-1]
    ended = found.ends_on or (found.proof.day if found.proof else None)
    over = found.status in (Status.PROVEN, Status.CHARGED_AFTER_END) and ended is not None
    quiet = max([ended, *(charge.day for charge in found.late)]) if over and ended else today
    return Billing(
        count=len(found.charged),
        first=found.charged[0].charge,
        last=last.charge,
        every=found.interval,
        yearly=_yearly(last.charge, found.interval),
        watched_until=watched_until(found) if over else None,
        quiet_cycles=max(0, (today - quiet).days) // found.interval if found.interval else 0,
    )


def _yearly(last: Charge, every: int | None) -> Decimal | None:
    if last.amount is None or not every:
        return None
    times = next((times for low, high, times in _TIMES if low <= every <= high), None)
    return last.amount * times if times else (last.amount * Decimal(_YEAR) / every).quantize(Decimal("0.01"))
