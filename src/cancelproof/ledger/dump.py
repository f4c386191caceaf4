"""The whole ledger as rows of JSON, and back: for copies, for moving to another database, for other programs.

Values stand as they are kept, so that what comes back is exactly what went. Every table of the schema is in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Column, Connection, Date, MetaData, Table, Text, func, insert, select, text

from cancelproof.errors import LedgerError
from cancelproof.ledger.rows import add_missing
from cancelproof.ledger.schema import Kept, metadata

FORMAT = "cancelproof-ledger"
VERSION = 1

#: The tables with every value as it is kept.
_RAW = MetaData()
_TABLES = tuple(
    Table(
        table.name,
        _RAW,
        *(Column(c.name, Text() if isinstance(c.type, Kept) else c.type, primary_key=c.primary_key) for c in table.c),
    )
    for table in metadata.sorted_tables
)


def dump(connection: Connection) -> Iterator[dict[str, Any]]:
    """Every row, after a heading and before a count that shows that nothing was cut off."""
    yield {"format": FORMAT, "version": VERSION}
    count = 0
    for table in _TABLES:
        for row in connection.execute(select(table).order_by(*table.primary_key)).mappings():
            count += 1
            yield {"table": table.name, "row": {name: _plain(value) for name, value in row.items()}}
    yield {"rows": count}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def load(connection: Connection, lines: Iterable[Mapping[str, Any]]) -> int:
    """Add the rows of a dump that are not there yet; returns how many. What is there is not changed.

    LedgerError where it is no dump, of a newer program, or cut off: the caller's transaction then takes all back.
    """
    given = iter(lines)
    heading = next(given, {})
    if heading.get("format") != FORMAT:
        raise LedgerError("no export of a ledger")
    if heading.get("version") != VERSION:
        raise LedgerError("written by a newer cancelproof", remedy="update cancelproof")
    tables = {table.name: table for table in _TABLES}
    pending: dict[str, list[dict[str, Any]]] = {}
    for count, line in enumerate(given):
        if "rows" in line:
            if line["rows"] != count:
                break
            return _add_all(connection, pending)
        try:
            table = tables[line["table"]]
            row = {c.name: _kept(c, line["row"][c.name]) for c in table.c if c.name in line["row"]}
        except (KeyError, TypeError, ValueError):
            raise LedgerError(f"row {count + 1} of the export cannot be read", remedy="export it anew") from None
        pending.setdefault(table.name, []).append(row)
    raise LedgerError("the export was cut off, or altered", remedy="export or copy it anew")


def _kept(column: Column[Any], value: Any) -> Any:
    if value is None:
        if not column.nullable:
            raise ValueError("needed")
        return None
    return date.fromisoformat(value) if isinstance(column.type, Date) else value


def _add_all(connection: Connection, pending: Mapping[str, list[dict[str, Any]]]) -> int:
    """Add row by row what is missing; what bears a number of its own is compared by its content."""
    added = 0
    for table in _TABLES:
        rows = pending.get(table.name, [])
        numbered = list(table.primary_key.columns.keys()) == ["id"] and not isinstance(table.c.id.type, Text)
        if numbered and connection.scalar(select(func.count()).select_from(table)):
            added += _add_numbered(connection, table, rows)
        else:
            added += add_missing(connection, table, rows)
            if numbered and rows and connection.dialect.name == "postgresql":
                _next_number(connection, table)
    return added


def _add_numbered(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> int:
    names = [c.name for c in table.c if c.name != "id"]
    known = {tuple(row) for row in connection.execute(select(*(table.c[name] for name in names)))}
    fresh = [{name: row.get(name) for name in names} for row in rows]
    fresh = [row for row in fresh if tuple(row.values()) not in known]
    if fresh:
        connection.execute(insert(table), fresh)
    return len(fresh)


def _next_number(connection: Connection, table: Table) -> None:
    """Let PostgreSQL go on counting after the rows that came with numbers."""
    command = text(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id)) FROM {table.name}")  # noqa: S608
    connection.execute(command)  # the name is one of ours
