"""The nightly scan: from an account or archive into the ledger, each batch kept whole or done again.

What nobody needs is not opened: with nothing new, neither rules nor ledger are loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

from cancelproof.errors import ConnectionFailed, Throttled
from cancelproof.model import Batch, Coverage, Fault, FolderSeen, Quarantined, RawMail, Report

if TYPE_CHECKING:
    from cancelproof.evidence import Evidence
    from cancelproof.ledger import Ledger, Run
    from cancelproof.model import Reading
    from cancelproof.rules import Laws
    from cancelproof.run import Directory, Read
    from cancelproof.sources import Source


class Reads(Protocol):
    """A mailroom, or several (`run.crew`)."""

    def begin(self, mails: Sequence[RawMail], /) -> Callable[[], Read]:
        """Begin to read mails; what is given back waits for what was read of them."""
        ...

    def read_each(self, mail: RawMail, /) -> Sequence[tuple[RawMail, Reading]]: ...


class Books(Protocol):
    """What a scan reads with and writes to; each is opened when it is first asked for."""

    @property
    def ledger(self) -> Ledger: ...

    @property
    def evidence(self) -> Evidence: ...

    @property
    def mailroom(self) -> Reads: ...


#: Told after each batch what was seen so far.
Progress = Callable[[Coverage], None]


def _quiet(_: Coverage) -> None:
    """No progress is shown."""


def scan(
    source: Source,
    books: Books,
    now: Callable[[], datetime],
    progress: Progress = _quiet,
    turn: AbstractContextManager[object] | None = None,
) -> Coverage:
    """Read what is new in a source into the ledger, batch by batch. `turn` is held while a batch is read and kept.

    What stops it after it began is told in `stopped`; raises CancelproofError where nothing could be seen at all.
    """
    scanned = _Scanned(books, Coverage(name=source.name))
    turn = turn or nullcontext()
    try:
        for batch in source.batches():
            with turn:
                scanned.add(batch, now())
            progress(scanned.seen)
    except (ConnectionFailed, Throttled) as error:
        with turn:
            scanned.end(now())
        if not scanned.seen.folders:
            raise
        return replace(scanned.seen, stopped=str(error), code=error.exit_code)
    with turn:
        scanned.end(now())
    progress(scanned.seen)
    return scanned.seen


@dataclass(frozen=True, slots=True)
class _Begun:
    """A batch that is being read: those of its mails that the ledger does not know, and what waits for their words."""

    batch: Batch
    fresh: Mapping[str, RawMail]
    read: Callable[[], Read]


@dataclass
class _Scanned:
    """What was seen so far. A batch is read while the one before it is kept: writing to disk leaves processors free."""

    books: Books
    seen: Coverage
    _begun: _Begun | None = None

    def add(self, batch: Batch, at: datetime) -> None:
        """Begin with a batch, and end the one before."""
        if not _is_news(batch):
            self.end(at)
            self.seen = self.seen.plus(batch)
            return
        if self._begun and any(mail.sha256 in self._begun.fresh for mail in batch.mails):
            self.end(at)  # first: the ledger is asked what it knows
        met = self.books.ledger.has(mail.sha256 for mail in batch.mails)
        fresh = {mail.sha256: mail for mail in batch.mails if mail.sha256 not in met}
        new = _Begun(batch, fresh, self.books.mailroom.begin(list(fresh.values())))
        self.end(at)
        self._begun = new

    def end(self, at: datetime) -> None:
        """Commit at once all that the batch says that was begun."""
        if self._begun:
            begun, self._begun = self._begun, None
            self.seen = _stored(self.seen, begun, self.books, at)


def _stored(seen: Coverage, begun: _Begun, books: Books, at: datetime) -> Coverage:
    from cancelproof.run import losses, put  # noqa: PLC0415  # with all stages behind it

    read, same_as, failed, more = _read(begun, books.mailroom)
    batch = replace(_without(begun.batch, failed), fetched=begun.batch.fetched + more)
    kept = put(books.ledger, books.evidence, batch, read, at, same_as)
    return seen.plus(batch, new=len(begun.fresh) - len(failed), kept=kept, faults=losses(read))


def _read(begun: _Begun, mailroom: Reads) -> tuple[Read, dict[str, str], dict[str, Fault], int]:
    """Read mails; those that speak of a contract with every byte, for evidence is kept so or not at all.

    Gives what was read, the hashes of whole mails by those of their parts, the mails that could not be had whole, and
    the bytes that came over the network for it.
    """
    from cancelproof.entries import keeps  # noqa: PLC0415  # with what it imports

    read: list[Sequence[tuple[RawMail, Reading]]] = []
    same_as: dict[str, str] = {}
    failed: dict[str, Fault] = {}
    more = 0
    for (sha256, mail), found in zip(begun.fresh.items(), begun.read(), strict=True):
        if mail.whole and any(keeps(reading) for _, reading in found):
            whole = mail.whole()
            if isinstance(whole, Fault):
                failed[sha256] = whole
                continue
            read.append(mailroom.read_each(whole))
            same_as[sha256] = whole.sha256
            more += len(whole.raw)
        else:
            read.append(found)
    return read, same_as, failed, more


def _without(batch: Batch, failed: Mapping[str, Fault]) -> Batch:
    """The batch without mails that could not be had whole; they are asked for again later."""
    if not failed:
        return batch
    lost = [mail for mail in batch.mails if mail.sha256 in failed]
    return replace(
        batch,
        mails=tuple(mail for mail in batch.mails if mail.sha256 not in failed),
        faults=(*batch.faults, *failed.values()),
        quarantined=(
            *batch.quarantined,
            *(Quarantined(origin=mail.origin, why=failed[mail.sha256].what) for mail in lost),
        ),
    )


def _is_news(batch: Batch) -> bool:
    """Whether a batch says anything that the ledger does not know."""
    return bool(batch.mails or batch.state or batch.known or batch.quarantined or batch.gone or batch.dropped)


# ---------------------------------------------------------------- what the ledger notes of a run


def outcome(seen: Coverage, earlier: int = 0) -> dict[str, Any]:
    """What the ledger notes of a run. `earlier` mails were seen in the runs before."""
    return {
        "seen": earlier + seen.new,
        "new": seen.new,
        "kept": seen.kept,
        "passed_over": seen.passed_over,
        "blind": seen.blind,
        "stopped": seen.stopped,
        "unreadable": [[fault.where, fault.what] for fault in seen.unreadable],
        "folders": [[f.account, f.folder, f.exists, f.unread, f.why, f.complete] for f in seen.folders],
        "vanished": list(seen.vanished),
        "fetched": seen.fetched,
        "held": seen.held,
    }


def coverage(name: str, noted: Mapping[str, Any], good: datetime | None) -> Coverage:
    """What a run saw, from the ledger's note of it."""
    return Coverage(
        name=name,
        seen=int(noted.get("seen", 0)),
        new=int(noted.get("new", 0)),
        kept=int(noted.get("kept", 0)),
        passed_over=int(noted.get("passed_over", 0)),
        unreadable=tuple(Fault(where=where, what=what) for where, what in noted.get("unreadable", ())),
        blind=str(noted.get("blind", "")),
        stopped=str(noted.get("stopped", "")),
        folders=tuple(
            FolderSeen(account=account, folder=folder, exists=exists, unread=unread, why=why, complete=complete)
            for account, folder, exists, unread, why, complete in noted.get("folders", ())
        ),
        vanished=tuple(noted.get("vanished", ())),
        fetched=int(noted.get("fetched", 0)),
        held=int(noted.get("held", 0)),
        last_good_run=good,
    )


def known(
    ledger: Ledger,
    owner: Iterable[str],
    today: date,
    accounts: Iterable[str] = (),
    laws: Laws | None = None,
    on_file: Directory | None = None,
) -> Report:
    """Where every case stands by what the ledger holds. An account that was never read is blind."""
    from cancelproof.run import cases_of  # noqa: PLC0415  # with all stages behind it

    runs = ledger.last_runs()
    names = dict.fromkeys([*accounts, *runs])
    seen = [_last_seen(name, runs.get(name), ledger.last_good_run(name)) for name in names]
    addresses = tuple(sorted(owner))
    cases = cases_of(ledger.entries(), ledger, addresses, today, laws, on_file)
    return Report(today=today, cases=cases, mails=ledger.mails(), coverage=tuple(seen), owner=addresses)


def _last_seen(name: str, last: Run | None, good: datetime | None) -> Coverage:
    return coverage(name, last.outcome, good) if last else Coverage(name=name, blind="never read yet")
