"""The signs of the names that a mail's contract may have: how each is found, where it stands, what it looks like.

`which_service` weighs them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from cancelproof.classify import Line, Read
from cancelproof.extract.day_signs import asserting
from cancelproof.extract.names import clean
from cancelproof.extract.service_names import Named, Seller, named
from cancelproof.model import Kind, Place
from cancelproof.words import LEGAL_FORMS, cut

_MOST = 200  # different names of a mail that are looked at
_MOST_WORDS, _FEW_WORDS, _LONGEST, _LONGEST_LABEL = 5, 4, 40, 40
_FEWEST_COLUMNS = 3  # of a table that has headings
_OFTEN = 3  # lines that name it
_NEAR = 3  # words between a name and a word for a contract
_FIRST, _LAST = 1 / 3, 2 / 3  # of a mail
_NOTIONS = ("contract", "end", "renewal", "termination", "charge", "money_word", "bill")
_PHRASE = ("service_kind", "service_alone", "service_head")
#: What the label of a row speaks of.
_LABELS = ("service", "total", "part", "charged", "renews", "one_off", "vendor", "other_date", "period")
_WHOLE = "and nothing else"
_NUMBERS = ("cancellation_number", "case_number", "contract_number", "order_number", "line_number", "other_number")
_LOOKS = {
    "a long number": re.compile(r".*\d{4}", re.DOTALL),
    "a number": re.compile(r"[\d\W]+"),
    "like a number": re.compile(r"(?=\D{0,40}\d)(?=[^A-Za-z]{0,40}[A-Za-z])\S+"),
    "with an identifier": re.compile(
        r".*(?:\d{3,}|[A-Z]{1,4})[-/.]?\d{2,}[-/.]\d.*|.*[A-Z]{1,4}[-/]\d{3,}.*", re.DOTALL
    ),
    "masked": re.compile(r".*(?:[x*•]{2,}|[X…]{2,}).*", re.DOTALL),
    "a domain": re.compile(r"(?:[\w-]{1,63}\.){1,4}[a-z]{2,24}"),
    "in capitals": re.compile(r"[^a-zß-ÿ]{4,}"),
    "in small letters": re.compile(r"[^A-ZÀ-Þ]+"),
    "small first": re.compile(r"[a-zß-ÿ].*", re.DOTALL),
    "with a digit": re.compile(r".*\d.*", re.DOTALL),
    "with a colon": re.compile(r".*:.*", re.DOTALL),
    "an address": re.compile(r".*[@/].*", re.DOTALL),
}
ON_FILE, PROPER = "from on file", "from beside contract"
WITH_CONTRACT, IS_VENDOR = "with contract word", "is the vendor"
_OPENED = frozenset('(«"„“”»‚‘「『')


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name: as it is given, as written where it stands first, that statement's number, and all its signs."""

    name: str
    raw: str
    statement: int
    signs: frozenset[str]


@dataclass
class _Found:
    """What is gathered of one name."""

    first: Named
    name: str
    folded: tuple[str, ...]
    signs: set[str] = field(default_factory=set)
    lines: set[int] = field(default_factory=set)
    stays: bool = True


def candidates(read: Read, seller: Seller, people: frozenset[str]) -> list[Candidate]:
    """Every name that may be the contract's, the first named first. `people`: folded names of whom the mail is for."""
    scene = _Scene(read)
    found: dict[tuple[str, ...], _Found] = {}
    for line in read.lines:
        for one in () if scene.is_heading(line) else named(line, seller):
            name = clean(one.raw)
            folded = cut(name).folded or (name,)
            if not name or people.issuperset(folded) or (folded not in found and len(found) == _MOST):
                continue
            known = found.setdefault(folded, _Found(one, name, folded))
            known.signs.update(scene.signs(one))
            known.lines.add(line.index)
            known.stays &= line.index in read.goes_on
    texts = [f" {' '.join(folded)} " for folded in found]
    return [
        Candidate(
            one.name,
            one.first.raw,
            one.first.line.index,
            frozenset((*one.signs, *_of_name(one, seller, people), *_among(one, texts))),
        )
        for one in found.values()
    ]


class _Scene:
    """What was read of the mail, for telling what surrounds a name."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._asserting = asserting(read)
        self._parts = {line.index: place / len(read.lines) for place, line in enumerate(read.lines)}
        self._readers = tuple({line.reader.language.code: line.reader for line in read.lines}.values())
        self._labels: dict[str, frozenset[str]] = {}
        self._headings = self._over_columns()
        self._lines: dict[int, tuple[str, ...]] = {}

    def signs(self, one: Named) -> Iterator[str]:
        """The signs of one place where a name stands."""
        line, place = one.line, self._place(one.line)
        yield from (f"from {one.source}", f"from {one.source} {place}", f"place {place}")
        if line.statement.place is Place.SUBJECT:
            yield from ("in subject", f"from {one.source} in subject")
        if line.index not in self._lines:
            self._lines[line.index] = tuple(self._of_line(line))
        yield from self._lines[line.index]
        yield from _in_text(one) if one.cell is None and not line.statement.cells else self._in_row(one)

    def _place(self, line: Line) -> str:
        hit = self._read.decision.hit
        if hit and hit.statement == line.index:
            return "deciding"
        if line.index in self._asserting:
            return "asserting"
        return "telling the end" if line.index in self._read.ends else "elsewhere"

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
            if self.is_heading(line):
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


def _in_text(one: Named) -> Iterator[str]:
    """The signs of what stands around a name in running text."""
    words = one.line.looked.words
    start = words.text.find(one.raw)
    span = words.covered(start, start + len(one.raw)) if start >= 0 else None
    if span is None:
        return
    yield from _at_edges(one.line, *span)
    yield from _beside_contract(one.line, *span)
    yield from _beside_cues(one.line, *span)
    before = words.text[:start].rstrip()[-1:]
    if before == ":":
        yield "after a colon"
    elif before in _OPENED:
        yield "opened by a sign"


def _at_edges(line: Line, first: int, last: int) -> Iterator[str]:
    words = line.looked.words
    if first == 0:
        yield "begins its line"
    elif words.folded[first - 1] in line.reader.language.common:
        yield "after a small word"
    if last == len(words):
        yield "ends its line"


def _beside_contract(line: Line, first: int, last: int) -> Iterator[str]:
    for begin, end in line.reader.notion(line.looked, "contract"):
        if end <= first <= end + _NEAR:
            yield "after contract word" if end == first else "near after contract word"
        elif last <= begin <= last + _NEAR:
            yield "before contract word" if begin == last else "near before contract word"
        elif first <= begin and end <= last:
            yield WITH_CONTRACT


def _beside_cues(line: Line, first: int, last: int) -> Iterator[str]:
    for cue in _PHRASE:
        for begin, end in line.reader.cues(line.looked, cue):
            if first <= begin and end <= last:
                yield f"with {cue}"
            elif end == first:
                yield f"after {cue}"
    if any(first - end in (0, 1) for _, end in line.reader.cues(line.looked, "service_of")):
        yield "after service_of"


def _of_name(one: _Found, seller: Seller, people: frozenset[str]) -> Iterator[str]:
    """The signs of a name itself, wherever it stands."""
    if len(one.lines) > 1:
        yield "repeated" if len(one.lines) < _OFTEN else "repeated often"
    if one.stays:
        yield "only told to stay"
    words = set(one.folded)
    yield f"words {min(len(one.folded), _MOST_WORDS)}"
    sellers = [set(cut(name).folded) for name in seller.names]
    if any(words <= known for known in sellers):
        yield IS_VENDOR
    elif any(known <= words for known in sellers):
        yield "with the vendor"
    elif any(known & words for known in sellers):
        yield "with some of the vendor"
    if one.folded[0] in one.first.line.reader.language.common:
        yield "small word first"
    others = {"who wrote for it": cut(seller.carrier).folded, "a person": people, "a company": LEGAL_FORMS}
    yield from (f"with {what}" for what, known in others.items() if not words.isdisjoint(known))
    if len(one.name) > _LONGEST:
        yield "long"
    yield from (look for look, pattern in _LOOKS.items() if pattern.fullmatch(one.name))


def _among(one: _Found, texts: list[str]) -> Iterator[str]:
    """Whether a name is part of another, or another is part of it."""
    own = f" {' '.join(one.folded)} "
    if any(own in other for other in texts if other != own):
        yield "within another"
    if any(other in own for other in texts if other != own):
        yield "with another"
