"""The owner's word on contracts: which are one, which mails are one of their own, which are done with.

A ruling names cases by their mails (SHA-256) and by what was told, so that it holds whatever else comes. Rulings
hold in the order in which they were given; what names nothing that is known says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace

from cancelproof.judge.contracts import Contract, told_order
from cancelproof.judge.mails import order
from cancelproof.judge.vendors import Vendor
from cancelproof.model import Act, Entry, Kind, Ruling, Told

#: Mails that open a case again which the owner closed before they came.
_STIRS = frozenset({Kind.RECEIPT, Kind.RENEWAL, Kind.REACTIVATION, Kind.REFUSAL, Kind.PAYMENT_FAILED})


@dataclass(slots=True)
class _Shelf:
    """A vendor and its contracts, while rulings move them."""

    vendor: Vendor
    contracts: list[Contract]


def ruled(
    found: Iterable[tuple[Vendor, list[Contract]]], entries: Iterable[Entry], rulings: Sequence[Ruling]
) -> list[tuple[Vendor, list[Contract]]]:
    """The contracts as the owner ruled. `entries` are all mails: a ruling may name a copy of one that is kept."""
    if not rulings:
        return list(found)
    shelves = [_Shelf(vendor, list(contracts)) for vendor, contracts in found]
    same = _same_mails(entries, rulings)
    for ruling in rulings:
        _apply(shelves, ruling, frozenset(copy for named in ruling.mails for copy in same.get(named, (named,))))
    return [(shelf.vendor, shelf.contracts) for shelf in shelves if shelf.contracts]


def still_closed(contract: Contract) -> Ruling | None:
    """The owner's closing, unless something stirred since: a new bill is never hidden."""
    closed = contract.closed
    if closed is None or any(e.kind in _STIRS and e.day > closed.on for e in contract.entries):
        return None
    asked = any(told.requested_on and told.requested_on > closed.on for told in contract.told)
    return None if asked else closed


def _same_mails(entries: Iterable[Entry], rulings: Sequence[Ruling]) -> dict[str, tuple[str, ...]]:
    """The copies of each mail that a ruling names, itself among them."""
    named = {sha256 for ruling in rulings for sha256 in ruling.mails}
    known = list(entries)
    ids = {e.message_id: e.sha256 for e in known if e.sha256 in named and e.message_id}
    copies: dict[str, list[str]] = {}
    for entry in known:
        if entry.message_id in ids:
            copies.setdefault(ids[entry.message_id], []).append(entry.sha256)
    return {sha256: (sha256, *found) for sha256, found in copies.items()}


def _apply(shelves: list[_Shelf], ruling: Ruling, mails: frozenset[str]) -> None:
    meant = [(shelf, c) for shelf in shelves for c in shelf.contracts if _is_meant(c, mails, ruling.told)]
    if not meant:
        return
    if ruling.act is Act.MERGE:
        _merge(meant)
    elif ruling.act is Act.SPLIT:
        _split(meant, mails)
    else:
        for _, contract in meant:
            if ruling.act is Act.NOTE:
                contract.note = _noted(contract.note, ruling)
            else:
                contract.closed = ruling if ruling.act is Act.CLOSE else None


def _is_meant(contract: Contract, mails: frozenset[str], told: Sequence[Told]) -> bool:
    by_mail = any(entry.sha256 in mails for entry in (*contract.entries, *contract.silent)) if mails else False
    return by_mail or any(said in told for said in contract.told)


def _merge(meant: Sequence[tuple[_Shelf, Contract]]) -> None:
    """All that is meant becomes the first, which stays with its vendor."""
    _, whole = max(meant, key=lambda pair: len(pair[1].entries))
    for shelf, part in meant:
        if part is not whole:
            whole.entries += part.entries
            whole.silent += part.silent
            whole.told += part.told
            whole.number = whole.number or part.number
            whole.note = _noted(part.note, whole.note)
            shelf.contracts.remove(part)
    whole.entries.sort(key=order)
    whole.told.sort(key=told_order)


def _split(meant: Sequence[tuple[_Shelf, Contract]], mails: frozenset[str]) -> None:
    """The mails named leave their contracts and are one of their own."""
    shelf = meant[0][0]
    own = Contract()
    for _, contract in meant:
        for entry in [e for e in contract.entries if e.sha256 in mails]:
            contract.entries.remove(entry)
            own.entries.append(entry)
    own.number = next((entry.number for entry in own.entries if entry.number), "")
    own.entries.sort(key=order)
    shelf.contracts.append(own)


def _noted(earlier: Ruling, newer: Ruling) -> Ruling:
    """Both notes as one: where they differ the newer holds."""
    said = {f.name: getattr(newer, f.name) for f in fields(Ruling)}
    return replace(earlier, **{name: value for name, value in said.items() if value not in ("", None, ())})
