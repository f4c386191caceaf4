"""Addresses of the owner: as given on the command line, and one that seems to be theirs and was not given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

import click

from cancelproof.model import Entry, Kind

_FEW = 4  # mails about contracts, of which nothing can be said
_TO = "to:"  # how the ledger marks whom a mail is to (`entries`)


class Address(click.ParamType[str]):
    """A mail address of the owner."""

    name = "ADDRESS"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        name, _, domain = str(value).strip().rpartition("@")
        if not (name and domain) or " " in name + domain:
            self.fail(f"{value!r} is no mail address; write it like me@example.org", param, ctx)
        return f"{name}@{domain}"


def stranger(entries: Iterable[Entry], owner: Collection[str]) -> str:
    """Whom most of these mails are to, where it is none of the owner's addresses; else "".

    A mailbox whose owner is not known reads as somebody else's: its requests are none of the owner's.
    """
    met = {entry.sha256: entry for entry in entries if entry.kind is not Kind.REQUEST}
    to = Counter(
        mark.removeprefix(_TO).lower() for entry in met.values() for mark in entry.marks if mark.startswith(_TO)
    )
    most, count = next(iter(to.most_common(1)), ("", 0))
    return most if count >= _FEW and count * 2 > to.total() and most not in owner else ""


def tell_stranger(entries: Iterable[Entry], owner: Collection[str], remedy: str) -> None:
    """Say so in a line; `remedy` says how to give the address, with its place in braces."""
    from cancelproof.report import shown  # noqa: PLC0415

    if found := shown(stranger(entries, owner)):
        told = f"most mail about contracts is to {found}, which is not among your addresses; if it is yours: "
        click.echo(told + remedy.replace("{}", found), err=True)
