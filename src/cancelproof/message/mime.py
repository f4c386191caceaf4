"""A mail's bytes as a tree of parts (RFC 2046 section 5.1), walked without recursion and within limits.

The standard library's parser recurses on nested parts and takes seconds for 100,000 of them; this one cuts the bytes at
their boundaries, outer ones first, so a missing end boundary or a part that lies about its inside harms only that part.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from cancelproof.message import headers, parameters, transfer
from cancelproof.model import Loss

MAX_PARTS = 1_000
MAX_DEPTH = 50

_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,80}/[a-z0-9][a-z0-9!#$&^_.+-]{0,120}$")
_GUESSED_BOUNDARY = re.compile(rb"--([^\s-][^\n]{0,198}[^\s])[ \t]*\n")


@dataclass(slots=True)
class Part:
    """One entity: its fields, its type and parameters, and either its parts or its undecoded body."""

    fields: list[tuple[str, str]]
    body: bytes
    content_type: str = "text/plain"
    parameters: dict[str, str] = field(default_factory=dict)
    disposition: str = ""
    name: str = ""
    parts: list[Part] = field(default_factory=list)

    @property
    def is_attachment(self) -> bool:
        return self.disposition == "attachment" or bool(self.name)

    def content(self) -> tuple[bytes, str]:
        """Return the body with its transfer encoding undone, and what was wrong with it, or ""."""
        return transfer.undo(self.body, headers.first(self.fields, "content-transfer-encoding").partition(";")[0])


def tree(raw: bytes) -> tuple[Part, list[str]]:
    """Return the tree of a mail whose line ends are LF, and its defects."""
    defects: list[str] = []
    root = _part(raw, "text/plain", defects)
    open_parts = [(root, 0)]
    count = 1
    while open_parts:
        parent, depth = open_parts.pop(0)
        if not parent.content_type.startswith("multipart/"):
            continue
        if depth >= MAX_DEPTH:
            defects.append(Loss("parts are nested too deep"))
            continue
        default = "message/rfc822" if parent.content_type == "multipart/digest" else "text/plain"
        for piece in _pieces(parent, MAX_PARTS - count, defects):
            parent.parts.append(_part(piece, default, defects))
            count += 1
        open_parts += [(part, depth + 1) for part in parent.parts]
    return root, list(dict.fromkeys(defects))


def _part(raw: bytes, default: str, defects: list[str]) -> Part:
    fields, body, wrong = headers.split(raw)
    defects += wrong
    content_type, given = parameters.read(headers.first(fields, "content-type"))
    disposition, more = parameters.read(headers.first(fields, "content-disposition"))
    if not _TYPE.match(content_type):
        content_type = default if not content_type else "text/plain"  # RFC 2045 section 5.2
    name = parameters.display_name(more.get("filename", "") or given.get("name", ""))
    return Part(fields, body, content_type, given, disposition, name)


def _pieces(parent: Part, room: int, defects: list[str]) -> list[bytes]:
    """Return the parts between the boundary lines; a multipart without any is plain text."""
    boundary = parent.parameters.get("boundary", "").encode("utf-8", "replace").rstrip()
    pieces, ended = _cut(parent.body, boundary, room)
    if not pieces:
        guessed = _GUESSED_BOUNDARY.match(parent.body.lstrip(b"\n"))
        defects.append("no boundary line" if boundary else "multipart without boundary")
        pieces, ended = _cut(parent.body, guessed.group(1), room) if guessed else ([], True)
    if not pieces:
        parent.content_type = "text/plain"
    if not ended:
        defects.append("no end boundary")
    if len(pieces) >= room:
        defects.append(Loss("too many parts"))
    return pieces


def _cut(body: bytes, boundary: bytes, room: int) -> tuple[list[bytes], bool]:
    """Return the parts between lines of this boundary, at most `room`, and whether the end boundary stood there."""
    pieces: list[bytes] = []
    if not boundary:
        return pieces, True
    start = -1
    for line in re.finditer(rb"^--" + re.escape(boundary) + rb"(--)?[ \t]*$", body, re.MULTILINE):
        if start >= 0:
            pieces.append(body[start : max(start, line.start() - 1)])
        if line.group(1) or len(pieces) >= room:
            return pieces, True
        start = line.end() + 1
    if start >= 0:
        pieces.append(body[start:])
    return pieces, start < 0
