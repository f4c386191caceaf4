"""The signs of a mail: all that rules, topics and words found in it, by name, each with the place where it stands.

No single statement of a mail may be sure; together they mostly are. `weighing` says how much each sign tells.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain, combinations
from typing import TYPE_CHECKING

from cancelproof.classify.spoken import Spoken, as_about, as_word, in_subject, of_concepts, of_pairs, spoken_of
from cancelproof.model import Hit, Kind, Manner, OffBy, Place, Statement
from cancelproof.words import asks

if TYPE_CHECKING:
    from cancelproof.classify.matches import Line, Match

#: By how many rows a mail has, at least.
_ROWS = ((6, "a table"), (4, "rows"), (2, "some rows"), (0, "no rows"))
_SHORT = 400  # characters of all that a mail says; a person's own lines, or a notice of one sentence
_FEW_WORDS = 4  # of a statement
_EARLY, _LATE = 2, 0.6  # the last of the first statements; the share of all behind which others are late
_DIGIT = re.compile(r"\d")
ALWAYS = "always"  # the sign that every mail has, though none names it
FAR = "no rule near"  # the sign of a mail in which no statement comes near a kind

Signs = Mapping[str, Hit | None]


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


def of_hit(hit: Hit) -> str:
    """The sign that a rule of a kind matched, and whether it stands."""
    return as_guarded(hit.kind) if hit.off else as_firm(hit.kind) if hit.firm else as_hint(hit.kind)


def signs(
    lines: Sequence[Line],
    matches: Iterable[Match],
    kinds: Sequence[Match],
    topics: AbstractSet[str],
    decided: Kind,
    *,
    near: bool,
) -> Signs:
    """The signs of a mail, each with the first hit that gives it; where no rule comes near, what is spoken of is one.

    `matches` are all of topics as they were found, `kinds` those of kinds after the mail was seen whole, `topics` what
    is raised, `decided` what the strongest statement says, `near` whether a rule comes near a kind.
    """
    found: dict[str, Hit | None] = {as_decided(decided): None}
    spoken = spoken_of(lines)
    asserted = [match.hit for match in kinds if not match.is_saying and match.hit.kind is not Kind.OTHER]
    for name, hit in (*_of_topics(matches), *_of_kinds(asserted), *_around(asserted, lines, spoken)):
        found.setdefault(name, hit)
    found.update(dict.fromkeys(f"topic {topic}" for topic in topics if f"topic {topic}" not in found))
    if not near:
        found[FAR] = None
    for name, line in chain(of_words(lines, spoken), of_pairs(lines, spoken)):
        if name not in found:
            found[name] = None if near else _spoken_in(name, line)
    found.update(dict.fromkeys(of_form([line.statement for line in lines])))
    found.update(dict.fromkeys(of_strongest(found)))
    return found


def _spoken_in(name: str, line: Line) -> Hit:
    return Hit(rule=name, kind=Kind.OTHER, statement=line.index, words=line.statement.text)


def of_strongest(signs: Collection[str]) -> list[str]:
    """Of the signs of a mail: that its subject says what is strongest, and what else is said firmly beside that."""
    decided = next(kind for kind in Kind if as_decided(kind) in signs)
    if as_firm(decided) not in signs or in_subject(decided) not in signs:
        return []
    twice = in_subject(as_decided(decided))
    return [twice, *(f"{twice} over {other}" for other in Kind if other is not decided and as_firm(other) in signs)]


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
    if any(statement.place is Place.SUBJECT and asks(statement.text) for statement in statements):
        yield "a question in its subject"
    if any("%" in statement.text for statement in statements):
        yield "a share"
    rows = sum(len(statement.cells) > 1 for statement in statements)
    yield next(name for least, name in _ROWS if rows >= least)


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


def _around(hits: Iterable[Hit], lines: Sequence[Line], spoken: Mapping[int, Spoken]) -> Iterator[tuple[str, Hit]]:
    """What stands around words that say a kind: of what else their statement speaks, and where it stands."""
    order = {line.index: place for place, line in enumerate(lines)}
    for hit in hits:
        place = order.get(hit.statement)
        if hit.off or place is None:
            continue
        line, here = lines[place], spoken[hit.statement]
        yield from ((f"{of_hit(hit)} beside {notion}", hit) for notion in here.notions)
        yield from ((f"{of_hit(hit)} {as_about(name)}", hit) for name in here.concepts)
        yield from ((f"{of_hit(hit)} {ended}", hit) for ended in here.ended)
        if "contract" not in here.notions:
            yield f"{of_hit(hit)} without contract", hit
        if not here.things:
            yield f"{of_hit(hit)} of nothing", hit
        if line.statement.cells:
            yield f"{hit.kind} in a row", hit
        if len(line.looked.words) <= _FEW_WORDS:
            yield f"{hit.kind} in few words", hit
        if 0 < place <= _EARLY:
            yield f"{hit.kind} early", hit
        elif place > len(lines) * _LATE:
            yield f"{hit.kind} late", hit


def of_words(lines: Iterable[Line], spoken: Mapping[int, Spoken]) -> Iterator[tuple[str, Line]]:
    """The signs that no rule has a part in, each with its statement: notions and concepts, however it is put.

    Of the subject also any two notions together.
    """
    for line in lines:
        here = spoken[line.index].notions
        names = [*map(as_word, here)]
        if line.statement.place is Place.SUBJECT:
            names += [in_subject(name) for name in names]
            names += (in_subject(f"words {one} and {other}") for one, other in combinations(sorted(here), 2))
        yield from ((name, line) for name in (*names, *of_concepts(line, spoken[line.index])))
