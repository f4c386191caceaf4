"""One escaper for each sink: what a mail says may be hostile, and every value that people see may come from a mail.

HTML is the fourth sink: jinja2's autoescape, over values that went through `shown` before.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any, NewType

#: A text that may go to a terminal, a text file or (autoescaped) into HTML. Only `shown` and `words` make it.
Shown = NewType("Shown", str)

_SOFT_HYPHEN = "\u00ad"
_SPACES = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029")
#: Letters and signs that are drawn as nothing (Unicode Default_Ignorable_Code_Point outside Cf, and the Braille blank).
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
_REPLACEMENT = "\ufffd"


def shown(value: str, limit: int = 300) -> Shown:
    """Return `value` on one line of at most `limit` characters, with nothing in it that acts or hides.

    Control characters and lone surrogates become U+FFFD, format characters (bidi, zero width, tags) the likes of
    ‹U+202E›, line breaks and all other spaces one space. A soft hyphen is dropped: no reader shows it.
    """
    head = value[: 4 * limit]
    if not (head.isascii() and head.isprintable()):
        head = "".join(map(_visible, head))
    flat = " ".join(head.split())
    return Shown(flat if len(flat) <= limit and len(value) <= 4 * limit else flat[: limit - 1] + "…")


def quoted(value: str, limit: int = 300) -> Shown:
    """Return what somebody wrote as `shown` does, but cut after a whole word."""
    text = shown(value, limit)
    if len(text) < limit or not text.endswith("…"):
        return text
    whole = text.rpartition(" ")[0]
    return Shown(f"{whole.rstrip(',;:–- ')} …") if len(whole) > limit // 2 else text


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if character in _SPACES or category == "Zs":
        return " "
    if character == _SOFT_HYPHEN:
        return ""
    if category in {"Cc", "Cs", "Cn"}:
        return _REPLACEMENT
    if category in {"Cf", "Co"} or character in _BLANKS:
        return f"‹U+{ord(character):04X}›"
    return character


def header_value(value: str, limit: int = 150) -> str:
    """Return `value` fit for a mail header: no line break, no control character. The mail library encodes the rest."""
    return shown(value, limit)


def cell(value: object) -> str:
    """Return a value as the cell of a CSV file: on one line, and never a formula (OWASP, CSV injection)."""
    text = "" if value is None else shown(str(value))
    return f"'{text}" if text[:1] in _FORMULA else text


_FORMULA = frozenset("=+-@＝＋－＠")


# DEL, C1, line separators, bidi, zero-width and tag characters, blank letters: harmless in JSON, not on a terminal.
_TO_ESCAPE = re.compile(
    "[\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff"
    + "".join(sorted(_BLANKS))
    + "]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")


def json_text(value: Any, *, indent: int | None = None) -> str:
    r"""Return JSON of dicts, lists, strings, numbers, None: valid UTF-8, what would steer a terminal as \uXXXX."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return _TO_ESCAPE.sub(_escaped, _SURROGATES.sub(_REPLACEMENT, text))


def _escaped(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
