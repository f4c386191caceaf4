"""What a server's words say about asking less: its hints to wait, and that the day's share is used up.

Sources: RFC 9051 7.1 (UNAVAILABLE, LIMIT, INUSE), Gmail's [OVERQUOTA] and [THROTTLED], Microsoft's "Suggested Backoff
Time", Yahoo's rate limits.
"""

from __future__ import annotations

import re

#: Seconds that a hint may ask for within a run; a longer one ends the run.
LONGEST_WAIT = 300.0

_BACKOFF = re.compile(r"backoff time: ?(\d{1,9}) ?(milliseconds|ms|seconds|s)\b", re.IGNORECASE)
_USED_UP = re.compile(
    r"\[OVERQUOTA\]|bandwidth limit|exceeded .{0,40}(?:bandwidth|quota|limit)|quota exceeded|rate limit"
    r"|too many requests",
    re.IGNORECASE,
)
#: At log-in: the server is busy or wants fewer connections; the password was not judged (RFC 9051 7.1).
_BUSY = re.compile(
    r"\[(?:UNAVAILABLE|LIMIT|INUSE|SERVERBUG|THROTTLED|OVERQUOTA)\]|too many (?:simultaneous )?connections"
    r"|throttl|try again later|temporar",
    re.IGNORECASE,
)


def wait(said: str) -> float | None:
    """Return the seconds that a server asks to be left alone, or None."""
    found = _BACKOFF.search(said)
    if not found:
        return None
    return int(found[1]) / (1000 if found[2].lower() in ("milliseconds", "ms") else 1)


def is_used_up(said: str) -> bool:
    """Tell whether nothing more is to be had today."""
    return bool(_USED_UP.search(said))


def is_busy(said: str) -> bool:
    """Tell whether a refused log-in was no judgement of the password."""
    return bool(_BUSY.search(said))
