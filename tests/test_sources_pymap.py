"""Mail from a second real server, pymap: no CONDSTORE, no LIST-STATUS; what holds for Dovecot holds here."""

from __future__ import annotations

import imaplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cancelproof.sources.imap import ImapAccount, ImapSource

MAIL = b"From: a@shop.example\r\nMessage-ID: <%d@shop.example>\r\nSubject: %d\r\n\r\nText\r\n"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A pymap of our own on loopback, with its mails in memory."""
    pytest.importorskip("pymap", reason="pymap is not installed")
    with socket.create_server(("127.0.0.1", 0)) as free:
        number: int = free.getsockname()[1]
    program = Path(sys.executable).with_name("pymap")
    command = [str(program), "--host", "127.0.0.1", "--port", str(number), "--no-tls", "dict", "--demo-data"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", number), timeout=0.2).close()
            except OSError:
                time.sleep(0.1)
            else:
                break
        yield number
    finally:
        process.terminate()
        process.wait(timeout=10)


def test_all_is_read_once(port: int) -> None:
    """Every folder is read, a second scan opens none, a mail that arrives is found; flags stay as they are."""
    writing = imaplib.IMAP4("127.0.0.1", port)
    writing.login("demouser", "demopass")
    writing.create("Bills")
    for number in range(3):
        writing.append("Bills", "", "", MAIL % (number, number))
    account = ImapAccount("mine", "127.0.0.1", port, "demouser", "none", "demopass", timeout=10.0)
    first = [*ImapSource(account, {}).batches()]
    found = [mail.raw for batch in first for mail in batch.mails if mail.origin.folder == "Bills"]
    assert found == [MAIL % (number, number) for number in range(3)]
    states = {batch.state.folder: batch.state for batch in first if batch.state}
    again = ImapSource(account, states)
    assert [batch.mails for batch in again.batches() if batch.mails] == []
    writing.append("Bills", "", "", MAIL % (7, 7))
    later = [mail.raw for batch in ImapSource(account, states).batches() for mail in batch.mails]
    assert later == [MAIL % (7, 7)]
    writing.select("Bills", readonly=True)
    _, data = writing.uid("FETCH", "1:*", "(FLAGS)")
    assert not any(b"Seen" in line for line in data if isinstance(line, bytes))
    writing.logout()
