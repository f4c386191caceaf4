"""The contract as the mail names it: by a service on file, a labelled row, or a name beside a word for a contract."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cancelproof.classify import Line
from cancelproof.model import Fact, Place
from cancelproof.rules.values import Vendor
from cancelproof.words import fold

_MOST_WORDS = 7
_PROPER = re.compile(r"[A-ZÀ-ÖØ-ÞĀ-ſ\d+&][\w+&'’./-]*|\+|&")
_LONGEST = 60


def service_of(lines: Sequence[Line], deciding: int, vendor: Vendor | None, vendor_name: str) -> Fact[str] | None:
    """The service's name and where it stands; None where the mail names none."""
    return (
        (_on_file(lines, vendor) if vendor else None)
        or _labelled(lines)
        or _beside_contract(_by_weight(lines, deciding), vendor_name)
    )


def _on_file(lines: Iterable[Line], vendor: Vendor) -> Fact[str] | None:
    """The longest service on file that the mail names, in whole words."""
    named = []
    for line in lines:
        text = f" {' '.join(line.looked.words.folded)} "
        for service in vendor.services:
            if f" {' '.join(line.reader.cut(service).folded)} " in text:
                named.append(Fact(value=service, raw=service, statement=line.index))
    return max(named, key=lambda fact: (len(fact.value), -fact.statement), default=None)


def _labelled(lines: Iterable[Line]) -> Fact[str] | None:
    """The value of a row whose label speaks of a plan: `Plan | Premium Support Plus`."""
    for line in lines:
        cells = line.statement.cells
        label_words = len(line.reader.cut(cells[0])) if cells else 0
        if len(cells) < 2 or not any(
            first == 0 and last <= label_words for first, last in line.reader.cues(line.looked, "service")
        ):
            continue
        value = _without_number(cells[1])
        if 0 < len(value) <= _LONGEST and any(c.isalpha() for c in value):
            return Fact(value=value, raw=cells[1], statement=line.index)
    return None


def _without_number(cell: str) -> str:
    """`Tarif Bleu n° 5 082 117 440` names the tariff; the number after it is another fact."""
    return re.split(r"\s+(?:n[°º]|#|\(|–|—|no\.|nr\.)", cell, maxsplit=1, flags=re.IGNORECASE)[0].strip(" .,:;")


def _by_weight(lines: Sequence[Line], deciding: int) -> list[Line]:
    return sorted(
        lines, key=lambda line: (line.index != deciding, line.statement.place is not Place.SUBJECT, line.index)
    )


def _beside_contract(lines: Iterable[Line], vendor_name: str) -> Fact[str] | None:
    """`your Claude Pro subscription`, `votre offre Bbox Must`: the proper name before or after the word."""
    for line in lines:
        places = line.reader.contract_words(line.looked)
        for first, last in places:
            for name in (_proper_after(line, last), _proper_before(line, first)):
                if name and fold(name) != fold(vendor_name) and any(c.isalpha() for c in name):
                    return Fact(value=name, raw=name, statement=line.index)
    return None


def _proper_after(line: Line, place: int) -> str:
    words = line.looked.words
    end = place
    while end < len(words) and end - place < _MOST_WORDS and _continues(line, end, place):
        end += 1
    while end > place and not _is_proper(line, end - 1):
        end -= 1
    return words.between(place, end)


def _proper_before(line: Line, place: int) -> str:
    words = line.looked.words
    start = place
    while start > 0 and place - start < _MOST_WORDS and _is_proper(line, start - 1) and _joined(line, start - 1):
        start -= 1
    if start == 0 and start < place:  # a capital at the beginning of a sentence says nothing
        start += 1
    return words.between(start, place)


def _continues(line: Line, place: int, first: int) -> bool:
    joined = place == 0 or _joined(line, place - 1)
    return joined and (_is_proper(line, place) or place > first and line.looked.words.folded[place].isdigit())


def _is_proper(line: Line, place: int) -> bool:
    words = line.looked.words
    if any(first <= place < max(ends) for first, ends in line.looked.mentions["date"].items()):
        return False
    return bool(_PROPER.fullmatch(words.text[words.starts[place] : words.ends[place]]))


def _joined(line: Line, place: int) -> bool:
    """Whether nothing but spaces and joining signs stands between a word and the next."""
    words = line.looked.words
    if place + 1 >= len(words):
        return True
    between = words.text[words.ends[place] : words.starts[place + 1]]
    return not between.strip(" \u00a0&+/'’-")
