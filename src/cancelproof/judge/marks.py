"""What tells contracts apart that bear no number: a place that is supplied, a card, the address of an account, a sum.

A mark tells contracts apart only where two of a kind are billed beside each other, each at its own interval: a card
that was replaced, an address of the vendor's own, a mail to another address of the owner's, a new price tell nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import combinations

from cancelproof.judge.billing import interval
from cancelproof.model import Entry, Kind

Sum = tuple[Decimal | None, str]

#: So many bills must bear a mark, and nearly every bill bears what is the vendor's own.
_FEWEST = 3
_ALL_BUT = 0.9
_MOST_MARKS = 50
#: Of several kinds that tell contracts apart one is enough, and the most telling comes first.
_KINDS = ("place", "card", "to")
#: Sums are followed where bills come this seldom at most: a shop is paid more often, and each time another sum.
_SHORTEST_INTERVAL = 20
#: A price takes another's place within so many intervals, at nearly the same interval.
_SUCCESSION = (0.5, 1.6)
_NEARLY = 0.2


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks that tell the contracts of one vendor apart, and its regular sums, each with the contract's mark."""

    telling: frozenset[str] = frozenset()
    sums: Mapping[Sum, str] = field(default_factory=dict)

    @property
    def all(self) -> frozenset[str]:
        return self.telling | frozenset(self.sums.values())

    def of(self, entry: Entry) -> str:
        """The one telling mark that a mail bears, "" where it bears none or several."""
        borne = [mark for mark in entry.marks if mark in self.telling] if self.telling else []
        if len(borne) == 1:
            return borne[0]
        paid = self.sums and not borne and entry.kind is Kind.RECEIPT
        return self.sums.get((entry.amount, entry.currency), "") if paid else ""


def marks(entries: Sequence[Entry]) -> Marks:
    """The marks of one vendor's genuine mails."""
    paid = [entry for entry in entries if entry.kind is Kind.RECEIPT]
    telling = _telling([entry for entry in paid if entry.marks])
    return Marks(telling) if telling else Marks(sums=_sums(paid))


def _telling(paid: Sequence[Entry]) -> frozenset[str]:
    if not paid:
        return frozenset()
    days: dict[str, set[date]] = defaultdict(set)
    borne: Counter[str] = Counter()
    for entry in paid:
        for mark in entry.marks:
            days[mark].add(entry.day)
            borne[mark] += 1
    by_kind: dict[str, list[str]] = defaultdict(list)
    for mark, found in sorted(days.items())[:_MOST_MARKS]:
        if len(found) >= _FEWEST and borne[mark] < _ALL_BUT * len(paid) and interval(found):
            by_kind[mark.partition(":")[0]].append(mark)
    for kind in _KINDS:
        if found_beside := _beside_each_other(by_kind[kind], days):
            return frozenset(found_beside)
    return frozenset()


def _beside_each_other(found: Iterable[str], days: Mapping[str, Collection[date]]) -> set[str]:
    telling: set[str] = set()
    for one, other in combinations(found, 2):
        if _overlap(days[one], days[other]) and not set(days[one]) & set(days[other]):
            telling |= {one, other}
    return telling


def _overlap(one: Collection[date], other: Collection[date]) -> bool:
    return min(one) < max(other) and min(other) < max(one)


# ---------------------------------------------------------------- sums


def _sums(paid: Sequence[Entry]) -> dict[Sum, str]:
    """The sums of two or more contracts that are billed beside each other, on days of their own.

    Bills that name a number or several services are told apart by these.
    """
    if len(paid) < 2 * _FEWEST or any(entry.number for entry in paid):
        return {}
    services = Counter([entry.service for entry in paid if entry.service])
    if sum(count > 1 for count in services.values()) > 1:
        return {}
    often = Counter([(entry.amount, entry.currency) for entry in paid])
    if sum(count >= _FEWEST for count in often.values()) < 2:
        return {}
    days: dict[Sum, set[date]] = defaultdict(set)
    for entry in paid:
        if entry.amount is not None and entry.amount.is_finite():
            days[entry.amount, entry.currency].add(entry.charged_on or entry.day)
    regular = {s: d for s, d in days.items() if len(d) >= _FEWEST and (interval(d) or 0) >= _SHORTEST_INTERVAL}
    chains = _chains(regular)
    spans = [{day for each in chain for day in regular[each]} for chain in chains]
    if len(chains) < 2 or any(_same_days(one, other) for one, other in combinations(spans, 2)):
        return {}
    if not all(_overlap(one, other) for one, other in combinations(spans, 2)):
        return {}
    return {each: f"sum:{chain[0][0]}{chain[0][1]}" for chain in chains for each in chain}


def _chains(regular: Mapping[Sum, Collection[date]]) -> list[list[Sum]]:
    """The sums in the order of time, each behind the one whose place it takes: a price that changed."""
    chains: list[list[Sum]] = []
    for each in sorted(regular, key=lambda s: (min(regular[s]), str(s))):
        before = [chain for chain in chains if _takes_its_place(regular[chain[-1]], regular[each])]
        if before:
            max(before, key=lambda chain: (max(regular[chain[-1]]), str(chain))).append(each)
        else:
            chains.append([each])
    return chains


def _takes_its_place(before: Collection[date], after: Collection[date]) -> bool:
    usual, new = interval(before) or 0, interval(after) or 0
    gap = (min(after) - max(before)).days
    return abs(usual - new) <= _NEARLY * usual and _SUCCESSION[0] * usual <= gap <= _SUCCESSION[1] * usual


def _same_days(one: Collection[date], other: Collection[date]) -> bool:
    """Whether any two bills come within a day: what one bill may be the half of."""
    near = {date.fromordinal(day.toordinal() + by) for day in one for by in (-1, 0, 1) if 1 < day.toordinal() < _LAST}
    return bool(near & set(other))


_LAST = date.max.toordinal()
