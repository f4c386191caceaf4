"""`cancelproof show`: one case whole."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from cancelproof.cli.chosen import matching
from cancelproof.cli.common import Day, known, renderer, rule_book, settings, today
from cancelproof.model import LACKING_PROOF, Status

if TYPE_CHECKING:
    from cancelproof.model import Case
    from cancelproof.report import Cancelling
    from cancelproof.rules.values import Rules, Vendor


@click.command(name="show")
@click.argument("case")
@click.option("--today", "day", type=Day(), help="Judge as on this day.")
@click.option("--language", default="", help="Language: en, fr.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a case.")
@click.pass_context
def command(ctx: click.Context, case: str, day: date | None, language: str, *, as_json: bool) -> None:
    """Show a case: its mails, its proof, what is missing. CASE is its number in `cases`, or words of its name."""
    from cancelproof.report import json_text  # noqa: PLC0415

    own = settings(ctx)
    book = rule_book(own.rules)
    report = known(own, day or today(), book)
    words = renderer(language or own.language, own.templates)
    for one in matching(report, case):
        if as_json:
            click.echo(json_text(words.case_json(one, report.today, _how(_on_file(one, book), words.language))))
            continue
        to_cancel = one.status in _TO_CANCEL and one.closed is None
        how = _how(_on_file(one, book), words.language) if to_cancel else None
        click.echo(words.case_text(one, report.today, how))


#: Statuses of a case that may still have to be cancelled, or cancelled again.
_TO_CANCEL = LACKING_PROOF | {Status.RUNNING, Status.RESUMED, Status.CHARGED_AFTER_END}


def _on_file(case: Case, book: Rules) -> Vendor | None:
    """The vendor by its domain; one that only the owner told of by its name, letter for letter."""
    if case.vendor_domain:
        return book.by_domain.get(case.vendor_domain)
    name = case.vendor.casefold()
    return next((v for v in book.vendors if name in {each.casefold() for each in (v.name, *v.names)}), None)


def _how(vendor: Vendor | None, language: str) -> Cancelling | None:
    """The ways to cancel on file for a vendor."""
    from cancelproof.report import Cancelling  # noqa: PLC0415
    from cancelproof.rules.cancelling import ways  # noqa: PLC0415

    if vendor is None:
        return None
    checked = date.fromisoformat(vendor.checked) if vendor.checked else None
    return Cancelling(ways(vendor, language), checked, vendor.sources, vendor.note)
