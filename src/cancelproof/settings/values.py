"""The settings as values. No password is ever among them, only where to get it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from cancelproof.settings.providers import Login

#: How a connection is protected; the first word speaks TLS from the start. `none` is for this machine only.
ImapTls = Literal["imaps", "starttls", "none"]
SmtpTls = Literal["smtps", "starttls", "none"]
IMAP_TLS: dict[ImapTls, int] = {"imaps": 993, "starttls": 143, "none": 143}
SMTP_TLS: dict[SmtpTls, int] = {"smtps": 465, "starttls": 587, "none": 25}


@dataclass(frozen=True, slots=True, kw_only=True)
class Password:
    """Where a password comes from. `name` forms the environment variable and the keyring's user name.

    `command` is an argument list, hidden from every repr: people paste the password itself there.
    """

    name: str
    command: tuple[str, ...] = field(default=(), repr=False)
    file: Path | None = None
    keyring: bool = False

    @property
    def variable(self) -> str:
        """The environment variable that may hold the password; with `_FILE`, the path of a file that does."""
        return "CANCELPROOF_PASSWORD_" + "".join(c if c.isascii() and c.isalnum() else "_" for c in self.name).upper()


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An IMAP account. `addresses` are the owner's own in it; `folders` empty: every folder with mail.

    `cert_sha256` is the one certificate that is trusted, in hex, "" for the authorities. `since` is the day of arrival
    before which mails are left out. `connections` are used at a time, `daily_mb` may be fetched a day (None: any).
    `timeout` is in seconds of silence.
    """

    name: str
    host: str
    port: int
    tls: ImapTls
    user: str
    addresses: tuple[str, ...] = ()
    password: Password
    login: Login = "password"
    token_command: tuple[str, ...] = field(default=(), repr=False)
    client_id: str = ""
    client_secret: Password | None = None
    ca_file: Path | None = None
    cert_sha256: str = ""
    folders: tuple[str, ...] = ()
    since: date | None = None
    connections: int = 2
    daily_mb: int | None = None
    timeout: int = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Smtp:
    """The server that sends the digest; `user` empty: no log-in."""

    host: str
    port: int
    tls: SmtpTls
    user: str = ""
    password: Password
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendTo:
    """The folder of an account that the digest is put into."""

    account: str
    folder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """How the digest goes out: by SMTP, into a folder, or (both None) not at all."""

    to: tuple[str, ...] = ()
    sender: str = ""
    smtp: Smtp | None = None
    append_to: AppendTo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings. `file` is where they were read, None where there is no file.

    `owner` holds the owner's addresses in lower case, those of the accounts among them. `rules` and `templates` are the
    owner's own folders, which lie on top of ours. `language` is that of the reports, "" for the machine's own.
    `ledger_url` names a ledger elsewhere than in the data folder, "" for the file there.
    """

    file: Path | None = None
    data: Path
    owner: tuple[str, ...] = ()
    accounts: tuple[Account, ...] = ()
    trusted_authserv: tuple[str, ...] = ()
    digest: Digest = Digest()
    rules: Path | None = None
    templates: Path | None = None
    language: str = ""
    ledger_url: str = ""

    @property
    def ledger(self) -> str:
        """The path or the URL of the ledger."""
        return self.ledger_url or str(self.data / "ledger.sqlite")

    @property
    def has_ledger(self) -> bool:
        """Whether a ledger was made before, as far as can be told without opening one."""
        return bool(self.ledger_url) or (self.data / "ledger.sqlite").is_file()

    @property
    def evidence(self) -> Path:
        return self.data / "evidence"

    def tokens(self, account: str) -> Path:
        """The file of an account's OAuth tokens."""
        return self.data / "tokens" / f"{account}.json"
