"""What the ledger keeps, what the owner told, and where each contract stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from cancelproof.model.batch import Batch, FolderSeen
from cancelproof.model.mail import Fault
from cancelproof.model.words import LACKING_PROOF, Act, Authenticity, Due, Grade, Kind, Status, Step

#: Before the source of what a bank statement tells, as `imap:` stands before that of a mail on a server.
BANK = "bank:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the ledger keeps of one mail, and what `judge` sees of it.

    `day` is the calendar day of the mail in the sender's own time zone. `sent` is True for a mail that the owner wrote.
    `forwarded` is True where the mail that was judged came inside another. `number` is the contract's own number (line,
    policy, membership), `reference` the vendor's number for the case.
    `corrected` names what is the owner's word and not the program's reading: "kind", and fields of this class.
    `period_end` is the last day that a bill pays for, or of the term that a refusal names. `domains` are those that
    the mail names for its vendor. `marks` may tell contracts without a number apart: `place:59000`, `card:4242`,
    `to:me@example.org`.
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
    corrected: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()

    @property
    def banked(self) -> bool:
        """Whether it is a line of a bank statement, and no mail."""
        return self.source.startswith(BANK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """The owner's word on one mail: its kind, or None; facts by the name of their field of `Facts`, None for "none".

    It stands over every reading, until it is taken back.
    """

    sha256: str
    kind: Kind | None = None
    facts: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class BankCharge:
    """A line of a bank statement that is known to be a vendor's: money taken, or (`refund`) paid back.

    `id` tells it from every other line, the same in each file that holds it. `day` is the day it was taken, `amount`
    positive. `words` is what the statement calls the vendor; `source` is `bank:` with the file's name and the place in
    it. `rail` is "card", "direct_debit" or "" where the statement does not say. `why` names what it was known by.
    """

    id: str
    day: date
    amount: Decimal
    currency: str = ""
    refund: bool = False
    vendor: str
    words: str = ""
    source: str
    rail: str = ""
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A cancellation that the owner reported: all but the vendor may be unknown."""

    vendor: str
    service: str = ""
    requested_on: date | None = None
    channel: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """The owner's word on cases, which every later judgement obeys. Cases are named by mails and by what was told.

    `mails` are SHA-256; for a merge one of each case is enough. `text` is the reason of a closing. Of a note, what is
    empty or None says nothing.
    """

    act: Act
    on: date
    mails: tuple[str, ...] = ()
    told: tuple[Told, ...] = ()
    text: str = ""
    vendor: str = ""
    service: str = ""
    number: str = ""
    cancel_by: date | None = None
    commitment_until: date | None = None
    notice_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """Money taken for the time after the end. `day` is the day it was taken.

    `rail` and `debited_on` are how and when a bank statement says that it was taken, "" and None where none shows it.
    """

    day: date
    amount: Decimal | None = None
    currency: str = ""
    source: str = ""
    rail: str = ""
    debited_on: date | None = None


Unit = Literal["days", "weeks", "months"]


@dataclass(frozen=True, slots=True)
class Term:
    """A span of time as a law names it; months end on the same day of the month, or its last."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.count} {self.unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recourse:
    """A right to have a charge taken back, and the last day on which it can be used.

    `name` is that of the rule (`rules/law`), `charged_on` the day from which its term is counted.
    """

    name: str
    rail: str
    charged_on: date
    until: date
    term: Term


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A day that a case has coming or past. `told` is True where the owner named it, False where mails or law did.

    `recourse` is the right that the day reminds of, None where how a charge was taken is not known.
    """

    due: Due
    on: date
    told: bool = False
    recourse: Recourse | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Billing:
    """What the bills of a case say. `every` is the usual number of days between two, None where they are not regular.

    `yearly` is what a year costs: the sum of the last year's bills, or the last one's sum as often. `watched_until`
    and `quiet_cycles` are of a contract that ended: until when bills are watched, and how many intervals have
    passed without one.
    """

    count: int = 0
    first: Charge | None = None
    last: Charge | None = None
    every: int | None = None
    yearly: Decimal | None = None
    watched_until: date | None = None
    quiet_cycles: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One contract on the day that `judge` was asked about.

    `proof` is the closure that proves its end; `entries` are oldest first; `due_on` is the day by which `step`
    should be done; `told` is True where the owner reported the cancellation. `basis` are the mails that its status
    rests on. `bills` are the SHA-256 of the entries that stand for a charge each; what tells of the same money is not
    among them. `letter` is the next step of the letters (1 friendly, 2 firm, 3 formal), 0 where none is to be written;
    `country` is that of the law whose days are counted, `rule` the rule that the vendor's duty to confirm rests on.
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
    entries: tuple[Entry, ...] = ()
    told: bool = False
    channel: str = ""  # how the owner says that it was asked for: a `Channel`, or words that are none
    cancellations: tuple[Told, ...] = ()  # what the owner told of it
    basis: tuple[Entry, ...] = ()
    billing: Billing = Billing()
    bills: frozenset[str] = frozenset()
    deadlines: tuple[Deadline, ...] = ()
    recourses: tuple[Recourse, ...] = ()  # those still open against the charges after the end, the soonest over first
    lapsed: tuple[Charge, ...] = ()  # charges after the end that a bank takes back no more as a matter of course
    letter: int = 0
    country: str = ""
    rule: str = ""
    closed: Ruling | None = None  # the owner's word that nothing more is to be done, while nothing newer came

    @property
    def mails(self) -> tuple[str, ...]:
        """The sources of its mails, oldest first."""
        return tuple(entry.source for entry in self.entries if not entry.banked)

    @property
    def lacks_proof(self) -> bool:
        """Whether it answers the digest's question; what the owner closed does not."""
        return self.status in LACKING_PROOF and self.closed is None


@dataclass(frozen=True, slots=True)
class Span:
    """The days whose mails count; None is open."""

    first: date | None = None
    last: date | None = None

    def holds(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Gap:
    """A time without any mail: its first and its last day."""

    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What a scan saw of one account or archive, and what it could not see: silence is never "all clear".

    `first` and `last` are the days of its oldest and newest mail.
    """

    name: str
    seen: int = 0
    new: int = 0
    kept: int = 0
    passed_over: int = 0
    unreadable: tuple[Fault, ...] = ()
    blind: str = ""  # why nothing could be seen, in a sentence, or ""
    stopped: str = ""  # why it ended before all was seen, or ""
    code: int = 0  # the exit code of what stopped it
    folders: tuple[FolderSeen, ...] = ()  # of an account on a server: what each folder holds and what was not read
    vanished: tuple[str, ...] = ()  # sources of proofs that are no longer on the server; their copies are kept
    fetched: int = 0  # bytes that came over the network
    held: int = 0  # bytes that the server holds of the mails that were read
    last_good_run: datetime | None = None
    first: date | None = None
    last: date | None = None

    def plus(self, batch: Batch, *, new: int = 0, kept: int = 0, faults: Iterable[Fault] = ()) -> Coverage:
        """What was seen with one more batch, of which `new` mails were read, with `faults`, and `kept`."""
        return replace(
            self,
            seen=self.seen + len(batch.mails),
            new=self.new + new,
            kept=self.kept + kept,
            passed_over=self.passed_over + batch.passed_over,
            unreadable=(*self.unreadable, *batch.faults, *faults),
            folders=(*self.folders, *batch.folders),
            fetched=self.fetched + batch.fetched,
            held=self.held + batch.held,
        )

    @property
    def unread(self) -> int:
        """How many mails exist there and were not read, as far as the server tells."""
        return sum(folder.unread for folder in self.folders)

    @property
    def complete(self) -> bool:
        """Whether nothing is left that a later run would read."""
        return not self.blind and not self.stopped and all(folder.complete for folder in self.folders)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What every report is made of. `gaps` are the long times of which no source holds a mail.

    `written_to` says to how many mails about contracts each address is the first recipient.
    """

    today: date
    cases: tuple[Case, ...]
    mails: int = 0
    coverage: tuple[Coverage, ...] = ()
    owner: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
    written_to: Mapping[str, int] = field(default_factory=dict)
