"""What patterns cannot do without: sets of words of each of which one must be there, for the gate.

Told when a language is compiled: it takes as long as to read a hundred mails.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain

from cancelproof.rules.compiled import CHOICE, MENTION, WORD, Choice, Compiled, Say, Step, Waits
from cancelproof.rules.values import Rule

#: What stands for words with a digit, for those that may be the day of a date, and for currencies.
DIGIT, DAY, CURRENCY = -1, -2, -3
#: So many of a pattern are asked for, the rarest: half have no more, and others let hardly one more through.
NEEDS = 4
CONTRACT = Rule(id="contract", kind=None, topic="a contract is named", patterns=())
TELLING = Rule(id="telling", kind=None, needs=(CONTRACT.topic,), patterns=())  # whose telling patterns are
_OFTEN = 10  # of a thousand words that these stand for
_DEEP = 3  # sets of words that an option of a choice tells

#: The words that a part of a pattern needs, one of each set.
_Sets = tuple[frozenset[int], ...]
_OF_MENTIONS: Mapping[str, _Sets] = {
    "date": (frozenset((DAY,)),),
    "money": (frozenset((DIGIT,)), frozenset((CURRENCY,))),
    "number": (frozenset((DIGIT,)),),
}


def waits(language: Compiled, sayings: Iterable[AbstractSet[str]], everyday: Mapping[str, float]) -> Waits:
    """What the gate waits for; `sayings` are topics that say something together, `everyday` shares of words."""
    known, telling = _Needs(language, everyday), frozenset(_mentioning(language.choices))
    places: dict[frozenset[int], int] = {}
    of, mentions = [], []
    for say, _ in asked(language, sayings):
        needs = known.rarest_of(known.of(say), NEEDS)
        of.append(tuple(places.setdefault(need, len(places)) for need in needs))
        mentions.append(any(_mentions(step, telling) for part in say.parts for step in part))
    met_by: dict[int, tuple[int, ...]] = {}
    for need, place in places.items():
        for number in need:
            met_by[number] = (*met_by.get(number, ()), place)
    return Waits(met_by, tuple(of), tuple(mentions))


def asked(language: Compiled, sayings: Iterable[AbstractSet[str]]) -> Iterator[tuple[Say, Rule]]:
    """The patterns of a language that the gate asks; those of topics that only turn rules off let nothing through."""
    contract = language.notions.get("contract")
    yield from ((say, CONTRACT) for say in (contract.says if contract else ()))
    yield from ((say, TELLING) for say in language.telling.says)
    own = [(rules, says) for _, rules, says in language.own.values()]
    every = [(language.rules, language.rule_says), *own]
    needed = {topic for of, _ in every for rule in of for topic in rule.needs}.union(*sayings)
    for of, says in every:
        for say in says.says:
            if not of[say.of].topic or of[say.of].topic in needed:
                yield say, of[say.of]


class _Needs:
    """What the patterns of a language need."""

    def __init__(self, language: Compiled, everyday: Mapping[str, float]) -> None:
        """`everyday` holds how often words are said in mail that is of no contract."""
        self._choices = language.choices
        self._frequent: dict[int, float] = dict.fromkeys((DIGIT, DAY, CURRENCY), _OFTEN)
        for word, share in (everyday or dict.fromkeys(language.common, 1)).items():
            for number in language.vocabulary.find(word):
                self._frequent[number] = self._frequent.get(number, 0) + share
        self._common: dict[frozenset[int], tuple[float, int]] = {}
        self._needed: dict[int, _Sets] = {}
        self._mentions = _OF_MENTIONS
        days = [self.rarest(self.of(say)) for says in language.relative.values() for say in says.says]
        if all(days):  # a day, or a word for one
            self._mentions = {**_OF_MENTIONS, "when": (frozenset((DAY,)).union(*days),)}

    def of(self, say: Say) -> list[frozenset[int]]:
        return self._of_steps(chain.from_iterable(say.parts))

    def rarest(self, needs: Sequence[frozenset[int]]) -> frozenset[int]:
        """The set of which words are said least often; an empty one of none."""
        return min(needs, key=self._commonness, default=frozenset())

    def rarest_of(self, needs: Iterable[frozenset[int]], count: int) -> list[frozenset[int]]:
        """The first so many of different sets, the rarest first."""
        return sorted(dict.fromkeys(needs), key=self._commonness)[:count]

    def _of_steps(self, steps: Iterable[Step]) -> list[frozenset[int]]:
        return [need for step in steps for need in self._of_step(step)]

    def _of_step(self, step: Step) -> _Sets:
        tag, value = step
        if tag == WORD:
            return (frozenset((value,)),)
        if tag == CHOICE:
            return self._of_choice(value)
        return self._mentions.get(value, ()) if tag == MENTION else ()

    def _of_choice(self, index: int) -> _Sets:
        """The rarest set of each of its options, the next one of each, and so on; none where one needs none."""
        if index not in self._needed:
            choice = self._choices[index]
            steps = (*choice.loose, *chain.from_iterable(choice.by_first.values()))
            options = [self.rarest_of(self._of_steps(option), _DEEP) for option in steps]
            needed = all(options) and not choice.optional
            self._needed[index] = tuple(_of_each(choice.singles, options)) if needed else ()
        return self._needed[index]

    def _commonness(self, need: frozenset[int]) -> tuple[float, int]:
        if need not in self._common:
            self._common[need] = sum(self._frequent.get(number, 0) for number in need), len(need)
        return self._common[need]


def _of_each(singles: frozenset[int], options: Sequence[Sequence[frozenset[int]]]) -> Iterator[frozenset[int]]:
    for place in range(max(map(len, options), default=min(1, len(singles)))):
        yield singles.union(*(needs[min(place, len(needs) - 1)] for needs in options))


def _mentioning(choices: Sequence[Choice]) -> Iterator[int]:
    """The choices that mention something themselves or by a choice within; those within have the smaller numbers."""
    telling: set[int] = set()
    for index, choice in enumerate(choices):
        options = (*choice.loose, *chain.from_iterable(choice.by_first.values()))
        if any(_mentions(step, telling) for option in options for step in option):
            telling.add(index)
            yield index


def _mentions(step: Step, telling: AbstractSet[int]) -> bool:
    tag, value = step
    return tag == MENTION or (tag == CHOICE and value in telling)
