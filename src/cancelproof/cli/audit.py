"""`cancelproof audit`: years of mail read once; for files neither ledger nor settings are touched, but with --keep."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cancelproof.cli.addresses import Address, tell_stranger
from cancelproof.cli.common import Day, mailroom, make_rules_ready, open_source, progress, renderer, settings, today
from cancelproof.cli.progress import stops_at_once
from cancelproof.cli.told import all_told, say_strange
from cancelproof.errors import UsageError
from cancelproof.model import Report, Span, Told
from cancelproof.report import Renderer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cancelproof.ledger import Ledger
    from cancelproof.run import Crew, Keep, Mailroom


@click.command(name="audit")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE…")
@click.option("--rules", "own_rules", type=click.Path(), metavar="FOLDER", help="A folder of rules on top of ours.")
@click.option(
    "--owner", type=Address(), multiple=True, metavar="ADDRESS", help="An address of the owner; may be given again."
)
@click.option("--cancellations", type=click.Path(), metavar="FILE", help="CSV of what the owner cancelled.")
@click.option("--order", type=click.Choice(["dmy", "mdy", "ymd"]), default=None, help="How days are written in it.")
@click.option("--undated", is_flag=True, help="All in it are cancelled, though no column says when.")
@click.option("--today", "day", type=Day(), help="Judge as on this day.")
@click.option("--from", "first", type=Day(), help="Leave out mail before this day.")
@click.option("--to", "last", type=Day(), help="Leave out mail after this day, and judge as on it.")
@click.option("--trust", multiple=True, metavar="ID", help="The receiving server's name in Authentication-Results.")
@click.option("--html", "page", type=click.Path(), metavar="FILE", help="Write the audit as a page.")
@click.option("--csv", "table", type=click.Path(), metavar="FILE", help="Write the contracts as CSV.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--keep", is_flag=True, help="Put the mails and the cancellations into the ledger too.")
@click.option("--language", default="", help="Language of the report: en, fr.")
@click.option("--exit-code", is_flag=True, help="Exit 1 where something needs the owner.")
@click.pass_context
def command(  # noqa: PLR0913, PLR0917  # one a command-line option
    ctx: click.Context,
    sources: tuple[str, ...],
    own_rules: str | None,
    owner: tuple[str, ...],
    cancellations: str | None,
    order: str | None,
    day: date | None,
    first: date | None,
    last: date | None,
    trust: tuple[str, ...],
    page: str | None,
    table: str | None,
    language: str,
    *,
    undated: bool,
    as_json: bool,
    keep: bool,
    exit_code: bool,
) -> int:
    """Read archives once and say of every contract when it was billed, what it costs, how it ended, what proves it.

    A SOURCE is a .eml, an mbox (also .gz), a Maildir, a folder of them, a zip or tgz of them (Google Takeout), or
    imap:NAME, an account of the settings.
    """
    from cancelproof import run  # noqa: PLC0415
    from cancelproof.delivery import write_file  # noqa: PLC0415
    from cancelproof.report import needs_owner  # noqa: PLC0415

    if first and last and first > last:
        raise UsageError(f"--from {first} is after --to {last}", remedy="give the earlier day first")
    judged = day or last or today()
    told: tuple[Told, ...] = ()
    if cancellations:
        told = all_told(Path(cancellations), max(today(), judged), order or "", undated=undated)
    say_strange(told)
    opened = [open_source(ctx, named) for named in sources]
    words, span = renderer(language), Span(first, last)
    make = partial(mailroom, owner, trust, own_rules)
    try:
        with (
            stops_at_once(),
            _crew(make, own_rules) as crew,
            _keeping(ctx, told, wanted=keep) as kept,
            progress("reading") as shown,
        ):
            report = run.audit(opened, crew, told, judged, shown, span, kept)
    except KeyboardInterrupt:
        if keep:
            raise
        click.echo("cancelproof: stopped; an audit keeps nothing (--keep does, batch by batch)", err=True)
        return 130
    tell_stranger(report.written_to, report.owner, "add --owner {}")
    for path, text in ((page, words.audit_html), (table, words.audit_csv)):
        if path:
            write_file(Path(path), text(report))
            click.echo(f"The audit stands in {path}", err=True)
    _print(report, words, as_json=as_json, to_file=bool(page or table))
    return 1 if exit_code and needs_owner(report) else 0


def _crew(make: Callable[[], Mailroom], own_rules: str | None) -> Crew:
    from cancelproof import run  # noqa: PLC0415

    make_rules_ready(own_rules)
    return run.Crew(make)


@contextmanager
def _keeping(ctx: click.Context, told: Sequence[Told], *, wanted: bool) -> Iterator[Keep | None]:
    """What puts the mails into the ledger of the settings, where that is wanted; the cancellations go there at once."""
    if not wanted:
        yield None
        return
    from cancelproof import run  # noqa: PLC0415
    from cancelproof.evidence import Evidence  # noqa: PLC0415
    from cancelproof.ledger import open_ledger  # noqa: PLC0415

    own = settings(ctx)
    with open_ledger(own.ledger) as ledger:
        _tell(ledger, told)
        yield run.keeper(ledger, Evidence(own.evidence), lambda: datetime.now(UTC))


def _tell(ledger: Ledger, told: Sequence[Told]) -> None:
    for cancellation in told:
        ledger.tell(cancellation)


def _print(report: Report, words: Renderer, *, as_json: bool, to_file: bool) -> None:
    from cancelproof.report import json_text  # noqa: PLC0415

    if as_json:
        click.echo(json_text(words.audit_json(report)))
    elif not to_file:
        click.echo(words.audit_text(report), nl=False)
