"""What is understood of a mail: who sent it, what it asserts, the facts that it states, how strong a proof it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

from cancelproof.model.mail import Fault, Message, Origin
from cancelproof.model.words import Authenticity, Grade, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """How mail programs mark quoted and forwarded words, in every language on file; all in lower case.

    `wrote` ends the line above a quoted reply ("wrote", "schrieb"); `original` heads a quoted mail, `forwarded` a
    forwarded one; those and `replied` ("re", "aw") begin the subject of such a mail. The four tuples of field names
    head a mail's fields quoted as text. `abbreviations` end in a full stop that ends no sentence ("no.", "nr."),
    `months` are the names of months with their numbers: before one, a full stop ends none either ("bis 12. Juni").
    """

    wrote: tuple[str, ...] = ()
    original: tuple[str, ...] = ()
    forwarded: tuple[str, ...] = ()
    replied: tuple[str, ...] = ()
    from_names: tuple[str, ...] = ()
    date_names: tuple[str, ...] = ()
    subject_names: tuple[str, ...] = ()
    to_names: tuple[str, ...] = ()
    abbreviations: frozenset[str] = frozenset()
    months: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownVendor:
    """A vendor on file: its id, the name people say, other names, and the registrable domains it writes from.

    `common_word` marks a name that is a word of a language or people's own name as well; `related` holds the ids of
    vendors of the same house, whose domains it writes from too. `confirmation` says whether it confirms a cancellation
    in writing (usual, seldom, never, unknown), `confirmed_within` in how many days, where that is known.
    """

    id: str
    name: str
    names: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    common_word: bool = False
    confirmation: str = "unknown"
    confirmed_within: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSenders:
    """Who is on file: vendors, free-mail providers, and those who carry mail for others (registrable domains).

    `desk_words` say in a sender's name which desk wrote, `lures` in a domain what people are told to do there,
    `through` stand in a name between the firm and who writes for it,
    `small_words` are the smallest of each language; all folded.
    """

    vendors: tuple[KnownVendor, ...] = ()
    freemail: frozenset[str] = frozenset()
    carriers: frozenset[str] = frozenset()
    desk_words: frozenset[str] = frozenset()
    lures: frozenset[str] = frozenset()
    through: frozenset[str] = frozenset()
    small_words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Who really sent a mail. `domain` is the registrable domain that was authenticated, or "".

    `owned` are all domains on file of the vendors that write from it, and of those related to them.
    """

    word: Authenticity
    domain: str = ""
    owned: frozenset[str] = frozenset()
    reasons: tuple[str, ...] = ()


class OffBy(StrEnum):
    """What turns a match off."""

    GUARD = "guard"  # words of a guard, in the same clause or sentence
    LINK = "link"  # it asks to be clicked
    REPLY = "reply"  # a subject that repeats an earlier mail's
    QUESTION = "question"
    QUOTED = "quoted"  # between quotation marks
    NEEDS = "needs"  # a topic that the mail does not raise
    UNLESS = "unless"  # a topic that the mail raises
    SILENCED = "silenced"  # a topic that the whole mail is about
    DENIED = "denied"  # a rule that says that the sentence asserts nothing
    NOT_OWNERS = "not_owners"  # who wrote it: a request is the owner's, or stands in a form that the owner filled in


#: As `explain --json` has it, where it is not simply a name.
_TOLD = {
    OffBy.NEEDS: "needs {}",
    OffBy.UNLESS: "unless {}",
    OffBy.SILENCED: "silenced by {}",
    OffBy.DENIED: "other by {}",
}


@dataclass(frozen=True, slots=True)
class Off:
    """Why a match does not stand: what turned it off, and the name of the guard, the topics or the rule."""

    what: OffBy
    name: str = ""

    def __str__(self) -> str:
        return _TOLD.get(self.what, "{}").format(self.name or self.what)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A rule that matched a statement. `off` says what turned it off, None where the statement asserts it."""

    rule: str
    kind: Kind
    statement: int
    words: str
    off: Off | None = None
    firm: bool = True  # a title alone only hints
    experimental: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The kind of a mail, the hit that decided (None where nothing was asserted), every hit for the explanation.

    `signs` are what told most for the kind or against it, where the whole mail was weighed.
    """

    kind: Kind
    language: str
    hit: Hit | None = None
    hits: tuple[Hit, ...] = ()
    why: str = ""
    signs: tuple[tuple[str, float], ...] = ()


T = TypeVar("T")

#: In place of a statement's number: the page's structured data, which no person sees.
STRUCTURED = -2


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(Generic[T]):
    """A value, the words that state it, and the statement they stand in (-1: a header, -2: STRUCTURED).

    `ambiguous`: two readings are fair. `told`: it is the owner's word.
    """

    value: T
    raw: str = ""
    statement: int = -1
    ambiguous: bool = False
    told: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a mail states; each None unless the mail states it. Dates are calendar days, amounts positive."""

    vendor: Fact[str] | None = None
    vendor_domain: Fact[str] | None = None
    service: Fact[str] | None = None
    number: Fact[str] | None = None
    reference: Fact[str] | None = None
    effective_on: Fact[date] | None = None
    requested_on: Fact[date] | None = None
    charged_on: Fact[date] | None = None
    period_end: Fact[date] | None = None
    amount: Fact[Decimal] | None = None
    currency: Fact[str] | None = None
    final_bill: bool = False
    one_off: bool = False
    billing_stopped: bool = False
    effects: bool = False  # it says what stays, is deleted or must be returned after the end
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The grade of one mail as a proof of closure, None where it proves nothing; the elements E1 to E9."""

    grade: Grade | None = None
    elements: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that was understood of one mail."""

    origin: Origin
    sha256: str
    message: Message
    verdict: Verdict
    decision: Decision
    facts: Facts
    proof: Proof
    by_owner: bool = False
    faults: tuple[Fault, ...] = ()
    corrected: tuple[str, ...] = ()  # what is the owner's word: "kind", names of facts

    @property
    def sentence(self) -> str:
        """The statement that decided, else (it is none of the mail's) the words of the hit; "" where none did."""
        hit = self.decision.hit
        if hit is None:
            return ""
        statements = self.message.judged.statements
        return statements[hit.statement].text if 0 <= hit.statement < len(statements) else hit.words
