"""One movement of money on a bank statement, whatever the file is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from cancelproof.model import Fault
from cancelproof.tables import Layout

CARD, DIRECT_DEBIT = "card", "direct_debit"

#: A day of value farther from the booking than this is a misreading, or a loan's.
_FARTHEST = timedelta(days=10)
MOST_TEXT = 400  # characters of a line's text that are read


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A movement: `amount` is negative where money was taken. `place` says where in the file it stands."""

    place: str
    day: date
    amount: Decimal
    currency: str = ""
    party: str = ""
    text: str = ""
    rail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BankFile:
    """What a file holds; `layout` is that of a CSV file. `form` names the format for people."""

    form: str
    lines: tuple[Line, ...] = ()
    faults: tuple[Fault, ...] = ()
    layout: Layout | None = None


def taken_on(booked: date, other: date | None) -> date:
    """The day the money was taken: the earlier of booking and value, which for cards is the day of the purchase."""
    return min(booked, other) if other and abs(booked - other) <= _FARTHEST else booked


def clean(*texts: str | None) -> str:
    """What a line says in one text, without control characters and line breaks."""
    joined = " ".join(text for text in texts if text)[: 4 * MOST_TEXT]
    return " ".join("".join(c if c.isprintable() else " " for c in joined).split())[:MOST_TEXT]
