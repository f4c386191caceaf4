"""Where every case stands on a day: entries and what the owner told, to cases.

A pure function of values. What only the whole mailbox can tell is told here: copies of one mail, a missing stamp where
the neighbours bear one, a look-alike of a vendor known from its bills.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from datetime import date

from cancelproof.judge.contracts import Contract, contracts
from cancelproof.judge.mails import by_owner, order, sifted
from cancelproof.judge.names import alike, number, words
from cancelproof.judge.status import Standing, standing
from cancelproof.judge.steps import Clocks, next_step
from cancelproof.judge.vendors import Vendor, vendors
from cancelproof.model import Case, Entry, Kind, Status, Told

__all__ = ["Clocks", "judge"]

#: What lacks proof or was charged for comes first.
_ORDER = (
    Status.CHARGED_AFTER_END,
    Status.AWAITING_PROOF,
    Status.REFUSED,
    Status.STOPPED_SILENTLY,
    Status.ENDING,
    Status.RUNNING,
    Status.PROVEN,
    Status.RESUMED,
)
#: Mails that show a contract of the owner's; others only speak of one.
_OPENING = frozenset({Kind.CLOSURE, Kind.ACKNOWLEDGEMENT, Kind.REFUSAL, Kind.RECEIPT, Kind.RENEWAL})


def judge(
    entries: Sequence[Entry], told: Sequence[Told], owner: Collection[str], today: date, clocks: Clocks | None = None
) -> tuple[Case, ...]:
    """Every case that the mails and the owner's word make known, those that lack something first.

    `entries` in any order, copies among them or not; `owner` holds the owner's addresses; mails written after `today`
    are left out. The default clocks are those of countries without a rule of their own.
    """
    addresses = frozenset(address.lower() for address in owner)
    cases = [
        case
        for vendor in vendors(sifted(entries, addresses, today), sorted(told, key=_told_order))
        for case in _cases(vendor, addresses, today, clocks or Clocks())
    ]
    return tuple(sorted(cases, key=_case_order))


def _told_order(told: Told) -> tuple[date, str, str, str, str]:
    return told.requested_on or date.min, told.vendor, told.service, told.channel, told.reference


def _case_order(case: Case) -> tuple[int, str, str, str, date, str]:
    last = case.entries[-1].sha256 if case.entries else ""
    asked = case.requested_on or date.min
    return _ORDER.index(case.status), case.vendor.casefold(), case.service.casefold(), case.number, asked, last


def _cases(vendor: Vendor, owner: Collection[str], today: date, clocks: Clocks) -> list[Case]:
    standings = [
        (contract, stands)
        for contract in contracts(vendor)
        if _is_open(contract, owner) and (stands := standing(contract.entries, contract.told, today))
    ]
    begun = [(contract, contract.entries[0].day) for contract, _ in standings if contract.entries]
    return [
        _case(vendor, contract, stands, today, clocks)
        for contract, stands in standings
        if not _rejoined(contract, stands, begun)
    ]


def _is_open(contract: Contract, owner: Collection[str]) -> bool:
    """Whether the owner or a vendor's mail makes the contract known; a form's copy alone may be anybody's request."""
    if contract.told or any(entry.kind in _OPENING for entry in contract.entries):
        return True
    return any(entry.kind is Kind.REQUEST and by_owner(entry, owner) for entry in contract.entries)


def _rejoined(older: Contract, stands: Standing, begun: Iterable[tuple[Contract, date]]) -> bool:
    """Whether a contract that ended was begun anew under the same name: the case is the newer."""
    if older.told or not stands.proof or stands.status is Status.CHARGED_AFTER_END:
        return False
    over, name = max(stands.proof.day, stands.ends_on or date.min), _service(older)
    return any(_same_service(name, _service(newer)) for newer, day in begun if day > over and newer is not older)


def _same_service(one: str, other: str) -> bool:
    return not one or not other or alike(one, other)


def _case(vendor: Vendor, contract: Contract, stands: Standing, today: date, clocks: Clocks) -> Case:
    told = contract.told[-1] if contract.told else None
    step, due = next_step(stands, told, today, clocks)
    shown = tuple(sorted([*contract.entries, *contract.silent], key=order) if contract.silent else contract.entries)
    return Case(
        vendor=_vendor_name(vendor, contract, told),
        vendor_domain=vendor.home or _newest([entry.vendor_domain for entry in contract.entries]),
        service=_newest([said.service for said in contract.told]) or _service(contract),
        number=_commonest([entry.number for entry in contract.entries if contract.number], number),
        status=stands.status,
        requested_on=stands.requested_on,
        ends_on=stands.ends_on,
        proof=stands.proof,
        charges_after_end=stands.late,
        step=step,
        due_on=due,
        next_charge_on=stands.next_charge_on,
        last_charge=stands.last.charge if stands.last else None,
        mails=tuple(entry.source for entry in shown),
        entries=shown,
        told=told is not None,
        channel=told.channel if told else "",
    )


def _newest(values: Sequence[str]) -> str:
    """The last value that is not empty."""
    return next((value for value in reversed(values) if value), "")


def _vendor_name(vendor: Vendor, contract: Contract, told: Told | None) -> str:
    """The name that the owner told, else the newest in the vendor's own mails."""
    if told:
        return told.vendor
    written = [entry.vendor for entry in contract.entries if not entry.sent]
    return _newest(written) or _newest([entry.vendor for entry in contract.entries]) or vendor.home


def _service(contract: Contract) -> str:
    return _commonest([entry.service for entry in contract.entries], words)


def _commonest(written: Sequence[str], folded: Callable[[str], Hashable]) -> str:
    """What most mails say, of these the newest; what differs in its spelling only is one."""
    said = [text for text in written if text]
    counts = Counter(folded(text) for text in said)
    most = max(counts.values(), default=0)
    return _newest([text for text in said if counts[folded(text)] == most])
