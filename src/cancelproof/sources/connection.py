"""A connection to an IMAP server: TLS verified, logged in, guarded, with time limits."""

from __future__ import annotations

import hashlib
import hmac
import imaplib
import ipaddress
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from imapclient import IMAPClient, SocketTimeout

from cancelproof.errors import CancelproofError, ConnectionFailed, LoginRefused, UsageError
from cancelproof.sources import throttle
from cancelproof.sources.items import reason
from cancelproof.sources.wire import READING, Guard

_CONNECT_SECONDS = 30.0

#: What imaplib and its callers raise when a server hangs up, stalls or talks nonsense; `error` also on a plain NO.
BROKEN = (imaplib.IMAP4.error, OSError, ValueError, LookupError, TypeError)


@dataclass(frozen=True, slots=True)
class ImapAccount:
    """Where a mailbox is and who its owner is.

    `folders` are the only folders to read, by the names that people see; empty for all. Mails that arrived before
    `since` are left out. `timeout` is in seconds of silence: a server that throttles may need more than 60.
    `connections`: how many folders are read at a time. `token` gives an OAuth access token, asked for at each
    connection, in place of the password. `cert_sha256`: the one certificate that is trusted, in hex.
    """

    name: str
    host: str
    port: int
    user: str
    tls: Literal["imaps", "starttls", "none"]
    password: str = field(repr=False)
    token: Callable[[], str] | None = field(default=None, repr=False)
    ca_file: str | None = None
    cert_sha256: str = ""
    folders: tuple[str, ...] = ()
    since: date | None = None
    timeout: float = 120.0
    connections: int = 1


def connect(account: ImapAccount, verbs: frozenset[str] = READING, sent: list[str] | None = None) -> IMAPClient:
    """Return a client that is logged in and can send only `verbs`; `sent` gets each command.

    Raises UsageError, ConnectionFailed or LoginRefused, each with one line that never holds the password.
    """
    context = _tls(account)
    if account.token:
        account = replace(account, password=account.token())
    try:
        client = _open(account, context)
    except BROKEN as error:
        raise _failure(account, error) from None
    try:
        client.folder_encode = False
        # IMAPClient sets 5, which makes imaplib format every byte of every answer twice.
        client._imap.debug = 0  # noqa: SLF001 - imaplib's debug level has no other door
        Guard(client._imap, verbs, [] if sent is None else sent)  # noqa: SLF001 - the guard sits below IMAPClient
        if account.tls == "starttls":
            client.starttls(context)
        _check_pin(client, account)
        _log_in(client, account)
    except BROKEN as error:
        hang_up(client)
        raise _failure(account, error) from None
    except BaseException:
        hang_up(client)
        raise
    return client


def hang_up(client: IMAPClient) -> None:
    """Close the connection without a word, whatever state it is in."""
    try:
        client.shutdown()
    except (OSError, imaplib.IMAP4.error):
        return


def log_out(client: IMAPClient) -> None:
    """Say good-bye if the server still listens; never fails."""
    try:
        client.logout()
    except BROKEN:
        hang_up(client)


def said(error: BaseException, account: ImapAccount) -> str:
    """Return a server's or library's words in one line, without anything secret that it may have echoed."""
    text = reason(error)
    return text.replace(account.password, "…") if account.password else text


def _tls(account: ImapAccount) -> ssl.SSLContext | None:
    if account.tls == "none" and not _is_loopback(account.host):
        raise UsageError(
            "a connection without TLS is allowed to this machine only", where=account.name, remedy="set tls to imaps"
        )
    if account.tls == "none":
        return None  # reading the system's authorities takes 20 ms
    try:
        context = ssl.create_default_context(cafile=account.ca_file)
        if account.cert_sha256:  # the pin is checked before anything secret is sent; it is stricter than authorities
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context  # noqa: TRY300
    except (OSError, ValueError) as error:
        raise UsageError(f"no certificates can be read from ca_file: {reason(error)}", where=account.name) from None


def _check_pin(client: IMAPClient, account: ImapAccount) -> None:
    """Compare the server's certificate with the one that its owner named."""
    if not account.cert_sha256 or account.tls == "none":
        return
    found = hashlib.sha256(client.socket().getpeercert(binary_form=True) or b"").hexdigest()
    if not hmac.compare_digest(found, account.cert_sha256):
        raise ConnectionFailed(
            f"the server's certificate is another one than was pinned: {found}",
            where=account.name,
            remedy="if you renewed it yourself, set cert_sha256 anew; else somebody stands between",
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _open(account: ImapAccount, context: ssl.SSLContext | None) -> IMAPClient:
    timeout = SocketTimeout(min(_CONNECT_SECONDS, account.timeout), account.timeout)
    imaps = account.tls == "imaps"
    return IMAPClient(account.host, account.port, ssl=imaps, ssl_context=context if imaps else None, timeout=timeout)


def _log_in(client: IMAPClient, account: ImapAccount) -> None:
    imap = client._imap  # noqa: SLF001 - IMAPClient turns a lost connection into a refused log-in
    if imap.state == "AUTH":  # a server that knows its caller already (PREAUTH)
        return
    method = _method(imap, account)
    imap.untagged_responses.clear()  # else IMAPClient takes the capabilities from before the log-in
    try:
        method()
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        if throttle.is_busy(str(error)):
            raise ConnectionFailed(f"the server is busy: {said(error, account)}", where=account.name) from None
        what = f"the server refused the name or the password: {said(error, account)}"
        remedy = "check both; many providers want an app password"
        if account.token:
            what, remedy = "the server refused the token", "log in again; the token must be one for IMAP"
        raise LoginRefused(what, where=account.name, remedy=remedy) from None
    if "ID" in {capability.decode("ascii", "replace") for capability in client.capabilities()}:
        _introduce(imap)


def _method(imap: Any, account: ImapAccount) -> Callable[[], object]:
    """Choose LOGIN, or AUTHENTICATE PLAIN for what LOGIN cannot carry (RFC 9051 6.2.3, RFC 4616)."""
    secret = f"{account.user}{account.password}"
    offered = set(imap.capabilities)
    if account.token:
        bearer = f"user={account.user}\1auth=Bearer {account.password}\1\1".encode()
        # The second question holds the error, and wants an empty answer before the server says NO.
        return lambda: imap.authenticate("XOAUTH2", lambda asked: b"" if asked else bearer)
    if not (secret.isascii() and secret.isprintable()) or "LOGINDISABLED" in offered:
        if "LOGINDISABLED" in offered and "AUTH=PLAIN" not in offered:
            raise ConnectionFailed(
                "the server takes no password on this connection", where=account.name, remedy="set tls to imaps"
            )
        token = f"\0{account.user}\0{account.password}".encode()
        return lambda: imap.authenticate("PLAIN", lambda _: token)
    return lambda: imap.login(imap._quote(account.user), account.password)  # noqa: SLF001 - imaplib quotes one of two


def _introduce(imap: Any) -> None:
    """Say the program's name: some servers refuse clients that do not (RFC 2971).

    Its answer is not waited for: it comes before that of the next command, which saves a round trip (RFC 9051 5.5).
    """
    imap._command("ID", '("name" "cancelproof")')  # noqa: SLF001 - imaplib can only wait


def _failure(account: ImapAccount, error: Exception) -> CancelproofError:
    where = f"{account.name} ({account.host}:{account.port})"
    what, remedy = _why(error, account)
    return ConnectionFailed(what, where=where, remedy=remedy)


def _why(error: Exception, account: ImapAccount) -> tuple[str, str]:
    if isinstance(error, ssl.SSLCertVerificationError):
        what = f"the server's certificate cannot be trusted: {error.verify_message}"
        return what, "check the host's name; for a private certificate set ca_file"
    if isinstance(error, ssl.SSLError):
        return f"TLS failed: {reason(error)}", "check port and tls: imaps is usually 993, starttls 143"
    if isinstance(error, socket.gaierror):
        return "no such host", "check the host's name and the network"
    if isinstance(error, TimeoutError):
        return "no answer in time", "check host, port and network, or try again later"
    if isinstance(error, ConnectionRefusedError):
        return "connection refused", "check host and port"
    return f"the conversation failed: {said(error, account)}", "check host, port and tls, or try again later"
