"""The senders on file, arranged so that a mail is compared with all of them in time linear in the mail."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from cancelproof.domains import canonical, label, registrable, within
from cancelproof.model import KnownSenders, KnownVendor
from cancelproof.words import fold

_TOKEN = re.compile(r"[^\W_]+\+?")


@dataclass(frozen=True, slots=True)
class Token:
    """A word as written and as compared."""

    written: str
    folded: str


def tokens(text: str) -> tuple[Token, ...]:
    """The words of a text; a plus sign at the end is part of a name (`Disney+`)."""
    return tuple(Token(word, fold(word)) for word in _TOKEN.findall(text))


@dataclass(frozen=True, slots=True)
class Claim:
    """A vendor's name found in a text: which words, from `start` up to, but without, `end`."""

    vendor: KnownVendor
    start: int
    end: int


@dataclass(slots=True)
class Register:
    """Look-ups over `KnownSenders`."""

    known: KnownSenders
    by_word: dict[str, list[tuple[tuple[Token, ...], KnownVendor]]] = field(default_factory=dict)
    by_domain: dict[str, list[KnownVendor]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for vendor in self.known.vendors:
            for name in dict.fromkeys((vendor.name, *vendor.names)):
                words = tokens(name)
                if words:
                    self.by_word.setdefault(words[0].folded, []).append((words, vendor))
            for domain in vendor.domains:
                self.by_domain.setdefault(domain, []).append(vendor)

    def vendors_of(self, domain: str) -> list[KnownVendor]:
        """The vendors that write from the domain or from one above it."""
        return self.by_domain.get(within(domain, self.by_domain), [])

    def is_freemail(self, domain: str) -> bool:
        """Whether anybody can have an address there; a provider's sub-domains are its own."""
        return canonical(domain) in self.known.freemail

    def is_carrier(self, domain: str) -> bool:
        return bool(within(domain, self.known.carriers))

    def claims(self, words: tuple[Token, ...], *, as_name: bool = False) -> Iterator[Claim]:
        """Every vendor's name among the words. In running text (not `as_name`) it must be written as a name.

        Vendors bear common words as names (`Free`, `Now`): in running text only a capital tells them apart.
        """
        for start, word in enumerate(words):
            for name, vendor in self.by_word.get(word.folded, ()):
                end = start + len(name)
                if _same(words[start:end], name) and (as_name or _capital(word, name[0])):
                    yield Claim(vendor, start, end)


def _same(words: tuple[Token, ...], name: tuple[Token, ...]) -> bool:
    return len(words) == len(name) and all(a.folded == b.folded for a, b in zip(words, name, strict=True))


def _capital(word: Token, name: Token) -> bool:
    return not word.written[0].islower() or word.written == name.written


@dataclass(frozen=True, slots=True, eq=False)
class _Same:
    """Compares by identity: hashing thousands of vendors for each mail would cost more than the rest."""

    known: KnownSenders

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.known is self.known

    def __hash__(self) -> int:
        return id(self.known)


@lru_cache(maxsize=4)
def _register(same: _Same) -> Register:
    return Register(same.known)


def register(known: KnownSenders) -> Register:
    return _register(_Same(known))


def brands(vendor: KnownVendor) -> frozenset[str]:
    """The words that a look-alike of the vendor imitates: its registered words and its names run together."""
    names: Iterable[str] = (vendor.name, *vendor.names)
    joined = ("".join(word.folded for word in tokens(name)).replace("+", "") for name in names)
    return frozenset(filter(None, (*(label(registrable(domain)) for domain in vendor.domains), *joined)))
