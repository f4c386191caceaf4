"""`cancelproof explain`: why a mail was read so, for a person."""

from __future__ import annotations

import click

from cancelproof.cli.addresses import Address
from cancelproof.cli.common import mailroom, renderer, settings
from cancelproof.cli.named import find


@click.command(name="explain")
@click.argument("mail")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a mail.")
@click.option(
    "--rules", "own_rules", type=click.Path(), metavar="FOLDER", help="A folder of rules on top of ours, not yours."
)
@click.option(
    "--owner",
    type=Address(),
    multiple=True,
    metavar="ADDRESS",
    help="Your address, not those of the settings; may be given again.",
)
@click.option("--language", default="", help="Language of the report: en, fr.")
@click.pass_context
def command(  # one a command-line option
    ctx: click.Context, mail: str, own_rules: str | None, owner: tuple[str, ...], language: str, *, as_json: bool
) -> None:
    """Show the deciding sentence in its place, every match and guard, each fact with its words, and the proof grade.

    MAIL is a file, or a mail of the ledger: its Message-ID, or its key in `show --all` (of its SHA-256).
    """
    from cancelproof.report import explain_json, json_text, shown  # noqa: PLC0415

    named = find(ctx, mail)
    for fault in named.faults:
        click.echo(f"cancelproof: {shown(str(fault))}", err=True)
    own = settings(ctx)
    words = renderer(language or own.language, own.templates)
    room = mailroom(owner or own.owner, own.trusted_authserv, own_rules or own.rules, named.corrections)
    for number, (_, read) in enumerate(each for one in named.mails for each in room.read_each(one)):
        if as_json:
            click.echo(json_text(explain_json(read)))
        else:
            click.echo(("\n" if number else "") + _styled(words.explain_text(read)), nl=False)


def _styled(text: str) -> str:
    """Headings, the answer and the deciding sentence stand out on a terminal; click takes colours out of a pipe."""
    lines = text.splitlines(keepends=True)
    after_blank = [True, *(not line.strip() for line in lines)]
    return "".join(_style(line, opens=opens) for line, opens in zip(lines, after_blank, strict=False))


def _style(line: str, *, opens: bool) -> str:
    if (opens and not line.startswith(" ")) or line.startswith((">", "  * ")):
        return click.style(line, bold=True)
    return click.style(line, dim=True) if line.startswith(("  - ", "  [ ]")) else line
