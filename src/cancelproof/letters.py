"""The text of attached PDF letters, read in a child process that may neither grow nor last.

A PDF is a program of a stranger: it can unfold to a petabyte or loop for ever (pypdf issue 3429). So pypdf runs as
`python -m cancelproof.letters` with limits on memory, time and output; whatever goes wrong there is a Fault here.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys

from cancelproof.model import Fault

MAX_PAYLOAD = 10_000_000  # bytes of one document
MAX_PAGES = 40
MAX_TEXT = 400_000  # characters

_ENCRYPTED, _NO_TEXT, _BROKEN, _TOO_BIG = 10, 11, 12, 13
_REASONS = {
    _ENCRYPTED: "it is locked with a password",
    _NO_TEXT: "it holds no text, only pictures (a scan?)",
    _BROKEN: "it is damaged or no PDF",
    _TOO_BIG: "it needs more memory than allowed",
}


def text_of(payload: bytes, *, seconds: float = 10, megabytes: int = 512) -> str | Fault:
    """Read the words of a PDF, its columns kept apart by blanks; or a Fault that says why there are none.

    `seconds` bounds the time on the clock, `megabytes` the memory of the child; where the system has no such limit
    (Windows) only the time is bounded.
    """
    if len(payload) > MAX_PAYLOAD:
        return _fault(f"it is larger than {MAX_PAYLOAD // 1_000_000} MB")
    command = [sys.executable, "-m", "cancelproof.letters", str(int(seconds) + 1), str(megabytes)]
    try:
        child = subprocess.run(command, input=payload, capture_output=True, timeout=seconds, check=False)  # noqa: S603 - our own module
    except subprocess.TimeoutExpired:
        return _fault(f"reading it took longer than {seconds:g} seconds")
    except OSError as error:
        return _fault(f"no process to read it could be started ({error.strerror})")
    if child.returncode:
        return _fault(_REASONS.get(child.returncode, "reading it was stopped by a limit"))
    return child.stdout[: 4 * MAX_TEXT].decode("utf-8", "replace")


def _fault(why: str) -> Fault:
    return Fault(where="attached document", what=f"could not be read: {why}")


def _limit(seconds: int, megabytes: int) -> None:
    """Bounds this process; only the POSIX systems can."""
    try:
        import resource  # noqa: PLC0415 - absent on Windows
    except ImportError:
        return
    size = megabytes * 1024 * 1024
    for limit, value in ((resource.RLIMIT_AS, size), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_FSIZE, 0)):
        hard = resource.getrlimit(limit)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)  # noqa: PLW2901 - never above the system's
        try:
            resource.setrlimit(limit, (value, hard))
        except (ValueError, OSError):
            continue  # macOS refuses some


def _extract(payload: bytes) -> str:
    """Return the text of the first pages; exits with the code that says why not."""
    from pypdf import PdfReader  # noqa: PLC0415 - only the child may load it
    from pypdf.errors import DependencyError, FileNotDecryptedError, PdfReadError  # noqa: PLC0415

    try:
        reader = PdfReader(io.BytesIO(payload))
        if reader.is_encrypted and not reader.decrypt(""):
            raise SystemExit(_ENCRYPTED)
        pages = [page.extract_text(extraction_mode="layout") for page in reader.pages[:MAX_PAGES]]
    except (DependencyError, FileNotDecryptedError):
        raise SystemExit(_ENCRYPTED) from None
    except MemoryError:
        raise SystemExit(_TOO_BIG) from None
    except (PdfReadError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OSError):
        raise SystemExit(_BROKEN) from None  # pypdf raises any of these on malformed files
    text = "\n\n".join(pages)[:MAX_TEXT]
    if not any(map(str.isalpha, text)):
        raise SystemExit(_NO_TEXT)
    return text


def main(arguments: list[str]) -> None:
    """Run as the child: a PDF on standard input, its text on standard output."""
    seconds, megabytes = map(int, arguments)
    _limit(seconds, megabytes)
    sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - pypdf complains there; nobody listens
    text = _extract(sys.stdin.buffer.read())
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))


if __name__ == "__main__":
    main(sys.argv[1:])
