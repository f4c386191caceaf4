"""How the columns of tables are headed: `columns.yaml`, read alone, since the other rules take seconds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cancelproof.errors import RulesInvalid
from cancelproof.model import Channel
from cancelproof.rules.values import Columns
from cancelproof.rules.yamlfile import Faults, Reader
from cancelproof.rules.yamlfile import load as load_yaml
from cancelproof.words import cut, fold

PATH = "columns.yaml"
TOLD = ("vendor", "service", "requested_on", "channel", "reference", "other_day")
STATEMENT = (
    "day", "value_day", "amount", "debit", "credit", "sign", "currency", "party", "text", "rail", "ignored",
)  # fmt: skip
RAILS = ("card", "direct_debit")


def load_columns(folders: Sequence[Path]) -> Columns:
    """The columns of the last folder that describes them; RulesInvalid with every fault."""
    files = [folder / PATH for folder in folders if (folder / PATH).is_file()]
    if not files:
        return Columns()
    text = files[-1].read_text(encoding="utf-8", errors="replace")
    columns, faults = read_columns(text, f"{files[-1].parent.name}/{PATH}")
    if faults:
        raise RulesInvalid(faults)
    return columns


def read_columns(text: str, path: str) -> tuple[Columns, list[str]]:
    """The columns of a file's text, and every fault as `path:line: what`."""
    faults = Faults(path)
    table = load_yaml(text, faults)
    if table is None:
        return Columns(), faults.found
    reader = Reader(table, faults, "the columns")
    reader.only("told", "either_order", "statement", "taken", "given", "rails", "channels")
    rails = reader.sub("rails", "'rails'")
    columns = Columns(
        told=_headings(reader.sub("told", "'told'"), TOLD),
        either_order=tuple(cut(text).folded for text in reader.texts("either_order")),
        statement=_headings(reader.sub("statement", "'statement'"), STATEMENT),
        taken=frozenset(fold(word) for word in reader.texts("taken")),
        given=frozenset(fold(word) for word in reader.texts("given")),
        rails={rail: frozenset(fold(word) for word in rails.texts(rail)) for rail in RAILS} if rails else {},
        channels={
            words: Channel(name)
            for name, spellings in _headings(reader.sub("channels", "'channels'"), tuple(Channel)).items()
            for words in spellings
        },
    )
    return columns, faults.found


def _headings(reader: Reader | None, fields: Sequence[str]) -> dict[str, tuple[tuple[str, ...], ...]]:
    """The headings (or spellings) of each field as folded words; one of two fields is a fault."""
    if reader is None:
        return {}
    reader.only(*fields)
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    met: dict[tuple[str, ...], str] = {}
    for name in fields:
        words = []
        for text, line in reader.lined_texts(name):
            heading = cut(text).folded
            if met.setdefault(heading, name) != name:
                reader.faults.add(line, f"{text!r} stands for {str(met[heading])!r} too")
            words.append(heading)
        found[name] = tuple(words)
    return found
