"""What the ledger knows of an account on a server: what lies where, what could not be had, what was fetched today."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, and_, delete, exists, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from cancelproof.ledger import schema
from cancelproof.model import Batch, FolderState, Kind, Origin, Quarantined, Tag

_MANY = 500  # values in one IN (…); SQLite before 3.32 takes 999
_LONGEST_WAIT = 30  # days between two tries of a mail that cannot be had

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One account, for those who read it. Every method may raise LedgerError."""

    account: str
    today: date
    _reading: Callable[[], AbstractContextManager[Connection]]

    def states(self) -> dict[str, FolderState]:
        """How far each folder is read, by folder."""
        query = select(schema.states).where(schema.states.c.account == self.account)
        with self._reading() as connection:
            rows = connection.execute(query.order_by(schema.states.c.folder)).mappings()
            return {row["folder"]: FolderState(**row) for row in rows}

    def known(
        self, folder: str, uidvalidity: int, mails: Mapping[int, Tag], *, formerly: Collection[str] = ()
    ) -> dict[int, str]:
        """Find which of these mails were judged before; gives their hashes by UID.

        By their place, by the server's permanent id anywhere in the account, and by their fingerprint in the folders
        `formerly`: what this folder was called or numbered before.
        """
        held = schema.held
        here = and_(held.c.account == self.account, held.c.folder == folder, held.c.uidvalidity == uidvalidity)
        there = and_(held.c.account == self.account, held.c.folder.in_(tuple(formerly)), held.c.fingerprint != "")
        anywhere = and_(held.c.account == self.account, held.c.permanent != "")
        with self._reading() as connection:
            placed = _found(connection, held.c.uid, here, mails)
            ids = _found(connection, held.c.permanent, anywhere, {t.permanent for t in mails.values() if t.permanent})
            prints = {t.fingerprint for t in mails.values() if t.fingerprint} if formerly else set()
            marks = _found(connection, held.c.fingerprint, there, prints)
        hashes = {
            uid: placed.get(uid) or ids.get(tag.permanent) or marks.get(tag.fingerprint) for uid, tag in mails.items()
        }
        return {uid: found for uid, found in hashes.items() if found}

    def kept(self, folder: str, uidvalidity: int) -> list[int]:
        """The UIDs in a folder of mails that are kept as evidence."""
        held = schema.held
        here = (held.c.account == self.account, held.c.folder == folder, held.c.uidvalidity == uidvalidity)
        query = select(held.c.uid).join(schema.entries, schema.entries.c.sha256 == held.c.sha256).where(*here)
        with self._reading() as connection:
            return sorted(connection.scalars(query))

    def quarantined(self) -> list[tuple[Quarantined, bool]]:
        """Mails that could not be had, and of each whether it is time to ask for it again."""
        table = schema.quarantine
        query = select(table).where(table.c.account == self.account).order_by(table.c.folder, table.c.uid)
        with self._reading() as connection:
            rows = connection.execute(query).mappings().all()
        return [
            (
                Quarantined(
                    origin=Origin(
                        source=row["source"], account=row["account"], folder=row["folder"],
                        uidvalidity=row["uidvalidity"], uid=row["uid"],
                    ),
                    why=row["why"],
                ),
                row["last_on"] + timedelta(days=min(_LONGEST_WAIT, 2 ** min(row["tries"] - 1, 8))) <= self.today,
            )
            for row in rows
        ]  # fmt: skip

    def fetched_today(self) -> int:
        """Bytes fetched from this account today."""
        table = schema.traffic
        query = select(table.c.fetched).where(table.c.account == self.account, table.c.day == self.today)
        with self._reading() as connection:
            return int(connection.scalar(query) or 0)

    def vanished(self) -> list[str]:
        """Sources of closures kept from this account that lie nowhere on its server any more."""
        places, held, entries = schema.places, schema.held, schema.entries
        still = exists().where(held.c.account == self.account, held.c.sha256 == entries.c.sha256)
        query = (
            select(func.min(places.c.source))
            .join(entries, entries.c.sha256 == places.c.sha256)
            .where(places.c.account == self.account, entries.c.kind == Kind.CLOSURE, ~still)
            .group_by(entries.c.sha256)
        )
        with self._reading() as connection:
            return sorted(connection.scalars(query))


def note(connection: Connection, batch: Batch, hashes: Mapping[int, str], today: date) -> None:
    """Write what a batch says of its account. `hashes`: the hash under which each of its mails is known, by index."""
    placed = [(m.origin, m.tag, hashes.get(n, "")) for n, m in enumerate(batch.mails)]
    placed += [(m.origin, m.tag, m.sha256) for m in batch.known]
    rows = [_place(o) | {"permanent": t.permanent, "fingerprint": t.fingerprint, "sha256": sha} for o, t, sha in placed
            if o.account and sha]  # fmt: skip
    _upsert(connection, schema.held, [row for row in rows if row["uidvalidity"] is not None])
    for origin in batch.gone:
        connection.execute(delete(schema.held).where(*_at(schema.held, origin)))
    _release(connection, batch)
    if batch.state and batch.state.messages is not None and batch.state.uidvalidity:
        _forget_older(connection, batch.state)
    for one in batch.quarantined:
        _quarantine(connection, one, today)
    for state in batch.dropped:
        for table in (schema.held, schema.quarantine, schema.states):
            connection.execute(delete(table).where(table.c.account == state.account, table.c.folder == state.folder))
    if batch.account and batch.fetched:
        _add_traffic(connection, batch.account, today, batch.fetched)


def set_state(connection: Connection, state: FolderState) -> None:
    table = schema.states
    values = {f.name: getattr(state, f.name) for f in fields(state)}
    here = (table.c.account == state.account, table.c.folder == state.folder)
    if not connection.execute(update(table).where(*here).values(values)).rowcount:
        connection.execute(insert(table).values(values))


def portions(values: Sequence[T]) -> Iterator[Sequence[T]]:
    return (values[start : start + _MANY] for start in range(0, len(values), _MANY))


def _found(connection: Connection, column: Any, where: Any, values: Collection[Any]) -> dict[Any, str]:
    found: dict[Any, str] = {}
    for some in portions(sorted(values)):
        rows = connection.execute(select(column, schema.held.c.sha256).where(where, column.in_(some)))
        found.update((key, sha256) for key, sha256 in rows)
    return found


def _place(origin: Origin) -> dict[str, Any]:
    return {name: getattr(origin, name) for name in ("account", "folder", "uidvalidity", "uid")}


def _at(table: Table, origin: Origin) -> tuple[Any, ...]:
    return tuple(table.c[name] == value for name, value in _place(origin).items())


def _upsert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        connection.execute(dialect.insert(table).on_conflict_do_nothing(), rows)


def _forget_older(connection: Connection, state: FolderState) -> None:
    """A folder that was read whole under a new numbering holds nothing under the old one."""
    for table in (schema.held, schema.quarantine):
        older = table.c.uidvalidity != state.uidvalidity
        connection.execute(delete(table).where(table.c.account == state.account, table.c.folder == state.folder, older))


def _release(connection: Connection, batch: Batch) -> None:
    """Take out of quarantine what could be had at last, or is gone."""
    origins = (*batch.gone, *(mail.origin for mail in batch.mails if mail.origin.account))
    if origins and connection.scalar(select(func.count()).select_from(schema.quarantine)):
        for origin in origins:
            connection.execute(delete(schema.quarantine).where(*_at(schema.quarantine, origin)))


def _quarantine(connection: Connection, one: Quarantined, today: date) -> None:
    table = schema.quarantine
    again = {"tries": table.c.tries + 1, "last_on": today, "why": one.why}
    if not connection.execute(update(table).where(*_at(table, one.origin)).values(again)).rowcount:
        first = {"source": one.origin.source, "why": one.why, "tries": 1, "last_on": today}
        connection.execute(insert(table).values(_place(one.origin) | first))


def _add_traffic(connection: Connection, account: str, day: date, fetched: int) -> None:
    table = schema.traffic
    here = (table.c.account == account, table.c.day == day)
    more = {"fetched": table.c.fetched + fetched}
    if not connection.execute(update(table).where(*here).values(more)).rowcount:
        connection.execute(insert(table).values(account=account, day=day, fetched=fetched))
