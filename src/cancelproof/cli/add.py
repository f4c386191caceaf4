"""`cancelproof add`: the owner tells of a cancellation; many at once from a CSV file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cancelproof.cli.common import Day, known, not_after, renderer, rule_book, settings, today
from cancelproof.errors import UsageError
from cancelproof.model import Channel, Report, Told

if TYPE_CHECKING:
    from cancelproof.cli.told import ToldList
    from cancelproof.ledger import Ledger
    from cancelproof.settings import Settings


@click.command(name="add")
@click.argument("vendor", required=False)
@click.option("--service", default="", help="Which contract, as you call it.")
@click.option("--on", "requested_on", type=Day(), help="The day on which you cancelled.")
@click.option("--channel", default="", help=f"{', '.join(Channel)}, in any language of the rules.")
@click.option("--reference", default="", help="The number that you were given.")
@click.option("--csv", "table", type=click.Path(), help="Read many from a table with a column of vendors.")
@click.option("--order", type=click.Choice(["dmy", "mdy", "ymd"]), default=None, help="How days are written in it.")
@click.option("--undated", is_flag=True, help="With --csv: all in the table are cancelled, though no column says when.")
@click.option("--dry-run", is_flag=True, help="Show how each line is understood, and keep nothing.")
@click.option("--keep-good", is_flag=True, help="Keep the good lines where others are refused.")
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
    order: str | None,
    remove: int | None,
    *,
    undated: bool,
    dry_run: bool,
    keep_good: bool,
    listing: bool,
) -> int:
    """Tell of a cancellation, so that its proof is looked for: cancelproof add Dell --service "Premium Support"."""
    from cancelproof.cli.told import ToldList, read_told, say_strange  # noqa: PLC0415
    from cancelproof.cli.told import channel as meant  # noqa: PLC0415
    from cancelproof.ledger import open_ledger  # noqa: PLC0415

    if not (vendor or table or remove or listing):
        raise UsageError("nothing to add", remedy="name a vendor, or --csv FILE")
    read = read_told(Path(table), today(), order or "", undated=undated) if table else ToldList()
    if requested_on:
        not_after(requested_on, today())
    by = meant(channel) if channel else ""
    one = Told(vendor=vendor or "", service=service, requested_on=requested_on, channel=by, reference=reference)
    say_strange([one])
    own = settings(ctx)
    book = rule_book(own.rules) if vendor and not dry_run else None
    before = known(own, today(), book) if book else None
    with open_ledger(own.ledger) as ledger:
        if remove and not ledger.untell(remove):
            raise UsageError(f"nothing was told under the number {remove}", remedy="`cancelproof add --list`")
        code = keep(ledger, read, dry_run=dry_run, keep_good=keep_good)
        if vendor and not dry_run:
            _tell(ledger, [one])
        if listing:
            for row in ledger.told_rows():
                click.echo(f"{row.id}: {line(row.told)}")
    if before:
        _tell_case(own, before, known(own, today(), book), one)
    return code


def _tell_case(own: Settings, before: Report, after: Report, told: Told) -> None:
    """Say which case a cancellation falls into, and what that changes."""
    from cancelproof.report import called  # noqa: PLC0415

    words = renderer(own.language, own.templates)
    for case in after.cases:
        if told not in case.cancellations:
            continue
        mails = {entry.sha256 for entry in case.entries}
        same = [c for c in before.cases if not mails.isdisjoint(e.sha256 for e in c.entries)]
        now, was = words.status(case), " / ".join(words.status(c) for c in same)
        change = f"now “{now}”, before “{was}”" if was and was != now else f"“{now}”"
        said = change if same else "a case of its own, no mail is known of it"
        click.echo(f"{called(case)}: {said}", err=True)


def keep(ledger: Ledger, read: ToldList, *, dry_run: bool, keep_good: bool) -> int:
    """Show how each line of a list was understood, and keep them all, or the good ones if asked; the exit code."""
    from cancelproof.cli.told import say_strange  # noqa: PLC0415
    from cancelproof.report import shown  # noqa: PLC0415

    if read.unread:
        click.echo(shown(f"columns that are not read: {', '.join(read.unread)}"), err=True)
    say_strange(told for _, told in read.rows)
    for fault in read.faults:
        click.echo(f"cancelproof: {shown(str(fault))}", err=True)
    refused = bool(read.faults) and not keep_good
    if dry_run or refused:
        for number, told in read.rows:
            click.echo(f"line {number}: {line(told)}")
    else:
        _tell(ledger, [told for _, told in read.rows])
    if read.faults:
        one = len(read.faults) == 1
        kept = "none is kept (--keep-good keeps the others)" if refused else "the others are kept"
        click.echo(f"{len(read.faults)} line{'' if one else 's'} refused; {kept}", err=True)
    return UsageError.exit_code if refused else 0


def _tell(ledger: Ledger, cancellations: Sequence[Told]) -> None:
    for cancellation in cancellations:
        click.echo(f"{ledger.tell(cancellation)}: {line(cancellation)}")


def line(told: Told) -> str:
    """What was told, in a line."""
    from cancelproof.report import shown  # noqa: PLC0415

    day = f"cancelled on {told.requested_on}" if told.requested_on else "cancelled"
    by = f" by {told.channel}" if told.channel else ""
    reference = f", reference {told.reference}" if told.reference else ""
    return shown(" ".join(filter(None, (told.vendor, told.service))) + f", {day}{by}{reference}")
