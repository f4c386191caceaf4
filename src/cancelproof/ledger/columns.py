"""Columns of one kind by their names: how tables are written down, those of now and those of every step up to now.

It says neither which columns a table has nor of what type, so that steps that were released may rest on it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column
from sqlalchemy.types import TypeEngine


def columns(kind: TypeEngine[Any] | type[TypeEngine[Any]], *names: str, nullable: bool = True) -> list[Column[Any]]:
    """A column for each name."""
    return [Column(name, kind, nullable=nullable) for name in names]


def keys(kind: TypeEngine[Any] | type[TypeEngine[Any]], *names: str) -> list[Column[Any]]:
    """A column for each name, which together are the primary key or a part of it; none counts by itself."""
    return [Column(name, kind, primary_key=True, autoincrement=False) for name in names]
