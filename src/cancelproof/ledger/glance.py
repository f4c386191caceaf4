"""What a night without news needs of the ledger, without SQLAlchemy: loading it takes longer than asking the server.

Reads and writes the same tables as `mailbox` and `store`, of an SQLite ledger whose tables are up to date.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from cancelproof.ledger.escape import escape, unescape
from cancelproof.model import FolderState

#: The number of the newest migration that this module was written for.
TABLES = 6
_OTHERS = 0o077
_STATE = "folder, uidvalidity, last_uid, uidnext, messages, highestmodseq, mailboxid, since, left_out"


@dataclass(frozen=True, slots=True)
class Glance:
    """How far the folders of accounts are read, by account; accounts of which more must be asked are not in it.

    `outcomes` is what was noted of each account's last run.
    """

    file: Path
    states: Mapping[str, Mapping[str, FolderState]]
    outcomes: Mapping[str, Mapping[str, Any]]

    def note_run(self, account: str, finished_at: datetime, outcome: Mapping[str, Any], *, good: bool) -> bool:
        """Note that a scan ended that found nothing new; False where the ledger must be asked to."""
        when = finished_at.astimezone(UTC).isoformat(timespec="microseconds")
        row = (escape(account), when, good, escape(json.dumps(outcome, ensure_ascii=False)))
        try:
            with closing(_opened(self.file)) as connection, connection:
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("INSERT INTO runs (account, finished_at, good, outcome) VALUES (?, ?, ?, ?)", row)
        except sqlite3.Error:
            return False
        return True


def glance(file: Path) -> Glance | None:
    """Look into a ledger. None where there is none, where others may read it, or where anything at all is unusual."""
    try:
        if os.name == "posix" and file.stat().st_mode & _OTHERS:
            return None
        with closing(_opened(file)) as connection:
            if connection.execute("SELECT max(number) FROM ledger_migrations").fetchone() != (TABLES,):
                return None
            busy = {unescape(name) for (name,) in connection.execute("SELECT account FROM quarantine")}
            states: dict[str, dict[str, FolderState]] = {}
            for account, *values in connection.execute(f"SELECT account, {_STATE} FROM states"):  # noqa: S608 ours
                state = _state(unescape(account), values)
                states.setdefault(state.account, {})[state.folder] = state
            newest = "SELECT account, outcome FROM runs WHERE id IN (SELECT max(id) FROM runs GROUP BY account)"
            outcomes = {unescape(name): json.loads(unescape(text)) for name, text in connection.execute(newest)}
    except (OSError, sqlite3.Error, ValueError, TypeError):
        return None
    return Glance(file, {name: found for name, found in states.items() if name not in busy}, outcomes)


def _opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode=rw", uri=True, timeout=5.0)


def _state(account: str, values: list[Any]) -> FolderState:
    folder, uidvalidity, last_uid, uidnext, messages, highestmodseq, mailboxid, since, left_out = values
    return FolderState(
        account=account,
        folder=unescape(folder),
        uidvalidity=uidvalidity,
        last_uid=last_uid,
        uidnext=uidnext,
        messages=messages,
        highestmodseq=highestmodseq,
        mailboxid=unescape(mailboxid),
        since=date.fromisoformat(since) if since else None,
        left_out=left_out,
    )
