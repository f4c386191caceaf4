"""Sums: which one was or will be charged or paid back, tax included, and in which currency."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from cancelproof.classify import Line
from cancelproof.domains import suffix
from cancelproof.extract.cues import Found, mentioned
from cancelproof.model import Fact
from cancelproof.words import fold

ROLES = ("total", "part")
_CODE = re.compile(r"\b[A-Z]{3}\b(?=[ \t]*(?:[.,;:)\]]|$))", re.MULTILINE)
_NUMBER = re.compile(r"\d[\d \u00a0\u202f'’.,]*(?:[.,][-–—])?")


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum that a line names: positive amount, ISO 4217 code."""

    amount: Decimal
    currency: str
    found: Found


def sums(lines: Sequence[Line], domain: str = "") -> list[Sum]:
    """Every sum that the lines name, with its role; `domain` is the sender's, whose country a sign may mean."""
    found: list[Sum] = []
    named: set[str] | None = None  # looked for once, where there is a sum
    for line in lines:
        for place in mentioned(line, "money", ROLES):
            amount = read_amount(place.raw)
            sign, currency = _currency(place.raw, line)
            if amount is not None and currency:
                named = _codes(lines) if named is None else named
                found.append(Sum(amount, _at_home(sign, domain, named, line) or currency, place))
    return found


def _codes(lines: Iterable[Line]) -> set[str]:
    """What a mail writes like codes of currencies, where no name goes on behind it: *in CAD*, not *Cuttle CAD Pro*."""
    return {word for line in lines for word in _CODE.findall(line.statement.text)}


def read_amount(raw: str) -> Decimal | None:
    """`1 089,90`, `1'089.90`, `1.089,90`, `1,089.90` and `25.-` alike: the last dot or comma parts the cents."""
    number = _NUMBER.search(raw)
    if not number:
        return None
    text = re.sub(r"[ \u00a0\u202f'’]", "", re.sub(r"[.,][-–—]$", "", number[0])).rstrip(".,")
    mark = max(text.rfind("."), text.rfind(","))
    if mark >= 0 and len(text) - mark - 1 in (1, 2):
        text = re.sub(r"[.,]", "", text[:mark]) + "." + text[mark + 1 :]
    else:
        text = re.sub(r"[.,]", "", text)
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _currency(raw: str, line: Line) -> tuple[str, str]:
    """The sign or word of the sum and its currency, or ""; the longest one, so that `US$` is no `$`."""
    folded = fold(raw)
    forms = line.reader.language.money.currencies
    present = [(word, code) for word, code in forms if fold(word) in folded]
    return max(present, key=lambda pair: len(pair[0]), default=("", ""))


def _at_home(sign: str, domain: str, named: set[str], line: Line) -> str:
    """What a sign of several countries means: the currency whose code the mail names, else the country's own, or ""."""
    meant = {code: ends for each, code, ends in line.reader.language.money.at_home if each == sign}
    if not meant:
        return ""
    usual = {code for word, code in line.reader.language.money.currencies if word == sign}
    codes = named & (meant.keys() | usual)
    if len(codes) == 1:
        return codes.pop()
    end = suffix(domain)
    return next((code for code, ends in meant.items() if {end, end.rpartition(".")[2]} & ends), "")


def choose(found: list[Sum], deciding: int) -> Sum | None:
    """The total where one is named, else the sum of the deciding line, else the only or first one; never a part."""
    fair = [s for s in found if s.found.role != "part" and s.amount]
    return min(fair, key=lambda s: _rank(s, deciding), default=None)


def _rank(s: Sum, deciding: int) -> tuple[bool, bool, int, Decimal]:
    here = s.found.line.index == deciding
    return (s.found.role != "total" and not here, not (here and s.found.role == "total"), s.found.distance, -s.amount)


def amount_fact(s: Sum) -> Fact[Decimal]:
    return Fact(value=s.amount, raw=s.found.raw, statement=s.found.line.index)


def currency_fact(s: Sum) -> Fact[str]:
    return Fact(value=s.currency, raw=s.found.raw, statement=s.found.line.index)
