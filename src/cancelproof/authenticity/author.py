"""Whether the From header names one author, plainly: what the server checked must be what the reader sees.

RFC 5322 section 3.6.2 allows several authors; a vendor's mail has one (CVE-2023-27043 and its kin live on the rest).
"""

from __future__ import annotations

from cancelproof.authenticity.register import Register
from cancelproof.domains import canonical, dotted, is_address, is_listed, label, registrable
from cancelproof.model import Message

MAX_FROM = 2_000


def broken(message: Message, register: Register) -> str:
    """Why the From header cannot be trusted, in a sentence, or ""."""
    headers = message.header("from")
    if len(headers) != 1:
        return f"The mail has {len(headers)} From headers." if headers else "The mail has no From header."
    if len(headers[0]) > MAX_FROM:
        return f"The From header is {len(headers[0])} characters long."
    if len(message.senders) != 1:
        return f"The From header names {len(message.senders)} authors."
    mailbox = message.sender.mailbox
    local, _, domain = mailbox.rpartition("@")
    if not local or not (canonical(domain) or is_address(domain)):
        return f"The From header holds no address ({mailbox or headers[0]!r})."
    stranger = foreign_address(f"{message.sender.name} {headers[0]}", domain, register)
    return f"The display name shows {stranger}, but the mail is from {domain}." if stranger else ""


def foreign_address(text: str, domain: str, register: Register) -> str:
    """The first address in the text that belongs to another organisation than the domain, or ""."""
    for word in dotted(text):
        shown = word.rpartition("@")[2]
        if "@" in word and registrable(shown) and not _akin(shown, domain, register):
            return word
    return ""


def foreign_domain(text: str, domain: str, register: Register) -> str:
    """The first bare domain name in the text that belongs to another organisation, or "".

    Only names under a listed suffix count (`domains_in`): `Dr.Max` and `node.js` are no domains.
    """
    for word in domains_in(text):
        if not (label(word) == label(domain) or _akin(word, domain, register)):
            return word
    return ""


def domains_in(text: str) -> list[str]:
    """The bare domain names in a text, under listed suffixes alone."""
    return [word for word in dotted(text) if "@" not in word and is_listed(word) and registrable(word)]


def _akin(one: str, other: str, register: Register) -> bool:
    """Whether two domains have one owner, as far as is known."""
    if registrable(one) == registrable(other):
        return True
    return any(vendor in register.owners(other) for vendor in register.vendors_of(one))
