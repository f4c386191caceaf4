"""What tells contracts apart that bear no number: a place that is supplied, a card, the address of an account.

A mark tells contracts apart only where two of a kind are billed beside each other, each at its own interval: a card
that was replaced, an address of the vendor's own or a mail to another address of the owner's tells nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import combinations

from cancelproof.judge.billing import interval
from cancelproof.model import Entry, Kind

#: So many bills must bear a mark, and nearly every bill bears what is the vendor's own.
_FEWEST = 3
_ALL_BUT = 0.9
_MOST_MARKS = 50


def telling(entries: Sequence[Entry]) -> frozenset[str]:
    """The marks that tell the contracts of one vendor apart, from its genuine mails."""
    paid = [entry for entry in entries if entry.kind is Kind.RECEIPT and entry.marks]
    days: dict[str, set[date]] = defaultdict(set)
    for entry in paid:
        for mark in entry.marks:
            days[mark].add(entry.day)
    by_kind: dict[str, list[str]] = defaultdict(list)
    for mark, found in sorted(days.items())[:_MOST_MARKS]:
        if len(found) >= _FEWEST and sum(mark in e.marks for e in paid) < _ALL_BUT * len(paid) and interval(found):
            by_kind[_kind(mark)].append(mark)
    fair = {mark for marks in by_kind.values() for mark in _beside_each_other(marks, days)}
    # Of several kinds that say the same one is enough, and the most telling comes first.
    kinds = [kind for kind in _KINDS if any(_kind(mark) == kind for mark in fair)]
    return frozenset(mark for mark in fair if _kind(mark) == kinds[0]) if kinds else frozenset()


_KINDS = ("place", "card", "to")


def _kind(mark: str) -> str:
    return mark.partition(":")[0]


def _beside_each_other(marks: Iterable[str], days: dict[str, set[date]]) -> set[str]:
    found: set[str] = set()
    for one, other in combinations(marks, 2):
        if min(days[one]) < max(days[other]) and min(days[other]) < max(days[one]) and not days[one] & days[other]:
            found |= {one, other}
    return found


def mark_of(entry: Entry, marks: frozenset[str]) -> str:
    """The one telling mark that a mail bears, "" where it bears none or several."""
    borne = [mark for mark in entry.marks if mark in marks] if marks else []
    return borne[0] if len(borne) == 1 else ""
