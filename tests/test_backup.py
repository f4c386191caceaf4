"""Ledger and evidence in one file and back, on every database; what is damaged or hostile changes nothing."""

# ruff: noqa: E501  # rows of tables stay whole

from __future__ import annotations

import io
import json
import os
import signal
import stat
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from cancelproof.backup import backup, restore
from cancelproof.cli import main
from cancelproof.errors import CancelproofError, DeliveryError, LedgerError, SourceError
from cancelproof.evidence import Evidence
from cancelproof.ledger import Seen, open_ledger
from cancelproof.model import BankCharge, Entry, FolderState, Kind, Origin, RawMail, Told

NOW = datetime(2026, 5, 1, tzinfo=UTC)
MAILS = [
    RawMail(raw=b"x: %d%s" % (n, end), origin=Origin(source=str(n))) for n in range(3) for end in (b"\r\n", b"\n\n")
]
CHARGE = BankCharge(
    id="f" * 64, day=date(2026, 4, 25), amount=Decimal("13.99"), vendor="Netflix", source="bank:x#1", why=("name",)
)


def filled(folder: Path, where: str) -> None:
    """A ledger with something in every table, and evidence."""
    Evidence(folder / "evidence").keep_all(MAILS, at=NOW, version="1")
    with open_ledger(where) as ledger:
        entries = [
            Entry(sha256=mail.sha256, day=NOW.date(), kind=Kind.CLOSURE, subject="\x00\ud800é") for mail in MAILS
        ]
        silent = Seen(sha256="9" * 64, origin=Origin(source="s"))
        state = FolderState(account="home", folder="INBOX", uidvalidity=7, last_uid=3)
        ledger.put(entries, seen=[silent], state=state)
        ledger.tell(Told(vendor="Dell"))
        ledger.untell(ledger.tell(Told(vendor="Gone")))
        ledger.tell(Told(vendor="Acme", requested_on=NOW.date()))
        ledger.keep_charges([CHARGE])
        ledger.keep_layout("giro", "a|b", {"columns": {"day": [0]}})
        ledger.note_run("home", NOW, {"seen": 3}, good=True)


def rows(where: str) -> list[str]:
    with open_ledger(where) as ledger:
        return [json.dumps(row) for row in ledger.dump()]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A whole backup."""
    folder = tmp_path / "from"
    folder.mkdir()
    filled(folder, str(folder / "ledger.sqlite"))
    with open_ledger(str(folder / "ledger.sqlite")) as ledger:
        backup(ledger, folder / "evidence", tmp_path / "b.tar")
    return tmp_path / "b.tar"


@pytest.mark.parametrize("name", ["b.tar", "b.tar.gz"])
def test_all_comes_back(tmp_path: Path, anywhere: str, name: str) -> None:
    """Every row and every file, from any database; numbers go on where they were."""
    filled(tmp_path, anywhere)
    with open_ledger(anywhere) as ledger:
        made = backup(ledger, tmp_path / "evidence", tmp_path / name)
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    target, evidence = str(tmp_path / "new.sqlite"), tmp_path / "new"
    with open_ledger(target) as ledger:
        assert restore(tmp_path / name, ledger, evidence) == made
        assert ledger.charges() == (CHARGE,)
        assert ledger.tell(Told(vendor="New")) > 3
        assert ledger.untell(4)
    assert rows(target) == rows(anywhere)
    assert Evidence(evidence).verify() == ()
    assert stat.S_IMODE(evidence.stat().st_mode) == 0o700
    assert [Evidence(evidence).read(mail.sha256) for mail in MAILS]


def test_sqlite_comes_back_into_any_database(source: Path, tmp_path: Path, anywhere: str) -> None:
    """The copy is the way from one database to the other."""
    with open_ledger(anywhere) as ledger:
        restore(source, ledger, tmp_path / "new")
        assert ledger.tell(Told(vendor="New")) > 3  # no number is given twice
    with open_ledger(str(tmp_path / "from" / "ledger.sqlite")) as ledger:
        ledger.tell(Told(vendor="New"))
    told = [row for row in rows(anywhere) if '"told"' not in row]
    assert told == [row for row in rows(str(tmp_path / "from" / "ledger.sqlite")) if '"told"' not in row]


def test_nothing_is_overwritten(source: Path, tmp_path: Path) -> None:
    """Neither a file with a backup, nor a ledger or an evidence folder that holds something."""
    with open_ledger(str(tmp_path / "from" / "ledger.sqlite")) as ledger:
        with pytest.raises(DeliveryError, match="is there already"):
            backup(ledger, tmp_path / "from" / "evidence", source)
        with pytest.raises(LedgerError, match="ledger is not empty"):
            restore(source, ledger, tmp_path / "new")
    with open_ledger(str(tmp_path / "new.sqlite")) as ledger:
        with pytest.raises(LedgerError, match="evidence folder is not empty"):
            restore(source, ledger, tmp_path / "from" / "evidence")
        assert len(list(ledger.dump())) == 2


def test_damaged_evidence_is_told(tmp_path: Path) -> None:
    """What was altered before is kept as it is, and named."""
    filled(tmp_path, str(tmp_path / "ledger.sqlite"))
    next((tmp_path / "evidence").glob("*/*.eml")).write_bytes(b"altered")
    with open_ledger(str(tmp_path / "ledger.sqlite")) as ledger:
        assert len(backup(ledger, tmp_path / "evidence", tmp_path / "b.tar").faults) == 1


def test_without_evidence(tmp_path: Path) -> None:
    """A ledger of what was told alone has none."""
    with open_ledger(str(tmp_path / "one.sqlite")) as ledger:
        ledger.tell(Told(vendor="Dell"))
        backup(ledger, tmp_path / "evidence", tmp_path / "b.tar")
    with open_ledger(str(tmp_path / "two.sqlite")) as ledger:
        assert restore(tmp_path / "b.tar", ledger, tmp_path / "new").files == 0
        assert ledger.told() == (Told(vendor="Dell"),)


# ---------------------------------------------------------------- damaged and hostile


def altered(source: Path, change: Callable[[str, bytes], tuple[str, bytes] | None], *more: tarfile.TarInfo) -> None:
    """Write the backup anew with each member changed, or left out, and more members after it."""
    with tarfile.open(source) as old:
        members = [(member.name, (old.extractfile(member) or io.BytesIO()).read()) for member in old]
    with tarfile.open(source, "w") as new:
        for name, content in members:
            changed = change(name, content)
            if changed:
                member = tarfile.TarInfo(changed[0])
                member.size = len(changed[1])
                new.addfile(member, io.BytesIO(changed[1]))
        for member in more:
            new.addfile(member, io.BytesIO(b"\0" * member.size))


def same(name: str, content: bytes) -> tuple[str, bytes]:
    return name, content


def _member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, link
    return member


HARMS: dict[str, Callable[[Path], object]] = {
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:20_000]),
    "one byte flipped": lambda path: altered(path, lambda n, c: (n, c.replace(b"x: 1", b"x: 7"))),
    "a row changed": lambda path: altered(path, lambda n, c: (n, c.replace(b"Dell", b"Doll") if n == "ledger.jsonl" else c)),
    "a file left out": lambda path: altered(path, lambda n, c: None if n.endswith(".eml") else (n, c)),
    "the manifest left out": lambda path: altered(path, lambda n, c: None if n == "manifest.json" else (n, c)),
    "a manifest that is none": lambda path: altered(path, lambda n, c: (n, b"[") if n == "manifest.json" else (n, c)),
    "a manifest of another kind": lambda path: altered(path, lambda n, c: (n, b"[]") if n == "manifest.json" else (n, c)),
    "no tar": lambda path: path.write_bytes(b"x" * 5_000),
    "nothing": lambda path: path.write_bytes(b""),
    "a path upwards": lambda path: altered(path, same, _member("evidence/../../evil")),
    "an absolute path": lambda path: altered(path, same, _member("/tmp/evil")),
    "a link": lambda path: altered(path, same, _member("evidence/ab/x.eml", tarfile.SYMTYPE, "/etc/passwd")),
    "a device": lambda path: altered(path, same, _member("evidence/ab/x.eml", tarfile.CHRTYPE)),
    "a file twice": lambda path: altered(path, same, _member("ledger.jsonl")),
    "a hidden file": lambda path: altered(path, same, _member("evidence/.keep-1")),
}  # fmt: skip


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
def test_a_damaged_backup_changes_nothing(source: Path, tmp_path: Path, harm: Callable[[Path], object]) -> None:
    """It is refused whole; nothing is left of it, inside or outside the folder."""
    harm(source)
    before = sorted(path.name for path in tmp_path.iterdir())
    with open_ledger(str(tmp_path / "data" / "new.sqlite")) as ledger:
        with pytest.raises(SourceError):
            restore(source, ledger, tmp_path / "data" / "new")
        assert len(list(ledger.dump())) == 2
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "data") == before
    assert [path.name for path in (tmp_path / "data").iterdir() if not path.name.startswith("new.sqlite")] == []


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    """One clear error."""
    with (
        open_ledger(str(tmp_path / "one.sqlite")) as ledger,
        pytest.raises(CancelproofError, match="cannot be written"),
    ):
        backup(ledger, tmp_path / "evidence", tmp_path / "gone" / "b.tar")


def test_a_full_disk_leaves_no_half_backup(tmp_path: Path) -> None:
    """No file under the name that was asked for."""
    filled(tmp_path, str(tmp_path / "data" / "ledger.sqlite"))
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (8000, 8000))\n"
        "from cancelproof.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    settings = tmp_path / "settings.toml"
    settings.write_text('data = "data"\n')
    command = ["--settings", str(settings), "backup", str(tmp_path / "b.tar")]
    done = subprocess.run(
        [sys.executable, "-c", code, *command], check=False, timeout=60, capture_output=True, text=True
    )
    assert done.returncode in {7, 8}, done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir() if "b.tar" in path.name] == []


def test_killed_in_the_middle(tmp_path: Path) -> None:
    """What bears the name of a backup is whole, or is not there."""
    filled(tmp_path / "data", str(tmp_path / "data" / "ledger.sqlite"))
    settings = tmp_path / "settings.toml"
    settings.write_text('data = "data"\n')
    for patience in (0.3, 0.5, 0.7):
        target = tmp_path / f"{patience}.tar"
        command = [sys.executable, "-m", "cancelproof", "--settings", str(settings), "backup", str(target)]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
            time.sleep(patience)
            os.kill(process.pid, signal.SIGKILL)
        if target.exists():
            with open_ledger(str(tmp_path / f"{patience}.sqlite")) as ledger:
                assert restore(target, ledger, tmp_path / f"{patience}").faults == ()


def test_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Backup, and a restore on another machine, in a line each."""
    filled(tmp_path / "one", str(tmp_path / "one" / "ledger.sqlite"))
    for name in ("one", "two"):
        (tmp_path / f"{name}.toml").write_text(f'data = "{name}"\n')
    assert main(["--settings", str(tmp_path / "one.toml"), "backup", str(tmp_path / "b.tar")]) == 0
    assert "written and read again: " in capsys.readouterr().err
    assert main(["--settings", str(tmp_path / "two.toml"), "restore", str(tmp_path / "b.tar")]) == 0
    assert "the evidence is whole" in capsys.readouterr().err
    assert rows(str(tmp_path / "one" / "ledger.sqlite")) == rows(str(tmp_path / "two" / "ledger.sqlite"))
