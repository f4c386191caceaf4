"""How much each sign tells; `make weights` learns it and nobody edits it.

`weights.yaml`: signs of a mail, for its kind. `days.yaml`: signs of a day in a mail of a kind, for its being the one
that is asked for. `services.yaml`: signs of a name, for its being the contract's, whatever the kind.
"""

from __future__ import annotations

from collections.abc import Mapping

from cancelproof.model import Kind
from cancelproof.rules.values import Tells, Weights
from cancelproof.rules.yamlfile import Faults, Reader, load

KINDS, DAYS, SERVICES = "weights.yaml", "days.yaml", "services.yaml"


def read_weights(text: str, path: str) -> tuple[Weights, list[str]]:
    """The weights by sign and kind, and every fault as `path:line: what`."""
    faults = Faults(path)
    table = load(text, faults)
    if table is None:
        return {}, faults.found
    reader = Reader(table, faults, "the weights")
    weights: dict[str, Mapping[Kind, float]] = {}
    for sign in reader.keys():  # noqa: SIM118  # a Reader, not a dict
        if sub := reader.sub(sign, f"{sign!r}"):
            sub.only(*Kind)
            weights[sign] = {kind: sub.number(str(kind)) for kind in Kind if kind in sub.table.values}
    return weights, faults.found


def read_tells(text: str, path: str) -> tuple[Tells, list[str]]:
    """The weights by sign, and every fault as `path:line: what`."""
    faults = Faults(path)
    table = load(text, faults)
    if table is None:
        return {}, faults.found
    reader = Reader(table, faults, "the weights")
    return {sign: reader.number(sign) for sign in reader.keys()}, faults.found  # noqa: SIM118  # a Reader, not a dict
