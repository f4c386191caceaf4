"""`cancelproof init`: from an address to settings that work, step by step; or a settings file to fill in."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cancelproof.cli.addresses import Address
from cancelproof.cli.common import ask_password, imap_account
from cancelproof.errors import CancelproofError, ConnectionFailed, LoginRefused, UsageError

if TYPE_CHECKING:
    from cancelproof.settings import Provider, Settings

_TRIES = 3
_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.:-]*[A-Za-z0-9_])?|::1")
_NIGHTLY = """
To have it read every night, add to `crontab -e`:

    15 3 * * *  {program} scan
"""
_WEEKLY = """    30 7 * * 1  {program} digest --send
"""
_UNSENT = """
The digest is printed only. To have it sent every week, fill in [digest] in {path} first
(docs/settings.md, The digest), then run this again: it says how.
"""


@click.command(name="init")
@click.option("--address", default="", metavar="ADDRESS", help="Your mail address; asked for on a terminal.")
@click.option("--example", is_flag=True, help="Only write a file with every setting explained, to fill in.")
@click.pass_context
def command(ctx: click.Context, address: str, *, example: bool) -> None:
    """Set up an account: the server is found by your address, the log-in tried, the password stored.

    Run again it adds another account. Nothing is overwritten.
    """
    from cancelproof.settings import default_path  # noqa: PLC0415

    named = ctx.find_root().obj
    path = Path(named) if named else default_path(os.environ)
    if example or not (address or sys.stdin.isatty()):
        _write_example(path)
        return
    address = _address(address) if address else click.prompt("Your mail address", value_proc=_address, err=True)
    lines = _account(address, path)
    _add(path, lines)
    click.echo(f"\nThe settings stand in {path}. Now: cancelproof scan, then cancelproof digest", err=True)
    click.echo(_scheduled(path), err=True)


def _address(answer: str) -> str:
    """The address as answered; click asks again where it is none."""
    return str(Address().convert(answer, None, None)).lower()


def _scheduled(path: Path) -> str:
    """How to have it done every night; every week too, where the settings say how the digest is sent."""
    from cancelproof.settings import load  # noqa: PLC0415

    digest = load(path, os.environ).digest
    program = sys.argv[0] if sys.argv[0].endswith("cancelproof") else "cancelproof"
    weekly = _WEEKLY if digest.smtp or digest.append_to else _UNSENT
    return (_NIGHTLY + weekly).format(program=program, path=path)


def _write_example(path: Path) -> None:
    from cancelproof.delivery import write_file  # noqa: PLC0415
    from cancelproof.settings import write_example  # noqa: PLC0415

    if path.exists():
        raise UsageError("stands there already", where=str(path), remedy="edit it, or remove it first")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_file(path, write_example())
    click.echo(f"Settings to fill in: {path}\nThen: cancelproof scan, cancelproof digest")


def _account(address: str, path: Path) -> dict[str, object]:
    """Ask for what is not known of an address, and try it; the keys and values of the account."""
    from cancelproof.settings import provider_of  # noqa: PLC0415

    provider = provider_of(address)
    values: dict[str, object] = {"name": _name(address, path), "address": address}
    if provider:
        click.echo(f"{provider.name}: {provider.host}", err=True)
    else:
        values |= _server(address)
    if provider and provider.login in ("microsoft", "google"):
        return values | _client(provider)
    if provider:
        _hint(provider)
    password = _tried(values, path)
    return values | _stored(str(values["name"]), password, path)


def _name(address: str, path: Path) -> str:
    """A name that no account has: the provider's, else the domain's first part."""
    taken = _names(path)
    base = re.sub(r"[^a-z0-9]+", "-", address.rpartition("@")[2].partition(".")[0]).strip("-") or "mail"
    return next(name for name in (base, *(f"{base}{n}" for n in range(2, 1000))) if name not in taken)


def _names(path: Path) -> set[str]:
    from cancelproof.settings import load  # noqa: PLC0415

    return {account.name for account in load(path, os.environ).accounts} if path.exists() else set()


def _server(address: str) -> dict[str, object]:
    """Ask where the mail of a domain is that is not on file."""
    from cancelproof.settings import on_this_machine  # noqa: PLC0415

    domain = address.rpartition("@")[2]
    click.echo(f"No provider is on file for {domain}. Your provider's help pages name the IMAP server.", err=True)
    host = click.prompt("IMAP server", default=f"imap.{domain}", value_proc=_host, err=True)
    ways = ["imaps", "starttls", *(["none"] if on_this_machine(host) else [])]
    tls = click.prompt("TLS", type=click.Choice(ways), default="imaps", err=True)
    port = click.prompt("Port", type=click.IntRange(1, 65535), default=993 if tls == "imaps" else 143, err=True)
    user = click.prompt("User name", default=address, err=True)
    return {"host": host, "port": port, "tls": tls, "user": user}


def _host(answer: str) -> str:
    host = answer.strip()
    if not _HOST.fullmatch(host):
        raise click.BadParameter(f"{answer!r} is no name of a server; write it like imap.example.org")
    return host


def _hint(provider: Provider) -> None:
    kinds = {"app_password": "It wants a password made for this program", "bridge": "It is read through a bridge"}
    if provider.login in kinds:
        click.echo(kinds[provider.login] + (f": {provider.page}" if provider.page else "."), err=True)
    elif provider.page:
        click.echo(f"See {provider.page}", err=True)
    if provider.note:
        click.echo(f"Note: {provider.note}.", err=True)


def _client(provider: Provider) -> dict[str, object]:
    """What OAuth needs: the registration of a program, which everybody makes for himself."""
    click.echo(f"{provider.name} knows no passwords for programs, only OAuth (docs/settings.md, OAuth).", err=True)
    return {"client_id": click.prompt("Client id of your registered app", err=True)}


def _tried(values: dict[str, object], path: Path) -> str:
    """Ask for the password until the server takes it; at most three times, for accounts get locked by trying."""
    from cancelproof.settings import settings_of  # noqa: PLC0415

    own = settings_of({"accounts": [values]}, path, os.environ)
    for left in reversed(range(_TRIES)):
        password = ask_password(f"Password of {own.accounts[0].user} at {own.accounts[0].host}")
        try:
            folders = _folders(own, password)
        except LoginRefused as error:
            click.echo(str(error), err=True)
            if not left:
                raise
        except ConnectionFailed as error:
            click.echo(str(error), err=True)
            if not click.confirm("Keep these settings all the same?", default=False, err=True):
                raise
            return password
        else:
            click.echo(f"Logged in: {folders} folders.", err=True)
            return password
    raise AssertionError("the last refusal was raised")


def _folders(own: Settings, password: str) -> int:
    """Log in and count the folders; nothing is opened."""
    from cancelproof.sources.connection import connect, log_out  # noqa: PLC0415
    from cancelproof.sources.folders import list_folders  # noqa: PLC0415

    client = connect(imap_account(own.accounts[0], own, password))
    try:
        return len(list_folders(client)[0])
    finally:
        log_out(client)


@dataclass(frozen=True)
class _Way:
    """A way to keep a password: what it is called, and what it does."""

    text: str
    keep: Callable[[str, str, Path], dict[str, object]]


def _stored(name: str, password: str, path: Path) -> dict[str, object]:
    """Keep the password where its owner wants it; the setting that finds it there."""
    ways = {
        "keyring": _Way("the system's keyring (cron rarely reaches it)", _in_keyring),
        "file": _Way("a file that only you can read", _in_file),
        "command": _Way("your own password manager: a command that prints it", _by_command),
        "ask": _Way("nowhere: ask me each time", lambda *_: {}),
    }
    click.echo("Where shall the password be kept?", err=True)
    for key, way in ways.items():
        click.echo(f"  {key:<8} {way.text}", err=True)
    while True:
        chosen = click.prompt("Keep it in", type=click.Choice(list(ways)), default="file", err=True)
        try:
            return ways[chosen].keep(name, password, path)
        except CancelproofError as error:
            click.echo(str(error), err=True)


def _in_keyring(name: str, password: str, _path: Path) -> dict[str, object]:
    from cancelproof.settings import keep_in_keyring  # noqa: PLC0415

    keep_in_keyring(name, password)
    return {"keyring": True}


def _in_file(name: str, password: str, path: Path) -> dict[str, object]:
    file = path.parent / f"{name}.password"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise UsageError("stands there already", where=str(file), remedy="remove it, or choose another way") from None
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        opened.write(password + "\n")
    return {"password_file": file.name}


def _by_command(_name: str, _password: str, _path: Path) -> dict[str, object]:
    command = str(click.prompt("Command", err=True)).split()
    return {"password_command": command}


def _add(path: Path, values: dict[str, object]) -> None:
    """Put an account at the end of the settings, which are checked before they are kept."""
    from cancelproof.settings import parsed  # noqa: PLC0415

    before = path.read_text(encoding="utf-8") if path.exists() else ""
    lines = "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in values.items())
    text = f"{before.rstrip()}\n\n[[accounts]]\n{lines}".lstrip()
    parsed(text, path, os.environ)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(path.name + ".new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        opened.write(text)
    fresh.replace(path)
