"""The way of a mail, from its bytes to the report: the one module that knows all stages.

sources ─▶ message ─▶ authenticity ─▶ classify ─▶ extract ─▶ proof ─▶ ledger ─▶ judge ─▶ report
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar

from cancelproof import __version__, letters
from cancelproof.authenticity import authenticate
from cancelproof.classify import Classifier
from cancelproof.classify.gate import Gate
from cancelproof.corrections import put_over
from cancelproof.entries import day_of, entry_of, keeps
from cancelproof.extract import Sender, extract, prefer, sender_of
from cancelproof.gaps import gaps
from cancelproof.judge import judge
from cancelproof.message import PDF, TNEF, dates, with_contents, with_letters
from cancelproof.message import read as read_message
from cancelproof.message.skim import skim
from cancelproof.model import (
    Batch,
    Case,
    Correction,
    Coverage,
    Entry,
    Fault,
    Kind,
    Loss,
    Marks,
    Message,
    Origin,
    RawMail,
    Reading,
    Report,
    Told,
)
from cancelproof.proof import grade
from cancelproof.rules import Laws, Rules
from cancelproof.sources import Source

if TYPE_CHECKING:
    from cancelproof.evidence import Evidence
    from cancelproof.ledger import Ledger

log = logging.getLogger(__name__)

T = TypeVar("T")

#: Told after each batch: how many mails were read so far.
Progress = Callable[[int], None]
#: What was read of mails: for each the mails that it holds, itself first, with their readings.
Read = Sequence[Sequence[tuple[RawMail, Reading]]]
#: Keeps a batch and what was read of its mails; how many of these are about contracts.
Keep = Callable[[Batch, Read], int]


#: What servers leave in a mail that they sent or received; a copy of a sent mail bears none of it.
_TRACES = ("received", "return-path", "dkim-signature", "authentication-results", "delivered-to")

_MAX_LETTERS = 5  # documents of one mail that are read: each costs a process and some seconds at worst
_MAX_NAMED = 20


def _quiet(_: int) -> None:
    """No progress is shown."""


@dataclass(frozen=True, slots=True)
class Change:
    """A mail that is read otherwise than it is kept; `before` None where it was not kept."""

    before: Entry | None
    after: Entry


@dataclass(frozen=True, slots=True)
class Mailroom:
    """Reads mails one by one. `owner` holds the owner's addresses, lower case; `trusted` the receiving servers' ids.

    `corrections` hold the owner's word on mails, by their hash.
    """

    rules: Rules
    owner: frozenset[str] = frozenset()
    trusted: tuple[str, ...] = ()
    corrections: Mapping[str, Correction] = field(default_factory=dict)
    laws: Laws = field(default_factory=Laws)
    classifier: Classifier = field(init=False)
    gate: Gate = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "classifier", Classifier(self.rules))
        object.__setattr__(self, "gate", Gate(self.rules))

    def sift(self, mail: RawMail) -> list[tuple[RawMail, Reading]]:
        """What `read_each` gives for a mail; nothing where its words alone tell that it says nothing of a contract."""
        words = skim(mail.raw)
        return self.read_each(mail) if words is None or self.gate.may_say(words) else []

    def with_corrections(self, corrections: Mapping[str, Correction]) -> Mailroom:
        """The same rules, made ready once, with other words of the owner's."""
        other = copy(self)
        object.__setattr__(other, "corrections", corrections)
        return other

    def read(self, mail: RawMail) -> Reading:
        """All that is understood of one mail. What can't be read is named in `faults`; nothing raises.

        Of a mail that carries several others it is what the strongest of them says.
        """
        readings = [reading for _, reading in self.read_each(mail)]
        strongest = min(readings, key=lambda reading: list(Kind).index(reading.decision.kind))
        return replace(strongest, origin=mail.origin, sha256=mail.sha256)

    def read_each(self, mail: RawMail) -> list[tuple[RawMail, Reading]]:
        """Read a mail, and each further one that it carries (a digest, several forwarded at once) on its own."""
        message = read_message(mail.raw, self.rules.marks)
        read = [(mail, self._read(mail, message))]
        for number, raw in enumerate(message.carried, 2):
            inner = RawMail(raw=raw, origin=replace(mail.origin, source=f"{mail.origin.source}!{number}"))
            read.append((inner, self._read(inner, read_message(raw, self.rules.marks))))
        return read

    def _read(self, mail: RawMail, message: Message) -> Reading:
        message, unpacked = _unpacked(message, mail.origin.source, self.rules.marks)
        reading = self._understood(mail, message)
        texts, unread = (
            _letters(message, mail.origin.source) if reading.decision.kind in {Kind.OTHER, Kind.CLOSURE} else ([], [])
        )
        if texts:
            reading = self._understood(mail, with_letters(message, texts, self.rules.marks))
        return self._corrected(replace(reading, faults=(*reading.faults, *unpacked, *unread)))

    def _corrected(self, reading: Reading) -> Reading:
        """The reading with the owner's word over it, where there is one."""
        correction = self.corrections.get(reading.sha256)
        if correction is None:
            return reading
        new = put_over(reading, correction)
        return replace(new, proof=grade(new.message, new.verdict, new.decision, new.facts, self.owner))

    def _understood(self, mail: RawMail, message: Message) -> Reading:
        judged = message.forwarded or message
        by_owner = self._is_owners(message)
        sender = self._vendor_side(judged, by_owner=by_owner)
        verdict = authenticate(message, self.rules.senders, self.trusted, tuple(sorted(self.owner)))
        read = self.classifier.read(judged, vendor_id=sender.id, by_owner=by_owner)
        facts = extract(read, sender, self.rules, day_of(judged if judged.date else message, mail.origin.received))
        facts = prefer(facts, judged.items, read.decision.kind)
        return Reading(
            origin=mail.origin,
            sha256=mail.sha256,
            message=message,
            verdict=verdict,
            decision=read.decision,
            facts=facts,
            proof=grade(message, verdict, read.decision, facts, self.owner),
            by_owner=by_owner,
            faults=tuple(_fault(mail, defect) for defect in message.defects),
        )

    def _is_owners(self, message: Message) -> bool:
        """Whether the owner wrote it (and forwards nothing): by address; if none is known, because no server saw it."""
        if message.forwarded:
            return False
        if self.owner:
            return message.sender.mailbox in self.owner
        return not any(message.header(name) for name in _TRACES)

    def _vendor_side(self, message: Message, *, by_owner: bool) -> Sender:
        """The other side of a mail: of what the owner wrote, whom it was written to."""
        if by_owner and message.recipients:
            return sender_of(replace(message, senders=message.recipients[:1]), self.rules)
        return sender_of(message, self.rules)


def _fault(mail: RawMail, defect: str) -> Fault:
    return Fault(where=mail.origin.source, what=defect, lost=isinstance(defect, Loss))


def _unpacked(message: Message, source: str, marks: Marks) -> tuple[Message, list[Fault]]:
    """The message with what its winmail.dat holds, and why one could not be opened."""
    contents, faults = _opened(message, source, TNEF, letters.unpacked)
    return (with_contents(message, contents, marks) if contents else message), faults


def _letters(message: Message, source: str) -> tuple[list[str], list[Fault]]:
    """The texts of attached letters, and why others have none."""
    return _opened(message, source, PDF, letters.text_of)


def _opened(
    message: Message, source: str, kind: str, opener: Callable[[bytes], T | Fault]
) -> tuple[list[T], list[Fault]]:
    """What the documents of a kind hold, and why others could not be opened."""
    opened: list[T] = []
    faults: list[Fault] = []
    documents = [a for a in (message.forwarded or message).attachments if a.content_type == kind]
    for attachment in documents[:_MAX_LETTERS]:
        found = opener(attachment.payload)
        if isinstance(found, Fault):
            faults.append(Fault(where=f"{source}, {attachment.name}", what=found.what))
        else:
            opened.append(found)
    unread = documents[_MAX_LETTERS:]
    if unread:
        names = ", ".join(attachment.name for attachment in unread[:_MAX_NAMED])
        more = f" and {len(unread) - _MAX_NAMED} more" if len(unread) > _MAX_NAMED else ""
        what = f"not read, only the first {_MAX_LETTERS} documents of a mail are: {names}{more}"
        faults.append(Fault(where=f"{source}, attached documents", what=what))
    return opened, faults


# ---------------------------------------------------------------- classify and audit: no ledger, no settings


def classify(sources: Iterable[Source], mailroom: Mailroom) -> Iterator[Reading | Fault]:
    """Read every mail of the sources, in order, and every fault of theirs."""
    for source in sources:
        for batch in source.batches():
            for mail in batch.mails:
                yield mailroom.read(mail)
            yield from batch.faults


@dataclass(frozen=True, slots=True)
class Span:
    """The days whose mails count; None is open."""

    first: date | None = None
    last: date | None = None

    def holds(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


def audit(
    sources: Iterable[Source],
    mailroom: Mailroom,
    told: Sequence[Told],
    today: date,
    progress: Progress = _quiet,
    span: Span | None = None,
    keep: Keep | None = None,
) -> Report:
    """Read archives and say where every case stands on a day. `keep` puts each batch into a ledger on the way."""
    span = span or Span()
    met: dict[str, date | None] = {}
    entries: list[Entry] = []
    coverage: list[Coverage] = []
    for source in sources:
        seen, days = Coverage(name=source.name), set[date]()
        for batch in source.batches():
            fresh = {mail.sha256: mail for mail in batch.mails if mail.sha256 not in met}
            met.update({sha256: _day(mail) for sha256, mail in fresh.items()})
            days |= {day for mail in batch.mails if (day := met[mail.sha256])}
            read = [mailroom.sift(mail) for mail in fresh.values()]
            entries += [entry_of(reading) for each in read for _, reading in each if keeps(reading)]
            kept = keep(batch, read) if keep else 0
            seen = seen.plus(batch, new=len(fresh), kept=kept, faults=losses(read))
            progress(sum(c.seen for c in coverage) + seen.seen)
        coverage.append(replace(seen, first=min(days, default=None), last=max(days, default=None)))
    owner = tuple(sorted(mailroom.owner))
    counted = [entry for entry in entries if span.holds(entry.day)]
    return Report(
        today=today,
        cases=judge(counted, told, owner, today, mailroom.laws),
        mails=len(met),
        coverage=tuple(coverage),
        owner=owner,
        gaps=gaps(day for day in met.values() if day and span.holds(day)),
    )


def _day(mail: RawMail) -> date | None:
    """The day of a mail for counting, by its Date field, else by its arrival."""
    when = dates.named(mail.raw) or mail.origin.received
    return when.date() if when else None


def losses(read: Read) -> list[Fault]:
    """What of these mails could not be understood and may matter."""
    return [fault for each in read for _, reading in each for fault in reading.faults if fault.lost]


# ---------------------------------------------------------------- into the ledger; `scan` knows the rest of it


def _worth_keeping(read: Read) -> list[RawMail]:
    """The mails that speak of a contract; one that carries such a mail is kept with it."""
    speaking = ([mail for mail, reading in each if keeps(reading)] for each in read)
    return [
        mail for each, said in zip(read, speaking, strict=True) if said for mail in dict.fromkeys((each[0][0], *said))
    ]


def again(ledger: Ledger, evidence: Evidence, mailroom: Mailroom, progress: Progress = _quiet) -> list[Change]:
    """Read all evidence anew by the present rules; what came out differently. `Ledger.put_again` keeps it."""
    kept = {entry.sha256: entry for entry in ledger.entries()}
    changes: list[Change] = []
    for number, old in enumerate(kept.values(), 1):
        for _, reading in mailroom.read_each(stored(old, ledger, evidence)):
            new = entry_of(reading)
            before = kept.get(new.sha256)
            if new != before and (before or keeps(reading)):
                changes.append(Change(before, new))
        progress(number)
    return changes


def stored(entry: Entry, ledger: Ledger, evidence: Evidence) -> RawMail:
    """A mail of the ledger, byte for byte, as it was met first."""
    places = {place.source: place for place in ledger.places(entry.sha256)}
    return RawMail(raw=evidence.read(entry.sha256), origin=places.get(entry.source, Origin(source=entry.source)))


def keeper(ledger: Ledger, evidence: Evidence, now: Callable[[], datetime]) -> Keep:
    """What puts a batch and what was read of it into the ledger, all or nothing, the evidence first."""
    return lambda batch, read: put(ledger, evidence, batch, read, now())


def put(
    ledger: Ledger,
    evidence: Evidence,
    batch: Batch,
    read: Read,
    at: datetime,
    same_as: Mapping[str, str] | None = None,
) -> int:
    """Put a batch and what was read of it into the ledger, all or nothing; how many of its mails are about contracts.

    `same_as`: under which hash a mail is kept whole that was met without its attachments.
    """
    from cancelproof.ledger import Seen  # noqa: PLC0415  # 260 ms that `audit` need not pay

    kept = {reading.sha256: reading for each in read for _, reading in each if keeps(reading)}
    evidence.keep_all(_worth_keeping(read), at=at, version=__version__)
    names = same_as or {}
    places = [Seen(sha256=mail.sha256, origin=mail.origin, same_as=names.get(mail.sha256)) for mail in batch.mails]
    places += [Seen(sha256=mail.sha256, origin=mail.origin) for mail in batch.known]
    entries = [entry_of(reading) for reading in kept.values()]
    ledger.put(entries, seen=places, state=batch.state, batch=batch, today=at.date())
    return len(kept)


def cases_of(
    entries: Iterable[Entry], ledger: Ledger, owner: Sequence[str], today: date, laws: Laws | None = None
) -> tuple[Case, ...]:
    """Where the cases of these entries stand, by all that the owner has told the ledger."""
    rulings = tuple(row.ruling for row in ledger.rulings())
    speaking = [entry for entry in entries if entry.kind is not Kind.OTHER]
    return judge(speaking, ledger.told(), owner, today, laws, rulings)
