"""The documents say what the program does: commands, exit codes, the fields of rules, settings and JSON, links."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import click
import pytest

from cancelproof import errors, rules
from cancelproof.cli import COMMANDS, root
from cancelproof.report import contract
from cancelproof.rules import language, law, places, vendors

PROJECT = Path(__file__).parents[1]
README = PROJECT / "README.md"
DOCUMENTS = (README, PROJECT / "CHANGELOG.md", PROJECT / "CONTRIBUTING.md", *sorted((PROJECT / "docs").glob("*.md")))
FOR_USERS = (README, *sorted((PROJECT / "docs").glob("*.md")))

#: Methods of the loaders' readers; the first argument names a field, every one of `only`.
READERS = {"text", "texts", "texts_whole", "lined_texts", "flag", "one_of", "sub", "subs", "only"}

LINK = re.compile(r"\]\(([^)\s]+)\)")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


# ---------------------------------------------------------------- commands


def every_command(
    group: click.Group = root, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Each command with the words that call it, those of groups too."""
    ctx = click.Context(group)
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        assert command is not None, name
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from every_command(command, (*path, name))


ALL_COMMANDS = dict(every_command())


@pytest.mark.parametrize("path", ALL_COMMANDS, ids=" ".join)
def test_every_command_has_help(path: tuple[str, ...]) -> None:
    """A command and each of its options say what they do."""
    command = ALL_COMMANDS[path]
    assert command.help
    assert [option.name for option in command.params if isinstance(option, click.Option) and not option.help] == []


@pytest.mark.parametrize("path", ALL_COMMANDS, ids=" ".join)
def test_every_command_stands_in_the_documents(path: tuple[str, ...]) -> None:
    """A command is named as one types it, or in the README's table."""
    called = " ".join(path)
    assert any(
        f"cancelproof {called}" in read(document) or f"| `{called}` |" in read(document) for document in FOR_USERS
    )


def test_the_readme_names_every_command_about_rules() -> None:
    """The row of a group tells what each of its commands is for."""
    row = next(line for line in read(README).splitlines() if line.startswith("| `rules` |"))
    below = [path for path in ALL_COMMANDS if path[0] == "rules" and len(path) == 2]
    assert len(below) > 3
    assert [" ".join(path) for path in below if f"`{' '.join(path)}`" not in row] == []


def variables() -> set[str]:
    """The environment variables that the program reads: asked of an `environ`, or named to one who is handed it."""
    found: set[str] = set()
    for path in sorted((PROJECT / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(read(path))):
            if isinstance(node, ast.Call | ast.Subscript) and "environ" in ast.unparse(node):
                asked = node.args if isinstance(node, ast.Call) else [node.slice]
                texts = (one.value for one in asked if isinstance(one, ast.Constant))
                found |= {text for text in texts if isinstance(text, str) and re.fullmatch("[A-Z][A-Z_]+", text)}
    return found


def test_every_variable_stands_in_the_documents() -> None:
    """What the environment can change is told where the settings are."""
    table = read(PROJECT / "docs" / "settings.md").partition("## Variables")[2]
    assert {"CANCELPROOF_HOME", "XDG_CACHE_HOME", "LC_ALL"} <= variables()
    assert sorted(name for name in variables() if f"`{name}`" not in table) == []


def test_every_kind_of_rule_file_stands_in_the_documents() -> None:
    """The picture of the rules folder shows a file of each folder, and each file that stands alone."""
    picture = read(PROJECT / "docs" / "rules.md").partition("```")[2].partition("```")[0]
    assert [name for name in (*places.FOLDERS, *places.FILES) if f"rules/{name}" not in picture] == []


def test_documents_name_no_command_that_is_not_there() -> None:
    """What stands behind `cancelproof` in a piece of code is a command."""
    named = {
        word
        for document in DOCUMENTS
        for piece in (
            *re.findall(r"`([^`\n]+)`", read(document)),
            *(block[1] for block in BLOCK.findall(read(document))),
        )
        for word in re.findall(r"(?<!keyring set )\bcancelproof ([a-z]+)", piece, re.MULTILINE)
    }
    assert named
    assert named <= set(COMMANDS)


def shown_commands() -> list[str]:
    """The lines of the documents' shell blocks that call the program."""
    return [
        line
        for document in FOR_USERS
        for kind, block in BLOCK.findall(read(document))
        if kind == "sh"
        for line in block.splitlines()
        if line.startswith("cancelproof ")
    ]


@pytest.mark.parametrize("line", shown_commands())
def test_shown_command_parses(line: str) -> None:
    """A command line of the documents calls a command that exists, with options that it has."""
    assert parses(root, shlex.split(line, comments=True)[1:])


def test_wrong_command_lines_do_not_parse() -> None:
    """The check above sees a command, an option and an argument that are wrong."""
    for line in ("frobnicate", "audit", "digest --sendd", "rules frobnicate", "add Dell --on yesterday"):
        assert not parses(root, line.split()), line


def parses(command: click.Command, words: list[str], parent: click.Context | None = None) -> bool:
    """Whether the words call the command rightly; nothing is run."""
    if isinstance(command, click.Group) and words and not words[0].startswith("-"):
        ctx = click.Context(command, parent=parent)
        below = command.get_command(ctx, words[0])
        return below is not None and parses(below, words[1:], ctx)
    try:
        command.make_context(command.name, list(words), parent=parent)
    except click.exceptions.Exit as done:  # --help has been shown
        return done.exit_code == 0
    except click.UsageError:
        return False
    return True


# ---------------------------------------------------------------- exit codes


def every_error() -> list[type[errors.CancelproofError]]:
    return [
        kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.CancelproofError)
    ]


@pytest.mark.parametrize(
    "error", [e for e in every_error() if e is not errors.CancelproofError], ids=lambda e: e.__name__
)
def test_every_exit_code_stands_in_the_documents(error: type[errors.CancelproofError]) -> None:
    """The table of exit codes names each error beside its code."""
    table = dict(re.findall(r"^\| (\d+) \| (.+) \|$", read(PROJECT / "docs" / "json.md"), re.MULTILINE))
    assert f"({error.__name__})" in table[str(error.exit_code)]


# ---------------------------------------------------------------- fields


def accepted_fields(module: ModuleType) -> set[str]:
    """Every field that a module's loaders ask a reader for, by its syntax tree."""
    assert module.__file__
    tree = ast.parse(read(Path(module.__file__)))
    found: set[str] = set()
    for call in (
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if name in READERS and call.args:
            found |= set(_texts(call.args if name == "only" else call.args[:1], module))
    return found


def _texts(arguments: Iterable[ast.expr], module: ModuleType) -> Iterator[str]:
    for argument in arguments:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield argument.value
        elif isinstance(argument, ast.Starred) and isinstance(argument.value, ast.Name):
            yield from getattr(module, argument.value.id)


@pytest.mark.parametrize("module", [language, vendors, rules, law], ids=lambda m: m.__name__)
def test_every_rule_field_stands_in_the_documents(module: ModuleType) -> None:
    """Whoever writes a rule file finds every field that its loader accepts."""
    fields = accepted_fields(module)
    text = read(PROJECT / "docs" / "rules.md")
    assert len(fields) > 1
    assert (
        sorted(field for field in fields if not re.search(rf"`{field}`|(^|[ {{]){field}: ", text, re.MULTILINE)) == []
    )


def test_every_setting_stands_in_the_documents() -> None:
    """Whoever fills in the settings finds every setting."""
    fields = accepted_fields(import_module("cancelproof.settings.load"))  # the package has a function of this name
    text = read(PROJECT / "docs" / "settings.md")
    assert "accounts" in fields
    assert sorted(field for field in fields if not re.search(rf"\b{field}\b", text)) == []


def test_every_json_field_stands_in_the_documents() -> None:
    """Both JSON contracts are described field by field."""
    tree = ast.parse(read(Path(contract.__file__)))
    keys = {
        key.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }
    text = read(PROJECT / "docs" / "json.md")
    assert {"kind", "charges_after_end", "message_id"} <= keys
    assert sorted(key for key in keys if f"`{key}`" not in text) == []


# ---------------------------------------------------------------- links, languages


def relative_links() -> list[tuple[Path, str]]:
    return [
        (document, target)
        for document in DOCUMENTS
        for target in LINK.findall(read(document))
        if not re.match(r"[a-z]+:", target)
    ]


@pytest.mark.parametrize(("document", "target"), relative_links(), ids=lambda value: getattr(value, "name", value))
def test_relative_link_leads_somewhere(document: Path, target: str) -> None:
    """A link leads to a file of the project, and to a heading that is there."""
    name, _, anchor = target.partition("#")
    file = document.parent / name if name else document
    assert file.exists()
    assert not anchor or anchor in {_anchor(heading) for heading in HEADING.findall(read(file))}


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_readme_names_the_languages_that_are_read() -> None:
    """The README promises those languages that have a rule file, and no others."""
    found = re.search(r"Languages that it reads: ([^.]+)\.", read(README))
    assert found
    promised = set(re.findall(r"\((\w\w)\)", found[1]))
    assert promised == {path.stem for path in (PROJECT / "rules" / "lang").glob("*.yaml")}
