"""The days of all cases as a calendar file that phones and mail programs read (RFC 5545)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from cancelproof.model import Case, Deadline, Report
from cancelproof.report import sentences
from cancelproof.report.escape import Shown, shown
from cancelproof.report.step import next_step
from cancelproof.report.words import Words


def calendar(words: Words, report: Report) -> bytes:
    """Return an event of a whole day for each day that a case has from the report's day on; what is overdue is today's.

    An event keeps its UID as long as its case and what it is about stay, so that a newer file replaces it.
    """
    from icalendar import Calendar, Event  # noqa: PLC0415  # 100 ms that other commands need not pay

    book = Calendar()
    book.add("prodid", "-//cancelproof//EN")
    book.add("version", "2.0")
    stamp = datetime.combine(report.today, time(), UTC)
    for case in sorted(report.cases, key=sentences.urgency):
        for deadline in _days(case, report.today):
            event, on = Event(), max(deadline.on, report.today)
            event.add("uid", _uid(case, deadline))
            event.add("dtstamp", stamp)
            event.add("dtstart", on)
            if on < on.max:
                event.add("dtend", on + timedelta(days=1))
            event.add("summary", str(about(words, case, deadline)))
            event.add("description", str(_description(words, case, deadline, report)))
            event.add("transp", "TRANSPARENT")
            book.add_component(event)
    return bytes(book.to_ical())


def _days(case: Case, today: date) -> Iterator[Deadline]:
    """The days to come, and that of the next step where it is overdue; other days that are past are no appointments."""
    return (deadline for deadline in case.deadlines if deadline.on >= today or deadline.on == case.due_on)


def about(words: Words, case: Case, deadline: Deadline) -> Shown:
    """Return what the day is about, in a few words."""
    vendor, recourse = shown(case.vendor, 80), deadline.recourse
    if recourse is None:
        return words.say(f"due_day.{deadline.due.value}", vendor=vendor)
    return words.say(
        "due_day.dispute_last" if deadline.on == recourse.until else "due_day.dispute_right",
        vendor=vendor,
        right=sentences.right(words, recourse),
        charged=words.day(recourse.charged_on),
        until=words.day(recourse.until),
    )


def _description(words: Words, case: Case, deadline: Deadline, report: Report) -> Shown:
    step = next_step(words, case, report.today) if deadline.on == case.due_on else Shown("")
    meant = (deadline.recourse,) if deadline.recourse else ()
    ends = sentences.disputable(words, meant, report.today)
    return Shown(" ".join(filter(None, (f"{sentences.title(words, case)}.", step, *ends))))


def _uid(case: Case, deadline: Deadline) -> str:
    """A name that tells nothing of the case to those who see it alone."""
    named = "\0".join((case.vendor_domain or case.vendor, case.service, case.number, deadline.due))
    per_charge = deadline.on.isoformat() if deadline.due == "dispute" else ""
    if right := deadline.recourse:
        per_charge += f"\0{right.name}\0{right.charged_on}"
    return f"{hashlib.sha256(f'{named}{per_charge}'.encode()).hexdigest()[:32]}@cancelproof"
