"""The schemas that editors use: shipped as the code makes them, true of our own files, false of what readers refuse."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from cancelproof.rules.schema import SCHEMAS, schema_line
from rules_fixture import RULES

FILES = sorted(path.relative_to(RULES).as_posix() for path in RULES.rglob("*.yaml"))
FIRST = re.compile(r"# yaml-language-server: \$schema=(\S+\.json)\n")


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_shipped_schema_is_the_codes(name: str, request: pytest.FixtureRequest) -> None:
    """rules/schema is written by `pytest --update-golden`; a field that a reader learns is in it at once."""
    path = RULES / "schema" / name
    made = json.dumps(SCHEMAS[name](), indent=1, ensure_ascii=False) + "\n"
    if request.config.getoption("--update-golden"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(made, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == made
    Draft7Validator.check_schema(json.loads(made))


class _EditorsLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # in C where it is there
    """As editors read YAML 1.2: days stay text, `yes` and `no` too."""


_EditorsLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in known if not tag.endswith((":timestamp", ":bool"))]
    for first, known in _EditorsLoader.yaml_implicit_resolvers.items()
}


@cache
def _validator(name: str) -> Draft7Validator:
    return Draft7Validator(SCHEMAS[name]())


def _issues(name: str, text: str) -> Iterator[str]:
    validator = _validator(name)
    value: Any = yaml.load(text, _EditorsLoader)
    yield from (
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in validator.iter_errors(value)
    )


def test_every_rule_file_names_its_schema() -> None:
    """In its first line, as editors look for it: a file that lies there, of what the file is."""
    named = {path: FIRST.match((RULES / path).read_text("utf-8")) for path in FILES}
    assert [path for path, found in named.items() if found is None] == []
    missing = [
        path for path, found in named.items() if found and not (RULES / path).parent.joinpath(found[1]).is_file()
    ]
    assert missing == []
    assert [path for path, found in named.items() if found and found[0].rstrip() != schema_line(path)] == []


@pytest.mark.parametrize("folder", sorted({path.rpartition("/")[0] for path in FILES}))
def test_our_own_files_fit(folder: str) -> None:
    """An editor marks nothing in a file that the reader takes."""
    found = []
    for path in FILES:
        text = (RULES / path).read_text("utf-8")
        if path.rpartition("/")[0] == folder and (first := FIRST.match(text)):
            found += [f"{path} {issue}" for issue in _issues(Path(first[1]).name, text)]
    assert found == []


REFUSED = [
    ("vendor.json", "vendor: X\nid: x\n"),
    ("vendor.json", "vendor: X\nid: x\ndomains: [x.example]\ncolour: blue\n"),
    ("vendor.json", "vendor: X\nid: X y\ndomains: [x.example]\n"),
    ("vendor.json", "vendor: X\nid: x\ndomains: [x.example]\nchecked: yesterday\n"),
    ("vendor.json", "vendor: X\nid: x\ndomains: [x.example]\nexpects: {confirmation: always}\n"),
    ("vendor.json", "vendor: X\nid: x\ndomains: [x.example]\nreads: {en: {statements: {closing: []}}}\n"),
    ("language.json", "language: xx\nverb: {}\n"),
    ("language.json", "language: xx\nstatements: {closure: [{id: a}]}\n"),
    ("language.json", "language: xx\nstatements: {closure: [{id: a, say: [b], status: proven}]}\n"),
    ("language.json", "language: xx\ncues: {ending: [b]}\n"),
    ("vendor.json", "vendor: X\nid: x\ndomains: [x.example]\ncancel: {phone: {registered: yes}}\n"),
    ("law.json", "country: FR\n"),
    ("law.json", "country: France\nsources: [x]\n"),
    ("law.json", "country: FR\nsources: [x]\nnotice: {most: soon}\n"),
    ("together.json", "closure: {say: [{id: a}]}\n"),
    ("together.json", "closing: {}\n"),
    ("columns.json", "told: {seller: [x]}\n"),
    ("senders.json", "friends: [x]\n"),
    ("currencies.json", "currencies: {euro: [x]}\n"),
    ("weights.json", "topic last_day: {closing: 1.5}\n"),
]


@pytest.mark.parametrize(("name", "text"), REFUSED)
def test_what_a_reader_refuses_an_editor_marks(name: str, text: str) -> None:
    assert list(_issues(name, text))
