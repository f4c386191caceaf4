"""`cancelproof rules coverage`: what the rules reach in some mails, which never fire, and how fitted they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cancelproof.cli.common import mailroom, open_source, progress, settings
from cancelproof.model import Fault, Kind, Reading

if TYPE_CHECKING:
    from cancelproof.run import Mailroom


@dataclass(slots=True)
class Reach:
    """What was counted over some mails. `deciders` holds the rules that assert the decided kind, mail by mail."""

    mails: int = 0
    met: set[str] = field(default_factory=set)
    corpora: Counter[tuple[str, Kind]] = field(default_factory=Counter)
    kinds: Counter[tuple[str, Kind]] = field(default_factory=Counter)
    vendors: Counter[tuple[str, Kind]] = field(default_factory=Counter)
    fired: Counter[str] = field(default_factory=Counter)
    deciders: list[frozenset[str]] = field(default_factory=list)

    def add(self, corpus: str, reading: Reading) -> None:
        """Count a mail; a copy of one met before shows nothing new."""
        if reading.sha256 in self.met:
            return
        self.met.add(reading.sha256)
        self.mails += 1
        decision = reading.decision
        self.corpora[corpus, decision.kind] += 1
        self.fired.update({hit.rule for hit in decision.hits if not hit.off})
        self.kinds[decision.language or "?", decision.kind] += 1
        if decision.kind is not Kind.OTHER:
            if reading.facts.vendor:
                self.vendors[reading.facts.vendor.value, decision.kind] += 1
            same = (hit.rule for hit in decision.hits if hit.kind is decision.kind and not hit.off)
            self.deciders.append(frozenset(same))

    def alone(self) -> int:
        """How many mails are decided by rules that fire on no other: made for that mail, they may reach no more."""
        return sum(bool(rules) and all(self.fired[rule] == 1 for rule in rules) for rules in self.deciders)

    def never(self, rules: Iterable[str]) -> list[str]:
        return [rule for rule in rules if not self.fired[rule]]


@click.command(name="coverage")
@click.argument("paths", nargs=-1, metavar="[PATH…]")
@click.option("--never", "show_never", is_flag=True, help="Name every rule that fired on no mail.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def coverage(ctx: click.Context, paths: tuple[str, ...], *, show_never: bool, as_json: bool) -> None:
    """Read mails and say which kinds are reached in which languages and vendors, and which rules never fire.

    A PATH is an archive of mail, as for `audit`; without any, the mails in your rules folder are read. The share that
    is decided by rules which fire on one mail alone shows how much the rules were fitted to these mails.
    """
    from cancelproof.report import json_text, shown  # noqa: PLC0415

    own = settings(ctx)
    room = mailroom(own.owner, own.trusted_authserv, own.rules)
    places = paths or ((str(Path(own.rules) / "mails"),) if own.rules else ())
    reach = Reach()
    with progress("reading") as tell:
        for path, read in _read(ctx, places, room):
            if isinstance(read, Fault):
                click.echo(f"cancelproof: {shown(str(read))}", err=True)
            else:
                reach.add(path, read)
                tell(reach.mails)
    every = [rule.id for code in room.rules.compiled for rule in _rules(room.rules.compiled[code])]
    if as_json:
        click.echo(json_text(_as_json(reach, every)))
        return
    for line in _lines(reach, every, named=show_never):
        click.echo(shown(line, 200) if not line.startswith(" ") else f"  {shown(line, 200)}")


def _read(ctx: click.Context, places: Iterable[str], room: Mailroom) -> Iterable[tuple[str, Reading | Fault]]:
    from cancelproof import run  # noqa: PLC0415

    for path in places:
        for read in run.classify([open_source(ctx, path)], room):
            yield path, read


def _rules(compiled: Any) -> Iterable[Any]:
    yield from (rule for rule in compiled.rules if rule.kind)
    for _, rules, _ in compiled.own.values():
        yield from rules


def _lines(reach: Reach, every: Sequence[str], *, named: bool) -> Iterable[str]:
    yield f"{reach.mails} mails, {len(reach.deciders)} about contracts"
    for title, counted in (("By corpus", reach.corpora), ("By language", reach.kinds), ("By vendor", reach.vendors)):
        if counted:
            yield title
            for name in sorted({name for name, _ in counted}):
                kinds = ", ".join(f"{kind} {counted[name, kind]}" for kind in Kind if counted[name, kind])
                yield f"  {name}: {kinds}"
    never = reach.never(every)
    yield f"{len(every)} rules, {len(every) - len(never)} fired, {len(never)} never"
    yield from (f"  {rule}" for rule in (never if named else ()))
    of = f"{reach.alone()} of {len(reach.deciders)}"
    yield f"{of} mails are decided by rules that fire on that mail alone ({_share(reach)})"


def _share(reach: Reach) -> str:
    return f"{reach.alone() / len(reach.deciders):.0%}" if reach.deciders else "-"


def _as_json(reach: Reach, every: Sequence[str]) -> dict[str, Any]:
    def table(counted: Counter[tuple[str, Kind]]) -> dict[str, dict[str, int]]:
        names = sorted({name for name, _ in counted})
        return {name: {kind.value: counted[name, kind] for kind in Kind if counted[name, kind]} for name in names}

    return {
        "mails": reach.mails,
        "about_contracts": len(reach.deciders),
        "corpora": table(reach.corpora),
        "languages": table(reach.kinds),
        "vendors": table(reach.vendors),
        "rules": len(every),
        "never_fired": reach.never(every),
        "decided_alone": reach.alone(),
    }
