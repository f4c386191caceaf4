"""`cancelproof show`: one case whole."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from cancelproof.cli.chosen import matching
from cancelproof.cli.common import Day, known, renderer, rule_book, settings, today
from cancelproof.model import LACKING_PROOF, Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cancelproof.model import Case, Report
    from cancelproof.report import Cancelling, Renderer
    from cancelproof.rules.values import Rules, Vendor


@click.command(name="show")
@click.argument("case")
@click.option("--today", "day", type=Day(), help="Judge as on this day.")
@click.option("--language", default="", help="Language: en, fr.")
@click.option("--all", "every", is_flag=True, help="Every mail on its own, with its key; bills in a row, too.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a case.")
@click.pass_context
def command(ctx: click.Context, case: str, day: date | None, language: str, *, every: bool, as_json: bool) -> None:
    """Show a case: its mails, its proof, what is missing. CASE is its number in `cases`, or words of its name.

    Where more than three are meant their names are listed.
    """
    from cancelproof.report import json_text  # noqa: PLC0415

    own = settings(ctx)
    book = rule_book(own.rules)
    report = known(own, day or today(), book)
    words = renderer(language or own.language, own.templates)
    found = matching(report, case)
    if len(found) > _MOST and not as_json:
        _list(report, found, case, words)
        return
    for one in found:
        if as_json:
            click.echo(json_text(words.case_json(one, report.today, _how(_on_file(one, book), words.language))))
            continue
        to_cancel = one.status in _TO_CANCEL and one.closed is None
        how = _how(_on_file(one, book), words.language) if to_cancel else None
        click.echo(words.case_text(one, report.today, how, every=every))


def _list(report: Report, found: Sequence[Case], meant: str, words: Renderer) -> None:
    """The names of cases, with their numbers in `cases`."""
    from cancelproof.report import by_urgency  # noqa: PLC0415

    for number, one in enumerate(by_urgency(report), 1):
        if one in found:
            click.echo(f"{number:3}  {words.case_line(one)}")
    click.echo(f"{len(found)} cases are called {meant!r}: name one by its number, or by more of its words", err=True)


_MOST = 3  # cases that are shown whole; more are a list

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
