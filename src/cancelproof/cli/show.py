"""`cancelproof show`: one case whole."""

from __future__ import annotations

from datetime import date

import click

from cancelproof.cli.chosen import matching
from cancelproof.cli.common import Day, known, renderer, settings, today


@click.command(name="show")
@click.argument("case")
@click.option("--today", "day", type=Day(), help="Judge as on this day.")
@click.option("--language", default="", help="Language: en, fr.")
@click.pass_context
def command(ctx: click.Context, case: str, day: date | None, language: str) -> None:
    """Show a case: its mails, its proof, what is missing. CASE is its number in `cases`, or words of its name."""
    own = settings(ctx)
    report = known(own, day or today())
    words = renderer(language or own.language, own.templates)
    for one in matching(report, case):
        click.echo(words.case_text(one, report.today))
