"""Several accounts, parts of them, and a scan that its owner stops: the command line over a real IMAP server."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

import dovecot

_users = count(1)
MAIL = (
    b"From: Shop <info@shop.example>\r\nTo: me@home.example\r\nMessage-ID: <%d@shop.example>\r\nSubject: News %d\r\n"
    b"Date: Mon, 01 Jun 2026 08:00:00 +0000\r\n\r\nThe garden is green.\r\n"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dovecot.Server]:
    with dovecot.dovecot(tmp_path_factory.mktemp("dovecot")) as started:
        yield started


@dataclass(frozen=True)
class Owner:
    """Somebody with accounts `a1`, `a2` …, each a user of its own."""

    folder: Path
    server: dovecot.Server
    users: tuple[str, ...]

    def write(self) -> None:
        accounts = "".join(
            f'[[accounts]]\nname = "a{number}"\nhost = "127.0.0.1"\nport = {self.server.port}\ntls = "none"\n'
            f'user = "{user}"\naddresses = ["me@home.example"]\n'
            for number, user in enumerate(self.users, 1)
        )
        file = self.folder / "settings.toml"
        file.write_text(f'data = "data"\n{accounts}', encoding="utf-8")
        file.chmod(0o600)

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "cancelproof", "--settings", str(self.folder / "settings.toml"), *arguments]
        secrets = {f"CANCELPROOF_PASSWORD_A{n}": dovecot.PASSWORD for n in range(1, len(self.users) + 1)}
        return subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **secrets, **environment},
        )

    def run(self, *arguments: str, code: int = 0, **environment: str) -> tuple[str, str]:
        out, err = (process := self.start(*arguments, **environment)).communicate(timeout=120)
        assert process.returncode == code, err
        return out, err

    def last_uids(self) -> list[int]:
        with sqlite3.connect(self.folder / "data" / "ledger.sqlite") as ledger:
            return [uid for (uid,) in ledger.execute("SELECT last_uid FROM states ORDER BY account")]


@pytest.fixture
def owner(tmp_path: Path, server: dovecot.Server) -> Owner:
    made = Owner(tmp_path, server, (f"acc{next(_users)}", f"acc{next(_users)}"))
    made.write()
    return made


def test_accounts_are_read_together(owner: Owner) -> None:
    """Each account is read and told; one whose log-in fails has its own exit code, and the other goes on."""
    for number, user in enumerate(owner.users):
        owner.server.append(user, "INBOX", [MAIL % (n, n) for n in range(number * 10, number * 10 + 5)])
    _, told = owner.run("scan", code=4, CANCELPROOF_PASSWORD_A2="wrong-horse")
    assert "a1: 5 new mails" in told
    assert "a2 (" in told or "a2: the server refused" in told
    _, told = owner.run("scan")
    assert "a1: 0 new mails" in told
    assert "a2: 5 new mails" in told


def test_the_digest_says_what_was_seen_of_what_exists(owner: Owner) -> None:
    """Read and left out, folder by folder; a part of a mailbox is no good run."""
    user = owner.users[0]
    owner.server.append(user, "INBOX", [MAIL % (n, n) for n in range(6)])
    owner.server.append(user, "Bills", [MAIL % (n, n) for n in range(10, 14)])
    owner.run("scan", "--account", "a1", "--folder", "Bills")
    out, _ = owner.run("digest", "--language", "en", "--today", "2026-06-15")
    assert "a1: NOT READ" in " ".join(out.split())
    owner.run("scan")
    out, _ = owner.run("digest", "--language", "en", "--today", "2026-06-15")
    assert "On the server: 10 of 10 mails read" in " ".join(out.split())


def test_a_day_to_begin_with(owner: Owner) -> None:
    """--since leaves mails out; a scan without it reads them, and no other again."""
    owner.server.append(owner.users[0], "INBOX", [MAIL % (n, n) for n in range(3)])
    _, told = owner.run("scan", "--account", "a1", "--since", "2199-01-01")
    assert "a1: 0 new mails" in told
    assert "3 of 3 on the server not read" in told
    _, told = owner.run("scan", "--account", "a1")
    assert "a1: 3 new mails" in told


def test_ctrl_c_stops_politely(owner: Owner) -> None:
    """Ctrl-C ends the scan after the batch at hand: what was read is kept, and the next scan reads the rest."""
    user = owner.users[0]
    with owner.server.client(user) as imap:
        many = [MAIL % (n, n) for n in range(700)]
        for raw in many:
            imap.append("INBOX", "", "", raw)
    process = owner.start("scan", "--account", "a1")
    file = owner.folder / "data" / "ledger.sqlite"
    for _ in range(600):
        time.sleep(0.05)
        try:
            if file.exists() and owner.last_uids():
                break
        except sqlite3.Error:
            continue
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert "Traceback" not in told
    (reached,) = owner.last_uids()
    assert process.returncode == (130 if reached < 700 else process.returncode)
    assert reached > 0
    _, told = owner.run("scan", "--account", "a1")
    assert f"a1: {700 - reached} new mail" in told
