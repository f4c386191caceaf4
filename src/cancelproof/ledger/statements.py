"""What bank statements showed: the part of the ledger that keeps charges, and how the owner's bank writes its files."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from cancelproof.ledger import schema
from cancelproof.ledger.rows import add_missing, values_of
from cancelproof.model import BankCharge


class Statements(ABC):
    """Of a ledger that can read and write."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]: ...

    @abstractmethod
    def _writing(self) -> AbstractContextManager[Connection]: ...

    def keep_charges(self, charges: Iterable[BankCharge]) -> int:
        """Keep charges that bank statements show, all or none; returns how many are new. Known ones do not change."""
        with self._writing() as connection:
            return add_missing(connection, schema.charges, [values_of(charge) for charge in charges])

    def charges(self) -> tuple[BankCharge, ...]:
        """Every charge kept, by day."""
        table = schema.charges
        with self._reading() as connection:
            rows = connection.execute(select(table).order_by(table.c.day, table.c.id)).mappings()
            return tuple(BankCharge(**row) for row in rows)

    def forget_charge(self, ident: str) -> bool:
        """Forget a charge that was none of the vendor's; False where there is none of this id."""
        with self._writing() as connection:
            return connection.execute(delete(schema.charges).where(schema.charges.c.id == ident)).rowcount == 1

    def keep_layout(self, name: str, signature: str, layout: Mapping[str, Any]) -> None:
        """Keep how a bank writes its files under a name; an older layout of that name is replaced. `layout`: JSON."""
        table = schema.layouts
        with self._writing() as connection:
            connection.execute(delete(table).where(table.c.name == name))
            connection.execute(insert(table).values(name=name, signature=signature, layout=layout))

    def layouts(self) -> dict[str, Mapping[str, Any]]:
        """The layouts kept, by name."""
        table = schema.layouts
        with self._reading() as connection:
            rows = connection.execute(select(table.c.name, table.c.layout).order_by(table.c.name)).all()
            return {row.name: row.layout for row in rows}

    def call(self, words: str, vendor: str) -> None:
        """Keep what statements call a vendor, in place of what was said of these words before; "" takes it back."""
        table = schema.aliases
        with self._writing() as connection:
            connection.execute(delete(table).where(table.c.words == words))
            if vendor:
                connection.execute(insert(table).values(words=words, vendor=vendor))

    def aliases(self) -> dict[str, str]:
        """The vendors by what statements call them."""
        table = schema.aliases
        with self._reading() as connection:
            return {row.words: row.vendor for row in connection.execute(select(table).order_by(table.c.words))}
