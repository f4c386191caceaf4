"""`cancelproof audit`: years of mail read once; neither ledger nor settings are touched for files."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from cancelproof.cli.common import Day, mailroom, open_source, progress, read_told, renderer, today
from cancelproof.cli.terminal import print_digest
from cancelproof.model import Report
from cancelproof.report import Renderer


@click.command(name="audit")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE…")
@click.option("--rules", "own_rules", type=click.Path(), metavar="FOLDER", help="A folder of rules on top of ours.")
@click.option("--owner", multiple=True, metavar="ADDRESS", help="An address of the owner; may be given again.")
@click.option("--cancellations", type=click.Path(), metavar="FILE", help="CSV of what the owner cancelled.")
@click.option("--today", "day", type=Day(), help="Judge as on this day.")
@click.option("--trust", multiple=True, metavar="ID", help="The receiving server's name in Authentication-Results.")
@click.option("--html", "page", type=click.Path(), metavar="FILE", help="Write the audit as a page.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--language", default="", help="Language of the report: en, fr.")
@click.option("--exit-code", is_flag=True, help="Exit 1 where something needs the owner.")
@click.pass_context
def command(  # noqa: PLR0913, PLR0917  # one a command-line option
    ctx: click.Context,
    sources: tuple[str, ...],
    own_rules: str | None,
    owner: tuple[str, ...],
    cancellations: str | None,
    day: date | None,
    trust: tuple[str, ...],
    page: str | None,
    language: str,
    *,
    as_json: bool,
    exit_code: bool,
) -> int:
    """Read archives once and say of every contract where it stands.

    A SOURCE is a .eml, an mbox (also .gz), a Maildir, a folder of them, a zip or tgz of them (Google Takeout), or
    imap:NAME, an account of the settings.
    """
    from cancelproof import run  # noqa: PLC0415
    from cancelproof.delivery import write_file  # noqa: PLC0415
    from cancelproof.report import needs_owner  # noqa: PLC0415

    told = read_told(Path(cancellations), max(today(), day or date.min)) if cancellations else ()
    opened = [open_source(ctx, named) for named in sources]
    words = renderer(language)
    with progress("reading") as shown:
        report = run.audit(opened, mailroom(owner, trust, own_rules), told, day or today(), shown)
    if page:
        write_file(Path(page), words.audit_html(report))
        click.echo(f"The audit stands in {page}", err=True)
    _print(report, words, as_json=as_json, to_page=bool(page))
    return 1 if exit_code and needs_owner(report) else 0


def _print(report: Report, words: Renderer, *, as_json: bool, to_page: bool) -> None:
    from cancelproof.report import json_text  # noqa: PLC0415

    if as_json:
        click.echo(json_text(words.audit_json(report)))
    elif not to_page:
        print_digest(words, report)
