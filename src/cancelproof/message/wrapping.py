"""Lines that a program wrapped, joined again; lines that a person set apart, left so."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum

from cancelproof.message import blocks

_WIDEST = 110  # columns; a longer line was not wrapped by its writer
_USUAL = 80
_NARROWEST = 56
_CLAUSE = 30  # columns; a shorter line that stops in mid-sentence may be a person's own line

BULLET = re.compile(r"\s*(?:[-*•·–—▪◦‣●■✓✔→]|\d{1,2}[.)]|[A-Za-z]\))\s+\S")
HEADING = re.compile(r"#{1,6}\s+|[*=~]{2,10}\s+(?=\S)")
ONLY_LINK = re.compile(r"\s*(?:https?://|www\.)\S+\s*$")
_DASH = re.compile(r"\s*(?:[-–—]|\d{1,2}\)|[A-Za-z]\))\s")  # may be a bullet, may stand in a sentence
_LABEL_START = re.compile(r"\*?[^\W\d_a-zß-öø-ÿ][^:.,;!?]{0,38}?\s?(?::\*?\s|\uff1a)\s?\S")
_STOPS = (".", "!", "?", "…", ";", "。", "！", "？")
_LEADS = (":", "：")


class Setting(Enum):
    """How lines came to be: typed and wrapped at a width, printed with ragged ends, or broken in a page."""

    TYPED = "typed"
    PRINTED = "printed"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class Wrap:
    """The width in columns at which lines were wrapped, and the widest that can have been."""

    width: int
    widest: int
    setting: Setting


def measure(lines: list[str], setting: Setting) -> Wrap:
    """Guess at which width a text was wrapped: that of its longest lines, an odd one passed over."""
    width = _longest([_columns(line.rstrip()) for line in lines if not ONLY_LINK.match(line)])
    if setting is Setting.PRINTED:
        return Wrap(int(width * 0.85), 2 * _WIDEST, setting)
    return Wrap(width, _WIDEST, setting)


def joined(lines: list[str], wrap: Wrap) -> list[str]:
    """Return the lines of one paragraph as its writer meant them."""
    out: list[str] = []
    previous = ""
    for line in lines:
        if out and _goes_on(out[-1], previous, line, wrap):
            out[-1] += _glue(out[-1], line) + line.strip()
        else:
            out.append(line.strip())
        previous = line.rstrip()
    return out


def _longest(widths: list[int]) -> int:
    found = sorted((width for width in widths if width >= _NARROWEST), reverse=True)
    for index, width in enumerate(found):
        if width <= _USUAL or (width <= _WIDEST and index + 1 < len(found) and found[index + 1] >= width - 12):
            return width
    return _NARROWEST


def _goes_on(paragraph: str, line: str, following: str, wrap: Wrap) -> bool:
    """Tell whether `following` only goes on with `line`, the last of the paragraph so far."""
    first = following.lstrip()[0]
    if _stands_alone(line, wrap) or _begins(paragraph, line, following):
        return False
    if line.endswith(_LEADS) and not first.islower():
        return False  # what a line leads to begins on its own
    if first.islower() and not line.endswith((*_STOPS, *_LEADS)):
        if wrap.setting is Setting.PAGE:  # a headline in two lines; not a list of single words, nor a closing
            if len(line.split()) > 1 and not line.endswith(","):
                return True
        elif _columns(line) >= _CLAUSE:
            return True
    if wrap.setting is Setting.PAGE and not (first.islower() or _is_wide(first)):
        return False  # a break in a page is a person's, but for text that was wrapped before it became one
    needed = 2 if _is_wide(first) else 1 + _columns(following.split(maxsplit=1)[0])
    return _columns(line) + needed > wrap.width


def _stands_alone(line: str, wrap: Wrap) -> bool:
    return _columns(line) > wrap.widest or bool(HEADING.match(line)) or bool(blocks.columns(line))


def _begins(paragraph: str, line: str, following: str) -> bool:
    """Tell a line that begins something of its own: an item, a `label: value`, a link, a row of columns."""
    if _LABEL_START.match(following) or ONLY_LINK.match(following) or blocks.columns(following):
        return True
    if not BULLET.match(following):
        return False
    in_list = BULLET.match(paragraph) or line.endswith(_STOPS)
    return bool(in_list) or not (_DASH.match(following) and _columns(line) >= _CLAUSE)


def _glue(left: str, right: str) -> str:
    return "" if _is_wide(left[-1:] or " ") and _is_wide(right.lstrip()[:1] or " ") else " "


def _is_wide(char: str) -> bool:
    return not char.isascii() and unicodedata.east_asian_width(char) in "WF"


def _columns(line: str) -> int:
    return len(line) if line.isascii() else len(line) + sum(map(_is_wide, line))
