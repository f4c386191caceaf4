"""An append-only log in which every row holds the hash of the row before it.

A row is one line of canonical JSON (sorted keys, no spaces, UTF-8): `{seq, prev, event, at, …, hash}`. `hash` is the
SHA-256 of that row without `hash`; `prev` is the `hash` of the row before, 64 zeros in the first.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cancelproof.errors import LedgerError
from cancelproof.model import Fault

try:
    import fcntl
except ImportError:  # Windows has none: there, one process at a time
    fcntl = None  # type: ignore[assignment]  # what the type checker's platform always has

_START = "0" * 64
_BLOCK = 65_536
NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)


def canonical(value: Any) -> bytes:
    """Write JSON in its one form. A lone surrogate (a file name's odd byte) becomes a JSON escape."""
    # Read back once: two lone surrogates side by side come back as one character, which is then the form that stays.
    settled = json.loads(_dump(value))
    return _dump(settled)


def utc(moment: datetime) -> str:
    """Write an aware moment in UTC; one without zone is a bug of the caller."""
    if moment.tzinfo is None:
        raise ValueError("a moment without time zone")
    return moment.astimezone(UTC).isoformat()


def _dump(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace")


@dataclass(frozen=True, slots=True)
class Chain:
    """The log in the file `path`. Methods may raise OSError."""

    path: Path

    def append(self, event: str, at: datetime, details: Mapping[str, Any]) -> None:
        """Add a row, on disk when this returns. `at`: aware; `details`: what JSON can say."""
        self.append_all(event, at, (details,))

    def append_all(self, event: str, at: datetime, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add a row for each of `rows`, all on disk when this returns."""
        with self._locked() as log:
            last, prev = _last(log, self.path)
            lines = b""
            for seq, details in enumerate(rows, last + 1):
                row = {**details, "seq": seq, "prev": prev, "event": event, "at": utc(at)}
                prev = hashlib.sha256(canonical(row)).hexdigest()
                lines += canonical({**row, "hash": prev}) + b"\n"
            _write(log, lines)

    def head(self) -> str:
        """Return the newest row's hash, 64 zeros before the first: what an anchor elsewhere should hold."""
        if not self.path.exists():
            return _START
        with self._locked() as log:
            return _last(log, self.path)[1]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Give the rows that can be read, in order."""
        for line in self._lines():
            row = _parsed(line)
            if row is not None:
                yield row

    def faults(self) -> Iterator[Fault]:
        """Name each row that was changed, and each place where rows are missing or were put in."""
        seq, prev = 0, _START
        for number, line in enumerate(self._lines(), 1):
            row = _parsed(line)
            what = _fault_of(row, seq, prev)
            if what:
                yield Fault(where=f"{self.path}:{number}", what=what)
            seq, prev = (row["seq"], row["hash"]) if row else (seq + 1, "")

    def _lines(self) -> Iterator[bytes]:
        if self.path.exists():
            with os.fdopen(os.open(self.path, os.O_RDONLY | NO_FOLLOW), "rb") as file:
                yield from file

    @contextmanager
    def _locked(self) -> Iterator[int]:
        log = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | NO_FOLLOW, 0o600)
        try:
            if fcntl is not None:
                fcntl.flock(log, fcntl.LOCK_EX)  # closing the file gives the lock back
            yield log
        finally:
            os.close(log)


def _fault_of(row: dict[str, Any] | None, seq: int, prev: str) -> str:
    """Say what is wrong with a row after row `seq` of hash `prev` ("" where that cannot be known)."""
    if row is None:
        return "this row was changed: it cannot be read"
    bare = {key: value for key, value in row.items() if key != "hash"}
    if hashlib.sha256(canonical(bare)).hexdigest() != row["hash"]:
        return f"row {row['seq']} was changed"
    if row["seq"] != seq + 1:
        return f"row {row['seq']} follows row {seq}: rows are missing or were put in"
    if prev and row["prev"] != prev:
        return f"row {row['seq']} does not fit row {seq}: one of them was changed"
    return ""


def _parsed(line: bytes) -> dict[str, Any] | None:
    """Read a row, None unless it is whole and in its one form."""
    try:
        row = json.loads(line)
        if not isinstance(row, dict) or canonical(row) + b"\n" != line:
            return None
    except (ValueError, RecursionError):
        return None
    forms = {"seq": int, "prev": str, "hash": str, "event": str}
    return row if all(type(row.get(key)) is form for key, form in forms.items()) else None


def _last(log: int, path: Path) -> tuple[int, str]:
    """Find number and hash of the last row; a row that a crash left unfinished is taken away first."""
    end = os.fstat(log).st_size
    tail = b""
    while end and tail.count(b"\n") < 2:  # the last row lies between two line ends
        start = max(0, end - _BLOCK)
        os.lseek(log, start, os.SEEK_SET)
        tail = os.read(log, end - start) + tail
        end = start
    whole, _, torn = tail.rpartition(b"\n")
    if torn:
        os.ftruncate(log, os.fstat(log).st_size - len(torn))
    if not whole:
        return 0, _START
    row = _parsed(whole.rpartition(b"\n")[2] + b"\n")
    if row is None:
        raise LedgerError("the last row of the log was changed", where=str(path), remedy="`cancelproof verify`")
    return row["seq"], row["hash"]


def _write(log: int, lines: bytes) -> None:
    while lines:
        lines = lines[os.write(log, lines) :]
    os.fsync(log)
