"""The senders on file, arranged so that a mail is compared with all of them in time linear in the mail."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from cancelproof.domains import canonical, label, organisation, registrable, within
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
class Mention:
    """A vendor's name found in a text: which words, from `start` up to, but without, `end`.

    `common`: the name is a common word as well, as other names of the vendor (`Norton LifeLock`) are not.
    """

    vendor: KnownVendor
    start: int
    end: int
    common: bool = False


@dataclass(frozen=True, slots=True)
class _Name:
    words: tuple[Token, ...]
    folded: tuple[str, ...]
    vendor: KnownVendor
    common: bool


@dataclass(slots=True)
class Register:
    """Look-ups over `KnownSenders`. `idle` words add nothing to a name: those for a desk, and the smallest."""

    known: KnownSenders
    by_word: dict[str, list[_Name]] = field(default_factory=dict)
    by_domain: dict[str, list[KnownVendor]] = field(default_factory=dict)
    by_id: dict[str, KnownVendor] = field(default_factory=dict)
    relatives: dict[str, set[str]] = field(default_factory=dict)
    idle: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.idle = self.known.desk_words | self.known.small_words
        for vendor in self.known.vendors:
            for name in dict.fromkeys((vendor.name, *vendor.names)):
                words = tokens(name)
                if words:
                    folded = tuple(word.folded for word in words)
                    common = vendor.common_word and set(folded) <= {word.folded for word in tokens(vendor.name)}
                    self.by_word.setdefault(folded[0], []).append(_Name(words, folded, vendor, common))
            for domain in vendor.domains:
                self.by_domain.setdefault(domain, []).append(vendor)
            self.by_id[vendor.id] = vendor
            for other in vendor.related:
                self.relatives.setdefault(vendor.id, set()).add(other)
                self.relatives.setdefault(other, set()).add(vendor.id)

    def vendors_of(self, domain: str) -> list[KnownVendor]:
        """The vendors that write from the domain or from one above it, unless that one hosts strangers."""
        parent = within(domain, self.by_domain)
        return self.by_domain[parent] if parent and organisation(parent) == organisation(domain) else []

    def owners(self, domain: str) -> tuple[KnownVendor, ...]:
        """The vendors of the domain, and those related to them."""
        own = {vendor.id: vendor for vendor in self.vendors_of(domain)}
        kin = (self.by_id.get(other) for ident in own for other in sorted(self.relatives.get(ident, ())))
        return tuple({**own, **{vendor.id: vendor for vendor in kin if vendor}}.values())

    def is_freemail(self, domain: str) -> bool:
        """Whether anybody can have an address there; a provider's sub-domains are its own."""
        return canonical(domain) in self.known.freemail

    def is_carrier(self, domain: str) -> bool:
        return bool(within(domain, self.known.carriers))

    def mentions(self, words: tuple[Token, ...], *, as_name: bool = False) -> Iterator[Mention]:
        """Every vendor's name among the words, unless it is part of a longer name of another vendor.

        In running text (not `as_name`) it must be written as a name: with a capital, and exactly where it is a common
        word as well.
        """
        folded = tuple(word.folded for word in words)
        found = (
            Mention(name.vendor, start, start + len(name.words), name.common)
            for start, first in enumerate(folded)
            for name in self.by_word.get(first, ())
            if folded[start : start + len(name.words)] == name.folded
            and (as_name or _is_written(words[start : start + len(name.words)], name))
        )
        return _longest(found)


def _is_written(words: tuple[Token, ...], name: _Name) -> bool:
    if name.common:
        return all(a.written == b.written for a, b in zip(words, name.words, strict=True))
    return not words[0].written[0].islower() or words[0].written == name.words[0].written


def _longest(found: Iterable[Mention]) -> Iterator[Mention]:
    """Without those inside another vendor's longer name: `Orange Bank` does not speak of Orange."""
    around: list[Mention] = []
    for one in sorted(found, key=lambda mention: (mention.start, -mention.end)):
        around = [other for other in around if other.end > one.start]
        inside = any(
            other.end >= one.end and other.end - other.start > one.end - one.start and other.vendor is not one.vendor
            for other in around
        )
        around.append(one)
        if not inside:
            yield one


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
    return own_labels(vendor) | frozenset(form for name in _names(vendor) for form in _run_together(name)[:1])


def own_labels(vendor: KnownVendor) -> frozenset[str]:
    """The words that the vendor registered, and its name run together: under another suffix likely its own too."""
    labels = (label(registrable(domain)) for domain in vendor.domains)
    return frozenset(filter(None, (*labels, *_run_together(vendor.name)[:1])))


def spellings(vendor: KnownVendor) -> frozenset[str]:
    """All its names run together, with hyphens between their words and without."""
    return frozenset(form for name in _names(vendor) for form in _run_together(name))


def _names(vendor: KnownVendor) -> Iterable[str]:
    return (vendor.name, *vendor.names)


def _run_together(name: str) -> tuple[str, ...]:
    words = [word.folded.replace("+", "") for word in tokens(name)]
    return ("".join(words), "-".join(words)) if words else ()
