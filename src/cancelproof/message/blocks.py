"""A block: one line or paragraph as a person sees it, before it is cut into sentences."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MAX_LABEL = 40  # characters
MAX_LABEL_WORDS = 5
MAX_VALUE = 160
_PIECE = 500
_SENTENCE_WORDS = 4  # a value of so many words that ends like a sentence is one

#: Characters that nobody sees: soft hyphen, zero-width, joiners, directions, variation selectors, tags.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
#: C1 controls in a page or a mislabelled text are windows-1252 (WHATWG HTML 13.2.5.80): `&#150;` is a dash.
_C1 = re.compile(r"[\x80-\x9f]")
_AS_CP1252 = {code: text for code in range(0x80, 0xA0) if (text := bytes([code]).decode("cp1252", "ignore"))}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2800]")
_LABEL = re.compile(r"([^:\uff1a]{1,40}?)\s?(?::\s|\uff1a|(?<=[\u3040-\u9fff\uac00-\ud7af）」]):)\s?(\S.*)$", re.DOTALL)
_SENTENCE_MARKS = re.compile(r"[!?;,…](?:\s|$)|[。！？、]|\w{5}\.(?:\s|$)")  # a short word may be abbreviated
_TERMINATED = re.compile(r"[.!?…。！？][\"'»”’)\]]*$")
_GAPS = ("  ", "\t", "|", "....", "……", " .. ", " ... ", "..:")
#: What stands between columns, with the colon of a label: `Product ....: Shared hosting`.
_COLUMNS = re.compile(r"\s?(?:\t+| {2,}|\.{4,}|…{2,}|(?<=\w) \.{2,3} (?=\w)|\.{2,3}(?=:))(?:\s{0,9}[:\uff1a](?=\s))?")


@dataclass(frozen=True, slots=True)
class Block:
    """`depth` counts the levels of quoting; `aside` is what a mail program has marked as quoted in a reply.

    `link` says that the whole text is that of a link.
    """

    text: str
    cells: tuple[str, ...] = ()
    depth: int = 0
    aside: bool = False
    link: bool = False


def visible(text: str) -> str:
    """Text without characters that nobody sees, in single blanks, composed (Unicode NFC)."""
    if text.isascii():
        return " ".join(_CONTROL.sub(" ", text).split())
    if _C1.search(text):
        text = text.translate(_AS_CP1252)
    return " ".join(_composed(_CONTROL.sub(" ", _UNSEEN.sub("", text))).split())


def _composed(text: str) -> str:
    """Compose in pieces: a run of 400,000 combining marks costs `normalize` minutes, the square of its length."""
    pieces = (text[start : start + _PIECE] for start in range(0, len(text), _PIECE))
    return "".join(unicodedata.normalize("NFC", piece) for piece in pieces)


def row(cells: tuple[str, ...], depth: int = 0, *, aside: bool = False) -> Block:
    """Make the block of a table row or a `label: value` line."""
    label = cells[0].rstrip(":\uff1a ")
    cells = (label or cells[0], *cells[1:])
    return Block(" | ".join(cells), cells, depth, aside)


def of_line(raw: str, depth: int = 0, *, aside: bool = False) -> list[Block]:
    """Return the block of a line that stands alone; several where it holds `label: value` pairs side by side."""
    text = visible(raw)
    if not text:
        return []
    cells = columns(raw)
    pairs = [pair for cell in cells if (pair := label_and_value(cell))]
    if cells and len(pairs) == len(cells):
        return [row(pair, depth, aside=aside) for pair in pairs]
    cells = cells or label_and_value(text)
    return [row(cells, depth, aside=aside) if cells else Block(text, (), depth, aside)]


def label_and_value(text: str) -> tuple[str, ...]:
    """("Status", "Cancelled") for `Status: Cancelled`; empty for a sentence that merely contains a colon."""
    found = _LABEL.match(text)
    if not found:
        return ()
    label, value = found.group(1).strip(), found.group(2).strip()
    if (
        len(label.split()) > MAX_LABEL_WORDS
        or not any(map(str.isalpha, label))
        or _SENTENCE_MARKS.search(label.rstrip("."))
    ):
        return ()
    if label.count("(") != label.count(")"):
        return ()
    if len(value) > MAX_VALUE or (_TERMINATED.search(value) and len(value.split()) >= _SENTENCE_WORDS):
        return ()
    return (label, value)


def columns(raw: str) -> tuple[str, ...]:
    """Return the cells of a line set in columns: two or more blanks, tabs, leader dots or bars between them."""
    stripped = raw.strip()
    if not any(gap in stripped for gap in _GAPS):
        return ()
    pieces = _bars(stripped) if "|" in stripped else _COLUMNS.split(stripped)
    cells = tuple(cell for piece in pieces if (cell := visible(piece)))
    if len(cells) < 2 or any(_TERMINATED.search(cell) for cell in cells[:-1]):  # two blanks after a full stop
        return ()
    return cells


def _bars(stripped: str) -> list[str]:
    pieces = [piece.strip() for piece in stripped.strip("|").split("|")]
    return pieces if all(len(piece) <= MAX_VALUE for piece in pieces) else []
