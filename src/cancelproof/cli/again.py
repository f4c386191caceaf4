"""`cancelproof scan --again`: what is kept, read anew; what changed is shown before it is kept."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING

import click

from cancelproof.cli.common import counted, mailroom, progress, renderer, today
from cancelproof.errors import LedgerError
from cancelproof.model import Case, Entry

if TYPE_CHECKING:
    from cancelproof.ledger import Ledger
    from cancelproof.report import Renderer
    from cancelproof.run import Change, Mailroom
    from cancelproof.settings import Settings

#: What a person wants to see of a change; that another rule says the same is none.
_TOLD = (
    "kind", "vendor", "vendor_domain", "service", "number", "reference", "effective_on", "requested_on", "charged_on",
    "period_end", "amount", "currency", "final_bill", "one_off", "grade",
)  # fmt: skip


def read_again(own: Settings, *, keep: bool) -> int:
    """Read all evidence anew and tell what changed; keep it where the owner says so. The exit code."""
    from cancelproof import run  # noqa: PLC0415
    from cancelproof.evidence import Evidence  # noqa: PLC0415
    from cancelproof.ledger import open_ledger  # noqa: PLC0415
    from cancelproof.report import shown  # noqa: PLC0415

    with open_ledger(own.ledger) as ledger:
        room = mailroom(own.owner, own.trusted_authserv, own.rules, ledger.corrections())
        with progress("reading again") as shown_progress:
            changes, faults = run.again(ledger, Evidence(own.evidence), room, shown_progress)
        for fault in faults:
            click.echo(f"cancelproof: {shown(str(fault))}", err=True)
        code = LedgerError.exit_code if faults else 0
        words = renderer(own.language, own.templates)
        told = [change for change in changes if tell(change)]
        for line in _cases(own, ledger, changes, words, room):
            click.echo(line)
        silent = len(changes) - len(told)
        others = f", {silent} as before, for another reason" if silent else ""
        unread = ledger.mails() - len(ledger.entries())
        read = counted(len(ledger.entries()) - len(faults), "mail")
        click.echo(f"{read} read again: {len(told)} read differently{others}", err=True)
        if unread:
            click.echo(
                f"not kept, as they said nothing of a contract, and so not read: {counted(unread, 'mail')}", err=True
            )
        if not changes:
            return code
        if not (keep or _confirmed()):
            click.echo("nothing was kept; `cancelproof scan --again --yes` keeps it", err=True)
            return code
        ledger.put_again(change.after for change in changes)
        click.echo("kept", err=True)
    return code


def _confirmed() -> bool:
    return sys.stdin.isatty() and click.confirm("Keep this?", err=True)


def tell(change: Change) -> bool:
    """Print what is read differently of a mail, a line a field; False where nothing that matters is."""
    from cancelproof.report import shown  # noqa: PLC0415

    old, new = change.before, change.after
    lines = list(_differences(old, new)) if old else [f"new: {new.kind.value}"]
    if lines:
        click.echo(shown(f"{new.day}  {new.sender}  {new.subject}"))
        for line in lines:
            click.echo(f"    {shown(line)}")
        if new.sentence:
            click.echo(f"    “{shown(new.sentence, 160)}”")
    return bool(lines)


def _differences(old: Entry, new: Entry) -> Iterable[str]:
    for field in fields(Entry):
        before, after = getattr(old, field.name), getattr(new, field.name)
        if field.name in _TOLD and before != after:
            yours = "  (you said so)" if field.name in new.corrected else ""
            yield f"{field.name}: {_plain(before)} → {_plain(after)}{yours}"


def _plain(value: object) -> str:
    if value is None or value == "":
        return "-"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


# ---------------------------------------------------------------- what it means for the cases


def _cases(own: Settings, ledger: Ledger, changes: Sequence[Change], words: Renderer, room: Mailroom) -> Iterable[str]:
    """The cases whose status the changes move, a line each."""
    from cancelproof import run  # noqa: PLC0415

    on_file = run.directory(room.rules.vendors)
    entries = {entry.sha256: entry for entry in ledger.entries()}
    after = entries | {change.after.sha256: change.after for change in changes}

    def named(of: Iterable[Entry]) -> dict[str, Case]:
        return _named(run.cases_of(of, ledger, own.owner, today(), room.laws, on_file))

    old, new = named(entries.values()), named(after.values())
    for name in sorted(old.keys() | new.keys()):
        was, now = _status(words, old.get(name)), _status(words, new.get(name))
        if was != now:
            yield f"{name}: {was} → {now}"


def _named(cases: Iterable[Case]) -> dict[str, Case]:
    from cancelproof.report import shown  # noqa: PLC0415

    return {shown(" ".join(filter(None, (case.vendor, case.service)))): case for case in cases}


def _status(words: Renderer, case: Case | None) -> str:
    return words.words.say(f"status.{case.status.value}") if case else "no case"
