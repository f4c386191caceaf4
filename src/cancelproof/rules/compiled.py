"""A language compiled: patterns as steps over numbered words, indexed by the words that they need.

All of it is tuples, numbers and text, so that `packing` can keep it: reading the files anew takes seconds, loading the
compiled form milliseconds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

from cancelproof.rules import pattern as written
from cancelproof.rules.values import DateForms, Guard, Language, MoneyForms, Rule, Tier, Vendor
from cancelproof.rules.vocabulary import Numbering, Vocabulary

WORD, GAP, MENTION, EDGE, CHOICE = range(5)

#: The word lists that mean the same in every language: which of them a mail holds is a sign of its kind.
NOTIONS = (
    "contract", "renewal", "termination", "end_request", "end_day", "not_contract", "money_word", "bill", "free_tier",
    "data", "end", "drop", "shut", "remove", "undo_end", "withdraw", "receive", "refuse", "charge", "pay_out", "fail",
)  # fmt: skip

Step = tuple[int, Any]  # what it is, and: a word's number, a gap's width, a mention's name, end or beginning, a choice
Steps = tuple[Step, ...]


class Choice(NamedTuple):
    """One of several sequences: of one word (`singles`), by the number of their first word, or others (`loose`)."""

    optional: bool
    singles: frozenset[int]
    by_first: Mapping[int, tuple[Steps, ...]]
    loose: tuple[Steps, ...]


class Say(NamedTuple):
    """A pattern ready to match: its parts, the sets of words of each of which one must be there, and whose it is."""

    parts: tuple[Steps, ...]
    needs: tuple[frozenset[int], ...]
    of: int


class Says(NamedTuple):
    """Patterns, indexed by the rarest words that each needs; `always` are those that need none."""

    says: tuple[Say, ...]
    by_number: Mapping[int, tuple[int, ...]]
    always: tuple[int, ...]


class Waits(NamedTuple):
    """What the gate waits for before it tries a pattern, for each that it asks (`waits.asked`).

    `needs` holds for each word, by its number, which needs it meets; `of` the rarest needs of each pattern; `mentions`
    whether it mentions days, sums or names.
    """

    needs: Mapping[int, tuple[int, ...]]
    of: tuple[tuple[int, ...], ...]
    mentions: tuple[bool, ...]


@dataclass(frozen=True, kw_only=True)
class Compiled:
    """What reading in a language needs; `tier` is that of its rules.

    `own` holds vendors' rules in this language, with their tier, by vendor.
    """

    code: str
    common: frozenset[str]
    conjunctions: frozenset[str]
    dates: DateForms
    money: MoneyForms
    tables: tuple[Mapping[str, tuple[int, ...]], ...]
    choices: tuple[Choice, ...]
    rules: tuple[Rule, ...]
    rule_says: Says
    guards: tuple[Guard, ...]
    guard_says: Says
    cues: Mapping[str, Says]
    relative: Mapping[str, Says]
    notions: Mapping[str, Says]
    concepts: tuple[str, ...]
    concept_says: Says  # each of the place of its concept
    telling: Says  # what makes signs be weighed where no rule comes near a kind
    tier: Tier = Tier.LANGUAGE
    waits: Waits = field(default_factory=lambda: Waits({}, (), ()))
    own: Mapping[str, tuple[Tier, tuple[Rule, ...], Says]] = field(default_factory=dict)

    @cached_property
    def counting(self) -> frozenset[str]:
        """The words for small numbers."""
        return frozenset(word for word, _ in self.dates.counts)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        return Vocabulary(self.tables)


def compile_language(language: Language, vendors: Iterable[Vendor] = (), telling: Iterable[str] = ()) -> Compiled:
    """Compile a language with the rules that vendors have in it; `telling` as in `Together`."""
    compiler = _Compiler()
    notions = {name: written.parse(f"<{name}>", language.lists) for name in NOTIONS if name in language.lists}
    own = {}
    for vendor in vendors:
        if rules := vendor.rules.get(language.code):
            own[vendor.id] = (vendor.tier, _bare_rules(rules), compiler.of_each(rules))
    parts: dict[str, Any] = {
        "rule_says": compiler.of_each(language.rules),
        "guard_says": compiler.of_each(language.guards),
        "cues": {name: compiler.says(patterns) for name, patterns in language.cues.items()},
        "relative": {name: compiler.says(patterns) for name, patterns in language.relative.items()},
        "notions": {name: compiler.says([pattern]) for name, pattern in notions.items()},
        "telling": compiler.says(_telling(language, telling)),
        "concept_says": compiler.of_lists(_merged(name, each) for name, each in language.concepts.items()),
    }
    return Compiled(
        code=language.code,
        tier=language.tier,
        common=language.common,
        conjunctions=language.conjunctions,
        dates=language.dates,
        money=language.money,
        rules=_bare_rules(language.rules),
        guards=tuple(replace(guard, patterns=()) for guard in language.guards),
        own=own,
        concepts=tuple(language.concepts),
        tables=compiler.numbering.tables(),
        choices=tuple(compiler.choices),
        **parts,
    )


def _telling(language: Language, sources: Iterable[str]) -> Iterator[written.Pattern]:
    """The telling patterns of which a language has all lists; a concept goes before a list of its name."""
    concepts = {name: tuple(each.parts[0] for each in patterns) for name, patterns in language.concepts.items()}
    for source in sources:
        with suppress(written.PatternFault):
            yield written.parse(source, {**language.lists, **concepts})


def _merged(name: str, patterns: Iterable[written.Pattern]) -> Iterator[written.Pattern]:
    """The patterns of a concept, those that begin with a word as one choice: fifty thousand would take 20 MB more."""
    options: list[written.Sequence] = []
    for pattern in patterns:
        if len(pattern.parts) == 1 and isinstance(pattern.parts[0][0], written.Word):
            options += pattern.parts
        else:
            yield pattern
    if options:
        yield written.Pattern(name, ((written.Choice(f"concept {name}", tuple(options)),),))


def _bare_rules(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """The rules without what only their patterns and samples need."""
    return tuple(replace(rule, patterns=(), examples=(), silent=()) for rule in rules)


class _Compiler:
    """Turns patterns into steps over one numbering; equal sets and sequences are kept once."""

    def __init__(self) -> None:
        self.numbering = Numbering()
        self.choices: list[Choice] = []
        self._known: dict[object, int] = {}
        self._needed: dict[int, frozenset[int]] = {}
        self._kept: dict[object, Any] = {}

    def of_each(self, rules: Iterable[Rule | Guard]) -> Says:
        """The patterns of rules, each marked with the place of its rule."""
        return self.of_lists(rule.patterns for rule in rules)

    def of_lists(self, lists: Iterable[Iterable[written.Pattern]]) -> Says:
        """The patterns of lists, each marked with the place of its list."""
        return _indexed([self._say(pattern, of) for of, patterns in enumerate(lists) for pattern in patterns])

    def says(self, patterns: Iterable[written.Pattern]) -> Says:
        return _indexed([self._say(pattern, 0) for pattern in patterns])

    def _say(self, pattern: written.Pattern, of: int) -> Say:
        parts = tuple(self._steps(part) for part in pattern.parts)
        return Say(parts, tuple(need for part in parts for need in self._needs(part)), of)

    def _steps(self, sequence: written.Sequence) -> Steps:
        steps = tuple(self._step(item) for item in sequence)
        return self._keep(steps)  # type: ignore[no-any-return]  # what was put in

    def _keep(self, value: Any) -> Any:
        return self._kept.setdefault(value, value)

    def _step(self, item: written.Item) -> Step:
        match item:
            case written.Word():
                return (WORD, self.numbering.number(item))
            case written.Gap():
                return (GAP, item.most)
            case written.Mention():
                return (MENTION, item.what)
            case written.Edge():
                return (EDGE, item.end)
            case _:
                return (CHOICE, self._choice(item))

    def _choice(self, choice: written.Choice) -> int:
        key: object = (choice.name, choice.optional) if choice.name else choice
        if key not in self._known:
            singles, by_first, loose = set(), defaultdict(list), []
            for option in choice.options:
                steps = self._steps(option)
                if steps[0][0] != WORD:
                    loose.append(steps)
                elif len(steps) == 1:
                    singles.add(steps[0][1])
                else:
                    by_first[steps[0][1]].append(steps)
            firsts = {number: tuple(dict.fromkeys(options)) for number, options in by_first.items()}
            self.choices.append(Choice(choice.optional, self._keep(frozenset(singles)), firsts, tuple(loose)))
            self._known[key] = len(self.choices) - 1
        return self._known[key]

    def _needs(self, part: Steps) -> Iterable[frozenset[int]]:
        """For each step that cannot be left out: words of which one must be there (none for mentions and gaps)."""
        for tag, value in part:
            if tag == WORD:
                yield self._keep(frozenset((value,)))
            elif tag == CHOICE and (need := self._need_of(value)):
                yield self._keep(need)

    def _need_of(self, number: int) -> frozenset[int]:
        if number not in self._needed:
            self._needed[number] = self._keep(self._one_of(self.choices[number]))
        return self._needed[number]

    def _one_of(self, choice: Choice) -> frozenset[int]:
        """The words of which a choice needs one: none where it may be left out."""
        if choice.optional:
            return frozenset()
        options = (*choice.loose, *chain.from_iterable(choice.by_first.values()))
        rarest = [self._rarest(steps) for steps in options]
        return choice.singles.union(*rarest) if all(rarest) else frozenset()

    def _rarest(self, steps: Steps) -> frozenset[int]:
        """Of a sequence the words of which one must be there: its longest word, where it has one of its own."""
        words = [value for tag, value in steps if tag == WORD]
        if words:
            return frozenset((max(reversed(words), key=self.numbering.letters),))
        return next(iter(self._needs(steps)), frozenset[int]())


def _indexed(says: Sequence[Say]) -> Says:
    index: dict[int, list[int]] = defaultdict(list)
    always = []
    for place, say in enumerate(says):
        rarest = min(say.needs, key=len, default=frozenset[int]())
        for number in rarest:
            index[number].append(place)
        if not rarest:
            always.append(place)
    return Says(tuple(says), {number: tuple(places) for number, places in index.items()}, tuple(always))
