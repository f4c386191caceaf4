"""The gate: whether a mail could say anything about a contract, told from its words alone.

Reading is dear, and of a hundred mails three speak of contracts. The gate asks what the careful reading would ask, but
less: could any rule match, if every guard were silent? All the words that one of its patterns needs must stand near
each other, in a language of the mail.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any

from cancelproof.classify.matcher import REACH
from cancelproof.model import Kind
from cancelproof.rules.compiled import CHOICE, EDGE, GAP, MENTION, WORD, Compiled, Say, Steps
from cancelproof.rules.values import Rule, Rules
from cancelproof.words import cut

_BEYOND = 10_000  # words: no pattern reaches over the end of a sentence
_MENTIONED = 8  # words that a sum, a day or a name takes at most
_FEWEST_COMMON = 3  # different common words that make a language one of the mail's …
_LEAST_SHARE = 4  # … and at least a quarter as many as its main language has
#: What stands for words with a digit, for those that may be the day of a date, and for currencies.
_DIGIT, _DAY, _CURRENCY = -1, -2, -3
#: What mentions need beside the words of a pattern.
_MENTIONS = {
    "date": (frozenset((_DAY,)),),
    "money": (frozenset((_DIGIT,)), frozenset((_CURRENCY,))),
    "number": (frozenset((_DIGIT,)),),
}
_NUMBER = re.compile(r"\d{1,9}")
_LAST_DAY = 31  # of a month
END = b"\x1e"  # stands between two words where a sentence surely ends (`message.skim`)


@dataclass(frozen=True)
class Gate:
    """Built once from the rules; `may_say` is asked for each mail."""

    rules: Rules
    _tongues: dict[bytes, tuple[str, ...]] = field(default_factory=dict)
    _readers: dict[str, _Reader] = field(default_factory=dict)

    def may_say(self, words: Sequence[bytes]) -> bool:
        """Whether the careful reading of a mail of these words could find more than `other`."""
        different = dict.fromkeys(words)
        return any(self._reader(code).may_say(words, different) for code in self._languages(different))

    def _languages(self, words: Iterable[bytes]) -> list[str]:
        counts: Counter[str] = Counter()
        for word in words:
            tongues = self._tongues.get(word)
            if tongues is None:
                folded = cut(word.decode("utf-8", "replace")).folded
                tongues = tuple(code for code, small in self.rules.common.items() if not small.isdisjoint(folded))
                self._tongues[word] = tongues
            counts.update(tongues)
        most = max(counts.values(), default=0)
        fewest = min(most, max(_FEWEST_COMMON, most // _LEAST_SHARE))
        return [code for code, count in counts.most_common() if count >= fewest]

    def _reader(self, code: str) -> _Reader:
        if code not in self._readers:
            self._readers[code] = _Reader(self.rules.compiled[code], self.rules)
        return self._readers[code]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a pattern needs: words of each set within its width, and one of the topics (any, where there is none)."""

    needs: tuple[frozenset[int], ...]
    topics: tuple[str, ...]
    width: int
    order: tuple[frozenset[int], ...] = ()  # of a pattern of one part: what must come one after the other


class _Reader:
    """The gate in one language."""

    def __init__(self, language: Compiled, rules: Rules) -> None:
        self._find = language.vocabulary.find
        self._choices = language.choices
        self._widths: dict[int, int] = {}
        self._mentions = {**_MENTIONS, "when": _whens(language)}
        words = [word for word, _ in language.money.currencies]
        self._signs = frozenset(word for word in words if len(word) == 1 and not word.isalnum())
        self._currencies = frozenset(folded for word in words for folded in cut(word).folded if len(folded) > 1)
        self._numbers: dict[bytes, frozenset[int]] = {}
        self._sayings = [saying.every for saying in rules.together.sayings]
        self._quoted = rules.together.quoted_request
        self.kinds: list[_Wanted] = []
        self.topics: dict[str, list[_Wanted]] = defaultdict(list)
        own = [(rules_, says) for _, rules_, says in language.own.values()]
        for of, says in [(language.rules, language.rule_says), *own]:
            for say in says.says:
                self._add(of[say.of], say)
        self._index: dict[int, list[_Wanted]] = defaultdict(list)
        self._always = [wanted for wanted in self.kinds if not wanted.needs]
        for wanted in self.kinds:
            for number in min(wanted.needs, key=len, default=frozenset[int]()):
                self._index[number].append(wanted)

    def _add(self, rule: Rule, say: Say) -> None:
        mentioned = [what for part in say.parts for tag, what in part if tag == MENTION]
        needs = (*say.needs, *chain.from_iterable(self._mentions.get(what, ()) for what in mentioned))
        order = say.needs if len(say.parts) == 1 else ()
        wanted = _Wanted(tuple(sorted(dict.fromkeys(needs), key=len)), rule.needs, self._width(say), order)
        (self.kinds if rule.kind else self.topics[rule.topic]).append(wanted)
        if rule.kind is Kind.REQUEST:
            self.topics[self._quoted].append(wanted)

    def _width(self, say: Say) -> int:
        """The most words that a match spreads over."""
        between = REACH * len(say.parts) if len(say.parts) > 1 else 0
        return between + sum(self._steps_width(part) for part in say.parts)

    def _steps_width(self, steps: Steps) -> int:
        return sum(self._step_width(tag, value) for tag, value in steps)

    def _step_width(self, tag: int, value: Any) -> int:
        if tag == CHOICE:
            if value not in self._widths:
                choice = self._choices[value]
                options = (*choice.loose, *chain.from_iterable(choice.by_first.values()))
                self._widths[value] = max(map(self._steps_width, options), default=1)
            return self._widths[value]
        widths: dict[int, int] = {WORD: 1, GAP: value, MENTION: _MENTIONED, EDGE: 0}
        return widths[tag]

    def may_say(self, words: Sequence[bytes], different: Iterable[bytes]) -> bool:
        mail = _Mail(self, words, {word: self._numbers_of(word) for word in different})
        candidates = {id(wanted): wanted for number in mail.present for wanted in self._index.get(number, ())}
        return any(mail.fits(wanted) for wanted in (*self._always, *candidates.values())) or any(
            all(map(mail.raises, topics)) for topics in self._sayings
        )

    def _numbers_of(self, word: bytes) -> frozenset[int]:
        numbers = self._numbers.get(word)
        if numbers is None:
            text = word.decode("utf-8", "replace")
            numbers = frozenset[int]().union(*map(self._find, cut(text).folded), self._counting(text))
            self._numbers[word] = numbers
        return numbers

    def _counting(self, text: str) -> Iterator[int]:
        digits = _NUMBER.findall(text)
        if digits:
            yield _DIGIT
        if any(1 <= int(number) <= _LAST_DAY for number in digits):
            yield _DAY
        if not self._signs.isdisjoint(text) or not self._currencies.isdisjoint(cut(text).folded):
            yield _CURRENCY


def _whens(language: Compiled) -> tuple[frozenset[int], ...]:
    """What a day or a word for one needs: nothing, where some words for a day need none that are known."""
    relative = [say for says in language.relative.values() for say in says.says]
    words = [min(say.needs, key=len, default=frozenset[int]()) for say in relative]
    return (frozenset((_DAY,)).union(*words),) if all(words) else ()


@dataclass(frozen=True)
class _Mail:
    """The words of one mail, by the numbers that a language has for them."""

    reader: _Reader
    words: Sequence[bytes]
    numbers: Mapping[bytes, frozenset[int]]
    _raised: dict[str, bool] = field(default_factory=dict)
    _stand: dict[frozenset[int], list[int]] = field(default_factory=dict)

    @cached_property
    def present(self) -> frozenset[int]:
        return frozenset[int]().union(*self.numbers.values())

    @cached_property
    def places(self) -> Mapping[int, list[int]]:
        """Where each number stands."""
        at: dict[bytes, list[int]] = defaultdict(list)
        place = 0
        for word in self.words:
            if word == END:
                place += _BEYOND
            at[word].append(place)
            place += 1
        places: dict[int, list[int]] = defaultdict(list)
        for word, numbers in self.numbers.items():
            for number in numbers:
                places[number] += at[word]
        return places

    def fits(self, wanted: _Wanted) -> bool:
        """Whether all that a pattern needs stands close together, and a topic that its rule needs is raised."""
        if any(self.present.isdisjoint(need) for need in wanted.needs):
            return False
        if wanted.topics and not any(map(self.raises, wanted.topics)):
            return False
        if len(wanted.needs) < 2:
            return True
        if len(wanted.order) > 1 and not _in_order([self.standing(need) for need in wanted.order], wanted.width):
            return False
        first, *others = sorted((self.standing(need) for need in wanted.needs), key=len)
        return any(all(_near(place, places, wanted.width) for places in others) for place in first)

    def raises(self, topic: str) -> bool:
        """Whether the mail could raise a topic."""
        if topic not in self._raised:
            self._raised[topic] = False  # until it is known: a topic that needs itself is never raised
            self._raised[topic] = any(map(self.fits, self.reader.topics.get(topic, ())))
        return self._raised[topic]

    def standing(self, need: frozenset[int]) -> list[int]:
        """The places of the words of which one is needed, in their order."""
        if need not in self._stand:
            self._stand[need] = sorted({place for number in need & self.present for place in self.places[number]})
        return self._stand[need]


def _in_order(standing: Sequence[Sequence[int]], width: int) -> bool:
    """Whether there are places one after the other, one of each list, within so many words."""
    first, *others = standing
    for start in first:
        place = start
        for places in others:
            after = bisect_left(places, place)
            if after == len(places):
                return False
            place = places[after]
        if place - start <= width:
            return True
    return False


def _near(place: int, places: Sequence[int], width: int) -> bool:
    after = bisect_left(places, place - width)
    return after < len(places) and places[after] <= place + width
