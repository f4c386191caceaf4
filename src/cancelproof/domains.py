"""Domain names: the form in which they are compared, and who is responsible for one (public suffix list, offline)."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Any

MAX_LENGTH = 253  # characters of a name, RFC 1035 section 2.3.4
MAX_LABEL = 63
MAX_TEXT = 2_000  # characters that are looked through for names
_WORD = re.compile(r"[^\s<>()\[\],;:\"'|]+")
_EDGE = ".!?*-–—/\\@"
_DOTS = str.maketrans("\u3002\uff0e\uff61", "...")  # full stops that IDNA takes for dots (RFC 3490 section 3.1)
_LABEL_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")


@lru_cache(maxsize=1)
def _suffixes() -> Any:
    """The list, with its private section.

    Two customers of one host (`a.pages.dev`, `b.pages.dev`) are strangers: without the private section they would be
    one organisation, and one could sign for the other.
    """
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415 - reading the list takes 60 ms; most commands don't need it

    return PublicSuffixList(only_icann=False)


@lru_cache(maxsize=1)
def _registries() -> Any:
    """The list without its private section; few mails need it."""
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415 - as above

    return PublicSuffixList(only_icann=True)


@lru_cache(maxsize=8192)
def canonical(domain: str) -> str:
    """The name in lower case and ASCII (`xn--…`), without a trailing dot; "" where it can be no domain name."""
    name = domain.strip().translate(_DOTS).lower()
    name = name.removesuffix(".")
    if not name or len(name) > MAX_LENGTH:
        return ""
    labels = [_ascii_label(label) for label in name.split(".")]
    joined = ".".join(labels)
    return joined if all(labels) and len(joined) <= MAX_LENGTH and not is_address(joined) else ""


def _ascii_label(label: str) -> str:
    if not label or len(label) > MAX_LABEL:
        return ""
    if not label.isascii():
        try:
            label = label.encode("idna").decode("ascii").lower()
        except UnicodeError:
            return ""
    return label if _LABEL_CHARACTERS.issuperset(label) else ""


def is_address(host: str) -> bool:
    """Whether a host is given as an IP address, with or without brackets (RFC 5321 section 4.1.3)."""
    bare = host.strip("[]").lower().removeprefix("ipv6:")
    try:
        ipaddress.ip_address(bare)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=8192)
def registrable(domain: str) -> str:
    """The domain that somebody registered (`mail.shop.co.uk` → `shop.co.uk`), or "" where there is none.

    The answer is in ASCII and lower case. A public suffix itself, a single label, an IP address and what is no domain
    name have none. An unknown top level counts as a public suffix.
    """
    name = canonical(domain)
    return (_suffixes().privatesuffix(name) or "") if name else ""


def organisation(host: str) -> str:
    """The registrable domain of a host, else the host itself: two hosts with one of these have one owner."""
    return registrable(host) or canonical(host)


def label(domain: str) -> str:
    """The registered word itself: `netflix` of `mail.netflix.com`, or ""."""
    return registrable(domain).partition(".")[0]


def suffix(domain: str) -> str:
    """The public suffix under which the domain is registered (`co.uk`), or ""."""
    return registrable(domain).partition(".")[2]


def is_hosted(domain: str) -> bool:
    """Whether a host gave the name to a customer (`shop.example-host.com`), and no registry did."""
    top, name = suffix(domain), canonical(domain)
    return "." in top and bool(_registries().publicsuffix(name) != top)


def is_listed(domain: str) -> bool:
    """Whether the name ends in a suffix that the list really holds, so that it is meant as a domain name."""
    name = canonical(domain)
    return bool(name) and "." in name and _suffixes().publicsuffix(name, accept_unknown=False) is not None


def dotted(text: str) -> list[str]:
    """The words with a full stop inside, in lower case: what may be a domain's name, or an address; none has a path."""
    found = _WORD.findall(unicodedata.normalize("NFKC", text[:MAX_TEXT]))
    words = (word.strip(_EDGE).partition("/")[0].strip(_EDGE).lower() for word in found)
    return [word for word in words if "." in word]


def registered_in(text: str) -> Iterator[str]:
    """The registered domains in a text, those of addresses too, under listed suffixes alone."""
    shown = (word.rpartition("@")[2] for word in dotted(text))
    return (registrable(word) for word in shown if is_listed(word) and registrable(word))


def within(domain: str, domains: Collection[str]) -> str:
    """The first of `domains` that the domain is, or lies below; "" where there is none."""
    labels = canonical(domain).split(".")
    parents = (".".join(labels[start:]) for start in range(len(labels)))
    return next((parent for parent in parents if parent in domains), "")
