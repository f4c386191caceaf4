"""What rules match in the statements of a mail, and what turns a match off in its own statement."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cancelproof.classify.matcher import Found, Looked
from cancelproof.classify.reader import Reader
from cancelproof.model import Hit, Kind, Manner, Off, OffBy, Place, Statement
from cancelproof.rules.values import Guard, Rule, Tier, Together
from cancelproof.words import Words, asks

_QUOTED = re.compile('«[^»]{1,300}»|“[^”]{1,300}”|„[^“”]{1,300}[“”]|"[^"]{1,300}"|「[^」]{1,300}」')
_FEWEST_AROUND = 3  # words; fewer only introduce what is quoted


@dataclass(frozen=True, slots=True)
class Line:
    """A statement looked at in its language."""

    index: int
    statement: Statement
    reader: Reader
    looked: Looked


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that matched; `is_saying` where it is no statement's, but what several topics say together."""

    rule: Rule
    tier: Tier
    hit: Hit
    is_saying: bool = False


def matches_of(line: Line, together: Together) -> list[Match]:
    found = list(line.reader.rules(line.looked))
    if not found:
        return []
    guards = _guards(line)
    matches: dict[str, Match] = {}
    for rule, tier, where in found:
        known = matches.get(rule.id)
        if _stands(rule, line) and (known is None or known.hit.off):
            match = Match(rule, tier, _hit(line, rule, where, guards, together))
            if known is None or not match.hit.off:
                matches[rule.id] = match
    return list(matches.values())


def _stands(rule: Rule, line: Line) -> bool:
    return not rule.where or line.statement.place in rule.where


def _hit(line: Line, rule: Rule, found: Found, guards: Sequence[tuple[Guard, int, int]], together: Together) -> Hit:
    return Hit(
        rule=rule.id,
        kind=rule.kind or Kind.OTHER,
        statement=line.index,
        words=line.looked.words.between(found.first, found.last),
        off=_unsaid(line, rule, found, together)
        or (None if rule.topic in together.unguarded else _guard(line, rule, found, guards)),
        firm=rule.firm,
        experimental=rule.experimental,
    )


def _unsaid(line: Line, rule: Rule, found: Found, together: Together) -> Off | None:
    """What turns a match off that is not said: a link is an instruction, a reply's subject is an earlier mail's."""
    words, manner = line.looked.words, line.statement.manner
    if manner is Manner.LINK and (rule.topic or str(rule.kind)) in together.not_by_link:
        return Off(OffBy.LINK)
    if manner is Manner.REPLY and rule.kind:
        return Off(OffBy.REPLY)
    askable = "question" in rule.despite or rule.topic in together.askable
    if not askable and asks(words.text):
        return Off(OffBy.QUESTION)
    return Off(OffBy.QUOTED) if _is_quoted(words, found) else None


def _guard(line: Line, rule: Rule, found: Found, guards: Sequence[tuple[Guard, int, int]]) -> Off | None:
    """The first guard that turns the match off."""
    words = line.looked.words
    clauses = range(words.clauses[found.first], words.clauses[found.last - 1] + 1)
    for guard, first, _ in guards:
        reaches = guard.far or (guard.sentence_wide and rule.sentence_wide) or words.clauses[first] in clauses
        if reaches and guard.acts_on(rule):
            return Off(OffBy.GUARD, guard.name)
    return None


def _is_quoted(words: Words, found: Found) -> bool:
    """Whether the match stands between quotation marks while the sentence says something of its own around them."""
    start, end = words.starts[found.first], words.ends[found.last - 1]
    for quote in _QUOTED.finditer(words.text):
        inside = quote.start() <= start and end <= quote.end()
        if inside:
            first, last = words.covered(*quote.span()) or (0, 0)
            return len(words) - (last - first) >= _FEWEST_AROUND
    return False


def _guards(line: Line) -> list[tuple[Guard, int, int]]:
    """The guards of a line whose words are no part of a date: May is a month before it is a verb."""
    dates = line.looked.mentions["date"].items()
    date_ends = {place: max(ends) for first, ends in dates for place in range(first, max(ends))}
    return [place for place in line.reader.guards(line.looked) if date_ends.get(place[1], 0) < place[2]]


def all_matches(lines: Sequence[Line], together: Together) -> list[Match]:
    """What matches in each line; what is said again in the same place and manner matches the same."""
    known: dict[tuple[int, Place, Manner], list[Match]] = {}
    matches: list[Match] = []
    for line in lines:
        key = (id(line.looked), line.statement.place, line.statement.manner)
        if key not in known:
            known[key] = matches_of(line, together)
        matches += (replace(match, hit=replace(match.hit, statement=line.index)) for match in known[key])
    return matches
