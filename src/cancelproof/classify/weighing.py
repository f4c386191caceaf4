"""Which kind all signs of a mail together speak for: a logistic regression over signs, its weights in `weights.yaml`.

The weights are learned from mails of many languages by what the rules found in them at first sight, before anybody
mended a rule for them (docs/accuracy.md): so they know how far a rule can be trusted on mail that it was not made for.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import replace

from cancelproof.classify.matches import Match
from cancelproof.classify.signs import ALWAYS, FAR, Signs, as_decided, as_firm, as_hint
from cancelproof.classify.spoken import in_subject
from cancelproof.classify.strongest import rank
from cancelproof.model import Decision, Hit, Kind
from cancelproof.rules.values import Tier, Weights

# Shares of what signs speak for, from leaving rounds out and from real products' mails: what a kind must have to take
# the place of what a statement says; to be a closure that none says; and where more speaks for what it replaces, or no
# rule comes near a closure (two of three that had 0.7 to 0.85 were some, all that had more).
_PART, _HALF, _SURE = 0.4, 0.5, 0.85
_MUCH = 0.7  # of nothing in the place of a firm closure
_MOST_NAMED = 6


def may_be_weighed(kinds: Sequence[Match], strongest: Decision) -> bool:
    """Whether signs have a say at all: no owner speaks, and no nearer rule file decided, which knows better."""
    if strongest.kind is Kind.REQUEST:
        return False
    return all(match.tier >= Tier.LANGUAGE for match in kinds if match.hit is strongest.hit)


def weigh(
    strongest: Decision,
    signs: Signs,
    kinds: Sequence[Match],
    weights: Weights,
    barred: Collection[Kind] = (),
) -> Decision:
    """The decision that all signs speak for; what the `strongest` statement says is one of them.

    Kinds are `barred` that nothing asserts beside what the mail speaks of.
    """
    kind = likeliest(signs, weights, barred)
    hit = strongest.hit if kind is strongest.kind else _shown(kind, signs, kinds, weights)
    if kind is not Kind.OTHER and hit is None:  # nothing in the mail could be shown for it
        kind, hit = strongest.kind, strongest.hit
    telling = _telling(kind, signs, weights)
    why = strongest.why if kind is strongest.kind else f"{strongest.why}; all signs together say {kind}"
    return replace(strongest, kind=kind, hit=None if kind is Kind.OTHER else hit, why=why, signs=telling)


def likeliest(signs: Collection[str], weights: Weights, barred: Collection[Kind] = ()) -> Kind:
    """The kind that signs speak for most.

    What a statement says gives way to a kind with enough of all shares, to one that is sure where the subject says it
    firmly as well, or nothing would be left of a firm one. Of closures, which traps are made of, a hint gives way to
    more, and a firm one sooner to nothing. What no statement says must have the larger part; a closure more where no
    rule comes near, and be sure to take the place of what one says; else it is what comes after.
    """
    decided = next((kind for kind in Kind if as_decided(kind) in signs), Kind.OTHER)
    sums = dict.fromkeys((*weights[ALWAYS], decided), 0.0)
    for name in (ALWAYS, *signs):
        for kind, weight in weights.get(name, {}).items():
            sums[kind] += weight
    highest = max(sums.values())
    parts = {kind: math.exp(value - highest) for kind, value in sums.items()}
    shares = {kind: part / sum(parts.values()) for kind, part in parts.items()}
    open_to = shares.keys() - barred | {decided}
    first, second, *_ = (*sorted(open_to, key=lambda kind: (-sums[kind], kind)), decided)
    unsaid = first is not decided and _is_unsaid(first, signs)
    if first is Kind.CLOSURE and unsaid and shares[first] < _of_unsaid(decided, signs):
        first = second
    return decided if shares[first] < _needed(decided, first, signs) else first


def _is_unsaid(kind: Kind, signs: Collection[str]) -> bool:
    """Whether no statement says a kind, not even as a hint."""
    return {as_firm(kind), as_hint(kind)}.isdisjoint(signs)


def _of_unsaid(decided: Kind, signs: Collection[str]) -> float:
    """The share that a closure must have which no statement says."""
    return _SURE if decided is not Kind.OTHER or FAR in signs else _HALF


def _needed(decided: Kind, first: Kind, signs: Collection[str]) -> float:
    """The share that a kind must have to take the place of what the strongest statement says."""
    if FAR in signs:
        return _HALF
    if as_firm(decided) not in signs:
        if decided is Kind.OTHER:
            return _HALF if _is_unsaid(first, signs) else 0.0
        return 0.0 if decided is Kind.CLOSURE else _PART
    if in_subject(decided) in signs:
        return _SURE
    if first is Kind.OTHER:
        return _MUCH if decided is Kind.CLOSURE else _SURE
    return _PART


def _shown(kind: Kind, signs: Signs, kinds: Sequence[Match], weights: Weights) -> Hit | None:
    """What shows a kind: the strongest statement of it, else what its most telling sign stands in."""
    asserted = [match for match in kinds if match.hit.kind is kind and not match.hit.off]
    if asserted:
        return min(asserted, key=rank).hit
    telling = {name: hit for name, hit in signs.items() if hit and not hit.off and _weight(weights, name, kind) > 0}
    if not telling:
        return None
    name = max(telling, key=lambda name: _weight(weights, name, kind))
    return replace(telling[name], rule=f"signs {kind}", kind=kind, firm=False, experimental=True)


def _telling(kind: Kind, signs: Signs, weights: Weights) -> tuple[tuple[str, float], ...]:
    """The signs that tell most for a kind or against it."""
    told = {name: _weight(weights, name, kind) for name in signs}
    return tuple(sorted(((n, w) for n, w in told.items() if w), key=lambda sign: -abs(sign[1])))[:_MOST_NAMED]


def _weight(weights: Weights, name: str, kind: Kind) -> float:
    return weights.get(name, {}).get(kind, 0.0)
