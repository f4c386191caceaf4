"""The signs by which a mail is weighed (`classify.signs` names them), and their weights, in words for people."""

from __future__ import annotations

from cancelproof.model import Decision, Kind
from cancelproof.report.escape import Shown, shown
from cancelproof.report.words import Words

_LITTLE, _MOST = 0.5, 1.0
#: What may stand behind the name that a sign is about, and before it.
_ENDS = ("in subject", "guarded", "firm", "hint")
_HEADS = ("decided", "topic", "word")


def why(words: Words, decision: Decision) -> Shown:
    """Return what made the kind: all signs together, or the strongest of the sentences that count."""
    kind = words.say(f"kind.{decision.kind.value}")
    said = {hit.kind for hit in decision.hits if not hit.off} - {Kind.OTHER}
    others = [words.say(f"kind.{other.value}") for other in Kind if other in said - {decision.kind}]
    if decision.signs:
        return words.say("explain.weighed", kind=kind)
    if decision.kind is Kind.OTHER:
        return words.say("explain.nothing_said")
    return (
        words.say("explain.stronger", kind=kind, others=words.listed(others))
        if others
        else words.say("explain.asserted", kind=kind)
    )


def how_much(words: Words, weight: float) -> Shown:
    """Return how much a weight is."""
    size = abs(weight)
    return words.say("much.little" if size < _LITTLE else "much.some" if size < _MOST else "much.most")


def in_words(words: Words, sign: str) -> Shown:
    """Return a sign as a clause; one that has no words of its own by its name."""
    head, _, rest = sign.partition(" ")
    end = next((end for end in _ENDS if sign.endswith(f" {end}")), "")
    name = (rest if head in _HEADS else sign).removesuffix(end).strip()
    key = "_".join(filter(None, (head if head in _HEADS else "", end.replace(" ", "_")))) or sign
    if not words.has(f"weighed.{key}"):
        return words.say("weighed.other", name=shown(sign))
    return words.say(f"weighed.{key}", name=_name(words, name))


def _name(words: Words, name: str) -> Shown:
    known = name in {kind.value for kind in Kind}
    return words.say(f"kind.{name}") if known else shown(name.replace("_", " "))
