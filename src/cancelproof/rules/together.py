"""What several statements of a mail say together, whatever its language: `together.yaml`, over the topics of languages.

People confirm an end without ever saying "cancelled": "as you asked … you can come until the end of June … nothing more
will be taken". No one sentence says it; together they leave no doubt.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from cancelproof.model import Kind
from cancelproof.rules.values import Together
from cancelproof.rules.yamlfile import Faults, Reader, load

_FIELDS = ("id", "all", "unless", "why")


def read_together(text: str, path: str, topics: frozenset[str]) -> tuple[tuple[Together, ...], list[str]]:
    """The combinations of the file, and every fault as `path:line: what`; `topics` are those that languages raise."""
    faults = Faults(path)
    table = load(text, faults)
    found = tuple(_read(Reader(table, faults, "what is said together"), topics)) if table else ()
    return found, faults.found


def _read(reader: Reader, topics: frozenset[str]) -> Iterable[Together]:
    reader.only(*Kind)
    for kind in reader.keys():  # noqa: SIM118  # a Reader, not a dict
        for entry in reader.subs(kind, f"a combination for {kind}"):
            entry.only(*_FIELDS)
            for key in ("all", "unless"):
                _known(entry, key, topics)
            every = entry.texts("all")
            if not every:
                entry.faults.add(entry.table.line, "`all` names no topic")
            elif kind in list(Kind):
                where = f"{entry.faults.path}:{entry.table.line}"
                ident = f"together {kind} {entry.text('id')}"
                unless = entry.texts("unless")
                yield Together(id=ident, kind=Kind(kind), every=every, unless=unless, where_defined=where)


def _known(entry: Reader, key: str, topics: frozenset[str]) -> None:
    for name, line in entry.lined_texts(key):
        if name not in topics:
            near = difflib.get_close_matches(name, topics, 1)
            entry.faults.add(line, f"no language raises {name!r}" + (f", did you mean {near[0]!r}?" if near else ""))
