"""Which of a mail's days is the one that its kind asks for: the end, the renewal, or the day the money is taken.

Weighed by `choice`; the weights (`days.yaml`) are by the kind of the mail.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from cancelproof.classify import Read
from cancelproof.extract.choice import Telling, likeliest, weight
from cancelproof.extract.dates import Day
from cancelproof.extract.day_signs import candidates
from cancelproof.model import Kind
from cancelproof.rules.values import Weights


def which_day(read: Read, named: Sequence[Day], mailed: date | None, weights: Weights) -> Day | None:
    """The day that the mail means, as it stands where most speaks for it; None where no day has enough for it."""
    tells = tells_in(read.decision.kind, weights)
    found = {candidate.value: candidate for candidate in candidates(read, named, mailed)}
    value = likeliest({day: candidate.signs for day, candidate in found.items()}, tells)
    if value is None:
        return None
    return max(found[value].mentions, key=lambda mention: weight(mention[1], tells))[0]


def tells_in(kind: Kind, weights: Weights) -> Telling:
    """How much a sign of a day tells in a mail of a kind."""
    return lambda sign: weights[sign].get(kind, 0.0) if sign in weights else 0.0
