"""Which Authentication-Results are the owner's own server's: all others were written by strangers.

A server adds its headers on top and deletes those that borrow its name (RFC 8601 section 5). So a header counts only if
it bears the server's id and stands above the first Received that the server's organisation did not write.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cancelproof.authenticity.results import Results, parse, without_comments
from cancelproof.domains import canonical, is_address, organisation, within
from cancelproof.model import Message

MAX_RECEIVED = 100
MAX_RESULTS_HEADERS = 20
MAX_FIELD = 4_000  # characters of a Received that are read
_CLIENT = re.compile(r"\[([^\[\]\s]{1,60})\]")
_BY = re.compile(r"\sby\s", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the receiving server noted.

    `organisation` wrote the topmost Received. `results` are its own. `nameless` are above the border too, but without
    an authserv-id. `recipients` are the addresses that the mail was delivered to, in lower case.
    """

    received: bool = False
    organisation: str = ""
    results: tuple[Results, ...] = ()
    nameless: tuple[Results, ...] = ()
    recipients: tuple[str, ...] = ()


_DELIVERED = frozenset({"delivered-to", "x-original-to", "x-delivered-to", "envelope-to", "x-envelope-to"})


def arrival(message: Message, trusted: tuple[str, ...]) -> Arrival:
    """Reads the headers down to the first Received that another organisation wrote."""
    own, received, hop = "", 0, Hop()
    results: list[Results] = []
    recipients: list[str] = []
    for name, value in message.headers:
        if name == "received":
            above, hop, received = hop, read_received(value), received + 1
            if received > MAX_RECEIVED or not _is_inside(hop, above, own, trusted):
                break
            own = own or organisation(hop.by)
            recipients += [hop.recipient] if hop.recipient else []
        elif name == "authentication-results" and len(results) < MAX_RESULTS_HEADERS:
            results.append(parse(value))
        elif name in _DELIVERED:
            recipients.append(value.strip().strip("<>").lower())
    return Arrival(
        received=received > 0,
        organisation=own,
        results=tuple(found for found in results if _is_own(found.server, own, trusted)),
        nameless=tuple(found for found in results if not found.server),
        recipients=tuple(recipients),
    )


@dataclass(frozen=True, slots=True)
class Hop:
    """A Received: who wrote it (`by`, a host name or ""), whether it took the mail from another machine, for whom."""

    by: str = ""
    from_outside: bool = False
    recipient: str = ""


def read_received(value: str) -> Hop:
    """The clauses of a Received (RFC 5321 section 4.4); the sender chose the host after `from`."""
    field = value[:MAX_FIELD]
    text = without_comments(field)[0]
    words = [word.lower() for word in (text.rpartition(";")[0] or text).split()]  # the day follows the last semicolon
    start = 2 if words[:1] == ["from"] else 0
    by, recipient = _after("by", words, start), _after("for", words, start).strip("<>")
    outside = start > 0 and not _after("with", words, start).startswith("lmtp") and not _from_loopback(field)
    # A filter on the same machine calls itself `localhost`, and a mail store may have a bare name: no organisation.
    named = not is_address(by) and (outside or "." in by)
    return Hop(canonical(by) if named else "", outside, recipient if "@" in recipient else "")


def _from_loopback(field: str) -> bool:
    """Whether every client address before `by` is the machine itself: the client may have put one into its name."""
    clients = _CLIENT.findall(_BY.split(field, maxsplit=1)[0])
    return bool(clients) and all(client in ("127.0.0.1", "ipv6:::1", "::1") for client in map(str.lower, clients))


def _after(keyword: str, words: list[str], start: int) -> str:
    try:
        return words[words.index(keyword, start) + 1]
    except (ValueError, IndexError):
        return ""


def _is_inside(hop: Hop, above: Hop, own: str, trusted: tuple[str, ...]) -> bool:
    """Whether the receiving organisation wrote this Received, given the one above it (an empty one for the topmost)."""
    if not own:
        # `Received: by 2002:… with SMTP id …` hands over inside, so the host that is named next is the same owner's.
        # One that took the mail from outside and names no host says nothing about what lies below.
        return not above.from_outside or is_trusted(hop.by, trusted)
    if not hop.by:
        return not hop.from_outside
    return organisation(hop.by) == own or is_trusted(hop.by, trusted)


def _is_own(server: str, own: str, trusted: tuple[str, ...]) -> bool:
    if not server:
        return False
    return is_trusted(server, trusted) if trusted else bool(own) and organisation(server) == own


def is_trusted(server: str, trusted: tuple[str, ...]) -> bool:
    """Whether the id is one of the owner's settings: exact, or `@suffix` for a domain and all hosts below it."""
    exact = {canonical(name) for name in trusted if not name.startswith("@")}
    suffixes = {canonical(name[1:]) for name in trusted if name.startswith("@")}
    return server in exact or bool(within(server, suffixes))
