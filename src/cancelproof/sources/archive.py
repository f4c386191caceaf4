"""The members of zip and tar archives as streams. Nothing is ever written to disk; names are for display only."""

from __future__ import annotations

import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Self, TypeAlias, cast

from cancelproof.model import Fault, member
from cancelproof.sources.items import Readable, reason, shown

MEMBER_LIMIT = 1_000_000
TOTAL_LIMIT = 256 * 1024**3
#: Mail packs by about 3 to 20; deflate itself cannot pass 1,032, a bomb needs most of that.
RATIO_LIMIT = 200
#: Below this many bytes no ratio is held against an archive.
RATIO_FREE = 64 * 1024 * 1024
#: Longest name or attribute block that a tar archive may announce before a member.
_TAR_EXTRA_LIMIT = 1024 * 1024
_TAR_EXTRAS = (
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
)

#: What reading a damaged archive raises; `RuntimeError` is zipfile's word for a password.
DAMAGE = (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, tarfile.TarError, zlib.error)

#: A member's name and content, something unreadable, or None for what can hold no mail (a link, a device).
Member: TypeAlias = tuple[str, Readable] | Fault | None


class Exhausted(Exception):
    """An archive unpacks to more than is allowed; nothing more of it is read."""


class Budget:
    """How many bytes one file may yield when unpacked, however deep it is packed."""

    def __init__(self, packed: int) -> None:
        self.left = min(TOTAL_LIMIT, RATIO_FREE + RATIO_LIMIT * packed)

    def spend(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise Exhausted("unpacks to far more than mail does; the rest was not read")


class Metered:
    """An unpacking stream whose every byte is paid for."""

    def __init__(self, stream: Readable, budget: Budget) -> None:
        self._stream, self._budget = stream, budget

    def read(self, size: int, /) -> bytes:
        data = self._stream.read(size)
        self._budget.spend(len(data))
        return data


def zip_members(stream: BinaryIO, source: str, budget: Budget) -> Iterator[Member]:
    """Yield the files of a zip archive in stored order. Raises one of `DAMAGE` if there is no directory to read."""
    with zipfile.ZipFile(stream) as archive:
        for number, info in enumerate(archive.infolist()):
            if number >= MEMBER_LIMIT:
                raise Exhausted(f"more than {MEMBER_LIMIT} members; the rest was not read")
            if info.is_dir():
                continue
            where = member(source, shown(info.filename))
            if info.flag_bits & 1:
                yield Fault(where=where, what="encrypted with a password")
            elif info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                yield Fault(where=where, what="packed in a way that is not read; pack it anew as a plain zip")
            elif stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
                yield None
            else:
                yield from _zip_member(archive, info, where, budget)


def _zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, where: str, budget: Budget) -> Iterator[Member]:
    try:
        content = archive.open(info)
    except DAMAGE as error:
        yield Fault(where=where, what=reason(error))
        return
    with content:
        yield where, Metered(content, budget)


class _Header(tarfile.TarInfo):
    """A tar header that cannot make tarfile read a huge name, nor end the archive in silence where it is damaged."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        if not any(buf):
            return super().frombuf(buf, encoding, errors)  # raises what ends an archive as it should end
        try:
            info = super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            raise tarfile.ReadError(f"damaged: {error}") from error
        if info.type in _TAR_EXTRAS and info.size > _TAR_EXTRA_LIMIT:
            raise tarfile.ReadError("damaged: a name or attribute of absurd length")
        return info


def tar_members(stream: Readable, source: str) -> Iterator[Member]:
    """Yield the regular files of a tar archive in stored order; links, devices and sparse files are passed over."""
    reader = cast("BinaryIO", stream)  # a piped tar archive is only ever read from
    with tarfile.open(fileobj=reader, mode="r|", tarinfo=_Header, errorlevel=0) as archive:
        number = 0
        while (info := archive.next()) is not None:
            archive.members.clear()  # type: ignore[attr-defined]  # tarfile keeps every header it has seen
            number += 1
            if number > MEMBER_LIMIT:
                raise Exhausted(f"more than {MEMBER_LIMIT} members; the rest was not read")
            if info.isdir():
                continue
            content = None if info.issparse() or not info.isreg() else archive.extractfile(info)
            yield None if content is None else (member(source, shown(info.name)), content)
