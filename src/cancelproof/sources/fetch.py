"""One thin FETCH in place of IMAPClient's: each answer stands for itself, so that an odd one costs no other.

IMAPClient.fetch refuses ranges since 4.0.1, takes sequence numbers for UIDs where a server leaves the UID out, and
loses the whole batch over one item that it cannot parse.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cancelproof.sources.folders import Data, Record, records
from cancelproof.sources.stamps import internal_date

# Microsoft's servers refuse command lines above 4,096 bytes; a range takes up to 22.
_RANGES_IN_A_SET = 160

_SEQUENCE = re.compile(rb"\d+ \(")
_SECTION = rb"(BODY\[[0-9A-Z.]{0,200}(?: \([^()\]]{0,200}\))?\])(?:<\d+>)?"
_LITERAL_OF = re.compile(_SECTION + rb" ~?\{\d+\}$", re.IGNORECASE)
_QUOTED_BODY = re.compile(_SECTION + rb' "((?:[^"\\]|\\.)*+)"', re.IGNORECASE)
_FLAGS = re.compile(rb"FLAGS \([^()]*\)", re.IGNORECASE)
_UID = re.compile(rb"[( ]UID (\d{1,10})(?=[ )])", re.IGNORECASE)
_SIZE = re.compile(rb"[( ]RFC822\.SIZE (\d{1,15})(?=[ )])", re.IGNORECASE)
# What a server calls a mail in every folder: EMAILID (RFC 8474 4), or Gmail's own number.
_PERMANENT = re.compile(rb"[( ](?:EMAILID \(([A-Za-z0-9_-]{1,255})\)|X-GM-MSGID (\d{1,20}))(?=[ )])", re.IGNORECASE)
_INTERNALDATE = re.compile(rb'INTERNALDATE "([^"]{0,60})"', re.IGNORECASE)


class Refused(Exception):
    """The server answered NO or BAD; the connection still stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One FETCH answer. Each value is None, and each section absent, unless the server gave it."""

    uid: int | None = None
    size: int | None = None
    received: datetime | None = None
    permanent: str = ""
    structure: bytes = b""
    sections: dict[str, bytes] = field(default_factory=dict)

    @property
    def is_asked_for(self) -> bool:
        """False for what a server tells by itself, such as another program's change of flags."""
        return self.size is not None or bool(self.sections) or bool(self.permanent)


def fetch(client: Any, uids: str, items: str) -> list[Fetched]:
    """Fetch `items` of a UID set such as `1:5,9` or `7:*`.

    Raises Refused on NO and BAD; imaplib's abort, OSError or ValueError where the connection is lost or out of step.
    """
    imap = client._imap  # noqa: SLF001 - see the module's first words
    imap.untagged_responses.clear()
    try:
        kind, data = imap.uid("FETCH", uids, items)
    except imap.abort:
        raise
    except imap.error as error:
        raise Refused(str(error)) from None
    if kind != "OK":
        raise Refused(b" ".join(part for part in data if isinstance(part, bytes)).decode("utf-8", "replace"))
    return answers(data)


def answers(data: Data) -> list[Fetched]:
    """Read the FETCH answers that imaplib collected; what is none is left out."""
    return [_answer(record) for record in records(data) if _SEQUENCE.match(_text(record[0]))]


def uid_sets(uids: Iterable[int], place: Mapping[int, int]) -> Iterator[str]:
    """Write ascending UIDs as ranges, in as many sets as short command lines need.

    `place` numbers all mails of the folder by UID: a range may span UIDs that are not in it, for they are no mails.
    """
    ranges: list[tuple[int, int]] = []
    for uid in uids:
        if ranges and place[uid] == place[ranges[-1][1]] + 1:
            ranges[-1] = (ranges[-1][0], uid)
            continue
        if len(ranges) == _RANGES_IN_A_SET:
            yield _written(ranges)
            ranges = []
        ranges.append((uid, uid))
    if ranges:
        yield _written(ranges)


def _written(ranges: list[tuple[int, int]]) -> str:
    return ",".join(str(first) if first == last else f"{first}:{last}" for first, last in ranges)


def _answer(record: Record) -> Fetched:
    sections: dict[str, bytes] = {}
    text = b"".join(_text(part) for part in record)
    for part in record:
        if isinstance(part, tuple) and (named := _LITERAL_OF.search(part[0][-100:])):
            sections[_name(named[1])] = part[1]
    for quoted in _QUOTED_BODY.finditer(text):
        value = re.sub(rb"\\(.)", rb"\1", quoted[2])
        sections.setdefault(_name(quoted[1]), value)
    text = _FLAGS.sub(b"", text)
    structure = b""
    if (begin := text.upper().find(b"BODYSTRUCTURE (")) >= 0:  # asked for in a command of its own, and last in it
        structure, text = b"".join(map(_inlined, record)), text[:begin] + b")"
        structure = structure[structure.upper().find(b"BODYSTRUCTURE (") + len(b"BODYSTRUCTURE ") :]
    uid, size, received = _UID.search(text), _SIZE.search(text), _INTERNALDATE.search(text)
    permanent = _PERMANENT.search(text)
    return Fetched(
        uid=int(uid[1]) if uid else None,
        size=int(size[1]) if size else None,
        received=internal_date(received[1]) if received else None,
        permanent=(b"E" + permanent[1] if permanent[1] else b"G" + permanent[2]).decode() if permanent else "",
        structure=structure,
        sections=sections,
    )


def _name(section: bytes) -> str:
    return section.decode("ascii").upper()


def _inlined(part: bytes | tuple[bytes, bytes]) -> bytes:
    """Write a literal as a quoted string, as `folders` reads them."""
    if isinstance(part, bytes):
        return part
    return part[0][: part[0].rindex(b"{")].removesuffix(b"~") + b'"' + re.sub(rb'(["\\])', rb"\\\1", part[1]) + b'"'


def _text(part: bytes | tuple[bytes, bytes]) -> bytes:
    return part if isinstance(part, bytes) else part[0]
