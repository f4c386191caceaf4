"""Addresses of the owner: as given on the command line, and one that seems to be theirs and was not given."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import click

_FEW = 4  # mails about contracts, of which nothing can be said


class Address(click.ParamType[str]):
    """A mail address of the owner."""

    name = "ADDRESS"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from cancelproof.settings.reader import ADDRESS  # noqa: PLC0415

        address = str(value).strip()
        if not ADDRESS.fullmatch(address):
            self.fail(f"{value!r} is no mail address; write it like me@example.org", param, ctx)
        return address


def stranger(written_to: Mapping[str, int], owner: Collection[str]) -> str:
    """Whom most mails are to (`entries.written_to`), where it is none of the owner's addresses; else "".

    A mailbox whose owner is not known reads as somebody else's: its requests are none of the owner's.
    """
    most = max(written_to, key=lambda address: written_to[address], default="")
    count = written_to.get(most, 0)
    return most if count >= _FEW and count * 2 > sum(written_to.values()) and most not in owner else ""


def tell_stranger(written_to: Mapping[str, int], owner: Collection[str], remedy: str) -> None:
    """Say so in a line; `remedy` says how to give the address, with its place in braces."""
    from cancelproof.report import shown  # noqa: PLC0415

    if found := shown(stranger(written_to, owner)):
        told = f"most mail about contracts is to {found}, which is not among your addresses; if it is yours: "
        click.echo(told + remedy.replace("{}", found), err=True)
