"""What patterns cannot do without: sets of words of each of which one must be there, for the gate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from cancelproof.rules.compiled import CHOICE, MENTION, WORD, Compiled, Say, Step

#: What stands for words with a digit, for those that may be the day of a date, and for currencies.
DIGIT, DAY, CURRENCY = -1, -2, -3
_OFTEN = 2  # as many common words these stand for, where a pattern waits at its rarest words

#: The words that a part of a pattern needs, one of each set.
_Sets = tuple[frozenset[int], ...]
_OF_MENTIONS: Mapping[str, _Sets] = {
    "date": (frozenset((DAY,)),),
    "money": (frozenset((DIGIT,)), frozenset((CURRENCY,))),
    "number": (frozenset((DIGIT,)),),
}


class Needs:
    """What the patterns of a language need; of use while the gate is made ready."""

    def __init__(self, language: Compiled) -> None:
        self._choices = language.choices
        self._frequent = Counter(number for word in language.common for number in language.vocabulary.find(word))
        self._frequent.update(dict.fromkeys((DIGIT, DAY, CURRENCY), _OFTEN))
        self._common: dict[frozenset[int], tuple[int, int]] = {}
        self._needed: dict[int, frozenset[int]] = {}
        self._mentions = _OF_MENTIONS
        days = [self.rarest(self.of(say)) for says in language.relative.values() for say in says.says]
        if all(days):  # a day, or a word for one
            self._mentions = {**_OF_MENTIONS, "when": (frozenset((DAY,)).union(*days),)}

    def of(self, say: Say) -> list[frozenset[int]]:
        return self._of_steps(chain.from_iterable(say.parts))

    def rarest(self, needs: Sequence[frozenset[int]]) -> frozenset[int]:
        """The set with the fewest words that are common in the language; an empty one of none."""
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
            need = self._of_choice(value)
            return (need,) if need else ()
        return self._mentions.get(value, ()) if tag == MENTION else ()

    def _of_choice(self, index: int) -> frozenset[int]:
        """Of each of its options the rarest; nothing where one needs none, or all may be left out."""
        if index not in self._needed:
            choice = self._choices[index]
            options = (*choice.loose, *chain.from_iterable(choice.by_first.values()))
            rarest = [] if choice.optional else [self.rarest(self._of_steps(steps)) for steps in options]
            needed = choice.singles.union(*rarest) if rarest else choice.singles
            self._needed[index] = needed if all(rarest) and not choice.optional else frozenset()
        return self._needed[index]

    def _commonness(self, need: frozenset[int]) -> tuple[int, int]:
        if need not in self._common:
            self._common[need] = sum(self._frequent[number] for number in self._frequent.keys() & need), len(need)
        return self._common[need]
