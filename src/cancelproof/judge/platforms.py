"""Whom a store writes about: a mail that bears the store's own name, where it names what the store bills for others."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from cancelproof.domains import registrable
from cancelproof.judge.names import alike, bears, words
from cancelproof.model import Entry, Kind

#: By a seller's name, how often each service and domain came with it.
Sellers = dict[str, Counter[tuple[str, str]]]

#: With more sellers than this behind one store, the first by name are looked for.
_MOST_COMPARED = 50


def attributed(entries: Sequence[Entry]) -> list[Entry]:
    """The mails, those of a store given to the seller that they name, where that is only one (under whatever names).

    A store is known by genuine mails that it sent for others, under names or from domains that are not its own. Its own
    mail is given away only where all words of a seller's name or service stand in its subject, service or deciding
    sentence.
    """
    sold: dict[str, Sellers] = defaultdict(lambda: defaultdict(Counter))
    for entry in entries:
        own = entry.vendor_domain and entry.sender.endswith(entry.vendor_domain)
        if own and bears(entry.vendor_domain, entry.vendor):
            continue  # nearly every mail, told without asking whose the domain is
        if entry.vendor and entry.authentic is True and not entry.sent and entry.kind is not Kind.OTHER:
            house = _house(entry)
            if house and not _is_its_own(entry, house):
                sold[house][entry.vendor][entry.service, entry.vendor_domain] += 1
    if not sold:
        return list(entries)
    return [_given(entry, sold) for entry in entries]


def _is_its_own(entry: Entry, house: str) -> bool:
    """Whether a mail bears the name of who sent it."""
    return entry.vendor_domain.lower() in {house, ""} and bears(house, entry.vendor)


def _house(entry: Entry) -> str:
    return registrable(entry.sender.rpartition("@")[2]) or ""


def _given(entry: Entry, sold: Mapping[str, Sellers]) -> Entry:
    if entry.authentic is not True or entry.sent or entry.kind is Kind.OTHER:
        return entry
    house = _house(entry)
    sellers = sold.get(house)
    if sellers is None or not _is_its_own(entry, house):
        return entry
    text = words(f"{entry.subject} {entry.service} {entry.sentence}")
    meant = {
        seller: offers
        for seller, offers in sorted(sellers.items())[:_MOST_COMPARED]
        if _named(seller, text) or any(_named(service, text) for service, _ in offers)
    }
    if not meant or not all(alike(one, other) for one, other in pairwise(sorted(meant))):
        return entry
    seller = max(sorted(meant), key=lambda name: meant[name].total())
    offers = meant[seller]
    service, domain = max(sorted(offers), key=lambda offer: offers[offer])
    return replace(entry, vendor=seller, vendor_domain=domain, service=entry.service or service)


def _named(name: str, text: frozenset[str]) -> bool:
    own = words(name)
    return bool(own) and own <= text
