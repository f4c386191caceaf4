"""From the bytes of a CSV file to rows: its encoding, its delimiter and its header are found by what is recognised.

Banks write a preamble before the header and a total after the rows. The reading that recognises most headings wins, so
that an encoding needs no guess by statistics: "Částka" is a heading in one of them only.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from cancelproof.words import cut

Headings = Mapping[str, Sequence[tuple[str, ...]]]

MOST_BYTES = 50_000_000
MOST_ROWS = 200_000
_MOST_COLUMNS = 200
_MOST_CELL = 10_000  # characters of a cell that are read
_HEADER_WITHIN = 60  # rows in which a header is looked for
_DELIMITERS = (",", ";", "\t", "|")
_ENCODINGS = ("utf-8", "cp1252", "cp1250", "cp1254", "cp932")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


class NoTable(Exception):  # caught where the file is known, and told with its name
    """Why the bytes cannot be read as a table."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row below the header, and the line of the file that it begins on."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a kind of file is written. `columns` gives each field its columns, by heading.

    `order` is that of numeric days (dmy, mdy, ymd), `mark` the decimal mark; both "" where each file tells.
    """

    delimiter: str
    encoding: str
    header: tuple[str, ...]
    columns: Mapping[str, tuple[int, ...]]
    order: str = ""
    mark: str = ""

    @property
    def signature(self) -> str:
        """What is alike in two files of one layout: the folded headings."""
        return "|".join(" ".join(cut(heading).folded) for heading in self.header)

    def as_json(self) -> dict[str, Any]:
        """The layout as JSON can say it; `of_json` reads it back."""
        columns = {name: list(places) for name, places in self.columns.items()}
        return {
            **{f.name: getattr(self, f.name) for f in fields(self)},
            "header": list(self.header),
            "columns": columns,
        }

    @classmethod
    def of_json(cls, found: Mapping[str, Any]) -> Layout:
        """The layout of its JSON; KeyError, TypeError or ValueError where it is none."""
        columns = {str(name): tuple(int(place) for place in places) for name, places in dict(found["columns"]).items()}
        header = tuple(str(heading) for heading in found["header"])
        texts = {name: str(found[name]) for name in ("delimiter", "encoding", "order", "mark")}
        return cls(header=header, columns=columns, **texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A file's rows under their layout; `faults` are lines that are no row."""

    layout: Layout
    header_line: int
    rows: tuple[Row, ...]
    faults: tuple[tuple[int, str], ...] = field(default=())

    def cell(self, row: Row, name: str) -> str:
        """What stands in the columns of a field, joined by a space; "" where there is none."""
        columns = self.layout.columns.get(name, ())
        return " ".join(row.cells[i] for i in columns if i < len(row.cells) and row.cells[i])

    def column(self, name: str) -> list[str]:
        return [text for row in self.rows if (text := self.cell(row, name))]


def read_table(
    raw: bytes, headings: Headings, *, needs: Sequence[Sequence[str]], chosen: Mapping[str, str] | None = None
) -> Table:
    """The table of a file; NoTable where no header is found that names each of `needs` (one field of each group).

    `chosen` names columns by hand, field to heading, or to the column's number from 1 in a file without headings.
    """
    if len(raw) > MOST_BYTES:
        raise NoTable(f"larger than {MOST_BYTES // 1_000_000} MB")
    best: tuple[int, Table] | None = None
    for encoding in _encodings(raw):
        text = _decoded(raw, encoding)
        if text is None:
            continue
        for delimiter in _DELIMITERS:
            found = _header(text, delimiter, headings, chosen or {})
            if found and (best is None or found[0] > best[0]):
                score, number, cells, columns = found
                layout = Layout(delimiter=delimiter, encoding=encoding, header=cells, columns=columns)
                best = score, Table(layout=layout, header_line=number, rows=())
    if best is None:
        raise NoTable("no header is recognised")
    table = best[1]
    missing = [group for group in needs if not any(name in table.layout.columns for name in group)]
    if missing:
        raise NoTable(f"no column is recognised for: {', '.join(' or '.join(group) for group in missing)}")
    return _filled(table, _decoded(raw, table.layout.encoding) or "")


def _encodings(raw: bytes) -> tuple[str, ...]:
    marked = next((encoding for mark, encoding in _MARKS if raw.startswith(mark)), "")
    return (marked,) if marked else _ENCODINGS


def _decoded(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return raw.decode(encoding, "replace") if encoding == "cp1252" else None


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """Each row with its line, or what is wrong with it. A row that the library refuses ends the file."""
    lines = text.splitlines(keepends=True)
    reader = csv.reader(lines, delimiter=delimiter)
    start = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield start, f"no CSV from here on: {error}"
            return
        yield start, [_clean(cell) for cell in cells[:_MOST_COLUMNS]]
        start = reader.line_num + 1


def _clean(cell: str) -> str:
    """The text of a cell; `="007"` is how spreadsheets are told to leave a text alone."""
    text = cell[:_MOST_CELL].strip().strip("\ufeff")
    if text.startswith('="') and text.endswith('"') and len(text) > 2:
        text = text[2:-1]
    return " ".join(text.split())


Found = tuple[int, int, tuple[str, ...], dict[str, tuple[int, ...]]]


def _header(text: str, delimiter: str, headings: Headings, chosen: Mapping[str, str]) -> Found | None:
    """The row among the first that heads most columns: its score, its line, its cells, the columns of each field."""
    best: Found | None = None
    by_number: dict[str, tuple[int, ...]] = {
        name: (int(place) - 1,) for name, place in chosen.items() if place.isdigit()
    }
    for seen, (number, cells) in enumerate(_rows(text, delimiter)):
        if seen >= _HEADER_WITHIN or isinstance(cells, str):
            break
        if by_number and len(cells) > max(place for places in by_number.values() for place in places):
            return len(by_number), number - 1, (), by_number
        score, columns = _columns(cells, headings, chosen)
        if columns and len(cells) > 1 and (best is None or score > best[0]):
            best = score, number, tuple(cells), columns
        elif columns and best is None and len(columns) == 1 and seen == 0 and cells:
            best = score, number, tuple(cells), columns  # a list of one column
    return best


def _columns(
    cells: Sequence[str], headings: Headings, chosen: Mapping[str, str]
) -> tuple[int, dict[str, tuple[int, ...]]]:
    """The columns of each field. A heading on file counts more than one that only begins like it."""
    words = [cut(cell).folded for cell in cells]
    found: dict[str, list[tuple[int, int]]] = {}
    by_hand = {cut(heading).folded: name for name, heading in chosen.items()}
    for place, heading in enumerate(words):
        name, weight = (by_hand[heading], _BY_HAND) if heading in by_hand else _field(heading, headings)
        if name:
            found.setdefault(name, []).append((weight, place))
    for name in {name for name, places in found.items() if any(weight == _BY_HAND for weight, _ in places)}:
        found[name] = [pair for pair in found[name] if pair[0] == _BY_HAND]
    score = sum(max(weight for weight, _ in places) for places in found.values())
    return score, {
        name: tuple(place for weight, place in places if weight == max(w for w, _ in places))
        if name in _SEVERAL
        else (max(places, key=lambda pair: (pair[0], -pair[1]))[1],)
        for name, places in found.items()
    }


_BY_HAND = 3  # what a heading counts that the owner named; one on file counts 2, one that begins like it 1
_SEVERAL = frozenset({"text", "party"})  # fields that several columns may tell together


def _field(heading: tuple[str, ...], headings: Headings) -> tuple[str, int]:
    best = ("", 0, 0)
    for name, phrases in headings.items():
        for phrase in phrases:
            if phrase and phrase == heading:
                return name, 2
            if phrase and heading[: len(phrase)] == phrase and len(phrase) > best[2]:
                best = (name, 1, len(phrase))
    return best[:2]


def _filled(table: Table, text: str) -> Table:
    rows: list[Row] = []
    faults: list[tuple[int, str]] = []
    for number, cells in _rows(text, table.layout.delimiter):
        if isinstance(cells, str):
            faults.append((number, cells))
        elif number > table.header_line and any(cells):
            if len(rows) == MOST_ROWS:
                faults.append((number, f"not read: more than {MOST_ROWS} rows"))
                break
            rows.append(Row(number, tuple(cells)))
    return Table(layout=table.layout, header_line=table.header_line, rows=tuple(rows), faults=tuple(faults))
