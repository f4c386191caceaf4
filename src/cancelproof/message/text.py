"""Plain text as a person sees it: wrapped lines joined again, lists, headings and columns kept apart (RFC 3676)."""

from __future__ import annotations

import re
import unicodedata

from cancelproof.message import blocks
from cancelproof.message.blocks import Block

MAX_LINES = 20_000
_WIDEST = 110  # columns; a longer line was not wrapped by its writer
_NARROWEST = 56
_USUAL = 80

_QUOTE = re.compile(r"(?:>[ ]?){1,50}")
_RULE = re.compile(r"[-=_*~#+·•—–.|\s<>]{1,2000}$")
_BULLET = re.compile(r"\s*(?:[-*•·–—▪◦‣●■✓✔→]|\d{1,2}[.)]|[A-Za-z]\))\s+\S")
_BULLET_SIGN = re.compile(r"[-*•·–—▪◦‣●■✓✔→]\s+")
_HEADING = re.compile(r"#{1,6}\s+|[*=~]{2,10}\s+(?=\S)")
_LABEL_START = re.compile(r"\*?[^\W\d_a-zß-öø-ÿ][^:.,;!?]{0,38}?\s?(?::\*?\s|\uff1a)\s?\S")
_EMPHASIS = re.compile(r"(?<![^\s(])[*_]{1,3}(?=[^\s*_])|(?<=[^\s*_])[*_]{1,3}(?![^\s).,:;!?])")
_MARKDOWN_LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\((?:https?|mailto):[^\s()\[]{1,2000}\)")
_LINK_ASIDE = re.compile(r"[ ]?(?:<(?:https?|mailto):[^\s<>]{1,2000}>|\([ ]?(?:https?|mailto):[^\s()]{1,2000}[ ]?\)"
                         r"|\[(?:https?|mailto):[^\s\[\]]{1,2000}\])", re.IGNORECASE)  # fmt: skip
_BARE_LINK = re.compile(r"https?://([^\s/<>()\"?#]{1,100})[^\s<>()\"]{0,2000}", re.IGNORECASE)
_ONLY_LINK = re.compile(r"\s*(?:https?://|www\.)\S+\s*$")
_LINK = re.compile(r"(?:https?://|mailto:)[^\s<>()\"\[\]]{3,2000}", re.IGNORECASE)


def read(text: str, *, flowed: bool = False, delsp: bool = False) -> list[Block]:
    """Return the blocks of a plain text part."""
    lines = [_depth_and_line(line) for line in text.splitlines()[:MAX_LINES]]
    return _paragraphs(_unflowed(lines, delsp=delsp) if flowed else lines)


def read_letter(text: str) -> list[Block]:
    """Return the blocks of a printed page, whose lines are only about as long as each other."""
    return _paragraphs([(0, line) for line in text.splitlines()[:MAX_LINES]], printed=True)


def read_lines(lines: list[str]) -> list[Block]:
    """Return the blocks of lines that stand one below the other in a page."""
    return _paragraphs([_depth_and_line(line) for line in lines[:MAX_LINES]])


def links(text: str) -> list[str]:
    """Return the http, https and mailto targets that stand in the text."""
    return [found.group().rstrip(".,;:!?'") for found in _LINK.finditer(text)]


def _paragraphs(lines: list[tuple[int, str]], *, printed: bool = False) -> list[Block]:
    """Blocks of lines given with their depth of quoting."""
    width = _wrapped_at([line for _, line in lines])
    wrap = (int(width * 0.85), 2 * _WIDEST) if printed else (width, _WIDEST)
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


def _paragraph(lines: list[str], depth: int, wrap: tuple[int, int]) -> list[Block]:
    joined: list[str] = []
    previous = ""
    for line in lines:
        if joined and _goes_on(previous, line, *wrap):
            joined[-1] += _glue(joined[-1], line) + line.strip()
        else:
            joined.append(line.strip())
        previous = line
    return [block for line in joined for block in blocks.of_line(clean(line), depth)]


def clean(line: str) -> str:
    """Return a line without marks that stand for layout: bullets, headings, emphasis, the targets of links."""
    line = _HEADING.sub("", _BULLET_SIGN.sub("", line, count=1) if _BULLET.match(line) else line, count=1)
    if "://" in line or "mailto:" in line:
        line = _MARKDOWN_LINK.sub(r"\1", line)
        line = _LINK_ASIDE.sub("", line)
        line = "" if _ONLY_LINK.match(line) else _BARE_LINK.sub(r"\1", line)
    if "*" in line or "_" in line:
        line = _EMPHASIS.sub("", line).rstrip("*")
    return line


def _wrapped_at(lines: list[str]) -> int:
    """Guess at which width the writer's program wrapped: that of the longest lines, an odd one passed over."""
    widths = [_columns(line.rstrip()) for line in lines if not _ONLY_LINK.match(line)]
    widths = sorted((width for width in widths if width >= _NARROWEST), reverse=True)
    for index, width in enumerate(widths):
        if width <= _USUAL or (width <= _WIDEST and index + 1 < len(widths) and widths[index + 1] >= width - 12):
            return width
    return _NARROWEST


def _goes_on(line: str, following: str, width: int, widest: int) -> bool:
    """Whether a line was broken only because its next word would not have fitted."""
    if _BULLET.match(following) or _LABEL_START.match(following) or _ONLY_LINK.match(following):
        return False
    if _columns(line) > widest or _HEADING.match(line) or blocks.columns(line) or blocks.columns(following):
        return False
    word = following.split(maxsplit=1)[0]
    needed = 2 if _is_wide(word[0]) else 1 + _columns(word)
    return _columns(line.rstrip()) + needed > width


def _glue(left: str, right: str) -> str:
    return "" if _is_wide(left[-1:] or " ") and _is_wide(right.lstrip()[:1] or " ") else " "


def _is_wide(char: str) -> bool:
    return not char.isascii() and unicodedata.east_asian_width(char) in "WF"


def _columns(line: str) -> int:
    return len(line) if line.isascii() else len(line) + sum(map(_is_wide, line))
