"""The header block: fields, folding, encoded words (RFC 5322 section 2.2, RFC 2047).

Encoded words are decoded more kindly than the RFC asks, as mail programs do: inside quoted strings, with blanks in
them, split inside a character. Every loop moves forward only, and a field is cut before it is decoded.
"""

from __future__ import annotations

import binascii
import re

from cancelproof.message import charset, transfer
from cancelproof.model import Loss

MAX_FIELD = 20_000  # bytes of one field that are read
MAX_FIELDS = 2_000

_FIELD_NAME = re.compile(rb"[!-9;-~]{1,200}[ \t]*:")
_BREAK = re.compile(r"\r\n|[\r\n\t]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def split(raw: bytes) -> tuple[list[tuple[str, str]], bytes, list[str]]:
    """Cut a mail or a part with line ends LF into fields (name in lower case, value unfolded), body, defects."""
    fields: list[bytearray] = []
    defects: list[str] = []
    position = 0
    while position < len(raw):
        end = raw.find(b"\n", position)
        end = len(raw) if end < 0 else end
        line = raw[position : min(end, position + MAX_FIELD)]
        if not line.strip(b"\r"):
            position = end + 1
            break
        if not _take(line, fields, defects):
            defects.append("no blank line after the header")
            break
        position = end + 1
    return [_field(bytes(whole), defects) for whole in fields], raw[position:], defects


def _take(line: bytes, fields: list[bytearray], defects: list[str]) -> bool:
    """Add a header line to the fields; False where the line is none."""
    if line[:1] in b" \t":
        if fields and len(fields[-1]) < MAX_FIELD:
            fields[-1] += line
        return bool(fields) or not line.strip()
    if line.startswith((b"From ", b">From ")) and not fields:  # the first line of a mail in an mbox
        return True
    if not _FIELD_NAME.match(line):
        return False
    if len(fields) < MAX_FIELDS:
        fields.append(bytearray(line))
    elif "too many header fields" not in defects:
        defects.append(Loss("too many header fields"))
    return True


def _field(whole: bytes, defects: list[str]) -> tuple[str, str]:
    if len(whole) >= MAX_FIELD:
        whole = whole[:MAX_FIELD]
        defects.append(Loss("a header field is too long and was cut"))
    name, _, value = whole.partition(b":")
    text = value.decode("ascii") if value.isascii() else charset.decode(value, "")[0]
    return name.strip().decode("ascii").lower(), text.replace("\r", "").strip()


def first(fields: list[tuple[str, str]], name: str) -> str:
    return next((value for key, value in fields if key == name), "")


def one_line(text: str) -> str:
    """Make text fit for one line: breaks become blanks, other control characters U+FFFD."""
    return _CONTROL.sub("\ufffd", _BREAK.sub(" ", text)).strip()


def decode_words(value: str) -> str:
    """Decode the encoded words of an unstructured value; control characters made harmless."""
    if "=?" not in value:
        return one_line(value)
    return one_line("".join(_decoded(value)))


def _decoded(value: str) -> list[str]:
    out: list[str] = []
    run: list[tuple[str, str, str]] = []  # adjacent encoded words: charset, encoding, text
    position = 0
    for start, end, word in _words(value):
        between = value[position:start]
        if between.strip() or not run:
            out += [_words_text(run), between]
            run = []
        run.append(word)
        position = end
    return [*out, _words_text(run), value[position:]]


def _words(value: str) -> list[tuple[int, int, tuple[str, str, str]]]:
    found = []
    position = value.find("=?")
    while position >= 0:
        label, mark, rest = value[position + 2 : position + 90].partition("?")
        if not mark or rest[1:2] != "?" or rest[:1] not in "bBqQ" or not label or " " in label:
            position = value.find("=?", position + 2)
            continue
        start = position + 2 + len(label) + 3
        end = value.find("?=", start)
        if end < 0:
            break
        found.append((position, end + 2, (label.partition("*")[0].lower(), rest[0].lower(), value[start:end])))
        position = value.find("=?", end + 2)
    return found


def _words_text(run: list[tuple[str, str, str]]) -> str:
    """Words of one charset are joined as bytes first: some programs split them inside a character."""
    out: list[str] = []
    pending, label = b"", ""
    for index, (word_label, encoding, text) in enumerate(run):
        if word_label != label:
            out.append(charset.decode(pending, label)[0])
            pending, label = b"", word_label
        if encoding == "b" and index + 1 < len(run) and len(text.strip()) % 4:
            following = run[index + 1]
            if following[:2] == (word_label, "b") and not text.endswith("="):
                run[index + 1] = (word_label, "b", text.strip() + following[2])
                continue
        pending += _word_bytes(encoding, text)
    return "".join([*out, charset.decode(pending, label)[0]])


def _word_bytes(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    if encoding == "b":
        return transfer.base64(data)[0]
    return binascii.a2b_qp(data.replace(b"\n", b" "), header=True)
