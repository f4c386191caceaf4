"""What a stream of mail is made of, and how it is cut into batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeAlias

from cancelproof.errors import SourceError
from cancelproof.model import Batch, Fault, RawMail

#: A mail above this many bytes is refused and named: no vendor writes one, and it would fill the memory.
MAIL_LIMIT = 200 * 1024 * 1024

BATCH_MAILS = 500
BATCH_BYTES = 8 * 1024 * 1024

#: A mail, something unreadable, or None for a file that is no mail.
Item: TypeAlias = RawMail | Fault | None


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def batches(items: Iterable[Item]) -> Iterator[Batch]:
    """Cut into batches of at most 500 mails or about 8 MB, in order; at least one, even of nothing."""
    mails: list[RawMail] = []
    faults: list[Fault] = []
    passed_over = size = 0
    for item in items:
        if item is None:
            passed_over += 1
        elif isinstance(item, Fault):
            faults.append(item)
        else:
            mails.append(item)
            size += len(item.raw)
        if len(mails) + len(faults) >= BATCH_MAILS or size >= BATCH_BYTES:
            yield Batch(mails=tuple(mails), faults=tuple(faults), passed_over=passed_over)
            mails, faults, passed_over, size = [], [], 0, 0
    yield Batch(mails=tuple(mails), faults=tuple(faults), passed_over=passed_over)


def shown(name: str) -> str:
    """Return a file's name so that any output can encode it: bytes that are no UTF-8 become escapes."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def refused(error: OSError | ValueError, path: str) -> SourceError:
    """Return what to say where a file or folder that the owner named cannot be opened."""
    if isinstance(error, FileNotFoundError):
        return SourceError("no such file or folder", where=shown(path), remedy="check how the path is written")
    if isinstance(error, IsADirectoryError):
        return SourceError("is a folder, not a file", where=shown(path), remedy="name the file itself")
    return SourceError(f"cannot be read: {reason(error)}", where=shown(path), remedy="check its permissions")


def reason(error: BaseException) -> str:
    """Return the words of an exception without the path that the operating system adds."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    if (
        text[:2] in {"b'", 'b"'} and text[-1:] == text[1]
    ):  # imaplib raises with the server's bytes, IMAPClient with their repr
        text = text[2:-1]
    return " ".join(str(text).split())[:200]
