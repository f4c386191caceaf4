"""The nouns of the program, frozen. Words mean what docs/handbook.md says.

The way of a mail: RawMail → Message → Verdict → Decision → Facts → Proof → Entry (what the ledger keeps) → Case.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Generic, TypeVar


class Kind(StrEnum):
    """What a mail asserts, strongest first (but for `request`, which is decided by who wrote it)."""

    REFUSAL = "refusal"
    REACTIVATION = "reactivation"
    CLOSURE = "closure"
    ACKNOWLEDGEMENT = "acknowledgement"
    REQUEST = "request"
    PAYMENT_FAILED = "payment_failed"
    REFUND = "refund"
    RECEIPT = "receipt"
    RENEWAL = "renewal"
    DATA_EXPORT = "data_export"
    RETENTION = "retention"
    OTHER = "other"


class Status(StrEnum):
    """Where a case stands on a day."""

    RUNNING = "running"
    STOPPED_SILENTLY = "stopped_silently"
    AWAITING_PROOF = "awaiting_proof"
    REFUSED = "refused"
    ENDING = "ending"
    PROVEN = "proven"
    CHARGED_AFTER_END = "charged_after_end"
    RESUMED = "resumed"


#: The statuses that answer the digest's question: which cancellations still lack written proof?
LACKING_PROOF = frozenset({Status.AWAITING_PROOF, Status.REFUSED, Status.STOPPED_SILENTLY})


class Grade(StrEnum):
    """How strong a proof is; X is contradicted or forged (docs/proof.md)."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    X = "X"


class Authenticity(StrEnum):
    """The ladder of who really sent a mail."""

    VERIFIED = "verified"
    ATTESTED = "attested"
    NOT_CHECKABLE = "not_checkable"
    UNAUTHENTICATED = "unauthenticated"
    SUSPECT = "suspect"

    @property
    def authentic(self) -> bool | None:
        """True, False (forged) or None (nothing speaks for or against)."""
        if self in (Authenticity.VERIFIED, Authenticity.ATTESTED):
            return True
        return False if self is Authenticity.SUSPECT else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that could not be read or understood: where it is and what is wrong. Never stops a scan."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" if self.where else self.what


# ---------------------------------------------------------------- sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a mail's bytes came from.

    `source` is what people and the JSON contracts see: the path as given with what lies below it, `#n` for the n-th mail
    of an mbox, `a.zip!/inner/path.eml` in an archive, `imap:ACCOUNT/FOLDER;UIDVALIDITY=…;UID=…` on a server.
    `received` is the server's or archive's own note of arrival (IMAP INTERNALDATE), aware, or None.
    """

    source: str
    account: str = ""
    folder: str = ""
    uidvalidity: int | None = None
    uid: int | None = None
    received: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class RawMail:
    """A whole mail, byte for byte as its source held it, and where it came from."""

    raw: bytes
    origin: Origin

    @cached_property
    def sha256(self) -> str:
        """The mail's identity: hex digest of its bytes with CRLF line ends; a copy kept by a Unix tool is the same mail."""
        return hashlib.sha256(self.raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderState:
    """How far a folder has been read: all up to `last_uid` is stored or named in a fault (RFC 9051 2.3.1.1)."""

    account: str
    folder: str
    uidvalidity: int
    last_uid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some mails of a source, in order; `state` is to be committed together with what they yield.

    `passed_over` counts the files that are no mail.
    """

    mails: tuple[RawMail, ...] = ()
    faults: tuple[Fault, ...] = ()
    passed_over: int = 0
    state: FolderState | None = None


# ---------------------------------------------------------------- message


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A display name and a mailbox `local@domain` in lower case; either may be empty."""

    name: str = ""
    mailbox: str = ""

    @property
    def domain(self) -> str:
        return self.mailbox.rpartition("@")[2]


class Place(StrEnum):
    """Where in a mail a statement stands."""

    SUBJECT = "subject"
    BODY = "body"
    LETTER = "letter"  # the text of an attached document, which counts as the mail's own words


class Voice(StrEnum):
    """Whose words a statement is: the writer's own, or quoted from an earlier mail."""

    OWN = "own"
    QUOTED = "quoted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One sentence, heading or table row as a person sees it.

    `text` has single spaces. `cells` are the cells of a table row or of a `label: value` line, left to right; empty for
    running text. The text of a row is its cells joined by " | ".
    """

    text: str
    place: Place = Place.BODY
    voice: Voice = Voice.OWN
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A part that is no text of the mail. `name` is for display only, never a path."""

    name: str
    content_type: str
    payload: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A mail as a person would see it.

    `date` is the Date header, else (missing or absurd) that of the newest Received; aware. `headers` holds every header in
    order, name in lower case, value unfolded but not decoded. `forwarded` is the mail that this one forwards (attached or
    inline): it is what gets judged. `links` are the targets of links, never fetched.
    """

    message_id: str = ""
    date: datetime | None = None
    subject: str = ""
    senders: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    recipients: tuple[Address, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    statements: tuple[Statement, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    links: tuple[str, ...] = ()
    forwarded: Message | None = None
    defects: tuple[str, ...] = ()

    @property
    def sender(self) -> Address:
        """The one author (RFC 5322 3.6.2), or an empty address where there is none."""
        return self.senders[0] if self.senders else Address()

    def header(self, name: str) -> tuple[str, ...]:
        return tuple(value for key, value in self.headers if key == name)


# ---------------------------------------------------------------- what the rules tell the stages before `classify`


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """How mail programs mark quoted and forwarded words, in every language on file; all in lower case.

    `wrote` ends the line above a quoted reply ("wrote", "schrieb"); `original` heads a quoted mail, `forwarded` a forwarded
    one; the four tuples of field names head a mail's fields quoted as text. `abbreviations` end in a full stop that ends
    no sentence ("no.", "nr.").
    """

    wrote: tuple[str, ...] = ()
    original: tuple[str, ...] = ()
    forwarded: tuple[str, ...] = ()
    from_names: tuple[str, ...] = ()
    date_names: tuple[str, ...] = ()
    subject_names: tuple[str, ...] = ()
    to_names: tuple[str, ...] = ()
    abbreviations: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownVendor:
    """A vendor on file: its id, the name people say, other names, and the registrable domains it writes from."""

    id: str
    name: str
    names: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSenders:
    """Who is on file: vendors, free-mail providers, and those who carry mail for others (registrable domains)."""

    vendors: tuple[KnownVendor, ...] = ()
    freemail: frozenset[str] = frozenset()
    carriers: frozenset[str] = frozenset()


# ---------------------------------------------------------------- authenticity, classify, extract


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Who really sent a mail. `domain` is the registrable domain that was authenticated, or ""; `reasons` are sentences."""

    word: Authenticity
    domain: str = ""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A rule that matched a statement. `guard` names what turned it off, or is "" where the statement asserts it."""

    rule: str
    kind: Kind
    statement: int
    words: str
    guard: str = ""
    firm: bool = True  # a title alone only hints
    experimental: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The kind of a mail, the hit that decided (None where nothing was asserted), every hit for the explanation."""

    kind: Kind
    language: str
    hit: Hit | None = None
    hits: tuple[Hit, ...] = ()
    why: str = ""


T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(Generic[T]):
    """A value, the words that state it, and the statement they stand in (-1: a header)."""

    value: T
    raw: str = ""
    statement: int = -1
    ambiguous: bool = False


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
    faults: tuple[Fault, ...] = ()


# ---------------------------------------------------------------- ledger and judge


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the ledger keeps of one mail, and what `judge` sees of it.

    `day` is the calendar day of the mail in the sender's own time zone. `sent` is True for a mail that the owner wrote.
    `forwarded` is True where the mail that was judged came inside another. `number` is the contract's own number (line,
    policy, membership), `reference` the vendor's number for the case.
    `period_end` is the last day that a bill pays for. `domains` are those that the mail names for its vendor.
    """

    sha256: str
    message_id: str = ""
    source: str = ""
    sent_at: datetime | None = None
    day: date
    sender: str = ""
    subject: str = ""
    kind: Kind
    vendor: str = ""
    vendor_domain: str = ""
    service: str = ""
    number: str = ""
    reference: str = ""
    language: str = ""
    effective_on: date | None = None
    requested_on: date | None = None
    charged_on: date | None = None
    period_end: date | None = None
    amount: Decimal | None = None
    currency: str = ""
    final_bill: bool = False
    one_off: bool = False
    sent: bool = False
    forwarded: bool = False
    authentic: bool | None = None
    authenticity: Authenticity = Authenticity.UNAUTHENTICATED
    grade: Grade | None = None
    elements: Mapping[str, bool] = field(default_factory=dict)
    domains: tuple[str, ...] = ()
    rule: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A cancellation that the owner reported: all but the vendor may be unknown."""

    vendor: str
    service: str = ""
    requested_on: date | None = None
    channel: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """Money taken for the time after the end. `day` is the day it was taken."""

    day: date
    amount: Decimal | None = None
    currency: str = ""
    source: str = ""


class Step(StrEnum):
    """What the owner should do next about a case; the words for it are `report`'s."""

    NONE = "none"
    WAIT_FOR_PROOF = "wait_for_proof"  # asked lately; a confirmation may still come
    ASK_FOR_PROOF = "ask_for_proof"
    ASK_AGAIN_WEAK_PROOF = "ask_again_weak_proof"  # a closure that nothing authenticates
    ANSWER_REFUSAL = "answer_refusal"
    DISPUTE_CHARGE = "dispute_charge"
    WATCH_BILLING = "watch_billing"  # ended lately: see that no bill follows
    FIND_OUT = "find_out"  # the bills stopped and nobody said why


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One contract on the day that `judge` was asked about.

    `proof` is the closure that proves its end; `mails` are sources, oldest first; `due_on` is the day by which `step`
    should be done; `told` is True where the owner reported the cancellation.
    """

    vendor: str
    vendor_domain: str = ""
    service: str = ""
    number: str = ""
    status: Status
    requested_on: date | None = None
    ends_on: date | None = None
    proof: Entry | None = None
    charges_after_end: tuple[Charge, ...] = ()
    step: Step = Step.NONE
    due_on: date | None = None
    next_charge_on: date | None = None
    last_charge: Charge | None = None
    mails: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    told: bool = False
    channel: str = ""  # how the owner says that it was asked for: web, phone, letter …


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What a scan saw of one account or archive, and what it could not see: silence is never "all clear"."""

    name: str
    seen: int = 0
    new: int = 0
    kept: int = 0
    passed_over: int = 0
    unreadable: tuple[Fault, ...] = ()
    blind: str = ""  # why nothing could be seen, in a sentence, or ""
    last_good_run: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What every report is made of."""

    today: date
    cases: tuple[Case, ...]
    mails: int = 0
    coverage: tuple[Coverage, ...] = ()
    owner: tuple[str, ...] = ()
