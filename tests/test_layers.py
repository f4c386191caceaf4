"""Who may import whom, what may be done where, and how long things may be; held for every module by its syntax tree."""

from __future__ import annotations

import ast
import graphlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from cancelproof import rulebook

SOURCE = Path(__file__).parents[1] / "src" / "cancelproof"

#: A module (or package) of ours, and those of ours that it may import. The root holds the version, for everyone.
MAY_IMPORT: dict[str, set[str]] = {
    # nouns, and what is true of words and names anywhere
    "errors": set(),
    "model": set(),
    "domains": set(),
    "words": set(),
    # the pure core, in the order of a mail's way
    "message": {"model"},
    "authenticity": {"model", "domains", "words"},
    "rules": {"errors", "model", "words"},
    "mentions": {"rules", "words"},
    "classify": {"model", "rules", "words", "mentions"},
    "extract": {"model", "rules", "words", "mentions", "domains", "classify"},  # reads the clauses that classify cut
    "drafts": {"model", "rules", "words", "mentions", "domains"},
    "proof": {"model", "domains"},
    "entries": {"model", "domains"},
    "corrections": {"model"},
    "gaps": {"model"},
    "judge": {"model", "rules", "domains", "words"},
    "tables": {"words"},
    "bank": {"model", "rules", "words", "domains", "tables", "judge"},  # compares names as judge does
    "report": {"model", "errors"},
    # the shell: network, disk, clock, other programs
    "settings": {"errors"},
    "atomic": set(),
    "rulebook": {"errors", "rules", "atomic", "__init__"},
    "oauth": {"errors", "atomic"},
    "sources": {"errors", "model"},
    "letters": {"errors", "model"},
    "ledger": {"errors", "model"},
    "evidence": {"errors", "model"},
    "delivery": {"errors", "model", "atomic"},
    "backup": {"errors", "model", "ledger", "evidence"},  # both together, of one moment
    # the picture, and those who start it
    "run": {
        *("errors", "model", "sources", "message", "letters", "authenticity", "rules", "classify", "extract"),
        *("proof", "corrections", "entries", "gaps", "ledger", "evidence", "judge", "report"),
    },
    "scan": {"errors", "model", "run", "rules", "sources", "entries", "ledger", "evidence"},
    "cli": {
        *(
            "errors",
            "model",
            "run",
            "scan",
            "oauth",
            "rules",
            "rulebook",
            "sources",
            "ledger",
            "evidence",
            "settings",
            "report",
            "delivery",
        ),
        *("corrections", "entries"),  # the facts that `correct` takes, and what the ledger keeps of them
        *("drafts", "message"),  # `rules new` redacts a mail, and reads what came out
        *("classify", "extract"),  # `rules test` runs the examples of the rule files
        *("words", "domains", "tables", "bank", "backup"),
    },
    "__init__": set(),
    "__main__": {"cli"},
}

SHELL = {
    *("settings", "oauth", "scan", "rulebook", "sources", "letters", "ledger", "evidence", "delivery", "backup", "run"),
    *("atomic", "cli"),
}

#: What reaches out of the program; the pure core may not.
REACHES_OUT = {
    "imapclient",
    "imaplib",
    "smtplib",
    "socket",
    "ssl",
    "sqlalchemy",
    "sqlite3",
    "os",
    "subprocess",
    "tempfile",
}

#: Libraries that have one home each, so that leaving one behind changes one room.
HOME = {
    "sqlalchemy": {"ledger"},
    "sqlite3": {"ledger"},
    "yaml": {"rules"},
    "jinja2": {"report"},
    "icalendar": {"report"},
    "bs4": {"message"},
    "fast_mail_parser": {"message"},
    "dateparser": {"extract", "tables"},
    "mt940": {"bank"},
    "ofxtools": {"bank"},
    "publicsuffixlist": {"domains"},
    "pypdf": {"letters"},
    "tnefparse": {"letters"},
    "imapclient": {"sources", "delivery"},
    "smtplib": {"delivery"},
    "click": {"cli"},
    "rich": {"cli"},
    "keyring": {"settings"},
    "marshal": {"rules"},  # the compiled rules, from a file of the owner's own that bears its digest
}
NOWHERE = {
    "urllib.request",
    "http",
    "ftplib",
    "pickle",
    "shelve",
}  # nothing is fetched, nothing is unpickled

MODULE_LINES = 400
FUNCTION_LINES = 60


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def _files() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def _room(path: Path) -> str:
    """The module or package of ours that a file belongs to."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def _imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, at the top or inside a function, with its dotted name."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import hides where it leads"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _ours(path: Path) -> set[str]:
    """The rooms that a file imports, its own left out; the root package (the version) is none."""
    parts = (name.split(".") for name in _imports(path))
    found = {names[1] for names in parts if names[0] == SOURCE.name and len(names) > 1}
    return {name for name in found if (SOURCE / name).is_dir() or (SOURCE / f"{name}.py").is_file()} - {_room(path)}


def test_what_makes_compiled_rules_is_in_their_key() -> None:
    """The rules that are kept depend on `rules` and on every room that it imports, over whatever way."""
    rooms, waiting = set[str](), {"rules"}
    while waiting:
        rooms |= waiting
        waiting = {name for path in _files() if _room(path) in waiting for name in _ours(path)} - rooms
    assert set(rulebook.makers()) == {path.resolve() for path in _files() if _room(path) in rooms}


def _outside(path: Path) -> set[str]:
    return {name for name in _imports(path) if name.split(".")[0] != SOURCE.name}


def _name(path: Path) -> str:
    return str(path.relative_to(SOURCE))


files = pytest.mark.parametrize("path", _files(), ids=_name)


def test_every_module_stands_in_the_table() -> None:
    """A new module says first whom it may import, and a gone one leaves no line behind."""
    assert {_room(path) for path in _files()} == set(MAY_IMPORT)


def test_the_table_has_a_direction() -> None:
    """Nobody imports, over whatever way, one who imports him."""
    assert list(graphlib.TopologicalSorter(MAY_IMPORT).static_order())


@files
def test_a_module_imports_only_whom_it_may(path: Path) -> None:
    """Imports run in one direction; a stage knows its values, not its neighbours."""
    assert _ours(path) <= MAY_IMPORT[_room(path)]


@files
def test_only_the_shell_reaches_out(path: Path) -> None:
    """Network, disk, environment and other programs are the shell's; each library has its home."""
    outside = _outside(path)
    roots = {name.split(".")[0] for name in outside}
    assert _room(path) in SHELL or not roots & REACHES_OUT
    assert not {name for name in outside if name in NOWHERE or name.split(".")[0] in NOWHERE}
    assert not {library for library in roots & set(HOME) if _room(path) not in HOME[library]}


def _asks_or_prints(node: ast.AST) -> bool:
    """`print(…)`, `input(…)`, or the clock by its owner's name (`datetime.now()`); a `now` handed in may be called."""
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute):
        return node.func.attr in {"today", "now", "utcnow"}
    return isinstance(node.func, ast.Name) and node.func.id in {"print", "input"}


@files
def test_only_the_command_line_prints_and_asks_the_clock(path: Path) -> None:
    """Today is an argument of everything else."""
    if _room(path) != "cli":
        assert not [ast.unparse(node) for node in ast.walk(_tree(path)) if _asks_or_prints(node)]


@files
def test_lengths(path: Path) -> None:
    """What outgrows a screen or a module becomes two ideas with two names."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MODULE_LINES
    functions = [node for node in ast.walk(_tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert not [f"{f.name}:{f.lineno}" for f in functions if (f.end_lineno or 0) - f.lineno >= FUNCTION_LINES]


def _swallows_all(node: ast.AST) -> bool:
    """Whether this is an `except` for whatever comes that does not raise it again after cleaning up."""
    if not isinstance(node, ast.ExceptHandler):
        return False
    broad = node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"}
    last = node.body[-1]
    return broad and not (isinstance(last, ast.Raise) and last.exc is None)


def test_one_broad_except() -> None:
    """Only `message` may catch whatever comes, of a mail and of the library that skims it: no mail can stop a scan."""
    assert [_name(path) for path in _files() for node in ast.walk(_tree(path)) if _swallows_all(node)] == [
        "message/__init__.py",
        "message/skim.py",
    ]
