"""Plain text as a person sees it: wrapped lines joined again, lists, headings and columns kept apart (RFC 3676)."""

from __future__ import annotations

import re
from dataclasses import replace

from cancelproof.message import blocks, wrapping
from cancelproof.message.blocks import Block
from cancelproof.message.wrapping import Setting, Wrap

MAX_LINES = 20_000

_QUOTE = re.compile(r"(?:>[ ]?){1,50}")
_RULE = re.compile(r"[-=_*~#+·•—–.|\s<>]{1,2000}$")
#: What opens an item or a heading; a dash before a number is its sign.
_OPENING = re.compile(r"\s*(?:[*•·▪◦‣●■✓✔→]\s+(?=\S)|[-–—]\s+(?=[^\s\d])|#{1,6}\s+(?=\S)|[*=~]{2,10}\s+(?=\S))")
_EMPHASIS = re.compile(r"(?<![^\s(])[*_]{1,3}(?=[^\s*_])|(?<=[^\s*_])[*_]{1,3}(?![^\s).,:;!?])")
_MARKDOWN_LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\((?:https?|mailto):[^\s()\[]{1,2000}\)")
_LINK_ASIDE = re.compile(r"[ ]?(?:<(?:https?|mailto):[^\s<>]{1,2000}>|\([ ]?(?:https?|mailto):[^\s()]{1,2000}[ ]?\)"
                         r"|\[(?:https?|mailto):[^\s\[\]]{1,2000}\])", re.IGNORECASE)  # fmt: skip
#: A line that is a link with its text: what a button of a page becomes in plain text.
_WHOLE_LINK = re.compile(
    rf"\s*(?:{_MARKDOWN_LINK.pattern}|[^.!?:<>()\[\]\n]{{1,60}}{_LINK_ASIDE.pattern})\s*", re.IGNORECASE
)
_LINK_AT_END = re.compile(r"\s?[:：]\s?https?://\S+$", re.IGNORECASE)
_BARE_LINK = re.compile(r"https?://([^\s/<>()\"?#]{1,100})[^\s<>()\"]{0,2000}", re.IGNORECASE)
_LINK = re.compile(r"(?:https?://|mailto:)[^\s<>()\"\[\]]{3,2000}", re.IGNORECASE)


def read(text: str, *, flowed: bool = False, delsp: bool = False) -> list[Block]:
    """Return the blocks of a plain text part."""
    lines = [_depth_and_line(line) for line in text.splitlines()[:MAX_LINES]]
    return _paragraphs(_unflowed(lines, delsp=delsp) if flowed else lines)


def read_letter(text: str) -> list[Block]:
    """Return the blocks of a printed page, whose lines are only about as long as each other."""
    return _paragraphs([(0, line) for line in text.splitlines()[:MAX_LINES]], Setting.PRINTED)


def read_lines(lines: list[str]) -> list[Block]:
    """Return the blocks of lines that stand one below the other in a page."""
    return _paragraphs([_depth_and_line(line) for line in lines[:MAX_LINES]], Setting.PAGE)


def links(text: str) -> list[str]:
    """Return the http, https and mailto targets that stand in the text."""
    return [found.group().rstrip(".,;:!?'") for found in _LINK.finditer(text)]


def _paragraphs(lines: list[tuple[int, str]], setting: Setting = Setting.TYPED) -> list[Block]:
    """Return the blocks of lines given with their depth of quoting."""
    wrap = wrapping.measure([line for _, line in lines], setting)
    out: list[Block] = []
    pending: list[str] = []
    depth = 0
    for level, line in [*lines, (0, "")]:
        if level != depth or not line.strip() or _RULE.match(line):
            out += _paragraph(pending, depth, wrap)
            pending, depth = [], level
        if line.strip() and not _RULE.match(line):
            pending.append(line)
    return out


def _depth_and_line(line: str) -> tuple[int, str]:
    quote = _QUOTE.match(line)
    if not quote or line.startswith(">From "):  # mboxrd's escape of a line that starts with From
        return 0, line.removeprefix(">") if quote else line
    return quote.group().count(">"), line[quote.end() :]


def _unflowed(lines: list[tuple[int, str]], *, delsp: bool) -> list[tuple[int, str]]:
    """RFC 3676: a line that ends in a blank goes on in the next."""
    out: list[tuple[int, str]] = []
    pieces: list[str] = []
    depth = 0
    for level, raw in lines:
        line = raw.removeprefix(" ")
        if pieces and level != depth:
            out.append((depth, "".join(pieces)))
            pieces = []
        depth = level
        goes_on = line.endswith(" ") and line != "-- "
        pieces.append(line[:-1] if delsp and goes_on else line)
        if not goes_on:
            out.append((depth, "".join(pieces)))
            pieces = []
    return [*out, (depth, "".join(pieces))] if pieces else out


def _paragraph(lines: list[str], depth: int, wrap: Wrap) -> list[Block]:
    return [block for line in wrapping.joined(lines, wrap) for block in _of_line(line, depth)]


def _of_line(line: str, depth: int) -> list[Block]:
    found = blocks.of_line(clean(line), depth)
    link = "://" in line and _WHOLE_LINK.fullmatch(line)
    return [replace(block, link=True) for block in found] if link else found


def clean(line: str) -> str:
    """Return a line without marks that stand for layout: bullets, headings, emphasis, the targets of links."""
    opening = _OPENING.match(line)
    line = line[opening.end() :] if opening else line
    if "://" in line or "mailto:" in line:
        line = _MARKDOWN_LINK.sub(r"\1", line)
        line = _LINK_AT_END.sub("", _LINK_ASIDE.sub("", line))
        line = "" if wrapping.ONLY_LINK.match(line) else _BARE_LINK.sub(r"\1", line)
    if "*" in line or "_" in line:
        line = _EMPHASIS.sub("", line).rstrip("*")
    return line
