"""How much each sign tells; `make weights` learns it and nobody edits it.

`weights.yaml`: signs of a mail, for its kind. `days.yaml`: signs of a day in a mail of a kind, for its being the one
that is asked for. `services.yaml`: signs of a name, for its being the contract's, whatever the kind.
`everyday.yaml`: how often words are said in mail that is of no contract.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from cancelproof.model import Kind
from cancelproof.rules.values import Tells, Weights
from cancelproof.rules.yamlfile import Faults, Reader, load

T = TypeVar("T")

KINDS, DAYS, SERVICES, EVERYDAY = "weights.yaml", "days.yaml", "services.yaml", "everyday.yaml"


def read_weights(text: str, path: str) -> tuple[Weights, list[str]]:
    """The weights by sign and kind, and every fault as `path:line: what`."""
    return _read(text, path, _by_kind)


def read_tells(text: str, path: str) -> tuple[Tells, list[str]]:
    """The weights by sign, and every fault as `path:line: what`."""
    return _read(text, path, Reader.number)


def read_shares(text: str, path: str) -> tuple[dict[str, dict[str, float]], list[str]]:
    """Of a thousand words of everyday mail the share of each, by language, and every fault as `path:line: what`."""
    return _read(text, path, _by_word)


def _read(text: str, path: str, weight: Callable[[Reader, str], T]) -> tuple[dict[str, T], list[str]]:
    faults = Faults(path)
    table = load(text, faults)
    reader = Reader(table, faults, "the weights") if table else None
    signs = reader.keys() if reader else ()
    return {sign: weight(reader, sign) for sign in signs if reader}, faults.found


def _by_kind(reader: Reader, sign: str) -> dict[Kind, float]:
    sub = reader.sub(sign, f"{sign!r}")
    if sub is None:
        return {}
    sub.only(*Kind)
    return {kind: sub.number(str(kind)) for kind in Kind if kind in sub.table.values}


def _by_word(reader: Reader, code: str) -> dict[str, float]:
    sub = reader.sub(code, f"{code!r}")
    return {word: sub.number(word) for word in sub.table.values} if sub else {}
