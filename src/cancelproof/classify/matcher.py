"""Finds where patterns match a statement.

Patterns are compiled once a language. A statement is looked up word by word; only patterns all of whose needed words
are there are tried. Each try follows a set of places through the pattern (no backtracking), so that the time is
bounded by words × items, whatever text or rule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise, product

from cancelproof.classify.vocabulary import Vocabulary
from cancelproof.rules.pattern import Choice, Edge, Gap, Item, Mention, Pattern, Sequence, Word
from cancelproof.words import Words

Span = tuple[int, int]
_MOST_SPANS = 8  # places of one part that are combined with those of the others
_REACH = 16  # words that may stand between two parts of a pattern


@dataclass(frozen=True, slots=True)
class _Any:
    """A word that is one of these numbers."""

    numbers: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Options:
    """One of several sequences; `key` makes the places found before known again.

    `by_first` holds the sequences by the number of their first word, `loose` those that begin otherwise.
    """

    key: int
    options: tuple[_Compiled, ...]
    singles: frozenset[int]
    optional: bool
    by_first: Mapping[int, tuple[_Compiled, ...]]
    loose: tuple[_Compiled, ...]


_Step = _Any | Gap | Mention | Edge | _Options
_Compiled = tuple[_Step, ...]


@dataclass(frozen=True, slots=True)
class CompiledPattern:
    """A pattern ready to match: its parts, and the sets of word numbers of each of which one must be there."""

    pattern: Pattern
    parts: tuple[_Compiled, ...]
    needs: tuple[frozenset[int], ...]


@dataclass(slots=True)
class Looked:
    """A statement as the matcher sees it: the numbers of each word, and where dates, sums and numbers stand.

    `raw` holds the text of each mention by its kind and first word; a sign such as £ is no word.
    """

    words: Words
    numbers: tuple[frozenset[int], ...]
    present: frozenset[int]
    mentions: Mapping[str, Mapping[int, frozenset[int]]]
    raw: Mapping[tuple[str, int], str] = field(default_factory=dict)
    memo: dict[tuple[int, int], frozenset[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """A match: the words from `first` up to, without, `last`; `taken` are the spans of its parts."""

    first: int
    last: int
    taken: tuple[Span, ...]


class Compiler:
    """Turns patterns into steps over one vocabulary."""

    def __init__(self) -> None:
        self.vocabulary = Vocabulary()
        self._memo: dict[object, _Options] = {}

    def pattern(self, pattern: Pattern) -> CompiledPattern:
        parts = tuple(self._sequence(part) for part in pattern.parts)
        needs = tuple(need for part in parts for need in _needs(part))
        return CompiledPattern(pattern, parts, needs)

    def _sequence(self, sequence: Sequence) -> _Compiled:
        return tuple(self._step(item) for item in sequence)

    def _step(self, item: Item) -> _Step:
        if isinstance(item, Word):
            return _Any(frozenset((self.vocabulary.number(item),)))
        if isinstance(item, Choice):
            return self._choice(item)
        return item

    def _choice(self, choice: Choice) -> _Step:
        key: object = (choice.name, choice.optional) if choice.name else choice
        if key not in self._memo:
            single, longer = set(), []
            for option in choice.options:
                if len(option) == 1 and isinstance(option[0], Word):
                    single.add(self.vocabulary.number(option[0]))
                else:
                    longer.append(self._sequence(option))
            self._memo[key] = _options(len(self._memo), longer, frozenset(single), optional=choice.optional)
        step = self._memo[key]
        return step if step.options or step.optional else _Any(step.singles)


def _options(key: int, longer: list[_Compiled], singles: frozenset[int], *, optional: bool) -> _Options:
    by_first: dict[int, list[_Compiled]] = defaultdict(list)
    loose = []
    for option in longer:
        if isinstance(option[0], _Any):
            for number in option[0].numbers:
                by_first[number].append(option)
        else:
            loose.append(option)
    indexed = {number: tuple(options) for number, options in by_first.items()}
    return _Options(key, tuple(longer), singles, optional, indexed, tuple(loose))


def _needs(part: _Compiled) -> Iterable[frozenset[int]]:
    """For each step that cannot be left out: the words of which one must be there (nothing for mentions and gaps)."""
    for step in part:
        if isinstance(step, _Any):
            yield step.numbers
        elif isinstance(step, _Options) and not step.optional:
            firsts = [next(iter(_needs(option)), None) for option in step.options]
            if all(first is not None for first in firsts):
                yield step.singles.union(*(first for first in firsts if first))


def match(pattern: CompiledPattern, looked: Looked) -> Found | None:
    """The tightest match of a pattern in a statement, or None."""
    if any(looked.present.isdisjoint(need) for need in pattern.needs):
        return None
    spans = []
    for part in pattern.parts:
        found = places(part, looked)
        if not found:
            return None
        spans.append(found[:_MOST_SPANS])
    solid = [place for place, part in enumerate(pattern.parts) if not isinstance(part[0], Mention)]
    best = min((chosen for chosen in product(*spans) if _apart(chosen, solid)), key=_width, default=None)
    if best is None or _width(best) > _REACH * len(best):
        return None
    return Found(min(s[0] for s in best), max(s[1] for s in best), tuple(best))


def _width(spans: tuple[Span, ...]) -> int:
    return max(s[1] for s in spans) - min(s[0] for s in spans)


def _apart(spans: tuple[Span, ...], solid: list[int]) -> bool:
    """Whether no part lies in another; a date or sum may: it stands inside a verb whose prefix comes last."""
    ordered = sorted(spans[place] for place in solid)
    return all(a[1] <= b[0] for a, b in pairwise(ordered))


def places(part: _Compiled, looked: Looked) -> list[Span]:
    """Where a part matches: for each beginning, the nearest end."""
    spans = []
    for start in range(len(looked.numbers)):
        ends = _follow(part, start, looked)
        if ends:
            spans.append((start, min(ends)))
    return spans


def _follow(steps: _Compiled, start: int, looked: Looked) -> frozenset[int]:
    here: frozenset[int] = frozenset((start,))
    for step in steps:
        here = frozenset(end for place in here for end in _ends(step, place, looked))
        if not here:
            break
    return here


def _ends(step: _Step, place: int, looked: Looked) -> Iterable[int]:
    size = len(looked.numbers)
    if isinstance(step, _Any):
        return (place + 1,) if place < size and not step.numbers.isdisjoint(looked.numbers[place]) else ()
    if isinstance(step, Gap):
        return range(place, min(place + step.most, size) + 1)
    if isinstance(step, Edge):
        return (place,) if place == (size if step.end else 0) else ()
    if isinstance(step, Mention):
        return looked.mentions.get(step.what, {}).get(place, ())
    return _option_ends(step, place, looked)


def _option_ends(step: _Options, place: int, looked: Looked) -> frozenset[int]:
    key = (step.key, place)
    if key not in looked.memo:
        ends = {place} if step.optional else set()
        if place < len(looked.numbers) and not step.singles.isdisjoint(looked.numbers[place]):
            ends.add(place + 1)
        for option in step.loose:
            ends |= _follow(option, place, looked)
        for number in looked.numbers[place] if place < len(looked.numbers) else ():
            for option in step.by_first.get(number, ()):
                ends |= _follow(option, place, looked)
        looked.memo[key] = frozenset(ends)
    return looked.memo[key]
