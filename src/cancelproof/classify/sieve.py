"""The gate in one language: whether any rule may match in pieces of text, were every guard silent.

Each pattern is a bit of a number, once for each of its rarest needs. What the words of a piece meet is put together by
one operation a word; a pattern of which every need is met is a candidate, and tried. Few pieces have one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import chain
from operator import or_

from cancelproof.classify.matcher import Looked, may_match
from cancelproof.classify.reader import Reader
from cancelproof.rules.compiled import Compiled, Say
from cancelproof.rules.values import Rule, Rules
from cancelproof.rules.waits import CURRENCY, DAY, DIGIT, NEEDS, asked
from cancelproof.words import cut

MOST_KEPT = 60_000  # words of mails that are remembered
_LONGEST_MENTION = 8  # words of a day, a sum or a name
_BEFORE_DIGIT = 2  # words of a day or a sum before the first of them with a digit: "USD", "le 1er", "2026 March"
_NO_WORDS = cut("")
_NUMBER = re.compile(r"\d{1,9}")
_LAST_DAY = 31  # of a month


@lru_cache(maxsize=4096)
def _stretch(start: int) -> frozenset[int]:
    """Where a mention may end that begins at a word."""
    return frozenset(range(start + 1, start + 1 + _LONGEST_MENTION))


@dataclass(frozen=True, slots=True, eq=False)
class _Wanted:
    """A pattern, whose it is, and if it mentions days, sums, names."""

    say: Say
    rule: Rule
    mentions: bool


class Sieve:
    """Built once from the rules of a language; `may_say` is asked for each mail."""

    def __init__(self, code: str, rules: Rules) -> None:
        language = rules.compiled[code]
        self._reader = Reader(language)
        self._choices = language.choices
        self._find = language.vocabulary.find
        words = [word for word, _ in language.money.currencies]
        self._signs = frozenset(word for word in words if len(word) == 1 and not word.isalnum())
        self._currencies = frozenset(folded for word in words for folded in cut(word).folded if len(folded) > 1)
        self._sayings = [frozenset(saying.every) for saying in rules.together.sayings]
        self._by_owner = frozenset(filter(None, (rules.together.by_owner,)))
        self._wanted: list[_Wanted] = []
        self._firm = self._needy = 0  # the patterns of rules that assert by themselves, and with a topic
        self._of_topic: dict[str, int] = defaultdict(int)
        self._always = 0  # what patterns with fewer needs have met
        self._meets: dict[int, int] = defaultdict(int)  # where each need is one of a pattern's
        self._set_up(language)
        self._found_in: dict[bytes, tuple[frozenset[int], ...]] = {}
        self._digits: dict[bytes, tuple[bool, ...]] = {}
        self._met: dict[bytes, int] = {}
        self._shared: dict[frozenset[int], int] = {}  # what words have met that meet the same: most are equal

    def _set_up(self, language: Compiled) -> None:
        """Give every pattern its bits."""
        self._needs, of, mentions = language.waits
        for (say, rule), mentioned in zip(asked(language, self._sayings), mentions, strict=True):
            bit = 1 << len(self._wanted)
            if rule.topic:
                self._of_topic[rule.topic] |= bit
            elif rule.needs:
                self._needy |= bit
            else:
                self._firm |= bit
            self._wanted.append(_Wanted(say, rule, mentioned))
        for place, waits in enumerate(of):
            for slot in range(NEEDS):
                bit = 1 << (slot * len(of) + place)
                if slot < len(waits):
                    self._meets[waits[slot]] |= bit
                else:
                    self._always |= bit

    def may_say(
        self, pieces: Iterable[tuple[str, Sequence[bytes]]], different: frozenset[bytes], *, by_owner: bool
    ) -> bool:
        """Whether any rule may match in pieces of text, given with their words; `different` are those of all."""
        self._learn(different)
        met_by, always, firm, count = self._met.__getitem__, self._always, self._firm, len(self._wanted)
        places = []
        for piece, words in pieces:
            met = reduce(or_, filter(None, map(met_by, words)), always)
            met &= met >> 2 * count
            if found := met & (met >> count):  # all four
                place = _Piece(piece, words, found, self)
                if found & firm and any(map(place.may_match, self.wanted(found & firm))):
                    return True
                places.append(place)
        return self._may_together(places, self._by_owner if by_owner else frozenset())

    def _may_together(self, places: Sequence[_Piece], given: frozenset[str]) -> bool:
        """Whether rules may match that need topics, or topics say something together; nothing is tried in vain.

        `given` are topics that are raised whatever the pieces say.
        """
        anywhere = reduce(or_, (place.found for place in places), 0)
        bits = {topic: some for topic, bits in self._of_topic.items() if (some := bits & anywhere)}
        topics = _Topics(dict.fromkeys(given, 0) | bits, given, places, self)
        for place in places:
            for wanted in self.wanted(place.found & self._needy):
                if any(map(topics.may_be_raised, wanted.rule.needs)) and place.may_match(wanted):
                    return True
        together = (saying for saying in self._sayings if topics.bits.keys() >= saying)
        return any(all(map(topics.may_be_raised, sorted(saying, key=topics.ways))) for saying in together)

    def wanted(self, bits: int) -> Iterator[_Wanted]:
        """The patterns whose bits these are."""
        while bits:
            last = bits.bit_length() - 1
            yield self._wanted[last]
            bits ^= 1 << last

    def _learn(self, words: frozenset[bytes]) -> None:
        if len(self._met) > MOST_KEPT:
            self._found_in.clear()
            self._digits.clear()
            self._met.clear()
            self._shared.clear()
        for word in words.difference(self._met):
            text = word.decode("utf-8", "replace")
            folded = cut(text).folded
            found = self._found_in[word] = tuple(map(self._find, folded))
            self._digits[word] = tuple(any(map(str.isdigit, token)) for token in folded)
            numbers = set().union(*found, self._counting(text))
            needs = frozenset(chain.from_iterable(self._needs.get(number, ()) for number in numbers))
            if needs not in self._shared:
                self._shared[needs] = reduce(or_, (self._meets[need] for need in needs), 0)
            self._met[word] = self._shared[needs]

    def look(self, piece: str) -> Looked:
        """A piece as the careful reading sees it, in single blanks, but that it may begin and end at any word."""
        return self._reader.look(self._reader.cut(" ".join(piece.split())), is_open=True)

    def glance(self, words: Sequence[bytes]) -> Looked:
        """Words as patterns see them that mention nothing."""
        numbers = tuple(chain.from_iterable(map(self._found_in.__getitem__, words)))
        return Looked(words=_NO_WORDS, numbers=numbers, choices=self._choices, mentions={}, is_open=True)

    def mentions(self, words: Sequence[bytes]) -> dict[str, dict[int, frozenset[int]]]:
        """Days and sums wherever there is a digit, names and words for days anywhere."""
        has_digit = list(chain.from_iterable(map(self._digits.__getitem__, words)))
        digits = [i for i, has in enumerate(has_digit) if has]
        near = {start: _stretch(start) for i in digits for start in range(max(0, i - _BEFORE_DIGIT), i + 1)}
        anywhere = {start: _stretch(start) for start in range(len(has_digit))}
        return dict.fromkeys(("date", "money", "number"), near) | dict.fromkeys(("count", "when", "name"), anywhere)

    def _counting(self, text: str) -> Iterator[int]:
        digits = _NUMBER.findall(text)
        if digits:
            yield DIGIT
        if any(1 <= int(number) <= _LAST_DAY for number in digits):
            yield DAY
        if not self._signs.isdisjoint(text) or not self._currencies.isdisjoint(cut(text).folded):
            yield CURRENCY


class _Piece:
    """A piece of text and the patterns that may match in it, looked at when somebody asks, at a glance first."""

    def __init__(self, text: str, words: Sequence[bytes], found: int, sieve: Sieve) -> None:
        self.found = found
        self._text, self._words, self._sieve = text, words, sieve
        self._glance: Looked | None = None
        self._look: Looked | None = None

    def may_match(self, wanted: _Wanted) -> bool:
        self._glance = self._glance or self._sieve.glance(self._words)
        if not wanted.mentions:
            return may_match(wanted.say, self._glance)
        self._glance.mentions = self._glance.mentions or self._sieve.mentions(self._words)
        if not may_match(wanted.say, self._glance):
            return False
        self._look = self._look or self._sieve.look(self._text)
        return may_match(wanted.say, self._look)


class _Topics:
    """The topics that a mail may raise, by the bits of their patterns; each tried when it is asked for, and once."""

    def __init__(self, bits: Mapping[str, int], given: frozenset[str], places: Sequence[_Piece], sieve: Sieve) -> None:
        self.bits, self._places, self._sieve = bits, places, sieve
        self._known = dict.fromkeys(given, True)

    def ways(self, topic: str) -> int:
        """How many patterns may raise a topic: the fewer, the sooner it is seen that none does."""
        return self.bits[topic].bit_count()

    def may_be_raised(self, topic: str) -> bool:
        if topic not in self._known:
            bits = self.bits.get(topic, 0)
            found = ((place, place.found & bits) for place in self._places)
            self._known[topic] = any(
                place.may_match(wanted) for place, some in found if some for wanted in self._sieve.wanted(some)
            )
        return self._known[topic]
