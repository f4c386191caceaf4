"""How one cancels at a vendor, in lines: what the vendor files say of it, where they have it from, and as of when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from cancelproof.report.escape import Shown, shown
from cancelproof.report.words import Words

#: A way, an address or number, the steps, a note ("" and () where none is on file), and whether a letter is registered.
Way = tuple[str, str, tuple[str, ...], str, bool]
_LETTER = "letter"
#: How a vendor file says that nobody read it anywhere.
_NOT_READ = "not read"


class Cancelling(NamedTuple):
    """The ways to cancel that are on file for a vendor, where they are from, and the day the file was checked."""

    ways: Sequence[Way] = ()
    checked: date | None = None
    sources: Sequence[str] = ()
    note: str = ""


def heading(words: Words, found: Cancelling) -> Shown:
    if found.checked is None:
        return words.say("way.heading")
    return words.say("way.heading_checked", day=words.day(found.checked))


def lines(words: Words, found: Cancelling) -> tuple[Shown, ...]:
    """One line a way, and where they are from."""
    ways = tuple(_line(words, way) for way in found.ways)
    note = (words.say("way.note", note=shown(found.note, 400)),) if found.note else ()
    return (*ways, *note, *_sources(words, found.sources)) if ways else ()


def _line(words: Words, way: Way) -> Shown:
    kind, address, steps, note, registered = way
    name = words.say(f"way.{kind}")
    parts = [part for part in (address, " > ".join(steps), note) if part]
    if kind == _LETTER:
        parts.append(words.say("way.registered" if registered else "way.receipt"))
    return words.say("show.label", name=name, value=shown("; ".join(parts), 400)) if parts else name


def _sources(words: Words, sources: Sequence[str]) -> tuple[Shown, ...]:
    """What was read, and what of the file was not; where nothing was, that alone."""
    read = any(_NOT_READ not in source for source in sources)
    named = [shown(source, 400) for source in sources] if read else [words.say("way.unread")] if sources else []
    return tuple(words.say("way.source", source=source) for source in named)


def as_json(found: Cancelling | None) -> dict[str, Any] | None:
    """The same for programs; the sources as the vendor file gives them."""
    if found is None:
        return None
    names = ("way", "address", "steps", "note", "registered")
    return {
        "ways": [dict(zip(names, way, strict=True)) for way in found.ways],
        "sources": list(found.sources),
        "checked": found.checked.isoformat() if found.checked else None,
        "note": found.note,
    }
