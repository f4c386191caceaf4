"""Which of several things a mail means: the one for which its signs speak most, or none of them.

A conditional logit: each has the sum of the weights of its signs, none of them has a weight of its own, and the highest
wins. How the weights are learned stands in docs/rules.md, what that gives in docs/accuracy.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

T = TypeVar("T")

NONE = "none of them"  # the sign that a mail names nothing of the sort

#: How much a sign tells.
Telling = Callable[[str], float]


def weight(signs: Collection[str], tells: Telling) -> float:
    """What signs together tell."""
    return math.fsum(map(tells, signs))  # in whatever order they come


def likeliest(options: Mapping[T, Collection[str]], tells: Telling) -> T | None:
    """The one for which its signs speak most, the first of two equals; None where none has as much as `NONE`."""
    sums = {option: weight(signs, tells) for option, signs in options.items()}
    best = max(sums, key=sums.__getitem__, default=None)
    return best if best is not None and sums[best] > tells(NONE) else None
