"""Lines of text for a terminal or a plain mail: at most 78 columns, counted as a terminal counts them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

#: RFC 5322 2.1.1 asks for no more than 78 characters a line.
WIDTH = 78


def columns(text: str) -> int:
    """Return how many columns a terminal gives to the text: two for wide characters, none for combining marks."""
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def wrap(text: str, first: str = "", rest: str | None = None, width: int = WIDTH) -> str:
    """Return the text folded at its spaces; lines begin with `first`, then `rest` (default: as many spaces)."""
    rest = " " * columns(first) if rest is None else rest
    room = width - max(columns(first), columns(rest))
    folded = list(_fold(text, room)) or [""]
    return "\n".join((first if number == 0 else rest) + line for number, line in enumerate(folded)).rstrip()


def _fold(text: str, room: int) -> Iterator[str]:
    line, used = "", 0
    for word in (piece for long_word in text.split(" ") for piece in _pieces(long_word, room)):
        size = columns(word)
        if line and used + 1 + size > room:
            yield line
            line, used = word, size
        else:
            line, used = (f"{line} {word}", used + 1 + size) if line else (word, size)
    if line:
        yield line


def _pieces(word: str, room: int) -> Iterator[str]:
    """Yield a word that is wider than a line in pieces that fit."""
    piece, used = "", 0
    for character in word:
        size = _columns(character)
        if used + size > room:
            yield piece
            piece, used = "", 0
        piece, used = piece + character, used + size
    if piece:
        yield piece


def aligned(rows: Sequence[Sequence[str]], widest: Sequence[int]) -> tuple[str, ...]:
    """Return rows of cells as lines of columns, each as wide as its widest cell; what is wider than `widest` is cut."""
    cut = [[_cut(cell, room) for cell, room in zip(row, widest, strict=True)] for row in rows]
    widths = [max((columns(row[place]) for row in cut), default=0) for place in range(len(widest))]
    return tuple(
        "  ".join(_padded(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cut
    )


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - columns(cell))


def _cut(cell: str, room: int) -> str:
    if columns(cell) <= room:
        return cell
    kept = next(_pieces(cell, room - 1), "")
    return f"{kept}…"
