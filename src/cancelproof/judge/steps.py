"""What the owner should do next about a case and by when, and every day that it has coming.

The days are those of the law that the contract is taken to stand under (`rules/law`), the vendor's habit, and five
business days before the next charge, whichever comes first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from cancelproof.judge.billing import last_sign, silent_on
from cancelproof.judge.days import business_days_before, later
from cancelproof.judge.disputes import dispute_days, due_day
from cancelproof.judge.history import History
from cancelproof.judge.status import Standing, is_weak
from cancelproof.model import ONLINE, WRITTEN, Deadline, Due, Kind, Status, Step, Told
from cancelproof.rules import Law
from cancelproof.rules.law import Chase

_MONTHLY = 100  # what is billed more often is watched by its cycles, else up to the day it would have renewed
_WATCH = 60
_WATCH_CYCLES = 2
_WATCH_AFTER_RENEWAL = 45
_BEFORE_CHARGE = 5  # business days: a US bank wants three to stop a payment
_SOON = 45  # a running contract's last day to cancel is a step so long before
_FORMAL = 3  # the letter after which only the bank or a court is left


@dataclass(frozen=True, slots=True)
class Plan:
    """What there is to do: the next step with its day, the next letter (0: none), and all days, the soonest first."""

    step: Step
    due: date | None
    letter: int
    days: tuple[Deadline, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What the days of a case depend on, beside where it stands. `habit`: days in which the vendor answered before."""

    history: History
    told: Told | None
    law: Law
    habit: int | None = None
    cancel_by: date | None = None
    commitment_until: date | None = None
    notice_days: int | None = None

    @property
    def today(self) -> date:
        return self.history.today

    @property
    def online(self) -> bool:
        return self.told is not None and self.told.channel.strip().casefold() in ONLINE

    @property
    def chase(self) -> Chase:
        if self.online:
            return self.law.online
        by_letter = self.told is not None and self.told.channel.strip().casefold() in WRITTEN
        return self.law.letter if by_letter else self.law.other


def plan(found: Standing, known: Known) -> Plan:
    """Return what to do about a case."""
    if found.status in (Status.AWAITING_PROOF, Status.REFUSED):
        return _asked(found, known)
    if found.status is Status.CHARGED_AFTER_END:
        return _charged(found, known)
    if found.status is Status.STOPPED_SILENTLY:
        return Plan(Step.FIND_OUT, _silent_on(known.history), 0, ())
    if found.status in (Status.PROVEN, Status.ENDING):
        return _closed(found, known)
    return _running(found, known)


def _silent_on(known: History) -> date | None:
    """Since when it may be asked why the bills have stopped."""
    return silent_on(last_sign(known.by_kind), known.interval) if known.interval else None


# ---------------------------------------------------------------- asked for, and not proven


def _asked(found: Standing, known: Known) -> Plan:
    """Ask by the days of the law; each letter sent since the request makes the next one firmer."""
    refused = found.status is Status.REFUSED
    since = found.refusal.day if refused and found.refusal else found.requested_on
    sent = _chasers(found, known)
    letter = min(_FORMAL, 1 + len(sent))
    table = (known.chase.first, known.chase.second, known.chase.formal)
    days = _letters(since, table, letter, sent[-1] if sent else None) if since else []
    due = _due(since, days[letter - 1] if days else None, found, known, first=letter == 1)
    kinds = (Due.ANSWER if refused else Due.CHASE, Due.CHASE_AGAIN, Due.FORMAL_LETTER)
    if days and due and due < known.today:  # the letters after one that is overdue follow on it, whenever it is written
        days = [max(day, later(known.today, after - table[letter - 1])) for day, after in zip(days, table, strict=True)]
    coming = [Deadline(due=kind, on=day) for kind, day in zip(kinds, days, strict=False)][letter:]
    coming = [deadline for deadline in coming if due is None or deadline.on > due]
    now = [Deadline(due=kinds[letter - 1], on=due)] if due else []
    waits = due is not None and known.today < due
    step = Step.ANSWER_REFUSAL if refused else Step.WAIT_FOR_PROOF if waits else Step.ASK_FOR_PROOF
    return Plan(step, due, letter, _ordered([*now, *coming, *_renewal(found, known)]))


def _letters(since: date, table: Sequence[int], letter: int, last: date | None) -> list[date]:
    """The days of the three letters by the table; where one was written late, those to come are as far from it."""
    days = [later(since, count) for count in table]
    if last is None or last < days[letter - 1]:
        return days
    first = max(1, letter - 1)
    return [*days[:first], *(later(last, count - table[first - 1]) for count in table[first:])]


def _chasers(found: Standing, known: Known) -> list[date]:
    """The days on which the owner wrote since the request, or since the day told of what was asked by another way."""
    if found.requested_on is None:
        return []
    sent = [e.day for e in known.history.of(Kind.REQUEST) if e.sent and e.day >= found.requested_on]
    return sorted({day for day in sent if day > found.requested_on})


def _due(since: date | None, day: date | None, found: Standing, known: Known, *, first: bool) -> date | None:
    """The day by the table, or the vendor's habit; earlier where a charge comes, never before there was a request."""
    fair = [day] if day else []
    if first and since and known.habit is not None:
        fair.append(later(since, max(1, 2 * known.habit)))
    if found.next_charge_on:
        fair.append(business_days_before(found.next_charge_on, _BEFORE_CHARGE))
    due = min(fair, default=None)
    return max(due, since) if due and since else due


# ---------------------------------------------------------------- confirmed


def _charged(found: Standing, known: Known) -> Plan:
    """The next day on which a usual right to dispute one of the charges comes near its end; else now."""
    days = dispute_days(found.late, known.law, known.today)
    due = due_day(found.late, known.law, known.today)
    now = [] if any(deadline.on == due for deadline in days) else [Deadline(due=Due.ASK_BACK, on=due)]
    return Plan(Step.DISPUTE_CHARGE, due, 1, _ordered([*now, *days, *_renewal(found, known)]))


def _closed(found: Standing, known: Known) -> Plan:
    until = watched_until(found)
    days = [Deadline(due=Due.WATCH, on=until)]
    save = _save_by(found, known)
    days += [Deadline(due=Due.SAVE_DATA, on=save)] if save else []
    days = [deadline for deadline in days if deadline.on >= known.today]
    if is_weak(found.proof) and found.proof:
        due = later(found.proof.day, known.law.other.first)
        return Plan(Step.ASK_AGAIN_WEAK_PROOF, due, 1, _ordered([Deadline(due=Due.CHASE, on=due), *days]))
    if renews := _renews_all_the_same(found, known):
        due = max(business_days_before(renews, _BEFORE_CHARGE), found.proof.day if found.proof else date.min)
        days.append(Deadline(due=Due.RENEWAL, on=renews))
        return Plan(Step.ASK_RENEWAL, due, 1, _ordered([Deadline(due=Due.CHASE, on=due), *days]))
    if save and save >= known.today:
        return Plan(Step.SAVE_DATA, save, 0, _ordered(days))
    watching = found.status is Status.PROVEN and known.today <= until
    return Plan(Step.WATCH_BILLING if watching else Step.NONE, until if watching else None, 0, _ordered(days))


def _renews_all_the_same(found: Standing, known: Known) -> date | None:
    """The day of a renewal for the time after the end that was announced after the end was confirmed."""
    proof, ended = found.proof, found.ends_on or date.min
    announced = [
        e.effective_on
        for e in known.history.of(Kind.RENEWAL)
        if e.effective_on and proof and e.day > proof.day and e.effective_on > ended
    ]
    coming = [day for day in announced if day >= known.today]
    return coming[-1] if coming else None


def _save_by(found: Standing, known: Known) -> date | None:
    """The last day to save what the vendor will delete: that of its mail about it, else the end of the contract."""
    proof = found.proof
    told = [e.effective_on for e in known.history.of(Kind.DATA_EXPORT) if proof and e.day >= proof.day]
    named = [day for day in told if day]
    if named:
        return max(named)
    return found.ends_on if found.status is Status.ENDING else None


def watched_until(found: Standing) -> date:
    """Until when bills are watched after an end: two cycles, a yearly contract past the day it would have renewed."""
    ended = found.ends_on or (found.proof.day if found.proof else date.min)
    until = later(ended, _WATCH)
    if found.interval and found.interval < _MONTHLY:
        return max(until, later(ended, _WATCH_CYCLES * found.interval))
    if found.interval and found.last:
        return max(until, later(found.last.day, found.interval + _WATCH_AFTER_RENEWAL))
    return until


# ---------------------------------------------------------------- running


def _running(found: Standing, known: Known) -> Plan:
    """The last day to cancel before a contract goes on, where the owner told it or a mail announces a renewal."""
    days = _renewal(found, known)
    last = next((deadline.on for deadline in days if deadline.due is Due.CANCEL_BY), None)
    near = last is not None and (last - known.today).days <= _SOON
    return Plan(Step.DECIDE if near else Step.NONE, last if near else None, 0, _ordered(days))


def _renewal(found: Standing, known: Known) -> list[Deadline]:
    """When it renews, when its minimum term ends, and until when it can be cancelled before."""
    days = []
    announced = [e.effective_on for e in known.history.of(Kind.RENEWAL) if e.effective_on]
    coming = [day for day in announced if day >= known.today]
    if coming and found.status is not Status.PROVEN:
        days.append(Deadline(due=Due.RENEWAL, on=coming[-1]))
    if known.commitment_until and known.commitment_until >= known.today:
        days.append(Deadline(due=Due.COMMITMENT, on=known.commitment_until, told=True))
    if found.status in (Status.RUNNING, Status.RESUMED):
        days += _cancel_by(coming, known)
    return days


def _cancel_by(coming: Sequence[date], known: Known) -> Iterable[Deadline]:
    """As told; else counted back by the notice that the owner told; else the day before the announced renewal."""
    if known.cancel_by:
        fair = [known.cancel_by]
    elif known.notice_days is not None and (known.commitment_until or coming):
        fair = [later(known.commitment_until or coming[-1], -known.notice_days)]
    else:
        fair = [later(day, -1) for day in coming[-1:]]
    told = bool(known.cancel_by or known.notice_days is not None)
    return [Deadline(due=Due.CANCEL_BY, on=day, told=told) for day in fair if day >= known.today]


def _ordered(days: Iterable[Deadline]) -> tuple[Deadline, ...]:
    once = dict.fromkeys(days)  # in their order, so that of two rights that end on a day the first stays first
    return tuple(sorted(once, key=lambda deadline: (deadline.on, deadline.due)))
