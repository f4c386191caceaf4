"""Attached documents of strangers, opened in a child process that may neither grow nor last: PDF and winmail.dat.

A PDF is a program of a stranger: it can unfold to a petabyte or loop for ever (pypdf issue 3429); a winmail.dat of 60
bytes can name four thousand million properties. So the libraries run in `python -m cancelproof.letters` with limits on
memory, time and output; whatever goes wrong there is a Fault here.
"""

from __future__ import annotations

import subprocess
import sys

from cancelproof.letters.limits import MAX_OUTPUT, Ending
from cancelproof.model import Fault

__all__ = ["MAX_PAYLOAD", "text_of", "unpacked"]

MAX_PAYLOAD = 10_000_000  # bytes of one document

_REASONS: dict[int, str] = {
    Ending.LOCKED: "it is locked with a password",
    Ending.NO_TEXT: "it holds no text, only pictures (a scan?)",
    Ending.BROKEN: "it is damaged, or not what it is called",
    Ending.TOO_BIG: "it needs more memory than allowed",
    Ending.FORMATTED: "its text is kept in Outlook's own format (RTF)",
}


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
    command = [sys.executable, "-m", "cancelproof.letters", kind, str(int(seconds) + 1), str(megabytes)]
    try:
        child = subprocess.run(command, input=payload, capture_output=True, timeout=seconds, check=False)  # noqa: S603 - our own module
    except subprocess.TimeoutExpired:
        return _fault(f"reading it took longer than {seconds:g} seconds")
    except OSError as error:
        return _fault(f"no process to read it could be started ({error.strerror})")
    if child.returncode:
        return _fault(_REASONS.get(child.returncode, "reading it was stopped by a limit"))
    return child.stdout[:MAX_OUTPUT]


def _fault(why: str) -> Fault:
    return Fault(where="attached document", what=f"could not be read: {why}")
