"""What is readable in the rule files but not good: one function a check, in a list."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cancelproof.rules.values import Rule, Rules


@dataclass(frozen=True, slots=True)
class Issue:
    """Something to mend, at a file and line."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def _every_rule(rules: Rules) -> Iterable[Rule]:
    for language in rules.languages.values():
        yield from (rule for rule in language.rules if rule.kind)
    for vendor in rules.vendors:
        for own in vendor.rules.values():
            yield from own


def silent_missing(rules: Rules) -> Iterable[Issue]:
    """Near misses are what a rule is best described by; each needs one that must stay silent."""
    for rule in _every_rule(rules):
        if not rule.silent:
            yield Issue(rule.where_defined, f"{rule.id} has no `silent` line")


def example_missing(rules: Rules) -> Iterable[Issue]:
    """Only a rule that needs a topic may lack an example: one sentence can't raise the topic and match."""
    for rule in _every_rule(rules):
        if not rule.examples and not rule.needs:
            yield Issue(rule.where_defined, f"{rule.id} has no example")


def says_nothing(rules: Rules) -> Iterable[Issue]:
    for rule in _every_rule(rules):
        if not rule.patterns:
            yield Issue(rule.where_defined, f"{rule.id} says nothing")


def id_twice(rules: Rules) -> Iterable[Issue]:
    seen: set[str] = set()
    for rule in _every_rule(rules):
        if rule.id in seen:
            yield Issue(rule.where_defined, f"{rule.id} stands twice")
        seen.add(rule.id)


def pattern_twice(rules: Rules) -> Iterable[Issue]:
    """The same words under the same conditions in two rules of one language: one of them can never win."""
    seen: dict[tuple[object, ...], Rule] = {}
    for rule in _every_rule(rules):
        for pattern in rule.patterns:
            key = (rule.id.split()[0], pattern.source, rule.needs, rule.unless, rule.despite, rule.where, rule.firm)
            other = seen.setdefault(key, rule)
            if other is not rule:
                yield Issue(rule.where_defined, f"{rule.id} says {pattern.source!r}, and so does {other.id}")


def unchecked(rules: Rules) -> Iterable[Issue]:
    for vendor in rules.vendors:
        if not vendor.checked or not vendor.sources:
            yield Issue(vendor.where_defined, f"{vendor.id} names no source, or no day on which it was checked")


CHECKS: tuple[Callable[[Rules], Iterable[Issue]], ...] = (
    silent_missing,
    example_missing,
    says_nothing,
    id_twice,
    pattern_twice,
    unchecked,
)


def review(rules: Rules) -> list[Issue]:
    """Every issue of every check."""
    return [issue for check in CHECKS for issue in check(rules)]
