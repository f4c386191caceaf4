"""What folders an account has, what they are called, and whether anything in them is new (RFC 9051 7.3.1, RFC 5819)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from imapclient import imap_utf7

#: Folders that hold no mail themselves (RFC 9051 7.3.1).
_WITHOUT_MAIL = frozenset({"\\noselect", "\\nonexistent"})

#: An untagged answer as imaplib keeps it: lines, or pairs of the text before a literal and the literal.
Data: TypeAlias = list[bytes | tuple[bytes, bytes] | None]
Record: TypeAlias = list[bytes | tuple[bytes, bytes]]

# A quoted string without end takes the rest, so that no text is looked at twice.
_TOKEN = re.compile(rb'[()]|"(?:[^"\\]|\\.)*+"?|[^\s()"]+', re.DOTALL)
_LITERAL = re.compile(rb"~?\{\d+\}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder: `raw` is its name for commands, `name` the one for people and state; attributes are lower case."""

    raw: bytes
    name: str
    attributes: frozenset[str] = frozenset()

    @property
    def can_be_named(self) -> bool:
        """False for a name with a line break or NUL, which could smuggle a command."""
        return not re.search(rb"[\r\n\0]", self.raw)

    @property
    def quoted(self) -> bytes:
        return b'"' + re.sub(rb'(["\\])', rb"\\\1", self.raw) + b'"'


@dataclass(frozen=True, slots=True)
class Status:
    """What STATUS says of a folder; each None where the server is silent. A UIDVALIDITY of 0 is none."""

    messages: int | None = None
    uidnext: int | None = None
    uidvalidity: int | None = None
    mailboxid: str = ""


def folders(data: Data) -> list[Folder]:
    """Return the folders of a LIST answer that can hold mail, each once, INBOX first, then by name."""
    found: dict[str, Folder] = {}
    for record in records(data):
        words = list(tokens(record))
        if len(words) < 4 or words[0] != b"(" or b")" not in words:
            continue
        end = words.index(b")")
        attributes = frozenset(token.decode("ascii", "replace").lower() for token in words[1:end])
        if len(words) < end + 3 or attributes & _WITHOUT_MAIL:
            continue
        raw = _bare(words[end + 2])
        if not raw:
            continue
        name = readable(raw)
        if name in found and found[name].raw != raw:
            name = raw.decode("ascii", "backslashreplace")
        found.setdefault(name, Folder(raw=raw, name=name, attributes=attributes))
    return sorted(found.values(), key=lambda folder: (folder.name != "INBOX", folder.name))


def statuses(data: Data) -> dict[bytes, Status]:
    """Return what STATUS answers say, by the folder's raw name."""
    found: dict[bytes, Status] = {}
    for record in records(data):
        words = list(tokens(record))
        if len(words) < 3:
            continue
        pairs = [token for token in words[1:] if token not in (b"(", b")")]
        values = {key.upper(): value for key, value in zip(pairs[::2], pairs[1::2], strict=False)}
        found[_bare(words[0])] = Status(
            _number(values.get(b"MESSAGES", b"")),
            _number(values.get(b"UIDNEXT", b"")) or None,
            _number(values.get(b"UIDVALIDITY", b"")) or None,
            values.get(b"MAILBOXID", b"").decode("ascii", "replace"),
        )
    return found


def readable(raw: bytes) -> str:
    """Return a folder's name as people see it, from modified UTF-7 (RFC 3501 5.1.3) or whatever the server sent."""
    if raw.upper() == b"INBOX":
        return "INBOX"
    try:
        name = str(imap_utf7.decode(raw))
        name.encode()
        if imap_utf7.encode(name) == raw:
            return name
    except (ValueError, LookupError):
        pass
    return raw.decode("utf-8", "backslashreplace")


def list_folders(client: Any) -> tuple[list[Folder], dict[bytes, Status]]:
    """Ask for every folder; where the server can, for what is new in each in the same round trip (RFC 5819, 6154)."""
    offered = set(client.capabilities())
    options = [b"SPECIAL-USE"] if b"SPECIAL-USE" in offered else []
    if b"LIST-STATUS" in offered:
        options.append(b"STATUS " + _asked(offered))
    if not options or not offered & {b"LIST-EXTENDED", b"LIST-STATUS"}:
        return folders(ask(client, "LIST", b'""', b'"*"')), {}
    found = folders(ask(client, "LIST", b'""', b'"*"', b"RETURN (" + b" ".join(options) + b")"))
    return found, statuses(_untagged(client, "STATUS"))


def status(client: Any, folder: Folder) -> Status:
    """Ask what is new in one folder."""
    answer = statuses(ask(client, "STATUS", folder.quoted, _asked(client.capabilities())))
    return answer.get(folder.raw) or (next(iter(answer.values())) if len(answer) == 1 else Status())


def _asked(offered: Iterable[bytes]) -> bytes:
    return b"(MESSAGES UIDNEXT UIDVALIDITY" + (b" MAILBOXID)" if b"OBJECTID" in offered else b")")


def ask(client: Any, verb: str, *arguments: bytes) -> Data:
    """Send one command and return its untagged answers of the same name. Raises imaplib.IMAP4.error on NO."""
    imap = client._imap  # noqa: SLF001 - IMAPClient has no LIST-STATUS, and decodes names so that one spoils all
    imap.untagged_responses.clear()
    kind, text = imap._simple_command(verb, *arguments)  # noqa: SLF001
    if kind != "OK":
        raise imap.error(b" ".join(part for part in text if part).decode("utf-8", "replace"))
    return _untagged(client, verb)


def _untagged(client: Any, kind: str) -> Data:
    data: Data = client._imap.untagged_responses.pop(kind, [])  # noqa: SLF001
    return data


def records(data: Iterable[bytes | tuple[bytes, bytes] | None]) -> Iterator[Record]:
    """Group what imaplib gives for one untagged answer: pairs with literals, then the rest of the line."""
    record: Record = []
    for part in data:
        if part is None:
            continue
        record.append(part)
        if isinstance(part, bytes):
            yield record
            record = []


def tokens(record: Record) -> Iterator[bytes]:
    """Yield parentheses, atoms, quoted strings with their quotes, and literals as quoted strings."""
    for part in record:
        text = part if isinstance(part, bytes) else _LITERAL.sub(b"", part[0])
        yield from _TOKEN.findall(text)
        if isinstance(part, tuple):
            yield b'"' + re.sub(rb'(["\\])', rb"\\\1", part[1]) + b'"'


def _bare(token: bytes) -> bytes:
    if not token.startswith(b'"'):
        return token
    return re.sub(rb"\\(.)", rb"\1", token[1:].removesuffix(b'"'), flags=re.DOTALL)


def _number(token: bytes) -> int | None:
    return int(token) if token.isdigit() and len(token) <= 20 else None
