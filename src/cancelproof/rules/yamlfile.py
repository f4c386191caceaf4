"""YAML of a rule file, read as plain data with the line of every key: safe, without surprises.

All scalars stay text ("NO" is no boolean, "1.10" no number). Refused: tags, anchors and aliases, duplicate keys,
files over the size cap. The library's safe loader composes the nodes; nothing of it builds objects.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import yaml

MOST_BYTES = 1_000_000
MOST_DEPTH = 12
_NUMBER = re.compile(r"-?\d{1,3}(\.\d{1,6})?")


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping, with the line of each key."""

    values: dict[str, Value]
    lines: dict[str, int]
    line: int


@dataclass(frozen=True, slots=True)
class Row:
    """A sequence, with the line of each item."""

    values: list[Value]
    lines: list[int]
    line: int


Value = str | Table | Row | None


@dataclass
class Faults:
    """Collects what is wrong with a file: `path:line: what`."""

    path: str
    found: list[str] = field(default_factory=list)

    def add(self, line: int, what: str) -> None:
        self.found.append(f"{self.path}:{line}: {what}")


#: The library's own loader in C where its wheel has it: a thousand small files in 0.2 s instead of 2 s.
_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(text: str, faults: Faults) -> Table | None:
    """The file's top mapping, or None after adding to `faults`."""
    if len(text.encode("utf-8", "replace")) > MOST_BYTES:
        faults.add(1, f"larger than {MOST_BYTES} bytes")
        return None
    try:
        node = _Loader(text).get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        faults.add(mark.line + 1 if mark else 1, f"no YAML: {error.problem}")
        return None
    except (yaml.YAMLError, RecursionError) as error:
        faults.add(1, f"no YAML: {str(error).splitlines()[0]}")
        return None
    value = _plain(node, faults, 0, set())
    if not isinstance(value, Table):
        faults.add(1, "a rule file is a mapping of fields")
        return None
    return value


def _plain(node: yaml.Node | None, faults: Faults, depth: int, met: set[int]) -> Value:
    """The node's value. A node met before is an alias: a bomb of them loads in no time and takes for ever to walk."""
    if node is None:
        return None
    line = node.start_mark.line + 1
    if id(node) in met:
        faults.add(line, "aliases are not allowed")
        return None
    met.add(id(node))
    if depth > MOST_DEPTH:
        faults.add(line, f"nested deeper than {MOST_DEPTH}")
        return None
    if isinstance(node, yaml.MappingNode):
        return _table(node, faults, depth, met)
    if isinstance(node, yaml.SequenceNode):
        values = [_plain(child, faults, depth + 1, met) for child in node.value]
        return Row(values, [child.start_mark.line + 1 for child in node.value], line)
    return _scalar(node, faults, line)


def _scalar(node: yaml.Node, faults: Faults, line: int) -> str | None:
    if node.tag.startswith(("tag:yaml.org,2002:python", "!")):
        faults.add(line, f"the tag {node.tag!r} is not allowed")
        return None
    return None if node.tag.endswith(":null") and not node.value else str(node.value)


def _table(node: yaml.MappingNode, faults: Faults, depth: int, met: set[int]) -> Table:
    values: dict[str, Value] = {}
    lines: dict[str, int] = {}
    for key_node, value_node in node.value:
        line, key = key_node.start_mark.line + 1, str(key_node.value)
        if not isinstance(key_node, yaml.ScalarNode):
            faults.add(line, "a key must be a word")
        elif key in values:
            faults.add(line, f"{key!r} stands here twice")
        else:
            values[key] = _plain(value_node, faults, depth + 1, met)
            lines[key] = line
    return Table(values, lines, node.start_mark.line + 1)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the fields of a table, adding a fault for each that is missing, unknown or of the wrong shape."""

    table: Table
    faults: Faults
    what: str

    def only(self, *fields: str) -> None:
        for key, line in self.table.lines.items():
            if key not in fields:
                near = difflib.get_close_matches(key, fields, 1)
                hint = f", did you mean {near[0]!r}?" if near else ""
                self.faults.add(line, f"{key!r} is not a field of {self.what}{hint}")

    def line(self, key: str) -> int:
        return self.table.lines.get(key, self.table.line)

    def text(self, key: str, default: str | None = None) -> str:
        value = self.table.values.get(key)
        if isinstance(value, str):
            return value
        if value is not None or default is None:
            missing = "is missing" if value is None else "must be text"
            self.faults.add(self.line(key), f"{self.what}: {key!r} {missing}")
        return default or ""

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, or one text of words separated by commas."""
        return tuple(text for text, _ in self.lined_texts(key))

    def texts_whole(self, key: str) -> tuple[str, ...]:
        """A list of texts that may hold commas; a lone text is one."""
        value = self.table.values.get(key)
        return (value,) if isinstance(value, str) else self.texts(key)

    def lined_texts(self, key: str) -> tuple[tuple[str, int], ...]:
        value = self.table.values.get(key)
        if isinstance(value, str):
            line = self.line(key)
            return tuple((text, line) for part in value.split(",") if (text := part.strip()))
        if isinstance(value, Row):
            return tuple(self._row_texts(key, value))
        if value is not None:
            self.faults.add(self.line(key), f"{self.what}: {key!r} must be a list")
        return ()

    def _row_texts(self, key: str, row: Row) -> Iterator[tuple[str, int]]:
        for value, line in zip(row.values, row.lines, strict=True):
            if isinstance(value, str) and value:
                yield value, line
            else:
                self.faults.add(line, f"{self.what}: {key!r} must be a list of texts")

    def flag(self, key: str, *, default: bool) -> bool:
        value = self.table.values.get(key)
        if value in ("yes", "true", "no", "false"):
            return value in ("yes", "true")
        if value is not None:
            self.faults.add(self.line(key), f"{self.what}: {key!r} must be yes or no")
        return default

    def number(self, key: str) -> float:
        value = self.text(key, "")
        if _NUMBER.fullmatch(value):
            return float(value)
        self.faults.add(self.line(key), f"{self.what}: {key!r} must be a number")
        return 0.0

    def one_of(self, key: str, choices: Iterable[str], default: str) -> str:
        value = self.text(key, default)
        if value not in (allowed := tuple(choices)):
            self.faults.add(self.line(key), f"{self.what}: {key!r} must be one of {', '.join(allowed)}")
            return default
        return value

    def sub(self, key: str, what: str) -> Reader | None:
        """The reader of a table inside, or None where it is absent."""
        value = self.table.values.get(key)
        if isinstance(value, Table):
            return Reader(value, self.faults, what)
        if value is not None:
            self.faults.add(self.line(key), f"{self.what}: {key!r} must be a mapping")
        return None

    def subs(self, key: str, what: str) -> Iterator[Reader]:
        """The readers of the tables in a list."""
        value = self.table.values.get(key)
        if value is None:
            return
        if not isinstance(value, Row):
            self.faults.add(self.line(key), f"{self.what}: {key!r} must be a list")
            return
        for item, line in zip(value.values, value.lines, strict=True):
            if isinstance(item, Table):
                yield Reader(item, self.faults, what)
            else:
                self.faults.add(line, f"{self.what}: {key!r} must be a list of mappings")

    def keys(self) -> tuple[str, ...]:
        return tuple(self.table.values)
