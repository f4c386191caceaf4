"""References: the vendor's own number for the cancellation, case, contract or order, whichever type comes first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from cancelproof.classify import Line
from cancelproof.extract.cues import Found, spoken_of
from cancelproof.model import Fact

#: In the handbook's order; what speaks of another number (invoice, customer, card) keeps it from being a reference.
TYPES = ("cancellation_number", "case_number", "contract_number", "order_number")
_ROLES = (*TYPES, "line_number", "other_number")
_NUMBER = re.compile(
    r"(?<![\w@.,/-])(?<!\d:)(?:[A-Z]{1,3} (?=\d))?(?=[\w/._-]{0,24}\d)[A-Za-z0-9]+(?:[-/._][A-Za-z0-9]+){0,6}"
    r"(?: \d{2,4}(?![\w%]|[.,]\d)){0,6}"
)
#: How vendors number what is theirs: letters, then digits, joined. Register and postal numbers stand in two words.
_CODE = re.compile(r"[A-Za-z]{1,5}(?:[-/][A-Za-z]{2,8})?(?=[-/\d]{0,20}\d{3})(?:[-/]\d{1,8}){1,4}(?:[-/]\w{1,4})?")
_POSTAL = re.compile(r"[A-Z]{1,2}-\d{4,5}")  # before a town: L-1855 Luxembourg
_SHORTEST, _FEWEST_DIGITS = 4, 2
_YEAR = re.compile(r"(?:19|20)\d\d")


def numbers(lines: Iterable[Line], shapes: Sequence[str] = ()) -> list[Found]:
    """Every number of the lines that could name something, with what the words around it say it is.

    One that has a shape of the vendor's contract numbers, and of which no words say anything, is a contract's own.
    """
    found: list[Found] = []
    for line in lines:
        spans, raws = _candidates(line, shapes)
        found += [_shaped(_hashed(place), shapes) for place in spoken_of(line, spans, _ROLES, raws)] if spans else []
    return found


def _shaped(found: Found, shapes: Sequence[str]) -> Found:
    if not _fits(found.raw, shapes):
        return found
    return replace(found, role=found.role or "line_number", fits=True)


def _fits(raw: str, shapes: Sequence[str]) -> bool:
    return any(_shape(shape).fullmatch(raw) for shape in shapes)


@lru_cache(maxsize=1024)
def _shape(shape: str) -> re.Pattern[str]:
    """9 is a digit, A a letter, X either (of several X there is one of each, else any word of that length would do)."""
    kinds = {"9": "[0-9]", "A": "[A-Za-z]", "X": "[A-Za-z0-9]"}
    mixed = "(?=.*[0-9])(?=.*[A-Za-z])" if "X" in shape else ""
    return re.compile(mixed + "".join(kinds.get(c, re.escape(c)) for c in shape))


def _hashed(found: Found) -> Found:
    """`[#40912]`, with no words beside it, is how help desks number their cases."""
    words = found.line.looked.words
    before = words.text[: words.starts[found.first]]
    return replace(found, role="case_number") if not found.role and before.endswith("#") else found


def _candidates(line: Line, shapes: Sequence[str]) -> tuple[list[tuple[int, int]], list[str]]:
    words = line.looked.words
    mentions = [line.looked.mentions[what] for what in ("date", "money")]
    taken = {place for each in mentions for first, ends in each.items() for place in range(first, max(ends))}
    spans, raws = [], []
    for match in _NUMBER.finditer(words.text):
        covered = words.covered(*match.span())
        digits = sum(c.isdigit() for c in match[0])
        if not covered or _YEAR.fullmatch(match[0]):
            continue
        if (digits < _FEWEST_DIGITS or len(match[0]) < _SHORTEST) and not _fits(match[0], shapes):
            continue
        if covered[0] in taken:
            continue
        spans.append(covered)
        raws.append(match[0])
    return spans, raws


def reference(found: Sequence[Found], deciding: int) -> Fact[str] | None:
    """The number of the first type that is named, wherever it stands; else the only code of which no words say more."""
    named = _first(found, TYPES, deciding)
    if named:
        return named
    codes = {place.raw: place for place in reversed(found) if not place.role and _is_code(place)}
    only = next(iter(codes.values())) if len(codes) == 1 else None
    return Fact(value=only.raw, raw=only.raw, statement=only.line.index) if only else None


def _is_code(place: Found) -> bool:
    words = place.line.looked.words
    following = words.text[words.ends[place.last - 1] :]
    before_a_town = _POSTAL.fullmatch(place.raw) and following[:1] == " " and following[1:2].isupper()
    return _CODE.fullmatch(place.raw) is not None and not before_a_town


def contract_number(found: Sequence[Found], deciding: int) -> Fact[str] | None:
    """The contract's own number: its line first, then policy, membership and the like."""
    return _first(found, ("line_number", "contract_number"), deciding)


def _first(found: Sequence[Found], roles: Sequence[str], deciding: int) -> Fact[str] | None:
    fair = [f for f in found if f.role in roles]
    best = min(
        fair,
        key=lambda f: (roles.index(f.role), not f.fits, f.line.index != deciding, f.distance, f.line.index),
        default=None,
    )
    return Fact(value=best.raw, raw=best.raw, statement=best.line.index) if best else None
