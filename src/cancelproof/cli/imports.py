"""`cancelproof import`: a list of Wallos, or an export of this program."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import click

from cancelproof.cli.common import settings, today
from cancelproof.errors import UsageError


@click.command(name="import")
@click.argument("file", type=click.Path())
@click.option("--dry-run", is_flag=True, help="Show how each line is understood, and keep nothing.")
@click.option("--keep-good", is_flag=True, help="Keep the good lines where others are refused.")
@click.pass_context
def command(ctx: click.Context, file: str, *, dry_run: bool, keep_good: bool) -> int:
    """Take over what another list knows: the JSON or CSV export of Wallos, or what `cancelproof export` wrote.

    Of Wallos, the subscriptions that are disabled there are taken for cancelled. Importing twice changes nothing.
    """
    from cancelproof.cli.add import keep  # noqa: PLC0415
    from cancelproof.cli.told import is_wallos, raw_of, read_wallos  # noqa: PLC0415
    from cancelproof.ledger import open_ledger  # noqa: PLC0415
    from cancelproof.ledger.dump import FORMAT  # noqa: PLC0415

    path = Path(file)
    if FORMAT in _head(path):
        if dry_run:
            raise UsageError("an export of cancelproof has no dry run", remedy="`cancelproof backup` first")
        with open_ledger(settings(ctx).ledger) as ledger, path.open(encoding="utf-8") as opened:
            new = ledger.load(_lines(opened, path))
        click.echo(f"{new} rows taken over; what was known is not changed", err=True)
        return 0
    raw = raw_of(path)
    if not is_wallos(raw):
        raise UsageError(
            "neither an export of Wallos nor of cancelproof", where=file, remedy="other lists: cancelproof add --csv"
        )
    read = read_wallos(path, raw, today())
    with open_ledger(settings(ctx).ledger) as ledger:
        code = keep(ledger, read, dry_run=dry_run, keep_good=keep_good)
    if read.passed_over:
        click.echo(f"{len(read.passed_over)} still active in Wallos, no cancellation: passed over", err=True)
    return code


def _head(path: Path) -> str:
    from cancelproof.sources.items import refused  # noqa: PLC0415

    try:
        with path.open("rb") as opened:
            return opened.read(200).decode("utf-8", "replace")
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise refused(error, str(path)) from error


def _lines(opened: IO[str], path: Path) -> Iterator[dict[str, Any]]:
    """The lines of an export as values."""
    try:
        for line in opened:
            found = json.loads(line)
            if isinstance(found, dict):
                yield found
    except (ValueError, RecursionError):
        raise UsageError("the export was altered: a line is no JSON", where=str(path)) from None
