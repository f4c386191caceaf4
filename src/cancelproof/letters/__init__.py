"""Attached documents of strangers, opened in a child process that may neither grow nor last: PDF and winmail.dat.

A PDF is a program of a stranger: it can unfold to a petabyte or loop for ever (pypdf issue 3429); a winmail.dat of 60
bytes can name four thousand million properties. So the libraries run in `python -m cancelproof.letters` with limits on
memory, time and output, for each document in a process of its own; whatever goes wrong there is a Fault here.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
from contextlib import suppress
from threading import Lock
from typing import IO

from cancelproof.letters.limits import MAX_OUTPUT, Ending
from cancelproof.model import Fault

__all__ = ["MAX_PAYLOAD", "text_of", "unpacked"]

MAX_PAYLOAD = 10_000_000  # bytes of one document

_REASONS: dict[int, str] = {
    Ending.LOCKED: "it is locked with a password",
    Ending.NO_CIPHER: "it is encrypted, and the library that opens such ones is missing: pip install cryptography",
    Ending.NO_TEXT: "it holds no text, only pictures (a scan?)",
    Ending.BROKEN: "it is damaged, or not what it is called",
    Ending.TOO_BIG: "it needs more memory than allowed",
    Ending.FORMATTED: "its text is kept in Outlook's own format (RTF)",
}
_COMMAND = (sys.executable, "-m", "cancelproof.letters")


def text_of(payload: bytes, *, seconds: float = 10, megabytes: int = 512) -> str | Fault:
    """Read the words of a PDF, its columns kept apart by blanks; or a Fault that says why there are none.

    `seconds` bounds the time on the clock, `megabytes` the memory of the child; where the system has no such limit
    (Windows) only the time is bounded.
    """
    found = _opened("pdf", payload, seconds, megabytes)
    return found if isinstance(found, Fault) else found.decode("utf-8", "replace")


def unpacked(payload: bytes, *, seconds: float = 10, megabytes: int = 512) -> bytes | Fault:
    """Turn a winmail.dat (MS-OXTNEF) into a mail of the usual form: its text, then its attachments; limits as above."""
    return _opened("tnef", payload, seconds, megabytes)


def _opened(kind: str, payload: bytes, seconds: float, megabytes: int) -> bytes | Fault:
    if len(payload) > MAX_PAYLOAD:
        return _fault(f"it is larger than {MAX_PAYLOAD // 1_000_000} MB")
    try:
        code, found = (_server.ask if hasattr(os, "fork") else _alone)(kind, payload, seconds, megabytes)
    except OSError as error:
        return _fault(f"no process to read it could be started ({error.strerror})")
    if code == Ending.TOO_LONG:
        return _fault(f"reading it took longer than {seconds:g} seconds")
    if code:
        return _fault(_REASONS.get(code, "reading it was stopped by a limit"))
    return found[:MAX_OUTPUT]


def _alone(kind: str, payload: bytes, seconds: float, megabytes: int) -> tuple[int, bytes]:
    """Open a document in a Python of its own; its exit code and what it found."""
    command = [*_COMMAND, kind, str(int(seconds) + 1), str(megabytes)]
    try:
        child = subprocess.run(command, input=payload, capture_output=True, timeout=seconds, check=False)  # noqa: S603 - our own module
    except subprocess.TimeoutExpired:
        return Ending.TOO_LONG, b""
    return child.returncode, child.stdout


class _Server:
    """The child that serves this process, started when the first document comes; it ends when this process does."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def ask(self, kind: str, payload: bytes, seconds: float, megabytes: int) -> tuple[int, bytes]:
        """Have a document opened; the exit code and what was found. Raises OSError where no child answers."""
        with self._lock:
            asked, answers = self._pipes()
            asked.write(b"%s %f %d %d\n" % (kind.encode(), seconds, megabytes, len(payload)) + payload)
            asked.flush()
            head = answers.readline().split()
            if len(head) != 2:
                self.end()
                raise OSError(0, "it was killed")
            return int(head[0]), answers.read(int(head[1]))

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._child and self._child.poll() is not None:
            self.end()
        if self._child is None:
            self._child = subprocess.Popen(_COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - our own module
        assert self._child.stdin
        assert self._child.stdout
        return self._child.stdin, self._child.stdout

    def end(self) -> None:
        """Tell the child that nobody asks any more."""
        child, self._child = self._child, None
        if child and child.stdin and child.stdout:
            with suppress(OSError):  # of a dead child
                child.stdin.close()
            child.stdout.close()
            child.wait()


_server = _Server()
atexit.register(_server.end)


def _fault(why: str) -> Fault:
    return Fault(where="attached document", what=f"could not be read: {why}")
