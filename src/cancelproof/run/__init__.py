"""The way of a mail, from its bytes to the report: the one module that knows all stages.

sources ─▶ message ─▶ authenticity ─▶ classify ─▶ extract ─▶ proof ─▶ ledger ─▶ judge ─▶ report
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from cancelproof import __version__
from cancelproof.entries import entry_of, keeps
from cancelproof.errors import LedgerError
from cancelproof.gaps import gaps
from cancelproof.judge import judge
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
from cancelproof.run.mailroom import Mailroom
from cancelproof.sources import Source

if TYPE_CHECKING:
    from cancelproof.evidence import Evidence
    from cancelproof.ledger import Ledger, Run

__all__ = [
    "Change",
    "Keep",
    "Mailroom",
    "Progress",
    "Span",
    "again",
    "audit",
    "cases_of",
    "classify",
    "keeper",
    "known",
    "outcome",
    "scan",
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
            seen = _counted(seen, batch, len(fresh), read)
            seen = replace(seen, kept=seen.kept + (keep(batch, read) if keep else 0))
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


def _counted(seen: Coverage, batch: Batch, new: int, read: Read) -> Coverage:
    faults = (fault for each in read for _, reading in each for fault in reading.faults if fault.lost)
    return replace(
        seen,
        seen=seen.seen + len(batch.mails),
        new=seen.new + new,
        passed_over=seen.passed_over + batch.passed_over,
        unreadable=(*seen.unreadable, *batch.faults, *faults),
    )


# ---------------------------------------------------------------- scan: into the ledger


def scan(
    source: Source,
    mailroom: Mailroom,
    ledger: Ledger,
    evidence: Evidence,
    now: Callable[[], datetime],
    progress: Progress = _quiet,
) -> Coverage:
    """Read what is new in a source into the ledger, batch by batch: each batch is kept whole, or done again."""
    seen, keep = Coverage(name=source.name), keeper(ledger, evidence, now)
    for batch in source.batches():
        met = ledger.has(mail.sha256 for mail in batch.mails)
        fresh = {mail.sha256: mail for mail in batch.mails if mail.sha256 not in met}
        read = [mailroom.sift(mail) for mail in fresh.values()]
        seen = replace(_counted(seen, batch, len(fresh), read), kept=seen.kept + keep(batch, read))
        progress(seen.seen)
    return seen


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
    from cancelproof.ledger import Seen  # noqa: PLC0415  # 260 ms that `audit` need not pay

    def keep(batch: Batch, read: Read) -> int:
        kept = {reading.sha256: reading for each in read for _, reading in each if keeps(reading)}
        evidence.keep_all(_worth_keeping(read), at=now(), version=__version__)
        places = [Seen(sha256=mail.sha256, origin=mail.origin) for mail in batch.mails]
        ledger.put([entry_of(r) for r in kept.values()], seen=places, state=batch.state)
        return len(kept)

    return keep


def outcome(seen: Coverage, earlier: int = 0) -> dict[str, Any]:
    """What the ledger notes of a run. `earlier` mails were seen in the runs before."""
    return {
        "seen": earlier + seen.new,
        "new": seen.new,
        "kept": seen.kept,
        "passed_over": seen.passed_over,
        "blind": seen.blind,
        "unreadable": [[fault.where, fault.what] for fault in seen.unreadable],
    }


def known(
    ledger: Ledger, owner: Iterable[str], today: date, accounts: Iterable[str] = (), laws: Laws | None = None
) -> Report:
    """Where every case stands by what the ledger holds. An account that was never read is blind."""
    runs = ledger.last_runs()
    names = dict.fromkeys([*accounts, *runs])
    coverage = [_coverage(name, runs.get(name), ledger.last_good_run(name)) for name in names]
    addresses = tuple(sorted(owner))
    cases = cases_of(ledger.entries(), ledger, addresses, today, laws)
    return Report(today=today, cases=cases, mails=ledger.mails(), coverage=tuple(coverage), owner=addresses)


def cases_of(
    entries: Iterable[Entry], ledger: Ledger, owner: Sequence[str], today: date, laws: Laws | None = None
) -> tuple[Case, ...]:
    """Where the cases of these entries stand, by all that the owner has told the ledger."""
    rulings = tuple(row.ruling for row in ledger.rulings())
    speaking = [entry for entry in entries if entry.kind is not Kind.OTHER]
    return judge(speaking, ledger.told(), owner, today, laws, rulings, ledger.charges())


def _coverage(name: str, last: Run | None, good: datetime | None) -> Coverage:
    if last is None:
        return Coverage(name=name, blind="never read yet")
    counted = last.outcome
    return Coverage(
        name=name,
        seen=int(counted.get("seen", 0)),
        new=int(counted.get("new", 0)),
        kept=int(counted.get("kept", 0)),
        passed_over=int(counted.get("passed_over", 0)),
        unreadable=tuple(Fault(where=where, what=what) for where, what in counted.get("unreadable", ())),
        blind=str(counted.get("blind", "")),
        last_good_run=good,
    )
