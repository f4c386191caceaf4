"""The services of one vendor: which names are one service, which are several billed beside each other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise

from cancelproof.judge.billing import interval
from cancelproof.judge.names import Words, label, spelled, words
from cancelproof.judge.vendors import Vendor
from cancelproof.model import Entry, Kind

#: With more services than this, only those named most often are told apart.
_MOST_SERVICES = 50
#: A plan that follows another within so many intervals takes its place.
_SUCCESSION = 2.5
_MONTH = 31
_SHORTEST_STEM = 5
_LONGEST_ENDING = 2


@dataclass(frozen=True, slots=True)
class Services:
    """The services that a vendor's mails name often enough to be told apart, each as the words of its fullest name.

    `follows` maps a service to the one under whose number its contract goes on: a changed plan is no new contract.
    """

    own: Words
    named: tuple[Words, ...]
    follows: Mapping[int, int] = field(default_factory=dict)
    index: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    met: dict[Words, frozenset[int]] = field(default_factory=dict, compare=False)
    forms: Mapping[str, str] = field(default_factory=dict)
    read: dict[str, Words] = field(default_factory=dict, compare=False)

    def words(self, service: str) -> Words:
        """What a service's name says beyond the vendor's; of a word's forms the shortest."""
        if service not in self.read:
            self.read[service] = frozenset(self.forms.get(word, word) for word in words(service) - self.own)
        return self.read[service]

    def of(self, service: Words) -> frozenset[int]:
        """The services that a name may mean: one that says no more or no less, else those that share most words."""
        if service not in self.met:
            self.met[service] = self._of(service)
        return self.met[service]

    def _of(self, service: Words) -> frozenset[int]:
        shared = Counter(place for word in service for place in self.index.get(word, ()))
        whole = {place for place, count in shared.items() if count in (len(service), len(self.named[place]))}
        most = max(shared.values(), default=0)
        found = whole or {place for place, count in shared.items() if count == most}
        return frozenset(self.follows.get(place, place) for place in found)


def services(vendor: Vendor, entries: Sequence[Entry]) -> Services:
    """The services of a vendor: named in two mails, or told by the owner; the fuller name stands for the shorter."""
    own = frozenset().union(*(words(name) for name in vendor.names), {label(vendor.home)}) - {""}
    often = Counter([entry.service for entry in entries])
    if not vendor.told and not any(often):
        return Services(own, ())
    called = {*often, *map(vendor.service_of, vendor.told)}
    every = {word for service in called if service for word in words(service) - own}
    plain = Services(own, (), forms=_forms(every))
    counts: Counter[Words] = Counter()
    for service, count in often.items():
        counts[plain.words(service)] += count if service else 0
    told = {plain.words(vendor.service_of(told)) for told in vendor.told}
    fair = [name for name in counts.keys() | told if name and (counts[name] > 1 or name in told)]
    fair = sorted(fair, key=lambda name: (-counts[name], sorted(name)))[:_MOST_SERVICES]
    named: list[Words] = []
    for name in sorted(fair, key=lambda name: (-len(name), sorted(name))):
        if not any(name <= fuller for fuller in named):
            named.append(name)
    index: dict[str, list[int]] = defaultdict(list)
    for place, name in enumerate(named):
        for word in name:
            index[word].append(place)
    alone = replace(plain, named=tuple(named), index={word: tuple(places) for word, places in index.items()}, met={})
    return replace(alone, follows=_follows(alone, entries), met={})


def _forms(every: Iterable[str]) -> dict[str, str]:
    """Of words that differ in a short ending alone (a gender, a plural), the one that stands for it."""
    found: dict[str, str] = {}
    ordered = sorted(every)
    for place, stem in enumerate(ordered):
        if len(stem) < _SHORTEST_STEM or not stem.isalpha() or stem in found:
            continue
        for word in ordered[place + 1 :]:
            if not word.startswith(stem):
                break
            if word.isalpha() and len(word) - len(stem) <= _LONGEST_ENDING:
                found[word] = stem
    return found


def _follows(found: Services, entries: Sequence[Entry]) -> dict[int, int]:
    """Which services take the place of others: billed one after the other, or by turns on one calendar."""
    if len(found.named) < 2:
        return {}
    days: dict[int, set[date]] = defaultdict(set)
    closed: set[int] = set()
    meant = {service: found.of(found.words(service)) for service in {entry.service for entry in entries}}
    for entry in entries:
        places = meant[entry.service]
        if len(places) == 1 and entry.kind is Kind.RECEIPT:
            days[next(iter(places))].add(entry.charged_on or entry.day)
        elif entry.kind in (Kind.CLOSURE, Kind.REQUEST):
            closed |= places
    follows: dict[int, int] = {}
    ordered = sorted(days, key=lambda place: (min(days[place]), place))
    for before, after in pairwise(ordered):
        if before not in closed and _one_calendar(days[before], days[after]):
            follows[after] = follows.get(before, before)
            days[after] = days[before] | days[after]
    return follows


def _one_calendar(before: set[date], after: set[date]) -> bool:
    """Whether two series of bills are one: one begins where the other stops, or only both together are regular."""
    gap = (min(after) - max(before)).days
    if gap > 0:
        return gap <= _SUCCESSION * (interval(before) or _MONTH)
    return interval(before) is None and interval(after) is None and interval(before | after) is not None


def digits(text: str) -> str:
    """The digits of a text, for a line's number inside a service's name."""
    return "".join(char for word in spelled(text) for char in word if char.isdigit())
