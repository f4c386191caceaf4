"""The contracts of one vendor: which mail speaks of which.

A number tells contracts apart, then a service named in several mails. What names neither goes to the only contract, or
to the one that it fits best; never to one with another number.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from cancelproof.judge.mails import forged, order
from cancelproof.judge.names import Words, number, words
from cancelproof.judge.numbers import Numbers, numbers
from cancelproof.judge.services import Services, digits, services
from cancelproof.judge.vendors import Vendor
from cancelproof.model import Act, Entry, Kind, Ruling, Told

_PAID = frozenset({Kind.RECEIPT, Kind.REFUND, Kind.PAYMENT_FAILED})
_ANSWERS = frozenset({Kind.CLOSURE, Kind.ACKNOWLEDGEMENT, Kind.REFUSAL})
#: A mail that fits several is compared with so many, those of the most mails.
_MOST_COMPARED = 20
_SHORTEST_NUMBER = 4
_NEVER = (date.min, date.min)


def told_order(told: Told) -> tuple[bool, date, str, str, str, str]:
    """What the owner told of no day first, then by day; all else only to tell two apart."""
    on = told.requested_on
    return on is not None, on or date.min, told.vendor, told.service, told.channel, told.reference


#: What the owner's notes on a contract say where there are none.
NO_NOTE = Ruling(act=Act.NOTE, on=date.min)


@dataclass(slots=True)
class Contract:
    """One contract as it is put together. `silent` mails are shown with it and move nothing.

    `note` and `closed` are the owner's word on it.
    """

    number: str = ""
    named: set[int] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    entries: list[Entry] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    silent: list[Entry] = field(default_factory=list)
    told_words: set[str] = field(default_factory=set)
    note: Ruling = NO_NOTE
    closed: Ruling | None = None

    def billed(self) -> bool:
        """Whether any of its mails is a bill."""
        return any(entry.kind is Kind.RECEIPT for entry in self.entries)


def contracts(vendor: Vendor) -> list[Contract]:
    """The contracts of a vendor, each with its mails, oldest first."""
    genuine = [entry for entry in vendor.entries if entry.authentic is not False]
    desk = _Desk(services(vendor, genuine), numbers(genuine, vendor.told), bool(genuine))
    pending = desk.sort_by_name(genuine)
    desk.join_halves()
    pending += desk.unbilled_numbers()
    desk.assign_all_told([(told, desk.services.words(vendor.service_of(told))) for told in vendor.told])
    desk.assign(pending)
    if len(genuine) < len(vendor.entries):
        desk.show([entry for entry in vendor.entries if forged(entry)])
    desk.put_in_order(genuine)
    return desk.found


@dataclass(slots=True)
class _Desk:
    """Where the mails of one vendor are sorted."""

    services: Services
    numbers: Numbers
    has_mails: bool
    found: list[Contract] = field(default_factory=list)
    written: dict[int, tuple[date, date]] = field(default_factory=dict)

    # ------------------------------------------------------------ by what they name

    def sort_by_name(self, entries: Sequence[Entry]) -> list[Entry]:
        """Open a contract for each number, then for each service without one; return the mails that name neither."""
        if not self.numbers.known and not self.services.named:
            return list(entries)
        numbered: dict[str, list[Entry]] = defaultdict(list)
        rest: list[Entry] = []
        for entry in entries:
            borne = self.numbers.of(entry)
            (numbered[borne] if borne else rest).append(entry)
        pending: list[Entry] = []
        for borne, mails in numbered.items():
            pending += self._open_numbered(borne, mails)
        return pending + self._open_named(rest)

    def _places(self, service: str) -> frozenset[int]:
        return self.services.of(self.services.words(service))

    def _open_numbered(self, borne: str, entries: Sequence[Entry]) -> list[Entry]:
        """One contract a number; several where two services are billed under it (a customer's number)."""
        by_service = _by_service(entries)
        billed: Counter[int] = Counter()
        for service, mails in by_service.items():
            for place in _only(self._places(service)):
                billed[place] += sum([entry.kind is Kind.RECEIPT for entry in mails])
        several = {place for place, count in billed.items() if count > 1}
        opened: dict[int, Contract] = defaultdict(lambda: Contract(number=borne))
        pending: list[Entry] = []
        for service, mails in by_service.items():
            places = self._places(service)
            if len(several) > 1 and not (len(places) == 1 and places <= several):
                pending += mails
                continue
            contract = opened[next(iter(places)) if len(several) > 1 else -1]
            contract.entries += mails
            self._name(contract, places)
        self.found += opened.values()
        return pending

    def _name(self, contract: Contract, places: Iterable[int]) -> None:
        for place in _only(places):
            contract.named.add(place)
            contract.words |= self.services.named[place]

    def _open_named(self, entries: Iterable[Entry]) -> list[Entry]:
        """Mails with a service and no number: to the only contract of that service, else they open one."""
        numbered: dict[int, list[Contract]] = defaultdict(list)
        for contract in self.found:
            for place in contract.named:
                numbered[place].append(contract)
        opened: dict[int, Contract] = defaultdict(Contract)
        pending: list[Entry] = []
        for service, mails in _by_service(entries).items():
            places = self._places(service)
            known = [contract for place in _only(places) for contract in numbered[place]]
            if len(places) != 1 or len(known) > 1:
                pending += mails
                continue
            contract = known[0] if known else opened[next(iter(places))]
            contract.entries += mails
            self._name(contract, places)
        self.found += opened.values()
        return pending

    def join_halves(self) -> None:
        """One contract known by its number alone and one by its name alone are one, unless both are billed."""
        nameless = [c for c in self.found if c.number and not c.named]
        numberless = [c for c in self.found if c.named and not c.number]
        if len(nameless) != 1 or len(numberless) != 1 or (nameless[0].billed() and numberless[0].billed()):
            return
        half, whole = numberless[0], nameless[0]
        whole.entries += half.entries
        whole.named |= half.named
        whole.words |= half.words
        self.found.remove(half)

    def unbilled_numbers(self) -> list[Entry]:
        """Take apart what a number alone opened beside contracts that are billed without one: it is a case's number."""
        if not any(self.numbers.is_mark(contract.number) for contract in self.found):
            return []
        bare = [c for c in self.found if c.number and not c.named and not c.billed()]
        bare = [c for c in bare if not self.numbers.is_mark(c.number)]
        self.found = [c for c in self.found if c not in bare]
        return [entry for contract in bare for entry in contract.entries]

    # ------------------------------------------------------------ by what fits

    def assign_all_told(self, told: Sequence[tuple[Told, Words]]) -> None:
        """Give away what the owner told, with the words of its service.

        Those that name a service come first: what names none must not take their place.
        """
        self.written = {id(contract): _written(contract) for contract in self.found} if told else {}
        for each, said in sorted(told, key=lambda pair: not pair[1]):
            self._assign_told(each, said)

    def _assign_told(self, told: Told, said: Words) -> None:
        """What the owner told goes to the contract of that number or service; an unknown service is another."""
        contract = self._told_contract(told, said)
        if contract is None:
            contract = Contract()
            self.found.append(contract)
        contract.told.append(told)
        contract.told_words |= said
        contract.words |= said
        self._name(contract, self.services.of(said))

    def _told_contract(self, told: Told, said: Words) -> Contract | None:
        fair = self._numbered(told, said)
        if not fair and said:
            places = self.services.of(said)
            open_to = [c for c in self.found if not _told_of_another(c, said)]
            fair = [c for c in open_to if places & c.named] or [c for c in open_to if _speaks(c, said)]
            fair = fair or [c for c in open_to if len(self.found) == 1 and not self._names_any(c)]
        elif not fair:
            the_only = self.found if len(self.found) == 1 and self.has_mails else []
            fair = [c for c in self.found if not c.told_words] or the_only
        return max(fair, key=lambda c: self._fits_told(c, told), default=None)

    def _fits_told(self, contract: Contract, told: Told) -> tuple[bool, date, int]:
        """The contract with an answer since, then the one written about last."""
        answered, last = self.written.get(id(contract), _NEVER)
        answers = answered != date.min and answered >= (told.requested_on or date.min)
        return answers and not contract.told, last, len(contract.entries)

    def _numbered(self, told: Told, said: Words) -> list[Contract]:
        """The contracts of the number that the owner told; a reference alone joins no two services."""
        spoken = {number(told.reference), number(told.service), number(digits(told.service))}
        text, by_service = number(f"{told.service} {told.reference}"), number(told.service)
        for borne, standing in sorted(self.numbers.known.items()):
            if borne in spoken or (len(borne) >= _SHORTEST_NUMBER and borne in text):
                named = [c for c in self.found if c.number == standing]
                named = [c for c in named if borne in by_service or not _told_of_another(c, said)]
                if named:
                    return named
        return []

    def _names_any(self, contract: Contract) -> bool:
        return any(self.services.words(entry.service) for entry in contract.entries)

    def assign(self, pending: Iterable[Entry]) -> None:
        """Give each mail that names no known contract to the one that it fits best, or else to one of its own.

        First those that name no service: their sums tell whether a service of another name is the same.
        """
        if not self.found:
            self._open_one(pending)
            return
        unknown = {entry.sha256: self.services.words(entry.service) for entry in pending}
        own: dict[Words, Contract] = {}
        for named in (False, True):
            known = self._profiles()
            for entry in sorted((e for e in pending if bool(unknown[e.sha256]) is named), key=order):
                fair = [p for p in known if not self._conflict(entry, p, alone=len(known) == 1)]
                if fair:
                    _best(entry, fair).contract.entries.append(entry)
                else:
                    said = unknown[entry.sha256]
                    own.setdefault(said, Contract(words=set(said))).entries.append(entry)
        self.found += own.values()

    def _open_one(self, entries: Iterable[Entry]) -> None:
        """Where nothing tells contracts apart, and none is known, all mails are of one."""
        contract = Contract(entries=list(entries))
        self.found += [contract] if contract.entries else []

    def show(self, forged_mails: Iterable[Entry]) -> None:
        """Let what is forged be seen with the contract that it speaks of."""
        known = self._profiles()
        for entry in forged_mails if known else ():
            _best(entry, known).contract.silent.append(entry)

    def put_in_order(self, genuine: list[Entry]) -> None:
        """Each contract's mails and what was told of it, oldest first, as `genuine` are."""
        if len(self.found) == 1:
            self.found[0].entries = genuine
        else:
            places = {id(entry): place for place, entry in enumerate(genuine)}
            for contract in self.found:
                contract.entries.sort(key=lambda entry: places[id(entry)])
        for contract in self.found:
            contract.told.sort(key=told_order)

    def _profiles(self) -> list[_Profile]:
        """What the contracts of the most mails look like now, so that no choice depends on another."""
        found = sorted(self.found, key=lambda c: -len(c.entries))[:_MOST_COMPARED]
        if not any(self.numbers.is_mark(contract.number) for contract in found):
            return [_profile(contract) for contract in found]
        spoken = [_spoken(contract) - self.services.own for contract in found]
        often = Counter(word for said in spoken for word in said)
        telling = [frozenset(word for word in said if often[word] == 1) for said in spoken]
        return [_profile(contract, said) for contract, said in zip(found, telling, strict=True)]

    def _conflict(self, entry: Entry, known: _Profile, *, alone: bool) -> bool:
        """Whether a mail names another number, or a service that is surely another."""
        contract = known.contract
        borne = "" if self.numbers.is_mark(contract.number) else self.numbers.of(entry)
        if borne and contract.number and borne != contract.number:
            return True
        said = self.services.words(entry.service)
        if not said or not contract.words or said & contract.words:
            return False
        text = words(f"{entry.subject} {entry.sentence}")
        if contract.told_words:
            return not contract.told_words & text
        if entry.final_bill and any(e.kind is Kind.CLOSURE for e in contract.entries):
            return False  # the last bill of what ended, whatever its rows are called
        if entry.kind in _PAID:
            return entry.amount not in known.amounts
        return not alone and not contract.words & text


def _by_service(entries: Iterable[Entry]) -> Mapping[str, Sequence[Entry]]:
    """The mails by what they call the service: many mails, few names."""
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        found[entry.service].append(entry)
    return found


def _only(places: Iterable[int]) -> tuple[int, ...]:
    found = tuple(places)
    return found if len(found) == 1 else ()


def _told_of_another(contract: Contract, said: Words) -> bool:
    """Whether the owner told of another service as this contract's: neither name says no more than the other."""
    return bool(said and contract.told_words) and not (said <= contract.told_words or contract.told_words <= said)


def _speaks(contract: Contract, said: Words) -> bool:
    """Whether the contract's mails speak of a service in their subjects or deciding sentences."""
    return any(said <= words(f"{e.service} {e.subject} {e.sentence}") for e in contract.entries[-_MOST_COMPARED:])


def _written(contract: Contract) -> tuple[date, date]:
    """The days of a contract's last answer to the owner and of its last mail."""
    answered = max((entry.day for entry in contract.entries if entry.kind in _ANSWERS), default=date.min)
    return answered, max((entry.day for entry in contract.entries), default=date.min)


@dataclass(frozen=True, slots=True)
class _Profile:
    """What a mail is compared with: the contract's words and sums, its days, and since when its end is asked for."""

    contract: Contract
    words: Words
    amounts: frozenset[Decimal | None]
    days: tuple[date, ...]
    asked: date


def _spoken(contract: Contract) -> frozenset[str]:
    """The words of a contract's mails, for contracts that no name tells apart."""
    return frozenset[str]().union(*(words(f"{e.service} {e.subject} {e.sentence}") for e in contract.entries))


def _profile(contract: Contract, spoken: Words = frozenset()) -> _Profile:
    asked = [e.day for e in contract.entries if e.kind is Kind.REQUEST]
    asked += [told.requested_on or date.min for told in contract.told]
    days = tuple(sorted(entry.day for entry in contract.entries))
    amounts = frozenset(entry.amount for entry in contract.entries if entry.kind is Kind.RECEIPT)
    return _Profile(contract, spoken | contract.words, amounts, days, min(asked, default=date.max))


def _best(entry: Entry, fair: Sequence[_Profile]) -> _Profile:
    """The contract that a mail fits best: by words, by sum, by what was asked before, by time."""
    if len(fair) == 1:
        return fair[0]
    text = words(f"{entry.service} {entry.subject} {entry.sentence}")
    return max(fair, key=lambda profile: _fit(profile, entry, text))


def _fit(profile: _Profile, entry: Entry, text: Words) -> tuple[int, bool, bool, int]:
    place = bisect_left(profile.days, entry.day)
    near = [abs((day - entry.day).days) for day in profile.days[max(0, place - 1) : place + 1]]
    return (
        len(profile.words & text),
        entry.amount is not None and entry.amount in profile.amounts,
        entry.kind in _ANSWERS and profile.asked <= entry.day,
        -min(near, default=entry.day.toordinal()),
    )
