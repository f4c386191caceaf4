"""`cancelproof export`: the whole ledger, for other programs and other databases."""

from __future__ import annotations

import json
from pathlib import Path

import click

from cancelproof.cli.common import settings


@click.command(name="export")
@click.argument("file", type=click.Path(), required=False)
@click.pass_context
def command(ctx: click.Context, file: str | None) -> None:
    """Write all that the ledger knows as JSON lines, to FILE or to stdout; `cancelproof import` reads it back.

    Evidence mails are not in it: `cancelproof backup` keeps both.
    """
    from cancelproof.delivery import write_file  # noqa: PLC0415
    from cancelproof.ledger import open_ledger  # noqa: PLC0415

    with open_ledger(settings(ctx).ledger) as ledger:
        lines = (json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in ledger.dump())
        if file:
            write_file(Path(file), "\n".join(lines) + "\n")
        else:
            for line in lines:
                click.echo(line)
