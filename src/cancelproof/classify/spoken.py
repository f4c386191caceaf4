"""What statements speak of: word lists and concepts, which mean the same in every language, as signs of a mail.

No rule is asked, so that a mail in words that no rule knows still tells: what ends in it, and what goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, product
from typing import TYPE_CHECKING

from cancelproof.model import Place
from cancelproof.rules.language import THINGS

if TYPE_CHECKING:
    from cancelproof.classify.matcher import Looked
    from cancelproof.classify.matches import Line
    from cancelproof.classify.reader import Reader

#: The word lists of ending anything, and those of what may end.
_ENDING = ("termination", "end_request", "end", "drop", "shut", "remove", "withdraw")
_ENDED = ("contract", "not_contract", "bill", "money_word", "data", "free_tier")
_BESIDE = ("contract", "when", "money")  # what is told of the concepts beside it
_NEAR = 3  # words between an end and what ends
_MOST_ENDS = 8  # words of ending in a statement that are looked at
_NOTHING = "nothing"
_BRIEF = 12  # words of a statement that says little else than what it speaks of
_MOST_NAMES = 20  # word lists and concepts of a statement that are put together: in 12,000 mails none had more than 16


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a statement speaks of: its word lists and concepts, whether of an end, and of the end of what."""

    notions: frozenset[str]
    concepts: frozenset[str]
    of_end: bool
    ended: frozenset[str]
    things: bool  # whether it names anything that may end
    brief: bool

    @property
    def names(self) -> list[str]:
        """All that it speaks of, by name; a word list and a concept of one name are two."""
        return sorted((*self.concepts, *map(as_word, self.notions)))[:_MOST_NAMES]


def as_about(concept: str) -> str:
    """The sign that a mail has words of a concept."""
    return f"about {concept}"


def as_word(notion: str) -> str:
    """The sign that a mail has a word of a list."""
    return f"word {notion}"


def in_subject(what: str) -> str:
    """The sign that what others say of the mail stands in its subject: a kind, a topic, a word, a concept."""
    return f"{what} in subject"


def spoken_of(lines: Iterable[Line]) -> Mapping[int, Spoken]:
    """What each statement speaks of, by its number."""
    known: dict[int, Spoken] = {}  # mails that sell repeat themselves
    for line in lines:
        if id(line.looked) not in known:
            known[id(line.looked)] = _spoken(line.reader, line.looked)
    return {line.index: known[id(line.looked)] for line in lines}


def _spoken(reader: Reader, looked: Looked) -> Spoken:
    notions, concepts = reader.notions(looked), reader.concepts(looked)
    ends = [span for name in _ENDING if name in notions for span in reader.notion(looked, name)]
    things = [(first, last, name) for name, first, last in concepts if name in THINGS]
    things += [(*span, name) for name in _ENDED if name in notions for span in reader.notion(looked, name)]
    return Spoken(
        notions=notions,
        concepts=frozenset(name for name, _, _ in concepts),
        of_end=bool(ends),
        ended=frozenset(sign for end in ends[:_MOST_ENDS] for sign in _ended(end, things)),
        things=bool(things),
        brief=len(looked.words) <= _BRIEF,
    )


def _ended(end: tuple[int, int], things: Sequence[tuple[int, int, str]]) -> Iterator[str]:
    """What ends, as far as places tell: what is named nearest."""
    between = ((max(end[0] - last, first - end[1], 0), name) for first, last, name in things)
    distance, name = min(between, default=(_NEAR + 1, _NOTHING))
    yield f"ends {name}"
    if distance <= _NEAR:
        yield f"ends near {name}"


def of_concepts(line: Line, here: Spoken) -> Iterator[str]:
    """What a statement speaks of, as signs: in a subject, beside an end, a contract, a day, a sum; and what ends."""
    yield from here.ended
    beside = [what for what in _BESIDE if what in here.notions]
    if here.of_end:
        beside.append("end")
    for about in map(as_about, here.concepts):
        yield about
        if line.statement.place is Place.SUBJECT:
            yield in_subject(about)
        yield from (f"{about} beside {what}" for what in beside)


def of_pairs(lines: Sequence[Line], spoken: Mapping[int, Spoken]) -> Iterator[tuple[str, Line]]:
    """What is spoken of together, as signs, each with its statement: in one, in a brief one, in two that follow."""
    for line in lines:
        here = spoken[line.index]
        names = here.names
        together = (*combinations(names, 2), *product(sorted(here.ended), names))
        yield from ((f"{one} with {other}", line) for one, other in together)
        if here.brief:
            yield from ((f"{name} in brief", line) for name in names)
    for line, following in pairwise(lines):
        first, then = (sorted(spoken[one.index].concepts)[:_MOST_NAMES] for one in (line, following))
        yield from ((f"{one} then {other}", line) for one, other in product(first, then))
