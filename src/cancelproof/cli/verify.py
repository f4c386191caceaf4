"""`cancelproof verify`: is the evidence kept still whole?"""

from __future__ import annotations

import click

from cancelproof.cli.common import settings

_REMEDY = "bring a backup back with `cancelproof restore FILE` into an empty data folder, and keep this one beside it"


@click.command(name="verify")
@click.pass_context
def command(ctx: click.Context) -> int:
    """Check every kept mail against its hash and the log against its chain; exit 1 where something was changed."""
    from cancelproof.evidence import Evidence  # noqa: PLC0415

    faults = Evidence(settings(ctx).evidence).verify()
    for fault in faults:
        click.echo(str(fault))
    count = f"{len(faults)} fault{'' if len(faults) == 1 else 's'}"
    click.echo(f"{count}: {_REMEDY}" if faults else "The evidence is whole.", err=True)
    return int(bool(faults))
