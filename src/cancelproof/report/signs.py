"""The signs by which a mail is weighed (`classify.signs` names them), and their weights, in words for people."""

from __future__ import annotations

import re

from cancelproof.model import Decision, Kind
from cancelproof.report.escape import Shown, shown
from cancelproof.report.words import Words

_LITTLE, _MOST = 0.5, 1.0
_NAMED = r"(?:word |ends (?:near )?)?(?P<name>\S+)"
#: The forms of signs, each with the key of its words; without a key the form's own end is it.
_FORMS = (
    (re.compile(r"decided (?P<name>\S+)"), "decided"),
    (re.compile(r"decided (?P<name>\S+) in subject"), "decided_in_subject"),
    (re.compile(r"decided (?P<name>\S+) in subject over (?P<other>\S+)"), "over"),
    (re.compile(r"(?P<head>topic|word) (?P<name>\S+)(?: (?P<end>guarded|in subject))?"), ""),
    (re.compile(r"words (?P<name>\S+) and (?P<other>\S+) in subject"), "words_in_subject"),
    (re.compile(r"about (?P<name>\S+)"), "topic"),
    (re.compile(r"about (?P<name>\S+) in subject"), "topic_in_subject"),
    (re.compile(r"about (?P<name>\S+) beside (?P<other>\S+)"), "about_beside"),
    (re.compile(rf"{_NAMED} with (?:word )?(?P<other>\S+)"), "about_beside"),
    (re.compile(rf"{_NAMED} in brief"), "in_brief"),
    (re.compile(rf"{_NAMED} then (?P<other>\S+)"), "then"),
    (re.compile(r"ends (?:near )?(?P<name>\S+)"), "ends"),
    (re.compile(r"(?P<name>\S+) (?:firm|hint) (?:beside|about) (?P<other>\S+)"), "beside"),
    (re.compile(r"(?P<name>\S+) (?:firm|hint) of nothing"), "of_nothing"),
    (re.compile(r"(?P<name>\S+) (?:firm|hint) ends (?:near )?(?P<other>\S+)"), "of"),
    (re.compile(r"(?P<name>\S+) (?:firm|hint) without contract"), "without_contract"),
    (re.compile(r"(?P<name>\S+) guarded by (?P<other>\S+)"), "guarded_by"),
    (
        re.compile(
            r"(?P<name>\S+) (?P<end>firm|hint|guarded|in subject|in a row|in few words|early|late|more than once)"
        ),
        "",
    ),
)


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
    if words.has(f"weighed.{sign}"):
        return words.say(f"weighed.{sign}")
    for form, key in _FORMS:
        if found := form.fullmatch(sign):
            parts = found.groupdict()
            own = "_".join(filter(None, (parts.get("head"), (parts.get("end") or "").replace(" ", "_"))))
            off = key == "guarded_by"
            named = {what: _name(words, parts[what], off=off) for what in ("name", "other") if parts.get(what)}
            return words.say(f"weighed.{key or own}", **named)
    return words.say("weighed.other", name=shown(sign))


def _name(words: Words, name: str, *, off: bool) -> Shown:
    """A name in words: of a kind, of a guard where one turned a match `off`, else of a concept."""
    keys = (f"kind.{name}", f"{'guard' if off else 'concept'}.{name}")
    key = next(filter(words.has, keys), "")
    return words.say(key) if key else shown(name.replace("_", " "))
