"""The ledger as the other stages see it: values in, values out, one transaction a call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, Table, delete, func, insert, select, update

from cancelproof.ledger import schema
from cancelproof.ledger.connect import as_url, faults_named, open_engine, shown
from cancelproof.ledger.dump import dump, load
from cancelproof.ledger.mailbox import Mailbox, note, portions, set_state
from cancelproof.ledger.migrations import migrate
from cancelproof.ledger.rows import add_missing, values_of
from cancelproof.ledger.statements import Statements
from cancelproof.model import Batch, Correction, Entry, FolderState, Origin, Ruling, Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A mail that was read, and where it lay. `same_as`: it is kept whole under this hash."""

    sha256: str
    origin: Origin
    same_as: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldRow:
    """A cancellation that the owner told, and the number to take it back by."""

    id: int
    told: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingRow:
    """The owner's word on cases, and the number to take it back by."""

    id: int
    ruling: Ruling


@dataclass(frozen=True, slots=True)
class Run:
    """A scan of an account that ended: when (UTC), what it counted, and whether it saw all."""

    finished_at: datetime
    outcome: Mapping[str, Any]
    good: bool


def open_ledger(url_or_path: str, *, patience: float = 30.0) -> Ledger:
    """Open or create a ledger and bring its tables up to date.

    `url_or_path`: a path, `sqlite:///PATH`, `sqlite://` (in memory) or `postgresql://…`. `patience`: seconds to wait
    for another process that writes. LedgerError where others may read the file, where it is damaged, newer or in use.
    """
    url = as_url(url_or_path)
    where = shown(url)
    with faults_named(where):
        reader, writer = open_engine(url, patience)
        try:
            migrate(reader, writer, where=where)
        except BaseException:
            reader.dispose()
            raise
    return Ledger(reader, writer, where)


class Ledger(Statements):
    """An open ledger. Every method may raise LedgerError; what a method wrote is on disk when it returns."""

    def __init__(self, reader: Engine, writer: Engine, where: str) -> None:
        self._reader, self._writer, self._where = reader, writer, where

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._reader.dispose()

    # ------------------------------------------------------------ mails

    def put(
        self,
        entries: Iterable[Entry],
        *,
        seen: Iterable[Seen] = (),
        state: FolderState | None = None,
        batch: Batch | None = None,
        today: date | None = None,
    ) -> int:
        """Keep the mails of a batch and how far its folder is read, all or nothing; returns how many are new.

        `seen` names every mail read and its place. Of a mail that is in no entry only the hash is kept. A mail known
        already gains its new place and is not changed. `batch` tells what else it says of its account, as of `today`.
        """
        kept, met = tuple(entries), tuple(seen)
        with self._writing() as connection:
            new = add_missing(connection, schema.entries, [values_of(entry) for entry in kept])
            aliases = {s.sha256: s.same_as for s in met if s.same_as} | _aliases(connection, {s.sha256 for s in met})
            names = {s.sha256: aliases.get(s.sha256, s.sha256) for s in met}
            ours = _known(connection, schema.entries, set(names.values()) | {e.sha256 for e in kept})
            add_missing(
                connection,
                schema.places,
                [_place(names[s.sha256], s.origin) for s in met if names[s.sha256] in ours],
            )
            placed = set(names.values())
            bare = [_place(e.sha256, Origin(source=e.source)) for e in kept if e.sha256 not in placed]
            add_missing(connection, schema.places, bare)
            for some in portions(sorted(ours)):
                connection.execute(delete(schema.seen).where(schema.seen.c.sha256.in_(some)))
            silent = [{"sha256": s.sha256, "same_as": s.same_as} for s in met if s.sha256 not in ours]
            add_missing(connection, schema.seen, silent)
            if batch is not None:
                hashes = {n: names.get(mail.sha256, mail.sha256) for n, mail in enumerate(batch.mails)}
                note(connection, batch, hashes, today or date.min)
            if state is not None:
                set_state(connection, state)
        return new

    def put_again(self, entries: Iterable[Entry]) -> None:
        """Keep mails as they were read anew, in place of what is kept of them."""
        table = schema.entries
        with self._writing() as connection:
            for entry in entries:
                values = values_of(entry)
                if not connection.execute(update(table).where(table.c.sha256 == entry.sha256).values(values)).rowcount:
                    connection.execute(insert(table).values(values))
                    add_missing(connection, schema.places, [_place(entry.sha256, Origin(source=entry.source))])
                    connection.execute(delete(schema.seen).where(schema.seen.c.sha256 == entry.sha256))

    def has(self, sha256s: Iterable[str]) -> set[str]:
        """Those of these mails that were read before, kept or not."""
        wanted = set(sha256s)
        with self._reading() as connection:
            return _known(connection, schema.entries, wanted) | _known(connection, schema.seen, wanted)

    def mailbox(self, account: str, today: date) -> Mailbox:
        """What is known of an account on a server, as of a day."""
        return Mailbox(account, today, self._reading)

    def entries(self) -> tuple[Entry, ...]:
        """Every mail kept, by day, then by hash. Copies of one mail under several hashes are several entries."""
        table = schema.entries
        with self._reading() as connection:
            rows = connection.execute(select(table).order_by(table.c.day, table.c.sha256))
            return tuple(Entry(**row) for row in rows.mappings())

    def places(self, sha256: str) -> tuple[Origin, ...]:
        """Where a kept mail was met, by source."""
        table = schema.places
        query = select(*(column for column in table.c if column is not table.c.sha256)).where(table.c.sha256 == sha256)
        with self._reading() as connection:
            return tuple(Origin(**row) for row in connection.execute(query.order_by(table.c.source)).mappings())

    def mails(self) -> int:
        """How many different mails were read, kept or not."""
        with self._reading() as connection:
            return sum(_count(connection, table) for table in (schema.entries, schema.seen))

    # ------------------------------------------------------------ what the owner told

    def tell(self, told: Told) -> int:
        """Keep a cancellation that the owner told; returns its number. Told twice in the same words is told once."""
        table, values = schema.told, values_of(told)
        same = [
            column.is_(None) if values[column.name] is None else column == values[column.name]
            for column in table.c
            if column.name != "id"
        ]
        with self._writing() as connection:
            known = connection.scalar(select(table.c.id).where(*same))
            if known is None:
                known = connection.scalar(insert(table).values(values).returning(table.c.id))
            return int(known or 0)

    def told_rows(self) -> tuple[ToldRow, ...]:
        """List what the owner told, in the order told, with numbers."""
        with self._reading() as connection:
            rows = connection.execute(select(schema.told).order_by(schema.told.c.id)).mappings()
            return tuple(_told_row(**row) for row in rows)

    def told(self) -> tuple[Told, ...]:
        return tuple(row.told for row in self.told_rows())

    def untell(self, number: int) -> bool:
        """Take back what the owner told under this number; False where there is no such number."""
        with self._writing() as connection:
            return connection.execute(delete(schema.told).where(schema.told.c.id == number)).rowcount == 1

    def correct(self, correction: Correction) -> None:
        """Keep the owner's word on a mail, in place of an earlier one."""
        with self._writing() as connection:
            _delete_correction(connection, correction.sha256)
            connection.execute(insert(schema.corrections).values(values_of(correction)))

    def uncorrect(self, sha256: str) -> bool:
        """Take back the owner's word on a mail; False where there is none."""
        with self._writing() as connection:
            return _delete_correction(connection, sha256)

    def corrections(self) -> dict[str, Correction]:
        """The owner's word on mails, by their hash."""
        with self._reading() as connection:
            rows = connection.execute(select(schema.corrections).order_by(schema.corrections.c.sha256)).mappings()
            return {row["sha256"]: Correction(**row) for row in rows}

    # ------------------------------------------------------------ the owner's word on cases

    def rule(self, ruling: Ruling) -> int:
        """Keep the owner's word on cases; returns its number."""
        with self._writing() as connection:
            done = insert(schema.rulings).values(values_of(ruling)).returning(schema.rulings.c.id)
            return int(connection.scalar(done) or 0)

    def rulings(self) -> tuple[RulingRow, ...]:
        """List the owner's word, in the order given, with numbers."""
        with self._reading() as connection:
            rows = connection.execute(select(schema.rulings).order_by(schema.rulings.c.id)).mappings()
            return tuple(_ruling_row(**row) for row in rows)

    def unrule(self, number: int) -> bool:
        """Take back the owner's word under this number; False where there is no such number."""
        with self._writing() as connection:
            return connection.execute(delete(schema.rulings).where(schema.rulings.c.id == number)).rowcount == 1

    # ------------------------------------------------------------ all of it

    def dump(self) -> Iterator[dict[str, Any]]:
        """The whole ledger as rows of JSON, of one moment, whoever writes meanwhile."""
        with self._reading() as connection:
            yield from dump(connection)

    def load(self, lines: Iterable[Mapping[str, Any]]) -> int:
        """Add what a dump holds and this ledger does not; returns how many rows. All or nothing."""
        with self._writing() as connection:
            return load(connection, lines)

    # ------------------------------------------------------------ runs

    def note_run(self, account: str, finished_at: datetime, outcome: Mapping[str, Any], *, good: bool) -> None:
        """Note that a scan of an account ended. `finished_at`: aware; `outcome`: JSON; `good`: it saw all."""
        values = {"account": account, "finished_at": finished_at, "outcome": outcome, "good": good}
        with self._writing() as connection:
            connection.execute(insert(schema.runs).values(values))

    def forget_runs(self, account: str) -> bool:
        """Forget that an account or archive was ever scanned; False where it never was. Its mails stay."""
        with self._writing() as connection:
            return connection.execute(delete(schema.runs).where(schema.runs.c.account == account)).rowcount > 0

    def last_good_run(self, account: str) -> datetime | None:
        """When an account was last seen whole, in UTC; None if never."""
        table = schema.runs
        query = select(table.c.finished_at).where(table.c.account == account, table.c.good)
        with self._reading() as connection:
            found: datetime | None = connection.scalar(query.order_by(table.c.finished_at.desc()).limit(1))
            return found

    def last_runs(self) -> dict[str, Run]:
        """The newest run of each account, by its name."""
        table = schema.runs
        newest = select(func.max(table.c.id)).group_by(table.c.account)
        query = select(table.c.account, table.c.finished_at, table.c.outcome, table.c.good).where(
            table.c.id.in_(newest)
        )
        with self._reading() as connection:
            rows = connection.execute(query.order_by(table.c.account)).mappings()
            return {row["account"]: Run(row["finished_at"], row["outcome"], row["good"]) for row in rows}

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with faults_named(self._where), self._reader.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with faults_named(self._where), self._writer.begin() as connection:
            yield connection


def _delete_correction(connection: Connection, sha256: str) -> bool:
    return connection.execute(delete(schema.corrections).where(schema.corrections.c.sha256 == sha256)).rowcount == 1


def _told_row(id: int, **told: Any) -> ToldRow:  # noqa: A002 the name of the column
    return ToldRow(id=id, told=Told(**told))


def _ruling_row(id: int, **ruling: Any) -> RulingRow:  # noqa: A002 the name of the column
    return RulingRow(id=id, ruling=Ruling(**ruling))


def _place(sha256: str, origin: Origin) -> dict[str, Any]:
    values = values_of(origin)
    del values["alone"]
    return {"sha256": sha256, **values}


def _known(connection: Connection, table: Table, wanted: set[str]) -> set[str]:
    queries = (select(table.c.sha256).where(table.c.sha256.in_(some)) for some in portions(sorted(wanted)))
    return {found for query in queries for found in connection.scalars(query)}


def _aliases(connection: Connection, wanted: set[str]) -> dict[str, str]:
    """Under which hash mails are kept that were met without their attachments."""
    table = schema.seen
    found: dict[str, str] = {}
    for some in portions(sorted(wanted)):
        rows = connection.execute(
            select(table.c.sha256, table.c.same_as).where(table.c.sha256.in_(some), table.c.same_as.is_not(None))
        )
        found.update((sha256, str(same_as)) for sha256, same_as in rows)
    return found


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0
