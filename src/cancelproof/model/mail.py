"""A mail: its bytes and where they came from, and what a person would see of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from cancelproof.model.words import Manner, Place, Voice

IMAP = "imap:"  # before the name of an account
_WITHIN = "!"  # before what lies within a file or a mail


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that could not be read or understood: where it is and what is wrong. Never stops a scan.

    `lost` is False where all words were read none the less: a wrong charset, a missing end boundary.
    """

    where: str
    what: str
    lost: bool = True

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" if self.where else self.what


class Loss(str):
    """A defect of a mail over which words of it were not read."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a mail's bytes came from.

    `source` is what people and the JSON contracts see: the path as given with what lies below it, `#n` for the n-th
    mail of an mbox, `a.zip!/inner/path.eml` in an archive, `imap:ACCOUNT/FOLDER;UIDVALIDITY=…;UID=…` on a server.
    `received` is the server's or archive's own note of arrival (IMAP INTERNALDATE), aware, or None. `alone` is True
    where `source` is a file that holds this mail and nothing else; a ledger does not keep it, for files move.
    """

    source: str
    account: str = ""
    folder: str = ""
    uidvalidity: int | None = None
    uid: int | None = None
    received: datetime | None = None
    alone: bool = field(default=False, compare=False)

    def carried(self, number: int) -> Origin:
        """The place of the n-th mail that this one carries."""
        return replace(self, source=f"{self.source}{_WITHIN}{number}", alone=False)


def member(archive: str, path: str) -> str:
    """The place of a file in an archive."""
    return f"{archive}{_WITHIN}/{path}"


def account_place(account: str, folder: str = "") -> str:
    """The place of an account on a server, or of one of its folders."""
    return f"{IMAP}{account}/{folder}" if folder else f"{IMAP}{account}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """What tells a mail of a server apart from its others, without its text.

    `permanent` is the server's own id, the same in every folder (EMAILID of RFC 8474, Gmail's X-GM-MSGID), or "".
    `fingerprint` is a hash of Message-ID, size and time of arrival, or "" for a mail without Message-ID; it is a hint,
    good for a folder whose mails only got new numbers.
    """

    permanent: str = ""
    fingerprint: str = ""


@dataclass(frozen=True, kw_only=True)
class RawMail:
    """A mail, byte for byte as its source held it, and where it came from.

    `whole` is None for a whole mail. Else some parts that no reading looks into stand there without their content, and
    `whole` fetches the mail with every byte, or says what is wrong.
    """

    raw: bytes
    origin: Origin
    tag: Tag = Tag()
    whole: Callable[[], RawMail | Fault] | None = field(default=None, repr=False, compare=False)

    @cached_property
    def sha256(self) -> str:
        """Hex digest of its bytes with CRLF line ends: a copy kept by a Unix tool is the same mail."""
        raw = self.raw
        if raw.count(b"\n") != raw.count(b"\r\n"):
            raw = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        return hashlib.sha256(raw).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A display name and a mailbox `local@domain` in lower case; either may be empty."""

    name: str = ""
    mailbox: str = ""

    @property
    def domain(self) -> str:
        return self.mailbox.rpartition("@")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One sentence, heading or table row as a person sees it.

    `text` has single spaces. `cells` are the cells of a table row or of a `label: value` line, left to right; empty for
    running text. The text of a row is its cells joined by " | ".
    """

    text: str
    place: Place = Place.BODY
    voice: Voice = Voice.OWN
    cells: tuple[str, ...] = ()
    manner: Manner = Manner.PLAIN


def readable(statements: Sequence[Statement], most: int) -> list[int]:
    """The places of the statements that are read where at most so many are: the first, and the first of letters.

    A letter says what its mail is about but stands behind all else, so it has its room: a third of what is read, or
    more where there is less before it.
    """
    letters = [place for place, statement in enumerate(statements) if statement.place is Place.LETTER]
    others = [place for place, statement in enumerate(statements) if statement.place is not Place.LETTER]
    kept = others[: most - min(len(letters), most // 3)]
    return sorted((*kept, *letters[: most - len(kept)]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A part that is no text of the mail. `name` is for display only, never a path."""

    name: str
    content_type: str
    payload: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What a page says to programs of one thing: its type (schema.org), its values by their path (`seller.name`)."""

    type: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A mail as a person would see it.

    `date` is the Date header, else (missing or absurd) that of the newest Received; aware. `headers` holds every
    header in order, name in lower case, value unfolded but not decoded. `forwarded` is the mail that this one
    forwards (attached or inline): it is what gets judged. `links` are the targets of links, and addresses that
    are shown, never fetched.
    `carried` are the mails that it forwards beside that one (a digest), each as the bytes of a mail that forwards it
    alone. Of `defects` those of type Loss cost words.
    """

    message_id: str = ""
    date: datetime | None = None
    subject: str = ""
    senders: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    recipients: tuple[Address, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    statements: tuple[Statement, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    links: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    forwarded: Message | None = None
    carried: tuple[bytes, ...] = field(default=(), repr=False)
    defects: tuple[str, ...] = ()

    @property
    def sender(self) -> Address:
        """The one author (RFC 5322 3.6.2), or an empty address where there is none."""
        return self.senders[0] if self.senders else Address()

    @property
    def judged(self) -> Message:
        """What is judged of the mail: the one that it forwards, else itself."""
        return self.forwarded or self

    def header(self, name: str) -> tuple[str, ...]:
        return tuple(value for key, value in self.headers if key == name)
