"""Days as people write them. A column has one order of day and month; where no row tells it, nobody guesses."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise

_PARTS = re.compile(r"(?<!\d)(\d{1,4})\s*[./\-\s年]\s*(\d{1,2})\s*[./\-\s月]\s*(\d{4}|\d{1,2})(?!\d)")
_COMPACT = re.compile(r"(?<!\d)(\d{4})(\d{2})(\d{2})(?!\d)")
_NUMBERS = re.compile(r"\d+")
_CENTURY = 2000
_FIRST, _LAST = 1970, 2200  # years that a list or a statement speaks of
_LONGEST = 60


def day_order(texts: Iterable[str], today: date) -> str:
    """The order that the days of a column are written in: dmy, mdy, ymd, or "" where each may be.

    A number over twelve tells; else the order in which no day is to come and the rows are in sequence, if only one is.
    """
    found_in = [found for text in texts if (found := _PARTS.search(_plain(text)))]
    if any(int(found[1]) > 31 for found in found_in):
        found_in = [found for found in found_in if len(found[3]) == 4]  # what may not have the year first, too
        if not found_in:
            return "ymd"
    if found_in and all("." in found[0] for found in found_in):
        return "dmy"  # no country writes the month first with dots (Unicode CLDR)
    parts = [tuple(int(part) for part in found.groups()) for found in found_in]
    parts = [part for part in parts if _of(part, "dmy") or _of(part, "mdy")]  # a day that is none tells nothing
    fair = [order for order in ("dmy", "mdy") if all(_of(part, order) for part in parts)]
    if len(fair) < 2 or not parts:
        return fair[0] if parts and fair else ""
    if all(first == second for first, second, _ in parts):
        return "dmy"  # the same day in both
    past = [order for order in fair if all((_of(part, order) or date.min) <= today for part in parts)]
    if len(past) == 1:
        return past[0]
    ordered = [order for order in past if len(parts) > 3 and _in_sequence([_of(part, order) for part in parts])]
    return ordered[0] if len(ordered) == 1 else ""


def _in_sequence(days: Sequence[date | None]) -> bool:
    pairs = [(one, other) for one, other in pairwise(days) if one and other]
    return all(one <= other for one, other in pairs) or all(one >= other for one, other in pairs)


def read_day(text: str, order: str, languages: Sequence[str] = ()) -> date | None:
    """The day that a cell names, with or without a time after it; None where it names none.

    Numbers are read in `order`; where that is "" only those are read that mean the same in each. Names of months are
    read in the `languages` given (ISO 639-1).
    """
    plain = _plain(text)[:_LONGEST]
    if found := _PARTS.search(plain):
        parts = tuple(int(part) for part in found.groups())
        if "." in found[0] and len(found[3]) == 4:
            return _of(parts, "dmy") or _of(parts, order or "mdy")
        if parts[0] > 31 or order:
            return _of(parts, order if parts[0] <= 31 else "ymd")
        both = {_of(parts, "dmy"), _of(parts, "mdy")} - {None}
        return both.pop() if len(both) == 1 else None
    if found := _COMPACT.search(plain):
        return _of(tuple(int(part) for part in found.groups()), "ymd")
    return _worded(plain, languages) if any(char.isalpha() for char in plain) else None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _of(parts: Sequence[int], order: str) -> date | None:
    named = dict(zip(order, parts, strict=True))
    year = named["y"] + _CENTURY if named["y"] < 100 else named["y"]
    if not _FIRST <= year <= _LAST:
        return None
    try:
        return date(year, named["m"], named["d"])
    except ValueError:
        return None


def _worded(text: str, languages: Sequence[str]) -> date | None:
    """A day with the month's name: two numbers and a word. Loading every language takes a second."""
    if len(_NUMBERS.findall(text)) < 2:
        return None
    import dateparser  # noqa: PLC0415

    rules = {"REQUIRE_PARTS": ["day", "month", "year"], "PARSERS": ["absolute-time"], "DATE_ORDER": "DMY"}
    try:
        found = dateparser.parse(text, languages=list(languages) or None, settings=rules)
    except (ValueError, OverflowError, RecursionError):
        return None
    return found.date() if found and _FIRST <= found.year <= _LAST else None
