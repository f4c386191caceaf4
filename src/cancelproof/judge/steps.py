"""What the owner should do next about a case, and by when: the chase table of docs/proof.md, section 2."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cancelproof.judge.days import business_days_before, later
from cancelproof.judge.status import Standing, is_weak
from cancelproof.model import Status, Step, Told

_LETTER = "letter"  # the channel of the owner's list, a value of ours
_MONTHLY = 100  # what is billed more often is watched by its cycles, else up to the day it would have renewed


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """Days after which something is due; inferred, but where docs/proof.md names a law.

    `dispute` are the days after a charge on which a right to have it back comes near its end (cards, SEPA, US credit).
    """

    first_chase: int = 7
    first_chase_by_letter: int = 10
    before_charge: int = 5  # business days
    dispute: tuple[int, ...] = (30, 35, 45, 60, 90)
    watch: int = 60
    watch_cycles: int = 2
    watch_after_renewal: int = 45


def next_step(found: Standing, told: Told | None, today: date, clocks: Clocks) -> tuple[Step, date | None]:
    """The step and the day by which it should be done, if there is one."""
    if found.status is Status.AWAITING_PROOF:
        return _chase(found, told, today, clocks)
    if found.status is Status.REFUSED:
        since = found.refusal.day if found.refusal else found.requested_on
        return Step.ANSWER_REFUSAL, _due(since, clocks.first_chase, found, clocks)
    if found.status is Status.CHARGED_AFTER_END:
        return Step.DISPUTE_CHARGE, _next_alarm(found, today, clocks)
    if found.status is Status.STOPPED_SILENTLY:
        return Step.FIND_OUT, None
    if found.status in (Status.PROVEN, Status.ENDING):
        return _after_closure(found, today, clocks)
    return Step.NONE, None


def _chase(found: Standing, told: Told | None, today: date, clocks: Clocks) -> tuple[Step, date | None]:
    by_letter = told is not None and told.channel.strip().casefold() == _LETTER
    days = clocks.first_chase_by_letter if by_letter else clocks.first_chase
    due = _due(found.requested_on, days, found, clocks)
    waits = due is not None and today < due
    return (Step.WAIT_FOR_PROOF if waits else Step.ASK_FOR_PROOF), due


def _due(since: date | None, days: int, found: Standing, clocks: Clocks) -> date | None:
    """So many days after; earlier where a charge comes, but not before there was anything to wait for."""
    fair = [later(since, days)] if since else []
    if found.next_charge_on:
        fair.append(business_days_before(found.next_charge_on, clocks.before_charge))
    due = min(fair, default=None)
    return max(due, since) if due and since else due


def _next_alarm(found: Standing, today: date, clocks: Clocks) -> date | None:
    """The next day on which a right to dispute one of the charges comes near its end."""
    alarms = [later(charge.day, days) for charge in found.late for days in clocks.dispute]
    return min((alarm for alarm in alarms if alarm >= today), default=None)


def _after_closure(found: Standing, today: date, clocks: Clocks) -> tuple[Step, date | None]:
    if is_weak(found.proof) and found.proof:
        return Step.ASK_AGAIN_WEAK_PROOF, later(found.proof.day, clocks.first_chase)
    if found.status is Status.ENDING:
        return Step.NONE, None
    until = _watched_until(found, clocks)
    return (Step.WATCH_BILLING, until) if today <= until else (Step.NONE, None)


def _watched_until(found: Standing, clocks: Clocks) -> date:
    ended = found.ends_on or (found.proof.day if found.proof else date.min)
    until = later(ended, clocks.watch)
    if found.interval and found.interval < _MONTHLY:
        return max(until, later(ended, clocks.watch_cycles * found.interval))
    if found.interval and found.last:
        return max(until, later(found.last.day, found.interval + clocks.watch_after_renewal))
    return until
