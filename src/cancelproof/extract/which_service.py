"""Which of the names in a mail is the contract's.

Weighed by `choice`; the weights (`services.yaml`) know no language.
"""

from __future__ import annotations

import math
from collections.abc import Collection

from cancelproof.classify import Read
from cancelproof.extract.choice import NONE, likeliest
from cancelproof.extract.service_names import Seller
from cancelproof.extract.service_signs import IS_VENDOR, ON_FILE, PROPER, WITH_CONTRACT, Candidate, candidates
from cancelproof.model import Fact
from cancelproof.rules.values import Tells

_TOO_BARE = frozenset({WITH_CONTRACT, IS_VENDOR})  # of a name: it holds such a word itself, or is the vendor's


def which_service(read: Read, seller: Seller, people: frozenset[str], tells: Tells) -> Fact[str] | None:
    """The contract as the mail names it, and where it stands first; None where no name has enough for it.

    Where a service on file is named, it is one of those.
    """
    every = candidates(read, seller, people)
    on_file = [one for one in every if ON_FILE in one.signs]
    told: Tells = {**tells, NONE: -math.inf} if on_file else tells
    chosen = likeliest({one: one.signs for one in on_file or every}, lambda sign: told.get(sign, 0.0))
    if chosen is None:
        return None
    bare = _without_head(chosen, every)
    return Fact(value=bare.name, raw=bare.raw, statement=bare.statement)


def _without_head(chosen: Candidate, every: Collection[Candidate]) -> Candidate:
    """`Illimitée` of `formule Illimitée`: the proper name, where a small word beside it only says what it is of."""
    first, _, after = chosen.name.partition(" ")
    before, _, last = chosen.name.rpartition(" ")
    bare = {name for word, name in ((first, after), (last, before)) if word[:1].islower()}
    proper = (one for one in every if one.name in bare and PROPER in one.signs and _TOO_BARE.isdisjoint(one.signs))
    return next(proper, chosen) if WITH_CONTRACT in chosen.signs else chosen
