"""What rule files become: frozen values for `classify`, `extract`, `message` and `authenticity`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from cancelproof.model import Channel, Kind, KnownSenders, Marks, Place
from cancelproof.rules.pattern import Lists, Pattern
from cancelproof.words import cut

if TYPE_CHECKING:
    from cancelproof.rules.compiled import Compiled


#: What `senders.yaml` lists.
SENDER_FIELDS = ("freemail", "carriers", "lures", "through")

#: By sign, how much it tells for which kind (`weights.yaml`), or in a mail of which kind (`days.yaml`).
Weights = Mapping[str, Mapping[Kind, float]]
#: By language and word, how often it is said in a thousand words of mail that is of no contract (`everyday.yaml`).
Shares = Mapping[str, Mapping[str, float]]
#: By sign, how much it tells in a mail of whatever kind (`services.yaml`).
Tells = Mapping[str, float]


class Tier(IntEnum):
    """Whose word a rule is, the nearest first: it goes before those behind it."""

    OWN = 0  # of a file in the owner's folder
    VENDOR = 1
    PLATFORM = 2
    LANGUAGE = 3
    TOGETHER = 4  # what topics say together, but for a saying that is as good as a statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One way to assert a kind, or to raise a topic.

    `despite` names guards that do not turn it off, `needs` and `unless` name topics that the mail must or must not
    raise. `firm` False marks a title, which only hints. `sentence_wide` lets guards act over the whole sentence.
    """

    id: str
    kind: Kind | None
    topic: str = ""
    silences: bool = False  # a topic that turns every rule off: the mail is about something else altogether
    patterns: tuple[Pattern, ...]
    despite: frozenset[str] = frozenset()
    needs: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    where: frozenset[Place] = frozenset()
    firm: bool = True
    sentence_wide: bool = False
    experimental: bool = True
    examples: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    where_defined: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """Topics that assert a kind where a mail raises `every` one, and none of `unless`; the first of them shows it.

    A `strong` one counts as much as a statement that says it by itself.
    """

    id: str
    kind: Kind
    every: tuple[str, ...]
    unless: frozenset[str] = frozenset()
    strong: bool = False
    where_defined: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """What statements say together; the topics that a request raises which a mail quotes, and a mail that owners write.

    `names_end` is the topic of statements that name the day of the end, `goes_on` are those of statements that tell
    what is not touched by it or comes after it, `asks_secrets` of those that ask for what only the owner may know or
    pay with. No guard turns off a topic of `unguarded`, and a question raises one of `askable` too. The text of a link
    asserts no kind and raises no topic of `not_by_link`. `never` names for a kind the topics beside which nothing
    asserts it, `unsaid` those beside which no signs make it that no statement says. `telling` are patterns over
    concepts and word lists: the signs of a mail that has one are weighed though no statement comes near a kind.
    """

    quoted_request: str = ""
    by_owner: str = ""
    names_end: str = ""
    goes_on: frozenset[str] = frozenset()
    asks_secrets: str = ""
    unguarded: frozenset[str] = frozenset()
    askable: frozenset[str] = frozenset()
    not_by_link: frozenset[str] = frozenset()
    telling: tuple[str, ...] = ()
    never: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unsaid: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sayings: tuple[Saying, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """Words that turn a match off where they stand in its clause, or anywhere in its sentence; `topics` too, or not.

    `sentence_wide` reaches over the sentence for rules that say so too, `far` for all. With `kinds` it acts on
    those alone.
    """

    name: str
    patterns: tuple[Pattern, ...]
    sentence_wide: bool = False
    far: bool = False
    topics: bool = True
    kinds: frozenset[str] = frozenset()

    def acts_on(self, rule: Rule) -> bool:
        """Whether it may turn a match of a rule off at all."""
        if self.name in rule.despite:
            return False
        return self.topics if rule.topic else not self.kinds or str(rule.kind) in self.kinds


@dataclass(frozen=True, slots=True, kw_only=True)
class DateForms:
    """How a language writes dates: the order of numbers, the names of the twelve months.

    `ordinals` follow the number of a day (1st, 1er), `joiners` stand between day, month and year (3 de mayo), `counts`
    are words for small numbers (two weeks), folded, `day_words` those for days of a month (the first of July).
    """

    order: str = "DMY"
    order_varies: bool = False  # the order of numbers differs between countries of this language
    months: tuple[tuple[str, ...], ...] = ()
    weekdays: tuple[tuple[str, ...], ...] = ()  # from Monday
    ordinals: tuple[str, ...] = ()
    joiners: tuple[str, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    day_words: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyForms:
    """Words and signs for currencies, each with its ISO 4217 code.

    `at_home` are signs that several countries write for a currency of their own: sign, code, public suffixes.
    """

    currencies: tuple[tuple[str, str], ...] = ()
    at_home: tuple[tuple[str, str, frozenset[str]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """All that one language file says.

    `cues` are words that tell which date, sum or number is which, `concepts` those that tell of what a statement
    speaks.
    """

    code: str
    name: str
    common: frozenset[str] = frozenset()
    conjunctions: frozenset[str] = frozenset()
    lists: Lists = field(default_factory=dict)
    guards: tuple[Guard, ...] = ()
    rules: tuple[Rule, ...] = ()
    dates: DateForms = DateForms()
    relative: Mapping[str, tuple[Pattern, ...]] = field(default_factory=dict)
    money: MoneyForms = MoneyForms()
    cues: Mapping[str, tuple[Pattern, ...]] = field(default_factory=dict)
    concepts: Mapping[str, tuple[Pattern, ...]] = field(default_factory=dict)
    sender_words: frozenset[str] = frozenset()
    marks: Marks = field(default_factory=Marks)
    own: bool = False  # the file is the owner's

    @property
    def tier(self) -> Tier:
        return Tier.OWN if self.own else Tier.LANGUAGE


@dataclass(frozen=True, slots=True)
class Vendor:
    """A vendor on file; `platform` marks one that also writes about contracts with others.

    `number_shapes` describe its contract numbers: 9 is a digit, A a letter, X either (one of each at least),
    all else stands for itself.
    `related` holds ids of vendors, each with the place that names it; for `common_word` see `model.KnownVendor`.

    `confirmation` says whether a cancellation is confirmed in writing there, `confirmed_within` in how many days.
    `cancel` holds the ways to cancel, each with its address or "" (see `rules.cancelling`); `sold_through` ids of
    platforms. `examples` are sentences of the vendor with their language and the kind that they assert, `silent` such
    that assert nothing. Every value is plain, for `packing`.
    """

    id: str
    name: str
    names: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    country: str = ""
    number_shapes: tuple[str, ...] = ()
    platform: bool = False
    labels: tuple[str, ...] = ()
    related: Mapping[str, str] = field(default_factory=dict)
    common_word: bool = False
    sector: str = ""
    confirmation: str = "unknown"
    confirmed_within: int | None = None
    cancel: Mapping[str, str] = field(default_factory=dict)
    cancel_steps: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    cancel_notes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    cancel_registered: tuple[str, ...] = ()
    sold_through: tuple[str, ...] = ()
    statement_names: tuple[str, ...] = ()
    note: str = ""
    examples: tuple[tuple[str, str, str], ...] = ()
    silent: tuple[tuple[str, str], ...] = ()
    rules: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    checked: str = ""
    where_defined: str = ""
    own: bool = False  # the file is the owner's

    @property
    def tier(self) -> Tier:
        return Tier.OWN if self.own else Tier.PLATFORM if self.platform else Tier.VENDOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """How the columns of tables are headed that owners and banks write: field to folded headings.

    `told` are lists of cancellations, `statement` bank statements. Under the headings of `either_order` a day may begin
    with the month; under all others it does not. `taken` and `given` are the words of a column that
    says whether money went or came, `rails` those that say how it was taken: card, direct_debit. `channels` are the
    folded words for how the owner asked.
    """

    told: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    either_order: tuple[tuple[str, ...], ...] = ()
    statement: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    taken: frozenset[str] = frozenset()
    given: frozenset[str] = frozenset()
    rails: Mapping[str, frozenset[str]] = field(default_factory=dict)
    channels: Mapping[tuple[str, ...], Channel] = field(default_factory=dict)

    def channel(self, text: str) -> Channel | None:
        """What an owner means who says how a contract was cancelled; None for words that nobody wrote down."""
        said = cut(text).folded
        return self.channels.get(said) or next((one for one in Channel if (one.value,) == said), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Every rule file, read. `by_domain` holds the vendors by registrable domain.

    `languages` holds the files as read, by code (nothing where the rules come in their compiled form), `compiled` what
    reading needs of each, `common` the smallest words of each.

    `by_name` holds the folded words of every vendor's names by the first of them; `sender_words` those that only say
    which desk wrote, in every language.
    """

    languages: Mapping[str, Language]
    compiled: Mapping[str, Compiled] = field(default_factory=dict)
    common: Mapping[str, frozenset[str]] = field(default_factory=dict)
    together: Together = Together()
    weights: Weights = field(default_factory=dict)
    days: Weights = field(default_factory=dict)
    services: Tells = field(default_factory=dict)
    vendors: tuple[Vendor, ...] = ()
    by_domain: Mapping[str, Vendor] = field(default_factory=dict)
    by_name: Mapping[str, tuple[tuple[tuple[str, ...], Vendor], ...]] = field(default_factory=dict)
    sender_words: frozenset[str] = frozenset()
    senders: KnownSenders = field(default_factory=KnownSenders)
    marks: Marks = field(default_factory=Marks)
