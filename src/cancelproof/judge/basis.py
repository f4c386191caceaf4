"""What a case rests on: the mails that made its status, and what its bills say."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from cancelproof.judge.history import History
from cancelproof.judge.mails import order
from cancelproof.judge.status import Standing
from cancelproof.judge.steps import watched_until
from cancelproof.model import Billing, Charge, Entry, Kind, Status, cadence

_YEAR = 365.25
_CENT = Decimal("0.01")
_CONFIRMED = frozenset({Status.PROVEN, Status.ENDING, Status.CHARGED_AFTER_END, Status.RESUMED})


def basis(found: Standing, known: History) -> tuple[Entry, ...]:
    """The mails that a status rests on, oldest first."""
    since = found.requested_on or date.max
    if found.status in _CONFIRMED and found.proof:
        late = {charge.source for charge in found.late}
        charged = [e for e in known.of(Kind.RECEIPT) if e.source in late] if late else []
        restarts = [e for e in known.of(Kind.REACTIVATION) if e.day >= found.proof.day]
        again = restarts[:1] if found.status is Status.RESUMED else []
        asked = [e for e in known.of(Kind.REQUEST) if since <= e.day <= found.proof.day]
        return tuple(sorted([*asked[:1], found.proof, *again, *charged], key=order))
    if found.status in (Status.AWAITING_PROOF, Status.REFUSED):
        return tuple(e for e in known.of(Kind.REQUEST, Kind.ACKNOWLEDGEMENT, Kind.REFUSAL) if e.day >= since)
    last = [mails[-1] for kind in (Kind.RECEIPT, Kind.RENEWAL) if (mails := known.of(kind))]
    return tuple(sorted(last, key=order)[-1:])


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
    found = cadence(every)
    if found is None:
        return (last.amount * Decimal(_YEAR) / every).quantize(_CENT)
    year = last.amount * found.a_year
    return year if found.a_year >= 1 else year.quantize(_CENT)
