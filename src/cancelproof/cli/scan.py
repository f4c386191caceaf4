"""`cancelproof scan`: what is new since last time, all accounts, all folders with mail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from cancelproof.cli.common import imap_account, mailroom, progress, settings
from cancelproof.errors import CancelproofError, UsageError
from cancelproof.model import Coverage

if TYPE_CHECKING:
    from cancelproof.evidence import Evidence
    from cancelproof.ledger import Ledger
    from cancelproof.run import Mailroom
    from cancelproof.settings import Account, Settings
    from cancelproof.sources import Source


@click.command(name="scan")
@click.argument("sources", nargs=-1, metavar="[SOURCE…]")
@click.option("--account", "only", multiple=True, metavar="NAME", help="Only this account; may be given again.")
@click.option("--again", is_flag=True, help="Read what is kept anew, by the rules as they are now.")
@click.option("--yes", is_flag=True, help="With --again: keep what changed without asking.")
@click.pass_context
def command(ctx: click.Context, sources: tuple[str, ...], only: tuple[str, ...], *, again: bool, yes: bool) -> int:
    """Read what is new in every account of the settings, or in archives, into the ledger.

    The mailbox is never altered. A SOURCE is an archive, as for `audit`. With --again no mailbox is read: the mails
    that are kept are, and what came out differently is shown before it is kept.
    """
    from cancelproof.evidence import Evidence  # noqa: PLC0415
    from cancelproof.ledger import open_ledger  # noqa: PLC0415

    own = settings(ctx)
    if again:
        from cancelproof.cli.again import read_again  # noqa: PLC0415

        return read_again(own, keep=yes)
    accounts = _accounts(own, only) if not sources else ()
    code = 0
    with open_ledger(own.ledger) as ledger:
        room = mailroom(own.owner, own.trusted_authserv, own.rules, ledger.corrections())
        evidence = Evidence(own.evidence)
        for name, opened in [*((s, _archive(s)) for s in sources), *((a.name, _account(a, ledger)) for a in accounts)]:
            code = _scan_one(name, opened, room, ledger, evidence) or code
    return code


def _accounts(own: Settings, only: tuple[str, ...]) -> tuple[Account, ...]:
    known = {account.name: account for account in own.accounts}
    if not known:
        raise UsageError("no account in the settings", remedy="`cancelproof init` writes a file to fill in")
    for name in only:
        if name not in known:
            raise UsageError(f"no account is called {name!r}", remedy=f"known: {', '.join(known)}")
    return tuple(known[name] for name in only) or own.accounts


def _archive(path: str) -> Callable[[], Source]:
    def opened() -> Source:
        from cancelproof.sources import open_path  # noqa: PLC0415

        return open_path(path)

    return opened


def _account(account: Account, ledger: Ledger) -> Callable[[], Source]:
    """The account's mailbox, opened when its turn comes: a password that is asked for is asked for then."""

    def opened() -> Source:
        from cancelproof.sources.imap import ImapSource  # noqa: PLC0415

        return ImapSource(imap_account(account), ledger.states(account.name))

    return opened


def _scan_one(name: str, opened: Callable[[], Source], room: Mailroom, ledger: Ledger, evidence: Evidence) -> int:
    """Scan one source; a failure is told and noted, and the others go on. The exit code."""
    from cancelproof import run  # noqa: PLC0415

    code, seen = 0, Coverage(name=name)
    try:
        with progress(f"reading {name}") as shown:
            seen = run.scan(opened(), room, ledger, evidence, lambda: datetime.now(UTC), shown)
    except CancelproofError as error:
        told = str(error) if str(error).startswith(name) else f"{name}: {error}"
        click.echo(f"cancelproof: {told}", err=True)
        code, seen = error.exit_code, Coverage(name=name, blind=str(error))
    last = ledger.last_runs().get(name)
    earlier = int(last.outcome.get("seen", 0)) if last else 0
    ledger.note_run(name, datetime.now(UTC), run.outcome(seen, earlier), good=not code)
    _tell(seen)
    return code


def _tell(seen: Coverage) -> None:
    from cancelproof.report import shown  # noqa: PLC0415

    for fault in seen.unreadable[:20]:
        click.echo(f"cancelproof: {shown(str(fault))}", err=True)
    if not seen.blind:
        more = f", {len(seen.unreadable)} not understood" if seen.unreadable else ""
        passed = f", {seen.passed_over} files passed over" if seen.passed_over else ""
        new = f"{seen.new} new mail" + ("" if seen.new == 1 else "s")
        click.echo(f"{shown(seen.name)}: {new}, {seen.kept} about contracts{more}{passed}", err=True)
