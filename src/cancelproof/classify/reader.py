"""A language made ready to read with: its patterns compiled, and indexed by the words they need."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cancelproof import mentions
from cancelproof.classify.matcher import CompiledPattern, Compiler, Found, Looked, match, places
from cancelproof.rules.pattern import Pattern, parse
from cancelproof.rules.values import Guard, Language, Rule
from cancelproof.words import Words, cut


@dataclass(frozen=True, slots=True)
class _RuleSay:
    rule: Rule
    tier: int
    say: CompiledPattern
    order: int  # of the rule in its file: of two that say as much, the first wins


@dataclass(slots=True)
class Reader:
    """Finds rules, guards and cues in statements of one language. Built once; holds no state of a mail."""

    language: Language
    _compiler: Compiler = field(default_factory=Compiler)
    _index: dict[int, list[_RuleSay]] = field(default_factory=lambda: defaultdict(list))
    _always: list[_RuleSay] = field(default_factory=list)
    _guards: tuple[tuple[Guard, tuple[CompiledPattern, ...]], ...] = ()
    _cues: Mapping[str, tuple[CompiledPattern, ...]] = field(default_factory=dict)
    _relative: Mapping[str, tuple[CompiledPattern, ...]] = field(default_factory=dict)
    _contract: tuple[CompiledPattern, ...] = ()

    def __post_init__(self) -> None:
        compiled = self._compiler.pattern
        self._guards = tuple((g, tuple(map(compiled, g.patterns))) for g in self.language.guards)
        self._cues = {name: tuple(map(compiled, patterns)) for name, patterns in self.language.cues.items()}
        self._relative = {name: tuple(map(compiled, ps)) for name, ps in self.language.relative.items()}
        if "contract" in self.language.lists:
            self._contract = (compiled(parse("<contract>", self.language.lists)),)
        self.learn(self.language.rules, tier=3)

    def learn(self, rules: Iterable[Rule], tier: int) -> None:
        """Add rules; `tier` 0 is the owner's own, 3 the language's."""
        for order, rule in enumerate(rules):
            for pattern in rule.patterns:
                say = _RuleSay(rule, tier, self._compiler.pattern(pattern), order)
                rarest = min(say.say.needs, key=len, default=None)
                for number in rarest or ():
                    self._index[number].append(say)
                if not rarest:
                    self._always.append(say)

    def compile(self, pattern: Pattern) -> CompiledPattern:
        return self._compiler.pattern(pattern)

    def cut(self, text: str) -> Words:
        return cut(text, self.language.conjunctions)

    def look(self, words: Words) -> Looked:
        """Look up every word of a statement, and where it mentions dates, sums and numbers."""
        find = self._compiler.vocabulary.find
        numbers = tuple(find(word) for word in words.folded)
        raw: dict[tuple[str, int], str] = {}
        dates = _placed(words, "date", mentions.dates(words.text, self.language.dates), raw)
        sums = _placed(words, "money", mentions.sums(words.text, self.language.money), raw)
        looked = Looked(
            words=words,
            numbers=numbers,
            present=frozenset().union(*numbers),
            mentions={
                "date": dates,
                "money": sums,
                "number": {place: frozenset((place + 1,)) for place in mentions.numbers(words.folded)},
            },
            raw=raw,
        )
        whens = dict(dates)
        for spans in self.relative(looked).values():
            for first, last in spans:
                whens[first] = whens.get(first, frozenset()) | {last}
        looked.mentions = {**looked.mentions, "when": whens}
        looked.memo.clear()  # what was found before a word for a day counted as a mention
        return looked

    def rules(self, looked: Looked) -> Iterable[tuple[Rule, int, Found]]:
        """Each pattern of a rule that matches, with the rule and its tier."""
        for say in sorted(self._candidates(looked), key=lambda say: (say.tier, say.order)):
            if found := match(say.say, looked):
                yield say.rule, say.tier, found

    def _candidates(self, looked: Looked) -> Iterable[_RuleSay]:
        seen: set[int] = set()
        for number in looked.present:
            for say in self._index.get(number, ()):
                if id(say) not in seen:
                    seen.add(id(say))
                    yield say
        yield from self._always

    def guards(self, looked: Looked) -> list[tuple[Guard, int, int]]:
        """Every guard's words in a statement: the guard, its first word, and the one after its last."""
        return [(guard, first, last) for guard, patterns in self._guards for first, last in _spans(patterns, looked)]

    def cues(self, looked: Looked, name: str) -> list[tuple[int, int]]:
        """Where words of a cue list stand."""
        return _spans(self._cues.get(name, ()), looked)

    def contract_words(self, looked: Looked) -> list[tuple[int, int]]:
        """Where words for a contract stand."""
        return _spans(self._contract, looked)

    def relative(self, looked: Looked) -> dict[str, list[tuple[int, int]]]:
        """Where words for relative days stand, by their name."""
        found = {name: _spans(patterns, looked) for name, patterns in self._relative.items()}
        return {name: spans for name, spans in found.items() if spans}


def _spans(patterns: Iterable[CompiledPattern], looked: Looked) -> list[tuple[int, int]]:
    """The places of patterns of one part; of several parts, the whole match."""
    found: list[tuple[int, int]] = []
    for pattern in patterns:
        if any(looked.present.isdisjoint(need) for need in pattern.needs):
            continue
        if len(pattern.parts) == 1:
            found += places(pattern.parts[0], looked)
        elif whole := match(pattern, looked):
            found.append((whole.first, whole.last))
    return found


def _placed(
    words: Words, what: str, found: Iterable[mentions.Mention], raw: dict[tuple[str, int], str]
) -> dict[int, frozenset[int]]:
    """Mentions by the words they cover: first word to the word after the last; their text goes to `raw`."""
    placed: dict[int, frozenset[int]] = {}
    for mention in found:
        inside = [i for i, start in enumerate(words.starts) if mention.start <= start < mention.end]
        if inside:
            placed[inside[0]] = frozenset((inside[-1] + 1,))
            raw[what, inside[0]] = mention.text
    return placed
