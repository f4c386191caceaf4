"""The child that waits with its libraries loaded, and opens each document in a child of its own: a fork is 50 times as
fast as a new Python. It looks into no document itself; what a document does to its own child harms no other.

Asked on standard input by a line `kind seconds megabytes size` and the document, it answers on standard output by a
line `code size` and what was found.
"""

from __future__ import annotations

import os
import select
import signal
import time
from typing import BinaryIO

from cancelproof.letters.limits import MAX_OUTPUT, Ending, limit

_BLOCK = 65536


def serve(asked: BinaryIO, answers: BinaryIO) -> None:
    """Open documents until there is nobody who asks."""
    from cancelproof.letters import pdf, tnef  # noqa: F401, PLC0415  # loaded once for every child

    while head := asked.readline():
        kind, seconds, megabytes, size = head.split()
        code, found = _apart(kind.decode(), asked.read(int(size)), float(seconds), int(megabytes))
        answers.write(b"%d %d\n" % (code, len(found)) + found)
        answers.flush()


def open_here(kind: str, payload: bytes) -> bytes:
    """What a document holds; exits with the code that says why not."""
    if kind == "pdf":
        from cancelproof.letters.pdf import text  # noqa: PLC0415 - only the library that is needed

        return text(payload).encode("utf-8", "replace")
    from cancelproof.letters.tnef import mail  # noqa: PLC0415

    return mail(payload)


def _apart(kind: str, payload: bytes, seconds: float, megabytes: int) -> tuple[int, bytes]:
    """Open a document in a child; its exit code, negative for a signal, and what it found."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        _child(kind, payload, seconds, megabytes, writing)
    os.close(writing)
    found, in_time = _read(reading, seconds)
    os.close(reading)
    if not in_time:
        os.kill(child, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return (code if in_time else Ending.TOO_LONG), found


def _child(kind: str, payload: bytes, seconds: float, megabytes: int, writing: int) -> None:
    """Never returns."""
    code = 1
    try:
        limit(int(seconds) + 1, megabytes)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):  # who asks and is answered is no affair of a document's
            os.dup2(nowhere, stream)
        found = memoryview(open_here(kind, payload)[:MAX_OUTPUT])
        while found:
            found = found[os.write(writing, found) :]
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        os._exit(code)


def _read(reading: int, seconds: float) -> tuple[bytes, bool]:
    """What a child writes, and whether it ended in time."""
    until = time.monotonic() + seconds
    found = bytearray()
    while select.select([reading], [], [], max(0, until - time.monotonic()))[0]:
        block = os.read(reading, _BLOCK)
        if not block:
            return bytes(found), True
        found += block
    return b"", False
