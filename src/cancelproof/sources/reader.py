"""The new mails of one folder, in batches; a mail that cannot be read costs no other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from cancelproof.errors import ConnectionFailed, Throttled
from cancelproof.model import (
    Batch,
    Fault,
    FolderSeen,
    FolderState,
    KnownMail,
    Origin,
    RawMail,
    Tag,
)
from cancelproof.sources.fetch import uid_sets
from cancelproof.sources.fetcher import Fetcher, Outcome, Trouble
from cancelproof.sources.folders import Folder
from cancelproof.sources.items import BATCH_BYTES, BATCH_MAILS
from cancelproof.sources.listing import Listed, Listing, Memory, Window, start
from cancelproof.sources.session import Box, Session

#: How many mails of a folder Gmail shows where its owner set a limit.
_GMAIL_CAPS = (1000, 2000, 5000, 10_000)
_SIZE_IF_UNKNOWN = 64 * 1024


@dataclass
class Budget:
    """Bytes that may still be fetched from an account today; None: as many as there are."""

    left: int | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def spend(self, size: int) -> None:
        with self._lock:
            self.left = None if self.left is None else self.left - size

    def check(self, account: str) -> None:
        if self.left is not None and self.left <= 0:
            raise Throttled(
                "today's share of bytes is used up", where=account, remedy="the next day's run goes on; see daily_mb"
            )


@dataclass
class FolderReader:
    """Reads a folder from where `state` says; `state` is None for one never read.

    `formerly`: names under which it may have been read. `again`: UIDs that are asked for once more; `waiting` more are
    not yet. `whole` gets every byte of a mail of which parts were left away, from any thread.
    """

    session: Session
    folder: Folder
    state: FolderState | None
    memory: Memory | None = None
    formerly: tuple[str, ...] = ()
    again: tuple[int, ...] = ()
    waiting: int = 0
    budget: Budget = field(default_factory=Budget)
    whole: Callable[[RawMail], RawMail | Fault] | None = None
    _box: Box = field(init=False)
    _listing: Listing = field(init=False)
    _fetcher: Fetcher = field(init=False)
    _unread: int = 0
    _last: int = 0
    _stopped: str = ""

    def batches(self) -> Iterator[Batch]:
        """Yield batches in ascending UIDs. Raises Refused if the folder cannot be opened or listed."""
        self._box = self.session.examine(self.folder)
        last, again, why = start(self.state, self._box, self.session.account.since)
        formerly = self.formerly or ((self.folder.name,) if why else ())
        self._listing = Listing(self.session, self.folder, self._box, self.memory, last, formerly, again)
        self._fetcher = Fetcher(self.session, self.folder, self._box, self.whole)
        self._last, self._unread = last, self.waiting
        if notices := self._notices(why):
            yield Batch(faults=notices)
        yield from self._second_tries()
        try:
            yield from self._all_windows()
        except (Throttled, ConnectionFailed) as error:
            self._stopped = error.what
            yield self._end()
            raise
        yield self._end()

    def _all_windows(self) -> Iterator[Batch]:
        nothing = Window(end=(self._box.uidnext or 1) - 1)
        self._last = self._listing.last
        for window in self._listing.windows() if self._box.exists != 0 else (nothing,):
            for batch in self._batches_of(window):
                yield batch
                if self._stopped:
                    return
            self._last = max(self._last, window.end)  # what is absent from a whole list was expunged

    def _notices(self, why: str) -> tuple[Fault, ...]:
        """What the owner should know about how the folder was found."""
        notices = []
        if not self._box.read_only:
            notices.append("the server did not confirm that the folder is open to read only")
        if self._box.exists in _GMAIL_CAPS and self.session.is_gmail():
            shown = f"Gmail shows {self._box.exists} mails here"
            notices.append(f"{shown}, which may be a limit set in its settings, Forwarding and IMAP")
        if why and self.memory is None:
            notices.append(f"{why}: read again as a whole")
        return tuple(map(self._notice, notices))

    def _batches_of(self, window: Window) -> Iterator[Batch]:
        known = tuple(
            KnownMail(origin=self._fetcher.origin(mail.uid), sha256=sha256, tag=mail.tag)
            for mail, sha256 in window.known
        )
        if known:
            yield Batch(known=known, state=None if window.new else self._state_at(window.end))
        for part in _parts(window.new):
            self.budget.check(self.session.account.name)
            batch = self._batch(part, self._listing.place)
            self.budget.spend(batch.fetched)
            self._last = batch.state.last_uid if batch.state else self._last
            yield batch

    def _second_tries(self) -> Iterator[Batch]:
        """Ask once more for mails that could not be had in an earlier run."""
        if self.again and self.state and self._box.uidvalidity == self.state.uidvalidity:
            batch = self._batch([Listed(uid, 0, Tag()) for uid in self.again], _apart(self.again))
            self.budget.spend(batch.fetched)
            yield Batch(
                mails=batch.mails, quarantined=batch.quarantined, gone=batch.gone, faults=batch.faults,
                account=batch.account, fetched=batch.fetched,
            )  # fmt: skip

    def _end(self) -> Batch:
        """Say what became of the folder, and which of the mails that were kept are no longer in it."""
        exists, listing, left_out = self._box.exists, self._listing, self._left_out
        if self._stopped:
            rest = max(0, self._box.uidnext - 1 - self._last) if self._box.uidnext else exists or 0
            unread = self._unread + listing.nameless + min(rest, exists or 0)
            return Batch(folders=(self._seen(unread, self._stopped),))
        notices = []
        if listing.nameless:
            notices.append(f"the server listed {listing.nameless} mails without their number; they were not read")
        missing = max(0, (exists or 0) - listing.listed - listing.nameless) if listing.last == 0 else 0
        if missing:
            notices.append(f"the server counts {exists} mails and lists {listing.listed}")
        why = f"arrived before {self.session.account.since}" if left_out else ""
        return Batch(
            faults=tuple(map(self._notice, notices)),
            state=self._state_at(self._last, messages=exists),
            gone=self._gone(),
            folders=(self._seen(self._unread + listing.nameless + missing + left_out, why),),
        )

    def _seen(self, unread: int, why: str) -> FolderSeen:
        return FolderSeen(
            account=self.session.account.name, folder=self.folder.name, exists=self._box.exists, unread=unread,
            why=why, complete=not self._stopped,
        )  # fmt: skip

    def _gone(self) -> tuple[Origin, ...]:
        """Ask whether the mails that are kept as evidence still lie here: one may not pass away in silence."""
        if self.memory is None or not self._box.uidvalidity:
            return ()
        kept = self.memory.kept(self.folder.name, self._box.uidvalidity)
        if not kept or self._box.exists == 0:
            return tuple(self._fetcher.origin(uid) for uid in kept)
        left = {
            one.uid
            for uid_set in uid_sets(kept, _apart(kept))
            for one in self.session.list_mails(self.folder, uid_set, "(UID)")
        }
        return tuple(self._fetcher.origin(uid) for uid in kept if uid not in left)

    def _batch(self, part: Sequence[Listed], place: dict[int, int]) -> Batch:
        fetcher = self._fetcher
        try:
            fetcher.read(part, place)
        except Trouble as error:
            return self._batch_until(part, error.first, str(error))
        if self.session.examine(self.folder).uidvalidity != self._box.uidvalidity:
            self._stopped = "its numbering changed while it was read; the next run reads it again"
            return Batch(faults=(self._notice(self._stopped),))
        return self._made_of(fetcher.outcomes, part[-1].uid)

    def _batch_until(self, part: Sequence[Listed], end: int, why: str) -> Batch:
        """Keep what was read before `end`; the rest is left for the next run."""
        done = {uid: outcome for uid, outcome in self._fetcher.outcomes.items() if uid < end}
        batch = self._made_of(done, max(done, default=part[0].uid - 1))
        self._stopped = f"the server refuses mail after mail from UID {end} on, so the next run tries again: {why}"
        return replace(batch, faults=(*batch.faults, self._notice(self._stopped)))

    def _made_of(self, outcomes: Mapping[int, Outcome], last: int) -> Batch:
        in_order = [outcomes[uid] for uid in sorted(outcomes)]
        mails = tuple(one for one in in_order if isinstance(one, RawMail))
        faults = tuple(one for one in in_order if isinstance(one, Fault))
        self._unread += len(faults)
        return Batch(
            mails=mails,
            faults=faults,
            state=self._state_at(last),
            quarantined=tuple(one for one in self._fetcher.quarantined if one.origin.uid in outcomes),
            gone=tuple(self._fetcher.origin(uid) for uid, one in outcomes.items() if one is None),
            account=self.session.account.name,
            fetched=self._fetcher.fetched,
            held=sum(map(self._fetcher.held, mails)),
        )

    def _notice(self, what: str) -> Fault:
        return self.session.fault(self.folder, what)

    @property
    def _left_out(self) -> int:
        """How many mails up to the last UID were left out for their age."""
        before = self.state.left_out if self.state and self._listing.last else 0
        return before + self._listing.left_out

    def _state_at(self, uid: int, messages: int | None = None) -> FolderState:
        return FolderState(
            account=self.session.account.name,
            folder=self.folder.name,
            uidvalidity=self._box.uidvalidity,
            last_uid=uid,
            uidnext=self._box.uidnext,
            messages=messages,
            highestmodseq=self._box.highestmodseq,
            mailboxid=self._box.mailboxid,
            since=self.session.account.since,
            left_out=self._left_out,
        )


def _apart(uids: Sequence[int]) -> dict[int, int]:
    """Number UIDs so that no range spans what lies between them."""
    return {uid: 2 * n for n, uid in enumerate(uids)}


def _parts(mails: Sequence[Listed]) -> Iterator[list[Listed]]:
    """Cut a list of mails into batches of bounded number, bytes and command length."""
    part: list[Listed] = []
    size = 0
    for mail in mails:
        if part and (len(part) >= BATCH_MAILS or size + mail.size > BATCH_BYTES):
            yield part
            part, size = [], 0
        part.append(mail)
        size += mail.size or _SIZE_IF_UNKNOWN
    if part:
        yield part
