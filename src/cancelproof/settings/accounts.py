"""One account of the settings: what it says itself, and what is on file of its provider."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from cancelproof.settings.places import path_of
from cancelproof.settings.providers import LOGINS, Login, Provider, provider_of
from cancelproof.settings.reader import Section
from cancelproof.settings.values import IMAP_TLS, Account, ImapTls, Password

PASSWORD_KEYS = ("password_command", "password_file", "keyring")
_KEYS = (
    *("name", "address", "addresses", "host", "port", "tls", "user", "login", "token_command", "client_id"),
    *("client_secret_file", "ca_file", "cert_sha256", "folders", "since", "connections", "daily_mb", "timeout"),
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_CERTIFICATE = re.compile(r"[0-9a-f]{64}")

#: One of the words that a table of protections knows.
TlsWord = TypeVar("TlsWord", bound=str)


def account_of(section: Section, file: Path, environ: Mapping[str, str]) -> Account:
    """Read an account; what it leaves out is its provider's, found by the domain of its address."""
    section.only(*_KEYS, *PASSWORD_KEYS)
    name, address = section.required("name"), section.address("address")
    if name and not _NAME.fullmatch(name):
        section.fault("name", "may hold only letters, digits and . _ -")
    provider = _provider(section, address)
    tls = tls_of(section, tuple(IMAP_TLS)) if "tls" in section.table else _tls_of(provider)
    user = section.text("user") or (provider.user_of(address) if provider else address)
    if not user:
        section.required("user")
    login: Login = _choice(section) if "login" in section.table else _login_of(provider, section)
    if login in ("microsoft", "google") and not section.text("client_id") and "token_command" not in section.table:
        section.fault("client_id", f"is needed to log in with {login}, or token_command")
    secret = path_of(section, "client_secret_file", file, environ)
    return Account(
        name=name,
        host=section.text("host") or (provider.host if provider else ""),
        port=section.port(provider.port if provider and provider.port else IMAP_TLS[tls]),
        tls=tls,
        user=user,
        addresses=_addresses(section, address, user),
        password=password_of(section, name, file, environ),
        login=login,
        token_command=_command(section, "token_command"),
        client_id=section.text("client_id"),
        client_secret=Password(name=name, file=secret) if secret else None,
        ca_file=path_of(section, "ca_file", file, environ),
        cert_sha256=_certificate(section),
        folders=section.texts("folders"),
        since=section.day("since"),
        connections=section.number("connections", provider.connections if provider else 2, 1, 8),
        daily_mb=section.number("daily_mb", (provider.daily_mb if provider else None) or 0, 1, 10**7) or None,
        timeout=section.number("timeout", 120, 5, 3600),
    )


def _choice(section: Section) -> Login:
    chosen = section.choice("login", LOGINS)
    return next(word for word in LOGINS if word == chosen)


def _provider(section: Section, address: str) -> Provider | None:
    """Who serves this address; a fault where nobody is known and no host is set."""
    if section.text("host"):
        return None
    provider = provider_of(address or section.text("user"))
    if provider is None and address:
        section.fault("host", f"is needed: no provider is on file for {address.rpartition('@')[2]}")
    elif provider is None:
        section.required("host")
    return provider


def _tls_of(provider: Provider | None) -> ImapTls:
    return provider.tls if provider else "imaps"


def _login_of(provider: Provider | None, section: Section) -> Login:
    """A password that was set up wins over what the provider usually wants."""
    if any(key in section.table for key in PASSWORD_KEYS) or provider is None:
        return "password"
    return provider.login


def _addresses(section: Section, address: str, user: str) -> tuple[str, ...]:
    given = section.addresses("addresses")
    own = address or (user.lower() if "@" in user and not given else "")
    return tuple(dict.fromkeys([*([own] if own else []), *given]))


def _certificate(section: Section) -> str:
    found = section.text("cert_sha256").replace(":", "").lower()
    if found and not _CERTIFICATE.fullmatch(found):
        section.fault("cert_sha256", "must be 64 hexadecimal digits: the SHA-256 of the certificate")
        return ""
    return found


def _command(section: Section, key: str) -> tuple[str, ...]:
    command = section.texts(key)
    if key in section.table and not any(command):
        section.fault(key, 'must be a list of words such as ["pass", "show", "mail"]')
    return command


def password_of(section: Section, name: str, file: Path, environ: Mapping[str, str]) -> Password:
    return Password(
        name=name,
        command=_command(section, "password_command"),
        file=path_of(section, "password_file", file, environ),
        keyring=bool(section.value("keyring", bool, default=False)),
    )


def tls_of(section: Section, words: tuple[TlsWord, ...]) -> TlsWord:
    chosen = section.choice("tls", words)
    tls = next(word for word in words if word == chosen)
    if tls == "none" and not on_this_machine(section.text("host")):
        section.fault("tls", "none is for a server on this machine only")
    return tls


def on_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
