"""`cancelproof backup` and `cancelproof restore`: ledger and evidence together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cancelproof.cli.common import settings, today

if TYPE_CHECKING:
    from cancelproof.backup import Done


@click.command(name="backup")
@click.argument("file", type=click.Path(), required=False)
@click.pass_context
def command(ctx: click.Context, file: str | None) -> int:
    """Write ledger and evidence into one tar file (packed if its name ends in .gz), and check it; exit 1 for faults.

    Settings and passwords are not in it. Keep it on another disk.
    """
    from cancelproof.backup import backup  # noqa: PLC0415
    from cancelproof.ledger import open_ledger  # noqa: PLC0415

    own = settings(ctx)
    target = Path(file or f"cancelproof-{today()}.tar")
    with open_ledger(own.ledger) as ledger:
        done = backup(ledger, own.evidence, target)
    return _told(done, f"{target}: written and read again")


@click.command(name="restore")
@click.argument("file", type=click.Path())
@click.pass_context
def restore_command(ctx: click.Context, file: str) -> int:
    """Bring ledger and evidence back from a backup, where there are none; exit 1 for faults of the evidence."""
    from cancelproof.backup import restore  # noqa: PLC0415
    from cancelproof.ledger import open_ledger  # noqa: PLC0415

    own = settings(ctx)
    with open_ledger(own.ledger) as ledger:
        done = restore(Path(file), ledger, own.evidence)
    return _told(done, f"{file}: restored")


def _told(done: Done, what: str) -> int:
    from cancelproof.report import shown  # noqa: PLC0415

    for fault in done.faults:
        click.echo(shown(str(fault)))
    whole = f"{len(done.faults)} faults in the evidence" if done.faults else "the evidence is whole"
    click.echo(shown(f"{what}: {done.rows} rows of the ledger, {done.files} files of evidence; {whole}"), err=True)
    return int(bool(done.faults))
