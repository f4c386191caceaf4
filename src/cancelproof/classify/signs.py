"""The signs of a mail: all that rules, topics and words found in it, by name, each with the place where it stands.

No single statement of a mail may be sure; together they mostly are. `weighing` says how much each sign tells.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from cancelproof.model import Hit, Kind, Manner, OffBy, Place, Statement

if TYPE_CHECKING:
    from cancelproof.classify.matches import Line, Match

#: By how many rows a mail has, at least.
_ROWS = ((6, "a table"), (4, "rows"), (2, "some rows"), (0, "no rows"))
_SHORT = 400  # characters of all that a mail says; a person's own lines, or a notice of one sentence
_FEW_WORDS = 4  # of a statement
_EARLY, _LATE = 2, 0.6  # the last of the first statements; the share of all behind which others are late
_DIGIT = re.compile(r"\d")
_ASKS = ("?", "？")
#: The word lists of ending anything.
_ENDING = frozenset(("termination", "end_request", "end", "drop", "shut", "remove", "withdraw"))
ALWAYS = "always"  # the sign that every mail has, though none names it

Signs = Mapping[str, Hit | None]
Spoken = Mapping[int, frozenset[str]]  # of what each statement speaks, by its number


def as_decided(kind: Kind) -> str:
    """The sign that the strongest statement says a kind."""
    return f"decided {kind}"


def as_firm(kind: Kind) -> str:
    """The sign that a statement asserts a kind."""
    return f"{kind} firm"


def as_hint(kind: Kind) -> str:
    return f"{kind} hint"


def as_guarded(kind: Kind) -> str:
    return f"{kind} guarded"


def signs_of(kind: Kind) -> frozenset[str]:
    """The signs that a rule of a kind matched, whether it stands or not."""
    return frozenset((as_firm(kind), as_hint(kind), as_guarded(kind)))


def of_hit(hit: Hit) -> str:
    """The sign that a rule of a kind matched, and whether it stands."""
    return as_guarded(hit.kind) if hit.off else as_firm(hit.kind) if hit.firm else as_hint(hit.kind)


def as_about(concept: str) -> str:
    """The sign that a mail has words of a concept."""
    return f"about {concept}"


def in_subject(what: str) -> str:
    """The sign that what others say of the mail stands in its subject: a kind, a topic, a word."""
    return f"{what} in subject"


def signs(
    lines: Sequence[Line], matches: Iterable[Match], kinds: Sequence[Match], topics: Iterable[str], decided: Kind
) -> Signs:
    """The signs of a mail, each with the first hit that gives it.

    `matches` are all of topics as they were found, `kinds` those of kinds after the mail was seen whole, `topics` what
    is raised, `decided` what the strongest statement says.
    """
    found: dict[str, Hit | None] = {as_decided(decided): None}
    notions, concepts = spoken_of(lines)
    asserted = [match.hit for match in kinds if not match.is_saying and match.hit.kind is not Kind.OTHER]
    for name, hit in (*_of_topics(matches), *_of_kinds(asserted), *_around(asserted, lines, notions, concepts)):
        found.setdefault(name, hit)
    words = (*_of_words(lines, notions), *of_concepts(lines, notions, concepts))
    for name in (*(f"topic {topic}" for topic in topics), *words):
        found.setdefault(name, None)
    found.update(dict.fromkeys(of_form([line.statement for line in lines])))
    return found


def of_form(statements: Sequence[Statement]) -> Iterator[str]:
    """The signs of how a mail is made, whatever it says: of its own statements, no rule is asked."""
    if sum(len(statement.text) for statement in statements) < _SHORT:
        yield "short"
    if any(statement.manner is Manner.REPLY for statement in statements):
        yield "a reply"
    if any(statement.manner is Manner.LINK for statement in statements):
        yield "a button"
    if any(statement.place is Place.SUBJECT and _DIGIT.search(statement.text) for statement in statements):
        yield "a number in its subject"
    if any(statement.place is Place.SUBJECT and statement.text.endswith(_ASKS) for statement in statements):
        yield "a question in its subject"
    if any("%" in statement.text for statement in statements):
        yield "a share"
    rows = sum(len(statement.cells) > 1 for statement in statements)
    yield next(name for least, name in _ROWS if rows >= least)


def of_concepts(lines: Iterable[Line], notions: Spoken, concepts: Spoken) -> Iterator[str]:
    """What a mail speaks of, in its subject, beside words of ending, beside a contract; no rule is asked."""
    for line in lines:
        here = notions[line.index]
        for about in map(as_about, concepts[line.index]):
            yield about
            if line.statement.place is Place.SUBJECT:
                yield in_subject(about)
            if not here.isdisjoint(_ENDING):
                yield f"{about} beside an end"
            if "contract" in here:
                yield f"{about} beside a contract"


def _of_topics(matches: Iterable[Match]) -> Iterator[tuple[str, Hit]]:
    for match in matches:
        topic, hit = match.rule.topic, match.hit
        if topic and hit.off:
            yield f"topic {topic} guarded", hit
        elif topic:
            yield f"topic {topic}", hit
            if hit.statement == 0:
                yield in_subject(f"topic {topic}"), hit


def _of_kinds(hits: Sequence[Hit]) -> Iterator[tuple[str, Hit]]:
    """That a kind is said, or what turned it off; a saying's topics are signs already."""
    for hit in hits:
        yield of_hit(hit), hit
        if hit.statement == 0 and not hit.off:
            yield in_subject(hit.kind), hit
        if hit.off:
            yield f"{hit.kind} guarded by {hit.off.what}", hit
            if hit.off.what is OffBy.GUARD:
                yield f"{hit.kind} guarded by {hit.off.name}", hit
    firm = Counter(hit.kind for hit in hits if hit.firm and not hit.off)
    yield from ((f"{hit.kind} more than once", hit) for hit in hits if firm[hit.kind] > 1)


def _around(hits: Iterable[Hit], lines: Sequence[Line], notions: Spoken, concepts: Spoken) -> Iterator[tuple[str, Hit]]:
    """What stands around words that say a kind: of what else their statement speaks, and where it stands."""
    order = {line.index: place for place, line in enumerate(lines)}
    for hit in hits:
        place = order.get(hit.statement)
        if hit.off or place is None:
            continue
        line = lines[place]
        yield from ((f"{of_hit(hit)} beside {notion}", hit) for notion in notions[hit.statement])
        yield from ((f"{of_hit(hit)} {as_about(name)}", hit) for name in concepts[hit.statement])
        if "contract" not in notions[hit.statement]:
            yield f"{of_hit(hit)} without contract", hit
        if line.statement.cells:
            yield f"{hit.kind} in a row", hit
        if len(line.looked.words) <= _FEW_WORDS:
            yield f"{hit.kind} in few words", hit
        if 0 < place <= _EARLY:
            yield f"{hit.kind} early", hit
        elif place > len(lines) * _LATE:
            yield f"{hit.kind} late", hit


def spoken_of(lines: Sequence[Line]) -> tuple[Spoken, Spoken]:
    """The word lists that each statement has words of, and whether it names days and sums; and its concepts."""
    known: dict[int, tuple[frozenset[str], frozenset[str]]] = {}
    for line in lines:
        if id(line.looked) not in known:
            known[id(line.looked)] = line.reader.notions(line.looked), line.reader.concepts(line.looked)
    each = {line.index: known[id(line.looked)] for line in lines}
    return {at: notions for at, (notions, _) in each.items()}, {at: concepts for at, (_, concepts) in each.items()}


def _of_words(lines: Iterable[Line], notions: Spoken) -> Iterator[str]:
    """The notions, which are there however it is put; of the subject also any two together."""
    for line in lines:
        here = notions[line.index]
        yield from (f"word {name}" for name in here)
        if line.statement.place is Place.SUBJECT:
            yield from (in_subject(f"word {name}") for name in here)
            yield from (in_subject(f"words {one} and {other}") for one, other in combinations(sorted(here), 2))
