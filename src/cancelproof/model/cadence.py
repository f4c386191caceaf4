"""How often bills come, by the calendar: the one table that the judge, its sums and its words are read from."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple


class Cadence(NamedTuple):
    """A calendar interval: `name` is that of its words, `low` to `high` the days that its bills keep.

    `months` is 0 where it is counted in weeks. `a_year` is how often it comes: what is billed by the month is paid
    twelve times a year, not 12.2 times.
    """

    name: str
    low: int
    high: int
    months: int
    a_year: Decimal


def _by_months(name: str, low: int, high: int, months: int) -> Cadence:
    return Cadence(name, low, high, months, Decimal(12) / months)


CADENCES = (
    Cadence("weekly", 6, 8, 0, Decimal(52)),
    Cadence("fortnightly", 13, 15, 0, Decimal(26)),
    _by_months("monthly", 27, 32, 1),
    _by_months("two_monthly", 58, 63, 2),
    _by_months("quarterly", 88, 94, 3),
    _by_months("four_monthly", 118, 125, 4),
    _by_months("half_yearly", 178, 187, 6),
    _by_months("yearly", 355, 375, 12),
    _by_months("two_yearly", 720, 740, 24),
)


def cadence(days: int) -> Cadence | None:
    """The calendar interval that so many days are, if any."""
    return next((one for one in CADENCES if one.low <= days <= one.high), None)
