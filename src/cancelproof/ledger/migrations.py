"""How the tables came to be: a list of steps, each done once, in one transaction with its record; only forward.

A step is never edited once it was released: it says what the tables were then, `schema` says what they are now.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    Engine,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    insert,
    inspect,
    select,
    text,
)

from cancelproof.errors import LedgerError
from cancelproof.ledger.columns import columns, keys

Migration = Callable[[Connection], None]

_record = Table(
    "ledger_migrations",
    MetaData(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
)


def _texts(*names: str) -> list[Column[Any]]:
    return columns(Text, *names, nullable=False)


def _flags(*names: str) -> list[Column[Any]]:
    return columns(Boolean, *names, nullable=False)


def first_tables(connection: Connection) -> None:
    metadata = MetaData()
    Table(
        "entries",
        metadata,
        Column("sha256", Text, primary_key=True),
        *_texts("message_id", "source"),
        Column("sent_at", Text),
        Column("day", Date, nullable=False),
        *_texts("sender", "subject", "kind", "vendor", "vendor_domain", "service", "number", "reference", "language"),
        *columns(Date, "effective_on", "requested_on", "charged_on", "period_end"),
        Column("amount", Text),
        *_texts("currency"),
        *_flags("final_bill", "one_off", "sent", "forwarded"),
        Column("authentic", Boolean),
        *_texts("authenticity"),
        Column("grade", Text),
        *_texts("elements", "domains", "rule", "sentence"),
    )
    Table(
        "places",
        metadata,
        Column("sha256", Text, ForeignKey("entries.sha256"), primary_key=True),
        Column("source", Text, primary_key=True),
        *_texts("account", "folder"),
        *columns(BigInteger, "uidvalidity", "uid"),
        Column("received", Text),
    )
    Table("seen", metadata, Column("sha256", Text, primary_key=True))
    Table(
        "states",
        metadata,
        *keys(Text, "account", "folder"),
        *columns(BigInteger, "uidvalidity", "last_uid", nullable=False),
    )
    Table(
        "told",
        metadata,
        Column("id", Integer, primary_key=True),
        *_texts("vendor", "service"),
        Column("requested_on", Date),
        *_texts("channel", "reference"),
        sqlite_autoincrement=True,  # the number of a row that was taken back is never given again
    )
    runs = Table(
        "runs",
        metadata,
        Column("id", Integer, primary_key=True),
        *_texts("account", "finished_at"),
        *_flags("good"),
        *_texts("outcome"),
    )
    Index("runs_of_account", runs.c.account, runs.c.finished_at)
    metadata.create_all(connection)


def owners_word(connection: Connection) -> None:
    """The owner may correct how a mail was read."""
    connection.execute(text("ALTER TABLE entries ADD COLUMN corrected TEXT NOT NULL DEFAULT '[]'"))
    corrections = Table(
        "corrections",
        MetaData(),
        Column("sha256", Text, primary_key=True),
        Column("kind", Text),
        *_texts("facts"),
    )
    corrections.create(connection)


def rulings(connection: Connection) -> None:
    """The owner's word on cases: merged, split, closed, noted."""
    metadata = MetaData()
    Table(
        "rulings",
        metadata,
        Column("id", Integer, primary_key=True),
        *_texts("act"),
        Column("on", Date, nullable=False),
        *_texts("mails", "told", "text", "vendor", "service", "number"),
        *columns(Date, "cancel_by", "commitment_until"),
        Column("notice_days", Integer),
        sqlite_autoincrement=True,
    )
    metadata.create_all(connection)


def marks(connection: Connection) -> None:
    """What tells contracts without a number apart; mails kept before bear none."""
    connection.execute(text("ALTER TABLE entries ADD COLUMN marks TEXT NOT NULL DEFAULT '[]'"))


def bank_charges(connection: Connection) -> None:
    """What bank statements showed of vendors, how the owner's bank writes its files, and what it calls a vendor."""
    metadata = MetaData()
    Table(
        "charges",
        metadata,
        Column("id", Text, primary_key=True),
        Column("day", Date, nullable=False),
        *_texts("amount", "currency"),
        *_flags("refund"),
        *_texts("vendor", "words", "source", "rail", "why"),
    )
    Table(
        "layouts",
        metadata,
        Column("name", Text, primary_key=True),
        *_texts("signature", "layout"),
    )
    Table("aliases", metadata, Column("words", Text, primary_key=True), *_texts("vendor"))
    metadata.create_all(connection)


def what_lies_where(connection: Connection) -> None:
    """Mails by their place and the server's own ids, mails that could not be had, bytes by day."""
    for column in ("uidnext BIGINT", "messages BIGINT", "highestmodseq BIGINT", "mailboxid TEXT NOT NULL DEFAULT ''",
                   "since DATE", "left_out INTEGER NOT NULL DEFAULT 0"):  # fmt: skip
        connection.execute(text(f"ALTER TABLE states ADD COLUMN {column}"))
    connection.execute(text("ALTER TABLE seen ADD COLUMN same_as TEXT"))
    metadata = MetaData()

    def place() -> list[Column[Any]]:
        return [*keys(Text, "account", "folder"), *keys(BigInteger, "uidvalidity", "uid")]

    held = Table("held", metadata, *place(), *_texts("permanent", "fingerprint", "sha256"))
    Index("held_by_permanent", held.c.account, held.c.permanent, sqlite_where=held.c.permanent != "")
    Index("held_by_fingerprint", held.c.account, held.c.folder, held.c.fingerprint)
    Index("held_by_sha256", held.c.sha256)
    Table(
        "quarantine",
        metadata,
        *place(),
        *_texts("source", "why"),
        Column("tries", Integer, nullable=False),
        Column("last_on", Date, nullable=False),
    )
    Table(
        "traffic",
        metadata,
        *keys(Text, "account"),
        *keys(Date, "day"),
        Column("fetched", BigInteger, nullable=False),
    )
    metadata.create_all(connection)
    connection.execute(
        text(
            "INSERT INTO held SELECT account, folder, uidvalidity, uid, '', '', sha256 FROM places "
            "WHERE uidvalidity IS NOT NULL AND uid IS NOT NULL ON CONFLICT DO NOTHING"
        )
    )


MIGRATIONS: tuple[Migration, ...] = (first_tables, owners_word, rulings, marks, bank_charges, what_lies_where)


def _done(connection: Connection, where: str) -> int:
    """Find the number of the newest step done, 0 in an empty database."""
    tables = inspect(connection).get_table_names()
    if _record.name not in tables:
        if tables:
            raise LedgerError("a database of another program", where=where, remedy="name another file")
        return 0
    return max(connection.scalars(select(_record.c.number)), default=0)


def migrate(reader: Engine, writer: Engine, *, where: str = "", migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Do the steps that this ledger lacks. LedgerError where it knows more steps than this program."""
    with reader.connect() as connection:
        done = _done(connection, where)
    if done > len(migrations):
        raise LedgerError("written by a newer cancelproof", where=where, remedy="update cancelproof")
    for number in range(done + 1, len(migrations) + 1):
        _step(writer, number, migrations[number - 1], where)


def _step(writer: Engine, number: int, migration: Migration, where: str) -> None:
    with writer.begin() as connection:
        if _done(connection, where) >= number:
            return  # another process was faster
        _record.create(connection, checkfirst=True)
        migration(connection)
        connection.execute(insert(_record).values(number=number, name=migration.__name__))
