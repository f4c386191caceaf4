"""The examples and silent lines of rule files, tried: each rule must find its own, and keep quiet where it should."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cancelproof.classify import Classifier
from cancelproof.model import Message, Place, Statement
from cancelproof.rules.values import Rule, Rules


@dataclass(frozen=True, slots=True)
class Failure:
    """A sample that did not do what its rule file says."""

    where: str
    rule: str
    sample: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.rule}: {self.what}: {self.sample!r}"


def as_mail(text: str, rule: Rule) -> Message:
    """A sample line as a mail of one statement, where the rule looks; ` | ` parts the cells of a row."""
    cells = tuple(text.split(" | ")) if " | " in text else ()
    place = min(rule.where, default=Place.BODY)
    return Message(statements=(Statement(text=text, place=place, cells=cells),))


def samples(rules: Rules, below: str = "") -> int:
    """How many samples the rule files hold, of those whose path begins with `below`."""
    every = [rule for language in rules.languages.values() for rule in language.rules]
    every += [rule for vendor in rules.vendors for own in vendor.rules.values() for rule in own]
    return sum(len(rule.examples) + len(rule.silent) for rule in every if rule.where_defined.startswith(below))


def failures(rules: Rules, below: str = "") -> Iterable[Failure]:
    """Every sample that fails, of rules in files whose path begins with `below`."""
    classifier = Classifier(rules)
    for code, language in rules.languages.items():
        for rule in language.rules:
            if rule.where_defined.startswith(below):
                yield from _of_rule(classifier, rule, code, "")
    for vendor in rules.vendors:
        for code, own in vendor.rules.items() if vendor.where_defined.startswith(below) else ():
            for rule in own:
                yield from _of_rule(classifier, rule, code, vendor.id)


def overlaps(rules: Rules) -> Iterable[Failure]:
    """Every rule whose examples all are found by one other rule that says as much: they don't show what it is for."""
    classifier = Classifier(rules)
    for code, language in rules.languages.items():
        for rule in language.rules:
            finders = [_others(classifier, rule, text, code) for text in rule.examples] if rule.kind else []
            if finders and (both := set.intersection(*finders)):
                what = f"{min(both)} finds all its examples too; show one that it alone finds"
                yield Failure(rule.where_defined, rule.id, rule.examples[0], what)


def _others(classifier: Classifier, rule: Rule, text: str, code: str) -> set[str]:
    hits = classifier.hits(as_mail(text, rule), code)
    same = (hit for hit in hits if hit.kind is rule.kind and hit.firm >= rule.firm and not hit.off)
    return {hit.rule for hit in same} - {rule.id}


def _of_rule(classifier: Classifier, rule: Rule, code: str, vendor_id: str) -> Iterable[Failure]:
    for text in rule.examples:
        hits = [h for h in classifier.hits(as_mail(text, rule), code, vendor_id) if h.rule == rule.id]
        if not hits:
            yield Failure(rule.where_defined, rule.id, text, "does not match")
        elif all(hit.off for hit in hits):
            yield Failure(rule.where_defined, rule.id, text, f"is turned off by {str(hits[0].off)!r}")
    for text in rule.silent:
        hits = [h for h in classifier.hits(as_mail(text, rule), code, vendor_id) if h.rule == rule.id and not h.off]
        if hits:
            yield Failure(rule.where_defined, rule.id, text, f"matches {hits[0].words!r}, but must stay silent")
