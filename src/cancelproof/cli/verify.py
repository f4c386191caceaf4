"""`cancelproof verify`: is the evidence kept still whole?"""

from __future__ import annotations

import click

from cancelproof.cli.common import settings


@click.command(name="verify")
@click.pass_context
def command(ctx: click.Context) -> int:
    """Check every kept mail against its hash and the log against its chain; exit 1 where something was changed."""
    from cancelproof.evidence import Evidence  # noqa: PLC0415

    faults = Evidence(settings(ctx).evidence).verify()
    for fault in faults:
        click.echo(str(fault))
    click.echo("The evidence is whole." if not faults else f"{len(faults)} faults", err=True)
    return int(bool(faults))
