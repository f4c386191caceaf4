"""`cancelproof charges`: what bank statements show of the contracts that are known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cancelproof.cli.common import Day, languages, rule_book, settings, today
from cancelproof.cli.terminal import say
from cancelproof.errors import SourceError, UsageError

if TYPE_CHECKING:
    from cancelproof.bank import BankFile, Match, Wishes
    from cancelproof.ledger import Ledger
    from cancelproof.model import BankCharge, Case, Report
    from cancelproof.settings import Settings
    from cancelproof.tables import Layout

_WHY = {
    "name": "named",
    "alias": "what you call it",
    "platform": "collected by a platform",
    "sum": "the sum of its bills",
    "near_sum": "near the sum of its bills",
    "no_sums_known": "no sum of it is known",
    "rhythm": "comes as regularly as a bill",
    "step": "in step with its bills",
    "several": "may be several contracts'",
    "other_sum": "not the sum of its bills",
}
_MOST_FAULTS = 10


@click.command(name="charges")
@click.argument("files", nargs=-1, type=click.Path(), metavar="[FILE…]")
@click.option("--column", "columns", multiple=True, metavar="FIELD=HEADING", help="Name a column of a CSV file.")
@click.option("--order", type=click.Choice(["dmy", "mdy", "ymd"]), default=None, help="How days are written.")
@click.option("--layout", default="", metavar="NAME", help="Keep, or use, the layout of a CSV file under this name.")
@click.option("--alias", "aliases", multiple=True, metavar="WORDS=VENDOR", help="What the bank calls a vendor; kept.")
@click.option("--doubtful", is_flag=True, help="Count the doubtful lines too.")
@click.option("--dry-run", is_flag=True, help="Show how the lines are understood, and keep nothing.")
@click.option("--list", "listing", is_flag=True, help="List the charges kept, with numbers.")
@click.option("--forget", type=int, metavar="NUMBER", help="Forget a charge that is none: its number in --list.")
@click.option("--today", "day", type=Day(), help="Judge as on this day.")
@click.pass_context
def command(  # noqa: PLR0913, PLR0917  # one a command-line option
    ctx: click.Context,
    files: tuple[str, ...],
    columns: tuple[str, ...],
    order: str | None,
    layout: str,
    aliases: tuple[str, ...],
    day: date | None,
    forget: int | None,
    *,
    doubtful: bool,
    dry_run: bool,
    listing: bool,
) -> int:
    """Read bank statements (CSV, OFX, QFX, CAMT, MT940) for charges of the contracts that are known.

    Only those lines are kept; of the rest of a statement nothing is. Reading a file again changes nothing.
    """
    from cancelproof.ledger import open_ledger  # noqa: PLC0415

    if not (files or listing or forget or aliases):
        raise UsageError("no statement is named", remedy="name the files, or --list")
    own = settings(ctx)
    with open_ledger(own.ledger) as ledger:
        if forget:
            _forget(ledger, forget)
        for alias in aliases:
            _call(ledger, alias)
        code = 0
        if files:
            wishes = _wishes(own, ledger, columns, order or "", layout)
            code = _read(ctx, ledger, files, wishes, layout, day or today(), doubtful=doubtful, dry_run=dry_run)
        if listing:
            for number, charge in enumerate(ledger.charges(), 1):
                say(f"{number:3}  {_line(charge)}")
    return code


def _call(ledger: Ledger, alias: str) -> None:
    """Keep what the bank calls a vendor; without a vendor what was said before is taken back."""
    from cancelproof.words import cut  # noqa: PLC0415

    words, equals, vendor = alias.rpartition("=")
    if not equals or not cut(words).folded:
        raise UsageError(f"--alias {alias} cannot be understood", remedy='write --alias "WORDS OF THE LINE=VENDOR"')
    ledger.call(words.strip(), vendor.strip())


def _forget(ledger: Ledger, number: int) -> None:
    kept = ledger.charges()
    if not 0 < number <= len(kept):
        raise UsageError(f"no charge has the number {number}", remedy="`cancelproof charges --list`")
    ledger.forget_charge(kept[number - 1].id)
    say(f"forgotten: {_line(kept[number - 1])}", err=True)


# ---------------------------------------------------------------- reading


def _wishes(own: Settings, ledger: Ledger, columns: Iterable[str], order: str, layout: str) -> Wishes:
    """What the owner says of the files, and what is kept of earlier ones."""
    from cancelproof.bank import Wishes  # noqa: PLC0415
    from cancelproof.rules.columns import STATEMENT, load_columns  # noqa: PLC0415
    from cancelproof.settings import rules_folders  # noqa: PLC0415

    by_hand: dict[str, str] = {}
    for said in columns:
        name, _, heading = said.partition("=")
        if name not in STATEMENT or not heading:
            raise UsageError(
                f"--column {said} cannot be understood", remedy=f"FIELD=HEADING, of {', '.join(STATEMENT)}"
            )
        by_hand[name] = heading
    kept = _layouts(ledger)
    chosen = [kept[layout]] if layout in kept else list(kept.values())
    return Wishes(columns=by_hand, order=order, layouts=chosen, signs=load_columns(rules_folders(own.rules)))


def _layouts(ledger: Ledger) -> dict[str, Layout]:
    from cancelproof.tables import Layout  # noqa: PLC0415

    return {name: Layout.of_json(layout) for name, layout in ledger.layouts().items()}


def _read(  # noqa: PLR0913  # one a wish of the owner
    ctx: click.Context,
    ledger: Ledger,
    paths: Sequence[str],
    wishes: Wishes,
    layout: str,
    day: date,
    *,
    doubtful: bool,
    dry_run: bool,
) -> int:
    from cancelproof.bank import matches  # noqa: PLC0415
    from cancelproof.scan import known as known_by  # noqa: PLC0415

    own = settings(ctx)
    rules, spoken = rule_book(own.rules), languages()
    read = [(Path(path).name, _file(path, wishes, day, spoken)) for path in paths]
    for name, found in read:
        _tell_file(name, found)
    before = known_by(ledger, own.owner, day)
    lines = [(name, found.lines) for name, found in read]
    matched = matches(lines, before.cases, rules, ledger.charges(), ledger.aliases())
    for match in matched:
        say(_shown(match, before))
    counted = [m.charge for m in matched if m.sureness == "counted" or (doubtful and m.sureness == "doubtful")]
    if not dry_run:
        new = ledger.keep_charges(charge for charge in counted if " / " not in charge.vendor)
        _keep_layouts(ledger, read, layout)
        _tell_kept(new, matched, doubtful=doubtful)
        _tell_cases(known_by(ledger, own.owner, day).cases, {charge.source for charge in counted})
    return SourceError.exit_code if any(found.faults and not found.lines for _, found in read) else 0


def _file(path: str, wishes: Wishes, day: date, languages: Sequence[str]) -> BankFile:
    from cancelproof.bank import MOST_BYTES, read_file  # noqa: PLC0415
    from cancelproof.sources.items import refused  # noqa: PLC0415

    try:
        with Path(path).open("rb") as opened:
            raw = opened.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise refused(error, path) from error
    return read_file(raw, path, wishes, day, languages)


def _keep_layouts(ledger: Ledger, read: Iterable[tuple[str, BankFile]], wanted: str) -> None:
    """Keep how each CSV file was understood; one that is known by its headings keeps its name."""
    kept = _layouts(ledger)
    for name, found in read:
        if found.layout is None or not found.lines:
            continue
        same = [old for old, layout in kept.items() if layout.signature == found.layout.signature]
        chosen = wanted or (same[0] if same else _unused(re.sub(r"[\W\d_]+", "-", Path(name).stem).strip("-"), kept))
        if kept.get(chosen) != found.layout:
            ledger.keep_layout(chosen, found.layout.signature, found.layout.as_json())
            kept[chosen] = found.layout
            if not same:
                say(f"{name}: its layout is kept as {chosen!r}", err=True)


def _unused(name: str, kept: Iterable[str]) -> str:
    stem = name.lower() or "statement"
    taken = set(kept)
    names = [stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3))]
    return next(fair for fair in names if fair not in taken)


# ---------------------------------------------------------------- telling


def _tell_file(name: str, found: BankFile) -> None:
    from cancelproof.report import shown  # noqa: PLC0415

    if found.lines:
        days = [line.day for line in found.lines]
        said = f"{name}: {found.form}, {len(found.lines)} movements from {min(days)} to {max(days)}"
        say(shown(said), err=True)
    if found.layout:
        say(f"  {shown(_columns(found.layout))}", err=True)
    if not found.lines and not found.faults:
        say(f"{shown(name)}: {found.form}, no movement is in it", err=True)
    for fault in found.faults[:_MOST_FAULTS]:
        say(f"cancelproof: {shown(str(fault))}", err=True)
    if len(found.faults) > _MOST_FAULTS:
        say(f"cancelproof: {shown(name)}: and {len(found.faults) - _MOST_FAULTS} lines more", err=True)


def _columns(layout: Layout) -> str:
    heads = {
        name: " + ".join(f"“{layout.header[i]}”" if i < len(layout.header) else f"column {i + 1}" for i in places)
        for name, places in layout.columns.items()
        if name != "ignored"
    }
    order = f"; days as {layout.order}" if layout.order else ""
    return ", ".join(f"{name} = {head}" for name, head in heads.items()) + order


def _line(charge: BankCharge) -> str:
    from cancelproof.report import shown  # noqa: PLC0415

    back = " paid back" if charge.refund else ""
    sum_ = f"{charge.amount:.2f} {charge.currency}".strip()
    return f"{charge.day} {sum_:>13}{back}  {shown(charge.vendor)}  “{shown(charge.words)}”"


def _shown(match: Match, before: Report) -> str:
    why = ", ".join(_WHY.get(reason, reason) for reason in match.why)
    ends = [case.ends_on for case in before.cases if case.vendor == match.charge.vendor and case.ends_on]
    after = match.sureness == "counted" and not match.charge.refund and ends and match.charge.day > max(ends)
    word = {"counted": "counted", "doubtful": "DOUBTFUL", "known": "known already"}[match.sureness]
    return f"{_line(match.charge)}  {word}: {why}" + (f"; after the end on {max(ends)}" if after else "")


def _tell_kept(new: int, matched: Sequence[Match], *, doubtful: bool) -> None:
    unsure = sum(match.sureness == "doubtful" for match in matched)
    known_already = sum(match.sureness == "known" for match in matched)
    more = f", {known_already} known already" if known_already else ""
    left = f", {unsure} doubtful and not counted (--doubtful counts them)" if unsure and not doubtful else ""
    say(f"{new} new charge{'' if new == 1 else 's'}{more}{left}; nothing else is kept", err=True)


def _tell_cases(cases: Iterable[Case], sources: set[str]) -> None:
    """The cases that these statements show to be charged after their end."""
    from cancelproof.report import called, shown  # noqa: PLC0415

    for case in cases:
        late = [charge for charge in case.charges_after_end if charge.source in sources]
        if late:
            sums = ", ".join(f"{charge.amount} {charge.currency} on {charge.day}" for charge in late)
            say(shown(f"{called(case)}: charged after the end: {sums} (cancelproof show {case.vendor!r})"), err=True)
