"""Which of the names in a mail is the contract's.

Weighed by `choice`; the weights (`services.yaml`) know no language.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from cancelproof.classify import Read
from cancelproof.extract.choice import NONE, likeliest
from cancelproof.extract.service_names import BESIDE, ON_FILE, Seller
from cancelproof.extract.service_places import WITH_CONTRACT, found_as
from cancelproof.extract.service_signs import IS_NUMBERED, IS_STAYING, IS_VENDOR, Candidate, candidates
from cancelproof.model import Fact
from cancelproof.rules.values import Tells

_TOO_BARE = frozenset({WITH_CONTRACT, IS_VENDOR})  # of a name: it holds such a word itself, or is the vendor's
_TOLD = frozenset(
    f"{found_as(ON_FILE)} {place}" for place in ("deciding", "asserting", "telling the end", "in subject")
)


def which_service(read: Read, seller: Seller, people: frozenset[str], tells: Tells) -> Fact[str] | None:
    """The contract as the mail names it, and where it stands first; None where no name has enough for it.

    Where the mail says what it says of a service on file, or names no other, it is that.
    """
    every = candidates(read, seller, people)
    on_file = _on_file(every)
    told: Tells = {**tells, NONE: -math.inf} if on_file else tells
    chosen = likeliest({one: one.signs for one in on_file or every}, lambda sign: told.get(sign, 0.0))
    if chosen is None:
        return None
    bare = _without_head(chosen, every)
    return Fact(value=bare.name, raw=bare.raw, statement=bare.statement)


def _on_file(every: Sequence[Candidate]) -> list[Candidate]:
    """The services on file that the mail speaks of, not only as what stays: where it says its kind, else anywhere."""
    known = [one for one in every if found_as(ON_FILE) in one.signs and IS_STAYING not in one.signs]
    told = [one for one in known if not _TOLD.isdisjoint(one.signs)]
    return told or ([] if any(map(_is_told_beside, every)) else known)


def _is_told_beside(one: Candidate) -> bool:
    """Whether the mail says what it says of a name that is not on file (`your Velvet Gold subscription`), no number."""
    here = any(f"{found_as(BESIDE)} {place}" in one.signs for place in ("deciding", "asserting"))
    return here and found_as(ON_FILE) not in one.signs and IS_NUMBERED not in one.signs


def _without_head(chosen: Candidate, every: Collection[Candidate]) -> Candidate:
    """`Illimitée` of `formule Illimitée`: the proper name, where a small word beside it only says what it is of."""
    first, _, after = chosen.name.partition(" ")
    before, _, last = chosen.name.rpartition(" ")
    bare = {name for word, name in ((first, after), (last, before)) if word[:1].islower()}
    proper = (one for one in every if one.name in bare and found_as(BESIDE) in one.signs)
    fair = (one for one in proper if _TOO_BARE.isdisjoint(one.signs))
    return next(fair, chosen) if WITH_CONTRACT in chosen.signs else chosen
