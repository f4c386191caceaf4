"""What several commands need: rules, settings, the day, progress on a terminal."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cancelproof.errors import UsageError
from cancelproof.model import IMAP, Correction, Report

if TYPE_CHECKING:
    from cancelproof.report import Renderer
    from cancelproof.rules import Rules
    from cancelproof.run import Mailroom
    from cancelproof.settings import Account, Settings, Smtp
    from cancelproof.sources import Source
    from cancelproof.sources.imap import ImapAccount


class Day(click.ParamType[date]):
    """A calendar day, as 2026-11-01."""

    name = "YYYY-MM-DD"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no day; write it like 2026-11-01", param, ctx)


def today() -> date:
    """The day on the clock of this machine; the only clock of the program beside `now`."""
    return date.today()  # noqa: DTZ011  # the owner's calendar day, in the owner's time zone


def settings(ctx: click.Context) -> Settings:
    """The owner's settings: the file named by --settings, else that at the default place."""
    from cancelproof.settings import load  # noqa: PLC0415

    named = ctx.find_root().obj
    return load(Path(named) if named else None, os.environ)


def mailroom(
    owner: tuple[str, ...] = (),
    trusted: tuple[str, ...] = (),
    own_rules: str | Path | None = None,
    corrections: Mapping[str, Correction] | None = None,
) -> Mailroom:
    """Everything that reading a mail needs, made ready."""
    from cancelproof.rules import load_laws  # noqa: PLC0415
    from cancelproof.run import Mailroom  # noqa: PLC0415
    from cancelproof.settings import rules_folders  # noqa: PLC0415

    laws = load_laws(rules_folders(Path(own_rules) if own_rules else None))
    own = frozenset(address.strip().lower() for address in owner)
    return Mailroom(rule_book(own_rules), own, trusted, corrections or {}, laws)


def rule_book(own_rules: str | Path | None = None) -> Rules:
    """All rules, ours and the owner's on top."""
    from cancelproof.rulebook import load  # noqa: PLC0415
    from cancelproof.settings import cache_folder, rules_folders  # noqa: PLC0415

    with unhurried():
        return load(rules_folders(Path(own_rules) if own_rules else None), cache_folder(os.environ), _say_slow)


def make_rules_ready(own_rules: str | Path | None = None) -> None:
    """Compile the rules where they changed, before several processes ask for them at once."""
    from cancelproof.rulebook import make_ready  # noqa: PLC0415
    from cancelproof.settings import cache_folder, rules_folders  # noqa: PLC0415

    make_ready(rules_folders(Path(own_rules) if own_rules else None), cache_folder(os.environ), _say_slow)


@contextmanager
def unhurried() -> Iterator[None]:
    """A million small values that all stay are made here: collecting garbage among them would take half of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _say_slow() -> None:
    if sys.stderr.isatty():
        click.echo("making the rules ready: some seconds, and only after they changed", err=True)


def counted(many: int, what: str) -> str:
    """`1 fault`, `2 faults`."""
    return f"{many} {what}{'' if many == 1 else 's'}"


def languages() -> list[str]:
    """The languages that the rules know, by their codes: in these the names of months are read."""
    from cancelproof.settings import rules_folders  # noqa: PLC0415

    return sorted({file.stem for folder in rules_folders() for file in (folder / "lang").glob("*.yaml")})


def renderer(language: str = "", own_templates: Path | None = None) -> Renderer:
    """What words the reports, in the language asked for, else in the machine's where we have it, else in English."""
    from cancelproof.report import Renderer  # noqa: PLC0415
    from cancelproof.settings import templates_folders  # noqa: PLC0415

    folders = tuple(reversed(templates_folders(own_templates)))
    wanted = language or os.environ.get("LC_ALL", os.environ.get("LANG", ""))[:2].lower()
    have = any((folder / f"words.{wanted}.toml").is_file() for folder in folders)
    return Renderer(folders, wanted if language or have else "en")


def known(own: Settings, day: date, book: Rules | None = None) -> Report:
    """Where every case stands by the ledger of these settings. `book` are its rules, where they are open already."""
    from cancelproof.ledger import open_ledger  # noqa: PLC0415
    from cancelproof.rules import load_laws  # noqa: PLC0415
    from cancelproof.run import directory  # noqa: PLC0415
    from cancelproof.scan import known as known_by  # noqa: PLC0415
    from cancelproof.settings import rules_folders  # noqa: PLC0415

    laws = load_laws(rules_folders(own.rules))
    with open_ledger(own.ledger) as ledger:
        on_file = directory((book or rule_book(own.rules)).vendors) if ledger.told() else None
        return known_by(ledger, own.owner, day, (account.name for account in own.accounts), laws, on_file)


def ask_password(question: str) -> str:
    answer: str = click.prompt(question, hide_input=True, err=True)
    return answer


def password_of(place: Account | Smtp) -> str:
    """The password of an account or server; asked for only where somebody sits at a terminal."""
    from cancelproof.settings import secret  # noqa: PLC0415

    return secret(place, os.environ, ask_password if sys.stdin.isatty() else None)


def imap_account(account: Account, own: Settings, password: str | None = None) -> ImapAccount:
    """The account of the settings, with its password, unless one is handed in, or what gives it a token."""
    from cancelproof.sources.imap import ImapAccount  # noqa: PLC0415

    token = _token_of(account, own)
    return ImapAccount(
        name=account.name,
        host=account.host,
        port=account.port,
        user=account.user,
        tls=account.tls,
        password="" if token else password_of(account) if password is None else password,
        token=token,
        ca_file=str(account.ca_file) if account.ca_file else None,
        cert_sha256=account.cert_sha256,
        folders=account.folders,
        since=account.since,
        timeout=float(account.timeout),
        connections=account.connections,
    )


def _token_of(account: Account, own: Settings) -> Callable[[], str] | None:
    """What gives an access token at each connection; None for an account with a password."""
    if account.token_command:
        from cancelproof.settings import token  # noqa: PLC0415

        return lambda: token(account, os.environ)
    if account.login not in ("microsoft", "google"):
        return None
    from cancelproof.oauth import Client  # noqa: PLC0415
    from cancelproof.settings import file_password  # noqa: PLC0415

    return Client(
        kind=account.login,
        account=account.name,
        user=account.user,
        client_id=account.client_id,
        client_secret=file_password(account.client_secret) if account.client_secret else "",
        store=own.tokens(account.name),
        clock=lambda: datetime.now(UTC),
        say=(lambda text: click.echo(text, err=True)) if sys.stdin.isatty() else None,
    ).token


def open_source(ctx: click.Context, named: str) -> Source:
    """An archive by its path, or an account of the settings by `imap:NAME`, read whole and without a ledger."""
    from cancelproof.sources import open_path  # noqa: PLC0415

    if not named.startswith(IMAP):
        return open_path(named)
    from cancelproof.sources.imap import ImapSource  # noqa: PLC0415

    own = settings(ctx)
    accounts = {account.name: account for account in own.accounts}
    account = accounts.get(named.removeprefix(IMAP))
    if account is None:
        raise UsageError(f"no account is called {named.removeprefix(IMAP)!r}", remedy=f"known: {', '.join(accounts)}")
    return ImapSource(imap_account(account, own), {}, spares=False)


def not_after(asked: date, today: date, where: str = "") -> date:
    """The day on which the owner cancelled; UsageError where it is still to come."""
    if asked > today:
        raise UsageError(f"{asked} is after today", where=where, remedy="give the day on which you cancelled")
    return asked


@contextmanager
def progress(what: str) -> Iterator[Callable[[int], None]]:
    """Show how many mails were read, on a terminal alone; in a pipe nothing is shown."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed} mails"))
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done: bar.update(task, completed=done)
