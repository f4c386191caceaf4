"""Whose mail is whose: names and domains of one vendor brought together, and those who only pose as one.

A vendor writes under several names and from several domains, a domain may write for several vendors. Mails are first
gathered by what they bear, name and domain; the few bearings are then compared, never the many mails.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, permutations

from cancelproof.judge.directory import Directory
from cancelproof.judge.groups import Groups
from cancelproof.judge.mails import forged, order, suspect
from cancelproof.judge.names import alike, bears, joined, label, number, words
from cancelproof.model import Entry, Kind, Told

#: A name with a domain, or without one (told by the owner, or billed by a carrier).
Bearing = tuple[str, str]

#: With more bearings than this to compare to, the most frequent are compared.
_MOST_COMPARED = 30
_SHORTEST_NUMBER = 6
_BILLS = frozenset({Kind.RECEIPT, Kind.RENEWAL, Kind.PAYMENT_FAILED})


@dataclass(frozen=True, slots=True)
class Vendor:
    """The mails of one vendor, oldest first, and what the owner told of it. `home` is the domain that it bills from.

    `products` are the names that the owner told as a vendor's and that are what it sells.
    """

    entries: tuple[Entry, ...]
    told: tuple[Told, ...]
    home: str
    names: tuple[str, ...]
    products: frozenset[str] = frozenset()

    def service_of(self, told: Told) -> str:
        """The service that the owner told, also as the vendor's name; "" where none was."""
        return told.service or (told.vendor if told.vendor in self.products else "")


def vendors(entries: Sequence[Entry], told: Sequence[Told], on_file: Directory | None = None) -> list[Vendor]:
    """The mails and what was told, by vendor; look-alikes are marked as suspect."""
    groups = Groups[Bearing]()
    borne = _by_bearing(entries)
    mails = {bearing: found for bearing, each in borne.items() if (found := [e for e in each if not forged(e)])}
    bearings = Counter({bearing: len(found) for bearing, found in mails.items()})
    for cancellation in told:
        bearings[_named(cancellation.vendor), ""] += 1
    _join_by_domain(groups, bearings)
    _join_by_name(groups, bearings)
    _join_by_mention(groups, bearings, mails)
    _join_by_number(groups, mails)
    products = _join_on_file(groups, bearings, mails, on_file or Directory(), told)
    _join_without_domain(groups, bearings)
    return _gathered(groups, bearings, borne, told, products)


def _by_bearing(entries: Iterable[Entry]) -> dict[Bearing, list[Entry]]:
    """The mails by what they bear: first as it is written, so that few names are looked at."""
    written: dict[Bearing, list[Entry]] = defaultdict(list)
    for entry in entries:
        written[entry.vendor, entry.vendor_domain].append(entry)
    found: dict[Bearing, list[Entry]] = defaultdict(list)
    for (name, domain), mails in written.items():
        found[_named(name), domain.lower()] += mails
    return found


def _named(name: str) -> str:
    return " ".join(name.split())


# ---------------------------------------------------------------- what belongs together


def _join_by_domain(groups: Groups[Bearing], bearings: Iterable[Bearing]) -> None:
    """What writes from a vendor's own domain is that vendor's; a domain that serves several joins like names only."""
    by_domain: dict[str, list[Bearing]] = defaultdict(list)
    for bearing in sorted(bearings):
        if bearing[1]:
            by_domain[bearing[1]].append(bearing)
    homes = {words(name) for name, domain in bearings if name and domain and bears(domain, name)}
    for domain, found in by_domain.items():
        own = [b for b in found if not b[0] or bears(domain, b[0])]
        for bearing in found:
            if own and (bearing in own or words(bearing[0]) not in homes):
                groups.join(own[0], bearing)
            elif not own:
                like = next((b for b in found[:_MOST_COMPARED] if alike(b[0], bearing[0])), bearing)
                groups.join(like, bearing)


def _join_by_name(groups: Groups[Bearing], bearings: Iterable[Bearing]) -> None:
    """The same name is the same vendor, whatever the domain: who only poses is found later."""
    first: dict[str, Bearing] = {}
    for bearing in sorted(bearings):
        if name := joined(bearing[0]):
            groups.join(first.setdefault(name, bearing), bearing)


def _join_by_mention(
    groups: Groups[Bearing], bearings: Iterable[Bearing], mails: Mapping[Bearing, Sequence[Entry]]
) -> None:
    """A domain that genuine mails of a vendor name is the vendor's too, where it speaks of the vendor by name."""
    domains: dict[str, list[Bearing]] = defaultdict(list)
    for bearing in sorted(bearings):
        domains[bearing[1]].append(bearing)
    named: dict[tuple[Bearing, str], None] = {}
    for bearing, found in mails.items():
        speaking = [entry.domains for entry in found if entry.domains and not entry.sent]
        told_of = dict.fromkeys(domain for its_own in speaking for domain in its_own)
        named |= {(bearing, domain): None for domain in told_of if domain in domains and domain != bearing[1]}
    spoken: dict[Bearing, frozenset[str]] = {}
    for bearing, domain in named:
        vendor = words(bearing[0])
        for other in domains[domain][:_MOST_COMPARED] if domain and vendor else ():
            if not alike(bearing[0], other[0]) and other not in spoken:  # few are asked for what their mails speak of
                spoken[other] = _spoken(mails.get(other, ()))
            if alike(bearing[0], other[0]) or vendor <= spoken[other]:
                groups.join(bearing, other)


def _join_by_number(groups: Groups[Bearing], mails: Mapping[Bearing, Sequence[Entry]]) -> None:
    """Two names that bear one contract's number are one vendor where one speaks of the other: it changed its name.

    A telephone's number goes with its owner from vendor to vendor: digits alone join no two.
    """
    borne: dict[str, set[Bearing]] = defaultdict(set)
    for bearing, found in mails.items():
        for text in {entry.number for entry in found if entry.number}:
            if len(number(text)) >= _SHORTEST_NUMBER and not number(text).isdigit():
                borne[number(text)].add(bearing)
    for bearers in borne.values():
        few = sorted(bearers)[:_MOST_COMPARED] if len(bearers) > 1 else ()
        for one, other in permutations(few, 2):
            name = words(other[0])
            if name and groups.of(one) != groups.of(other) and name <= _spoken(mails[one]):
                groups.join(one, other)


def _join_on_file(
    groups: Groups[Bearing],
    bearings: Iterable[Bearing],
    mails: Iterable[Bearing],
    on_file: Directory,
    told: Sequence[Told],
) -> frozenset[str]:
    """What was told under a name that no mail bears, and that is one vendor's on file, is that vendor's.

    The products among these names are returned. Where several vendors write from the domains on file nothing is joined.
    """
    known = {joined(name) for name, _ in mails}
    by_domain: dict[str, list[Bearing]] = defaultdict(list)
    for bearing in sorted(bearings):
        by_domain[bearing[1]].append(bearing)
    products = set()
    for name in sorted({cancellation.vendor for cancellation in told if joined(cancellation.vendor) not in known}):
        listed = on_file.of(name)
        writing = [b for domain in sorted(listed.domains) for b in by_domain.get(domain, ())] if listed else []
        if listed and len({groups.of(bearing) for bearing in writing}) == 1:
            groups.join(writing[0], (_named(name), ""))
            products |= {name} if listed.product else set()
    return frozenset(products)


def _spoken(mails: Iterable[Entry]) -> frozenset[str]:
    """The words of the subjects and deciding sentences of what was not the owner's."""
    return frozenset[str]().union(*(words(f"{e.subject} {e.sentence}") for e in mails if not e.sent))


def _join_without_domain(groups: Groups[Bearing], bearings: Mapping[Bearing, int]) -> None:
    """What bears no domain goes to the name that fits best; with a domain, like names join under like domains only."""
    near = _Near(sorted(bearings, key=lambda b: (-bearings[b], b)))
    for bearing in sorted(bearings):
        if bearing[1]:
            fits = [b for b in near.to(bearing) if b[1] and _poses_or_is(bearing, b)]
        else:
            others = near.to(bearing, partly=True)
            fits = [b for b in others if alike(bearing[0], b[0]) or (b[1] and label(b[1]) == joined(bearing[0]))]
            fits = sorted(fits, key=lambda b: _fit(bearing, b, bearings))[:1]
        for other in fits:
            groups.join(bearing, other)


class _Near:
    """The bearings that may be like a name, without comparing each with each.

    Of two like names one's words are all the other's, its rarest word among them.
    """

    def __init__(self, bearings: Sequence[Bearing]) -> None:
        """`bearings`: the most frequent first; of too many that share a word these are compared."""
        self._by_word: dict[str, list[Bearing]] = defaultdict(list)
        self._by_rarest: dict[str, list[Bearing]] = defaultdict(list)
        for bearing in bearings:
            for word in {*words(bearing[0]), label(bearing[1])} - {""}:
                self._by_word[word].append(bearing)
        for bearing in bearings:
            self._by_rarest[next(iter(self._ranked(bearing[0])), "")].append(bearing)

    def _ranked(self, name: str) -> list[str]:
        """The words of a name, the rarest first."""
        return sorted(words(name), key=lambda word: (len(self._by_word[word]), word))

    def to(self, bearing: Bearing, *, partly: bool = False) -> list[Bearing]:
        """Those that say all that the name says, or a part of it; `partly`: or share a word with it."""
        name = bearing[0]
        ranked = self._ranked(name)
        places = [self._by_word.get(key, ()) for key in (*ranked[: None if partly else 1], joined(name))]
        places += [self._by_rarest.get(word, ()) for word in ranked]
        found = dict.fromkeys(other for place in places for other in place[:_MOST_COMPARED] if other != bearing)
        return list(found)[:_MOST_COMPARED]


def _poses_or_is(one: Bearing, other: Bearing) -> bool:
    """Like names under domains with one word in common: one vendor, or one who poses as it.

    A name of its own under a domain made of that whole name is another vendor: Foo Bank of foobank.example is not Foo.
    """
    if not alike(one[0], other[0]):
        return False
    if label(one[1]) == label(other[1]):
        return True
    longer = max(one, other, key=lambda bearing: (len(words(bearing[0])), bearing))
    return label(longer[1]) != joined(longer[0]) and bears(one[1], other[0]) and bears(other[1], one[0])


def _fit(bearing: Bearing, other: Bearing, count: Mapping[Bearing, int]) -> tuple[int, bool, int, Bearing]:
    mine, theirs = words(bearing[0]), words(other[0])
    return len(mine ^ theirs), not other[1], -count[other], other


# ---------------------------------------------------------------- who only poses


def _gathered(
    groups: Groups[Bearing],
    bearings: Iterable[Bearing],
    borne: Mapping[Bearing, list[Entry]],
    told: Sequence[Told],
    products: frozenset[str],
) -> list[Vendor]:
    bearers: dict[Bearing, list[Bearing]] = defaultdict(list)
    said: dict[Bearing, list[Told]] = defaultdict(list)
    shown = _shown_with(groups, bearings)
    known = {bearing: groups.of(bearing) for bearing in bearings}
    for bearing in borne:
        if key := known.get(bearing) or shown.get(joined(bearing[0])) or shown.get(bearing[1]):
            bearers[key].append(bearing)
    for cancellation in told:
        said[groups.of((_named(cancellation.vendor), ""))].append(cancellation)
    return [
        _vendor({bearing: borne[bearing] for bearing in bearers[key]}, known.keys(), said[key], products)
        for key in sorted(bearers.keys() | said.keys())
    ]


def _shown_with(groups: Groups[Bearing], bearings: Iterable[Bearing]) -> dict[str, Bearing]:
    """The vendor by each of its names and domains: what is forged is shown with it, and brings no two together."""
    shown: dict[str, Bearing] = {}
    for bearing in sorted(bearings):
        for key in (joined(bearing[0]), bearing[1]):
            if key:
                shown.setdefault(key, groups.of(bearing))
    return shown


def _vendor(
    borne: Mapping[Bearing, Sequence[Entry]],
    genuine: Collection[Bearing],
    told: Sequence[Told],
    products: frozenset[str],
) -> Vendor:
    """A vendor of the mails that bear its names; `genuine` are the bearings of mails that nobody forged."""
    entries = sorted(chain.from_iterable(borne.values()), key=order)
    domains = {domain for _, domain in borne if domain}
    home = _home(entries, domains)
    if home and domains > {home} and (posing := _posing(entries, domains, home)):
        entries = [suspect(e) if (e.vendor_domain.lower(), e.kind in _BILLS) in posing else e for e in entries]
    names = {cancellation.vendor for cancellation in told} - products | {b[0] for b in borne if b in genuine}
    return Vendor(tuple(entries), tuple(told), home, tuple(sorted(names)), products)


def _home(entries: Sequence[Entry], domains: Collection[str]) -> str:
    """The domain that bills most, then writes most, then wrote first; "" where none does.

    Where that bears no name of the vendor's, somebody takes its money: then the one domain that is the whole name.
    """
    own = [e for e in entries if e.vendor_domain and e.authentic is True and not e.sent]
    if len(domains) < 2:
        return own[0].vendor_domain.lower() if own else ""
    mails, bills = Counter[str](), Counter[str]()
    for entry in own:
        mails[entry.vendor_domain.lower()] += 1
        bills[entry.vendor_domain.lower()] += entry.kind in _BILLS
    most = max(mails, key=lambda domain: (bills[domain], mails[domain]), default="")
    names = dict.fromkeys(entry.vendor for entry in own)
    if any(bears(most, name) for name in names):
        return most
    whole = {domain for domain in mails if any(label(domain) == joined(name) for name in names)}
    return whole.pop() if len(whole) == 1 else most


def _posing(entries: Sequence[Entry], domains: Collection[str], home: str) -> frozenset[tuple[str, bool]]:
    """The domains (and whether their bills too) that pose as the vendor's: never named by it, nor written to.

    One whose word resembles the vendor's poses in all that it writes; of any other the bills are believed, as a vendor
    may have them sent by somebody.
    """
    trusted, days, known = _trusted(entries, home)
    names = {entry.vendor for entry in entries if entry.vendor_domain.lower() == home and not forged(entry)}
    posing = set()
    for domain in set(domains) - trusted:
        if len(days[domain]) >= _ESTABLISHED and 2 * len(days[domain]) >= len(days[home]):
            continue
        resembles = label(home) in label(domain) or any(bears(domain, name) for name in names)
        if resembles or known >= _ESTABLISHED:
            posing.add((domain, False))
        if resembles:
            posing.add((domain, True))
    return frozenset(posing)


_ESTABLISHED = 2  # days on which a domain billed


def _trusted(entries: Sequence[Entry], home: str) -> tuple[set[str], Mapping[str, set[date]], int]:
    """The vendor's own domains, the days of bills by domain, the number of genuine mails from home."""
    trusted, known = {home}, 0
    days: dict[str, set[date]] = defaultdict(set)
    for entry in entries:
        domain = entry.vendor_domain.lower()
        if entry.sent:
            trusted.add(domain)
        elif domain == home and entry.authentic is True:
            trusted.update(entry.domains)
            known += 1
        if entry.kind is Kind.RECEIPT and entry.authentic is True:
            days[domain].add(entry.day)
    return trusted, days, known
