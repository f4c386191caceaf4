"""The wheel as a user gets it: whole, and at work in an environment that has never seen the source."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

pytestmark = pytest.mark.dear  # a wheel, and an environment for it

PROJECT = Path(__file__).parents[1]
DATA = ("rules", "templates")


def _run(command: Sequence[str | Path], folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs a program in `folder` with nothing of the caller's settings."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8", "PIP_CONFIG_FILE": os.devnull}
    return subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout without fetching anything."""
    folder = tmp_path_factory.mktemp("dist")
    built = _run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, PROJECT], folder)
    assert built.returncode == 0, built.stdout + built.stderr
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program `cancelproof` of an empty environment: the wheel alone, its dependencies lent by this one."""
    folder = tmp_path_factory.mktemp("user")
    made = _run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], folder)
    assert made.returncode == 0, made.stderr
    python = folder / "venv" / "bin" / "python"
    where = _run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], folder).stdout.strip()
    # A path from a .pth file is searched, but the .pth files in it are not read: our editable source stays unseen.
    Path(where, "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--python", python, "install", "--no-index", "--no-deps"]
    done = _run([*pip, "--quiet", "--ignore-installed", wheel], folder)
    assert done.returncode == 0, done.stderr
    seen = _run([python, "-c", "import cancelproof; print(cancelproof.__file__)"], folder).stdout
    assert seen.startswith(str(folder))
    return python.with_name("cancelproof")


def test_the_wheel_holds_every_rule_and_template(wheel: Path) -> None:
    """What lies in rules/ and templates/ travels with the program, and so do the demo's mails."""
    archive = zipfile.ZipFile(wheel)
    names = set(archive.namelist())
    for folder in DATA:
        files = [path.relative_to(PROJECT).as_posix() for path in (PROJECT / folder).rglob("*") if path.is_file()]
        assert files
        assert {f"cancelproof/data/{file}" for file in files} <= names
        assert [f for f in files if archive.read(f"cancelproof/data/{f}") != (PROJECT / f).read_bytes()] == []
    assert any(name.startswith("cancelproof/demo/") and name.endswith(".eml") for name in names)
    assert "cancelproof/py.typed" in names


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    """Neither tests nor settings of the workplace are shipped."""
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"cancelproof"}
    assert not [name for name in names if {"tests", "__pycache__"} & set(name.split("/"))]


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_the_first_words(installed: Path, option: str, tmp_path: Path) -> None:
    """The program starts and says who it is."""
    said = _run([installed, option], tmp_path)
    assert (said.returncode, said.stderr) == (0, "")
    assert "cancelproof" in said.stdout


def test_the_wheel_holds_the_program_byte_for_byte(wheel: Path) -> None:
    """What the other tests show of the source and its rules, that all their examples hold too, is so of the wheel."""
    archive, source = zipfile.ZipFile(wheel), PROJECT / "src"
    modules = [path.relative_to(source).as_posix() for path in (source / "cancelproof").rglob("*.py")]
    assert [name for name in modules if archive.read(name) != (source / name).read_bytes()] == []


def test_the_shipped_rules_are_right(installed: Path, tmp_path: Path) -> None:
    """The rules that travel in the wheel are found there, without faults."""
    checked = _run([installed, "rules", "check"], tmp_path)
    assert (checked.returncode, checked.stdout) == (0, "")


def test_the_demo_needs_nothing(installed: Path, tmp_path: Path) -> None:
    """The whole job on the bundled mailbox, with no account, settings or network."""
    shown = _run([installed, "demo", "--out", tmp_path / "pages"], tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.strip()
    assert sorted(path.name for path in (tmp_path / "pages").iterdir()) == ["audit.html", "digest.html"]
