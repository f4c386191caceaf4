"""`cancelproof cases`: every contract and where it stands."""

from __future__ import annotations

import shutil
from datetime import date

import click

from cancelproof.cli.common import Day, known, renderer, settings, today


@click.command(name="cases")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--today", "day", type=Day(), help="Judge as on this day.")
@click.option("--language", default="", help="Language of the list: en, fr.")
@click.pass_context
def command(ctx: click.Context, day: date | None, language: str, *, as_json: bool) -> None:
    """List every contract that the ledger knows, the urgent ones first."""
    from cancelproof.report import json_text  # noqa: PLC0415

    own = settings(ctx)
    report = known(own, day or today())
    words = renderer(language or own.language, own.templates)
    if as_json:
        click.echo(json_text(words.audit_json(report)))
        return
    if not report.cases:
        click.echo(
            "No contract is known yet: cancelproof scan reads your mailbox, cancelproof add tells of one.", err=True
        )
    for line in words.listing(report, shutil.get_terminal_size().columns):
        click.echo(line)
    if report.cases:
        click.echo("The numbers are of this list; what comes later moves them. Words of a name hold.", err=True)
