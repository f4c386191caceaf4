"""`cancelproof add`: the owner tells of a cancellation; many at once from a CSV file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from cancelproof.cli.common import Day, not_after, read_told, settings, today
from cancelproof.errors import UsageError
from cancelproof.model import Told


@click.command(name="add")
@click.argument("vendor", required=False)
@click.option("--service", default="", help="Which contract, as you call it.")
@click.option("--on", "requested_on", type=Day(), help="The day on which you cancelled.")
@click.option("--channel", default="", help="web, mail, letter, phone, app …")
@click.option("--reference", default="", help="The number that you were given.")
@click.option("--csv", "table", type=click.Path(), help="Read many: vendor,service,requested_on,channel,reference.")
@click.option("--remove", type=int, metavar="NUMBER", help="Take back what you told under this number.")
@click.option("--list", "listing", is_flag=True, help="List what you told, with numbers.")
@click.pass_context
def command(  # noqa: PLR0913, PLR0917  # one a command-line option
    ctx: click.Context,
    vendor: str | None,
    service: str,
    requested_on: date | None,
    channel: str,
    reference: str,
    table: str | None,
    remove: int | None,
    *,
    listing: bool,
) -> None:
    """Tell of a cancellation, so that its proof is looked for: cancelproof add Dell --service "Premium Support"."""
    from cancelproof.ledger import Ledger, open_ledger  # noqa: PLC0415

    told = read_told(Path(table), today()) if table else ()
    if requested_on:
        not_after(requested_on, today())
    if vendor:
        one = Told(vendor=vendor, service=service, requested_on=requested_on, channel=channel, reference=reference)
        told = (*told, one)
    if not (told or remove or listing):
        raise UsageError("nothing to add", remedy="name a vendor, or --csv FILE")

    def take_back(ledger: Ledger, number: int) -> None:
        if not ledger.untell(number):
            raise UsageError(f"nothing was told under the number {number}", remedy="`cancelproof add --list`")

    with open_ledger(str(settings(ctx).ledger)) as ledger:
        if remove:
            take_back(ledger, remove)
        for cancellation in told:
            click.echo(f"{ledger.tell(cancellation)}: {_line(cancellation)}")
        if listing:
            for row in ledger.told_rows():
                click.echo(f"{row.id}: {_line(row.told)}")


def _line(told: Told) -> str:
    from cancelproof.report import shown  # noqa: PLC0415

    day = f"cancelled on {told.requested_on}" if told.requested_on else "cancelled"
    by = f" by {told.channel}" if told.channel else ""
    reference = f", reference {told.reference}" if told.reference else ""
    return shown(" ".join(filter(None, (told.vendor, told.service))) + f", {day}{by}{reference}")
