"""The schemas that editors use: shipped as the code makes them, true of our own files, false of what readers refuse."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from cancelproof.rules.schema import SCHEMAS
from rules_fixture import RULES

FOLDERS = {"lang": "language.json", "vendors": "vendor.json", "platforms": "vendor.json"}


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


def _issues(folder: str, text: str) -> Iterator[str]:
    validator = Draft7Validator(SCHEMAS[FOLDERS[folder]]())
    value: Any = yaml.load(text, _EditorsLoader)
    yield from (
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in validator.iter_errors(value)
    )


def _files(folder: str) -> list[Path]:
    files = sorted((RULES / folder).glob("*.yaml"))
    return files if folder == "lang" else files[::10]  # one in ten shows as much


@pytest.mark.parametrize("folder", FOLDERS)
def test_our_own_files_fit(folder: str) -> None:
    """An editor marks nothing in a file that the reader takes."""
    found = [f"{path.name} {issue}" for path in _files(folder) for issue in _issues(folder, path.read_text("utf-8"))]
    assert found == []


REFUSED = [
    ("vendors", "vendor: X\nid: x\n"),
    ("vendors", "vendor: X\nid: x\ndomains: [x.example]\ncolour: blue\n"),
    ("vendors", "vendor: X\nid: X y\ndomains: [x.example]\n"),
    ("vendors", "vendor: X\nid: x\ndomains: [x.example]\nchecked: yesterday\n"),
    ("vendors", "vendor: X\nid: x\ndomains: [x.example]\nexpects: {confirmation: always}\n"),
    ("vendors", "vendor: X\nid: x\ndomains: [x.example]\nreads: {en: {statements: {closing: []}}}\n"),
    ("lang", "language: xx\nverb: {}\n"),
    ("lang", "language: xx\nstatements: {closure: [{id: a}]}\n"),
    ("lang", "language: xx\nstatements: {closure: [{id: a, say: [b], status: proven}]}\n"),
    ("lang", "language: xx\ncues: {ending: [b]}\n"),
]


@pytest.mark.parametrize(("folder", "text"), REFUSED)
def test_what_a_reader_refuses_an_editor_marks(folder: str, text: str) -> None:
    assert list(_issues(folder, text))
