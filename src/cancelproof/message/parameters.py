"""`Content-Type` and `Content-Disposition`: a value and its parameters (RFC 2045 section 5.1, RFC 2231)."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from cancelproof.message import charset, headers

_PART_OF = re.compile(r"([^*]{1,60})(?:\*(\d{1,3}))?(\*)?$")
_DIRECTION = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
MAX_NAME = 120


def read(value: str) -> tuple[str, dict[str, str]]:
    """`text/html; charset="utf-8"` as ("text/html", {"charset": "utf-8"}), value and keys in lower case."""
    pieces = _pieces(value)
    found: dict[str, list[tuple[int, bool, str]]] = {}
    for piece in pieces[1:100]:
        key, mark, text = piece.partition("=")
        name = _PART_OF.match(key.strip().lower())
        if mark and name:
            found.setdefault(name.group(1), []).append((int(name.group(2) or 0), bool(name.group(3)), _unquoted(text)))
    return pieces[0].partition(" ")[0].lower(), {key: _joined(parts) for key, parts in found.items()}


def _pieces(value: str) -> list[str]:
    """Return the value cut at each `;` outside of quotes."""
    pieces, start, quoted, position = [], 0, False, 0
    while position < len(value):
        char = value[position]
        if char == "\\" and quoted:
            position += 1
        elif char == '"':
            quoted = not quoted
        elif char == ";" and not quoted:
            pieces.append(value[start:position].strip())
            start = position + 1
        position += 1
    return [*pieces, value[start:].strip()]


def _unquoted(text: str) -> str:
    text = text.strip()
    if not text.startswith('"'):
        return text.partition(" (")[0].strip()
    end = 1
    while end < len(text) and text[end] != '"':
        end += 2 if text[end] == "\\" else 1
    return re.sub(r"\\(.)", r"\1", text[1:end])


def _joined(parts: list[tuple[int, bool, str]]) -> str:
    """RFC 2231: continued and percent-encoded parameters; RFC 2047 words, which many programs write instead."""
    parts.sort(key=lambda part: part[0])
    if not any(encoded for _, encoded, _ in parts):
        return headers.decode_words("".join(text for _, _, text in parts))
    label, data = "", b""
    for index, (_, encoded, text) in enumerate(parts):
        if encoded and index == 0 and text.count("'") >= 2:
            label, _, text = text.split("'", 2)  # noqa: PLW2901 - the value without its prefix
        data += unquote_to_bytes(text) if encoded else text.encode("utf-8", "replace")
    return headers.one_line(charset.decode(data, label)[0])


def display_name(name: str) -> str:
    """Return a file name to be shown: no folder, no control or direction characters; never a path to write to."""
    last = re.split(r"[/\\]", name)[-1]
    return _DIRECTION.sub("\ufffd", headers.one_line(last))[:MAX_NAME]
