"""`cancelproof edit`: the owner's word on which mails are one contract, and on what no mail tells."""

from __future__ import annotations

from datetime import date

import click

from cancelproof.cli.chosen import anchored, only
from cancelproof.cli.common import Day, known, settings, today
from cancelproof.cli.terminal import say
from cancelproof.errors import UsageError
from cancelproof.model import BANK, Act, Case, Report, Ruling


@click.command(name="edit")
@click.argument("case", required=False)
@click.option("--merge", multiple=True, metavar="CASE", help="This case is the same contract; may be given again.")
@click.option("--split", multiple=True, metavar="MAIL", help="This mail is of another contract; may be given again.")
@click.option("--vendor", default="", help="What you call the vendor.")
@click.option("--service", default="", help="What you call the contract.")
@click.option("--number", default="", help="The contract's number.")
@click.option("--cancel-by", type=Day(), help="The last day to cancel before it goes on.")
@click.option("--commitment", "commitment_until", type=Day(), help="The day on which the minimum term ends.")
@click.option("--notice", "notice_days", type=click.IntRange(0, 730), metavar="DAYS", help="The notice to be given.")
@click.option("--list", "listing", is_flag=True, help="List what you ruled, with numbers.")
@click.option("--undo", type=int, metavar="NUMBER", help="Take back what you ruled under this number.")
@click.pass_context
def command(  # noqa: PLR0913, PLR0917  # one a command-line option
    ctx: click.Context,
    case: str | None,
    merge: tuple[str, ...],
    split: tuple[str, ...],
    vendor: str,
    service: str,
    number: str,
    cancel_by: date | None,
    commitment_until: date | None,
    notice_days: int | None,
    undo: int | None,
    *,
    listing: bool,
) -> None:
    """Rule on CASE (its number in `cases`, or words of its name). What you rule holds whatever mail comes later.

    cancelproof edit Acme --merge "Acme Services" · cancelproof edit 3 --split inbox/4711.eml
    """
    from cancelproof.ledger import open_ledger  # noqa: PLC0415

    own, day = settings(ctx), today()
    note = Ruling(
        act=Act.NOTE,
        on=day,
        vendor=vendor.strip(),
        service=service.strip(),
        number=number.strip(),
        cancel_by=cancel_by,
        commitment_until=commitment_until,
        notice_days=notice_days,
    )
    rulings = _rulings(known(own, day), case, merge, split, note) if case else []
    if not (rulings or listing or undo):
        raise UsageError("nothing to do", remedy="name a case and what is to be changed, or --list")
    with open_ledger(own.ledger) as ledger:
        if undo and not ledger.unrule(undo):
            raise UsageError(f"nothing was ruled under the number {undo}", remedy="`cancelproof edit --list`")
        for ruling in rulings:
            say(f"{ledger.rule(ruling)}: {_line(ruling)}")
        if listing:
            for row in ledger.rulings():
                say(f"{row.id}: {_line(row.ruling)}")


def _rulings(report: Report, case: str, merge: tuple[str, ...], split: tuple[str, ...], note: Ruling) -> list[Ruling]:
    meant = only(report, case)
    found = []
    if merge:
        joined = anchored(meant, Ruling(act=Act.MERGE, on=note.on))
        for other in merge:
            if (also := only(report, other)) == meant:
                raise UsageError(f"{other!r} is the same case", remedy="name another")
            joined = anchored(also, joined)
        found.append(joined)
    if split:
        mails = tuple(_mail(meant, named) for named in split)
        if len(set(mails)) == len(meant.entries):
            raise UsageError("these are all mails of the case", remedy="name those of the other contract")
        found.append(Ruling(act=Act.SPLIT, on=note.on, mails=mails))
    if note != Ruling(act=Act.NOTE, on=note.on):
        found.append(anchored(meant, note))
    return found


def _mail(case: Case, named: str) -> str:
    """The SHA-256 of a mail of the case, named by its source, the end of it, or the beginning of its SHA-256.

    A line of a bank statement may also be named as `show` prints it, with words before its place.
    """
    fits = [e for e in case.entries if e.source == named] or [
        e for e in case.entries if e.source.endswith(named) or e.sha256.startswith(named.lower())
    ]
    fits = fits or [e for e in case.entries if e.banked and named.endswith(f" {e.source.removeprefix(BANK)}")]
    if len(fits) != 1:
        what = (
            f"{len(fits)} mails of the case are called {named!r}"
            if fits
            else f"no mail of the case is called {named!r}"
        )
        raise UsageError(what, remedy="`cancelproof show CASE` lists them")
    return fits[0].sha256


def _line(ruling: Ruling) -> str:
    from cancelproof.report import shown  # noqa: PLC0415

    said = {
        "vendor": ruling.vendor,
        "service": ruling.service,
        "number": ruling.number,
        "cancel by": ruling.cancel_by,
        "minimum term until": ruling.commitment_until,
        "notice in days": ruling.notice_days,
        "because": ruling.text,
    }
    facts = [f"{name} {value}" for name, value in said.items() if value not in ("", None)]
    on = [sha256[:12] for sha256 in ruling.mails] + [told.vendor for told in ruling.told]
    return shown(f"{ruling.act} {', '.join(on)}" + (f" ({', '.join(facts)})" if facts else "") + f", {ruling.on}")
