"""The tables as they stand now, and how values that SQL has no exact type for are kept as text.

The columns of `entries` bear the names of the fields of `model.Entry`; a test holds them together. `migrations` builds
the tables, this module only names them for the queries.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, Dialect, ForeignKey, Integer, MetaData, Table, Text
from sqlalchemy.types import TypeDecorator

from cancelproof.ledger.columns import columns, keys
from cancelproof.ledger.escape import escape, unescape
from cancelproof.model import Act, Authenticity, Grade, Kind, Told


def _json(value: Any) -> str:
    # Not ASCII: two lone surrogates, each written as an escape, would be read back as one character.
    return escape(json.dumps(value, ensure_ascii=False))


def _pairs(text: str) -> dict[str, Any]:
    return dict(json.loads(unescape(text)))


def _words(text: str) -> tuple[str, ...]:
    return tuple(json.loads(unescape(text)))


def _told_text(told: tuple[Told, ...]) -> str:
    rows = [{f.name: getattr(said, f.name) for f in fields(Told)} for said in told]
    return _json([row | {"requested_on": str(row["requested_on"] or "")} for row in rows])


def _told_list(text: str) -> tuple[Told, ...]:
    rows = json.loads(unescape(text))
    days = [date.fromisoformat(row["requested_on"]) if row["requested_on"] else None for row in rows]
    return tuple(Told(**{**row, "requested_on": day}) for row, day in zip(rows, days, strict=True))


def _utc(moment: datetime) -> str:
    """UTC with six decimals always, so that the order of the texts is the order of the moments."""
    if moment.tzinfo is None:
        raise ValueError("a moment without time zone")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


class Kept(TypeDecorator[Any]):
    """A value kept as text by `to_text` and read back by `from_text`; NULL stays None."""

    impl = Text
    cache_ok = True

    def __init__(self, to_text: Callable[[Any], str], from_text: Callable[[str], Any]) -> None:
        super().__init__()
        self.to_text, self.from_text = to_text, from_text

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002 the library's signature
        return None if value is None else self.to_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002 the library's signature
        return None if value is None else self.from_text(value)


ANY_TEXT = Kept(escape, unescape)
WORDS = Kept(_json, _words)
PAIRS = Kept(_json, _pairs)
MOMENT = Kept(_utc, datetime.fromisoformat)
SENT_AT = Kept(datetime.isoformat, datetime.fromisoformat)  # keeps the sender's own offset
EXACT_AMOUNT = Kept(str, Decimal)


def _texts(*names: str) -> list[Column[Any]]:
    return columns(ANY_TEXT, *names, nullable=False)


def _flags(*names: str) -> list[Column[Any]]:
    return columns(Boolean, *names, nullable=False)


def _folder() -> list[Column[Any]]:
    return keys(ANY_TEXT, "account", "folder")


def _place() -> list[Column[Any]]:
    """Where a mail lies on a server."""
    return [*_folder(), *keys(BigInteger, "uidvalidity", "uid")]


metadata = MetaData()

entries = Table(
    "entries",
    metadata,
    Column("sha256", Text, primary_key=True),
    *_texts("message_id", "source"),
    Column("sent_at", SENT_AT),
    Column("day", Date, nullable=False),
    *_texts("sender", "subject"),
    Column("kind", Kept(str, Kind), nullable=False),
    *_texts("vendor", "vendor_domain", "service", "number", "reference", "language"),
    *columns(Date, "effective_on", "requested_on", "charged_on", "period_end"),
    Column("amount", EXACT_AMOUNT),
    *_texts("currency"),
    *_flags("final_bill", "one_off", "sent", "forwarded"),
    Column("authentic", Boolean),
    Column("authenticity", Kept(str, Authenticity), nullable=False),
    Column("grade", Kept(str, Grade)),
    Column("elements", PAIRS, nullable=False),
    Column("domains", WORDS, nullable=False),
    *_texts("rule", "sentence"),
    Column("corrected", WORDS, nullable=False),
    Column("marks", WORDS, nullable=False),
)

#: Where each kept mail was met: the same mail may lie in several folders and archives.
places = Table(
    "places",
    metadata,
    Column("sha256", Text, ForeignKey("entries.sha256"), primary_key=True),
    Column("source", ANY_TEXT, primary_key=True),
    *_texts("account", "folder"),
    *columns(BigInteger, "uidvalidity", "uid"),
    Column("received", SENT_AT),
)

#: Mails that say nothing about a contract: only their hash, so that they are not read again. `same_as` is set for one
#: that was met without its attachments and is kept whole under that other hash.
seen = Table("seen", metadata, Column("sha256", Text, primary_key=True), Column("same_as", Text))

states = Table(
    "states",
    metadata,
    *_folder(),
    *columns(BigInteger, "uidvalidity", "last_uid", nullable=False),
    *columns(BigInteger, "uidnext", "messages", "highestmodseq"),
    *_texts("mailboxid"),
    Column("since", Date),
    Column("left_out", Integer, nullable=False),
)

#: Which mail lies where on a server: what a folder with a new numbering is matched by, so that nothing is read twice.
held = Table(
    "held",
    metadata,
    *_place(),
    *_texts("permanent", "fingerprint"),
    Column("sha256", Text, nullable=False),
)

#: Mails that a server could not give; asked for again ever more seldom.
quarantine = Table(
    "quarantine",
    metadata,
    *_place(),
    *_texts("source", "why"),
    Column("tries", Integer, nullable=False),
    Column("last_on", Date, nullable=False),
)

#: Bytes fetched from an account on a day, against providers' daily limits.
traffic = Table(
    "traffic",
    metadata,
    Column("account", ANY_TEXT, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("fetched", BigInteger, nullable=False),
)

#: The owner's word on a mail, over every reading of it.
corrections = Table(
    "corrections",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("kind", Kept(str, Kind)),
    Column("facts", PAIRS, nullable=False),
)

told = Table(
    "told",
    metadata,
    Column("id", Integer, primary_key=True),
    *_texts("vendor", "service"),
    Column("requested_on", Date),
    *_texts("channel", "reference"),
)

#: The owner's word on cases, in the order in which it was given.
rulings = Table(
    "rulings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("act", Kept(str, Act), nullable=False),
    Column("on", Date, nullable=False),
    Column("mails", WORDS, nullable=False),
    Column("told", Kept(_told_text, _told_list), nullable=False),
    *_texts("text", "vendor", "service", "number"),
    *columns(Date, "cancel_by", "commitment_until"),
    Column("notice_days", Integer),
)

#: The lines of bank statements that are a vendor's charges; of all others nothing is kept.
charges = Table(
    "charges",
    metadata,
    Column("id", Text, primary_key=True),
    Column("day", Date, nullable=False),
    Column("amount", EXACT_AMOUNT, nullable=False),
    *_texts("currency"),
    *_flags("refund"),
    *_texts("vendor", "words", "source", "rail"),
    Column("why", WORDS, nullable=False),
)

#: How the owner's bank writes its CSV files, by the name that the owner gave, else by the headings.
layouts = Table(
    "layouts",
    metadata,
    Column("name", ANY_TEXT, primary_key=True),
    *_texts("signature"),
    Column("layout", PAIRS, nullable=False),
)

#: What the owner says that statements call a vendor.
aliases = Table("aliases", metadata, Column("words", ANY_TEXT, primary_key=True), *_texts("vendor"))

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    *_texts("account"),
    Column("finished_at", MOMENT, nullable=False),
    *_flags("good"),
    Column("outcome", PAIRS, nullable=False),
)
