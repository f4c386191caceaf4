"""Whom a movement names: the vendors of the cases, as bank statements call them, and those who collect for others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TypeVar

from cancelproof.bank.line import Line
from cancelproof.domains import label, registrable
from cancelproof.judge.names import alike, bears, joined, spelled
from cancelproof.model import Case, Kind
from cancelproof.rules.values import Rules, Vendor
from cancelproof.words import cut

Phrase = tuple[str, ...]
T = TypeVar("T")
_TELLING = 5  # letters from which on a name in one word is no chance
_SHORT = 3  # letters of a name that chance writes too
_LONGEST = 40  # letters of a word that are looked at
_MOST_WORDS = 80
_CUT = 4  # letters of a name that was cut short
_STARRED = re.compile(r"\*\s*([^\W\d_][\w.&'-]*)")
_SHOPS = frozenset({"retail", "food", "travel", "hardware"})
_CONTRACTS = frozenset(
    {"telecom", "streaming", "music", "tv", "insurance", "energy", "fitness", "vpn", "security", "dating", "ai", "saas"}
)
_BILLED = frozenset({Kind.RECEIPT, Kind.RENEWAL, Kind.PAYMENT_FAILED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A vendor of a case: its names in words, the sums of its bills, and the platforms that bill for it."""

    name: str
    phrases: frozenset[Phrase]
    aliases: frozenset[Phrase] = frozenset()
    id: str = ""  # of the vendor file, if there is one
    common: bool = False
    sums: frozenset[tuple[Decimal, str]] = frozenset()
    days: tuple[date, ...] = ()  # of its bills, oldest first
    platforms: frozenset[str] = frozenset()
    sells_other_things: bool = False
    sells_contracts: bool = False  # and, as far as is known, nothing else


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The vendors of the cases and how statements call the platforms, found by the first word of a name.

    `whole` finds a vendor by its name written as one word.
    """

    targets: tuple[Target, ...]
    by_word: Mapping[str, Sequence[tuple[Phrase, Target]]]
    whole: Mapping[str, Sequence[tuple[Phrase, Target]]]
    platforms: Mapping[str, Sequence[tuple[Phrase, str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Whom a movement names, and in which text. `anonymous`: the platform alone, `targets` are who it bills for.

    `telling` is False for a name that is a common word as well, or short; `told` where the owner says so.
    """

    targets: tuple[Target, ...]
    words: str
    platform: str = ""
    anonymous: bool = False
    telling: bool = True
    told: bool = False


def known(cases: Iterable[Case], rules: Rules, aliases: Mapping[str, str]) -> Known:
    """The vendors of the cases, one each. `aliases` are what the owner says that statements call a vendor."""
    by_name: dict[str, list[Case]] = {}
    for case in cases:
        by_name.setdefault(case.vendor, []).append(case)
    called_so: dict[str, set[Phrase]] = {}
    for words, vendor in aliases.items():
        called_so.setdefault(joined(vendor), set()).add(cut(words).folded)
    targets = tuple(
        replace(_target(name, some, rules), aliases=frozenset(called_so.get(joined(name), ())))
        for name, some in by_name.items()
        if name.strip()
    )
    called = [(cut(text).folded, v.id) for v in rules.vendors if v.platform for text in v.statement_names]
    names = [(phrase, target) for target in targets for phrase in sorted(target.phrases | target.aliases) if phrase]
    return Known(
        targets=targets,
        by_word=_indexed((phrase[0], (phrase, target)) for phrase, target in names),
        whole=_indexed((whole, pair) for pair in names if len(whole := "".join(pair[0])) >= _TELLING),
        platforms=_indexed((phrase[0], (phrase, ident)) for phrase, ident in called if phrase),
    )


def _indexed(pairs: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


def _target(name: str, cases: Sequence[Case], rules: Rules) -> Target:
    entries = [entry for case in cases for entry in case.entries if not entry.banked and entry.authentic is not False]
    domains = sorted({case.vendor_domain for case in cases if case.vendor_domain})
    vendor = _on_file(name, rules) or next((rules.by_domain[d] for d in domains if d in rules.by_domain), None)
    if vendor and vendor.platform and not alike(vendor.name, name):
        vendor = None  # the store that sold it
    names = {name, *((vendor.name, *vendor.names, *vendor.statement_names) if vendor else ())}
    own = {(word,) for domain in domains if len(word := label(domain)) >= _TELLING and bears(domain, name)}
    senders = {registrable(entry.sender.rpartition("@")[2]) for entry in entries if not entry.sent} | set(domains)
    writers = [rules.by_domain[domain] for domain in senders if domain in rules.by_domain]
    sold_through = vendor.sold_through if vendor else ()
    return Target(
        name=name,
        phrases=frozenset(phrase for phrase in {spelled(text) for text in names} | own if phrase),
        id=vendor.id if vendor else "",
        common=bool(vendor and vendor.common_word),
        sums=frozenset((e.amount, e.currency) for e in entries if e.kind in _BILLED and e.amount is not None),
        days=tuple(sorted({e.charged_on or e.day for e in entries if e.kind is Kind.RECEIPT})),
        platforms=frozenset(writer.id for writer in writers if writer.platform) | frozenset(sold_through),
        sells_other_things=bool(vendor and (vendor.sector in _SHOPS or vendor.platform)),
        sells_contracts=bool(vendor and vendor.sector in _CONTRACTS),
    )


def _on_file(name: str, rules: Rules) -> Vendor | None:
    """The vendor on file of exactly this name."""
    words = cut(name).folded
    return (
        next((vendor for known, vendor in rules.by_name.get(words[0], ()) if known == words), None) if words else None
    )


def named(line: Line, book: Known) -> Named | None:
    """Whom a movement names: by its party, else by its text; None where it names nobody that is known."""
    hits = [hit for text in (line.party, line.text) if text and (hit := _named(text, book))]
    return next((hit for hit in hits if not hit.anonymous), hits[0] if hits else None)


def _named(text: str, book: Known) -> Named | None:
    words = cut(text).folded[:_MOST_WORDS]
    platform = _platform(words, book)
    lengths = _longest(words, book)
    others = {target: length for target, length in lengths.items() if not platform or target.id != platform}
    told = tuple(target for target in lengths if any(_side_by_side(alias, words) for alias in target.aliases))
    if told:
        return Named(targets=told, words=text, platform=platform, told=True)
    if others:
        most = max(others.values())
        hits = tuple(target for target, length in others.items() if length == most)
        telling = most[0] > _SHORT and (most[1] > 1 or not any(target.common for target in hits))
        return Named(targets=hits, words=text, platform=platform, telling=telling)
    if not platform:
        return None
    billed = tuple(target for target in book.targets if platform in target.platforms or target.id == platform)
    merchant = _after_star(text)
    if merchant:  # the platform names its customer, cut to the width of a statement
        billed = tuple(target for target in billed if _abbreviates(merchant, target))
    return Named(targets=billed, words=text, platform=platform, anonymous=not merchant) if billed else None


def _platform(words: Phrase, book: Known) -> str:
    """The id of the platform that a text names by the longest name, or ""."""
    found = [
        (len("".join(phrase)), ident)
        for start, word in enumerate(words)
        for phrase, ident in book.platforms.get(word, ())
        if words[start : start + len(phrase)] == phrase
    ]
    return max(found, default=(0, ""))[1]


def _longest(words: Phrase, book: Known) -> dict[Target, tuple[int, int]]:
    """The vendors that a text names, with the letters and words of their longest name in it."""
    found: dict[Target, tuple[int, int]] = {}
    for start, word in enumerate(words):
        side_by_side = (pair for pair in book.by_word.get(word, ()) if words[start : start + len(pair[0])] == pair[0])
        for phrase, target in (*side_by_side, *_written_as_one(words, start, book)):
            found[target] = max(found.get(target, (0, 0)), (len("".join(phrase)), len(phrase)))
    return found


def _side_by_side(phrase: Phrase, words: Phrase) -> bool:
    return any(words[start : start + len(phrase)] == phrase for start in range(len(words) - len(phrase) + 1))


def _written_as_one(words: Phrase, start: int, book: Known) -> Iterator[tuple[Phrase, Target]]:
    """Names written as one word, or in two: `NETFLIXCOM`, `CANALPLUS` and `Canal Plus`."""
    word = words[start][:_LONGEST]
    for end in range(_TELLING, len(word) + 1):
        yield from book.whole.get(word[:end], ())
    if start + 1 < len(words):
        yield from book.whole.get(word + words[start + 1], ())


def _after_star(text: str) -> str:
    """Who stands after the star of a collector: `PAYPAL *PEBBLEDRIV 35314369001`."""
    found = _STARRED.search(text)
    return joined(found[1]) if found else ""


def _abbreviates(merchant: str, target: Target) -> bool:
    names = ["".join(phrase) for phrase in target.phrases]
    return len(merchant) >= _CUT and any(name.startswith(merchant) or merchant.startswith(name) for name in names)
