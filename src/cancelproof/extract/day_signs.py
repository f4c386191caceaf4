"""The signs of the days that a mail names: how each is said, where it stands, what its line speaks of, and when it is.

Few words say for certain which of several days is the end: a last visit, a last debit and the day the key is due have
last days too. All that is known of each day together mostly says it; `which_day` weighs it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, timedelta

from cancelproof.classify import Read
from cancelproof.classify.signs import of_hit
from cancelproof.extract.dates import Day
from cancelproof.model import Hit, Kind

_NEAR = 1  # words between a day and what speaks of it
_SOON, _AHEAD = 31, 400  # days after the mail: a billing month, a yearly contract's term with its notice
_LONGEST_AFTER = 92  # days; a confirmation that comes later than this after the end is one of a quarrel
_SHORTLY = 3  # statements after the deciding one
_DECIDING, _ASSERTING, _ENDS, _ELSEWHERE = "deciding", "asserting", "telling the end", "elsewhere"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of the days that a mail names: each place where it does with the signs of that place, and the day's own."""

    value: date
    mentions: tuple[tuple[Day, frozenset[str]], ...]
    own: frozenset[str]

    @property
    def signs(self) -> frozenset[str]:
        again = {"repeated"} if len(self.mentions) > 1 else set()
        return self.own.union(again, *(signs for _, signs in self.mentions))


def candidates(read: Read, named: Sequence[Day], mailed: date | None) -> list[Candidate]:
    """Every day that may be the one asked for, the first named first. `named`: dates and relative days alike."""
    scene = _Scene(read, mailed)
    by_value: dict[date, list[Day]] = {}
    by_line: dict[int, set[date]] = {}
    for day in named:
        if scene.is_fair(day):
            by_value.setdefault(day.value, []).append(day)
            by_line.setdefault(day.found.line.index, set()).add(day.value)
    beside = {index: _Among.of(values) for index, values in by_line.items()}
    among = _Among.of(by_value.keys())
    coming = _Among.of({value for value in by_value if mailed and value >= mailed})
    return [
        Candidate(
            value,
            tuple((day, scene.signs(day, beside[day.found.line.index])) for day in days),
            frozenset(_of_value(value, among, coming, mailed)),
        )
        for value, days in by_value.items()
    ]


@dataclass(frozen=True, slots=True)
class _Among:
    """Different days, of which each asks whether it is the first or the last; both None where there are none."""

    days: AbstractSet[date]
    first: date | None
    last: date | None

    @classmethod
    def of(cls, days: AbstractSet[date]) -> _Among:
        return cls(days, min(days, default=None), max(days, default=None))


@dataclass(frozen=True)
class _Scene:
    """What was read of the mail, for telling what surrounds a day."""

    read: Read
    mailed: date | None
    asserting: frozenset[int] = field(init=False)
    _hits: dict[int, list[Hit]] = field(default_factory=dict)  # by their statement
    _notions: dict[int, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "asserting", asserting(self.read))
        for hit in self.read.decision.hits:
            self._hits.setdefault(hit.statement, []).append(hit)

    def place(self, index: int) -> str:
        return standing(self.read, self.asserting, index)

    def is_fair(self, day: Day) -> bool:
        """Whether a day can be the one, by where it stands and what words beside it say."""
        kind = self.read.decision.kind
        told = self.place(day.found.line.index) != _ELSEWHERE
        if kind is Kind.CLOSURE and day.role != "end":
            late = self.mailed is not None and (self.mailed - day.value).days > _LONGEST_AFTER
            if late or (not told and day.role):
                return False
        return told or not day.relative or self.mailed is None or self._is_meant(day, self.mailed)

    def _is_meant(self, day: Day, mailed: date) -> bool:
        """Whether words such as "today", where the mail does not say its kind, can speak of what is asked for."""
        kind = self.read.decision.kind
        if kind is Kind.CLOSURE:
            return day.role == "end" and (day.value > mailed or day.relative == "yesterday")
        if kind is Kind.RENEWAL:
            return day.value >= mailed
        return day.role == "charged" or bool(day.found.line.looked.mentions["money"])

    def signs(self, day: Day, beside: _Among) -> frozenset[str]:
        """The signs of a place where a day is named; `beside`: all days of its line."""
        return frozenset((*self._of_words(day), *self._of_place(day), *_of_line(day.value, beside)))

    def _of_words(self, day: Day) -> Iterator[str]:
        line, role = day.found.line, day.role or "none"
        place = self.place(line.index)
        yield from (f"role {role}", f"role {role} {place}", f"said {day.relative or 'named'}")
        yield f"{'relative' if day.relative else 'named'} {place}"
        if not day.relative and day.found.distance <= _NEAR:
            yield f"near cue {role}"
        if line.index not in self._notions:
            self._notions[line.index] = line.reader.notions(line.looked)
        yield from (f"word {name}" for name in self._notions[line.index])

    def _of_place(self, day: Day) -> Iterator[str]:
        decision, index = self.read.decision, day.found.line.index
        yield f"place {self.place(index)}"
        if index in self.read.ends:
            yield "tells the end"
        if index == 0:
            yield "in subject"
        if decision.hit and abs(index - decision.hit.statement) == 1:
            yield "beside deciding"
        if decision.hit and 0 < index - decision.hit.statement <= _SHORTLY:
            yield "after deciding"
        for hit in self._hits.get(index, ()):
            yield f"{of_hit(hit)} here"
            if hit.kind is decision.kind and not hit.off and day.found.raw in hit.words:
                yield "among words"


def asserting(read: Read) -> frozenset[int]:
    """The lines that assert the kind that was decided."""
    hits = read.decision.hits
    return frozenset(hit.statement for hit in hits if hit.kind is read.decision.kind and not hit.off)


def standing(read: Read, asserts: AbstractSet[int], index: int) -> str:
    """What a statement is to the kind that was decided; `asserts` are those that assert it."""
    hit = read.decision.hit
    if hit and hit.statement == index:
        return _DECIDING
    return _ASSERTING if index in asserts else _ENDS if index in read.ends else _ELSEWHERE


def _of_line(value: date, beside: _Among) -> Iterator[str]:
    if len(beside.days) == 1:
        yield "alone in line"
        return
    yield "not alone in line"
    if value == beside.last:
        yield "last in line"
    if value == beside.first:
        yield "first in line"


def _of_value(value: date, among: _Among, coming: _Among, mailed: date | None) -> Iterator[str]:
    """When a day is: against the day of the mail, in its month, and among the others, of which some are `coming`."""
    eve, after = value - timedelta(days=1), value + timedelta(days=1)
    if mailed:
        yield f"when {_when((value - mailed).days)}"
    if after.day == 1:
        yield "month ends"
    if value.day == 1:
        yield "month begins"
    if after in among.days:
        yield "eve of another"
    if eve in among.days:
        yield "day after another"
    if len(among.days) == 1:
        yield "only day"
        return
    if value == among.last:
        yield "latest"
    if value == coming.first:
        yield "next to come"
        if len(coming.days) == 1:
            yield "only to come"


def _when(days: int) -> str:
    if days < 0:
        return "past" if days >= -_LONGEST_AFTER else "long past"
    if days == 0:
        return "today"
    return "soon" if days <= _SOON else "ahead" if days <= _AHEAD else "far"
