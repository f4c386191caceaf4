"""How much each sign of a mail tells for each kind: `weights.yaml`, which `make weights` learns and nobody edits."""

from __future__ import annotations

from collections.abc import Mapping

from cancelproof.model import Kind
from cancelproof.rules.yamlfile import Faults, Reader, load

PATH = "weights.yaml"


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
