"""The folder of evidence mails: ROOT/ab/abcd….eml is never changed, abcd….json says where it came from.

A mail's file is named by the hash of its exact bytes. Its identity (`RawMail.sha256`) is the hash with CRLF line ends;
where the two differ, IDENTITY.alias.json names the file.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cancelproof.errors import LedgerError
from cancelproof.evidence.chain import NO_FOLLOW, Chain, canonical, utc
from cancelproof.model import Fault, Origin, RawMail

_SHA256 = re.compile(r"[0-9a-f]{64}")
_LOG = "log.jsonl"
_UNFINISHED = ".keep-"
_OTHERS = 0o077


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence kept under `root`. Methods raise LedgerError where the folder cannot be used or trusted."""

    root: Path

    def keep(self, mail: RawMail, *, at: datetime, version: str) -> Path:
        """Keep a mail's exact bytes and return their file; kept before, nothing changes."""
        return self.keep_all((mail,), at=at, version=version)[0]

    def keep_all(self, mails: Sequence[RawMail], *, at: datetime, version: str) -> tuple[Path, ...]:
        """Keep the exact bytes of a batch and return their files; of what was kept before nothing changes.

        `at`: when they were fetched, aware; `version`: of this program. On disk when this returns: the log and each
        folder are synced once a batch, since a sync may take as long as reading a mail.
        """
        if not mails:
            return ()
        exact = [hashlib.sha256(mail.raw).hexdigest() for mail in mails]
        with self._usable():
            paths = tuple(self._place(name, ".eml", create=True) for name in exact)
            for path, mail in zip(paths, mails, strict=True):
                if path.exists() and _bytes_of(path) != mail.raw:
                    raise LedgerError("changed since it was kept", where=str(path), remedy="`cancelproof verify`")
            fresh = {
                name: mail for name, mail in zip(exact, mails, strict=True) if not self._place(name, ".json").exists()
            }
            self._write_batch(fresh, {"fetched_at": utc(at), "version": version}, at)
        return paths

    def read(self, sha256: str) -> bytes:
        """Return a mail's exact bytes by their hash or by the mail's identity; LedgerError if they were changed."""
        with self._usable():
            exact = sha256 if self._place(sha256, ".eml").exists() else self._alias(sha256)
            path = self._place(exact, ".eml")
            if not path.exists():
                raise LedgerError(f"no evidence is kept under {sha256}", where=str(self.root))
            raw = _bytes_of(path)
        if hashlib.sha256(raw).hexdigest() != exact:
            raise LedgerError("changed since it was kept", where=str(path), remedy="`cancelproof verify`")
        return raw

    def record(self, event: str, *, at: datetime, details: Mapping[str, Any]) -> None:
        """Add a row to the log: what was found out about a mail on a day. `at`: aware; `details`: JSON."""
        with self._usable():
            self._chain.append(event, at, details)

    def head(self) -> str:
        """Return the hash of the log's newest row: kept elsewhere, it shows that no later row was cut off."""
        with self._usable():
            return self._chain.head()

    def verify(self) -> tuple[Fault, ...]:
        """Name every file and row that was changed, lost or put in; nothing where all is whole.

        Rows cut off at the end of the log, or a log written wholly anew, do not show here: only a `head` that was kept
        elsewhere (the digest mails carry it) tells. A file whose row was cut off does show.
        """
        with self._usable():
            return (*self._chain.faults(), *self._file_faults())

    # ------------------------------------------------------------ inside

    @property
    def _chain(self) -> Chain:
        return Chain(self.root / _LOG)

    @contextmanager
    def _usable(self) -> Iterator[None]:
        """Create the folder for its owner alone, refuse one that others may see; name the disk's refusals."""
        try:
            _refuse_link(self.root)
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            if os.name == "posix" and self.root.stat().st_mode & _OTHERS:
                remedy = f"chmod 700 '{self.root}'"
                raise LedgerError("others than its owner may read it", where=str(self.root), remedy=remedy)
            _refuse_link(self.root / _LOG)
            yield
        except OSError as error:
            where = str(error.filename or self.root)
            raise LedgerError(f"the evidence cannot be used: {error.strerror}", where=where) from error

    def _place(self, sha256: str, ending: str, *, create: bool = False) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise LedgerError("not the SHA-256 of a mail", where=str(self.root))
        folder = self.root / sha256[:2]
        _refuse_link(folder)
        if create and not folder.exists():
            folder.mkdir(mode=0o700, exist_ok=True)
        path = folder / (sha256 + ending)
        _refuse_link(path)
        return path

    def _write_batch(self, mails: Mapping[str, RawMail], how: Mapping[str, str], at: datetime) -> None:
        """Write mails by their exact hash, and the aliases of other identities; log them; then describe them."""
        files: dict[Path, bytes] = {}
        descriptions: dict[Path, bytes] = {}
        rows: list[dict[str, Any]] = []
        for exact, mail in mails.items():
            files[self._place(exact, ".eml")] = mail.raw
            if mail.sha256 != exact:
                alias = self._place(mail.sha256, ".alias.json", create=True)
                files.setdefault(alias, canonical({"identity": mail.sha256, "sha256": exact}) + b"\n")
            names = {"sha256": exact, "identity": mail.sha256, "size": len(mail.raw)}
            description = canonical({**names, **how, "origin": _described(mail.origin)}) + b"\n"
            rows.append({**names, "description": hashlib.sha256(description).hexdigest()})
            descriptions[self._place(exact, ".json")] = description
        if not mails:
            return
        _write_once({path: content for path, content in files.items() if not path.exists()})
        _sync_folder(self.root)  # the names of new folders
        self._chain.append_all("kept", at, rows)
        # Written last: where a description stands, everything before it was done.
        _write_once(descriptions)

    def _alias(self, identity: str) -> str:
        """Find the file's hash for an identity; the identity itself where there is no alias that can be read."""
        path = self._place(identity, ".alias.json")
        if not path.exists():
            return identity
        try:
            return str(json.loads(_bytes_of(path))["sha256"])
        except (ValueError, RecursionError, LookupError, TypeError):
            raise LedgerError("changed since it was written", where=str(path), remedy="`cancelproof verify`") from None

    def _file_faults(self) -> Iterator[Fault]:
        expected: dict[str, set[str]] = {}
        for row in self._chain.rows():
            for name, digest in _files_of(row):
                expected.setdefault(name, set()).add(digest)
        for name, digests in expected.items():
            what = _file_fault(self.root / name[:2] / name, digests)
            if what:
                yield Fault(where=str(self.root / name[:2] / name), what=what)
        for path in sorted(self.root.glob("*/*")):
            if not path.name.startswith(_UNFINISHED) and (
                path.name not in expected or path.parent.name != path.name[:2]
            ):
                yield Fault(where=str(path), what="stands in no row of the log")


def _files_of(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give the files that a row of the log promises, each with the hash it must have."""
    exact, identity = str(row.get("sha256")), str(row.get("identity"))
    if row["event"] != "kept" or not _SHA256.fullmatch(exact) or not _SHA256.fullmatch(identity):
        return
    yield f"{exact}.eml", exact
    yield f"{exact}.json", str(row.get("description"))
    if identity != exact:
        alias = canonical({"identity": identity, "sha256": exact}) + b"\n"
        yield f"{identity}.alias.json", hashlib.sha256(alias).hexdigest()


def _file_fault(path: Path, digests: set[str]) -> str:
    if path.is_symlink() or path.parent.is_symlink():
        return "is a symbolic link"
    if not path.exists():
        return "is missing"
    return "" if hashlib.sha256(_bytes_of(path)).hexdigest() in digests else "was changed"


def _described(origin: Origin) -> dict[str, Any]:
    received = None if origin.received is None else origin.received.isoformat()
    names = ("source", "account", "folder", "uidvalidity", "uid")
    return {name: getattr(origin, name) for name in names} | {"received": received}


def _refuse_link(path: Path) -> None:
    if path.is_symlink():
        raise LedgerError("is a symbolic link, which evidence never is", where=str(path), remedy="remove it")


def _bytes_of(path: Path) -> bytes:
    with os.fdopen(os.open(path, os.O_RDONLY | NO_FOLLOW), "rb") as file:
        return file.read()


def _write_once(contents: Mapping[Path, bytes]) -> None:
    """Write files that are each there whole or not at all, readable by their owner only, never writable."""
    unfinished: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            handle, name = tempfile.mkstemp(prefix=_UNFINISHED, dir=path.parent)
            unfinished[Path(name)] = path
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        for whole, path in unfinished.items():
            whole.chmod(0o400)
            whole.replace(path)
    except BaseException:
        for rest in unfinished:
            rest.unlink(missing_ok=True)
        raise
    for folder in sorted({path.parent for path in contents}):
        _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    """Make new names in a folder last through a power cut; Windows opens no folders."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
