"""Where one contract stands: what was asked, what came back, and what was charged since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cancelproof.judge.billing import Bill, after_end, bills, interval, is_live, next_charge, signs_of_billing, stopped
from cancelproof.judge.days import later
from cancelproof.judge.mails import order
from cancelproof.model import Charge, Entry, Grade, Kind, Status, Told

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


@dataclass(frozen=True, slots=True)
class _File:
    """The mails of a contract by kind, oldest first."""

    entries: Sequence[Entry]
    told: Sequence[Told]
    today: date
    charged: Sequence[Bill]
    interval: int | None

    by_kind: Mapping[Kind, Sequence[Entry]]

    def of(self, *kinds: Kind) -> Sequence[Entry]:
        if len(kinds) == 1:
            return self.by_kind.get(kinds[0], ())
        return [entry for entry in self.entries if entry.kind in kinds]


def standing(entries: Sequence[Entry], told: Sequence[Told], today: date) -> Standing | None:
    """Where a contract stands on a day, None where nothing shows one. `entries` are genuine, oldest first."""
    by_kind: dict[Kind, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_kind[entry.kind].append(entry)
    charged = bills(by_kind[Kind.RECEIPT])
    file = _File(entries, told, today, charged, interval([bill.day for bill in charged]), by_kind)
    closure = _closure(file)
    if closure and (began := _rejoined(file, closure)):
        return standing([entry for entry in entries if entry.day >= began], told, today)
    restart = _restart(file, closure) if closure else None
    asked = _asked_again(file, closure, restart) if closure else _first_asked(file, None)
    refusal = _standing_refusal(file)
    if refusal:
        return _open(file, Status.REFUSED, closure, refusal)
    if closure and not asked:
        return _closed(file, closure, restart)
    if asked or told:
        return _open(file, Status.AWAITING_PROOF, closure, None)
    return _uncancelled(file)


# ---------------------------------------------------------------- the closure


def _closure(file: _File) -> Entry | None:
    """The closure that counts: of the last round, the strongest; of these the first that names the newest end."""
    found = file.of(Kind.CLOSURE)
    restarts = file.of(Kind.REACTIVATION)
    last = next((r for r in reversed(restarts) if any(order(c) > order(r) for c in found)), None)
    fair = [c for c in found if last is None or order(c) > order(last)]
    fair = [c for c in fair if not _new_contract_between(file, c, fair[-1])] or fair
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


def _new_contract_between(file: _File, closure: Entry, newest: Entry) -> bool:
    """Whether a closure ended an earlier contract than the newest closure did."""
    return (newest.day - _end(closure)).days > _SAME_DISPUTE and any(
        _end(closure) < bill.day <= newest.day for bill in file.charged
    )


def _end(closure: Entry) -> date:
    return closure.effective_on or closure.day


def _restart(file: _File, closure: Entry) -> Entry | None:
    """The reactivation that came after the closure."""
    return next((r for r in file.of(Kind.REACTIVATION) if order(r) > order(closure)), None)


# ---------------------------------------------------------------- what was asked


def _asked_again(file: _File, closure: Entry, restart: Entry | None) -> bool:
    """Whether a cancellation was asked for that the closure is too old to prove."""
    if any(_is_newer(file, t.requested_on, closure, restart, slack=_TOLD_SLACK) for t in file.told if t.requested_on):
        return True
    sent = [e for e in file.of(Kind.REQUEST) if order(e) > order(closure)]
    if any(_is_newer(file, e.day, closure, restart, slack=_SEQUEL) for e in sent):
        return True
    confirmed = [e for e in file.of(Kind.ACKNOWLEDGEMENT) if order(e) > order(closure)]
    return any(_taken_up(file, closure, restart, e.day) for e in confirmed)


def _is_newer(file: _File, asked: date, closure: Entry, restart: Entry | None, *, slack: int) -> bool:
    """Whether a request is so much newer than a closure that it means another contract.

    Who asks before the end that the closure names, or while the vendor bills on as if there had been none, means the
    closed contract.
    """
    if restart and asked >= restart.day:
        return True
    if (asked - closure.day).days <= slack:
        return False
    billed = any(_end(closure) < bill.day <= asked for bill in file.charged)
    ignored = billed and not _paused(file, closure) and (asked - _end(closure)).days <= _SAME_DISPUTE
    return asked > _end(closure) and not ignored


def _paused(file: _File, closure: Entry) -> bool:
    """Whether billing began anew after a gap, as for a new contract."""
    first = next((bill.day for bill in file.charged if bill.day > _end(closure)), None)
    return first is not None and (first - _end(closure)).days > 2 * (file.interval or _SEQUEL) + _SAME_END


def _rejoined(file: _File, closure: Entry) -> date | None:
    """The day of the first bill of a newer contract that no mail speaks of; the case is then the newer."""
    later_bills = [bill.day for bill in file.charged if bill.day > _end(closure)]
    known = file.told or any(order(e) > order(closure) for e in file.of(Kind.REACTIVATION))
    if known or len(later_bills) < 2 or (later_bills[0] - _end(closure)).days <= _NEW_CONTRACT:
        return None
    if not _paused(file, closure):
        return None
    return min(bill.mailed for bill in file.charged if bill.day > _end(closure))


def _taken_up(file: _File, closure: Entry, restart: Entry | None, day: date) -> bool:
    """Whether the contract went on, or began anew, before an acknowledgement that is newer than its closure."""
    if restart and restart.day <= day:
        return True
    billed = any(_end(closure) < bill.day <= day for bill in file.charged)
    return billed and (_paused(file, closure) or (day - closure.day).days > _SAME_DISPUTE)


def _first_asked(file: _File, closure: Entry | None, *, since: date = date.min) -> date | None:
    """The day that the owner told, else that of the first request of the last round, else of the acknowledgement."""
    told = [t.requested_on for t in file.told if t.requested_on]
    if told:
        return max(told)
    until = later(closure.day, 1) if closure else date.max
    for kind in (Kind.REQUEST, Kind.ACKNOWLEDGEMENT):
        days = [entry.day for entry in file.of(kind) if since <= entry.day <= until]
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


def _standing_refusal(file: _File) -> Entry | None:
    """The refusal that is the newest answer, and newer than the newest request."""
    answers = file.of(Kind.REFUSAL, Kind.CLOSURE, Kind.ACKNOWLEDGEMENT, Kind.REQUEST, Kind.REACTIVATION)
    newest = answers[-1] if answers else None
    if newest is None or newest.kind is not Kind.REFUSAL:
        return None
    if any(t.requested_on and t.requested_on > newest.day for t in file.told):
        return None
    return newest


# ---------------------------------------------------------------- the verdicts


def _open(file: _File, status: Status, closure: Entry | None, refusal: Entry | None) -> Standing:
    """Asked for, and not proven."""
    since = later(closure.day, 1) if closure else date.min
    return Standing(
        status=status,
        requested_on=_first_asked(file, None, since=since) or _first_asked(file, None),
        refusal=refusal,
        charged=file.charged,
        interval=file.interval,
        next_charge_on=_next(file),
    )


def _closed(file: _File, closure: Entry, restart: Entry | None) -> Standing:
    late: tuple[Charge, ...] = ()
    upcoming = None
    if restart:
        status, upcoming = Status.RESUMED, _next(file)
    elif closure.effective_on and closure.effective_on > file.today:
        status = Status.ENDING
    else:
        late = after_end(file.charged, file.of(Kind.REFUND), _end(closure), file.interval)
        status = Status.CHARGED_AFTER_END if late else Status.PROVEN
        upcoming = _next(file) if late else None
    return Standing(
        status=status,
        requested_on=_first_asked(file, closure, since=_round_began(file, closure)),
        ends_on=closure.effective_on,
        proof=closure,
        late=late,
        charged=file.charged,
        interval=file.interval,
        next_charge_on=upcoming,
    )


def _round_began(file: _File, closure: Entry) -> date:
    """The day of the last restart before the closure."""
    return max((r.day for r in file.of(Kind.REACTIVATION) if order(r) < order(closure)), default=date.min)


def _uncancelled(file: _File) -> Standing | None:
    signs = signs_of_billing(file.entries)
    if not file.of(Kind.RECEIPT, Kind.RENEWAL):
        return None
    if file.charged and stopped(signs, file.interval, file.today):
        status = Status.STOPPED_SILENTLY
    elif file.interval or is_live(signs, file.today):
        status = Status.RUNNING
    else:
        return None
    return Standing(
        status=status,
        charged=file.charged,
        interval=file.interval,
        next_charge_on=_next(file) if status is Status.RUNNING else None,
    )


def _next(file: _File) -> date | None:
    return next_charge(file.entries, file.charged, file.interval, file.today)


def is_weak(proof: Entry | None) -> bool:
    """Whether a closure proves at most grade C: nothing says who wrote it, or it says too little."""
    return proof is not None and (proof.authentic is not True or proof.grade in (Grade.C, Grade.D))


def newest(entries: Iterable[Entry]) -> Entry | None:
    """The newest of some mails."""
    return max(entries, key=order, default=None)
