"""CSV statements: columns by their headings, days and sums by what a whole column shows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from cancelproof.bank.line import BankFile, Line, clean, taken_on
from cancelproof.model import Fault
from cancelproof.rules.values import Columns
from cancelproof.tables import Layout, NoTable, Row, Table, day_order, decimal_mark, read_day, read_sum, read_table
from cancelproof.words import cut, fold

#: A statement needs a day, a sum in one column or two, and something that says who was paid.
NEEDS = (("day", "value_day"), ("amount", "debit", "credit"), ("text", "party"))
_CURRENCY = re.compile(r"\b[A-Z]{3}\b")
_AMBIGUOUS = "may be day-month or month-day: say which with --order dmy or --order mdy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the owner says of a file: columns by hand, the order of days, the layouts kept from before.

    `signs` are the words on file, of headings among them.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    order: str = ""
    layouts: Sequence[Layout] = ()
    signs: Columns


def read(raw: bytes, name: str, wishes: Wishes, today: date, languages: Sequence[str]) -> BankFile:
    """The movements of a file; each row that says no day or no sum is a fault with its line."""
    try:
        table, kept = _table(raw, wishes)
    except NoTable as why:
        remedy = "name them: --column day=HEADING --column amount=HEADING --column text=HEADING"
        return BankFile(form="CSV", faults=(Fault(where=name, what=f"{why} ({remedy})"),))
    table = _settled(table, kept, wishes, today)
    if not table.layout.order and any(_unclear(text, languages) for text in _days(table)):
        return BankFile(form="CSV", layout=table.layout, faults=(Fault(where=name, what=f"the days {_AMBIGUOUS}"),))
    lines: list[Line] = []
    faults = [Fault(where=f"{name}:{number}", what=what) for number, what in table.faults]
    for row in table.rows:
        line = _line(table, row, wishes.signs, languages)
        if isinstance(line, str):
            faults.append(Fault(where=f"{name}:{row.line}", what=line))
        else:
            lines.append(line)
    return BankFile(form="CSV", lines=tuple(lines), faults=tuple(faults), layout=table.layout)


def _table(raw: bytes, wishes: Wishes) -> tuple[Table, Layout | None]:
    """The table, and the layout kept of such files: a heading that is on no list is known by it."""
    for kept in () if wishes.columns else wishes.layouts:
        chosen = {name: _place(kept, places) for name, places in kept.columns.items() if places}
        try:
            table = read_table(raw, wishes.signs.statement, needs=NEEDS, chosen=chosen)
        except NoTable:
            continue
        if table.layout.signature == kept.signature:
            return replace(table, layout=replace(table.layout, columns=kept.columns)), kept
    return read_table(raw, wishes.signs.statement, needs=NEEDS, chosen=wishes.columns), None


def _place(layout: Layout, places: Sequence[int]) -> str:
    return layout.header[places[0]] if places[0] < len(layout.header) else str(places[0] + 1)


def _days(table: Table) -> list[str]:
    return table.column("day") or table.column("value_day")


def _unclear(text: str, languages: Sequence[str]) -> bool:
    dmy, mdy = (read_day(text, order, languages) for order in ("dmy", "mdy"))
    return dmy is not None and mdy is not None and dmy != mdy


def _settled(table: Table, kept: Layout | None, wishes: Wishes, today: date) -> Table:
    """The table with its order of days and its decimal mark: as the owner says, as this file shows, as kept."""
    sums = [text for name in ("amount", "debit", "credit") for text in table.column(name)]
    order = wishes.order or day_order(_days(table), today) or (kept.order if kept else "")
    mark = decimal_mark(sums) or (kept.mark if kept else "")
    return replace(table, layout=replace(table.layout, order=order, mark=mark))


def _line(table: Table, row: Row, signs: Columns, languages: Sequence[str]) -> Line | str:
    order, mark = table.layout.order, table.layout.mark
    booked = read_day(table.cell(row, "day"), order, languages)
    other = read_day(table.cell(row, "value_day"), order, languages)
    if booked is None and other is None:
        return "no day"
    amount = _amount(table, row, mark, signs)
    if amount is None:
        return "no sum"
    return Line(
        place=f"line {row.line}",
        day=taken_on(booked or other or date.min, other),
        amount=amount,
        currency=_currency(table, row),
        party=clean(table.cell(row, "party")),
        text=clean(table.cell(row, "text")),
        rail=_rail(f"{table.cell(row, 'rail')} {table.cell(row, 'text')}", signs),
    )


def _amount(table: Table, row: Row, mark: str, signs: Columns) -> Decimal | None:
    """Negative where money was taken: by its own sign, by the column it stands in, or by the word beside it."""
    amount = read_sum(table.cell(row, "amount"), mark)
    if amount is not None:
        word = fold(table.cell(row, "sign"))
        if word in signs.taken:
            return -abs(amount)
        return abs(amount) if word in signs.given else amount
    taken, given = (read_sum(table.cell(row, name), mark) for name in ("debit", "credit"))
    if taken:
        return -abs(taken)
    return abs(given) if given is not None else None


def _currency(table: Table, row: Row) -> str:
    """The currency of the row, else the one that the heading of the sums names."""
    own = _CURRENCY.search(table.cell(row, "currency").upper())
    if own:
        return own[0]
    places = [i for name in ("amount", "debit") for i in table.layout.columns.get(name, ())]
    heads = [table.layout.header[i] for i in places if i < len(table.layout.header)]
    found = next((m for head in heads if (m := re.search(r"\b[A-Z]{3}\b|€|£", head))), None)
    return {"€": "EUR", "£": "GBP"}.get(found[0], found[0]) if found else ""


def _rail(text: str, signs: Columns) -> str:
    """How the money was taken, where the row says so in words on file."""
    said = cut(text).folded
    return next((rail for rail, words in signs.rails.items() if any(word in words for word in said)), "")
