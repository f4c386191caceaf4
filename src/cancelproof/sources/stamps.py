"""The times that mailboxes and servers stamp on a mail when it arrives: the mbox From_ line, IMAP's INTERNALDATE."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

# The months as `asctime` and IMAP write them (C11 7.27.3.1, RFC 9051 9), whatever the locale.
_MONTHS = {"JanFebMarAprMayJunJulAugSepOctNovDec"[3 * n : 3 * n + 3]: n + 1 for n in range(12)}

_ASCTIME = re.compile(
    r" (?P<month>[A-Z][a-z]{2}) {1,2}(?P<day>\d{1,2}) (?P<h>\d{1,2}):(?P<m>\d\d)(?::(?P<s>\d\d))?"
    r"(?: (?P<zone>[^ ]{1,10}))?(?: [^ ]{1,10})? (?P<year>\d{4})(?: (?P<late_zone>[+-]\d{4}))?$",
    re.ASCII,
)
_INTERNALDATE = re.compile(
    r" ?(?P<day>\d{1,2})-(?P<month>[A-Z][a-z]{2})-(?P<year>\d{4}) (?P<h>\d\d)[:.](?P<m>\d\d)[:.](?P<s>\d\d)"
    r" (?P<zone>[+-]\d{4})",
    re.ASCII,
)


def arrival(from_line: bytes) -> datetime | None:
    """Return the time at the end of a From_ line, aware; one without a zone is UTC (RFC 4155 appendix A)."""
    found = _ASCTIME.search(from_line.decode("ascii", "replace").rstrip())
    return found and _time(found, found["late_zone"] or found["zone"])


def internal_date(text: bytes) -> datetime | None:
    """Return an INTERNALDATE, aware (RFC 9051 9, date-time), or None for what is none."""
    found = _INTERNALDATE.fullmatch(text.decode("ascii", "replace"))
    return found and _time(found, found["zone"])


def _time(found: re.Match[str], zone: str | None) -> datetime | None:
    if not zone or not re.fullmatch(r"[+-]\d{4}", zone, re.ASCII):
        zone = "+0000"
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:5])) * (-1 if zone[0] == "-" else 1)
    clock = int(found["h"]), int(found["m"]), min(59, int(found["s"] or 0))  # a leap second is the one before it
    try:
        tz = timezone(offset) if offset else UTC
        return datetime(int(found["year"]), _MONTHS[found["month"]], int(found["day"]), *clock, tzinfo=tz)
    except (ValueError, KeyError):
        return None
