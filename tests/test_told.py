"""What the owner tells of a cancellation, on the command line and in a CSV file."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from cancelproof.cli import main
from cancelproof.cli.common import read_told
from cancelproof.errors import UsageError
from cancelproof.model import Told

TODAY = date(2026, 10, 20)
HEADER = "vendor,service,requested_on,channel,reference"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "told.csv"


def run(tmp_path: Path, *arguments: str) -> int:
    """The exit code of a command with settings and a ledger of its own."""
    settings = tmp_path / "settings.toml"
    settings.write_text(f'owner = ["me@example.org"]\ndata = "{tmp_path / "data"}"\n', encoding="utf-8")
    settings.chmod(0o600)
    return main(["--settings", str(settings), *arguments])


def test_a_list_is_read(table: Path) -> None:
    """All but the vendor may be empty or left out; a byte order mark and blank lines do no harm."""
    table.write_text("\ufeffvendor,requested_on\n\nDell,2026-10-20\n\nOrange\n", encoding="utf-8")
    assert read_told(table, TODAY) == (Told(vendor="Dell", requested_on=TODAY), Told(vendor="Orange"))
    table.write_text(HEADER, encoding="utf-8")
    assert read_told(table, TODAY) == ()


FAULTY = [
    ("", f": no list of cancellations (the header must be {HEADER})"),
    ("\n\n", f": no list of cancellations (the header must be {HEADER})"),
    ("Dell,,2026-10-01,,\n", f": no list of cancellations (the header must be {HEADER})"),
    ("vendor;service\nDell;\n", f": no list of cancellations (the header must be {HEADER})"),
    (f"{HEADER}\n,Box,,,\n", f":2: no vendor (the header must be {HEADER})"),
    (f"{HEADER}\n\nDell,,1 May,,\n", ":3: '1 May' is no day (write 2026-11-01)"),
    (
        f"{HEADER}\nDell,,2026-10-20,,\nDell,,2026-10-21,,\n",
        ":3: 2026-10-21 is after today (give the day on which you cancelled)",
    ),
    (f"{HEADER}\nCaf\udce9,,,,\n", f": no CSV file in UTF-8 (the header must be {HEADER})"),
]


@pytest.mark.parametrize(("text", "what"), FAULTY)
def test_a_faulty_list_is_refused(table: Path, text: str, what: str) -> None:
    """One line names the file, its line and the remedy."""
    table.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(UsageError) as raised:
        read_told(table, TODAY)
    assert str(raised.value) == f"{table}{what}"


@pytest.mark.parametrize("command", [("add", "--csv"), ("audit", ".", "--cancellations")])
def test_a_missing_list_is_a_missing_file(
    tmp_path: Path, table: Path, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    """The same sentence and exit code as for a mailbox that is not there."""
    assert run(tmp_path, *command, str(table)) == 3
    assert capsys.readouterr().err == f"cancelproof: {table}: no such file or folder (check how the path is written)\n"


def test_a_damaged_archive_ends_an_audit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing was read, so the exit code says so, in one line of ours."""
    bad = tmp_path / "bad.zip"
    bad.write_bytes(b"PK\x03\x04 no")
    assert run(tmp_path, "audit", str(bad)) == 3
    said = f"cancelproof: {bad}: the archive is damaged and cannot be opened (copy or download it anew)\n"
    assert capsys.readouterr() == ("", said)


def test_a_day_to_come_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody cancelled tomorrow; today is fine."""
    monkeypatch.setattr("cancelproof.cli.add.today", lambda: TODAY)
    assert run(tmp_path, "add", "Dell", "--on", str(TODAY + timedelta(days=1))) == 2
    assert "2026-10-21 is after today" in capsys.readouterr().err
    assert run(tmp_path, "add", "Dell", "--on", str(TODAY)) == 0
    assert capsys.readouterr().out == "1: Dell, cancelled on 2026-10-20\n"


def test_a_list_may_go_as_far_as_the_day_that_is_judged(
    tmp_path: Path, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--today` of a later day allows what was told until then."""
    table.write_text(f"{HEADER}\nDell,,2199-12-30,,\n", encoding="utf-8")
    (tmp_path / "mails").mkdir()
    audit = ("audit", str(tmp_path / "mails"), "--cancellations", str(table))
    assert run(tmp_path, *audit, "--today", "2199-12-31") == 0
    assert "Dell" in capsys.readouterr().out
    assert run(tmp_path, *audit) == 2
