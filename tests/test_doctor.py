"""`cancelproof doctor` names what is not as it should be, a line each with the remedy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cancelproof.cli import main
from cancelproof.evidence import Evidence
from cancelproof.ledger import open_ledger
from cancelproof.model import Entry, Kind, Origin, RawMail

NOW = datetime.now(UTC)
MAIL = RawMail(raw=b"Subject: x\r\n\r\ny\r\n", origin=Origin(source="x.eml"))
ENTRY = Entry(sha256=MAIL.sha256, day=NOW.date(), kind=Kind.CLOSURE)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with settings, a ledger of one mail, its evidence, and a good run of last night."""
    (tmp_path / "rules").mkdir()
    monkeypatch.setattr("cancelproof.settings.rules_folders", lambda *_: (tmp_path / "rules",))
    monkeypatch.setattr("cancelproof.settings.cache_folder", lambda *_: tmp_path / "cache")
    settings = tmp_path / "settings.toml"
    account = '[[accounts]]\nname = "home"\nhost = "imap.invalid"\nuser = "me@example.net"\n'
    settings.write_text(f'data = "data"\n{account}password_file = "secret"\n', encoding="utf-8")
    (tmp_path / "secret").write_text("x")
    for file in (settings, tmp_path / "secret"):
        file.chmod(0o600)
    Evidence(tmp_path / "data" / "evidence").keep(MAIL, at=NOW, version="1")
    with open_ledger(str(tmp_path / "data" / "ledger.sqlite")) as ledger:
        ledger.put([ENTRY])
        ledger.note_run("home", NOW - timedelta(hours=9), {}, good=True)
    return tmp_path


def doctor(home: Path, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, list[str]]:
    code = main(["--settings", str(home / "settings.toml"), "doctor", *options])
    return code, capsys.readouterr().out.splitlines()


def test_all_is_well(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each thing is looked at, and nothing is asked for."""
    code, lines = doctor(home, capsys)
    assert (code, {line[:2] for line in lines}) == (0, {"ok"})
    topics = ["settings", "account", "digest", "data", "rules", "ledger", "evidence", "clock", "last run"]
    assert [line[4:13].strip() for line in lines] == topics


def noted(home: Path, at: datetime, *, good: bool) -> None:
    with open_ledger(str(home / "data" / "ledger.sqlite")) as ledger:
        ledger.note_run("home", at, {"blind": "" if good else "no connection"}, good=good)


def _neither_account_nor_ledger(home: Path) -> None:
    (home / "settings.toml").write_text('data = "data"\nowner = ["me@example.net"]\n')
    (home / "data" / "ledger.sqlite").unlink()


def _forget_runs(home: Path) -> None:
    (home / "data" / "ledger.sqlite").unlink()
    noted(home, NOW - timedelta(days=5), good=True)


def _wrong_rule(home: Path) -> None:
    (home / "rules" / "lang").mkdir()
    (home / "rules" / "lang" / "xx.yaml").write_text("a: [")


def _lose_evidence(home: Path) -> None:
    for file in (home / "data" / "evidence").rglob("*"):
        if file.is_file():
            file.unlink()


#: What is done to the home, and what is then said of it.
ILLS: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "a wrong setting": (
        lambda home: (home / "settings.toml").write_text("datta = 1\n"),
        "no such setting; did you mean data?",
        "mend the file",
    ),
    "settings as init writes them": (
        lambda home: (home / "settings.toml").write_text(
            (home / "settings.toml").read_text().replace("imap.invalid", "imap.example.org")
        ),
        "me@example.net at imap.example.org",
        "fill in host and user",
    ),
    "no account": (
        _neither_account_nor_ledger,
        "none in the settings",
        "cancelproof init, or for an archive: cancelproof scan FILE",
    ),
    "a wrong rule": (
        _wrong_rule,
        "no YAML",
        "cancelproof rules check",
    ),
    "a damaged ledger": (
        lambda home: (home / "data" / "ledger.sqlite").write_bytes(b"x" * 10_000),
        "not a ledger, or damaged",
        "put back a copy",
    ),
    "a ledger that others may read": (
        lambda home: (home / "data" / "ledger.sqlite").chmod(0o644),
        "others than its owner may read it",
        "chmod 600",
    ),
    "evidence that was altered": (
        lambda home: next((home / "data" / "evidence").glob("*/*.eml")).write_bytes(b"z"),
        "1 files or rows were changed or lost",
        "cancelproof verify",
    ),
    "a mail without evidence": (
        _lose_evidence,
        "1 mails of the ledger are not in it",
        "put back a backup",
    ),
    "a scan that no longer runs": (_forget_runs, "good on", "is the nightly scan"),
    "a scan that fails": (lambda home: noted(home, NOW, good=False), "no connection", "cancelproof scan"),
    "a clock that went back": (
        lambda home: noted(home, NOW + timedelta(days=3), good=True),
        "before the last run",
        "set the clock",
    ),
}


@pytest.mark.parametrize(("harm", "what", "remedy"), ILLS.values(), ids=ILLS)
def test_what_is_ill(
    home: Path, capsys: pytest.CaptureFixture[str], harm: Callable[[Path], object], what: str, remedy: str
) -> None:
    """It is named with its remedy, and the exit code says so."""
    harm(home)
    code, lines = doctor(home, capsys)
    assert code == 1
    assert [line for line in lines if line.startswith("!!") and what in line and f"→ {remedy}" in line]


def test_a_log_in_that_fails(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Only where it is asked for does anything leave the machine."""
    code, lines = doctor(home, capsys, "--login")
    assert code == 1
    assert lines[-1].startswith("!!  log-in    home:")


def test_a_new_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without settings and ledger the way to go is said."""
    monkeypatch.setenv("CANCELPROOF_HOME", str(tmp_path))
    assert main(["doctor"]) == 1
    out = capsys.readouterr().out
    assert "→ cancelproof init" in out
    assert "→ cancelproof scan" in out


def test_who_reads_archives_alone_is_well(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No account is asked for; an archive that cannot be read any more is named, with both remedies."""
    settings, ledger = home / "settings.toml", home / "data" / "ledger.sqlite"
    settings.write_text('data = "data"\nowner = ["me@example.net"]\n', encoding="utf-8")
    main(["--settings", str(settings), "scan", "--forget", "home"])
    capsys.readouterr()
    code, lines = doctor(home, capsys)
    assert (code, {line[:2] for line in lines}) == (0, {"ok"})
    with open_ledger(str(ledger)) as opened:
        opened.note_run("old.mbox", NOW, {"blind": "old.mbox: no such file"}, good=False)
    code, lines = doctor(home, capsys)
    assert code == 1
    assert "old.mbox: no such file → cancelproof scan 'old.mbox'" in lines[-1]
    assert "cancelproof scan --forget 'old.mbox'" in lines[-1]


def test_evidence_that_was_changed_has_a_remedy(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`verify` says what to do."""
    file = next((home / "data" / "evidence").glob("*/*.eml"))
    file.chmod(0o600)
    file.write_bytes(b"z")
    assert main(["--settings", str(home / "settings.toml"), "verify"]) == 1
    assert "fault: bring a backup back with `cancelproof restore FILE`" in capsys.readouterr().err
