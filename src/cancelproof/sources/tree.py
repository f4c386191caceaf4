"""Files and folders on disk: a mail, an mbox, a Maildir, an archive, or any tree of them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cancelproof.errors import SourceError
from cancelproof.model import Batch, Fault
from cancelproof.sources import contents
from cancelproof.sources.items import Item, batches, reason, refused, shown
from cancelproof.sources.sniff import Form

# A named pipe that takes a file's place between looking and opening must not block the scan.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOCTTY", 0)
_DEPTH_LIMIT = 64


@dataclass(frozen=True, slots=True)
class PathSource:
    """The mails of a file or of everything below a folder, in the order of the names' bytes."""

    name: str

    def batches(self) -> Iterator[Batch]:
        return batches(_items(self.name))


def open_path(path: str) -> PathSource:
    """Return the mails at `path`: a .eml, an mbox (also gzipped), a Maildir, a folder, a zip, a tar or a tgz.

    Raises SourceError if it is missing, cannot be read, is damaged, or is a file that holds no mail.
    """
    where = shown(path)
    try:
        mode = Path(path).stat().st_mode
        if stat.S_ISDIR(mode):
            with os.scandir(path):
                return PathSource(path)
        if not stat.S_ISREG(mode):
            raise SourceError("neither a file nor a folder", where=where, remedy="give a mailbox file or a folder")
        with _open(path) as file:
            form = contents.innermost(file)
    except (OSError, ValueError) as error:
        raise refused(error, path) from error
    if form is Form.DAMAGED:
        what = "the archive is damaged and cannot be opened"
        raise SourceError(what, where=where, remedy="copy or download it anew")
    if form in (Form.EMPTY, Form.OTHER):
        what = "the file is empty" if form is Form.EMPTY else "this file is no mailbox"
        raise SourceError(what, where=where, remedy="give a .eml, an mbox, a Maildir, a folder, a zip or a tgz")
    return PathSource(path)


def _items(path: str) -> Iterator[Item]:
    if Path(path).is_dir():
        yield from _folder(path, os.path.realpath(path), depth=0)
    else:
        yield from _file(path)


def _folder(path: str, root: str, depth: int) -> Iterator[Item]:
    try:
        with os.scandir(path) as entries:
            found = sorted(entries, key=lambda entry: os.fsencode(entry.name))
    except OSError as error:
        yield Fault(where=shown(path), what=f"the folder cannot be read: {reason(error)}")
        return
    if depth > _DEPTH_LIMIT:
        yield Fault(where=shown(path), what=f"more than {_DEPTH_LIMIT} folders deep; not read")
        return
    in_maildir = _is_maildir(found)
    for entry in found:
        below = f"{path.rstrip('/')}/{entry.name}"
        if in_maildir and entry.name == "tmp":
            continue  # mails that are being delivered
        if entry.is_dir(follow_symlinks=False):
            yield from _folder(below, root, depth + 1)
        elif entry.is_symlink() and Path(below).is_dir():
            yield _linked_folder(below, root)
        else:
            yield from _file(below)


def _is_maildir(entries: list[os.DirEntry[str]]) -> bool:
    folders = {entry.name for entry in entries if entry.name in ("cur", "new", "tmp") and entry.is_dir()}
    return "cur" in folders and len(folders) > 1


def _linked_folder(path: str, root: str) -> Item:
    """Pass over a link to a folder that is read anyway, or that goes in a circle; name one that leads away."""
    target = os.path.realpath(path)
    if os.path.commonpath([target, root]) in (root, target):
        return None
    return Fault(where=shown(path), what="a link to a folder elsewhere is not followed; give that folder by itself")


def _file(path: str) -> Iterator[Item]:
    try:
        if not stat.S_ISREG(Path(path).stat().st_mode):
            yield None
            return
        file = _open(path)
    except FileNotFoundError:  # a broken link, or moved away since the folder was listed
        yield None
    except OSError as error:
        yield Fault(where=shown(path), what=f"cannot be read: {reason(error)}")
    else:
        with file:
            yield from contents.read(file, shown(path), os.fstat(file.fileno()).st_size)


def _open(path: str) -> BinaryIO:
    file = os.fdopen(os.open(path, _FLAGS), "rb")
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return file
    file.close()
    raise OSError("not a regular file")
