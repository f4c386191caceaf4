"""What several statements of a mail say together, whatever its language: `together.yaml`, over the topics of languages.

People confirm an end without ever saying "cancelled": "as you asked … you can come until the end of June … nothing more
will be taken". No one sentence says it; together they leave no doubt.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from cancelproof.model import Kind
from cancelproof.rules.compiled import NOTIONS
from cancelproof.rules.language import CONCEPTS
from cancelproof.rules.pattern import PatternFault, Word, parse
from cancelproof.rules.values import Saying, Together
from cancelproof.rules.yamlfile import Faults, Reader, load

FIELDS = ("quoted_request", "by_owner", "names_end", "goes_on", "asks_secrets", "unguarded", "not_by_link", "telling")
_FIELDS = ("id", "all", "unless", "strong")
#: What a telling pattern may name: what means the same in every language.
_NAMED = dict.fromkeys((*CONCEPTS, *NOTIONS), ((Word("any"),),))


def read_together(text: str, path: str, topics: frozenset[str]) -> tuple[Together, list[str]]:
    """What the file says, and every fault as `path:line: what`; `topics` are those that languages raise."""
    faults = Faults(path)
    table = load(text, faults)
    if table is None:
        return Together(), faults.found
    reader = Reader(table, faults, "what is said together")
    reader.only(*FIELDS, *Kind)
    for key in ("quoted_request", "by_owner", "names_end", "goes_on", "asks_secrets", "unguarded"):
        _known(reader, key, topics)
    _known(reader, "not_by_link", topics.union(Kind))
    found = Together(
        quoted_request=reader.text("quoted_request", ""),
        by_owner=reader.text("by_owner", ""),
        names_end=reader.text("names_end", ""),
        goes_on=frozenset(reader.texts("goes_on")),
        asks_secrets=reader.text("asks_secrets", ""),
        unguarded=frozenset(reader.texts("unguarded")),
        not_by_link=frozenset(reader.texts("not_by_link")),
        telling=tuple(_telling(reader)),
        never=dict(_beside(reader, "never_beside", topics)),
        unsaid=dict(_beside(reader, "never_unsaid_beside", topics)),
        sayings=tuple(_sayings(reader, topics)),
    )
    return found, faults.found


def _telling(reader: Reader) -> Iterable[str]:
    for source, line in reader.lined_texts("telling"):
        try:
            parse(source, _NAMED, lambda name: difflib.get_close_matches(name, _NAMED, 1))
        except PatternFault as fault:
            reader.faults.add(line, str(fault))
        else:
            yield source


def _beside(reader: Reader, key: str, topics: frozenset[str]) -> Iterable[tuple[str, frozenset[str]]]:
    for kind in Kind:
        if sub := reader.sub(kind, f"{kind!r}"):
            _known(sub, key, topics)
            yield str(kind), frozenset(sub.texts(key))


def _sayings(reader: Reader, topics: frozenset[str]) -> Iterable[Saying]:
    for kind in Kind:
        if sub := reader.sub(kind, f"{kind!r}"):
            sub.only("never_beside", "never_unsaid_beside", "unless", "say")
            _known(sub, "unless", topics)
            for entry in sub.subs("say", f"a saying of {kind}"):
                entry.only(*_FIELDS)
                for key in ("all", "unless"):
                    _known(entry, key, topics)
                yield Saying(
                    id=f"together {kind} {entry.text('id')}",
                    kind=kind,
                    every=_needed(entry),
                    strong=entry.flag("strong", default=False),
                    unless=frozenset((*sub.texts("unless"), *entry.texts("unless"))),
                    where_defined=f"{entry.faults.path}:{entry.table.line}",
                )


def _needed(entry: Reader) -> tuple[str, ...]:
    every = entry.texts("all")
    if not every:
        entry.faults.add(entry.table.line, "`all` names no topic")
    return every


def _known(entry: Reader, key: str, topics: frozenset[str]) -> None:
    for name, line in entry.lined_texts(key):
        if name not in topics:
            near = difflib.get_close_matches(name, topics, 1)
            entry.faults.add(line, f"no language raises {name!r}" + (f", did you mean {near[0]!r}?" if near else ""))
