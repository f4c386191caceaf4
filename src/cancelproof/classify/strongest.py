"""What the statements of a mail say together, and which kind the strongest of them asserts."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from cancelproof.classify.matches import Line, Match
from cancelproof.model import Decision, Kind, Off, OffBy, Place
from cancelproof.rules.values import Rule, Saying, Tier, Together

_FEWEST_FIELDS = 4  # of a form that was filled in; a letterhead has fewer rows
_FIELD_WORDS = 4  # of a field's name or value that stands on a line of its own
_FAR = frozenset({OffBy.NEEDS, OffBy.SILENCED, OffBy.DENIED})  # so a match does not even come near its kind


def put_together(
    matches: Sequence[Match], together: Together, given: Iterable[str] = ()
) -> tuple[list[Match], dict[str, frozenset[int]]]:
    """What the rules for kinds match in a mail, and where it raises which topics; `given` are those that its
    quotes or its writer raise.
    """
    raised = [m for m in matches if m.rule.topic and not m.hit.off]
    where: dict[str, frozenset[int]] = {topic: frozenset() for topic in given if topic}
    for m in raised:
        where[m.rule.topic] = where.get(m.rule.topic, frozenset()) | {m.hit.statement}
    topics = frozenset(where)
    silence = silenced_by(matches)
    kinds = [m for m in matches if m.rule.kind] + _said_together(raised, topics, together.sayings)
    return [_with_topics(m, topics, silence, together.never) for m in kinds], where


def silenced_by(matches: Sequence[Match]) -> str:
    """The topic of which a mail is, if that says that nothing in it is about a contract."""
    return min((m.rule.topic for m in matches if m.rule.silences and not m.hit.off), default="")


def heard(matches: Sequence[Match]) -> list[Match]:
    """A rule of kind `other` says that its sentence asserts nothing: what else matches there is turned off.

    But for what a nearer rule file says.
    """
    denied = {m.hit.statement: m for m in reversed(matches) if m.rule.kind is Kind.OTHER and not m.hit.off}

    def denied_or_not(match: Match) -> Match:
        by = denied.get(match.hit.statement)
        if by is None or match.rule.kind is Kind.OTHER or match.hit.off or match.tier < by.tier:
            return match
        return replace(match, hit=replace(match.hit, off=Off(OffBy.DENIED, by.rule.id)))

    return [denied_or_not(match) for match in matches]


def _said_together(raised: Sequence[Match], topics: frozenset[str], sayings: Sequence[Saying]) -> list[Match]:
    """What topics assert that are raised together: shown by the statement that raised the first of them."""
    found = []
    for saying in sayings:
        if topics.issuperset(saying.every) and topics.isdisjoint(saying.unless):
            shown = max((m for m in raised if m.rule.topic == saying.every[0]), key=lambda m: m.hit.statement > 0)
            rule = Rule(id=saying.id, kind=saying.kind, patterns=())
            hit = replace(shown.hit, rule=saying.id, kind=saying.kind, firm=True, experimental=True)
            found.append(Match(rule, Tier.LANGUAGE if saying.strong else Tier.TOGETHER, hit, is_saying=True))
    return found


def _with_topics(match: Match, topics: frozenset[str], silence: str, never: Mapping[str, frozenset[str]]) -> Match:
    """A rule that needs a topic which the mail does not raise, or must not raise, is turned off.

    A topic that silences goes before guards: nothing of the mail may come near a kind, and so nothing is weighed.
    """
    if silence:
        return replace(match, hit=replace(match.hit, off=Off(OffBy.SILENCED, silence)))
    if match.hit.off:
        return match
    if match.rule.needs and not topics.intersection(match.rule.needs):
        return replace(match, hit=replace(match.hit, off=Off(OffBy.NEEDS, " or ".join(match.rule.needs))))
    if against := topics.intersection((*match.rule.unless, *never.get(match.hit.kind, ()))):
        return replace(match, hit=replace(match.hit, off=Off(OffBy.UNLESS, min(against))))
    return match


def is_near(match: Match, topics: AbstractSet[str]) -> bool:
    """Whether a match comes near its kind, though a guard may turn it off: not without a topic that it needs."""
    if match.hit.kind is Kind.OTHER or (match.hit.off and match.hit.off.what in _FAR):
        return False
    return not match.rule.needs or not topics.isdisjoint(match.rule.needs)


def without_requests(kinds: Sequence[Match], lines: Sequence[Line]) -> list[Match]:
    """What matches in a mail that the owner did not write: it asks for nothing in the owner's name.

    But for the copy of a form that the owner filled in: the request stands in one of its fields, or behind them, little
    else comes before, and one firm rule says it.
    """
    fields = [line.index for line in lines if _is_field(line)]

    def is_copied(match: Match) -> bool:
        before = bisect_right(fields, match.hit.statement)
        stands = before >= max(_FEWEST_FIELDS, match.hit.statement // 2)
        return stands and match.hit.firm and not match.is_saying

    return [
        replace(match, hit=replace(match.hit, off=Off(OffBy.NOT_OWNERS)))
        if match.hit.kind is Kind.REQUEST and not match.hit.off and not is_copied(match)
        else match
        for match in kinds
    ]


def _is_field(line: Line) -> bool:
    statement = line.statement
    plain = len(line.looked.words) <= _FIELD_WORDS and not statement.text.rstrip().endswith((".", "!", "?", ","))
    return len(statement.cells) > 1 or (statement.place is Place.BODY and plain)


def decide(matches: Sequence[Match], language: str, *, by_owner: bool) -> Decision:
    hits = tuple(match.hit for match in matches)
    asserted = [match for match in matches if not match.hit.off and match.hit.kind is not Kind.OTHER]
    if by_owner:
        asserted = [match for match in asserted if match.hit.kind is Kind.REQUEST]
    best = min(asserted, key=rank, default=None)
    if best is None:
        why = "no statement asserts anything about a contract" + (" unguarded" if hits else "")
        return Decision(kind=Kind.OTHER, language=language, hits=hits, why=why)
    others = sorted({m.hit.kind for m in asserted} - {best.hit.kind}, key=list(Kind).index)
    why = f"{best.hit.kind} is asserted" + (f"; it is stronger than {', '.join(others)}" if others else "")
    return Decision(kind=best.hit.kind, language=language, hit=best.hit, hits=hits, why=why)


def rank(match: Match) -> tuple[bool, int, int, bool, int]:
    """Firm before hinting, the nearer rule file first, then strength; the body explains better than the subject."""
    hit = match.hit
    return (not hit.firm, match.tier, list(Kind).index(hit.kind), hit.statement == 0, hit.statement)
