"""The mbox format, streamed: separators, quoting, and the date of arrival (RFC 4155).

The search for separators is one `bytearray.find` over blocks, so that the cost is near that of reading; at most one
mail and one block are held in memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cancelproof.model import Fault, Origin, RawMail
from cancelproof.sources import sniff, stamps
from cancelproof.sources.items import MAIL_LIMIT, Item, Readable

_BLOCK = 1024 * 1024
_SEPARATOR = b"\nFrom "
_HEADER_END = re.compile(rb"\n\r?\n")
_HEADER_LIMIT = 64 * 1024
_CONTENT_LENGTH = re.compile(rb"\nContent-Length:[ \t]{0,10}(\d{1,9})[ \t]{0,10}\r?\n", re.IGNORECASE)
_DECLARED_LIMIT = 32 * 1024 * 1024
_LOOK_AHEAD = sniff.FROM_LINE_LIMIT + sniff.NAME_LIMIT

# A mail begins with a header, so that a From_ line in it always follows a line; `(?m)^` would cost ten times as much.
_QUOTED = re.compile(rb"\n>(>*From )")
_TO_QUOTE = re.compile(rb"\n(>*From )")


def mails(head: bytes, stream: Readable, source: str, limit: int = MAIL_LIMIT) -> Iterator[Item]:
    """Yield every mail of an mbox whose first bytes are `head`, unquoted, with `#n` after `source`, from 1.

    A mail above `limit` bytes is a fault. Errors of `stream.read` pass through, after the mails before them.
    """
    for number, piece in enumerate(_pieces(head[sniff.mail_start(head) :], stream, limit), 1):
        where = f"{source}#{number}"
        if piece is None:
            yield Fault(where=where, what=f"the mail is larger than {limit // 1024 // 1024} MB")
        else:
            from_line, raw = piece
            yield RawMail(raw=unquote(raw), origin=Origin(source=where, received=stamps.arrival(from_line)))


def unquote(raw: bytes) -> bytes:
    """Take one `>` from each quoted From_ line, as mboxrd does; in mboxo only `>From ` was ever quoted."""
    return _QUOTED.sub(rb"\n\1", raw) if b">From " in raw else raw


def quote(raw: bytes) -> bytes:
    """Do the inverse of `unquote`, as mboxrd defines it."""
    return _TO_QUOTE.sub(rb"\n>\1", raw) if b"From " in raw else raw


@dataclass(slots=True)
class _Window:
    """The part of the file in memory: one mail from its From_ line on, searched up to `scanned`."""

    held: bytearray
    scanned: int = 0
    at_end: bool = False

    def separator(self) -> int:
        """Return where the next mail's From_ line begins, or -1 if more of the file is needed to tell."""
        held = self.held
        while (newline := held.find(_SEPARATOR, self.scanned)) >= 0:
            begin = newline + 1
            if len(held) < begin + _LOOK_AHEAD and not self.at_end:
                self.scanned = newline
                return -1
            self.scanned = newline + len(_SEPARATOR)
            if not self._after_blank_line(newline) or not self._separates(begin):
                continue
            end = self._declared_end()
            if end <= begin:
                return begin
            if len(held) < end + _LOOK_AHEAD and not self.at_end:
                self.scanned = newline
                return -1
            if not self._is_end(end):
                return begin
            self.scanned = end - 1
        self.scanned = max(self.scanned, len(held) - len(_SEPARATOR) + 1)
        return -1

    def _separates(self, begin: int) -> bool:
        return sniff.separates(bytes(self.held[begin : begin + _LOOK_AHEAD]))

    def _declared_end(self) -> int:
        """Return where the mail ends by its own Content-Length, or 0. Servers that write it quote no From_ line."""
        found = _HEADER_END.search(self.held, 0, _HEADER_LIMIT)
        length = found and _CONTENT_LENGTH.search(self.held, 0, found.start() + 1)
        if not found or not length or int(length[1]) > _DECLARED_LIMIT:
            return 0
        return found.end() + int(length[1])

    def _is_end(self, end: int) -> bool:
        """Tell whether a mail really ends there: anyone can write a Content-Length to hide the mails behind it."""
        rest = bytes(self.held[end : end + 4])
        end += len(rest) - len(rest.lstrip(b"\r\n"))
        return end == len(self.held) or self._separates(end)

    def _after_blank_line(self, newline: int) -> bool:
        before = bytes(self.held[max(0, newline - 2) : newline])
        return before.endswith(b"\n") or before == b"\n\r"

    def take(self, end: int) -> bytes:
        """Remove and return what stands before `end`."""
        with memoryview(self.held) as view:
            taken = bytes(view[:end])
        self.drop(end)
        return taken

    def drop(self, end: int) -> None:
        del self.held[:end]
        self.scanned = max(0, self.scanned - end)


def _pieces(head: bytes, stream: Readable, limit: int) -> Iterator[tuple[bytes, bytes] | None]:
    """Yield the From_ line and the bytes of each mail; None for one above `limit`."""
    window = _Window(bytearray(head))
    oversize = False
    while True:
        if (end := window.separator()) >= 0:
            piece = window.take(end)
            yield None if oversize or len(piece) > limit + _LOOK_AHEAD else _cut(piece)
            oversize = False
            continue
        if window.at_end:
            break
        if len(window.held) > limit + _LOOK_AHEAD:
            oversize = True
            window.drop(window.scanned - 2)  # the two bytes tell whether a blank line stands before a separator
        block = stream.read(_BLOCK)
        window.at_end = not block
        window.held += block
    if window.held:
        yield None if oversize else _cut(bytes(window.held))


def _cut(piece: bytes) -> tuple[bytes, bytes]:
    """Return the From_ line, and the mail without the blank line that the format puts after it."""
    from_line, _, raw = piece.partition(b"\n")
    if raw.endswith(b"\n\r\n"):
        return from_line, raw[:-2]
    return from_line, raw[:-1] if raw.endswith(b"\n\n") else raw
