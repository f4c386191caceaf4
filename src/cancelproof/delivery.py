"""The digest leaves: by SMTP, into a mail folder by IMAP APPEND, or into a file. Only where the owner asked for it."""

from __future__ import annotations

import contextlib
import ipaddress
import re
import smtplib
import ssl
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from imaplib import IMAP4
from pathlib import Path
from typing import Protocol

from cancelproof import __version__, atomic
from cancelproof.errors import ConnectionFailed, DeliveryError, LoginRefused, UsageError

#: Seconds without an answer before a server counts as gone.
_TIMEOUT = 30.0
_REMEDY = "check port and tls, or try later"
#: One plain address: what a header and an SMTP envelope take without quoting or encoding (RFC 5321 4.1.2, dot-string).
_MAILBOX = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,200}@[A-Za-z0-9.-]{1,200}>")
# Quoted-printable keeps every line under 78 characters and every byte in ASCII, whatever the servers on the way can do.
_POLICY = policy.SMTP.clone(max_line_length=78)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """How to reach the server that takes the digest, and who gets it.

    `tls`: "smtps" from the first byte (port 465), "starttls" (port 587), "none" only to this machine itself. Without a
    user no log-in is tried. `ca_file` replaces the system's certificates. No recipient but `recipients` is ever used.
    """

    host: str
    port: int
    sender: str
    recipients: tuple[str, ...]
    tls: str = "smtps"
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: Path | None = None


def digest_mail(
    *, sender: str, recipient: str, subject: str, text: str, html: str, now: datetime, message_id: str
) -> bytes:
    """Return the digest as a mail: text and HTML side by side, CRLF, ASCII, lines under 78 characters.

    Raises UsageError where an address, the subject or the id would make another header or holds more than one address.
    """
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = checked_address(sender)
    mail["To"] = checked_address(recipient)
    mail["Subject"] = _one_header(subject)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = _checked_id(message_id)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answering machine replies
    mail["X-Cancelproof"] = __version__
    mail.set_content(text, cte="quoted-printable")
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    return mail.as_bytes()


def checked_address(address: str) -> str:
    """Return the address, or raise UsageError: one plain mailbox `local@domain` and nothing else."""
    if not _MAILBOX.fullmatch(address):
        remedy = "write name@domain, a domain with other letters as xn--…"
        raise UsageError(f"{_plain(address)!r} is no plain mail address", remedy=remedy)
    return address


def _one_header(value: str) -> str:
    if not value.isprintable():
        raise UsageError("a subject may hold no control characters", remedy="pass it through report.header_value")
    return value


def _checked_id(message_id: str) -> str:
    if not _MESSAGE_ID.fullmatch(message_id):
        raise UsageError(f"{_plain(message_id)!r} is no message id")
    return message_id


def _plain(text: str, limit: int = 200) -> str:
    """Return what a server or a setting said on one line, without control or invisible characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text[:limit]).split())


# ---------------------------------------------------------------- SMTP


def send_smtp(settings: SmtpSettings, mail: bytes) -> None:
    """Hand the mail to the server, for the recipients of the settings only; what the mail names is not read.

    Raises UsageError (settings), ConnectionFailed (no connection, TLS refused), LoginRefused, DeliveryError (mail
    refused). No error tells the password.
    """
    sender, recipients = checked_address(settings.sender), [checked_address(to) for to in settings.recipients]
    if not recipients:
        raise UsageError("nobody to send the digest to", remedy="name a recipient in the settings")
    where = f"{settings.host}:{settings.port}"
    with _errors_in_words(where), _connected(settings) as server:
        if settings.user:
            _log_in(server, settings, where)
        refused = server.sendmail(sender, recipients, mail)
    if refused:
        raise DeliveryError(f"the server refused {', '.join(sorted(refused))}", where=where, remedy="check the address")


@contextlib.contextmanager
def _connected(settings: SmtpSettings) -> Iterator[smtplib.SMTP]:
    server = _connection(settings)
    try:
        if settings.tls == "starttls":
            server.starttls(context=_tls(settings))
        yield server
        # The mail is accepted by now: a server that answers no good-bye takes nothing back.
        with contextlib.suppress(smtplib.SMTPException, OSError):
            server.quit()
    finally:
        server.close()


def _connection(settings: SmtpSettings) -> smtplib.SMTP:
    # The name of this machine is nobody's business: greet with an address that says nothing (RFC 5321 4.1.3).
    greeting = "[127.0.0.1]"
    if settings.tls == "smtps":
        context = _tls(settings)
        return smtplib.SMTP_SSL(settings.host, settings.port, greeting, timeout=_TIMEOUT, context=context)
    # A word that is not known is never taken for "none".
    if settings.tls == "starttls" or (settings.tls == "none" and _is_this_machine(settings.host)):
        return smtplib.SMTP(settings.host, settings.port, greeting, timeout=_TIMEOUT)
    remedy = 'set tls to "smtps" or "starttls"'
    raise UsageError("mail is sent unencrypted to this machine only", where=settings.host, remedy=remedy)


def _tls(settings: SmtpSettings) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=settings.ca_file)
    except OSError as error:
        raise UsageError(f"the certificates cannot be read: {error}", where=str(settings.ca_file)) from error


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _log_in(server: smtplib.SMTP, settings: SmtpSettings, where: str) -> None:
    """Log in. The server's words and the cause are left out of errors: a server may echo what it was sent."""
    if not (settings.user + settings.password).isascii():
        raise LoginRefused("user and password may hold ASCII only", where=where, remedy="ask for an app password")
    try:
        server.login(settings.user, settings.password)
    except smtplib.SMTPAuthenticationError as error:
        remedy = "check user and password; many providers want an app password"
        raise LoginRefused(f"log-in refused ({error.smtp_code})", where=where, remedy=remedy) from None
    except smtplib.SMTPServerDisconnected:
        raise
    except smtplib.SMTPException:
        raise LoginRefused("the server takes no log-in here", where=where, remedy="check port and tls") from None


@contextlib.contextmanager
def _errors_in_words(where: str) -> Iterator[None]:
    """Turn what goes wrong on the wire into ConnectionFailed, what the server refuses into DeliveryError."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        remedy = "check the host name, or name the server's own certificate as ca_file"
        raise ConnectionFailed(f"TLS refused: {error.verify_message}", where=where, remedy=remedy) from error
    except ssl.SSLError as error:
        raise ConnectionFailed(f"no TLS: {_plain(str(error.reason))}", where=where, remedy=_REMEDY) from error
    except smtplib.SMTPNotSupportedError as error:
        raise ConnectionFailed("the server offers no STARTTLS", where=where, remedy=_REMEDY) from error
    except (smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError) as error:
        raise ConnectionFailed("the server hung up", where=where, remedy=_REMEDY) from error
    except smtplib.SMTPException as error:
        raise DeliveryError(f"the server refused the mail: {_refusal(error)}", where=where) from error
    except OSError as error:
        what = _plain(error.strerror or str(error) or type(error).__name__)
        raise ConnectionFailed(f"no connection: {what}", where=where, remedy="check host and port") from error


def _refusal(error: smtplib.SMTPException) -> str:
    code, words = 0, b""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, answer = error.smtp_code, error.smtp_error
        words = answer if isinstance(answer, bytes) else answer.encode()
    return f"{code} {_plain(words.decode(errors='replace'))}" if code else _plain(str(error))


# ---------------------------------------------------------------- IMAP


#: All that a connection for `append_imap` ever needs to send (RFC 9051 6).
APPENDING = frozenset({"CAPABILITY", "STARTTLS", "LOGIN", "AUTHENTICATE", "ID", "APPEND", "LOGOUT"})


class Appender(Protocol):
    """What is needed of an imapclient.IMAPClient that is logged in and encodes names. Never the reading connection."""

    def append(self, folder: str, msg: bytes, flags: Sequence[bytes], msg_time: datetime | None) -> bytes: ...


def append_imap(connection: Appender, folder: str, mail: bytes, now: datetime, *, named: str) -> None:
    """Put the mail into the one folder that the owner named: the only command that ever adds to a mailbox.

    `now` is aware. Raises UsageError where `folder` is another than `named` or nameless, DeliveryError where the server
    refuses, ConnectionFailed where it is gone. No folder is ever made.
    """
    if not folder or folder != named or not folder.isprintable():
        raise UsageError(f"{_plain(folder)!r} is not the folder that you named", remedy="name it in the settings")
    if now.tzinfo is None:
        raise ValueError("now must know its time zone")
    try:
        connection.append(folder, mail, (), now)
    except (IMAP4.abort, OSError) as error:
        raise ConnectionFailed("the server hung up", where=folder, remedy="try later") from error
    except IMAP4.error as error:
        remedy = "make the folder in your mail program, or name another"
        raise DeliveryError(
            f"the server refused the mail: {_plain(str(error))}", where=folder, remedy=remedy
        ) from error


# ---------------------------------------------------------------- file


def write_file(path: Path, text: str) -> None:
    """Write the text whole or not at all, readable by its owner only (0600); never through a symbolic link.

    Raises DeliveryError where the place cannot be written, is no plain file, or is a symbolic link.
    """
    try:
        _refuse_odd_place(path)
        atomic.write(path, text.encode("utf-8", "replace"))
    except OSError as error:
        raise DeliveryError(f"cannot be written: {error.strerror}", where=str(path)) from error


def _refuse_odd_place(path: Path) -> None:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISREG(mode):
        what = "is a symbolic link" if stat.S_ISLNK(mode) else "is no plain file"
        raise DeliveryError(what, where=str(path), remedy="name another file")
