"""`cancelproof close`: the owner says that nothing more is to be done about a case."""

from __future__ import annotations

import click

from cancelproof.cli.chosen import anchored, only
from cancelproof.cli.common import known, settings, today
from cancelproof.errors import UsageError
from cancelproof.model import Act, Ruling


@click.command(name="close")
@click.argument("case")
@click.option("--reason", default="", help="Why; it is shown with the case.")
@click.option("--reopen", is_flag=True, help="Take it back.")
@click.pass_context
def command(ctx: click.Context, case: str, reason: str, *, reopen: bool) -> None:
    """Close CASE (its number in `cases`, or words of its name): no question, no step, until something newer comes.

    A later bill, refusal or restart opens it again. What the mails prove stays as it is.
    """
    from cancelproof.ledger import open_ledger  # noqa: PLC0415
    from cancelproof.report import shown  # noqa: PLC0415

    if not reopen and not reason.strip():
        raise UsageError("a case is closed with a reason", remedy='--reason "they confirmed by phone"')
    own = settings(ctx)
    meant = only(known(own, today()), case)
    whole = meant.service.casefold().startswith(meant.vendor.casefold())  # the service's name bears the vendor's
    name = shown(meant.service if whole else " ".join(filter(None, (meant.vendor, meant.service))))
    if reopen and meant.closed is None:  # its number may be of a list that was longer or shorter
        raise UsageError("is not closed, so nothing was done", where=name, remedy="`cancelproof edit --list`")
    act = Act.REOPEN if reopen else Act.CLOSE
    with open_ledger(own.ledger) as ledger:
        number = ledger.rule(anchored(meant, Ruling(act=act, on=today(), text=reason.strip())))
    done = "open again" if reopen else "closed"
    click.echo(f"{name} is {done} (your ruling {number}); undo: cancelproof edit --undo {number}")
