"""Mail from a real IMAP server: all is read, nothing is altered, the second time nothing is read."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest

import dovecot
from cancelproof.errors import ConnectionFailed, LoginRefused, UsageError
from cancelproof.model import Batch, FolderState
from cancelproof.sources import Source, wire
from cancelproof.sources.connection import connect, log_out
from cancelproof.sources.imap import ImapAccount, ImapSource

_users = count(1)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dovecot.Server]:
    with dovecot.dovecot(tmp_path_factory.mktemp("dovecot")) as started:
        yield started


@pytest.fixture
def user() -> str:
    return f"user{next(_users)}"


def account_of(server: dovecot.Server, user: str, **changes: Any) -> ImapAccount:
    account = ImapAccount("mine", "127.0.0.1", server.port, user, "none", dovecot.PASSWORD)
    return replace(account, **changes)


def mail(number: int) -> bytes:
    return b"From: a@shop.example\r\nMessage-ID: <%d@shop.example>\r\nSubject: %d\r\n\r\nText\r\n" % (number, number)


def scan(source: ImapSource) -> tuple[list[Batch], dict[str, FolderState]]:
    """All batches with mails or faults, and the states as a ledger would keep them."""
    read: Source = source
    batches = list(read.batches())
    states = {batch.state.folder: batch.state for batch in batches if batch.state}
    return [batch for batch in batches if batch.mails or batch.faults], {**source.known, **states}


def found(batches: list[Batch]) -> list[tuple[str, bytes]]:
    assert [fault for batch in batches for fault in batch.faults] == []
    return [(one.origin.folder, one.raw) for batch in batches for one in batch.mails]


def bodies(source: ImapSource) -> list[str]:
    return [command for command in source.sent if "BODY" in command]


def test_every_folder_with_mail_is_read(server: dovecot.Server, user: str) -> None:
    """INBOX, Spam, Trash and the owner's folders are read, whatever they are called; bytes come as stored."""
    for number, folder in enumerate(["INBOX", "Spam", "Trash", "R&AOk-siliations", 'a "quoted" \\name', "2024"]):
        server.append(user, folder.replace("\\", "\\\\").replace('"', '\\"'), [mail(number)])
    batches, _ = scan(ImapSource(account_of(server, user), {}))
    assert found(batches) == [
        ("INBOX", mail(0)),
        ("2024", mail(5)),
        ("Résiliations", mail(3)),
        ("Spam", mail(1)),
        ("Trash", mail(2)),
        ('a "quoted" \\name', mail(4)),
    ]


def test_a_mail_says_where_it_comes_from(server: dovecot.Server, user: str) -> None:
    """Origin names account, folder, UIDVALIDITY, UID and the time of arrival."""
    server.append(user, "INBOX", [mail(1)])
    batches, states = scan(ImapSource(account_of(server, user), {}))
    origin = batches[0].mails[0].origin
    validity = states["INBOX"].uidvalidity
    assert origin.source == f"imap:mine/INBOX;UIDVALIDITY={validity};UID=1"
    assert (origin.account, origin.folder, origin.uidvalidity, origin.uid) == ("mine", "INBOX", validity, 1)
    assert origin.received is not None
    assert origin.received.tzinfo is not None
    state = states["INBOX"]
    assert (state.last_uid, state.uidnext, state.messages) == (1, 2, 1)


def test_a_scan_alters_nothing(server: dovecot.Server, user: str) -> None:
    r"""Flags, UIDs, MODSEQ, \Recent and mails marked \Deleted are the same after a scan as before."""
    server.append(user, "INBOX", [mail(n) for n in range(3)])
    server.append(user, "INBOX", [mail(3)], r"(\Seen \Flagged)")
    server.append(user, "Spam", [mail(4)], r"(\Deleted)")
    before = {folder: server.marks(user, folder) for folder in ("INBOX", "Spam")}
    folders = server.folders(user)
    source = ImapSource(account_of(server, user), {})
    batches, _ = scan(source)
    assert len(found(batches)) == 5
    assert {folder: server.marks(user, folder) for folder in ("INBOX", "Spam")} == before
    assert before["INBOX"][1] == 4
    assert server.folders(user) == folders
    verbs = {" ".join(command.split()[: 2 if command.startswith("UID") else 1]) for command in source.sent}
    assert verbs <= wire.READING


def test_the_second_scan_reads_nothing(server: dovecot.Server, user: str) -> None:
    """With the states of the first scan, one LIST with STATUS tells that nothing is new: no folder is even opened."""
    server.append(user, "INBOX", [mail(n) for n in range(3)])
    server.append(user, "Trash", [mail(9)])
    server.do(user, ("select",), ("store", "3", "+FLAGS", r"(\Deleted)"), ("expunge",))
    account = account_of(server, user)
    _, states = scan(ImapSource(account, {}))
    again = ImapSource(account, states)
    assert scan(again)[0] == []
    assert [command.split()[0] for command in again.sent] == ["LOGIN", "ID", "LIST", "LOGOUT"]


def test_a_mail_that_arrives_between_is_found(server: dovecot.Server, user: str) -> None:
    """Only the new mail is read, and only its folder is opened."""
    server.append(user, "INBOX", [mail(n) for n in range(3)])
    server.append(user, "Spam", [mail(3)])
    account = account_of(server, user)
    _, states = scan(ImapSource(account, {}))
    server.append(user, "Spam", [mail(4)])
    again = ImapSource(account, states)
    batches, later = scan(again)
    assert found(batches) == [("Spam", mail(4))]
    assert [command for command in again.sent if "EXAMINE" in command] == ['EXAMINE "Spam"']
    assert bodies(again) == ["UID FETCH 2 (UID INTERNALDATE BODY.PEEK[])"]
    assert later["Spam"].last_uid == 2


def test_a_batch_that_was_not_committed_comes_again(server: dovecot.Server, user: str) -> None:
    """A scan that dies after some batches goes on where the last committed state says, and loses nothing."""
    server.append(user, "INBOX", [mail(n) for n in range(620)])
    account = account_of(server, user)
    batches = ImapSource(account, {}).batches()
    first = next(batches)
    next(batches)  # fetched, never committed
    batches.close()  # type: ignore[attr-defined]  # a generator, as any iterator that must hang up
    assert first.state is not None
    rest, states = scan(ImapSource(account, {"INBOX": first.state}))
    assert [len(batch.mails) for batch in (first, *rest) if batch.mails] == [500, 120]
    assert [one.origin.uid for batch in (first, *rest) for one in batch.mails] == list(range(1, 621))
    assert states["INBOX"].last_uid == 620


def test_a_folder_made_anew_is_read_again(server: dovecot.Server, user: str) -> None:
    """A folder deleted and made again has a new UIDVALIDITY: all of it is read, and the owner is told why."""
    server.append(user, "Old", [mail(1), mail(2)])
    account = account_of(server, user)
    _, states = scan(ImapSource(account, {}))
    server.do(user, ("delete", "Old"))
    server.append(user, "Old", [mail(3), mail(4)])
    batches, later = scan(ImapSource(account, states))
    assert [one.raw for batch in batches for one in batch.mails] == [mail(3), mail(4)]
    was, now = states["Old"].uidvalidity, later["Old"].uidvalidity
    assert [str(fault) for batch in batches for fault in batch.faults] == [
        f"imap:mine/Old: its numbering is new (UIDVALIDITY {was} is now {now}): read again as a whole"
    ]


def test_only_the_named_folders_are_read(server: dovecot.Server, user: str) -> None:
    """An account may name its folders; one that is not there is a fault."""
    for number, folder in enumerate(["INBOX", "Work", "Shop"]):
        server.append(user, folder, [mail(number)])
    batches, _ = scan(ImapSource(account_of(server, user, folders=("inbox", "Shop", "Gone")), {}))
    assert [one.origin.folder for batch in batches for one in batch.mails] == ["INBOX", "Shop"]
    assert [str(fault) for batch in batches for fault in batch.faults] == ["imap:mine/Gone: no such folder"]


@pytest.mark.parametrize(("days", "read"), [(0, 1), (-30, 1), (30, 0)])
def test_mails_before_a_day_are_left_out(server: dovecot.Server, user: str, days: int, read: int) -> None:
    """Mails that arrived well before `since` are not fetched; nobody asks the server to search."""
    server.append(user, "INBOX", [mail(1)])
    batches, _ = scan(ImapSource(account_of(server, user), {}))
    received = batches[0].mails[0].origin.received
    assert received is not None
    since: date = received.date() + timedelta(days=days)
    source = ImapSource(account_of(server, user, since=since), {})
    assert len(found(scan(source)[0])) == read
    assert len(bodies(source)) == read
    assert not any("SEARCH" in command for command in source.sent)


@pytest.mark.parametrize("tls", ["imaps", "starttls"])
def test_tls_is_spoken(server: dovecot.Server, user: str, tls: str) -> None:
    """Both kinds of TLS read mail from a server whose certificate is known."""
    server.append(user, "INBOX", [mail(1)])
    port = server.tls_port if tls == "imaps" else server.port
    account = account_of(server, user, tls=tls, port=port, ca_file=str(server.ca_file))
    assert found(scan(ImapSource(account, {}))[0]) == [("INBOX", mail(1))]


def test_a_password_of_any_letters_is_accepted(server: dovecot.Server, user: str) -> None:
    """A password that LOGIN cannot carry goes by AUTHENTICATE PLAIN."""
    source = ImapSource(account_of(server, user, password=dovecot.OTHER_PASSWORD), {})
    assert found(scan(source)[0]) == []
    assert source.sent[0] == "AUTHENTICATE"


def never(seconds: float) -> None:
    pytest.fail(f"slept for {seconds} s before it said what is wrong")


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port: int = sock.getsockname()[1]
        return port


def test_a_wrong_password_is_refused_once(server: dovecot.Server, user: str) -> None:
    """A refused log-in is one line with its remedy, is never tried again, and never shows the password."""
    for password in ("s3cret-wrong", "s3cret-falsch-ü"):
        source = ImapSource(account_of(server, user, password=password), {})
        with pytest.raises(LoginRefused) as raised:
            list(source.batches())
        assert str(raised.value).startswith("mine: the server refused the name or the password: ")
        assert len(source.sent) == 1
        assert "s3cret" not in f"{raised.value}{source.sent}{source!r}{raised.value.__cause__}"


UNREACHABLE = [
    ("an unknown certificate", {"tls": "imaps"}, "the server's certificate cannot be trusted: self"),
    ("an unknown certificate after STARTTLS", {"tls": "starttls"}, "the server's certificate cannot be trusted: self"),
    ("TLS where there is none", {"tls": "imaps", "port": "plain"}, "TLS failed"),
    ("no TLS where there is some", {"tls": "none", "port": "tls"}, "the conversation failed|no answer in time"),
    ("nobody listens", {"tls": "none", "port": "closed"}, "connection refused (check host and port)"),
    ("no such host", {"tls": "imaps", "host": "no-such-host.invalid"}, "no such host"),
]


@pytest.mark.parametrize(("what", "changes", "message"), UNREACHABLE, ids=[what for what, _, _ in UNREACHABLE])
def test_a_failed_connection_is_one_line(
    server: dovecot.Server, user: str, what: str, changes: dict[str, str], message: str
) -> None:
    """Whatever keeps the program from its server is said in one line, at once."""
    default = server.tls_port if changes["tls"] == "imaps" else server.port
    ports = {"plain": server.port, "tls": server.tls_port, "closed": closed_port(), "": default}
    port = ports[changes.get("port", "")]
    source = ImapSource(account_of(server, user, **{**changes, "port": port}, timeout=1.0), {}, sleep=never)
    with pytest.raises(ConnectionFailed) as raised:
        list(source.batches())
    text = str(raised.value)
    assert any(part in text for part in message.split("|")), text
    assert text.startswith("mine (")
    assert "\n" not in text


REFUSED_SETTINGS = [
    ({"tls": "none", "host": "imap.shop.example"}, "a connection without TLS is allowed to this machine only"),
    ({"tls": "imaps", "ca_file": "/nowhere/ca.pem"}, "no certificates can be read from ca_file"),
]


@pytest.mark.parametrize(("changes", "message"), REFUSED_SETTINGS)
def test_a_setting_that_cannot_be_is_refused(changes: dict[str, str], message: str) -> None:
    """No TLS over the network, and a ca_file that is none, are refused before anything is sent."""
    account = replace(ImapAccount("mine", "127.0.0.1", 1, "me", "none", "x"), **changes)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=message):
        list(ImapSource(account, {}).batches())


FORBIDDEN = [
    ("STORE", "1", "+FLAGS", r"(\Seen)"),
    ("SELECT", "INBOX"),
    ("EXPUNGE",),
    ("CLOSE",),
    ("CREATE", "x"),
    ("DELETE", "INBOX"),
    ("UID", "STORE", "1", "+FLAGS", r"(\Seen)"),
    ("UID", "MOVE", "1", "Trash"),
    ("UID", "FETCH", "1", "(BODY[])"),
    ("UID", "FETCH", "1", "RFC822"),
    ("UID", "FETCH", "1", "(RFC822.SIZE BODY[TEXT]<0.10>)"),
    ("EXAMINE", '"x"\r\nA1 DELETE "INBOX"'),
    ("APPEND", "INBOX"),
]


@pytest.mark.parametrize("command", FORBIDDEN, ids=[" ".join(words[:2]).split("\r")[0] for words in FORBIDDEN])
def test_only_reading_verbs_can_be_sent(server: dovecot.Server, user: str, command: tuple[str, ...]) -> None:
    """Whatever asks for it, a command that could alter a mailbox never reaches the server."""
    sent: list[str] = []
    client = connect(account_of(server, user), sent=sent)
    before = list(sent)
    imap = client._imap
    imap.state = "SELECTED"
    with pytest.raises(wire.Forbidden):
        imap._simple_command(*command)
    assert sent == before
    log_out(client)


def test_a_verb_can_be_asked_for(server: dovecot.Server, user: str) -> None:
    """Who must put a digest into a folder asks for APPEND, and gets that alone."""
    client = connect(account_of(server, user), verbs=wire.READING | {"APPEND"})
    client.append("INBOX", mail(1))
    with pytest.raises(wire.Forbidden):
        client.create_folder("x")
    log_out(client)
    assert found(scan(ImapSource(account_of(server, user), {}))[0]) == [("INBOX", mail(1))]
