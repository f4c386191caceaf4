"""Where every case stands on a day: entries and what the owner told, to cases.

A pure function of values. What only the whole mailbox can tell is told here: copies of one mail, a missing stamp where
the neighbours bear one, a look-alike of a vendor known from its bills.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cancelproof.judge.basis import basis, billing
from cancelproof.judge.charges import as_entries, without_repeats
from cancelproof.judge.contracts import Contract, contracts, told_order
from cancelproof.judge.directory import Directory, directory
from cancelproof.judge.disputes import lapsed, recourses
from cancelproof.judge.history import History, history
from cancelproof.judge.mails import by_owner, order, sifted
from cancelproof.judge.names import alike, number, words
from cancelproof.judge.platforms import attributed
from cancelproof.judge.rulings import ruled, still_closed
from cancelproof.judge.status import Standing, standing
from cancelproof.judge.steps import Known, plan
from cancelproof.judge.vendors import Vendor, vendors
from cancelproof.model import BankCharge, Case, Entry, Kind, Ruling, Status, Step, Told
from cancelproof.rules import Law, Laws

__all__ = ["Directory", "directory", "judge"]

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


def judge(  # noqa: PLR0913, PLR0917  # all that a verdict depends on, each a value of its own
    entries: Sequence[Entry],
    told: Sequence[Told],
    owner: Collection[str],
    today: date,
    laws: Laws | None = None,
    rulings: Sequence[Ruling] = (),
    charges: Sequence[BankCharge] = (),
    on_file: Directory | None = None,
) -> tuple[Case, ...]:
    """Every case that the mails and the owner's word make known, those that lack something first.

    `entries` in any order, copies among them or not; `owner` holds the owner's addresses; mails written after `today`
    are left out. Without `laws` the days are those of countries without a rule of their own. `rulings`, oldest first,
    are the owner's word on which mails are one contract and which cases are done with. `charges` are what bank
    statements show; a charge that a mail tells of as well counts once. `on_file` says whose product the owner told of.
    """
    asked = _Asked(
        frozenset(address.lower() for address in owner), today, laws or _NO_LAWS, {line.id: line for line in charges}
    )
    known = sifted(attributed(entries), asked.owner, today)
    if charges:
        known += as_entries(charges, today)
    found = vendors(known, sorted(told, key=told_order), on_file)
    put_together = ruled(((vendor, contracts(vendor)) for vendor in found), entries, rulings)
    cases = [case for vendor, its_own in put_together for case in _cases(vendor, its_own, asked)]
    return tuple(sorted(cases, key=_case_order))


_NO_LAWS = Laws()


def _case_order(case: Case) -> tuple[int, str, str, str, date, str]:
    last = case.entries[-1].sha256 if case.entries else ""
    asked = case.requested_on or date.min
    return _ORDER.index(case.status), case.vendor.casefold(), case.service.casefold(), case.number, asked, last


@dataclass(frozen=True, slots=True)
class _Asked:
    """What every case is judged by. `charges` are what bank statements show, by id."""

    owner: Collection[str]
    today: date
    laws: Laws
    charges: Mapping[str, BankCharge]


@dataclass(frozen=True, slots=True)
class _Opened:
    """A contract that is the owner's, and where it stands."""

    contract: Contract
    known: History
    stands: Standing
    service: str

    @property
    def begun(self) -> date:
        return self.contract.entries[0].day if self.contract.entries else date.min


def _cases(vendor: Vendor, found: Iterable[Contract], asked: _Asked) -> list[Case]:
    opened = [each for contract in found if (each := _opened(contract, asked))]
    habit = _habit(each.stands for each in opened)
    return [
        _case(vendor, each, asked.laws.of(vendor.home, _languages(each.known)), habit)
        for each in opened
        if not _rejoined(each, opened)
    ]


def _opened(contract: Contract, asked: _Asked) -> _Opened | None:
    entries, debits = without_repeats(contract.entries, asked.charges)
    known = history(entries, contract.told, asked.today, debits)
    stands = standing(known) if _is_open(known, asked.owner) else None
    return _Opened(contract, known, stands, _service(contract)) if stands else None


def _is_open(known: History, owner: Collection[str]) -> bool:
    """Whether the owner or a vendor's mail makes the contract known; a form's copy must be the vendor's own."""
    if known.told or not _OPENING.isdisjoint(known.by_kind):
        return True
    return any(by_owner(entry, owner) or entry.authentic is True for entry in known.of(Kind.REQUEST))


def _rejoined(older: _Opened, opened: Iterable[_Opened]) -> bool:
    """Whether a contract that ended was begun anew under the same name: the case is the newer."""
    stands = older.stands
    if older.known.told or not stands.proof or stands.status is Status.CHARGED_AFTER_END:
        return False
    over = max(stands.proof.day, stands.ends_on or date.min)
    return any(newer.begun > over and newer is not older and _same_service(older, newer) for newer in opened)


def _same_service(one: _Opened, other: _Opened) -> bool:
    return not one.service or not other.service or alike(one.service, other.service)


def _habit(standings: Iterable[Standing]) -> int | None:
    """The days in which the vendor confirmed what was asked before, the longest that they took."""
    took = [(s.proof.day - s.requested_on).days for s in standings if s.proof and s.requested_on]
    return max((days for days in took if days >= 0), default=None)


def _languages(known: History) -> Iterator[str]:
    """The languages of the vendor's mails, the most frequent first; counted where they are asked for alone."""
    yield from (said for said, _ in Counter([e.language for e in known.entries if not e.sent]).most_common())


def _case(vendor: Vendor, opened: _Opened, law: Law, habit: int | None) -> Case:
    contract, stands, note = opened.contract, opened.stands, opened.contract.note
    told = contract.told[-1] if contract.told else None
    known = Known(opened.known, told, law, habit, note.cancel_by, note.commitment_until, note.notice_days)
    closed = still_closed(contract)
    todo = plan(stands, known)
    shown = tuple(sorted([*contract.entries, *contract.silent], key=order) if contract.silent else contract.entries)
    return Case(
        vendor=note.vendor or _vendor_name(vendor, contract, told),
        vendor_domain=vendor.home or _newest([entry.vendor_domain for entry in contract.entries]),
        service=note.service or _newest([said.service for said in contract.told]) or opened.service,
        number=note.number or (_commonest([e.number for e in contract.entries], number) if contract.number else ""),
        status=stands.status,
        requested_on=stands.requested_on,
        ends_on=stands.ends_on,
        proof=stands.proof,
        charges_after_end=stands.late,
        step=Step.NONE if closed else todo.step,
        due_on=None if closed else todo.due,
        next_charge_on=stands.next_charge_on,
        last_charge=stands.last.charge if stands.last else None,
        entries=shown,
        told=told is not None,
        channel=told.channel if told else "",
        cancellations=tuple(contract.told),
        basis=basis(stands, opened.known),
        bills=frozenset(bill.mail.sha256 for bill in opened.known.charged),
        billing=billing(stands, known.today),
        deadlines=() if closed else todo.days,
        recourses=() if closed else recourses(stands.late, law, known.today),
        lapsed=() if closed else lapsed(stands.late, law, known.today),
        letter=0 if closed else todo.letter,
        country=law.country,
        rule=law.cited(known.today, online=known.online),
        closed=closed,
    )


def _newest(values: Sequence[str]) -> str:
    """The last value that is not empty."""
    return next((value for value in reversed(values) if value), "")


def _vendor_name(vendor: Vendor, contract: Contract, told: Told | None) -> str:
    """The name that the owner told, else the newest in the vendor's own mails."""
    if told:
        return told.vendor
    written = (entry.vendor for entry in reversed(contract.entries) if entry.vendor and not entry.sent)
    return next(written, "") or _newest([entry.vendor for entry in contract.entries]) or vendor.home


def _service(contract: Contract) -> str:
    return _commonest([entry.service for entry in contract.entries], words)


def _commonest(written: Sequence[str], folded: Callable[[str], Hashable]) -> str:
    """What most mails say, of these the newest; what differs in its spelling only is one."""
    said = Counter(written)
    del said[""]
    if len(said) < 2:
        return next(iter(said), "")
    counts: Counter[Hashable] = Counter()
    for text, count in said.items():
        counts[folded(text)] += count
    most = max(counts.values())
    return _newest([text for text in written if text and counts[folded(text)] == most])
