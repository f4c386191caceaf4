"""The signs of the names that a mail's contract may have: of every place where each stands, and of the name itself.

`which_service` weighs them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import islice

from cancelproof.classify import Line, Read
from cancelproof.extract.names import clean
from cancelproof.extract.service_names import Named, Seller, named
from cancelproof.extract.service_places import Places
from cancelproof.words import LEGAL_FORMS, cut

_MOST, _MOST_IN_LINE = 200, 40  # different names that are looked at, of a mail and of a line
_MOST_WORDS, _LONGEST = 5, 40
_OFTEN = 3  # lines that name it
IS_VENDOR, IS_STAYING, IS_NUMBERED = "is the vendor", "only told to stay", "a long number"
_FULL_NAME = 2  # words of a person's name that are surely no product's
_LOOKS: dict[str, Callable[[str], object]] = {
    IS_NUMBERED: re.compile(r"\d{4}").search,
    "a number": re.compile(r"[\d\W]+").fullmatch,
    "like a number": re.compile(r"(?=\D{0,40}\d)(?=[^A-Za-z]{0,40}[A-Za-z])\S+").fullmatch,
    "with an identifier": re.compile(r"(?:\d{3}|[A-Z])[-/.]?\d{2,}[-/.]\d|[A-Z][-/]\d{3}").search,
    "masked": re.compile(r"[x*•]{2}|[X…]{2}").search,
    "a domain": re.compile(r"(?:[\w-]{1,63}\.){1,4}[a-z]{2,24}").fullmatch,
    "in capitals": lambda name: name.isupper() and len(name) > _OFTEN,
    "in small letters": str.islower,
    "small first": lambda name: name[:1].islower(),
    "with a capital inside": re.compile(r"[a-zß-ÿ][A-ZÀ-Þ]").search,
    "with a digit": re.compile(r"\d").search,
    "with a colon": re.compile(":").search,
    "an address": re.compile("[@/]").search,
    "long": lambda name: len(name) > _LONGEST,
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name: as it is given, as written where it stands first, that statement's number, and all its signs."""

    name: str
    raw: str
    statement: int
    signs: frozenset[str]


@dataclass
class _Found:
    """What is gathered of one name."""

    first: Named
    name: str
    folded: tuple[str, ...]
    signs: set[str] = field(default_factory=set)
    lines: set[int] = field(default_factory=set)
    only_stays: bool = True  # every line that names it tells what stays


def candidates(read: Read, seller: Seller, people: frozenset[str]) -> list[Candidate]:
    """Every name that may be the contract's, the first named first. `people`: folded names of whom the mail is for."""
    places = Places(read)
    found: dict[tuple[str, ...], _Found] = {}
    for line in read.lines:
        for one in () if places.is_heading(line) else _different(line, seller):
            name = clean(one.raw)
            folded = cut(name).folded or (name,)
            if not name or _is_no_contract(folded, people) or (folded not in found and len(found) == _MOST):
                continue
            known = found.setdefault(folded, _Found(one, name, folded))
            known.signs.update(places.signs(one))
            known.lines.add(line.index)
            known.only_stays &= line.index in read.goes_on
    texts = [f" {' '.join(folded)} " for folded in found]
    sellers = [set(cut(name).folded) for name in seller.names]
    others = {"who wrote for it": frozenset(cut(seller.carrier).folded), "a person": people}
    return [
        Candidate(
            one.name,
            one.first.raw,
            one.first.line.index,
            frozenset((*one.signs, *_of_name(one, sellers, others), *_among(one, texts))),
        )
        for one in found.values()
    ]


def _different(line: Line, seller: Seller) -> Iterator[Named]:
    """The first names of a line, each once for each way in which it is found."""
    every = {(one.source, one.cell, one.raw): one for one in named(line, seller)}
    return islice(every.values(), _MOST_IN_LINE)


def _is_no_contract(folded: tuple[str, ...], people: frozenset[str]) -> bool:
    """Whether a name is surely a reader's, or a company's."""
    return (len(folded) >= _FULL_NAME and people.issuperset(folded)) or not LEGAL_FORMS.isdisjoint(folded)


def _of_name(one: _Found, sellers: Sequence[AbstractSet[str]], others: Mapping[str, frozenset[str]]) -> Iterator[str]:
    """The signs of a name itself, wherever it stands."""
    if len(one.lines) > 1:
        yield "repeated" if len(one.lines) < _OFTEN else "repeated often"
    if one.only_stays:
        yield IS_STAYING
    words = set(one.folded)
    yield f"words {min(len(one.folded), _MOST_WORDS)}"
    if any(words <= known for known in sellers):
        yield IS_VENDOR
    elif any(known <= words for known in sellers):
        yield "with the vendor"
    elif any(known & words for known in sellers):
        yield "with some of the vendor"
    if one.folded[0] in one.first.line.reader.language.common:
        yield "small word first"
    yield from (f"with {what}" for what, known in others.items() if not words.isdisjoint(known))
    yield from (look for look, has in _LOOKS.items() if has(one.name))


def _among(one: _Found, texts: list[str]) -> Iterator[str]:
    """Whether a name is part of another, or another is part of it."""
    own = f" {' '.join(one.folded)} "
    if any(own in other for other in texts if other != own):
        yield "within another"
    if any(other in own for other in texts if other != own):
        yield "with another"
