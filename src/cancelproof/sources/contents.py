"""A file's mails, whatever form the file has."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Iterator
from typing import BinaryIO, cast

from cancelproof.model import Fault, Origin, RawMail
from cancelproof.sources import archive, mbox, sniff
from cancelproof.sources.archive import Budget, Exhausted, Member, Metered
from cancelproof.sources.items import MAIL_LIMIT, Item, Readable, reason
from cancelproof.sources.sniff import Form

_BLOCK = 1024 * 1024


def read(file: BinaryIO, source: str, size: int) -> Iterator[Item]:
    """Yield the mails of an open, seekable file of `size` bytes; what is damaged in it is a fault, not an exception."""
    budget = Budget(size)
    try:
        head = _head(file)
        if sniff.form(head) is Form.ZIP:
            file.seek(0)
            yield from _members(archive.zip_members(file, source, budget), budget)
        else:
            yield from _stream(head, file, source, budget)
    except (Exhausted, *archive.DAMAGE) as error:
        yield Fault(where=source, what=reason(error))


def innermost(file: BinaryIO) -> Form:
    """Tell what a file holds, looking through gzip; DAMAGED where it is an archive that cannot be opened."""
    form = sniff.form(_head(file))
    file.seek(0)
    try:
        if form is Form.GZIP:
            with gzip.GzipFile(fileobj=file, mode="rb") as unpacked:
                return sniff.form(_head(unpacked))
        if form is Form.ZIP:
            zipfile.ZipFile(file).close()
        elif form is Form.TAR:
            next(archive.tar_members(file, ""), None)
    except archive.DAMAGE:
        return Form.DAMAGED
    return form


class _Rewound:
    """A stream that begins with bytes already read from it."""

    def __init__(self, head: bytes, rest: Readable) -> None:
        self._head, self._rest = head, rest

    def read(self, size: int, /) -> bytes:
        if self._head:
            taken, self._head = self._head[:size], self._head[size:]
            return taken
        return self._rest.read(size)


def _stream(
    head: bytes, rest: Readable, source: str, budget: Budget, *, depth: int = 0, inside: bool = False
) -> Iterator[Item]:
    """The mails of what begins so; `inside` an archive no other one is opened."""
    form = sniff.form(head)
    if form is Form.MBOX:
        yield from mbox.mails(head, rest, source)
    elif form is Form.MAIL:
        yield _mail(head, rest, source, alone=not inside)
    elif form is Form.GZIP and depth < 2:
        with gzip.GzipFile(fileobj=cast("BinaryIO", _Rewound(head, rest)), mode="rb") as file:
            unpacked = Metered(file, budget)
            yield from _stream(_head(unpacked), unpacked, source, budget, depth=depth + 1, inside=inside)
    elif form is Form.TAR and not inside:
        yield from _members(archive.tar_members(_Rewound(head, rest), source), budget)
    elif form in (Form.GZIP, Form.ZIP, Form.TAR):
        yield Fault(where=source, what="an archive within an archive is not opened; unpack the outer one")
    else:
        yield None


def _members(members: Iterator[Member], budget: Budget) -> Iterator[Item]:
    for member in members:
        if not isinstance(member, tuple):
            yield member
            continue
        source, content = member
        try:
            yield from _stream(_head(content), content, source, budget, inside=True)
        except archive.DAMAGE as error:
            yield Fault(where=source, what=reason(error))


def _mail(head: bytes, rest: Readable, source: str, *, alone: bool) -> Item:
    parts, size = [head], len(head)
    while block := rest.read(_BLOCK):
        parts.append(block)
        size += len(block)
        if size > MAIL_LIMIT:
            return Fault(where=source, what=f"the mail is larger than {MAIL_LIMIT // 1024 // 1024} MB")
    return RawMail(raw=b"".join(parts), origin=Origin(source=source, alone=alone))


def _head(stream: Readable) -> bytes:
    """Read the first bytes: a stream that unpacks may give them in pieces."""
    head = b""
    while len(head) < sniff.HEAD and (more := stream.read(sniff.HEAD - len(head))):
        head += more
    return head
