"""Which mails of a folder are new: by their numbers, and where the numbering changed, by what else tells them apart."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from cancelproof.model import FolderState, Tag
from cancelproof.sources.fetch import Fetched
from cancelproof.sources.folders import Folder
from cancelproof.sources.session import Box, Session

#: UIDs asked about at once, so that a folder of a million mails takes no more memory than one of thousands.
_WINDOW = 4000
_FEW = 500

_MESSAGE_ID = re.compile(rb"^Message-ID:[ \t]*+((?:[^\r\n]|\r?\n[ \t])*+)", re.IGNORECASE | re.MULTILINE)
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_HEADER_LIMIT = 64 * 1024
_ID_FIELD = "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"


class Memory(Protocol):
    """What was read of the account before; see `ledger.Mailbox`."""

    def known(
        self, folder: str, uidvalidity: int, mails: Mapping[int, Tag], *, formerly: Collection[str] = ()
    ) -> dict[int, str]:
        """Give the hashes of those that were judged before, by UID; `formerly` are the names it was read under."""
        ...

    def kept(self, folder: str, uidvalidity: int) -> list[int]:
        """Give the UIDs in a folder of mails that are kept as evidence."""
        ...


@dataclass(frozen=True, slots=True)
class Listed:
    """A mail of a folder by its number and its size in bytes as the server says it, 0 where it does not."""

    uid: int
    size: int
    tag: Tag


@dataclass(slots=True)
class Window:
    """The mails after the last one read, up to the UID `end`: those to fetch, and those judged before."""

    end: int
    new: list[Listed] = field(default_factory=list)
    known: list[tuple[Listed, str]] = field(default_factory=list)


@dataclass
class Listing:
    """Lists what came after the UID `last`. `formerly`: the folders whose mails may lie here under new numbers.

    `again` is True where mails up to some UID may have been read before. Counts are of the listing so far.
    """

    session: Session
    folder: Folder
    box: Box
    memory: Memory | None
    last: int
    formerly: tuple[str, ...] = ()
    again: bool = False
    nameless: int = 0
    listed: int = 0
    left_out: int = 0
    place: dict[int, int] = field(default_factory=dict)

    def windows(self) -> Iterator[Window]:
        """Yield windows of ascending UIDs; at least one. Raises Refused where the folder cannot be listed."""
        end = self.box.uidnext - 1 if self.box.uidnext else 0
        first, width = self.last + 1, _WINDOW
        while True:
            upto = first + width - 1
            is_last = upto >= end
            window = self._window(first, "*" if is_last else str(upto))
            window.end = max([end, *(mail.uid for mail in window.new)]) if is_last else upto
            yield window
            if is_last:
                return
            width = width * 8 if len(self.place) < _FEW else _WINDOW
            first = upto + 1

    def _window(self, first: int, end: str) -> Window:
        found = self.session.list_from(self.folder, first, end, self._items())
        self.nameless += sum(one.uid is None and one.is_asked_for for one in found)
        mails: dict[int, Fetched] = {}
        for one in found:
            # `n:*` always lists the last mail, however old it is.
            if one.uid and one.uid >= first and (one.size is not None or one.uid not in mails):
                mails[one.uid] = one
        uids = sorted(mails)
        self.listed += len(uids)
        self.place = {uid: n for n, uid in enumerate(uids)}
        kept = [self._listed(mails[uid]) for uid in uids if not self._is_left_out(mails[uid])]
        return self._sorted(kept)

    def _sorted(self, mails: list[Listed]) -> Window:
        """Part the mails judged before from the others."""
        known: dict[int, str] = {}
        if self.memory and mails and (self.again or self.formerly or mails[0].tag.permanent):
            tags = {mail.uid: mail.tag for mail in mails}
            known = self.memory.known(self.folder.name, self.box.uidvalidity, tags, formerly=self.formerly)
        return Window(
            end=0,
            new=[mail for mail in mails if mail.uid not in known],
            known=[(mail, known[mail.uid]) for mail in mails if mail.uid in known],
        )

    def _items(self) -> str:
        items = ["UID", "RFC822.SIZE"]
        if permanent := self.session.permanent_id():
            items.append(permanent)
        if self.session.account.since or self.formerly:
            items.append("INTERNALDATE")
        if self.formerly and not permanent:
            items.append(_ID_FIELD)
        return f"({' '.join(items)})"

    def _is_left_out(self, mail: Fetched) -> bool:
        since = self.session.account.since
        # A day's grace: INTERNALDATE may be in another zone than the owner.
        out = bool(since and mail.received and mail.received.date() < since - timedelta(days=1))
        self.left_out += out
        return out

    def _listed(self, mail: Fetched) -> Listed:
        field_text = next((text for name, text in mail.sections.items() if name.startswith("BODY[HEADER.FIELDS")), b"")
        size = mail.size or 0
        tag = Tag(permanent=mail.permanent, fingerprint=fingerprint(field_text, size, mail.received))
        return Listed(mail.uid or 0, size, tag)


def start(state: FolderState | None, box: Box, since: date | None) -> tuple[int, bool, str]:
    """Say from which UID on to read, whether mails beyond it may be known, and why the numbering cannot be trusted."""
    if state is None:
        return 0, False, ""
    was, now = state.uidvalidity, box.uidvalidity
    if now != was and now:
        return 0, True, f"its numbering is new (UIDVALIDITY {was} is now {now})"
    if box.uidnext and box.uidnext <= state.last_uid:
        return 0, True, "its numbering went back (UIDNEXT)"
    if state.since and (since is None or since < state.since):
        return 0, True, ""  # what was left out then is wanted now
    return state.last_uid, False, ""


def fingerprint(header: bytes, size: int, received: datetime | None) -> str:
    """Return what a mail is known by in a folder whose numbering changed, or "" where it bears no Message-ID."""
    end = _HEADER_END.search(header, 0, _HEADER_LIMIT)
    found = _MESSAGE_ID.search(header, 0, end.start() + 1 if end else _HEADER_LIMIT)
    name = b"".join(found[1].split()) if found else b""
    if not name or not size or received is None:
        return ""
    when = received.astimezone(UTC).isoformat().encode()
    return hashlib.sha256(b"\0".join((name, b"%d" % size, when))).hexdigest()[:32]
