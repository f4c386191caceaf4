"""`cancelproof classify`: reading alone, no ledger, no settings, no network."""

from __future__ import annotations

import click

from cancelproof.cli.addresses import Address
from cancelproof.cli.common import mailroom
from cancelproof.model import Fault, Reading


@click.command(name="classify")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line for each mail.")
@click.option("--rules", "own_rules", type=click.Path(), metavar="FOLDER", help="A folder of rules on top of ours.")
@click.option(
    "--owner", type=Address(), multiple=True, metavar="ADDRESS", help="An address of the owner; may be given again."
)
@click.option("--trust", multiple=True, metavar="ID", help="The receiving server's name in Authentication-Results.")
def command(
    paths: tuple[str, ...], own_rules: str | None, owner: tuple[str, ...], trust: tuple[str, ...], *, as_json: bool
) -> None:
    """Say of each mail what it asserts: kind, vendor, dates, sums, proof grade.

    A PATH is a .eml, an mbox (also .gz), a Maildir, a folder of them, or a zip or tgz of them.
    """
    from cancelproof import run  # noqa: PLC0415
    from cancelproof.sources import open_path  # noqa: PLC0415

    sources = [open_path(path) for path in paths]
    for read in run.classify(sources, mailroom(owner, trust, own_rules)):
        if isinstance(read, Fault):
            click.echo(f"cancelproof: {read}", err=True)
        else:
            click.echo(_json(read) if as_json else _line(read))


def _json(reading: Reading) -> str:
    from cancelproof.report import classify_json, json_text  # noqa: PLC0415

    return json_text(classify_json(reading))


def _line(reading: Reading) -> str:
    from cancelproof.report import shown  # noqa: PLC0415

    facts = reading.facts
    end = f"  {facts.effective_on.value}" if facts.effective_on else ""
    vendor = facts.vendor.value if facts.vendor else "?"
    grade = f"  proof {reading.proof.grade}" if reading.proof.grade else ""
    return f"{reading.decision.kind:15}  {shown(vendor + end + grade):44}  {shown(reading.origin.source)}"
