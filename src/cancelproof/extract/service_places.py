"""The signs of the places where a name stands in a mail: how it was found there, and what its line and row speak of."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from cancelproof.classify import Line, Read
from cancelproof.extract.day_signs import asserting, standing
from cancelproof.extract.service_names import Named
from cancelproof.model import Kind, Place
from cancelproof.words import Words

_FEW_WORDS, _LONGEST_LABEL = 4, 40
_NEAR = 3  # words between a name and a word for a contract
_FEWEST_COLUMNS = 3  # of a table that has headings
_FIRST, _LAST = 1 / 3, 2 / 3  # of a mail
_NOTIONS = ("contract", "end", "renewal", "termination", "charge", "money_word", "bill")
_PHRASE = ("service_kind", "service_alone", "service_head")
#: What the label of a row speaks of.
_LABELS = ("service", "total", "part", "charged", "renews", "one_off", "vendor", "other_date", "period")
_NUMBERS = ("cancellation_number", "case_number", "contract_number", "order_number", "line_number", "other_number")
_WHOLE = "and nothing else"
_OPENED = frozenset('(«"„“”»‚‘「『')
WITH_CONTRACT = "with contract word"


def found_as(source: str) -> str:
    """The sign of how a name was found."""
    return f"from {source}"


class Places:
    """What was read of the mail, for telling what surrounds a name."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._asserting = asserting(read)
        self._parts = {line.index: place / len(read.lines) for place, line in enumerate(read.lines)}
        self._readers = tuple({line.reader.language.code: line.reader for line in read.lines}.values())
        self._labels: dict[str, frozenset[str]] = {}
        self._headings = self._over_columns()
        self._lines: dict[int, tuple[str, ...]] = {}
        self._spoken: dict[int, _Spoken] = {}

    def signs(self, one: Named) -> Iterator[str]:
        """The signs of one place where a name stands."""
        line, place = one.line, standing(self._read, self._asserting, one.line.index)
        yield from (found_as(one.source), f"{found_as(one.source)} {place}", f"place {place}")
        if line.statement.place is Place.SUBJECT:
            yield from ("in subject", f"{found_as(one.source)} in subject")
        if line.index not in self._lines:
            self._lines[line.index] = tuple(self._of_line(line))
        yield from self._lines[line.index]
        if one.cell is not None or line.statement.cells:
            yield from self._in_row(one)
            return
        if line.index not in self._spoken:
            self._spoken[line.index] = _Spoken.of(line)
        yield from _in_text(one, self._spoken[line.index])

    def _of_line(self, line: Line) -> Iterator[str]:
        if line.index in self._read.goes_on:
            yield "told to stay"
            if self._read.decision.kind is Kind.CLOSURE:
                yield "told to stay beside an end"
        if len(line.looked.words) <= _FEW_WORDS and not line.statement.cells:
            yield "short line"
        part = self._parts[line.index]
        yield "early" if part < _FIRST else "midway" if part < _LAST else "late"
        if line.looked.mentions["money"]:
            yield "beside a sum"
        if line.looked.mentions["date"]:
            yield "beside a day"
        notions = line.reader.notions(line.looked)
        yield from (f"line {name}" for name in _NOTIONS if name in notions)

    def is_heading(self, line: Line) -> bool:
        """Whether a row has several labels, or that of a plan over three columns: it names nothing itself."""
        labels = [self._label(cell) for cell in line.statement.cells]
        several = sum(_WHOLE in label for label in labels) > 1
        return several or (len(labels) >= _FEWEST_COLUMNS and {_WHOLE, "service"} <= labels[0])

    def _over_columns(self) -> dict[int, tuple[str, ...]]:
        """The row of headings above a row, by the row's statement."""
        above: dict[int, tuple[str, ...]] = {}
        headings: tuple[str, ...] = ()
        for line in self._read.lines:
            cells = line.statement.cells
            if self.is_heading(line) or not cells:  # below running text another table begins
                headings = cells
            elif len(cells) == len(headings):
                above[line.index] = headings
        return above

    def _in_row(self, one: Named) -> Iterator[str]:
        cells = one.line.statement.cells
        if one.cell is not None:
            yield from (f"is label {what}" for what in self._label(cells[one.cell]) or {"of nothing"})
            headings = self._headings.get(one.line.index, ())
            yield from (f"heading {what}" for what in (self._label(headings[one.cell]) if headings else ()))
        if one.cell:
            yield from (f"label {what}" for what in self._label(cells[0]) or {"of something"})
        if one.line.looked.mentions["money"]:
            yield f"{one.source} of a priced row"

    def _label(self, cell: str) -> frozenset[str]:
        """What a label speaks of, in a language of the mail: a cell alone tells it badly."""
        if cell not in self._labels:
            self._labels[cell] = frozenset(self._spoken_of(cell) if len(cell) <= _LONGEST_LABEL else ())
        return self._labels[cell]

    def _spoken_of(self, cell: str) -> Iterator[str]:
        for reader in self._readers:
            looked = reader.look(reader.cut(cell))
            spoken = {name: spans for name in (*_LABELS, *_NUMBERS) if (spans := reader.cues(looked, name))}
            yield from (name if name in _LABELS else "number" for name in spoken)
            if any((0, len(looked.words)) in spans for spans in spoken.values()):
                yield _WHOLE
            if "contract" in reader.notions(looked):
                yield "contract"


@dataclass(frozen=True, slots=True)
class _Spoken:
    """Where a line has words for a contract, and words that lead to one: by their first word, and the ends of all."""

    begins: dict[str, dict[int, int]]  # by list and first word: the word after the last
    ends: dict[str, frozenset[int]]

    @classmethod
    def of(cls, line: Line) -> _Spoken:
        spans = {name: line.reader.cues(line.looked, name) for name in (*_PHRASE, "service_of")}
        every = {**spans, "contract": line.reader.notion(line.looked, "contract")}
        begins = {name: dict(sorted(found)) for name, found in every.items()}
        return cls(begins, {name: frozenset(end for _, end in found) for name, found in every.items()})

    def within(self, name: str, first: int, last: int) -> bool:
        """Whether such words stand between two places."""
        begins = self.begins[name]
        return any(begins.get(place, last + 1) <= last for place in range(first, last))


def _in_text(one: Named, spoken: _Spoken) -> Iterator[str]:
    """The signs of what stands around a name in running text."""
    words = one.line.looked.words
    start = _place_of(one.raw, words)
    span = words.covered(start, start + len(one.raw)) if start >= 0 else None
    if span is None:
        return
    yield from _at_edges(one.line, *span)
    yield from _beside_contract(spoken, *span)
    yield from _beside_cues(spoken, *span)
    before = words.text[:start].rstrip()[-1:]
    if before == ":":
        yield "after a colon"
    elif before in _OPENED:
        yield "opened by a sign"


def _place_of(raw: str, words: Words) -> int:
    """Where a name first stands as words of its own; -1 where it is only part of others."""
    start = words.text.find(raw)
    while start >= 0:
        place = bisect_left(words.starts, start)
        if place < len(words.starts) and words.starts[place] - start < len(raw):
            before = words.ends[place - 1] if place else 0
            if before <= start:
                return start
        start = words.text.find(raw, start + 1)
    return -1


def _at_edges(line: Line, first: int, last: int) -> Iterator[str]:
    words = line.looked.words
    if first == 0:
        yield "begins its line"
    elif words.folded[first - 1] in line.reader.language.common:
        yield "after a small word"
    if last == len(words):
        yield "ends its line"


def _beside_contract(spoken: _Spoken, first: int, last: int) -> Iterator[str]:
    begins, ends = spoken.begins["contract"], spoken.ends["contract"]
    if first in ends:
        yield "after contract word"
    elif any(first - near in ends for near in range(1, _NEAR + 1)):
        yield "near after contract word"
    if last in begins:
        yield "before contract word"
    elif any(last + near in begins for near in range(1, _NEAR + 1)):
        yield "near before contract word"
    if spoken.within("contract", first, last):
        yield WITH_CONTRACT


def _beside_cues(spoken: _Spoken, first: int, last: int) -> Iterator[str]:
    for cue in _PHRASE:
        if spoken.within(cue, first, last):
            yield f"with {cue}"
        if first in spoken.ends[cue]:
            yield f"after {cue}"
    if first in spoken.ends["service_of"] or first - 1 in spoken.ends["service_of"]:
        yield "after service_of"
