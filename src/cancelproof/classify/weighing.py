"""Which kind all signs of a mail together speak for: a logistic regression over signs, its weights in `weights.yaml`.

The weights are learned from mails of many languages by what the rules found in them at first sight, before anybody
mended a rule for them (docs/accuracy.md): so they know how far a rule can be trusted on mail that it was not made for.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from cancelproof.classify.matches import Match
from cancelproof.classify.signs import ALWAYS, Signs, as_decided, as_firm, as_hint, in_subject, signs_of
from cancelproof.classify.strongest import rank
from cancelproof.model import Decision, Hit, Kind, OffBy
from cancelproof.rules.values import Tier, Weights

# Shares of what signs speak for, from leaving rounds out and from real products' mails: what a closure must have that
# no statement says, nothing beside a closure that one says, and what takes the place of what the subject says as well.
_UNSAID, _SURE, _VERY_SURE = 0.6, 0.7, 0.9
_MOST_NAMED = 6
_FAR = frozenset({OffBy.NEEDS, OffBy.SILENCED, OffBy.DENIED})  # so a match does not even come near its kind


def is_weighed(kinds: Sequence[Match], strongest: Decision) -> bool:
    """Whether a mail is weighed: some statement comes near a kind, no nearer rule file decided, and no owner speaks."""
    near = (match for match in kinds if match.hit.kind is not Kind.OTHER)
    if strongest.kind is Kind.REQUEST or all(m.hit.off and m.hit.off.what in _FAR for m in near):
        return False
    # A rule of the owner's, a vendor's or a platform's own knows better than weights.
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

    What a statement says firmly gives way to no kind that no rule came near (but to a closure, which people put in
    words without end), and to nothing only if it is a closure, of which traps are made, and signs are sure; what the
    subject says as well gives way only to signs that are very sure. A closure that no statement says must be sure
    enough, else it is what comes after.
    """
    decided = next((kind for kind in Kind if as_decided(kind) in signs), Kind.OTHER)
    firm = as_firm(decided) in signs
    sums = dict.fromkeys((*weights[ALWAYS], decided), 0.0)
    for name in (ALWAYS, *signs):
        for kind, weight in weights.get(name, {}).items():
            sums[kind] += weight
    highest = max(sums.values())
    parts = {kind: math.exp(value - highest) for kind, value in sums.items()}
    shares = {kind: part / sum(parts.values()) for kind, part in parts.items()}
    closed = {*barred, *(_unasked(decided, signs, shares) if firm else ())} - {decided}
    first, second, *_ = (*sorted(shares.keys() - closed, key=lambda kind: (-sums[kind], kind)), decided, decided)
    if firm and in_subject(decided) in signs and shares[first] < _VERY_SURE:
        return decided
    unsaid = {as_firm(Kind.CLOSURE), as_hint(Kind.CLOSURE)}.isdisjoint(signs)
    return second if first is Kind.CLOSURE and first is not decided and unsaid and shares[first] < _UNSAID else first


def _unasked(decided: Kind, signs: Collection[str], shares: Mapping[Kind, float]) -> set[Kind]:
    """What takes no firm statement's place."""
    far = {kind for kind in Kind if signs_of(kind).isdisjoint(signs)} - {Kind.CLOSURE, Kind.OTHER}
    gives_way = decided is Kind.CLOSURE and shares[Kind.OTHER] >= _SURE
    return far if gives_way else far | {Kind.OTHER}


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
