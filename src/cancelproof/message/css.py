"""The syntax of CSS: comments, strings, escapes, declarations, rules (CSS Syntax Module Level 3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

MAX_BLOCKS = 4_000  # rules of one sheet that are looked at
MAX_DEPTH = 3  # at-rules within at-rules
_OPAQUE = "\ufffd"  # stands for a string, or for an escape that names no character
_SEAM = "\ue0ff"  # stands for a comment: it parts two words, but is no blank
_ESCAPED = 0xE000  # added to an escaped character that is no letter, so that it is never taken as a delimiter or digit

#: Each alternative that opens also ends, at the end of the text at last: so a text is walked once.
_NOT_PLAIN = re.compile(
    r"/\*.*?(?:\*/|\Z)"
    r"|\"(?:[^\"\\\n]|\\.)*(?:\"|\\?\Z|(?=\n))"
    r"|'(?:[^'\\\n]|\\.)*(?:'|\\?\Z|(?=\n))"
    r"|url\((?:[^)\\\"']|\\.)*(?:\)|\\?\Z|(?=[\"']))"
    r"|\\(?:([0-9a-fA-F]{1,6})(?:\r\n|[ \t\r\n\f])?|([^\r\n\f]))",
    re.DOTALL | re.IGNORECASE,
)
_BRACKET = re.compile(r"[;(){}\[\]]")
_BRACE = re.compile(r"[{}]")
_SEAM_BETWEEN = re.compile(rf"{_SEAM}+(?=[.#\s,>+~]|$)")
_FOR_SCREENS = ("@media all", "@media screen", "@media only screen")


class Declaration(NamedTuple):
    """`name` and `value` in lower case, single blanks in the value."""

    name: str
    value: str
    important: bool = False


def plain(text: str) -> str:
    """Return CSS without comments, strings and escapes; what stood there can't be taken for a delimiter."""
    return _NOT_PLAIN.sub(_replaced, text) if any(mark in text for mark in ("/*", "\\", '"', "'", "(")) else text


def _replaced(found: re.Match[str]) -> str:
    first = found.group()[0]
    if first == "/":
        return _SEAM
    if first in "\"'":
        return _OPAQUE
    if first in "uU":
        return "url()" if found.group().endswith(")") else "url("
    return _escape(found.group(1), found.group(2))


def _escape(hexadecimal: str | None, literal: str | None) -> str:
    code = int(hexadecimal, 16) if hexadecimal else ord(literal or _OPAQUE)
    if not code or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        return _OPAQUE
    return chr(code) if code >= 0x80 or chr(code).isalpha() else chr(_ESCAPED + code)


def identifier(name: str) -> str:
    """Return a name of plain CSS as HTML spells it."""
    return "".join(chr(ord(c) - _ESCAPED) if _ESCAPED <= ord(c) < _ESCAPED + 0x80 else c for c in name)


def declarations(text: str) -> list[Declaration]:
    """Return the declarations of plain CSS, in order; what is none is left out, as browsers do."""
    return [found for piece in _pieces(text.lower()) if (found := _declaration(piece))]


def _declaration(piece: str) -> Declaration | None:
    name, colon, value = piece.replace(_SEAM, " ").partition(":")
    value, bang, word = value.partition("!")
    name, value = name.strip(), " ".join(value.split())
    if not colon or not name or not value or " " in name or (bang and word.strip() != "important"):
        return None
    return Declaration(name, value, bool(bang))


def _pieces(text: str) -> Iterator[str]:
    """Cut at each `;` that stands in no bracket."""
    start = depth = 0
    for mark in _BRACKET.finditer(text):
        if mark.group() in "([{":
            depth += 1
        elif mark.group() != ";":
            depth = max(0, depth - 1)
        elif not depth:
            yield text[start : mark.start()]
            start = mark.end()
    yield text[start:]


def blocks(sheet: str) -> Iterator[tuple[str, str]]:
    """Yield (selectors, declarations) of each rule of plain CSS outside of at-rules, and of those for any screen."""
    waiting = [(sheet.replace("<!--", " ").replace("-->", " "), 0)]
    seen = 0
    while waiting:
        text, depth = waiting.pop()
        position = 0
        while seen < MAX_BLOCKS and (opening := text.find("{", position)) >= 0:
            seen += 1
            prelude = text[position:opening].rpartition(";")[2].strip()
            closing = _closing(text, opening)
            inside = text[opening + 1 : closing]
            if not prelude.startswith("@"):
                yield _SEAM_BETWEEN.sub("", prelude), inside
            elif " ".join(prelude.lower().split()) in _FOR_SCREENS and depth < MAX_DEPTH:
                waiting.append((inside, depth + 1))
            position = closing + 1


def _closing(sheet: str, opening: int) -> int:
    depth = 0
    for brace in _BRACE.finditer(sheet, opening):
        depth += 1 if brace.group() == "{" else -1
        if not depth:
            return brace.start()
    return len(sheet)
