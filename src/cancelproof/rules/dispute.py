"""The rights to have a charge taken back, by the rail on which it was taken: the part `dispute` of a law file.

Until when a right lasts is a fact, with its source. On which days the owner is told before are ours, inferred.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import get_args

from cancelproof.model import Term, Unit
from cancelproof.rules.columns import RAILS
from cancelproof.rules.yamlfile import Reader

FIELDS = ("alarms", "limit", "countries", "currency", "sources")
TERM = re.compile(r"(\d{1,3}) (days|weeks|months)")
#: The fewest days of each unit: an alarm that comes later may come too late.
_FEWEST = {"days": 1, "weeks": 7, "months": 28}
_ALARM = re.compile(r"\d{1,3}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """A right against a charge that was taken on a rail. `alarms` are days after the charge, the soonest first.

    `limit` is counted from the day of the charge; None where it is not known. Without `countries` it holds everywhere,
    without `currency` for every sum.
    """

    name: str = ""
    rail: str = ""
    alarms: tuple[int, ...] = ()
    limit: Term | None = None
    countries: frozenset[str] = frozenset()
    currency: str = ""
    sources: tuple[str, ...] = ()


#: Where no file says anything: the days by which any rail's right may end.
UNKNOWN = (Right(alarms=(30, 35, 45, 60, 90)),)


def alarms(rights: Sequence[Right]) -> tuple[int, ...]:
    """The alarms of all these rights, the soonest first: what a charge gets whose rail is not known."""
    return tuple(sorted({days for right in rights for days in right.alarms}))


def against(rights: Sequence[Right], rail: str, currency: str) -> tuple[Right, ...]:
    """The rights against a charge of a known rail; none where the rail is not known or nothing is on file for it."""
    return tuple(
        right
        for right in rights
        if rail and right.rail == rail and (not right.currency or not currency or right.currency == currency)
    )


def read_rights(reader: Reader | None) -> tuple[Right, ...]:
    """The rights of a law file, with a fault for each that says nothing, or what cannot be."""
    if reader is None:
        return ()
    reader.only(*RAILS)
    return tuple(_right(right, rail, name) for rail in RAILS for name, right in _named(reader, rail))


def _named(reader: Reader, rail: str) -> Iterator[tuple[str, Reader]]:
    table = reader.sub(rail, f"'{rail}'")
    for name in table.keys() if table else ():
        if table and (right := table.sub(name, f"'{name}'")):
            yield name, right


def _right(reader: Reader, rail: str, name: str) -> Right:
    reader.only(*FIELDS)
    limit = _term(reader)
    days = [int(text) for text, line in reader.lined_texts("alarms") if _is_alarm(text, line, limit, reader)]
    if not reader.texts_whole("sources"):
        reader.faults.add(reader.table.line, f"{reader.what}: a right needs `sources`")
    return Right(
        name=name,
        rail=rail,
        alarms=tuple(sorted(days)),
        limit=limit,
        countries=frozenset(reader.texts("countries")),
        currency=reader.text("currency", ""),
        sources=reader.texts_whole("sources"),
    )


def _term(reader: Reader) -> Term | None:
    text = reader.text("limit")
    found = TERM.fullmatch(text)
    if not found:
        reader.faults.add(reader.line("limit"), f"{text!r} is no term: write 120 days, 8 weeks or 13 months")
        return None
    unit: Unit = next(each for each in get_args(Unit) if each == found[2])
    return Term(int(found[1]), unit)


def _is_alarm(text: str, line: int, limit: Term | None, reader: Reader) -> bool:
    if not _ALARM.fullmatch(text):
        reader.faults.add(line, f"{text!r} is no number of days")
        return False
    if limit and int(text) >= limit.count * _FEWEST[limit.unit]:
        reader.faults.add(line, f"{reader.what}: an alarm after {text} days comes when the right may have ended")
        return False
    return True
