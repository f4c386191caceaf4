"""From a TOML file to Settings: every fault of the file in one error, a line each, none with a value in it."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from cancelproof.errors import UsageError
from cancelproof.settings.accounts import PASSWORD_KEYS, account_of, password_of, tls_of
from cancelproof.settings.places import data_folder, home, path_of
from cancelproof.settings.reader import Section, speaks_of_passwords
from cancelproof.settings.values import SMTP_TLS, AppendTo, Digest, Settings, Smtp

_OTHERS = 0o077
_LARGEST = 1_000_000  # bytes; a real file has two thousand
_LANGUAGE = re.compile(r"[a-z]{2,3}")


def default_path(environ: Mapping[str, str]) -> Path:
    """Say where the file is looked for: $CANCELPROOF_HOME, else $XDG_CONFIG_HOME/cancelproof, else ~/.config/…"""
    return home(environ, "XDG_CONFIG_HOME", ".config") / "settings.toml"


def load(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """Read the settings file; without `path` the one at its default place, which need not be there.

    UsageError where a named file is missing, where others may read a file that speaks of passwords, and for every
    wrong key or value, all at once.
    """
    file = path or default_path(environ)
    try:
        with file.open("rb") as opened:
            raw, mode = opened.read(_LARGEST + 1), os.fstat(opened.fileno()).st_mode
    except FileNotFoundError:
        if path is not None:
            raise UsageError("no such settings file", where=str(path), remedy="`cancelproof init` writes one") from None
        return _with_own_rules(Settings(data=data_folder(environ)), environ)
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", where=str(file)) from error
    table = _parse(raw, file)
    if os.name == "posix" and mode & _OTHERS and speaks_of_passwords(table):
        raise UsageError(
            "others than its owner may read it, and it speaks of passwords",
            where=str(file),
            remedy=f"chmod 600 '{file}'",
        )
    return _with_own_rules(settings_of(table, file, environ), environ)


def own_rules(settings: Settings, environ: Mapping[str, str]) -> Path:
    """The folder of the owner's rules: that of the settings, else `rules` beside them, which need not be there."""
    return settings.rules or (settings.file or default_path(environ)).parent / "rules"


def _with_own_rules(settings: Settings, environ: Mapping[str, str]) -> Settings:
    """Where the settings name no folder of rules, the one that lies beside them counts."""
    beside = own_rules(settings, environ)
    return replace(settings, rules=beside) if settings.rules is None and beside.is_dir() else settings


def parsed(text: str, file: Path, environ: Mapping[str, str]) -> Settings:
    """Read settings from a text that is not in `file` yet; UsageError as above."""
    return settings_of(_parse(text.encode(), file), file, environ)


def _parse(raw: bytes, file: Path) -> dict[str, Any]:
    if len(raw) > _LARGEST:
        raise UsageError("too large for a settings file", where=str(file))
    try:
        return tomllib.loads(raw.decode("utf-8"))
    except UnicodeDecodeError:
        raise UsageError("is not UTF-8", where=str(file)) from None
    except ValueError as error:  # also of a number with too many digits
        raise UsageError(f"is no TOML: {error}", where=str(file)) from None
    except RecursionError:
        raise UsageError("is nested too deeply", where=str(file)) from None


def settings_of(table: Mapping[str, Any], file: Path, environ: Mapping[str, str]) -> Settings:
    """Turn a parsed file into Settings. Pure; UsageError holds a line for each fault."""
    faults: list[str] = []
    top = Section("", table, faults)
    top.only("data", "owner", "accounts", "trusted_authserv", "digest", "rules", "templates", "language", "ledger")
    accounts = tuple(account_of(section, file, environ) for section in top.sections("accounts"))
    digest = _digest(top.section("digest"), file, environ)
    own = [*top.addresses("owner"), *(address for account in accounts for address in account.addresses)]
    settings = Settings(
        file=file,
        data=path_of(top, "data", file, environ) or data_folder(environ),
        owner=tuple(dict.fromkeys(own)),
        accounts=accounts,
        trusted_authserv=tuple(name.lower() for name in top.texts("trusted_authserv")),
        digest=digest,
        rules=path_of(top, "rules", file, environ),
        templates=path_of(top, "templates", file, environ),
        language=_language(top),
        ledger_url=_ledger(top),
    )
    faults += _contradictions(settings)
    if faults:
        raise UsageError("\n".join(f"{file}: {fault}" for fault in faults))
    return settings


def _ledger(top: Section) -> str:
    """The URL of a ledger in a database server; its password stands elsewhere (libpq's ~/.pgpass or $PGPASSFILE)."""
    url = top.text("ledger")
    if url and not url.startswith("postgresql://"):
        top.fault("ledger", "must be postgresql://USER@HOST/DATABASE; for a file set data")
    elif ":" in url.removeprefix("postgresql://").rpartition("@")[0]:
        top.fault("ledger", "a password is never kept in this file: put it into ~/.pgpass")
        return ""
    return url


def _digest(section: Section | None, file: Path, environ: Mapping[str, str]) -> Digest:
    if section is None:
        return Digest()
    section.only("to", "from", "smtp", "append_to")
    smtp, append_to = section.section("smtp"), section.section("append_to")
    if smtp and append_to:
        section.fault("append_to", "either smtp or append_to, not both")
    digest = Digest(
        to=section.addresses("to"),
        sender=section.address("from"),
        smtp=None if smtp is None else _smtp(smtp, file, environ),
        append_to=None if append_to is None else _append_to(append_to),
    )
    if smtp and not digest.to:
        section.fault("to", "is needed to send by smtp")
    if smtp and not digest.sender:
        section.fault("from", "is needed to send by smtp")
    return digest


def _smtp(section: Section, file: Path, environ: Mapping[str, str]) -> Smtp:
    section.only("host", "port", "tls", "user", "ca_file", *PASSWORD_KEYS)
    tls = tls_of(section, tuple(SMTP_TLS))
    return Smtp(
        host=section.required("host"),
        port=section.port(SMTP_TLS[tls]),
        tls=tls,
        user=section.text("user"),
        password=password_of(section, "smtp", file, environ),
        ca_file=path_of(section, "ca_file", file, environ),
    )


def _append_to(section: Section) -> AppendTo:
    section.only("account", "folder")
    return AppendTo(account=section.required("account"), folder=section.required("folder"))


def _language(section: Section) -> str:
    language = section.text("language")
    if language and not _LANGUAGE.fullmatch(language):
        section.fault("language", "must be a code of two or three letters, such as fr")
    return language


def _contradictions(settings: Settings) -> list[str]:
    """Name what only the whole file tells: names taken twice, an account that is not there."""
    names = [account.name for account in settings.accounts]
    passwords = [account.password.variable for account in settings.accounts]
    taken = {settings.digest.smtp.password.variable} if settings.digest.smtp else set[str]()
    faults = []
    for number, (name, variable) in enumerate(zip(names, passwords, strict=True)):
        if name and variable in taken:
            faults.append(f"accounts[{number}].name: {variable} would stand for two passwords; choose another name")
        taken.add(variable)
    append_to = settings.digest.append_to
    if append_to and append_to.account and append_to.account not in names:
        faults.append("digest.append_to.account: no account of this name")
    return faults
