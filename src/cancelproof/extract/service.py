"""The contract as the mail names it: by a service on file, a labelled row, or a name beside a word for a contract."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from cancelproof.classify import Line
from cancelproof.model import Fact, Place
from cancelproof.rules.values import Vendor
from cancelproof.words import fold

_MOST_WORDS = 7
_PROPER = re.compile(r"[A-ZÀ-ÖØ-ÞĀ-ſ\d+&][\w+&'’./]*")
_CODE = re.compile(
    r"[A-Z0-9./_-]*\d[A-Z0-9./_-]*\d[A-Z0-9./_-]*\d[A-Z0-9./_ -]*"
)  # a number of something, not its name
# Where a number begins: a sign for one, or a short abbreviation before digits, in whatever language.
_NUMBERED = re.compile(r"\s+(?:\w{0,2}[°º]|#|–|—|\w{1,3}\.\s?(?=\d))|\s\((?=[A-Z0-9]+\))")
_LONGEST = 60


def service_of(
    lines: Sequence[Line], asserting: Collection[int], vendor: Vendor | None, vendor_name: str
) -> Fact[str] | None:
    """The service's name and where it stands; None where the mail names none."""
    return (
        (_on_file(_by_weight(lines, asserting), vendor) if vendor else None)
        or _labelled(lines)
        or (_on_file(lines, vendor) if vendor else None)
        or _priced(lines)
        or _beside_contract(_by_weight(lines, asserting), vendor_name)
    )


def _on_file(lines: Iterable[Line], vendor: Vendor) -> Fact[str] | None:
    """The longest service on file that the mail names, with what goes on with it: `Série Free 90 Go`."""
    named = [
        Fact(value=name, raw=name, statement=line.index)
        for line in lines
        for service in vendor.services
        if (name := _as_named(line, line.reader.cut(service).folded))
    ]
    return max(named, key=lambda fact: (len(fact.value), -fact.statement), default=None)


def _as_named(line: Line, service: tuple[str, ...]) -> str:
    words = line.looked.words
    size = len(service)
    for start in range(len(words) - size + 1):
        if words.folded[start : start + size] == service:
            end = start + size
            while end < len(words) and end - start < _MOST_WORDS and _is_proper(line, end) and _joined(line, end - 1):
                end += 1
            return _name(words.between(start, end)) or words.between(start, start + size)
    return ""


# ---------------------------------------------------------------- rows


def _labelled(lines: Iterable[Line]) -> Fact[str] | None:
    """The value of a row whose label speaks of a plan: `Plan | Premium Support Plus`; or below such a heading."""
    header: list[int] = []
    for line in lines:
        cells = line.statement.cells
        if len(cells) < 2:
            continue
        labels = [place for place, cell in enumerate(cells) if _is_label(line, cell)]
        if len(labels) > 1 or (labels and labels[0] > 0):
            header = labels[::-1]
        elif labels == [0] and (name := _name(cells[1])) and not _is_any_label(line, cells[1]):
            return Fact(value=name, raw=cells[1], statement=line.index)
        elif column := next((c for c in header if c < len(cells) and _name(cells[c])), None):
            return Fact(value=_name(cells[column]), raw=cells[column], statement=line.index)
    return None


def _is_label(line: Line, cell: str, cue: str = "service") -> bool:
    """Whether a cell is nothing but words that label a plan."""
    looked = line.reader.look(line.reader.cut(cell))
    return (0, len(looked.words)) in line.reader.cues(looked, cue)


def _is_any_label(line: Line, cell: str) -> bool:
    return _is_label(line, cell) or _is_label(line, cell, "total")


def _name(cell: str) -> str:
    """`Tarif Bleu n° 5 082 117 440` names the tariff; the number after it is another fact."""
    name = _NUMBERED.split(cell, maxsplit=1)[0]
    name = _before_remarks(name).strip(" .,:;")
    fair = 0 < len(name) <= _LONGEST and any(c.isalpha() for c in name) and not _CODE.fullmatch(name.split(", ")[0])
    return name if fair else ""


def _before_remarks(name: str) -> str:
    """`Marée 80 Go, du 1er au 31 mai` is Marée 80 Go: after a comma a name goes on with a capital or a number."""
    first, *rest = re.split(r",\s+", name)
    kept = [first]
    for part in rest:
        if not part[:1].isupper() and not part[:1].isdigit():
            break
        kept.append(part)
    return ", ".join(kept)


def _priced(lines: Iterable[Line]) -> Fact[str] | None:
    """The first cell of a row that puts a price to it, `Premium Duo | 14,99 €`, unless words call that a total."""
    for line in lines:
        cells = line.statement.cells
        words = len(line.reader.cut(cells[0])) if cells else 0
        sums = line.looked.mentions["money"]
        if len(cells) != 2 or not sums or min(sums) < words or not _PROPER.match(cells[0]):
            continue
        spoken = any(line.reader.cues(line.looked, cue) for cue in ("total", "part", "charged", "renews", "one_off"))
        if not spoken and (name := _name(cells[0])):
            return Fact(value=name, raw=cells[0], statement=line.index)
    return None


# ---------------------------------------------------------------- running text


def _by_weight(lines: Sequence[Line], asserting: Collection[int]) -> list[Line]:
    """The asserting lines, then the subject; a footer names companies, not contracts."""
    fair = [line for line in lines if line.index in asserting or line.statement.place is Place.SUBJECT]
    return sorted(fair, key=lambda line: (line.index not in asserting, line.index))


def _beside_contract(lines: Iterable[Line], vendor_name: str) -> Fact[str] | None:
    """`your Claude Pro subscription`, `votre offre Bbox Must`: the proper name before or after the word."""
    for line in lines:
        for first, last in line.reader.contract_words(line.looked):
            for name in (proper_after(line, last), _before(line, first)):
                if name and fold(name) != fold(vendor_name) and _name(name):
                    return Fact(value=name, raw=name, statement=line.index)
    return None


def proper_after(line: Line, place: int) -> str:
    """The proper name that stands at a place of a line, one short word skipped; "" where none does."""
    words = line.looked.words
    start = place
    if (
        start + 1 < len(words)
        and len(words.folded[start]) <= 3
        and not _is_proper(line, start)
        and _joined(line, start)
    ):
        start += 1  # "abonnement à Lumiglot Plus", "subscription to …"
    if (start > 0 and not _joined(line, start - 1)) or _is_common(line, start):
        return ""
    end = start
    while (
        end < len(words)
        and end - start < _MOST_WORDS
        and _is_proper(line, end)
        and (end == start or _joined(line, end - 1))
    ):
        end += 1
    return words.between(start, end)


def _before(line: Line, place: int) -> str:
    words = line.looked.words
    start = place
    while start > 0 and place - start < _MOST_WORDS and _joined(line, start - 1) and _is_proper(line, start - 1):
        start -= 1
    while start < place and (start == 0 or _is_common(line, start)):  # a capital at the beginning says nothing
        start += 1
    return words.between(start, place)


def _is_common(line: Line, place: int) -> bool:
    """Whether a word is one of the language's small common ones, whatever its capital: `Your`, `Ihrem`."""
    words = line.looked.words
    return place < len(words) and words.folded[place] in line.reader.language.common


def _is_proper(line: Line, place: int) -> bool:
    """A word that begins like a name or a number and is no date or sum; `year` of `2-year` goes with its number."""
    words = line.looked.words
    for what in ("date", "money"):
        if any(first <= place < max(ends) for first, ends in line.looked.mentions[what].items()):
            return False
    text = words.text
    hyphened = place > 0 and text[words.ends[place - 1] : words.starts[place]] == "-"
    return bool(_PROPER.fullmatch(text[words.starts[place] : words.ends[place]])) or hyphened


def _joined(line: Line, place: int) -> bool:
    """Whether nothing but spaces and joining signs stands between a word and the next."""
    words = line.looked.words
    if place + 1 >= len(words):
        return True
    between = words.text[words.ends[place] : words.starts[place + 1]]
    return not between.strip(" \u00a0&+/'’-\"«»“”„*")
