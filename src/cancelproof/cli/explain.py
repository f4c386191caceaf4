"""`cancelproof explain`: why a mail was read so, for a person."""

from __future__ import annotations

import click

from cancelproof.cli.common import mailroom, renderer
from cancelproof.model import Fault


@click.command(name="explain")
@click.argument("mail")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a mail.")
@click.option("--rules", "own_rules", type=click.Path(), metavar="FOLDER", help="A folder of rules on top of ours.")
@click.option("--owner", multiple=True, metavar="ADDRESS", help="An address of the owner; may be given again.")
@click.option("--language", default="", help="Language of the report: en, fr.")
def command(mail: str, own_rules: str | None, owner: tuple[str, ...], language: str, *, as_json: bool) -> None:
    """Show the deciding sentence in its place, every match and guard, each fact with its words, and the proof grade."""
    from cancelproof import run  # noqa: PLC0415
    from cancelproof.report import explain_json, json_text  # noqa: PLC0415
    from cancelproof.sources import open_path  # noqa: PLC0415

    words = renderer(language)
    for read in run.classify([open_path(mail)], mailroom(owner, own_rules=own_rules)):
        if isinstance(read, Fault):
            click.echo(f"cancelproof: {read}", err=True)
        elif as_json:
            click.echo(json_text(explain_json(read)))
        else:
            click.echo(words.explain_text(read), nl=False)
