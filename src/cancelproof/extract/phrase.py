"""A contract without a name, as the mail calls it: `monthly membership`, `contrat d'assistance`, `indboforsikring`.

A word for a contract says which one by what is joined to it. The language files list the heads that alone say nothing
(`service_head`), the words that say enough alone (`service_alone`), those that qualify (`service_kind`) and those that
link a head to what it is for (`service_link`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cancelproof.classify import Line
from cancelproof.extract.names import is_joined, is_proper
from cancelproof.words import UNSPACED, fold

_MOST_WORDS = 6
_LONGEST_COUNT = 4  # digits of a count, `carte 10 séances`; a longer number is an identifier
_FEWEST_LETTERS = 4
_MOST_SIZES = 2
_YEAR = re.compile(r"(?:19|20)\d\d")
_UNSPACED = re.compile(f"[{UNSPACED}]")
_HIRAGANA = ("\u3040", "\u309f")


@dataclass(frozen=True, slots=True)
class _Roles:
    """The words of a line by what they do in a phrase: places that a list of the language covers."""

    line: Line
    heads: frozenset[int]
    kinds: frozenset[int]
    links: frozenset[int]

    def joins(self, place: int) -> bool:
        """Whether a word and the one before stand together."""
        return 0 < place < len(self.line.looked.words) and is_joined(self.line, place - 1)


def phrases(line: Line) -> Iterator[str]:
    """The phrases of a line that say which contract."""
    heads = line.reader.cues(line.looked, "service_head")
    alone = line.reader.cues(line.looked, "service_alone")
    roles = _Roles(
        line, _covered(heads), _covered(line.reader.cues(line.looked, "service_kind")),
        _covered(line.reader.cues(line.looked, "service_link")),
    )  # fmt: skip
    telling = _covered(set(alone) - set(heads))
    for span in dict.fromkeys((*heads, *alone)):
        first, last = _leftward(roles, span[0]), _rightward(roles, span[1])
        plain = all(
            (place in roles.heads and place not in telling) or place in roles.links for place in range(first, last)
        )
        if not plain and last - first <= _MOST_WORDS:
            size = _sized(line, last) if span[0] in telling and span[0] > 0 and _named(roles, last - 1) else last
            yield line.looked.words.between(_complement(roles, span[1], last) or first, size)


def _sized(line: Line, last: int) -> int:
    """Over the size that a name ends in, `Bredbånd 1000`, `Bredband 250/250`: short counts, no year, no identifier."""
    words, end = line.looked.words, last
    while end < len(words) and is_proper(line, end) and words.folded[end].isdigit() and _beside(line, end):
        end += 1
    sizes = words.folded[last:end]
    fair = len(sizes) <= _MOST_SIZES and all(_is_count(size) and not _YEAR.fullmatch(size) for size in sizes)
    return end if fair else last


def _beside(line: Line, place: int) -> bool:
    words = line.looked.words
    return is_joined(line, place - 1) and words.text[words.ends[place] :][:1] not in {"-", "_"}


def _complement(roles: _Roles, after: int, last: int) -> int:
    """Where what a linking word leads to begins; 0 without one: `contrat de télésurveillance`."""
    return after + 1 if after in roles.links and after + 1 < last else 0


def _covered(spans: Iterable[tuple[int, int]]) -> frozenset[int]:
    return frozenset(place for first, last in spans for place in range(first, last))


def _leftward(roles: _Roles, first: int) -> int:
    """Over what qualifies, back to where the phrase begins; in a script without spaces over all but grammar."""
    words = roles.line.looked.words
    while first > 0 and roles.joins(first) and (first - 1 in roles.kinds or _is_glued(words.folded[first - 1])):
        first -= 1
    return first


def _rightward(roles: _Roles, last: int) -> int:
    """Over what qualifies, a count with its unit, and what one linking word leads to."""
    words, linked = roles.line.looked.words, False
    while roles.joins(last):
        if last in roles.kinds or (last in roles.heads and last not in roles.links) or (linked and _named(roles, last)):
            last += 1
        elif _is_count(words.folded[last]) and last + 1 in roles.kinds and roles.joins(last + 1):
            last += 2
        elif not linked and last in roles.links and roles.joins(last + 1) and _leads(roles, last + 1):
            last, linked = last + 2, True
        else:
            break
    return last


def _leads(roles: _Roles, place: int) -> bool:
    """Whether a linking word may lead to this one: a noun of some length, no small word, no day and no sum."""
    word = roles.line.looked.words.folded[place]
    language = roles.line.reader.language
    common = word in language.common or any(word in map(fold, names) for names in language.dates.months)
    fair = word.isalpha() and len(word) >= _FEWEST_LETTERS and not _is_mentioned(roles.line, place)
    return place in roles.kinds or (fair and not common)


def _named(roles: _Roles, place: int) -> bool:
    return is_proper(roles.line, place) and not roles.line.looked.words.folded[place].isdigit()


def _is_count(word: str) -> bool:
    return word.isdigit() and len(word) <= _LONGEST_COUNT


def _is_mentioned(line: Line, place: int) -> bool:
    spans = [(first, max(ends)) for what in ("date", "money") for first, ends in line.looked.mentions[what].items()]
    return any(first <= place < last for first, last in spans)


def _is_glued(word: str) -> bool:
    """Whether a character is of a script without spaces and no hiragana, which is mostly grammar."""
    return bool(_UNSPACED.fullmatch(word)) and not _HIRAGANA[0] <= word <= _HIRAGANA[1]
