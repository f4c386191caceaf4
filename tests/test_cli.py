"""The command line as a shell sees it: data on stdout, talk on stderr, exit codes, pipes that close early."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from cancelproof.cli import main
from cancelproof.cli.progress import progress
from cancelproof.model import Coverage

MAILS = Path(__file__).parent / "mails"
CONTRACT = [
    "source", "message_id", "date", "from", "subject", "kind", "vendor", "vendor_domain", "service", "language",
    "effective_on", "charged_on", "amount", "currency", "reference", "authentic", "authenticity", "grade", "elements",
    "rule", "sentence", "faults",
]  # fmt: skip


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cancelproof", *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False)


def test_classify_in_the_order_given() -> None:
    """One object a line for each mail, with the keys of the contract in their order; `source` is the path as given."""
    paths = [str(MAILS / "fr" / "sfr-box-closure.eml"), str(MAILS / "en" / "netflix-receipt.eml")]
    done = run("classify", "--json", *paths)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["source"] for row in rows] == paths
    assert [row["kind"] for row in rows] == ["closure", "receipt"]
    assert all(list(row) == CONTRACT for row in rows)
    assert done.stderr == ""


def test_a_pipe_that_closes_is_no_failure() -> None:
    """`cancelproof classify … | head -n 1` ends well, without a word."""
    command = (
        f'"{sys.executable}" -m cancelproof classify --json "{MAILS / "en"}" | head -n 1; exit "${{PIPESTATUS[0]}}"'
    )
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


FAILURES = {
    "no such command": (("prove",), 2),
    "no such option": (("classify", "--jsn", "x"), 2),
    "no such file": (("classify", "gone.eml"), 3),
    "no such language": (("demo", "--language", "xx"), 2),
    "no day": (("audit", "--today", "tomorrow", "x"), 2),
    "no address": (("audit", "--owner", "bla", "x"), 2),
}


@pytest.mark.parametrize(("arguments", "code"), FAILURES.values(), ids=FAILURES)
def test_failures(arguments: tuple[str, ...], code: int) -> None:
    """What cannot be done is said on stderr, with its own exit code; stdout stays empty."""
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr


def test_a_mail_without_any_day(tmp_path: Path) -> None:
    """No day is invented for a mail that bears none: words such as "today" then name no day."""
    mail = tmp_path / "undated.eml"
    mail.write_bytes(b"From: Acme <a@acme.example>\r\nSubject: Bye\r\n\r\nYour membership was cancelled today.\r\n")
    done = run("classify", "--json", "--owner", "me@example.org", str(mail))
    row = json.loads(done.stdout)
    assert (row["kind"], row["date"], row["effective_on"]) == ("closure", None, None)


def test_version_loads_nothing_heavy() -> None:
    """--version does without the libraries that reading and judging need."""
    code = (
        "import sys; from cancelproof.cli import main; main(['--version']);"
        "print(sorted({'sqlalchemy', 'bs4', 'imapclient', 'jinja2', 'yaml', 'rich', 'dateparser'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.splitlines()[-1] == "[]"


def test_an_audit_that_is_stopped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C ends it in one line that says what is kept: nothing."""
    from cancelproof.cli import audit, main  # noqa: F401, PLC0415  # loaded before the clock runs

    before = signal.getsignal(signal.SIGINT)
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    try:
        assert main(["--settings", str(tmp_path / "none"), "audit", str(MAILS)]) == 130
    finally:
        timer.cancel()
        signal.signal(signal.SIGINT, before)
    assert capsys.readouterr().err == "cancelproof: stopped; an audit keeps nothing (--keep does, batch by batch)\n"


def test_the_pages_of_the_demo_need_a_folder(tmp_path: Path) -> None:
    """What cannot be one is said before anything is read."""
    (tmp_path / "file").write_text("x")
    for out, what in ((tmp_path / "file", "is a file, not a folder"), (tmp_path / "file" / "x", "cannot be made")):
        done = run("demo", "--out", str(out))
        assert (done.returncode, done.stdout) == (8, "")
        assert done.stderr.startswith(f"cancelproof: {out}: {what}")
        assert len(done.stderr.splitlines()) == 1


def test_a_long_line_breaks_between_words(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """On a terminal; in a pipe it stays one line."""
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert main(["charges", "/nowhere/at/all/the-statement-of-november.csv"]) != 0
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) > 1
    assert all(len(line) <= 40 or " " not in line.strip() for line in lines)


def test_what_is_shown_of_the_progress_goes_away_before_a_result(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bar does not run into the line; with the next mails it is there again."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with progress() as shown:
        shown(Coverage(name="box", seen=3), 9)
        shown.clear()
        assert vars(shown)["_bars"] is None
        shown(Coverage(name="box", seen=4), 9)
        assert vars(shown)["_bars"] is not None
