"""Large mails without what nobody reads in them: pictures, films, archives (RFC 9051 6.4.5.1, 7.5.2).

Asked for are the header, every part that may be text, every document that may be a PDF, and of all other parts their
header alone. What comes is put together as the mail that it was, with these parts empty. Wherever the structure is odd
the mail is fetched whole instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from cancelproof.sources.folders import tokens

#: A mail above this many bytes is looked at part by part; below it a second round trip costs more than it saves.
WORTH_A_LOOK = 128 * 1024
#: At least so many bytes must be spared.
WORTH_SPARING = 64 * 1024
#: Bytes of one text that are fetched: what is read of it, as base64 or with every letter quoted.
TEXT_BOUND = 3 * 1024 * 1024
#: A document above this is not read anyway.
DOCUMENT_BOUND = 14 * 1024 * 1024

_MOST_PARTS = 200
_DEEPEST = 20

#: What is never read, whatever its name says.
_HEAVY = re.compile(
    r"(?:image|audio|video|font|model)/"
    r"|application/(?:zip|gzip|x-(?:zip|7z|rar|tar|gzip|bzip)[a-z-]*|vnd\.(?:rar|ms-|openxml|oasis|android)[\w.+-]*|msword)$"
)

Node: TypeAlias = "list[Node] | bytes"


class Odd(Exception):
    """The structure cannot be relied on."""


@dataclass(slots=True)
class Part:
    """A part by its number in the mail (`2.1`, or "" for the mail itself); `size` is in bytes as they stand there."""

    number: str
    kind: str
    boundary: bytes = b""
    size: int = 0
    is_document: bool = False
    parts: list[Part] = field(default_factory=list)

    @property
    def bytes_wanted(self) -> int:
        """How many bytes of its content are asked for."""
        if self.parts:
            return sum(part.bytes_wanted for part in self.parts)
        if self.is_document:
            return min(self.size, DOCUMENT_BOUND)
        return 0 if _HEAVY.match(self.kind) else min(self.size, TEXT_BOUND)


def structure(text: bytes) -> Part:
    """Read a BODYSTRUCTURE. Raises Odd where it is not what a good server sends."""
    try:
        nested = _nested(text)
        return _part(nested, "", 0)
    except (IndexError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise Odd(str(error)) from None


def spared(mail: Part) -> int:
    """Return how many bytes need not be fetched."""
    return sum(part.size - part.bytes_wanted for part in _leaves(mail))


def items(mail: Part) -> str:
    """Write what to FETCH of a mail."""
    sections = ["BODY.PEEK[HEADER]"]
    for part in _all(mail):
        if part.number:
            sections.append(f"BODY.PEEK[{part.number}.MIME]")
        if not part.parts and part.bytes_wanted:
            bound = f"<0.{part.bytes_wanted}>" if part.bytes_wanted < part.size else ""
            sections.append(f"BODY.PEEK[{part.number or '1'}]{bound}")
    return f"(UID INTERNALDATE {' '.join(sections)})"


def assemble(mail: Part, sections: Mapping[str, bytes]) -> bytes:
    """Put a mail together from what was fetched. Raises Odd where something is missing."""
    return b"".join(_assembled(mail, sections))


def _assembled(part: Part, sections: Mapping[str, bytes]) -> Iterator[bytes]:
    header = sections.get(f"BODY[{part.number}.MIME]" if part.number else "BODY[HEADER]")
    if header is None or not header.endswith(b"\n"):
        raise Odd(f"part {part.number} has no header")
    yield header
    if not part.parts:
        wanted = part.bytes_wanted
        if wanted:
            content = sections.get(f"BODY[{part.number or '1'}]")
            if content is None:
                raise Odd(f"part {part.number} has no content")
            yield content
        return
    if part.boundary not in header:
        raise Odd(f"part {part.number} is divided otherwise than its header says")
    for child in part.parts:
        yield b"\r\n--" + part.boundary + b"\r\n"
        yield from _assembled(child, sections)
    yield b"\r\n--" + part.boundary + b"--\r\n"


def _all(part: Part) -> Iterator[Part]:
    yield part
    for child in part.parts:
        yield from _all(child)


def _leaves(part: Part) -> Iterator[Part]:
    return (one for one in _all(part) if not one.parts)


def _nested(text: bytes) -> Node:
    """Turn parentheses into lists; strings keep their quotes."""
    stack: list[list[Node]] = [[]]
    for token in tokens([text]):
        if token == b"(":
            stack.append([])
            if len(stack) > 4 * _DEEPEST:
                raise Odd("nested too deep")
        elif token == b")":
            done = stack.pop()
            if not stack:
                break
            stack[-1].append(done)
            if len(stack) == 1:
                return done
        else:
            stack[-1].append(token)
    raise Odd("no end")


def _part(node: Node, number: str, depth: int) -> Part:
    if not isinstance(node, list) or not node or depth > _DEEPEST:
        raise Odd("no part")
    if not isinstance(node[0], list):
        return _leaf(node, number)
    children = [one for one in node if isinstance(one, list)]
    ends = next(n for n, one in enumerate(node) if isinstance(one, bytes))
    children, rest = children[:ends], node[ends:]
    if len(children) > _MOST_PARTS:
        raise Odd("too many parts")
    boundary = _parameters(rest[1]).get("boundary", b"")
    if not boundary:
        raise Odd("no boundary")
    below = f"{number}." if number else ""
    parts = [_part(child, f"{below}{n}", depth + 1) for n, child in enumerate(children, 1)]
    return Part(number, "multipart/" + _word(rest[0]), boundary, parts=parts)


def _leaf(node: list[Node], number: str) -> Part:
    kind = f"{_word(node[0])}/{_word(node[1])}"
    size = node[6]
    if not isinstance(size, bytes) or not size.isdigit():
        raise Odd("no size")
    names = b" ".join(value for one in node if isinstance(one, list) for value in _values(one)).lower()
    is_document = kind.startswith("message/") or kind.endswith(("/pdf", "/octet-stream")) or b".pdf" in names
    if _HEAVY.match(kind) and (b".eml" in names or b".htm" in names or b".txt" in names):
        kind = "application/octet-stream"  # a sender's mistake, or a trick
    return Part(number, kind, size=int(size), is_document=is_document)


def _word(node: Node) -> str:
    if not isinstance(node, bytes):
        raise Odd("no word")
    return node.strip(b'"').decode("ascii", "replace").lower()


def _parameters(node: Node) -> dict[str, bytes]:
    if not isinstance(node, list):
        return {}
    pairs = [one for one in node if isinstance(one, bytes)]
    return {
        _word(key): re.sub(rb"\\(.)", rb"\1", value.strip(b'"'))
        for key, value in zip(pairs[::2], pairs[1::2], strict=False)
    }


def _values(node: list[Node]) -> Iterator[bytes]:
    for one in node:
        if isinstance(one, list):
            yield from _values(one)
        else:
            yield one
