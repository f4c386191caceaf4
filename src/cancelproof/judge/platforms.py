"""Whom a store writes about: a mail that bears the store's own name, where it names what the store bills for others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from cancelproof.domains import registrable
from cancelproof.judge.names import words
from cancelproof.model import Entry, Kind

#: With more sellers than this behind one store, the first by name are looked for.
_MOST_COMPARED = 50


def attributed(entries: Sequence[Entry]) -> list[Entry]:
    """The mails, those of a store given to the seller that they name, where that is only one.

    A store is known by genuine mails that it sent for others (they bear no domain of a vendor). Its own mail is given
    away only where all words of a seller's name or service stand in its subject, service or deciding sentence.
    """
    sold: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for entry in entries:
        if entry.vendor and not entry.vendor_domain and entry.authentic is True and entry.kind is not Kind.OTHER:
            sold[_house(entry)][entry.vendor].add(entry.service)
    if not sold:
        return list(entries)
    return [_given(entry, sold) for entry in entries]


def _house(entry: Entry) -> str:
    return registrable(entry.sender.rpartition("@")[2]) or ""


def _given(entry: Entry, sold: dict[str, dict[str, set[str]]]) -> Entry:
    if entry.authentic is not True or entry.sent or not entry.vendor_domain or entry.kind is Kind.OTHER:
        return entry
    sellers = sold.get(entry.vendor_domain.lower())
    if sellers is None or _house(entry) != entry.vendor_domain.lower():
        return entry
    text = words(f"{entry.subject} {entry.service} {entry.sentence}")
    meant = {
        seller: service
        for seller in sorted(sellers)[:_MOST_COMPARED]
        for service in sorted(sellers[seller])
        if _named(service, text) or _named(seller, text)
    }
    if len(meant) != 1:
        return entry
    seller, service = next(iter(meant.items()))
    return replace(entry, vendor=seller, vendor_domain="", service=entry.service or service)


def _named(name: str, text: frozenset[str]) -> bool:
    own = words(name)
    return bool(own) and own <= text
