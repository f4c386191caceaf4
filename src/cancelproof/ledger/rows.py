"""Values to rows, and rows that are added once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from cancelproof.model import BankCharge, Correction, Entry, FolderState, Origin, Ruling, Told


def values_of(record: BankCharge | Entry | Correction | Told | Ruling | FolderState | Origin) -> dict[str, Any]:
    """Give the fields as they are: `dataclasses.asdict` would copy mappings."""
    return {f.name: getattr(record, f.name) for f in fields(record)}


def add_missing(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> int:
    """Insert the rows whose primary key is not there yet; returns how many."""
    if not rows:
        return 0
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    command = dialect.insert(table).on_conflict_do_nothing().returning(*table.primary_key)
    return len(connection.execute(command, rows).all())
