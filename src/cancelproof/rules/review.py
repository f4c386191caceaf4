"""What is readable in the rule files but not good: one function a check, in a list."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from cancelproof.rules.law import Laws
from cancelproof.rules.pattern import Edge, Sequence
from cancelproof.rules.values import Rule, Rules
from cancelproof.words import cut

#: So long after somebody last looked at a vendor, somebody should look again.
STALE_AFTER = timedelta(days=548)
#: A law moves the owner's days: so long after somebody last read it.
LAW_STALE_AFTER = timedelta(days=366)


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


def never_stands(rules: Rules) -> Iterable[Issue]:
    """A rule that needs a topic which it must not meet, or words before the beginning or after the end."""
    for rule in _every_rule(rules):
        if rule.needs and set(rule.needs) <= set(rule.unless):
            yield Issue(rule.where_defined, f"{rule.id} needs {', '.join(rule.needs)} and may not meet it")
        for pattern in rule.patterns:
            if any(_misplaced_edge(part) for part in pattern.parts):
                yield Issue(rule.where_defined, f"{rule.id}: in {pattern.source!r} no statement has ^ or $ there")


def _misplaced_edge(part: Sequence) -> bool:
    last = len(part) - 1
    return any(isinstance(item, Edge) and place != (last if item.end else 0) for place, item in enumerate(part))


def ungated_name(rules: Rules) -> Iterable[Issue]:
    """A vendor called like a small word: every mail that says it would pose as the vendor."""
    for vendor in rules.vendors:
        names = () if vendor.common_word else (vendor.name, *vendor.names)
        for name in names:
            words = cut(name).folded
            codes = [code for code, small in rules.common.items() if len(words) == 1 and words[0] in small]
            if codes:
                what = f"{name!r} is a word in {', '.join(codes)}: mark {vendor.id} `common_word: yes`"
                yield Issue(vendor.where_defined, what)


def stale(rules: Rules, laws: Laws, today: date) -> Iterable[Issue]:
    """Vendors change their ways, and laws too; what nobody looked at for long may be wrong."""
    looked_at = [
        *((vendor.where_defined, vendor.id, _day(vendor.checked), STALE_AFTER) for vendor in rules.vendors),
        *(
            (law.where_defined, f"the law of {law.country}", law.checked, LAW_STALE_AFTER)
            for law in laws.by_country.values()
        ),
    ]
    for where, what, checked, longest in looked_at:
        if checked and not timedelta(0) <= today - checked <= longest:
            when = "is to come" if checked > today else f"is more than {longest.days} days ago"
            yield Issue(where, f"{what} was checked on {checked}, which {when}")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


CHECKS: tuple[Callable[[Rules], Iterable[Issue]], ...] = (
    silent_missing,
    example_missing,
    says_nothing,
    id_twice,
    pattern_twice,
    unchecked,
    never_stands,
    ungated_name,
)


def review(rules: Rules, today: date | None = None, laws: Laws | None = None) -> list[Issue]:
    """Every issue of every check; `today` tells which files of vendors and laws are stale."""
    found = [issue for check in CHECKS for issue in check(rules)]
    return [*found, *(stale(rules, laws or Laws(), today) if today else ())]
