"""Finds where patterns match a statement.

A statement is looked up word by word; only patterns all of whose needed words are there are tried. Each try follows
a set of places through the pattern (no backtracking), and what a choice matches is found once a statement, so that the
time is bounded by words × items, whatever text or rule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product

from cancelproof.rules.compiled import CHOICE, EDGE, GAP, MENTION, WORD, Choice, Say, Says, Steps
from cancelproof.words import Words

Span = tuple[int, int]
_MOST_SPANS = 8  # places of one part that are combined with those of the others
REACH = 16  # words that may stand between two parts of a pattern
_NOWHERE: tuple[int, ...] = ()


@dataclass(slots=True)
class Looked:
    """A statement as the matcher sees it: the numbers of each word, and where dates, sums and numbers stand.

    `raw` holds the text of each mention by its kind and first word; a sign such as £ is no word. `is_open` says that
    the statement may begin or end at any of the words: then every place is an edge.
    """

    words: Words
    numbers: tuple[frozenset[int], ...]
    choices: tuple[Choice, ...]
    mentions: Mapping[str, Mapping[int, frozenset[int]]]
    raw: Mapping[tuple[str, int], str] = field(default_factory=dict)
    is_open: bool = False
    at: Mapping[int, list[int]] = field(init=False)
    present: frozenset[int] = field(init=False)
    _chosen: dict[int, Mapping[int, set[int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        at: dict[int, list[int]] = defaultdict(list)
        for place, numbers in enumerate(self.numbers):
            for number in numbers:
                at[number].append(place)
        self.at = dict(at)
        self.present = frozenset(at)

    def mention(self, what: str, places: Mapping[int, frozenset[int]]) -> None:
        """Add mentions that were found by patterns; what was matched before is forgotten."""
        self.mentions = {**self.mentions, what: places}
        self._chosen.clear()

    def chosen(self, index: int) -> Mapping[int, set[int]]:
        """Where a choice begins in this statement, and for each beginning where it may end."""
        if index not in self._chosen:
            self._chosen[index] = self._choose(self.choices[index])
        return self._chosen[index]

    def _choose(self, choice: Choice) -> Mapping[int, set[int]]:
        ends: dict[int, set[int]] = defaultdict(set)
        for number in self.present & choice.singles:
            for place in self.at[number]:
                ends[place].add(place + 1)
        for number in choice.by_first.keys() & self.present:
            for place in self.at[number]:
                for option in choice.by_first[number]:
                    ends[place].update(_follow(option, place, self))
        for option in choice.loose:
            for place in _beginnings(option, self):
                ends[place].update(_follow(option, place, self))
        return {place: found for place, found in ends.items() if found}


@dataclass(frozen=True, slots=True)
class Found:
    """A match: the words from `first` up to, without, `last`; `taken` are the spans of its parts."""

    first: int
    last: int
    taken: tuple[Span, ...]


def candidates(says: Says, looked: Looked) -> Iterator[Say]:
    """The patterns all of whose needed words are there."""
    index, present = says.by_number, looked.present
    places = {place for number in index.keys() & present for place in index[number]}
    for place in (*sorted(places), *says.always):
        say = says.says[place]
        for need in say.needs:
            if present.isdisjoint(need):
                break
        else:
            yield say


def may_match(say: Say, looked: Looked) -> bool:
    """Whether `match` could find a pattern in some of these words, where a statement may be any stretch of them."""
    spans = _of_parts(say, looked)
    return bool(spans) and (any(len(found) > _MOST_SPANS for found in spans) or _tightest(say, spans) is not None)


def match(say: Say, looked: Looked) -> Found | None:
    """The tightest match of a pattern in a statement, or None."""
    spans = _of_parts(say, looked)
    return _tightest(say, [found[:_MOST_SPANS] for found in spans]) if spans else None


def _of_parts(say: Say, looked: Looked) -> list[list[Span]]:
    """Where each part of a pattern matches; nothing where one does nowhere: then no further one is tried."""
    spans = []
    for part in say.parts:
        found = places(part, looked)
        if not found:
            return []
        spans.append(found)
    return spans


def _tightest(say: Say, spans: Sequence[Sequence[Span]]) -> Found | None:
    solid = [place for place, part in enumerate(say.parts) if part[0][0] != MENTION]
    best = min((chosen for chosen in product(*spans) if _apart(chosen, solid)), key=_width, default=None)
    if best is None or _width(best) > REACH * len(best):
        return None
    return Found(min(s[0] for s in best), max(s[1] for s in best), tuple(best))


def _width(spans: tuple[Span, ...]) -> int:
    return max(s[1] for s in spans) - min(s[0] for s in spans)


def _apart(spans: tuple[Span, ...], solid: list[int]) -> bool:
    """Whether no part lies in another; a date or sum may: it stands inside a verb whose prefix comes last."""
    ordered = sorted(spans[place] for place in solid)
    return all(a[1] <= b[0] for a, b in pairwise(ordered))


def places(part: Steps, looked: Looked) -> list[Span]:
    """Where a part matches: for each beginning, the nearest end."""
    found = ((start, _follow(part, start, looked)) for start in _beginnings(part, looked))
    return [(start, min(ends)) for start, ends in found if ends]


def _beginnings(part: Steps, looked: Looked) -> Iterable[int]:
    tag, value = part[0]
    if tag == WORD:
        return looked.at.get(value, _NOWHERE)
    if tag == MENTION:
        return sorted(looked.mentions.get(value, _NOWHERE))
    if tag == CHOICE and not looked.choices[value].optional:
        return sorted(looked.chosen(value))
    if tag == EDGE and not value and not looked.is_open:
        return range(min(1, len(looked.numbers)))
    return range(len(looked.numbers))


def _follow(steps: Steps, start: int, looked: Looked) -> set[int]:
    here = {start}
    for tag, value in steps:
        if tag == WORD:
            size, numbers = len(looked.numbers), looked.numbers
            here = {place + 1 for place in here if place < size and value in numbers[place]}
        elif tag == CHOICE:
            here = _choice_ends(value, here, looked)
        elif tag == GAP:
            size = len(looked.numbers)
            here = {end for place in here for end in range(place, min(place + value, size) + 1)}
        elif tag == MENTION:
            found = looked.mentions.get(value, {})
            here = {end for place in here if place in found for end in found[place]}
        elif not looked.is_open:
            here &= {len(looked.numbers) if value else 0}
        if not here:
            break
    return here


def _choice_ends(index: int, here: set[int], looked: Looked) -> set[int]:
    chosen = looked.chosen(index)
    ends = {end for place in here if place in chosen for end in chosen[place]}
    return ends | here if looked.choices[index].optional else ends
