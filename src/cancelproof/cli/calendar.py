"""`cancelproof calendar`: the coming days of all cases, for a calendar program."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from cancelproof.cli.common import Day, counted, known, renderer, settings, today


@click.command(name="calendar")
@click.argument("page", type=click.Path(), metavar="[FILE]", required=False)
@click.option("--today", "day", type=Day(), help="Judge as on this day.")
@click.option("--language", default="", help="Language of the entries: en, fr.")
@click.pass_context
def command(ctx: click.Context, page: str | None, day: date | None, language: str) -> None:
    """Write an .ics file: when to ask for proof, to dispute, to cancel, to save data. Without FILE to stdout."""
    from cancelproof.delivery import write_file  # noqa: PLC0415

    own = settings(ctx)
    report = known(own, day or today())
    book = renderer(language or own.language, own.templates).calendar(report).decode("utf-8")
    if page:
        write_file(Path(page), book)
        click.echo(f"{counted(book.count('BEGIN:VEVENT'), 'day')} in {page}", err=True)
    else:
        click.echo(book, nl=False)
