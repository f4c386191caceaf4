"""The new mails of one folder, in batches; a mail that cannot be read costs no other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeAlias

from cancelproof.model import Batch, Fault, FolderState, Origin, RawMail
from cancelproof.sources.fetch import Refused, uid_sets
from cancelproof.sources.folders import Folder
from cancelproof.sources.items import BATCH_BYTES, BATCH_MAILS, MAIL_LIMIT
from cancelproof.sources.session import Box, Lost, Session

#: So many mails refused one after the other are no bad mails but a server in trouble: the folder is left for today.
REFUSED_IN_A_ROW = 10
#: A part that broke the connection is cut into so many, so that one mail is found within the bound on losses.
_CUT_AFTER_LOSS = 8
#: How many mails of a folder Gmail shows where its owner set a limit.
_GMAIL_CAPS = (1000, 2000, 5000, 10_000)
_SIZE_IF_UNKNOWN = 64 * 1024

_BREAKS = "asking for it breaks the connection"

_WHOLE = "(UID INTERNALDATE BODY.PEEK[])"
_IN_TWO = "(UID INTERNALDATE BODY.PEEK[HEADER] BODY.PEEK[TEXT])"

#: A mail, why it cannot be read, or None for one that is gone.
Outcome: TypeAlias = RawMail | Fault | None


class Trouble(Exception):
    """The server refuses one mail after the other, from the UID `first` on."""

    def __init__(self, first: int, why: str) -> None:
        super().__init__(why)
        self.first = first


@dataclass
class FolderReader:
    """Reads a folder from where `state` says; `state` is None for one never read."""

    session: Session
    folder: Folder
    state: FolderState | None
    _box: Box = field(init=False)
    _place: dict[int, int] = field(default_factory=dict)
    _outcomes: dict[int, Outcome] = field(default_factory=dict)
    _in_a_row: list[int] = field(default_factory=list)
    _lost_at: set[int] = field(default_factory=set)

    def batches(self) -> Iterator[Batch]:
        """Yield batches in ascending UIDs. Raises Refused if the folder cannot be opened or listed."""
        self._box = self.session.examine(self.folder)
        last, notices = self._start()
        mails = self._new_mails(last, notices) if self._box.exists != 0 else []
        if notices:
            yield Batch(faults=tuple(notices))
        for part in _parts(mails):
            batch = self._batch(part, last)
            yield batch
            if batch.state is None or batch.state.last_uid < part[-1][0]:
                return
            last = batch.state.last_uid
        if self._box.uidnext and self._box.uidnext - 1 > last:  # what is absent from a whole list was expunged
            yield Batch(state=self._state_at(self._box.uidnext - 1))

    def _start(self) -> tuple[int, list[Fault]]:
        """Return the last UID already read, and what the owner should know about how it was found."""
        notices: list[Fault] = []
        if not self._box.read_only:
            notices.append(self._notice("the server did not confirm that the folder is open to read only"))
        if self._box.exists in _GMAIL_CAPS and self.session.is_gmail():
            shown = f"Gmail shows {self._box.exists} mails here"
            notices.append(self._notice(f"{shown}, which may be a limit set in its settings, Forwarding and IMAP"))
        if self.state is None:
            return 0, notices
        was, now = self.state.uidvalidity, self._box.uidvalidity
        if now not in (was, 0):
            notices.append(
                self._notice(f"its numbering is new (UIDVALIDITY {was} is now {now}): read again as a whole")
            )
            return 0, notices
        if self._box.uidnext and self._box.uidnext <= self.state.last_uid:
            notices.append(self._notice("its numbering went back (UIDNEXT): read again as a whole"))
            return 0, notices
        return self.state.last_uid, notices

    def _new_mails(self, last: int, notices: list[Fault]) -> list[tuple[int, int]]:
        """List UID and size of what came after `last`; `n:*` always lists the last mail, so old ones are left out."""
        since = self.session.account.since
        items = "(UID RFC822.SIZE INTERNALDATE)" if since else "(UID RFC822.SIZE)"
        found = self.session.list_from(self.folder, last + 1, items)
        if nameless := sum(one.uid is None and one.is_asked_for for one in found):
            notices.append(self._notice(f"the server listed {nameless} mails without their number; they were not read"))
        self._place = {uid: n for n, uid in enumerate(sorted({one.uid for one in found if one.uid}))}
        if last == 0 and len(self._place) + nameless < (self._box.exists or 0):
            notices.append(self._notice(f"the server counts {self._box.exists} mails and lists {len(self._place)}"))
        # A day's grace: INTERNALDATE may be in another zone than the owner.
        start = since - timedelta(days=1) if since else date.min
        mails: dict[int, int] = {}
        for one in found:
            if one.uid and one.uid > last and not (one.received and one.received.date() < start):
                mails[one.uid] = max(mails.get(one.uid, 0), one.size or 0)
        return sorted(mails.items())

    def _batch(self, part: Sequence[tuple[int, int]], last: int) -> Batch:
        self._outcomes, self._lost_at = {}, set()
        for uid, size in part:
            if size > MAIL_LIMIT:
                self._outcomes[uid] = self._fault(uid, f"the mail is larger than {MAIL_LIMIT // 1024 // 1024} MB")
        try:
            self._read([uid for uid, _ in part if uid not in self._outcomes])
        except Trouble as error:
            return self._batch_until(error.first, last, str(error))
        if self.session.examine(self.folder).uidvalidity != self._box.uidvalidity:
            return Batch(faults=(self._notice("its numbering changed while it was read; the next run reads it again"),))
        return self._made_of(part[-1][0])

    def _batch_until(self, end: int, last: int, why: str) -> Batch:
        """Keep what was read before `end`; the rest is left for the next run."""
        done = [uid for uid in self._outcomes if uid < end]
        self._outcomes = {uid: self._outcomes[uid] for uid in done}
        batch = self._made_of(max(done, default=last))
        what = f"the server refuses mail after mail from UID {end} on, so the next run tries again: {why}"
        return Batch(mails=batch.mails, faults=(*batch.faults, self._notice(what)), state=batch.state)

    def _made_of(self, last: int) -> Batch:
        outcomes = [self._outcomes[uid] for uid in sorted(self._outcomes)]
        return Batch(
            mails=tuple(one for one in outcomes if isinstance(one, RawMail)),
            faults=tuple(one for one in outcomes if isinstance(one, Fault)),
            state=self._state_at(last),
        )

    def _read(self, uids: list[int]) -> None:
        """Fetch mails, asking for less after each refusal or loss, until each has its outcome."""
        waiting = [uids] if uids else []
        while waiting:
            part = waiting.pop()
            try:
                missing = self._fetch(part)
            except Refused as error:
                pieces = 2
                if len(part) == 1:
                    self._alone(part[0], str(error), (_IN_TWO,))
            except Lost:
                pieces = _CUT_AFTER_LOSS
                if len(part) == 1:
                    self._lost_alone(part[0], waiting)
            else:
                for uid in missing:
                    self._alone(uid, "the server gives no text of this mail")
                continue
            if len(part) > 1:
                size = -(-len(part) // pieces)
                waiting += reversed([part[at : at + size] for at in range(0, len(part), size)])

    def _fetch(self, uids: list[int]) -> list[int]:
        """Fetch a part and return the UIDs that exist but came without a text."""
        wanted = set(uids)
        nameless = False
        for uid_set in uid_sets(uids, self._place):
            for one in self.session.fetch(self.folder, uid_set, _WHOLE):
                nameless = nameless or (one.uid is None and one.is_asked_for)
                if one.uid in wanted and one.sections.get("BODY[]"):
                    self._store(one.uid, one.sections["BODY[]"], one.received)
                    wanted.discard(one.uid)
        missing = sorted(wanted)
        if nameless or not missing:
            return missing
        listed = [self.session.list_mails(self.folder, some, "(UID)") for some in uid_sets(missing, self._place)]
        left = {one.uid for some in listed for one in some}
        self._outcomes.update((uid, None) for uid in missing if uid not in left)
        return [uid for uid in missing if uid in left]

    def _alone(self, uid: int, why: str, ways: tuple[str, ...] = (_WHOLE, _IN_TWO)) -> None:
        """Try one mail by itself, then its header and text apart: some servers can give these and not the whole."""
        for items in ways:
            try:
                found = [one for one in self.session.fetch(self.folder, str(uid), items) if one.uid == uid]
            except Refused as error:
                why = str(error)
                continue
            except Lost:
                why = _BREAKS
                continue
            for one in found:
                raw = one.sections.get("BODY[]") or b""
                if one.sections.get("BODY[HEADER]") and "BODY[TEXT]" in one.sections:
                    raw = one.sections["BODY[HEADER]"] + one.sections["BODY[TEXT]"]
                if raw:
                    self._store(uid, raw, one.received)
                    return
        self._refuse(uid, why)

    def _lost_alone(self, uid: int, waiting: list[list[int]]) -> None:
        """Give a mail that broke the connection by itself one more try; the network may have been the cause."""
        if uid in self._lost_at:
            self._refuse(uid, _BREAKS)
        else:
            self._lost_at.add(uid)
            waiting.append([uid])

    def _store(self, uid: int, raw: bytes, received: datetime | None) -> None:
        self._in_a_row.clear()
        if len(raw) > MAIL_LIMIT:
            self._outcomes[uid] = self._fault(uid, f"the mail is larger than {MAIL_LIMIT // 1024 // 1024} MB")
            return
        origin = Origin(
            source=self._source(uid),
            account=self.session.account.name,
            folder=self.folder.name,
            uidvalidity=self._box.uidvalidity or None,
            uid=uid,
            received=received,
        )
        self._outcomes[uid] = RawMail(raw=raw, origin=origin)

    def _refuse(self, uid: int, why: str) -> None:
        """Give a mail up, unless it is gone; asking so also shows that the server itself is still there."""
        try:
            left = self.session.list_mails(self.folder, str(uid), "(UID)")
        except Refused as error:
            raise Trouble(uid, str(error)) from None
        if not any(one.uid in (uid, None) for one in left):
            self._outcomes[uid] = None
            return
        self._outcomes[uid] = self._fault(uid, f"this mail cannot be read: {why}")
        self._in_a_row.append(uid)
        if len(self._in_a_row) >= REFUSED_IN_A_ROW:
            raise Trouble(next(uid for uid in self._in_a_row if uid in self._outcomes), why)

    def _source(self, uid: int) -> str:
        place = f"imap:{self.session.account.name}/{self.folder.name}"
        return f"{place};UIDVALIDITY={self._box.uidvalidity};UID={uid}"

    def _fault(self, uid: int, what: str) -> Fault:
        return Fault(where=self._source(uid), what=what)

    def _notice(self, what: str) -> Fault:
        return self.session.fault(self.folder, what)

    def _state_at(self, uid: int) -> FolderState:
        return FolderState(
            account=self.session.account.name,
            folder=self.folder.name,
            uidvalidity=self._box.uidvalidity,
            last_uid=uid,
        )


def _parts(mails: list[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """Cut a list of UIDs and sizes into batches of bounded number, bytes and command length."""
    part: list[tuple[int, int]] = []
    size = 0
    for uid, mail_size in mails:
        if part and (len(part) >= BATCH_MAILS or size + mail_size > BATCH_BYTES):
            yield part
            part, size = [], 0
        part.append((uid, mail_size))
        size += mail_size or _SIZE_IF_UNKNOWN
    if part:
        yield part
