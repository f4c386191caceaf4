"""Whatever in a mail may be the name of its contract: services on file, cells of rows, names in running text.

Each is given as it was found; `service_signs` tells what speaks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import islice

from cancelproof.classify import Line
from cancelproof.extract import names
from cancelproof.extract.phrase import phrases
from cancelproof.rules.values import Vendor

_MOST_CELLS = 5  # of a row
_MOST_FOUND = 40  # names in a line that are found in one way


@dataclass(frozen=True, slots=True)
class Named:
    """A name: how it was found, as written, its line, and the number of its cell where it is one."""

    source: str
    raw: str
    line: Line
    cell: int | None = None


@dataclass(frozen=True, slots=True)
class Seller:
    """Who the contract is with: the vendor on file, if any, the name that the mail shows, words of desks.

    `carrier` is the name of who wrote for that vendor, "" where it wrote itself.
    """

    vendor: Vendor | None
    name: str
    desk_words: Collection[str]
    carrier: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """All that the vendor is called by."""
        return tuple(filter(None, (self.name, *((self.vendor.name, *self.vendor.names) if self.vendor else ()))))


def named(line: Line, seller: Seller) -> Iterator[Named]:
    """Every name in a line that may be the contract's, some more than once."""
    for number, cell in enumerate(line.statement.cells[:_MOST_CELLS]):
        yield Named(f"cell {min(number, 2)}", cell, line, number)
    titled = names.is_titled(line) and not line.statement.cells
    for source, found in _IN_TEXT.items():
        if not (titled and source in _BY_CAPITALS):
            yield from (Named(source, raw, line) for raw in islice(found(line, seller), _MOST_FOUND) if raw)


def _on_file(line: Line, seller: Seller) -> Iterator[str]:
    """A service on file, with what goes on with it: `Série Free 90 Go`."""
    for service in seller.vendor.services if seller.vendor else ():
        yield _as_named(line, line.reader.cut(service).folded, titled=service.istitle())


def _as_named(line: Line, service: tuple[str, ...], *, titled: bool) -> str:
    words = line.looked.words
    size = len(service)
    for start in range(len(words) - size + 1):
        if words.folded[start : start + size] == service and (size > 1 or not titled or _is_name(line, start)):
            end = names.over_proper(line, start + size, start)
            return names.clean(words.between(start, end)) or words.between(start, start + size)
    return ""


def _is_name(line: Line, place: int) -> bool:
    """Whether a word alone is a name, `Standard`, and no word of the language: a capital says so inside a sentence."""
    alone = bool(line.statement.cells) or len(line.looked.words) == 1
    beside = any(place + 1 == first for first, _ in line.reader.notion(line.looked, "contract"))
    return names.is_proper(line, place) and (place > 0 or alone or beside)


ON_FILE, BESIDE, BY_CUE, CAPITALS = "on file", "beside contract", "told by cue", "capitals"
_BY_CAPITALS = frozenset({BESIDE, BY_CUE, CAPITALS})  # which say nothing in a title
_IN_TEXT: dict[str, Callable[[Line, Seller], Iterator[str]]] = {
    ON_FILE: _on_file,
    BESIDE: lambda line, _: names.beside_contract(line),
    BY_CUE: lambda line, _: names.told_by_cue(line),
    "after vendor": lambda line, seller: names.after_vendor(line, seller.names, seller.desk_words),
    "phrase": lambda line, _: phrases(line),
    CAPITALS: lambda line, _: names.runs(line),
    "quoted": lambda line, _: names.quoted(line),
}
