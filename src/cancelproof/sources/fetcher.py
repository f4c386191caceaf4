"""The mails of one batch: what a server refuses is asked for in smaller pieces, until the one bad mail is found."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import TypeAlias

from cancelproof.model import Fault, Origin, Quarantined, RawMail, Tag, account_place
from cancelproof.sources import parts
from cancelproof.sources.fetch import Refused, uid_sets
from cancelproof.sources.folders import Folder
from cancelproof.sources.items import MAIL_LIMIT
from cancelproof.sources.listing import Listed, fingerprint
from cancelproof.sources.session import Box, Lost, Session

#: So many mails refused one after the other are no bad mails but a server in trouble: the folder is left for today.
REFUSED_IN_A_ROW = 10
#: A part that broke the connection is cut into so many, so that one mail is found within the bound on losses.
_CUT_AFTER_LOSS = 8

_BREAKS = "asking for it breaks the connection"
_TOO_LARGE = f"the mail is larger than {MAIL_LIMIT // 1024 // 1024} MB"

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
class Fetcher:
    """Fetches listed mails of a folder. `outcomes` holds what became of each by UID, `fetched` the bytes that it took.

    `whole` gets every byte of a mail of which parts were left away, from any thread; None: nothing is left away.
    """

    session: Session
    folder: Folder
    box: Box
    whole: Callable[[RawMail], RawMail | Fault] | None = None
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    quarantined: list[Quarantined] = field(default_factory=list)
    fetched: int = 0
    _place: dict[int, int] = field(default_factory=dict)
    _listed: dict[int, Listed] = field(default_factory=dict)
    _in_a_row: list[int] = field(default_factory=list)
    _lost_at: set[int] = field(default_factory=set)

    def read(self, mails: Sequence[Listed], place: dict[int, int]) -> None:
        """Fetch mails; see `uid_sets` for `place`. Raises Trouble, ConnectionFailed or Throttled."""
        self.outcomes, self.quarantined, self.fetched, self._lost_at = {}, [], 0, set()
        self._place, self._listed = place, {mail.uid: mail for mail in mails}
        for mail in mails:
            if mail.size > MAIL_LIMIT:
                self.outcomes[mail.uid] = self._fault(mail.uid, _TOO_LARGE)
        self._read_in_parts({mail.uid for mail in mails if parts.WORTH_A_LOOK < mail.size <= MAIL_LIMIT})
        self._read([mail.uid for mail in mails if mail.uid not in self.outcomes])

    def origin(self, uid: int, received: datetime | None = None) -> Origin:
        return Origin(
            source=self._source(uid),
            account=self.session.account.name,
            folder=self.folder.name,
            uidvalidity=self.box.uidvalidity or None,
            uid=uid,
            received=received,
        )

    def held(self, mail: RawMail) -> int:
        """Return the size of a mail as the server says it."""
        return self._listed[mail.origin.uid or 0].size or len(mail.raw)

    def _read_in_parts(self, uids: set[int]) -> None:
        """Fetch large mails without what nobody reads; what is odd is left, to be fetched whole."""
        alike: dict[str, list[tuple[int, parts.Part]]] = {}
        try:
            for uid_set in uid_sets(sorted(uids), self._place) if self.whole else ():
                for one in self.session.fetch(self.folder, uid_set, "(UID BODYSTRUCTURE)"):
                    if one.uid in uids and one.structure:
                        with contextlib.suppress(parts.Odd):
                            mail = parts.structure(one.structure)
                            if parts.spared(mail) >= parts.WORTH_SPARING:
                                alike.setdefault(parts.items(mail), []).append((one.uid, mail))
            for items, mails in alike.items():
                self._fetch_parts(items, dict(mails))
        except (Refused, Lost):
            return

    def _fetch_parts(self, items: str, mails: dict[int, parts.Part]) -> None:
        for uid_set in uid_sets(sorted(mails), self._place):
            for one in self.session.fetch(self.folder, uid_set, items):
                if one.uid in mails and one.sections:
                    with contextlib.suppress(parts.Odd):
                        self._store(one.uid, parts.assemble(mails[one.uid], one.sections), one.received, in_parts=True)

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
        self.outcomes.update((uid, None) for uid in missing if uid not in left)
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

    def _store(self, uid: int, raw: bytes, received: datetime | None, *, in_parts: bool = False) -> None:
        self._in_a_row.clear()
        self.fetched += len(raw)
        if len(raw) > MAIL_LIMIT:
            self.outcomes[uid] = self._fault(uid, _TOO_LARGE)
            return
        listed = self._listed[uid]
        size = listed.size if in_parts or listed.size else len(raw)
        tag = Tag(permanent=listed.tag.permanent, fingerprint=fingerprint(raw, size, received))
        mail = RawMail(raw=raw, origin=self.origin(uid, received), tag=tag)
        mail.sha256  # noqa: B018 - worked out here, while the other thread reads: hashing lets it go on
        if in_parts and self.whole:
            mail = replace(mail, whole=partial(self.whole, mail))
        self.outcomes[uid] = mail

    def _refuse(self, uid: int, why: str) -> None:
        """Give a mail up, unless it is gone; asking so also shows that the server itself is still there."""
        try:
            left = self.session.list_mails(self.folder, str(uid), "(UID)")
        except Refused as error:
            raise Trouble(uid, str(error)) from None
        if not any(one.uid in (uid, None) for one in left):
            self.outcomes[uid] = None
            return
        fault = self._fault(uid, f"this mail cannot be read: {why}")
        self.outcomes[uid] = fault
        self.quarantined.append(Quarantined(origin=self.origin(uid), why=fault.what))
        self._in_a_row.append(uid)
        if len(self._in_a_row) >= REFUSED_IN_A_ROW:
            raise Trouble(next(uid for uid in self._in_a_row if uid in self.outcomes), why)

    def _source(self, uid: int) -> str:
        place = account_place(self.session.account.name, self.folder.name)
        return f"{place};UIDVALIDITY={self.box.uidvalidity};UID={uid}"

    def _fault(self, uid: int, what: str) -> Fault:
        return Fault(where=self._source(uid), what=what)
