"""What a child that opens a document may use, and how it says why it gave up."""

from __future__ import annotations

from enum import IntEnum

MAX_OUTPUT = 20_000_000  # bytes


class Ending(IntEnum):
    """The exit codes of the child beside 0; any other was not of its own will."""

    LOCKED = 10
    NO_TEXT = 11
    BROKEN = 12
    TOO_BIG = 13
    FORMATTED = 14
    TOO_LONG = 15
    NO_CIPHER = 16


def limit(seconds: int, megabytes: int) -> None:
    """Bound this process; only the POSIX systems can."""
    try:
        import resource  # noqa: PLC0415 - absent on Windows
    except ImportError:
        return
    size = megabytes * 1024 * 1024
    for kind, value in ((resource.RLIMIT_AS, size), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_FSIZE, 0)):
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)  # noqa: PLW2901 - never above the system's
        try:
            resource.setrlimit(kind, (value, hard))
        except (ValueError, OSError):
            continue  # macOS refuses some
