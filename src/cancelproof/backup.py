"""Ledger and evidence together in one tar file, and back; what was written is read again before it is called done.

The ledger goes in as rows (`ledger.dump`), so that a copy of SQLite comes back into PostgreSQL too. A last member names
every other with its SHA-256. Settings and passwords are not in it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from cancelproof.errors import DeliveryError, LedgerError, SourceError
from cancelproof.evidence import Evidence
from cancelproof.ledger import Ledger
from cancelproof.model import Fault

LEDGER, EVIDENCE, MANIFEST = "ledger.jsonl", "evidence/", "manifest.json"
_LOG = "log.jsonl"
_HASH = re.compile(rb"[0-9a-f]{64}")
_NAME = re.compile(r"evidence/(?:[\w-][\w.-]{0,99}/)?[\w-][\w.-]{0,99}", re.ASCII)
_BLOCK = 1 << 20
_LONGEST_MANIFEST = 500_000_000


@dataclass(frozen=True, slots=True)
class Done:
    """What a backup holds, or what was restored: rows of the ledger, files of evidence, faults of the evidence."""

    rows: int
    files: int
    faults: tuple[Fault, ...]


def backup(ledger: Ledger, evidence: Path, target: Path) -> Done:
    """Write ledger and evidence to `target` and read them again. DeliveryError where it can't be written whole.

    A scan may go on meanwhile: the ledger is of one moment, and evidence is there before the ledger knows of it.
    """
    if target.exists() or target.is_symlink():
        raise DeliveryError("is there already", where=str(target), remedy="name another file, or move it away")
    try:
        handle, draft = tempfile.mkstemp(prefix=f".{target.name[:50]}.", dir=target.absolute().parent)
    except OSError as error:
        raise DeliveryError(f"cannot be written: {error.strerror}", where=str(target)) from error
    try:
        with os.fdopen(handle, "wb") as file:
            _write(ledger, evidence, file, packed=target.suffix in {".gz", ".tgz"})
            file.flush()
            os.fsync(file.fileno())
        with tempfile.TemporaryDirectory(prefix=".verify-", dir=target.absolute().parent) as folder:
            done = _unpacked(Path(draft), Path(folder))
        os.replace(draft, target)  # noqa: PTH105 - beside os.fsync
    except OSError as error:
        raise DeliveryError(f"cannot be written: {error.strerror or error}", where=str(target)) from error
    finally:
        Path(draft).unlink(missing_ok=True)
    return done


def restore(source: Path, ledger: Ledger, evidence: Path) -> Done:
    """Bring a backup back into an empty ledger and an empty evidence folder.

    SourceError where it is no whole backup, LedgerError where something is there already; then nothing changes.
    """
    if any("row" in line for line in ledger.dump()):
        raise LedgerError("the ledger is not empty", remedy="move it away first; `cancelproof import` adds to a ledger")
    if evidence.exists() and any(evidence.iterdir()):
        raise LedgerError("the evidence folder is not empty", where=str(evidence), remedy="move it away first")
    try:
        evidence.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=evidence.parent) as folder:
            done = _unpacked(source, Path(folder))
            with (Path(folder) / LEDGER).open(encoding="utf-8") as rows:
                _load(ledger, rows, source)
            if evidence.exists():
                evidence.rmdir()
            if (Path(folder) / EVIDENCE).exists():
                (Path(folder) / EVIDENCE).rename(evidence)
    except OSError as error:
        raise LedgerError(f"cannot be restored: {error.strerror or error}", where=str(evidence)) from error
    return done


def _load(ledger: Ledger, rows: IO[str], source: Path) -> None:
    try:
        ledger.load(json.loads(line) for line in rows)
    except (ValueError, RecursionError):
        raise SourceError("the ledger in it cannot be read", where=str(source)) from None


# ---------------------------------------------------------------- writing


def _write(ledger: Ledger, evidence: Path, file: IO[bytes], *, packed: bool) -> None:
    hashes: dict[str, str] = {}
    with tarfile.open(fileobj=file, mode="w:gz" if packed else "w") as tar:
        with tempfile.TemporaryFile() as rows:
            for line in ledger.dump():
                rows.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
            rows.seek(0)
            _add(tar, LEDGER, rows, hashes)
        for name, path in _evidence_files(evidence):
            with path.open("rb") as opened:
                _add(tar, name, opened, hashes)
        with tempfile.TemporaryFile() as manifest:
            manifest.write(json.dumps({"format": "cancelproof-backup", "version": 1, "files": hashes}).encode())
            manifest.seek(0)
            _add(tar, MANIFEST, manifest, {})


def _evidence_files(evidence: Path) -> Iterator[tuple[str, Path]]:
    """The log, then the files that it speaks of: what a scan keeps meanwhile is left for the next backup."""
    log = evidence / _LOG
    if not log.is_file():
        return
    known = {found.decode() for found in _HASH.findall(log.read_bytes())}
    yield EVIDENCE + _LOG, log
    for path in sorted(evidence.glob("*/*")):
        if path.name[:64] in known and path.is_file() and not path.is_symlink():
            yield f"{EVIDENCE}{path.parent.name}/{path.name}", path


def _add(tar: tarfile.TarFile, name: str, opened: IO[bytes], hashes: dict[str, str]) -> None:
    """Add a file as long as it is now; what is appended to the log meanwhile is not in it."""
    size = os.fstat(opened.fileno()).st_size
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    counted = _Hashing(opened)
    tar.addfile(member, counted)  # it reads, and nothing else is asked of it
    hashes[name] = counted.hash.hexdigest()


class _Hashing:
    """A file that hashes what is read of it."""

    def __init__(self, opened: IO[bytes]) -> None:
        self.hash, self._opened = hashlib.sha256(), opened

    def read(self, size: int = -1) -> bytes:
        block = self._opened.read(size)
        self.hash.update(block)
        return block


# ---------------------------------------------------------------- reading


def _unpacked(source: Path, folder: Path) -> Done:
    """Unpack a backup into a folder of ours; SourceError where anything is missing, altered, or no part of one."""
    with _tar(source) as tar:
        found: dict[str, str] = {}
        manifest: dict[str, Any] = {}
        for member in tar:
            if member.name == MANIFEST and member.isreg() and member.size < _LONGEST_MANIFEST:
                found_in = json.load(tar.extractfile(member) or _nothing())
                manifest = found_in if isinstance(found_in, dict) else {}
            elif member.isreg() and _is_ours(member.name) and member.name not in found:
                found[member.name] = _extracted(tar, member, folder)
            else:
                raise SourceError(f"holds {member.name[:80]!r}, which no backup does", where=str(source))
    if manifest.get("version") != 1 or manifest.get("files") != found or LEDGER not in found:
        raise SourceError(
            "the backup is damaged: files are missing or altered", where=str(source), remedy="take another"
        )
    with (folder / LEDGER).open("rb") as ledger:
        rows = sum(1 for _ in ledger) - 2  # its heading and its count
    evidence = folder / EVIDENCE
    faults = Evidence(evidence).verify() if evidence.exists() else ()
    return Done(rows, len(found) - 1, faults)


def _is_ours(name: str) -> bool:
    return name == LEDGER or _NAME.fullmatch(name) is not None


@contextmanager
def _tar(source: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(source, "r:*") as tar:
            yield tar
    except FileNotFoundError as error:
        raise SourceError("no such file", where=str(source)) from error
    except (tarfile.TarError, EOFError, ValueError, RecursionError, AttributeError) as error:
        raise SourceError("no backup, or a damaged one", where=str(source), remedy="take another") from error


def _nothing() -> IO[bytes]:
    raise tarfile.ReadError("no file")


def _extracted(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> str:
    """Write a member below the folder, for its owner alone; its SHA-256."""
    path = folder / member.name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    opened = tar.extractfile(member) or _nothing()
    counted = _Hashing(opened)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        shutil.copyfileobj(counted, file, _BLOCK)
        file.flush()
        os.fsync(file.fileno())
    return counted.hash.hexdigest()
