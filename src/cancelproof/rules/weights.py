"""How much each sign tells for each kind; `make weights` learns it and nobody edits it.

`weights.yaml`: signs of a mail, for its kind. `days.yaml`: signs of a day in a mail of a kind, for its being the one
that is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping

from cancelproof.model import Kind
from cancelproof.rules.yamlfile import Faults, Reader, load

KINDS, DAYS = "weights.yaml", "days.yaml"


def read_weights(text: str, path: str) -> tuple[dict[str, Mapping[Kind, float]], list[str]]:
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
