"""The nightly scan and the weekly digest, as a person runs them: the command line over a real IMAP and SMTP server."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Collected

import dovecot

SCENARIO = Path(__file__).parent / "scenarios" / "acknowledged-then-closed"
OWNER = "helene.garnier@example.org"
TODAY = "2026-06-15"
_users = count(1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dovecot.Server]:
    with dovecot.dovecot(tmp_path_factory.mktemp("dovecot")) as started:
        yield started


@dataclass(frozen=True)
class Home:
    """A new user's machine: settings, ledger and a mailbox of its own."""

    folder: Path
    server: dovecot.Server
    user: str

    def write(self, more: str = "") -> None:
        settings = self.folder / "settings.toml"
        settings.write_text(
            f'owner = ["{OWNER}"]\n'
            f'data = "{self.folder / "data"}"\n'
            f'[[accounts]]\nname = "home"\nhost = "127.0.0.1"\nport = {self.server.port}\ntls = "none"\n'
            f'user = "{self.user}"\naddresses = ["{OWNER}"]\n{more}',
            encoding="utf-8",
        )
        settings.chmod(0o600)

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "cancelproof", "--settings", str(self.folder / "settings.toml"), *arguments]
        secrets = {"CANCELPROOF_PASSWORD_HOME": dovecot.PASSWORD, **environment}
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **secrets}
        )

    def run(self, *arguments: str, code: int = 0, **environment: str) -> tuple[str, str]:
        process = self.start(*arguments, **environment)
        out, err = process.communicate(timeout=120)
        assert process.returncode == code, err
        return out, err

    def cases(self) -> list[dict[str, Any]]:
        out, _ = self.run("cases", "--json", "--today", TODAY)
        cases: list[dict[str, Any]] = json.loads(out)["cases"]
        return cases


@pytest.fixture
def home(tmp_path: Path, server: dovecot.Server) -> Home:
    made = Home(tmp_path, server, f"night{next(_users)}")
    made.write()
    return made


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port: int = bound.getsockname()[1]
        return port


def mails() -> list[bytes]:
    return [path.read_bytes() for path in sorted(SCENARIO.glob("*.eml"))]


def test_nightly(home: Home) -> None:
    """The first scan reads all, the second nothing, and a mail that came between is found; the mailbox is unchanged."""
    *first, last = mails()
    home.server.append(home.user, "INBOX", first[::2])
    home.server.append(home.user, "Junk", first[1::2])
    before = {folder: home.server.marks(home.user, folder) for folder in ("INBOX", "Junk")}
    _, told = home.run("scan")
    assert f"home: {len(first)} new mails" in told
    assert {folder: home.server.marks(home.user, folder) for folder in before} == before
    _, told = home.run("scan")
    assert "home: 0 new mails" in told
    home.server.append(home.user, "INBOX", [last])
    _, told = home.run("scan")
    assert "home: 1 new mail," in told
    assert len(home.cases()) == 1
    home.run("verify")


def test_a_night_with_nothing_new_loads_nothing_heavy(home: Home) -> None:
    """Neither the ledger's library nor what reads mails: both cost more than the whole of such a night."""
    home.server.append(home.user, "INBOX", mails())
    home.run("scan")
    arguments = ["--settings", str(home.folder / "settings.toml"), "scan"]
    heavy = {"sqlalchemy", "bs4", "jinja2", "yaml", "rich", "dateparser", "cancelproof.classify"}
    code = f"import sys; from cancelproof.cli import main; main({arguments}); print(sorted({heavy} & set(sys.modules)))"
    secrets = {**os.environ, "CANCELPROOF_PASSWORD_HOME": dovecot.PASSWORD}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=secrets, timeout=60, check=True
    )
    assert "0 new mails" in done.stderr
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_same_mail_in_two_folders_and_an_archive(home: Home) -> None:
    """A mail read again from another folder or source changes nothing."""
    home.server.append(home.user, "INBOX", mails())
    home.run("scan")
    known = home.cases()
    home.server.append(home.user, "Archive", mails())
    home.run("scan")
    home.run("scan", str(SCENARIO))
    assert home.cases() == known


def test_killed_in_the_middle(home: Home) -> None:
    """kill -9 at any moment: the next scan loses nothing and doubles nothing."""
    lettered = [one for one in mails() if b"application/pdf" in one]  # each costs a process of its own: once is enough
    plain = [one for one in mails() if one not in lettered]
    many = [one.replace(b"Message-ID: <", b"Message-ID: <%d." % n, 1) for n in range(34) for one in plain]
    home.server.append(home.user, "INBOX", [*many[:30], *lettered, *many[30:]])
    assert lettered
    for patience in (0.6, 0.9, 1.2):
        process = home.start("scan")
        time.sleep(patience)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    home.run("scan")
    home.run("verify")
    _, told = home.run("scan")
    assert "home: 0 new mails" in told
    kept = len(list((home.folder / "data" / "evidence").rglob("*.eml")))
    entire = Home(home.folder / "again", home.server, home.user)
    entire.folder.mkdir()
    entire.write()
    entire.run("scan")
    assert kept == len(list((entire.folder / "data" / "evidence").rglob("*.eml")))
    assert entire.cases() == home.cases()


FAILURES = {
    "wrong password": ({"CANCELPROOF_PASSWORD_HOME": "wrong-horse"}, 4, "refused"),
    "no password": ({"CANCELPROOF_PASSWORD_HOME": ""}, 2, "password"),
}


@pytest.mark.parametrize(("environment", "code", "said"), FAILURES.values(), ids=FAILURES)
def test_a_scan_that_fails_is_blind(home: Home, environment: dict[str, str], code: int, said: str) -> None:
    """A failure is one line with its own exit code, never the password; the digest says that the account is blind."""
    home.server.append(home.user, "INBOX", mails()[:1])
    _, err = home.run("scan", code=code, **environment)
    lines = [line for line in err.splitlines() if line.startswith("cancelproof:")]
    assert len(lines) == 1
    assert said in lines[0]
    assert "wrong-horse" not in err
    out, _ = home.run("digest", "--today", TODAY, "--language", "en")
    assert "home" in out
    assert "never been read" in " ".join(out.split())


def test_audit_of_an_account(home: Home) -> None:
    """An account can be audited once, whole, without a ledger."""
    home.server.append(home.user, "INBOX", mails())
    out, _ = home.run("audit", "--json", "--today", TODAY, "imap:home")
    assert [case["status"] for case in json.loads(out)["cases"]] == ["proven"]
    assert not (home.folder / "data").exists()
    home.run("audit", "imap:nowhere", code=2)


def test_missing_archive(home: Home) -> None:
    """An archive that is not there is one line with its own exit code."""
    _, err = home.run("scan", str(home.folder / "gone.mbox"), code=3)
    assert err.count("gone.mbox") >= 1


def test_told_and_asked(home: Home) -> None:
    """What the owner tells is a case at once, lacking its proof; taken back, it is gone."""
    out, _ = home.run("add", "Dell", "--service", "Premium Support", "--on", "2026-06-01", "--channel", "web")
    assert out.startswith("1: Dell Premium Support")
    assert [case["status"] for case in home.cases()] == ["awaiting_proof"]
    out, _ = home.run("show", "dell", "--language", "en")
    assert "Premium Support" in out
    home.run("add", "--remove", "1")
    assert home.cases() == []


def test_digest_by_mail(home: Home) -> None:
    """The digest goes out by a real SMTP server, as text and HTML, to the owner alone."""
    received: list[Any] = []

    class Kept(Collected):
        def handle_message(self, message: Any) -> None:
            received.append(message_from_bytes(message.as_bytes(), policy=policy.default))

    port = free_port()
    controller = Controller(Kept(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        home.write(
            f'[digest]\nto = ["{OWNER}"]\nfrom = "{OWNER}"\n'
            f'[digest.smtp]\nhost = "127.0.0.1"\nport = {port}\ntls = "none"\n'
        )
        home.run("add", "Dell", "--on", "2026-06-01")
        home.run("digest", "--send", "--today", TODAY, "--language", "en")
    finally:
        controller.stop()
    (mail,) = received
    assert mail["To"] == OWNER
    assert mail.get_content_type() == "multipart/alternative"
    assert "Dell" in mail.get_body(("plain",)).get_content()
    assert "Dell" in mail.get_body(("html",)).get_content()


def test_digest_into_a_folder(home: Home) -> None:
    """The digest is put into the folder that the owner named, and nothing else is altered."""
    home.server.append(home.user, "Proofs", mails()[:1])
    home.write('[digest]\nappend_to = {account = "home", folder = "Proofs"}\n')
    home.run("digest", "--send", "--today", TODAY)
    marks, _ = home.server.marks(home.user, "Proofs")
    assert len(marks) == 2
    assert marks[1].flags <= {"\\Recent"}


def test_the_doctor_logs_in(home: Home) -> None:
    """After a good night all is well; a folder of the settings that is not there is named."""
    home.server.append(home.user, "INBOX", mails())
    home.run("scan")
    said, _ = home.run("doctor", "--login")
    assert "ok  log-in    home: " in said
    home.write('folders = ["INBOX", "Nowhere"]\n')
    said, _ = home.run("doctor", "--login", code=1)
    assert "!!  folders   home: not there: Nowhere → " in said
