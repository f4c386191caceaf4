"""Where one contract stands: what was asked, what came back, and what was charged since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from cancelproof.judge.billing import Bill, is_live, last_sign, next_charge, stopped
from cancelproof.judge.days import later
from cancelproof.judge.history import History
from cancelproof.judge.late import after_end
from cancelproof.judge.mails import order
from cancelproof.model import Charge, Entry, Grade, Kind, Status

_STRENGTH = (Grade.A, Grade.B, Grade.C, Grade.D, Grade.X, None)
#: What the owner tells of a day may be off by this much; a mail's day by a time zone.
_TOLD_SLACK = 3
#: A mail to the vendor so soon after its closure speaks of that closure, unless the contract was taken up again.
_SEQUEL = 30
#: Who asks again for so long after an ignored closure still speaks of the same contract.
_SAME_DISPUTE = 120
#: A request older than this is of an earlier round.
_ROUND = 365
#: A gap in billing after an end that is shorter than this begins no new contract.
_NEW_CONTRACT = 90
#: Two closures name the same end where their days are no farther apart.
_SAME_END = 3


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a contract on a day."""

    status: Status
    requested_on: date | None = None
    ends_on: date | None = None
    proof: Entry | None = None
    refusal: Entry | None = None
    late: tuple[Charge, ...] = ()
    interval: int | None = None
    next_charge_on: date | None = None
    charged: Sequence[Bill] = ()

    @property
    def last(self) -> Bill | None:
        return self.charged[-1] if self.charged else None


def standing(known: History) -> Standing | None:
    """Where a contract stands, None where nothing shows one."""
    closure = _closure(known)
    if closure and (began := _rejoined(known, closure)):
        return standing(known.since(began))
    restart = _restart(known, closure) if closure else None
    asked = _asked_again(known, closure, restart) if closure else _first_asked(known, None)
    refusal = _standing_refusal(known)
    if refusal:
        return _open(known, Status.REFUSED, closure, refusal)
    if closure and not asked:
        return _closed(known, closure, restart)
    if asked or known.told:
        return _open(known, Status.AWAITING_PROOF, closure, None)
    return _uncancelled(known)


# ---------------------------------------------------------------- the closure


def _closure(known: History) -> Entry | None:
    """The closure that counts: of the last round, the strongest; of these the first that names the newest end."""
    found = known.of(Kind.CLOSURE)
    restarts = known.of(Kind.REACTIVATION)
    last = next((r for r in reversed(restarts) if any(order(c) > order(r) for c in found)), None)
    fair = [c for c in found if last is None or order(c) > order(last)]
    fair = [c for c in fair if not _new_contract_between(known, c, fair[-1])] or fair
    if not fair:
        return None
    best = min(_rank(c) for c in fair)
    strong = [c for c in fair if _rank(c) == best]
    ends = [c for c in strong if c.effective_on]
    if not ends:
        return strong[0]
    newest = ends[-1].effective_on
    return next(c for c in ends if _near(c.effective_on, newest))


def _rank(entry: Entry) -> tuple[bool, int]:
    return entry.authentic is not True, _STRENGTH.index(entry.grade)


def _near(one: date | None, other: date | None) -> bool:
    return one is not None and other is not None and abs((one - other).days) <= _SAME_END


def _new_contract_between(known: History, closure: Entry, newest: Entry) -> bool:
    """Whether a closure ended an earlier contract than the newest closure did."""
    return (newest.day - _end(closure)).days > _SAME_DISPUTE and any(
        _end(closure) < bill.day <= newest.day for bill in known.charged
    )


def _end(closure: Entry) -> date:
    return closure.effective_on or closure.day


def _restart(known: History, closure: Entry) -> Entry | None:
    """The reactivation that came after the closure."""
    return next((r for r in known.of(Kind.REACTIVATION) if order(r) > order(closure)), None)


# ---------------------------------------------------------------- what was asked


def _asked_again(known: History, closure: Entry, restart: Entry | None) -> bool:
    """Whether a cancellation was asked for that the closure is too old to prove."""
    if any(_is_newer(known, t.requested_on, closure, restart, slack=_TOLD_SLACK) for t in known.told if t.requested_on):
        return True
    sent = [e for e in known.of(Kind.REQUEST) if order(e) > order(closure)]
    if any(_is_newer(known, e.day, closure, restart, slack=_SEQUEL) for e in sent):
        return True
    confirmed = [e for e in known.of(Kind.ACKNOWLEDGEMENT) if order(e) > order(closure)]
    return any(_taken_up(known, closure, restart, e.day) for e in confirmed)


def _is_newer(known: History, asked: date, closure: Entry, restart: Entry | None, *, slack: int) -> bool:
    """Whether a request is so much newer than a closure that it means another contract.

    Who asks before the end that the closure names, or while the vendor bills on as if there had been none, means the
    closed contract.
    """
    if restart and asked >= restart.day:
        return True
    if (asked - closure.day).days <= slack:
        return False
    billed = any(_end(closure) < bill.day <= asked for bill in known.charged)
    ignored = billed and not _paused(known, closure) and (asked - _end(closure)).days <= _SAME_DISPUTE
    return asked > _end(closure) and not ignored


def _paused(known: History, closure: Entry) -> bool:
    """Whether billing began anew after a gap, as for a new contract."""
    first = next((bill.day for bill in known.charged if bill.day > _end(closure)), None)
    return first is not None and (first - _end(closure)).days > 2 * (known.interval or _SEQUEL) + _SAME_END


def _rejoined(known: History, closure: Entry) -> date | None:
    """The day of the first bill of a newer contract that no mail speaks of; the case is then the newer."""
    newer = [bill for bill in known.charged if bill.day > _end(closure) and bill.mail.day > closure.day]
    spoken_of = known.told or any(order(e) > order(closure) for e in known.of(Kind.REACTIVATION))
    if spoken_of or len(newer) < 2 or (newer[0].day - _end(closure)).days <= _NEW_CONTRACT:
        return None
    if not _paused(known, closure):
        return None
    return min(bill.mail.day for bill in newer)


def _taken_up(known: History, closure: Entry, restart: Entry | None, day: date) -> bool:
    """Whether the contract went on, or began anew, before an acknowledgement that is newer than its closure."""
    if restart and restart.day <= day:
        return True
    billed = any(_end(closure) < bill.day <= day for bill in known.charged)
    return billed and (_paused(known, closure) or (day - closure.day).days > _SAME_DISPUTE)


def _first_asked(known: History, closure: Entry | None, *, since: date = date.min) -> date | None:
    """The day that the owner told, else that of the first request of the last round, else of the acknowledgement."""
    told = [t.requested_on for t in known.told if t.requested_on]
    if told:
        return max(told)
    until = later(closure.day, 1) if closure else date.max
    for kind in (Kind.REQUEST, Kind.ACKNOWLEDGEMENT):
        days = [entry.day for entry in known.of(kind) if since <= entry.day <= until]
        if days:
            return _round_of(days)
    return None


def _round_of(days: Sequence[date]) -> date:
    """The first of the days that lead, without a year's gap, to the last."""
    first = days[-1]
    for day in reversed(days):
        if (first - day).days > _ROUND:
            break
        first = day
    return first


def _standing_refusal(known: History) -> Entry | None:
    """The refusal that is the newest answer, and newer than the newest request."""
    refusals = known.of(Kind.REFUSAL)
    if not refusals:
        return None
    newest = known.of(Kind.REFUSAL, Kind.CLOSURE, Kind.ACKNOWLEDGEMENT, Kind.REQUEST, Kind.REACTIVATION)[-1]
    if newest.kind is not Kind.REFUSAL:
        return None
    if any(t.requested_on and t.requested_on > newest.day for t in known.told):
        return None
    return newest


# ---------------------------------------------------------------- the verdicts


def _open(known: History, status: Status, closure: Entry | None, refusal: Entry | None) -> Standing:
    """Asked for, and not proven."""
    since = later(closure.day, 1) if closure else date.min
    return Standing(
        status=status,
        requested_on=_first_asked(known, None, since=since) or _first_asked(known, None),
        refusal=refusal,
        charged=known.charged,
        interval=known.interval,
        next_charge_on=_next(known),
    )


def _closed(known: History, closure: Entry, restart: Entry | None) -> Standing:
    late: tuple[Charge, ...] = ()
    upcoming = None
    if restart:
        status, upcoming = Status.RESUMED, _next(known)
    elif closure.effective_on and closure.effective_on > known.today:
        status = Status.ENDING
    else:
        late = after_end(known.charged, known.of(Kind.REFUND), _end(closure), known.interval)
        status = Status.CHARGED_AFTER_END if late else Status.PROVEN
        upcoming = _next(known) if late else None
    return Standing(
        status=status,
        requested_on=_first_asked(known, closure, since=_round_began(known, closure)),
        ends_on=closure.effective_on,
        proof=closure,
        late=late,
        charged=known.charged,
        interval=known.interval,
        next_charge_on=upcoming,
    )


def _round_began(known: History, closure: Entry) -> date:
    """The day of the last restart before the closure."""
    return max((r.day for r in known.of(Kind.REACTIVATION) if order(r) < order(closure)), default=date.min)


def _uncancelled(known: History) -> Standing | None:
    last = last_sign(known.by_kind)
    if not known.of(Kind.RECEIPT, Kind.RENEWAL):
        return None
    if known.charged and stopped(last, known.interval, known.today):
        status = Status.STOPPED_SILENTLY
    elif known.interval or is_live(last, known.today):
        status = Status.RUNNING
    else:
        return None
    return Standing(
        status=status,
        charged=known.charged,
        interval=known.interval,
        next_charge_on=_next(known) if status is Status.RUNNING else None,
    )


def _next(known: History) -> date | None:
    return next_charge(known.of(Kind.RENEWAL), known.charged, known.interval, known.today)


def is_weak(proof: Entry | None) -> bool:
    """Whether a closure proves at most grade C: nothing says who wrote it, or it says too little."""
    return proof is not None and (proof.authentic is not True or proof.grade in (Grade.C, Grade.D))


def newest(entries: Iterable[Entry]) -> Entry | None:
    """The newest of some mails."""
    return max(entries, key=order, default=None)
