"""Whether a carrier's genuine mail was made out to somebody else and passed on.

Who has an account at a payment service or a help desk can have it write, with a free note, to an address of his own,
and send that mail on to thousands: its signature still holds. What gives it away is the `To` of somebody else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cancelproof.authenticity.register import Register
from cancelproof.domains import registrable
from cancelproof.model import Message

MAX_RECIPIENTS = 200
_PARTS = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Addressee:
    """`stranger` is the address that the mail was made out to, "" where it may be the owner's.

    `sure` is False where it may be an alias of the owner's (the same name elsewhere) or a list's.
    """

    stranger: str = ""
    sure: bool = False


def addressee(message: Message, delivered: tuple[str, ...], owner: tuple[str, ...], register: Register) -> Addressee:
    """Whom a mail names in To and Cc, against the addresses it was delivered to and those that the owner calls his."""
    own = {_plain(address) for address in (*delivered, *owner)}
    named = [_plain(address.mailbox) for address in message.recipients[:MAX_RECIPIENTS] if address.mailbox]
    if not own or not named or any(_is_own(address, own, register) for address in named):
        return Addressee()
    alias = any(_alike(address, mine) for address in named for mine in own)
    return Addressee(named[0], sure=not alias and not message.header("list-id"))


def _plain(address: str) -> str:
    """The address without a `+tag`, in lower case."""
    local, _, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"


def _is_own(address: str, own: set[str], register: Register) -> bool:
    """One of the owner's, or at a domain of his own; at a free-mail provider everybody is a neighbour."""
    domain = registrable(address.rpartition("@")[2])
    private = bool(domain) and not register.is_freemail(domain)
    return address in own or (private and any(registrable(mine.rpartition("@")[2]) == domain for mine in own))


def _alike(one: str, other: str) -> bool:
    """Whether two addresses bear the same name: the local part, or a word of it with four letters or more."""
    locals_ = [address.rpartition("@")[0] for address in (one, other)]
    words = [{word for word in _PARTS.findall(local) if len(word) >= 4} for local in locals_]
    return locals_[0] == locals_[1] or bool(words[0] & words[1])
