"""Until when each charge after an end can be disputed: by the law's table, and by how the bank says it was taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from cancelproof.judge.days import after, later
from cancelproof.model import Charge, Deadline, Due, Recourse
from cancelproof.rules import Law
from cancelproof.rules.dispute import Right, against, alarms


def dispute_days(late: Iterable[Charge], law: Law, today: date) -> list[Deadline]:
    """The days to come on which a right to dispute one of the charges comes near its end, and its last day.

    Where nobody says how a charge was taken, any right may be meant: the alarms of all, and no last day.
    """
    coming = {deadline for charge in late for _, deadline in _days(charge, law) if deadline.on >= today}
    return sorted(coming, key=_soonest)


def due_day(late: Iterable[Charge], law: Law, today: date) -> date:
    """The next day on which a usual right comes near its end, or ends; where there is none, today.

    A right without alarms hangs on a condition and lasts for a year or so: it puts nothing off.
    """
    coming = [d.on for charge in late for right, d in _days(charge, law) if right is None or right.alarms]
    return min((day for day in coming if day >= today), default=today)


def lapsed(late: Iterable[Charge], law: Law, today: date) -> tuple[Charge, ...]:
    """The charges whose usual rights are all over; any of them may be meant where nobody says how it was taken."""
    return tuple(charge for charge in late if _is_over(charge, law, today))


def _is_over(charge: Charge, law: Law, today: date) -> bool:
    rights = against(law.dispute, charge.rail, charge.currency) if charge.rail else law.dispute
    last = [after(_taken_on(charge), right.limit) for right in rights if right.alarms and right.limit]
    return bool(last) and max(last) < today


def recourses(late: Iterable[Charge], law: Law, today: date) -> tuple[Recourse, ...]:
    """The rights against the charges that are still open, the one that ends first first."""
    found = {recourse for charge in late for _, recourse in _rights(charge, law) if recourse.until >= today}
    return tuple(sorted(found, key=_order))


def _days(charge: Charge, law: Law) -> Iterator[tuple[Right | None, Deadline]]:
    """The days of a charge with the right that each is of, None where any may be meant."""
    known = False
    for right, recourse in _rights(charge, law):
        known = True
        for day in (*(later(recourse.charged_on, days) for days in right.alarms), recourse.until):
            yield right, Deadline(due=Due.DISPUTE, on=day, recourse=recourse)
    for days in () if known else alarms(law.dispute):
        yield None, Deadline(due=Due.DISPUTE, on=later(_taken_on(charge), days))


def _rights(charge: Charge, law: Law) -> Iterator[tuple[Right, Recourse]]:
    day = _taken_on(charge)
    for right in against(law.dispute, charge.rail, charge.currency):
        if right.limit:
            until = after(day, right.limit)
            yield right, Recourse(name=right.name, rail=right.rail, charged_on=day, until=until, term=right.limit)


def _taken_on(charge: Charge) -> date:
    """The day from which a bank counts: its own, where it is known."""
    return charge.debited_on or charge.day


def _soonest(deadline: Deadline) -> tuple[date, bool, tuple[date, date, str]]:
    nothing = (date.min, date.min, "")
    return deadline.on, deadline.recourse is not None, _order(deadline.recourse) if deadline.recourse else nothing


def _order(recourse: Recourse) -> tuple[date, date, str]:
    return recourse.until, recourse.charged_on, recourse.name
