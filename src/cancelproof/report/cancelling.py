"""How one cancels at a vendor, in lines: what the vendor files say of it, and as of when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from cancelproof.report.escape import Shown, shown
from cancelproof.report.words import Words

#: A way, an address or number, the steps, a note: "" and () where none is on file.
Way = tuple[str, str, tuple[str, ...], str]


class Cancelling(NamedTuple):
    """The ways to cancel that are on file for a vendor, and the day on which the file was checked."""

    ways: Sequence[Way] = ()
    checked: date | None = None


def heading(words: Words, found: Cancelling) -> Shown:
    if found.checked is None:
        return words.say("way.heading")
    return words.say("way.heading_checked", day=words.day(found.checked))


def lines(words: Words, found: Cancelling) -> tuple[Shown, ...]:
    """One line a way."""
    return tuple(_line(words, way) for way in found.ways)


def _line(words: Words, way: Way) -> Shown:
    kind, address, steps, note = way
    name = words.say(f"way.{kind}")
    parts = [part for part in (address, " > ".join(steps), note) if part]
    return words.say("show.label", name=name, value=shown("; ".join(parts), 400)) if parts else name
