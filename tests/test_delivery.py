"""The digest leaves: a safe mail, real SMTP servers on loopback with and without TLS, IMAP APPEND, files."""

from __future__ import annotations

import dataclasses
import email
import email.message
import os
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from email import policy
from imaplib import IMAP4
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from cancelproof.delivery import SmtpSettings, append_imap, digest_mail, send_smtp, write_file
from cancelproof.errors import CancelproofError, ConnectionFailed, DeliveryError, LoginRefused, UsageError

NOW = datetime(2026, 10, 26, 7, 0, tzinfo=UTC)
PASSWORD = "correct horse"  # of the server that the tests start
PARTS = {
    "sender": "cancelproof@home.example",
    "recipient": "jeanne@mail.example",
    "subject": "cancelproof: 4 résiliations sans preuve écrite",
    "text": "Quelles résiliations ?\n" + "x" * 3000 + "\n.\nfin\n",
    "html": "<p>Quelles résiliations ?</p>" + "<p>y</p>" * 900,
    "message_id": "<20261026.1@home.example>",
}


def mail(**changes: str) -> bytes:
    return digest_mail(now=NOW, **(PARTS | changes))


# ---------------------------------------------------------------- the mail


def test_a_mail_holds_text_and_html_and_says_that_a_program_wrote_it() -> None:
    """Both versions come out whole, in the order that RFC 2046 5.1.4 asks for; no answering machine replies."""
    read = email.message_from_bytes(mail(), policy=policy.default)
    assert read["Subject"] == PARTS["subject"]
    assert (read["To"], read["From"], read["Auto-Submitted"]) == (PARTS["recipient"], PARTS["sender"], "auto-generated")
    assert read["Date"].datetime == NOW
    assert read.get_content_type() == "multipart/alternative"
    parts = [part for part in read.iter_parts() if isinstance(part, email.message.EmailMessage)]
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    contents = [part.get_content().replace("\r\n", "\n").strip() for part in parts]
    assert contents == [PARTS["text"].strip(), PARTS["html"]]


def test_a_mail_is_ascii_in_short_lines() -> None:
    """It passes any server unchanged: no byte above 127, no line above 78 characters, CRLF only (RFC 5322 2.1.1)."""
    raw = mail()
    assert raw.isascii()
    lines = raw.split(b"\r\n")
    assert max(map(len, lines)) <= 78
    assert not any(b"\n" in line or b"\r" in line for line in lines)


INJECTIONS = {
    "subject": ["a\r\nBcc: evil@x.example", "a\nb", "a\rb", "a\x00b", "a\x1b[2Kb", "a\u2028b", "a\x85b", "a\u202eb"],
    "sender": ["a@b.example\r\nBcc: e@x.example", "a@b.example, e@x.example", "A <a@b.example>", "", "a@b.example\n"],
    "recipient": ["a@b.example\r\nRCPT TO:<e@x.example>", "a@b.example,e@x.example", "é@b.example", "a b@c.example"],
    "message_id": ["<1@a.example>\r\nX: y", "1\n\nbody", "1\nbody", "", "<[>"],
}


@pytest.mark.parametrize(("part", "value"), [(part, value) for part, values in INJECTIONS.items() for value in values])
def test_nothing_can_add_a_header_or_a_recipient(part: str, value: str) -> None:
    """An address, subject or id that holds more than one thing is refused, in an error of one plain line."""
    with pytest.raises(UsageError) as error:
        mail(**{part: value})
    assert str(error.value).isprintable()


# ---------------------------------------------------------------- SMTP


class Post:
    """A server's mailbox: keeps envelopes, refuses one recipient."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if address.startswith("nobody@"):
            return "550 no such \x1b[31mmailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        self.envelopes.append(envelope)
        return "250 OK"


def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"jeanne", PASSWORD.encode())
    return AuthResult(success=good, handled=good)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for 127.0.0.1 with its key, in one file."""
    folder = tmp_path_factory.mktemp("tls")
    key, cert, both = folder / "key.pem", folder / "cert.pem", folder / "both.pem"
    names = ["-subj", "/CN=mail.example", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    subprocess.run([*command, *names, "-days", "2", "-keyout", key, "-out", cert], check=True, capture_output=True)
    both.write_text(cert.read_text() + key.read_text())
    return both


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def server(post: Post, **more: Any) -> Iterator[int]:
    controller = Controller(post, hostname="127.0.0.1", port=free_port(), **more)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def context(certificate: Path) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate)
    return made


def settings(port: int, **changes: Any) -> SmtpSettings:
    values: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": port,
        "sender": PARTS["sender"],
        "recipients": (PARTS["recipient"],),
        "tls": "none",
    }
    return SmtpSettings(**(values | changes))


LOGIN = {"user": "jeanne", "password": PASSWORD}
AUTH = {"authenticator": authenticate, "auth_required": True}


@pytest.mark.parametrize("tls", ["smtps", "starttls"])
def test_a_mail_goes_out_over_tls_with_a_log_in(certificate: Path, tls: str) -> None:
    """It arrives byte for byte, and the envelope names the recipients of the settings, not those of the mail."""
    post = Post()
    made = context(certificate)
    # aiosmtpd does not count TLS from the first byte as TLS: there it must be told to offer the log-in all the same.
    encrypted = (
        {"ssl_context": made, "auth_require_tls": False, "authenticator": authenticate}
        if tls == "smtps"
        else {"tls_context": made, "require_starttls": True, **AUTH}
    )
    raw = mail(recipient="someone.else@x.example")
    with server(post, **encrypted) as port:
        send_smtp(settings(port, tls=tls, ca_file=certificate, **LOGIN), raw)
    (envelope,) = post.envelopes
    assert envelope.rcpt_tos == [PARTS["recipient"]]
    assert envelope.mail_from == PARTS["sender"]
    assert envelope.content == raw


def test_a_mail_goes_out_without_tls_to_this_machine() -> None:
    """A local mail server needs neither TLS nor log-in."""
    post = Post()
    with server(post) as port:
        send_smtp(settings(port), mail())
    assert len(post.envelopes) == 1


@pytest.mark.parametrize("host", ["192.0.2.1", "mail.example", "127.0.0.1.evil.example", "localhost.evil.example"])
def test_a_mail_never_goes_out_unencrypted_to_another_machine(host: str) -> None:
    """The refusal comes before anything is connected to."""
    with pytest.raises(UsageError, match="unencrypted"):
        send_smtp(settings(25, host=host), mail())


@pytest.mark.parametrize("tls", ["", "tls", "SMTPS", "no"])
def test_an_unknown_word_for_tls_is_never_taken_for_none(tls: str) -> None:
    """Not even to this machine."""
    with pytest.raises(UsageError, match="set tls"):
        send_smtp(settings(25, tls=tls), mail())


@pytest.mark.parametrize("password", ["wrong", "pässword"])
def test_a_wrong_password_is_a_refused_log_in_that_does_not_tell_it(certificate: Path, password: str) -> None:
    """Neither the error, nor its causes, nor the settings as text hold the password."""
    post = Post()
    with server(post, tls_context=context(certificate), require_starttls=True, **AUTH) as port:
        used = settings(port, tls="starttls", ca_file=certificate, user="jeanne", password=password)
        with pytest.raises(LoginRefused) as error:
            send_smtp(used, mail())
    assert password not in f"{error.value}{error.value.__cause__}{used!r}"
    assert "app password" in str(error.value)
    assert post.envelopes == []


REFUSALS: dict[str, tuple[dict[str, Any], type[CancelproofError], str]] = {
    "unknown certificate": ({"tls": "smtps", "ca_file": None}, ConnectionFailed, "TLS refused"),
    "wrong name": ({"tls": "smtps", "host": "localhost"}, ConnectionFailed, "TLS refused"),
    "certificate file gone": ({"tls": "smtps", "ca_file": Path("gone.pem")}, UsageError, "certificates"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_certificate_that_does_not_fit_stops_the_mail(certificate: Path, case: str) -> None:
    """TLS is always verified: issuer and host name."""
    changes, kind, words = REFUSALS[case]
    post = Post()
    with server(post, ssl_context=context(certificate)) as port, pytest.raises(kind, match=words):
        send_smtp(settings(port, **({"ca_file": certificate} | changes)), mail())
    assert post.envelopes == []


def test_a_server_without_tls_gets_no_mail() -> None:
    """Where STARTTLS is not offered (or was stripped on the way), nothing is sent in the clear."""
    post = Post()
    with server(post) as port:
        for tls in ("starttls", "smtps"):
            with pytest.raises(ConnectionFailed):
                send_smtp(settings(port, tls=tls, **LOGIN), mail())
    assert post.envelopes == []


def test_a_server_that_is_not_there_is_one_line() -> None:
    """The line names the server and the remedy."""
    port = free_port()
    with pytest.raises(ConnectionFailed) as error:
        send_smtp(settings(port), mail())
    assert str(error.value) == f"127.0.0.1:{port}: no connection: Connection refused (check host and port)"


def test_a_refused_recipient_is_told_in_printable_words() -> None:
    """What a server says reaches the terminal without its control characters."""
    post = Post()
    with server(post) as port:
        with pytest.raises(DeliveryError, match="550 no such") as error:
            send_smtp(settings(port, recipients=("nobody@mail.example",)), mail())
        assert str(error.value).isprintable()
        with pytest.raises(DeliveryError, match=r"refused nobody@mail\.example"):
            send_smtp(settings(port, recipients=("nobody@mail.example", PARTS["recipient"])), mail())
    assert [envelope.rcpt_tos for envelope in post.envelopes] == [[PARTS["recipient"]]]


@pytest.mark.parametrize("recipients", [(), ("a@b.example\r\nDATA",), ("a@b.example>\r\nX",)])
def test_a_recipient_of_the_settings_is_checked_too(recipients: tuple[str, ...]) -> None:
    """A line break in an address is refused before anything is connected to."""
    with pytest.raises(UsageError):
        send_smtp(dataclasses.replace(settings(1), recipients=recipients), mail())


# ---------------------------------------------------------------- IMAP


class Mailbox:
    """What append_imap sees of a server: keeps what is appended, or fails as told."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure, self.kept = failure, list[tuple[Any, ...]]()

    def append(self, folder: str, msg: bytes, flags: Sequence[bytes], msg_time: datetime | None) -> bytes:
        if self.failure:
            raise self.failure
        self.kept.append((folder, msg, tuple(flags), msg_time))
        return b"APPEND completed."


def test_a_digest_is_put_into_the_folder_that_the_owner_named() -> None:
    """Once, whole, unread, with its own time."""
    mailbox, raw = Mailbox(), mail()
    append_imap(mailbox, "Digests", raw, NOW, named="Digests")
    assert mailbox.kept == [("Digests", raw, (), NOW)]


@pytest.mark.parametrize(
    ("folder", "named"), [("INBOX", "Digests"), ("", ""), ("INBOX", ""), ("digests", "Digests"), ("a\r\nb", "a\r\nb")]
)
def test_no_other_folder_is_ever_written(folder: str, named: str) -> None:
    """A folder that the owner did not name, or a name that would break the command, is refused before the server."""
    mailbox = Mailbox()
    with pytest.raises(UsageError):
        append_imap(mailbox, folder, mail(), NOW, named=named)
    assert mailbox.kept == []


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (IMAP4.error("[TRYCREATE] no such\x1b[2K folder"), DeliveryError),
        (IMAP4.abort("gone"), ConnectionFailed),
        (TimeoutError("timed out"), ConnectionFailed),
    ],
)
def test_a_refused_append_is_one_plain_line(failure: Exception, kind: type[CancelproofError]) -> None:
    """No folder is made; the error says what to do."""
    with pytest.raises(kind) as error:
        append_imap(Mailbox(failure), "Digests", mail(), NOW, named="Digests")
    assert str(error.value).isprintable()
    assert error.value.remedy


# ---------------------------------------------------------------- file


def test_a_file_is_its_owners_only_and_replaces_the_old_one(tmp_path: Path) -> None:
    """Mode 0600 whatever the old mode and the umask; nothing else is left in the folder."""
    path = tmp_path / "digest.html"
    path.write_text("old")
    path.chmod(0o644)
    write_file(path, "é\ud800\n")
    assert path.read_bytes() == "é?\n".encode()
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["digest.html"]


def link(path: Path) -> None:
    (path.parent / "target").write_text("kept")
    path.symlink_to(path.parent / "target")


def folder(path: Path) -> None:
    path.mkdir()


def pipe(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize("make", [link, folder, pipe])
def test_only_a_plain_file_is_replaced(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """A symbolic link, a folder, a pipe is refused and left as it was."""
    path = tmp_path / "digest.txt"
    make(path)
    before = sorted(tmp_path.iterdir()), path.lstat().st_mode
    with pytest.raises(DeliveryError) as error:
        write_file(path, "new")
    assert error.value.where == str(path)
    assert (sorted(tmp_path.iterdir()), path.lstat().st_mode) == before
    assert not (tmp_path / "target").exists() or (tmp_path / "target").read_text() == "kept"


def test_a_folder_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    """No folder is made on the way."""
    with pytest.raises(DeliveryError, match="No such file or directory"):
        write_file(tmp_path / "gone" / "digest.txt", "new")
    assert list(tmp_path.iterdir()) == []
