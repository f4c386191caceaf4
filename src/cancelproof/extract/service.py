"""The contract as the mail names it: by a service on file, a labelled row, or a name beside a word for a contract."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from cancelproof.classify import Line
from cancelproof.classify.reader import Reader
from cancelproof.extract.names import (
    MOST_WORDS,
    after_vendor,
    beside_contract,
    clean,
    is_capital,
    is_joined,
    is_proper,
    told_by_cue,
)
from cancelproof.extract.phrase import phrase
from cancelproof.model import Fact, Place
from cancelproof.rules.values import Vendor

_LONGEST_LABEL = 40  # characters
_FEWEST_WORDS = 6  # of a line beside those that decide: shorter ones are headings and signatures


def service_of(
    lines: Sequence[Line],
    asserting: Collection[int],
    vendor: Vendor | None,
    vendor_name: str,
    desk: Collection[str] = frozenset(),
) -> Fact[str] | None:
    """The service's name and where it stands; None where the mail names none. `desk` words say which desk wrote."""
    weighty, body = _by_weight(lines, asserting), [line for line in lines if len(line.looked.words) >= _FEWEST_WORDS]
    names = (vendor_name, *((vendor.name, *vendor.names) if vendor else ()))
    return (
        (_on_file(weighty, vendor) if vendor else None)
        or _labelled(lines)
        or (_on_file(lines, vendor) if vendor else None)
        or _fact(beside_contract(weighty, names))
        or _priced(lines)
        or _fact(told_by_cue(weighty, names))
        or _fact(after_vendor(weighty, names, desk))
        or _fact(beside_contract(body, names))
        or _fact(told_by_cue(body, names))
        or _fact(after_vendor(body, names, desk))
        or _fact(phrase(weighty))
        or _fact(phrase(body))
    )


def _on_file(lines: Iterable[Line], vendor: Vendor) -> Fact[str] | None:
    """The longest service on file that the mail names, with what goes on with it: `Série Free 90 Go`."""
    named = [
        Fact(value=name, raw=name, statement=line.index)
        for line in lines
        for service in vendor.services
        if (name := _as_named(line, line.reader.cut(service).folded, titled=service.istitle()))
    ]
    return max(named, key=lambda fact: (len(fact.value), -fact.statement), default=None)


def _as_named(line: Line, service: tuple[str, ...], *, titled: bool) -> str:
    words = line.looked.words
    size = len(service)
    for start in range(len(words) - size + 1):
        if words.folded[start : start + size] == service and (size > 1 or not titled or _is_name(line, start)):
            end = start + size
            while end < len(words) and end - start < MOST_WORDS and is_proper(line, end) and is_joined(line, end - 1):
                end += 1
            return clean(words.between(start, end)) or words.between(start, start + size)
    return ""


def _is_name(line: Line, place: int) -> bool:
    """Whether a word alone is a name, `Standard`, and no word of the language: a capital says so inside a sentence."""
    alone = bool(line.statement.cells) or len(line.looked.words) == 1
    beside = any(place + 1 == first for first, _ in line.reader.notion(line.looked, "contract"))
    return is_proper(line, place) and (place > 0 or alone or beside)


# ---------------------------------------------------------------- rows


def _labelled(lines: Sequence[Line]) -> Fact[str] | None:
    """The value of a row whose label speaks of a plan: `Plan | Premium Support Plus`; or below such a heading."""
    header: list[int] = []
    readers = tuple({line.reader.language.code: line.reader for line in lines}.values())
    for line in lines:
        cells = line.statement.cells
        if len(cells) < 2:
            continue
        labels = [place for place, cell in enumerate(cells) if _is_label(readers, cell)]
        if len(labels) > 1 or (labels and labels[0] > 0):
            header = labels[::-1]
        elif labels == [0] and (name := clean(cells[1])) and not _is_any_label(readers, cells[1]):
            return Fact(value=name, raw=cells[1], statement=line.index)
        elif column := next((c for c in header if c < len(cells) and clean(cells[c])), None):
            return Fact(value=clean(cells[column]), raw=cells[column], statement=line.index)
    return None


def _is_label(readers: Iterable[Reader], cell: str, cue: str = "service") -> bool:
    """Whether a cell is nothing but words that label a plan, in a language of the mail: a cell alone tells it badly."""
    if len(cell) > _LONGEST_LABEL:
        return False
    for reader in readers:
        looked = reader.look(reader.cut(cell))
        if (0, len(looked.words)) in reader.cues(looked, cue):
            return True
    return False


def _is_any_label(readers: Sequence[Reader], cell: str) -> bool:
    return _is_label(readers, cell) or _is_label(readers, cell, "total")


def _priced(lines: Iterable[Line]) -> Fact[str] | None:
    """The first cell of a row that puts a price to it, `Premium Duo | 14,99 €`, unless words call that a total."""
    for line in lines:
        cells = line.statement.cells
        words = len(line.reader.cut(cells[0])) if cells else 0
        sums = line.looked.mentions["money"]
        if len(cells) != 2 or not sums or min(sums) < words or not is_capital(cells[0]):
            continue
        spoken = any(line.reader.cues(line.looked, cue) for cue in ("total", "part", "charged", "renews", "one_off"))
        if not spoken and (name := clean(cells[0])):
            return Fact(value=name, raw=cells[0], statement=line.index)
    return None


def _by_weight(lines: Sequence[Line], asserting: Collection[int]) -> list[Line]:
    """The asserting lines, then the subject; a footer names companies, not contracts."""
    fair = [line for line in lines if line.index in asserting or line.statement.place is Place.SUBJECT]
    return sorted(fair, key=lambda line: (line.index not in asserting, line.index))


def _fact(found: tuple[str, Line] | None) -> Fact[str] | None:
    """What running text names, cut as a cell is."""
    name = clean(found[0]) if found else ""
    return Fact(value=name, raw=found[0], statement=found[1].index) if found and name else None
