"""Opening the database: whose eyes may see the file, how SQLite is told to behave, what its errors mean.

The only place that knows which database it is; all other SQL is the same for SQLite and PostgreSQL.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from cancelproof.errors import LedgerError, installing

_WRITES = "ledger_writes"
_OTHERS = 0o077

# SQLite's primary result codes (https://www.sqlite.org/rescode.html): what happened, and what to do about it.
_MEANINGS = {
    sqlite3.SQLITE_BUSY: ("in use by another run", "try again when it has ended"),
    sqlite3.SQLITE_LOCKED: ("in use by another run", "try again when it has ended"),
    sqlite3.SQLITE_CORRUPT: ("damaged", "put back a copy, or move it away and scan again"),
    sqlite3.SQLITE_NOTADB: ("not a ledger, or damaged", "put back a copy, or move it away and scan again"),
    sqlite3.SQLITE_READONLY: ("cannot be written", "make it writable for its owner"),
    sqlite3.SQLITE_CANTOPEN: ("cannot be opened", "make its folder readable and writable for its owner"),
    sqlite3.SQLITE_FULL: ("the disk is full", "make room"),
    sqlite3.SQLITE_IOERR: ("the disk fails to read or write", "look at the disk"),
}


def as_url(url_or_path: str) -> URL:
    """Turn a path into the URL of an SQLite file; `sqlite://` is a ledger in memory."""
    if "://" not in url_or_path:
        return URL.create("sqlite", database=url_or_path)
    try:
        url = make_url(url_or_path)
    except ArgumentError:
        raise LedgerError("the ledger's URL cannot be understood", remedy="sqlite:///PATH, or a path") from None
    return url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url


def shown(url: URL) -> str:
    """Name the ledger for people, without its password."""
    return str(url.database or "") if url.get_backend_name() == "sqlite" else url.render_as_string()


def open_engine(url: URL, patience: float) -> tuple[Engine, Engine]:
    """Give a reader and a writer over one pool. `patience`: seconds to wait for another process that writes."""
    sqlite = url.get_backend_name() == "sqlite"
    options: dict[str, Any] = {"connect_args": {"timeout": patience}} if sqlite else {}
    try:
        engine = create_engine(url, hide_parameters=True, **options)
    except (NoSuchModuleError, ModuleNotFoundError):
        raise LedgerError(f"no driver for {url.get_backend_name()}", remedy=installing("psycopg[binary]")) from None
    if sqlite and url.database not in (None, "", ":memory:"):
        _keep_private(Path(str(url.database)))  # not before the driver is known: nothing is made in vain
    if sqlite:
        event.listen(engine, "connect", _sqlite_connected)
        event.listen(engine, "begin", _sqlite_begin)
        _refuse_damaged(engine, shown(url))
    return engine, engine.execution_options(**{_WRITES: True})


def _keep_private(path: Path) -> None:
    """Create folder and file for the owner alone; refuse files that others may see. Windows has no such bits."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        files = [p for p in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))) if p.exists()]
        open_to_others = [p for p in files if os.name == "posix" and p.stat().st_mode & _OTHERS]
    except OSError as error:
        raise LedgerError(f"cannot be opened: {error.strerror}", where=str(path)) from error
    for file in open_to_others:
        raise LedgerError("others than its owner may read it", where=str(file), remedy=f"chmod 600 '{file}'")


def _refuse_damaged(engine: Engine, where: str) -> None:
    """Look at every page once: a damaged one might else be met years later. 9 ms for 10,000 mails."""
    with engine.connect() as connection:
        if connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() != "ok":
            what, remedy = _MEANINGS[sqlite3.SQLITE_CORRUPT]
            engine.dispose()
            raise LedgerError(what, where=where, remedy=remedy)


def _sqlite_connected(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions begin in _sqlite_begin and nowhere else
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Connection) -> None:
    # A writer takes the lock at once: a reader that turns writer in mid-transaction is refused without any waiting.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def faults_named(where: str) -> Iterator[None]:
    """Turn the database's errors into one LedgerError; never with values in it, which are people's mail."""
    try:
        yield
    except DBAPIError as error:
        code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
        what, remedy = _MEANINGS.get(code, (f"the database refused: {type(error.orig).__name__}", ""))
        raise LedgerError(what, where=where, remedy=remedy) from error
    except (SQLAlchemyError, ValueError, ArithmeticError) as error:
        what, remedy = "a value that cannot be kept or read", "put back a copy, or move it away and scan again"
        raise LedgerError(what, where=where, remedy=remedy) from error
