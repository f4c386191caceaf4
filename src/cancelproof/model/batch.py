"""What a source yields: mails in batches, how far its folders are read, and what could not be seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cancelproof.model.mail import Fault, Origin, RawMail, Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownMail:
    """A mail that was judged before and now lies (also) here: it was not fetched again."""

    origin: Origin
    sha256: str
    tag: Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """A mail that the server could not give; it is asked for again later."""

    origin: Origin
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderState:
    """How far a folder has been read: all up to `last_uid` is stored, named in a fault or left out (RFC 9051 2.3.1.1).

    `uidnext`, `messages`, `highestmodseq` (RFC 7162) and `mailboxid` (RFC 8474) are what the server said then, None or
    "" where it was silent. Mails that arrived before `since` were left out: `left_out` of them.
    """

    account: str
    folder: str
    uidvalidity: int
    last_uid: int
    uidnext: int | None = None
    messages: int | None = None
    highestmodseq: int | None = None
    mailboxid: str = ""
    since: date | None = None
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderSeen:
    """What a scan saw of what a folder holds: `exists` mails, None where nobody said; `unread` of them, and `why`.

    `complete` is False where the rest will be read by a later run.
    """

    account: str
    folder: str
    exists: int | None = None
    unread: int = 0
    why: str = ""
    complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some mails of a source, in order; `state` is to be committed together with what they yield.

    `passed_over` counts the files that are no mail. `known` are mails met again; `quarantined` those that could not be
    had. `gone` are the places from which a mail vanished, `dropped` the states of folders that vanished. `fetched` and
    `held` count bytes: what came over the network, and what the server holds of the mails that were read.
    """

    mails: tuple[RawMail, ...] = ()
    faults: tuple[Fault, ...] = ()
    passed_over: int = 0
    state: FolderState | None = None
    known: tuple[KnownMail, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    gone: tuple[Origin, ...] = ()
    dropped: tuple[FolderState, ...] = ()
    folders: tuple[FolderSeen, ...] = ()
    account: str = ""
    fetched: int = 0
    held: int = 0
