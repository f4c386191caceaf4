"""Lists of cancellations that owners keep: a CSV file in any language and order of columns, or an export of Wallos."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cancelproof.cli.common import languages, not_after
from cancelproof.errors import UsageError
from cancelproof.model import Channel, Fault, Told
from cancelproof.words import cut

if TYPE_CHECKING:
    from cancelproof.rules.values import Columns
    from cancelproof.tables import Row, Table

FIELDS = ("vendor", "service", "requested_on", "channel", "reference")
_MOST_BYTES = 20_000_000
_REMEDY = "name it vendor; the others service, requested_on, channel, reference"
#: How Wallos heads the columns of its export, in every language of its pages.
_WALLOS = frozenset({"Name", "Next Payment", "State", "Cancellation Date", "Active"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldList:
    """What a file tells: each cancellation with its line, each line that is refused, the headings that are not read.

    `passed_over` are rows that tell of no cancellation.
    """

    rows: tuple[tuple[int, Told], ...] = ()
    faults: tuple[Fault, ...] = ()
    unread: tuple[str, ...] = ()
    passed_over: tuple[str, ...] = ()


def read_told(path: Path, day: date, order: str = "", *, undated: bool = False) -> ToldList:
    """The cancellations of a CSV file until a day; `order` of numeric days, "" where the file shows it.

    A table without a column of the days on which was cancelled may as well be a list of what runs: UsageError, unless
    its owner says that it is one of cancellations (`undated`).
    """
    from cancelproof.tables import NoTable, day_order, read_table  # noqa: PLC0415

    try:
        columns = _columns()
        table = read_table(raw_of(path), columns.told, needs=())
    except NoTable as why:
        raise UsageError(f"no list of cancellations: {why}", where=str(path), remedy=_REMEDY) from None
    if "vendor" not in table.layout.columns:
        raise UsageError("no list of cancellations: no column of vendors", where=str(path), remedy=_REMEDY)
    if "requested_on" not in table.layout.columns and not undated:
        what = "no column says when each was cancelled, so it may be a list of what runs; nothing is kept"
        raise UsageError(what, where=str(path), remedy="name one requested_on, or --undated: all are cancelled")
    order = order or day_order(table.column("requested_on"), day) or _order_there(table, columns)
    rows: list[tuple[int, Told]] = []
    faults = [Fault(where=f"{path}:{line}", what=what) for line, what in table.faults]
    for row in table.rows:
        found = _told(table, row, order, day, columns)
        if isinstance(found, str):
            faults.append(Fault(where=f"{path}:{row.line}", what=found))
        else:
            rows.append((row.line, found))
    read = {place for name in FIELDS for place in table.layout.columns.get(name, ())}
    unread = tuple(head for place, head in enumerate(table.layout.header) if head and place not in read)
    return ToldList(rows=tuple(rows), faults=tuple(faults), unread=unread)


def channel(text: str) -> str:
    """How the owner asked, as the judge knows it; what it does not know is kept as it stands."""
    return _columns().channel(text) or text


def say_strange(said: Iterable[Told]) -> None:
    """Say which words for a channel nobody knows: they are kept, and no law's days for a way of asking hold."""
    from cancelproof.report import shown  # noqa: PLC0415

    known = ", ".join(Channel)
    for one in dict.fromkeys(told.channel for told in said if told.channel and told.channel not in set(Channel)):
        click.echo(f"cancelproof: no channel is called '{shown(one, 40)}'; it is kept so (known: {known})", err=True)


def all_told(path: Path, day: date, order: str = "", *, undated: bool = False) -> tuple[Told, ...]:
    """The cancellations of a file of which no line is refused; else UsageError, after a line for each that is."""
    from cancelproof.report import shown  # noqa: PLC0415

    found = read_told(path, day, order, undated=undated)
    if len(found.faults) == 1:
        raise UsageError(found.faults[0].what, where=found.faults[0].where)
    if found.faults:
        for fault in found.faults:
            click.echo(f"cancelproof: {shown(str(fault))}", err=True)
        raise UsageError(f"{len(found.faults)} lines refused", where=str(path), remedy="mend or remove them")
    return tuple(told for _, told in found.rows)


def raw_of(path: Path) -> bytes:
    """The bytes of a list; SourceError where it cannot be opened, UsageError where it is no list by its size."""
    from cancelproof.sources.items import refused  # noqa: PLC0415

    try:
        with path.open("rb") as opened:
            raw = opened.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise refused(error, str(path)) from error
    if len(raw) > _MOST_BYTES:
        raise UsageError(f"larger than {_MOST_BYTES // 1_000_000} MB", where=str(path))
    return raw


def _columns() -> Columns:
    from cancelproof.rules.columns import load_columns  # noqa: PLC0415
    from cancelproof.settings import rules_folders  # noqa: PLC0415

    return load_columns(rules_folders())


def _order_there(table: Table, columns: Columns) -> str:
    """The order of days by the language of the headings: "" where the month may stand first in it."""
    heads = [cut(heading).folded for heading in table.layout.header]
    known = {heads[place] for places in table.layout.columns.values() for place in places if place < len(heads)}
    either = [any(head[: len(words)] == words for words in columns.either_order) for head in known]
    return "" if all(either) else "dmy"


def _told(table: Table, row: Row, order: str, today: date, columns: Columns) -> Told | str:
    """The cancellation of a row, or why it is refused."""
    said = {name: table.cell(row, name) for name in FIELDS}
    if not said["vendor"]:
        return "no vendor"
    day = _asked_on(said["requested_on"], order, today) if said["requested_on"] else None
    if isinstance(day, str):
        return day
    return Told(
        vendor=said["vendor"],
        service=said["service"],
        requested_on=day,
        channel=columns.channel(said["channel"]) or said["channel"],
        reference=said["reference"],
    )


def _asked_on(text: str, order: str, today: date) -> date | str:
    from cancelproof.tables import read_day  # noqa: PLC0415

    day = read_day(text, order, languages() if any(char.isalpha() for char in text) else ())
    if day is None:
        either = {read_day(text, each) for each in ("dmy", "mdy")} - {None}
        if not order and len(either) == 2:
            return f"{text!r} may be {' or '.join(sorted(str(day) for day in either))}: say --order dmy or --order mdy"
        return f"{text!r} is no day: write it like 2026-11-01"
    try:
        return not_after(day, today)
    except UsageError as error:
        return str(error)


# ---------------------------------------------------------------- Wallos


def is_wallos(raw: bytes) -> bool:
    """Whether these bytes are an export of Wallos: its JSON, or its CSV."""
    head = raw[:100_000].decode("utf-8", "replace")
    return (
        all(f'"{name}"' in head for name in _WALLOS)
        or {cell.strip(' "\r\ufeff') for cell in head.partition("\n")[0].split(",")} >= _WALLOS
    )


def read_wallos(path: Path, raw: bytes, today: date) -> ToldList:
    """The cancellations of a Wallos export: what is disabled there. Of the rest nothing is taken over.

    Its "Cancellation Date" is a day to be reminded on (`endpoints/cronjobs/sendcancellationnotifications.php`); of what
    is disabled it is taken for the day of the cancellation where it is past.
    """
    rows: list[tuple[int, Told]] = []
    faults: list[Fault] = []
    passed_over: list[str] = []
    for number, row in enumerate(_wallos_rows(path, raw), 1):
        name = str(row.get("Name") or "").strip()
        if not name:
            faults.append(Fault(where=f"{path}: subscription {number}", what="no name"))
        elif str(row.get("Active") or "") != "No" and str(row.get("State") or "") != "Disabled":
            passed_over.append(name)
        else:
            rows.append((number, Told(vendor=name, requested_on=_past(row.get("Cancellation Date"), today))))
    return ToldList(rows=tuple(rows), faults=tuple(faults), passed_over=tuple(passed_over))


def _past(text: object, today: date) -> date | None:
    try:
        day = date.fromisoformat(str(text or "")[:10])
    except ValueError:
        return None
    return day if day <= today else None


def _wallos_rows(path: Path, raw: bytes) -> Iterable[Mapping[str, Any]]:
    import csv  # noqa: PLC0415

    text = raw.decode("utf-8-sig", "replace")
    if text.lstrip()[:1] not in ("{", "["):
        return [{str(k): v for k, v in row.items()} for row in csv.DictReader(text.splitlines())]
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise UsageError("no JSON that can be read", where=str(path), remedy="export it from Wallos anew") from None
    rows = found.get("subscriptions") if isinstance(found, dict) else found
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
