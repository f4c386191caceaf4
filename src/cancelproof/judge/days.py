"""Calendar days that never run over the end of the calendar."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from cancelproof.model import Term


def shifted(day: date, by: timedelta) -> date:
    """The day so much later or earlier, or the last (first) day that there is."""
    try:
        return day + by
    except OverflowError:
        return date.max if by > timedelta(0) else date.min


def later(day: date, days: int) -> date:
    """The day so many days later; earlier where negative."""
    return shifted(day, timedelta(days=days))


def months_later(day: date, months: int, on: int) -> date:
    """The same day of a later month (`on`, at most the month's last), or the last day that there is."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if years > date.max.year:
        return date.max
    return date(years, month + 1, min(on, monthrange(years, month + 1)[1]))


def after(day: date, term: Term) -> date:
    """The last day of a term that is counted from a day."""
    if term.unit == "months":
        return months_later(day, term.count, day.day)
    return later(day, term.count * (7 if term.unit == "weeks" else 1))


def business_days_before(day: date, count: int) -> date:
    """So many days before, without Saturdays and Sundays; public holidays are not known."""
    while count and day > date.min:
        day = later(day, -1)
        count -= day.weekday() < 5
    return day
