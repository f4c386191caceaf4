"""A compiled language, ready to read with: finds rules, guards and cues in statements."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cancelproof import mentions
from cancelproof.classify.matcher import Found, Looked, candidates, match, places
from cancelproof.rules.compiled import Compiled, Says
from cancelproof.rules.values import Guard, Rule, Tier
from cancelproof.words import Words, cut

_DIGIT = re.compile(r"\d")
_DIGITS = re.compile(r"\d{1,2}(?!\d)")
_DAY_OF_MONTH, _LAST_DAY = "day_of_month", 31
_STOPS = ",;:.!)–—"


@dataclass(frozen=True, slots=True)
class Reader:
    """Finds rules, guards and cues in statements of one language, with the own rules of a vendor on top."""

    language: Compiled
    vendor_id: str = ""

    def cut(self, text: str) -> Words:
        return cut(text, self.language.conjunctions)

    def look(self, words: Words, *, is_open: bool = False) -> Looked:
        """Look up every word of a statement (of any, where it `is_open`), and where dates, sums and numbers stand."""
        find = self.language.vocabulary.find
        raw: dict[tuple[str, int], str] = {}
        digits = _DIGIT.search(words.text)  # days, sums and numbers hold one; most statements do not
        dates = _placed(words, "date", mentions.dates(words.text, self.language.dates), raw) if digits else {}
        sums = _placed(words, "money", mentions.sums(words.text, self.language.money), raw) if digits else {}
        numbers = {place: frozenset((place + 1,)) for place in mentions.numbers(words.folded)}
        in_words = self.language.counting
        counts = {i: frozenset((i + 1,)) for i, word in enumerate(words.folded) if i in numbers or word in in_words}
        names = {
            first: frozenset(range(first + 1, last + 1)) for first, last in mentions.names(words, self.language.common)
        }
        looked = Looked(
            words=words,
            numbers=tuple(find(word) for word in words.folded),
            choices=self.language.choices,
            mentions={"date": dates, "money": sums, "number": numbers, "count": counts, "name": names},
            raw=raw,
            is_open=is_open,
        )
        whens = dict(dates)
        for spans in self.relative(looked).values():
            for first, last in spans:
                whens[first] = whens.get(first, frozenset()) | {last}
        looked.mention("when", whens)
        return looked

    def rules(self, looked: Looked) -> Iterator[tuple[Rule, Tier, Found]]:
        """Each pattern of a rule that matches, with the rule and its tier; nearer tiers first, then as in the file."""
        if self.vendor_id in self.language.own:
            tier, rules, says = self.language.own[self.vendor_id]
            yield from _matching(rules, says, tier, looked)
        yield from _matching(self.language.rules, self.language.rule_says, self.language.tier, looked)

    def guards(self, looked: Looked) -> list[tuple[Guard, int, int]]:
        """Every guard's words in a statement: the guard, its first word, and the one after its last."""
        says = self.language.guard_says
        return [(self.language.guards[of], first, last) for of, first, last in _spans(says, looked)]

    def cues(self, looked: Looked, name: str) -> list[tuple[int, int]]:
        """Where words of a cue list stand."""
        says = self.language.cues.get(name)
        return [(first, last) for _, first, last in _spans(says, looked)] if says else []

    def notion(self, looked: Looked, name: str) -> list[tuple[int, int]]:
        """Where words of a list stand that means the same in every language, `contract` say."""
        says = self.language.notions.get(name)
        return [(first, last) for _, first, last in _spans(says, looked)] if says else []

    def notions(self, looked: Looked) -> frozenset[str]:
        """What a statement speaks of: the lists that it has words of, and whether it names a day (`when`) or a sum."""
        lists = (name for name in self.language.notions if self.notion(looked, name))
        return frozenset((*lists, *(what for what in ("when", "money") if looked.mentions[what])))

    def concepts(self, looked: Looked) -> list[tuple[str, int, int]]:
        """The concepts that a statement has words of, and where: the first word, and the one after the last."""
        names, says = self.language.concepts, self.language.concept_says
        return [(names[of], first, last) for of, first, last in _spans(says, looked)]

    def tells(self, looked: Looked) -> bool:
        """Whether a statement has what makes the signs of its mail be weighed, though no rule comes near a kind."""
        return any(match(say, looked) for say in candidates(self.language.telling, looked))

    def relative(self, looked: Looked) -> dict[str, list[tuple[int, int]]]:
        """Where words for relative days stand, by their name."""
        each = {name: _spans(says, looked) for name, says in self.language.relative.items()}
        plain = {name: [(first, last) for _, first, last in spans] for name, spans in each.items() if spans}
        if spans := plain.pop(_DAY_OF_MONTH, None):
            # The number alone is the day: what stands before it, "until the", says of what, as before any date.
            days = {place for first, last in spans for place in range(first, last) if self._is_day(looked, place, last)}
            plain[_DAY_OF_MONTH] = [(place, place + 1) for place in sorted(days)]
        return plain

    def _is_day(self, looked: Looked, place: int, last: int) -> bool:
        """Whether the word at a place is a day of a month not named: *until the 31st*, and not *31 places*.

        `last`: the word after the pattern's last; what a pattern says after the number shows that it is a day.
        """
        words = looked.words
        digits = _DIGITS.match(words.folded[place])
        if not digits or not 1 <= int(digits[0]) <= _LAST_DAY:
            return False
        spans = (item for what in ("date", "money") for item in looked.mentions[what].items())
        if any(first <= place < max(ends) for first, ends in spans):
            return False
        if place + 1 == len(words) or place + 1 < last or not words.folded[place].isdigit():
            return True
        between = words.text[words.ends[place] : words.starts[place + 1]]
        small = self.language.common | self.language.conjunctions
        return bool(between.strip()[:1] in _STOPS and between.strip()) or words.folded[place + 1] in small


def _matching(rules: tuple[Rule, ...], says: Says, tier: Tier, looked: Looked) -> Iterator[tuple[Rule, Tier, Found]]:
    for say in sorted(candidates(says, looked), key=lambda say: say.of):
        if found := match(say, looked):
            yield rules[say.of], tier, found


def _spans(says: Says, looked: Looked) -> list[tuple[int, int, int]]:
    """Whose each pattern is, and its places where it has one part; where it has several, the whole match."""
    found: list[tuple[int, int, int]] = []
    if not says.always and says.by_number.keys().isdisjoint(looked.present):  # most lists in most statements
        return found
    for say in candidates(says, looked):
        if len(say.parts) == 1:
            found += [(say.of, first, last) for first, last in places(say.parts[0], looked)]
        elif whole := match(say, looked):
            found.append((say.of, whole.first, whole.last))
    return found


def _placed(
    words: Words, what: str, found: Iterable[mentions.Mention], raw: dict[tuple[str, int], str]
) -> dict[int, frozenset[int]]:
    """Mentions by the words they cover: first word to the word after the last; their text goes to `raw`."""
    placed: dict[int, frozenset[int]] = {}
    for mention in found:
        if inside := words.covered(mention.start, mention.end):
            first, last = inside
            placed[first] = frozenset((last,))
            raw[what, first] = mention.text
    return placed
