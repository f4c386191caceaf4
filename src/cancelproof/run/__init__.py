"""The way of a mail, from its bytes to the report: the one module that knows all stages.

sources ─▶ message ─▶ authenticity ─▶ classify ─▶ extract ─▶ proof ─▶ ledger ─▶ judge ─▶ report
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from cancelproof import __version__
from cancelproof.entries import entry_of, keeps, written_to
from cancelproof.errors import LedgerError
from cancelproof.gaps import gaps
from cancelproof.judge import Directory, directory, judge
from cancelproof.message import dates
from cancelproof.model import (
    Batch,
    Case,
    Coverage,
    Entry,
    Fault,
    Kind,
    Origin,
    RawMail,
    Reading,
    Report,
    Span,
    Told,
)
from cancelproof.rules import Laws
from cancelproof.run.crew import Crew
from cancelproof.run.mailroom import Mailroom
from cancelproof.sources import Source

if TYPE_CHECKING:
    from cancelproof.evidence import Evidence
    from cancelproof.ledger import Ledger

__all__ = [
    "Change",
    "Crew",
    "Directory",
    "Keep",
    "Mailroom",
    "Progress",
    "Read",
    "Span",
    "again",
    "audit",
    "cases_of",
    "classify",
    "directory",
    "keeper",
    "losses",
    "put",
    "stored",
]

log = logging.getLogger(__name__)

#: Told after each batch: how many mails were read so far.
Progress = Callable[[int], None]
#: What was read of mails: for each the mails that it holds, itself first, with their readings.
Read = Sequence[Sequence[tuple[RawMail, Reading]]]
#: Keeps a batch and what was read of its mails; how many of these are about contracts.
Keep = Callable[[Batch, Read], int]


def _quiet(_: int) -> None:
    """No progress is shown."""


@dataclass(frozen=True, slots=True)
class Change:
    """A mail that is read otherwise than it is kept; `before` None where it was not kept."""

    before: Entry | None
    after: Entry


# ---------------------------------------------------------------- classify and audit: no ledger, no settings


def classify(sources: Iterable[Source], mailroom: Mailroom) -> Iterator[Reading | Fault]:
    """Read every mail of the sources, in order, and every fault of theirs."""
    for source in sources:
        for batch in source.batches():
            for mail in batch.mails:
                yield mailroom.read(mail)
            yield from batch.faults


def audit(
    sources: Iterable[Source],
    mailroom: Mailroom | Crew,
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
            read = mailroom.sift_all(list(fresh.values()))
            entries += [entry_of(reading) for each in read for _, reading in each if keeps(reading)]
            kept = keep(batch, read) if keep else 0
            seen = seen.plus(batch, new=len(fresh), kept=kept, faults=losses(read))
            progress(sum(c.seen for c in coverage) + seen.seen)
        coverage.append(replace(seen, first=min(days, default=None), last=max(days, default=None)))
    owner = tuple(sorted(mailroom.owner))
    counted = [entry for entry in entries if span.holds(entry.day)]
    return Report(
        today=today,
        cases=judge(
            counted, told, owner, today, mailroom.laws, on_file=directory(mailroom.rules.vendors) if told else None
        ),
        mails=len(met),
        coverage=tuple(coverage),
        owner=owner,
        written_to=written_to(entries),
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


def again(
    ledger: Ledger, evidence: Evidence, mailroom: Mailroom, progress: Progress = _quiet
) -> tuple[list[Change], list[Fault]]:
    """Read all evidence anew by the present rules; what came out differently, and what is lost of it.

    Nothing is kept: that is `Ledger.put_again`'s.
    """
    kept = {entry.sha256: entry for entry in ledger.entries()}
    changes: list[Change] = []
    faults: list[Fault] = []
    for number, old in enumerate(kept.values(), 1):
        try:
            mail = stored(old, ledger, evidence)
        except LedgerError as error:
            faults.append(Fault(where=old.source, what=str(error)))
            continue
        for _, reading in mailroom.read_each(mail):
            new = entry_of(reading)
            before = kept.get(new.sha256)
            if new != before and (before or keeps(reading)):
                changes.append(Change(before, new))
        progress(number)
    return changes, faults


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
    entries: Iterable[Entry],
    ledger: Ledger,
    owner: Sequence[str],
    today: date,
    laws: Laws | None = None,
    on_file: Directory | None = None,
) -> tuple[Case, ...]:
    """Where the cases of these entries stand, by all that the owner has told the ledger."""
    rulings = tuple(row.ruling for row in ledger.rulings())
    speaking = [entry for entry in entries if entry.kind is not Kind.OTHER]
    return judge(speaking, ledger.told(), owner, today, laws, rulings, ledger.charges(), on_file)
