"""Whose words a block is: the writer's own, quoted from an earlier mail, or a forwarded mail's.

Quoted is what stands behind `>` or in a blockquote, the line above it that says who wrote, and everything below a
separator ("original message") or below a block of field lines (From, Sent, To, Subject). Which words those are comes in
as `Marks`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cancelproof.message import addresses
from cancelproof.message.blocks import Block
from cancelproof.model import Marks

MAX_ATTRIBUTION = 300  # characters
_FIELD_LINES = 8  # a quoted header has no more
_DECORATION = "-_=*~#•·–—<>[]() \t:："
_COUNT = re.compile(r"\s?[\[(]\d{1,3}[\])]$|\d{1,2}$")  # Re[2]: and Re(3):
_FIELD = re.compile(r"\*?([^:：*]{1,40}?)\s?\*?\s?[:：]\s?\*?\s?(.*)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Forward:
    """A mail forwarded as text: its field lines as (name of the header, value), and its blocks."""

    fields: tuple[tuple[str, str], ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Split:
    """The blocks with who said them (`True`: quoted), and what was forwarded."""

    blocks: tuple[tuple[Block, bool], ...]
    forward: Forward | None = None


def split(blocks: Sequence[Block], marks: Marks, subject: str = "", sender: str = "") -> Split:
    """Tells own words from quoted and forwarded ones.

    Who answers, and has an own mail below it (of the address `sender`), forwards nothing: that was written before.
    """
    blocks = _at_ground(blocks)
    names = _field_names(marks)
    start = _forward_at(blocks, marks, names, subject)
    if start is None:
        return Split(tuple(_voiced(blocks, marks, names)))
    fields, body = _fields(blocks, start, names)
    above = _above(blocks[:start], marks)
    if above and _answers_itself(fields, marks, subject, sender):
        return Split((*_voiced(above, marks, names), *((block, True) for block in blocks[start:])))
    base = blocks[start].depth
    inner = tuple(replace(block, depth=max(0, block.depth - base), aside=False) for block in blocks[body:])
    return Split(tuple(_voiced(above, marks, names)), Forward(tuple(fields), inner))


def _answers_itself(fields: Sequence[tuple[str, str]], marks: Marks, subject: str, sender: str) -> bool:
    written, _ = addresses.read(dict(fields).get("from", ""))
    own = bool(sender) and any(address.mailbox == sender for address in written)
    return own and _begins(subject, marks.replied) and not _begins(subject, marks.forwarded)


def _at_ground(blocks: Sequence[Block]) -> Sequence[Block]:
    """Take a page that stands in a blockquote as a whole for what it is: only indented."""
    least = min((block.depth for block in blocks), default=0)
    return [replace(block, depth=block.depth - least) for block in blocks] if least else blocks


def _field_names(marks: Marks) -> dict[str, str]:
    names: dict[str, str] = {}
    for header, words in (
        ("from", marks.from_names),
        ("date", marks.date_names),
        ("subject", marks.subject_names),
        ("to", marks.to_names),
    ):
        for word in words:
            names.setdefault(word.casefold(), header)
    return names


def _bare(text: str) -> str:
    return text.strip(_DECORATION).casefold() if len(text) <= MAX_ATTRIBUTION else ""


def _above(blocks: Sequence[Block], marks: Marks) -> list[Block]:
    return [block for block in blocks if _bare(block.text) not in marks.forwarded]


def _forward_at(blocks: Sequence[Block], marks: Marks, names: dict[str, str], subject: str) -> int | None:
    """Return the first field line of a mail that is forwarded as text.

    That is a header block below a `forwarded` line, below a subject that starts with such a word, or one with nothing
    above it.
    """
    is_forward = _begins(subject, marks.forwarded)
    for index, block in enumerate(blocks):
        if block.depth or (names.get(_field(block)[0]) is None):
            continue
        marked = any(_bare(above.text) in marks.forwarded for above in blocks[max(0, index - 2) : index])
        if (marked and _count(blocks, index, names)) or (
            _is_header(blocks, index, names) and (is_forward or not index)
        ):
            return index
        if _is_header(blocks, index, names) or _is_separator(block.text, marks):
            return None
    return None


def is_reply(subject: str, marks: Marks) -> bool:
    """Whether a subject begins with a mark of a reply or a forward: the rest is an earlier mail's."""
    return _begins(subject, (*marks.replied, *marks.forwarded))


def _begins(subject: str, marks: Sequence[str]) -> bool:
    mark, colon, _ = subject.replace("\uff1a", ":").partition(":")
    return bool(colon) and _COUNT.sub("", mark.strip().casefold()) in marks


def _field(block: Block) -> tuple[str, str]:
    """Return the label and value of a field line; ("", "") for another block."""
    if len(block.cells) == 2:
        return block.cells[0].strip(_DECORATION).casefold(), block.cells[1]
    found = _FIELD.match(block.text[:2000])
    return (found.group(1).strip().casefold(), found.group(2).strip()) if found else ("", "")


def _fields(blocks: Sequence[Block], start: int, names: dict[str, str]) -> tuple[list[tuple[str, str]], int]:
    """Return the field lines from `start` on, and the index of the first block after them."""
    found: list[tuple[str, str]] = []
    end = start
    for index in range(start, min(start + _FIELD_LINES, len(blocks))):
        label, value = _field(blocks[index])
        if label in names and all(names[label] != header for header, _ in found):
            found.append((names[label], value))
            end = index + 1
        elif not label or len(label.split()) > 3 or not value:  # a field that no language file knows may stand between
            break
    return found, end


def _count(blocks: Sequence[Block], start: int, names: dict[str, str]) -> int:
    return len(_fields(blocks, start, names)[0])


def _is_header(blocks: Sequence[Block], start: int, names: dict[str, str]) -> bool:
    """Tell the field lines of a mail from other labels: its writer first or second, and an address or a subject."""
    fields, _ = _fields(blocks, start, names)
    headers = [header for header, _ in fields]
    if "from" not in headers[:2] or len(fields) < 2:
        return False
    return any("@" in value for _, value in fields) or ("subject" in headers and len(fields) >= 3)


def _voiced(blocks: Sequence[Block], marks: Marks, names: dict[str, str]) -> list[tuple[Block, bool]]:
    out: list[tuple[Block, bool]] = []
    below = False
    for index, block in enumerate(blocks):
        deeper = index + 1 < len(blocks) and blocks[index + 1].depth > block.depth
        attribution = not below and _is_attribution(block, marks, before_quote=deeper)
        begins = _is_separator(block.text, marks) or (
            names.get(_field(block)[0]) is not None and _is_header(blocks, index, names)
        )
        below = below or (not block.depth and (begins or (attribution and not deeper)))
        out.append((block, below or block.depth > 0 or block.aside or attribution))
        if attribution and index and _is_first_half(blocks[index - 1], block):
            out[-2] = (out[-2][0], True)
    return out


def _is_separator(text: str, marks: Marks) -> bool:
    """Tell the line above a quoted mail, which may name its day: "---- Original message (2 May) ----"."""
    bare = _bare(text)
    return bare in marks.original or (text[:1] in _DECORATION and bare.partition("(")[0].strip() in marks.original)


def _is_attribution(block: Block, marks: Marks, *, before_quote: bool) -> bool:
    """Tell a line that says who wrote what follows: it ends in a colon, names a verb, a date or an address."""
    text = block.text.casefold()
    if len(text) > MAX_ATTRIBUTION or not text.endswith((":", "：")):
        return False
    says = any(_contains(text, word) for word in marks.wrote)
    dated = any(char.isdigit() for char in text)
    addressed = "@" in text
    if before_quote:
        return says or dated or addressed
    return (says and (dated or addressed)) or (dated and addressed and text.endswith((">:", ">：")))


def _contains(text: str, word: str) -> bool:
    """Find the word as a word of its own; in scripts without blanks, anywhere."""
    start = text.find(word)
    while start >= 0:
        before, after = text[start - 1 : start], text[start + len(word) : start + len(word) + 1]
        if not word.isascii() and not word[:1].islower():  # a script without capitals
            return True
        if not before.isalnum() and not after.isalnum():
            return True
        start = text.find(word, start + 1)
    return False


def _is_first_half(above: Block, attribution: Block) -> bool:
    """Tell the first line of an attribution that was broken in two, the second only a word or two."""
    return len(attribution.text.split()) <= 2 and any(c.isdigit() for c in above.text) and len(above.text) <= 200
