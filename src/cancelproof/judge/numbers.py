"""The numbers of one vendor's contracts: which are a contract's own, and which are two ways to write one."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cancelproof.judge.groups import Groups
from cancelproof.judge.marks import Marks, marks
from cancelproof.judge.names import number
from cancelproof.model import Entry, Kind, Told

_PAID = frozenset({Kind.RECEIPT, Kind.REFUND, Kind.PAYMENT_FAILED})
#: So much of a number, cut short, is no chance.
_SHORTEST_START = 6
_SHORTEST_END = 4
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Numbers:
    """The contract numbers, folded, each with the one that stands for it."""

    known: Mapping[str, str] = field(default_factory=dict)
    marks: Marks = field(default_factory=Marks)

    def of(self, entry: Entry) -> str:
        """The number of the contract that a mail names, by its number, else its reference, else a telling mark.

        "" where it names none.
        """
        if not self.known:
            return ""
        borne = number(entry.number)
        found = self.known.get(borne, "") or (self.known.get(number(entry.reference), "") if not borne else "")
        return found or self.known.get(self.marks.of(entry), "")

    def is_mark(self, borne: str) -> bool:
        """Whether what stands for a contract is a mark, not a number of its own."""
        return borne in self.marks.all


def numbers(entries: Sequence[Entry], told: Iterable[Told]) -> Numbers:
    """The numbers of a vendor's contracts, from its genuine mails and what the owner told."""
    own = _own(entries, told)
    billed = _folded(entry.number for entry in entries if entry.kind is Kind.RECEIPT)
    told_apart = marks(entries)
    groups = Groups[str]()
    for one, other in sorted(_in_one_mail(entries) | _cut_short(entries, own) | _marked(entries, told_apart)):
        if {one, other} <= own | told_apart.all and not {one, other} <= billed:
            groups.join(one, other)
    return Numbers({borne: groups.of(borne) for borne in own | told_apart.all}, told_apart)


def _marked(entries: Iterable[Entry], told_apart: Marks) -> set[tuple[str, str]]:
    """A number and a telling mark in one mail are one contract's."""
    if not told_apart.all:
        return set()
    found = [(text, mark) for e in entries for text in (e.number, e.reference) if (mark := told_apart.of(e)) and text]
    return {(number(text), mark) for text, mark in found}


def _folded(written: Iterable[str]) -> set[str]:
    """The numbers of many mails: the few that differ are folded."""
    return {number(text) for text in set(written)}


def _own(entries: Sequence[Entry], told: Iterable[Told]) -> frozenset[str]:
    """All numbers but those of single bills: where several bills bear one each, they are the bills' own."""
    paid: Counter[str] = Counter()
    for text, count in Counter([entry.number for entry in entries if entry.kind in _PAID]).items():
        paid[number(text)] += count
    others = _folded(said.reference for said in told)
    others |= _folded(entry.number for entry in entries if entry.kind not in _PAID)
    once = {borne for borne, count in paid.items() if count == 1 and borne not in others}
    return frozenset((paid.keys() | others) - (once if len(once) > 1 else set()) - {""})


def _in_one_mail(entries: Iterable[Entry]) -> set[tuple[str, str]]:
    """Two numbers in one mail are one contract's."""
    written = {(entry.number, entry.reference) for entry in entries if entry.reference or entry.number}
    pairs = {(number(one), number(other)) for one, other in written}
    return {(one, other) for one, other in pairs if one != other}


def _cut_short(entries: Iterable[Entry], own: frozenset[str]) -> set[tuple[str, str]]:
    """A number that is the beginning of just one other is that one."""
    whole = defaultdict(set)
    for text in {entry.number for entry in entries if entry.number}:
        if number(text) in own:
            whole[_bare(text)].add(number(text))
    ordered = sorted(whole)
    pairs = set()
    for place, start in enumerate(ordered):
        beyond = bisect_left(ordered, start + "\U0010ffff")
        if len(start) >= _SHORTEST_START and beyond - place == 2:
            pairs |= {(one, other) for one in whole[start] for other in whole[ordered[place + 1]] if one != other}
        bare = start.lstrip(_LETTERS)  # a word before it, glued on
        if bare != start and len(bare) >= _SHORTEST_END and bare in whole:
            pairs |= {(one, other) for one in whole[start] for other in whole[bare] if one != other}
    return pairs


def _bare(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
