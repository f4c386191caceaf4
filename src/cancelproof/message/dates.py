"""When a mail was sent: its Date field, else its newest Received (RFC 5322 section 3.6.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

_EARLIEST = 1990  # no mail that matters is older; 1970 and 1980 are the zeros of clocks
_LATEST = 2100
_AHEAD = timedelta(days=2)  # a Date so much later than its own receipt is a wrong clock
_DATE_FIELD = re.compile(rb"^date:[ \t]*([^\r\n]{4,100})", re.IGNORECASE | re.MULTILINE)
_BESIDE = 2  # words before a month in which its day stands: `8 de dezembro`
_HEAD = 16_384  # bytes in which the Date field of nearly every mail stands
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d{1,9})?\s?(Z|[+-]\d{2}:?\d{2})?")
_PIECES = re.compile(r"[^\W\d_]+|\d+")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})(?:[-/]|\.\s?|\s?年\s?)(\d{1,2})(?:[-/]|\.\s?|\s?月\s?)(\d{1,2})(?!\d)")
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})(?!\d)")  # with slashes it may be a month
#: Zone names that RFC 5322 has not, in hours east of UTC (IANA time zone database abbreviations).
_ZONES = {
    "WET": 0, "WEST": 1, "BST": 1, "IST": 5.5, "CET": 1, "MET": 1, "CEST": 2, "MEST": 2, "MEZ": 1, "MESZ": 2, "EET": 2,
    "EEST": 3, "MSK": 3, "TRT": 3, "JST": 9, "KST": 9, "HKT": 8, "SGT": 8, "AEST": 10, "AEDT": 11, "ACST": 9.5,
    "AWST": 8, "NZST": 12, "NZDT": 13, "AKST": -9, "AKDT": -8, "HST": -10, "BRT": -3, "ART": -3, "SAST": 2,
}  # fmt: skip


def sent(date_field: str, received: Iterable[str]) -> tuple[datetime | None, str]:
    """Return the aware date of a mail, and a sentence where the Date field was not the one, or ""."""
    newest = next((found for line in received if (found := parse(line.rpartition(";")[2]))), None)
    date = parse(date_field)
    if date and not (newest and date - newest > _AHEAD):
        return date, ""
    what = "Date is absurd" if date_field else "no Date"
    return (newest, f"{what}: that of the newest Received counts") if newest else (None, what)


def named(raw: bytes) -> datetime | None:
    """What the Date field of a mail names, found without reading the mail: for counting days, not for judging."""
    found = _DATE_FIELD.search(raw[:_HEAD])
    return parse(found[1].decode("ascii", "replace")) if found else None


def parse(text: str) -> datetime | None:
    """Read a date of a mail header, aware; None where it is none or absurd."""
    text = text.strip()[:200]
    found = _rfc(text) or _iso(text)
    return found if found and _EARLIEST <= found.year <= _LATEST else None


def shown(text: str, months: Mapping[str, int]) -> datetime | None:
    """The day that a mail program wrote for people above a forwarded mail, at no hour; `months` by their names.

    None where that is none, or may be one of two days.
    """
    text = text[:200].casefold()
    if found := _YEAR_FIRST.search(text):
        year, month, day = map(int, found.groups())
    elif found := _DAY_FIRST.search(text):
        day, month, year = map(int, found.groups())
    else:
        year, month, day = _by_month(_PIECES.findall(text), months)
    try:
        return datetime(year, month, day, tzinfo=UTC) if _EARLIEST <= year <= _LATEST else None
    except ValueError:
        return None


def _by_month(pieces: list[str], months: Mapping[str, int]) -> tuple[int, int, int]:
    """Year, month and day: the number before the month's name, else the one right after; 0 for what is missing."""
    year = next((int(piece) for piece in pieces if piece.isdecimal() and len(piece) == 4), 0)
    for place, piece in enumerate(pieces):
        if piece in months:
            beside = (*reversed(pieces[max(0, place - _BESIDE) : place]), *pieces[place + 1 : place + 2])
            day = next((int(one) for one in beside if one.isdecimal() and len(one) <= 2), 0)
            return year, months[piece], day
    return 0, 0, 0


def _rfc(text: str) -> datetime | None:
    try:
        parts = parsedate_tz(text)
        if parts is None:
            return None
        year, month, day, hour, minute, second = parts[:6]
        zone = _zone(parts[9], text)
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None  # the standard library raises any of these on malformed dates


def _zone(seconds: int | None, text: str) -> timezone:
    words = text.partition("(")[0].split()
    named = _ZONES.get(words[-1].upper()) if words else None
    if named is not None:
        return timezone(timedelta(hours=named))
    if not seconds or abs(seconds) >= 86_400:
        return UTC
    return timezone(timedelta(seconds=seconds))


def _iso(text: str) -> datetime | None:
    found = _ISO.match(text)
    if not found:
        return None
    zone = (found.group(3) or "+00:00").replace("Z", "+00:00")
    try:
        return datetime.fromisoformat(f"{found.group(1)}T{found.group(2)}{zone}")
    except ValueError:
        return None
