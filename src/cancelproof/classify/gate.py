"""The gate: whether a mail could say anything about a contract, told from its text alone.

Reading is dear, and of a hundred mails three speak of contracts. The gate asks what the careful reading would ask, but
less: does any rule match, if every guard were silent and a statement any stretch of words? Each pattern waits at the
rarest words that it needs; most pieces of most mails hold none of them.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from itertools import chain
from operator import or_

from cancelproof.classify import tongue
from cancelproof.classify.matcher import Looked, may_match
from cancelproof.classify.needs import CURRENCY, DAY, DIGIT, Needs
from cancelproof.classify.reader import Reader
from cancelproof.rules.compiled import CHOICE, MENTION, Choice, Compiled, Say, Step
from cancelproof.rules.values import Rule, Rules
from cancelproof.words import cut

_FEWEST_COMMON = 3  # different common words that make a language one of the mail's …
_LEAST_SHARE = 4  # … and at least a quarter as many as its main language has
_MANY = 12  # common words of a language beside which the few that only one language has count for little
_MOST_KEPT = 60_000  # words of mails that are remembered
_LONGEST_MENTION = 8  # words of a day, a sum or a name
_BEFORE_DIGIT = 2  # words of a day or a sum before the first of them with a digit: "USD", "le 1er", "2026 March"
_NO_WORDS = cut("")
_NUMBER = re.compile(r"\d{1,9}")
_LAST_DAY = 31  # of a month
_BETWEEN = "\x1e"  # pieces; no text has it in it (`message.skim`)
_APART = bytes(
    c if chr(c).isalnum() or c > 127 or c in {ord("$"), ord(_BETWEEN)} else 32 for c in range(256)
)  # ASCII letters and digits stay; so does UTF-8


@lru_cache(maxsize=4096)
def _stretch(start: int) -> frozenset[int]:
    """Where a mention may end that begins at a word."""
    return frozenset(range(start + 1, start + 1 + _LONGEST_MENTION))


@dataclass(frozen=True)
class Gate:
    """Built once from the rules; `may_say` is asked for each mail."""

    rules: Rules
    _tongues: dict[bytes, tuple[str, ...]] = field(default_factory=dict)
    _sieves: dict[str, _Sieve] = field(default_factory=dict)
    _common: tongue.Tongues = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_common", tongue.tongues(self.rules.common))

    def may_say(self, pieces: Sequence[str]) -> bool:
        """Whether the careful reading of a mail with these pieces of text could find more than `other`."""
        words = _BETWEEN.join(pieces).encode("utf-8", "replace").lower().translate(_APART).split(_BETWEEN.encode())
        if len(words) != len(pieces):  # a mail with the mark in it is for the careful reading
            return True
        cuts = [(piece, found.split()) for piece, found in zip(pieces, words, strict=True)]
        different = frozenset(chain.from_iterable(words for _, words in cuts))
        return any(self._sieve(code).may_say(cuts, different) for code in self._languages(different))

    def _languages(self, words: AbstractSet[bytes]) -> list[str]:
        tongues = self._tongues
        if len(tongues) > _MOST_KEPT:
            tongues.clear()
        for word in words - tongues.keys():
            tongues[word] = self._tongues_of(word)
        shared = [found for word in words if (found := tongues[word])]
        counts = Counter(chain.from_iterable(shared))
        most = max(counts.values(), default=0)
        fewest = min(most, max(_FEWEST_COMMON, most // _LEAST_SHARE))
        codes = [code for code, count in counts.most_common() if count >= fewest]
        if most < _MANY:
            weights = tongue.weights(shared)
            least = max(weights.values(), default=0) // _LEAST_SHARE
            codes += [code for code, weight in weights.most_common() if weight >= least and code not in codes]
        return [code for code in codes if most - counts[code] < _FEWEST_COMMON or _is_apart(code, codes[0], shared)]

    def _tongues_of(self, word: bytes) -> tuple[str, ...]:
        folded = cut(word.decode("utf-8", "replace")).folded
        return tuple(dict.fromkeys(code for part in folded for code in self._common.get(part, ())))

    def _sieve(self, code: str) -> _Sieve:
        if code not in self._sieves:
            self._sieves[code] = _Sieve(self.rules.compiled[code], self.rules)
        return self._sieves[code]


def _is_apart(code: str, main: str, shared: Sequence[tuple[str, ...]]) -> bool:
    """Whether a mail has a common word of a language that is none of its main language's.

    Without one no statement is in it, what is quoted aside: in each the main one counts as much, and in the mail
    around it more (`tongue.of_statements`).
    """
    return any(code in codes and main not in codes for codes in shared)


@dataclass(frozen=True, slots=True, eq=False)
class _Wanted:
    """A pattern, whose it is, and if it mentions days, sums, names."""

    say: Say
    rule: Rule
    mentions: bool


#: A bit for each set of words of which a pattern needs one, and the pattern.
_Waiting = tuple[int, _Wanted]


class _Sieve:
    """The gate in one language."""

    def __init__(self, language: Compiled, rules: Rules) -> None:
        self._reader = Reader(language)
        self._choices = language.choices
        self._find = language.vocabulary.find
        words = [word for word, _ in language.money.currencies]
        self._signs = frozenset(word for word in words if len(word) == 1 and not word.isalnum())
        self._currencies = frozenset(folded for word in words for folded in cut(word).folded if len(folded) > 1)
        self._sayings = [frozenset(saying.every) for saying in rules.together.sayings]
        self._meets: dict[int, int] = defaultdict(int)  # for each number the sets that it is in
        self._at: dict[int, list[_Waiting]] = defaultdict(list)
        self._anywhere: list[_Wanted] = []  # those that need no word at all
        self._set_up(language)
        self._found_in: dict[bytes, tuple[frozenset[int], ...]] = {}
        self._digits: dict[bytes, tuple[bool, ...]] = {}
        self._met: dict[bytes, int] = {}
        self._waiting: dict[bytes, tuple[_Waiting, ...]] = {}

    def _set_up(self, language: Compiled) -> None:
        """Let every pattern wait at its rarest words."""
        known, telling = Needs(language), frozenset(_mentioning(language.choices))
        bits: dict[frozenset[int], int] = defaultdict(lambda: 1 << len(bits))
        own = [(rules, says) for _, rules, says in language.own.values()]
        every = [(language.rules, language.rule_says), *own]
        # What only turns rules off lets nothing through.
        asked = {topic for of, _ in every for rule in of for topic in rule.needs}.union(*self._sayings)
        for of, says in every:
            for say in says.says:
                if of[say.of].topic and of[say.of].topic not in asked:
                    continue
                needs = known.of(say)
                mentions = any(_mentions(step, telling) for part in say.parts for step in part)
                wanted = _Wanted(say, of[say.of], mentions)
                waiting = sum(bits[need] for need in set(needs)), wanted
                rarest = known.rarest(needs)
                for number in rarest:
                    self._at[number].append(waiting)
                if not rarest:
                    self._anywhere.append(wanted)
        for need, bit in bits.items():
            for number in need:
                self._meets[number] |= bit

    def may_say(self, pieces: Iterable[tuple[str, Sequence[bytes]]], different: frozenset[bytes]) -> bool:
        """Whether any rule may match in pieces of text, given with their words; `different` are those of all."""
        self._learn(different)
        live = self._live(different)
        waits = frozenset(live)
        needy: list[_Candidate] = []
        topics: dict[str, list[_Candidate]] = defaultdict(list)
        for piece, words in pieces:
            here = waits.intersection(words)
            if (here or self._anywhere) and (found := self._candidates(words, here, live)):
                place = _Piece(piece, words, self)
                for wanted in dict.fromkeys(found):
                    rule = wanted.rule
                    if rule.topic:
                        topics[rule.topic].append((wanted, place))
                    elif rule.needs:
                        needy.append((wanted, place))
                    elif place.may_match(wanted):
                        return True
        return self._may_together(needy, _Topics(topics))

    def _may_together(self, needy: Sequence[_Candidate], topics: _Topics) -> bool:
        """Whether rules may match that need topics, or topics say something together; nothing is tried in vain."""
        for wanted, place in needy:
            asked = (topic for topic in wanted.rule.needs if topic in topics.candidates)
            if any(map(topics.may_be_raised, asked)) and place.may_match(wanted):
                return True
        together = (saying for saying in self._sayings if topics.candidates.keys() >= saying)
        return any(all(map(topics.may_be_raised, saying)) for saying in together)

    def _live(self, words: frozenset[bytes]) -> dict[bytes, list[_Waiting]]:
        """The patterns all of whose needs a mail meets with these words, by those at which they wait."""
        missing = ~reduce(or_, map(self._met.__getitem__, words), 0)
        waiting = self._waiting
        live = ((word, [one for one in waiting[word] if not one[0] & missing]) for word in words & waiting.keys())
        return {word: ones for word, ones in live if ones}

    def _candidates(
        self, words: Iterable[bytes], here: Iterable[bytes], live: Mapping[bytes, Sequence[_Waiting]]
    ) -> list[_Wanted]:
        """The patterns all of whose needs a piece meets, some twice, that wait at these of its words."""
        missing = ~reduce(or_, map(self._met.__getitem__, words), 0)
        return [one for word in here for needs, one in live[word] if not needs & missing] + self._anywhere

    def _learn(self, words: frozenset[bytes]) -> None:
        if len(self._met) > _MOST_KEPT:
            self._found_in.clear()
            self._digits.clear()
            self._met.clear()
            self._waiting.clear()
        for word in words - self._met.keys():
            text = word.decode("utf-8", "replace")
            folded = cut(text).folded
            found = self._found_in[word] = tuple(map(self._find, folded))
            self._digits[word] = tuple(any(map(str.isdigit, token)) for token in folded)
            numbers = frozenset[int]().union(*found, self._counting(text))
            self._met[word] = reduce(or_, (self._meets[number] for number in numbers if number in self._meets), 0)
            waiting = dict.fromkeys(chain.from_iterable(self._at[number] for number in numbers if number in self._at))
            if waiting:
                self._waiting[word] = tuple(waiting)

    def look(self, piece: str) -> Looked:
        """A piece as the careful reading sees it, but that it may begin and end at any word."""
        return self._reader.look(self._reader.cut(piece), is_open=True)

    def glance(self, words: Sequence[bytes]) -> Looked:
        """Words as patterns see them; days and sums wherever there is a digit, names and words for days anywhere."""
        numbers = tuple(chain.from_iterable(map(self._found_in.__getitem__, words)))
        digits = [i for i, has in enumerate(chain.from_iterable(map(self._digits.__getitem__, words))) if has]
        near = {start: _stretch(start) for i in digits for start in range(max(0, i - _BEFORE_DIGIT), i + 1)}
        anywhere = {start: _stretch(start) for start in range(len(numbers))}
        mentions = {"date": near, "money": near, "number": near}
        mentions |= dict.fromkeys(("count", "when", "name"), anywhere)
        return Looked(words=_NO_WORDS, numbers=numbers, choices=self._choices, mentions=mentions, is_open=True)

    def _counting(self, text: str) -> Iterator[int]:
        digits = _NUMBER.findall(text)
        if digits:
            yield DIGIT
        if any(1 <= int(number) <= _LAST_DAY for number in digits):
            yield DAY
        if not self._signs.isdisjoint(text) or not self._currencies.isdisjoint(cut(text).folded):
            yield CURRENCY


class _Piece:
    """A piece of text, looked at when somebody asks, at a glance first."""

    def __init__(self, text: str, words: Sequence[bytes], sieve: _Sieve) -> None:
        self._text, self._words, self._sieve = text, words, sieve
        self._glance: Looked | None = None
        self._look: Looked | None = None

    def may_match(self, wanted: _Wanted) -> bool:
        self._glance = self._glance or self._sieve.glance(self._words)
        if not may_match(wanted.say, self._glance):
            return False
        if wanted.mentions:
            self._look = self._look or self._sieve.look(self._text)
        return self._look is None or not wanted.mentions or may_match(wanted.say, self._look)


_Candidate = tuple[_Wanted, _Piece]


class _Topics:
    """The topics that a mail may raise, each tried when it is asked for, and once."""

    def __init__(self, candidates: Mapping[str, Sequence[_Candidate]]) -> None:
        self.candidates = candidates
        self._known: dict[str, bool] = {}

    def may_be_raised(self, topic: str) -> bool:
        if topic not in self._known:
            self._known[topic] = any(place.may_match(wanted) for wanted, place in self.candidates[topic])
        return self._known[topic]


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
