"""Which of a mail's days is the one that its kind asks for: the end, the renewal, or the day the money is taken.

A conditional logit: each day has the sum of the weights of its signs, none of them has a weight of its own, and the
highest wins. The weights (`days.yaml`) are learned as those of kinds are (docs/accuracy.md).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from cancelproof.classify import Read
from cancelproof.extract.dates import Day
from cancelproof.extract.day_signs import candidates
from cancelproof.model import Kind
from cancelproof.rules.values import Weights

NONE = "none of them"  # the sign that the day is not named


def which_day(read: Read, named: Sequence[Day], mailed: date | None, weights: Weights) -> Day | None:
    """The day that the mail means, as it stands where most speaks for it; None where no day has enough for it."""
    kind = read.decision.kind
    found = {candidate.value: candidate for candidate in candidates(read, named, mailed)}
    value = likeliest({day: candidate.signs for day, candidate in found.items()}, kind, weights)
    if value is None:
        return None
    return max(found[value].mentions, key=lambda mention: _sum(mention[1], kind, weights))[0]


def likeliest(signs: Mapping[date, Collection[str]], kind: Kind, weights: Weights) -> date | None:
    """The day for which its signs speak most, the first named of two equals; None where none has as much as `NONE`."""
    sums = {day: _sum(names, kind, weights) for day, names in signs.items()}
    best = max(sums, key=sums.__getitem__, default=None)
    return best if best is not None and sums[best] > _sum((NONE,), kind, weights) else None


def _sum(names: Collection[str], kind: Kind, weights: Weights) -> float:
    return sum(weights[name].get(kind, 0.0) for name in names if name in weights)
