"""`cancelproof show`: one case whole."""

from __future__ import annotations

from datetime import date

import click

from cancelproof.cli.common import Day, known, renderer, settings, today
from cancelproof.errors import UsageError
from cancelproof.report import by_urgency
from cancelproof.words import fold


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
    wanted = fold(case)
    found = [
        c
        for number, c in enumerate(by_urgency(report), 1)
        if case == str(number) or (not case.isdigit() and wanted in fold(f"{c.vendor} {c.service} {c.number}"))
    ]
    if not found:
        raise UsageError(f"no case is called {case!r}", remedy="`cancelproof cases` lists all")
    for one in found:
        click.echo(words.case_text(one, report.today))
