"""Which movements of a statement are charges of the contracts that are known, and what they were known by.

By name alone where nothing is known of the vendor's sums, or it is on file as one that sells contracts; else the sum or
the rhythm must fit too, since a shop that sells a subscription sells other things. What is doubtful is shown and not
counted; what is no vendor's is forgotten.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import groupby, pairwise
from statistics import median_high

from cancelproof.bank.line import Line
from cancelproof.bank.names import Named, Target, known, named
from cancelproof.model import BANK, BankCharge, Case
from cancelproof.rules.values import Rules

_NEAR = Decimal("0.35")  # of a sum: a raised price, another currency
_RHYTHMS = ((6, 8), (13, 15), (26, 33), (57, 64), (87, 95), (176, 189), (353, 378))  # days from charge to charge
_MOST_MISSED = 3  # intervals after which a day in step is chance
#: Numbers of accounts (IBAN, ISO 13616), cards and mandates.
_SECRET = re.compile(r"\b[A-Z]{2}\d{2}(?:[A-Z0-9]{8,30}|(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,3})?)\b|[\dX*]{6,}")
_MOST_WORDS = 80
_DIFFERENT_FILE = 3  # days by which two files may differ about one movement


class Sureness(StrEnum):
    """Whether a movement counts as a charge of the vendor."""

    COUNTED = "counted"
    DOUBTFUL = "doubtful"
    KNOWN = "known"  # kept before, from this file or another


@dataclass(frozen=True, slots=True)
class Match:
    """A movement that may be a vendor's, as the ledger would keep it. `why` also stands in the charge."""

    charge: BankCharge
    sureness: Sureness
    why: tuple[str, ...]


def matches(
    files: Iterable[tuple[str, Sequence[Line]]],
    cases: Sequence[Case],
    rules: Rules,
    kept: Sequence[BankCharge] = (),
    aliases: Mapping[str, str] | None = None,
) -> list[Match]:
    """The movements of these files (name and lines) that name a vendor of the cases, oldest first.

    `kept` are the charges known before, `aliases` the owner's words for what statements call a vendor.
    """
    book = known(cases, rules, aliases or {})
    found = [_Candidate(name, line, hit) for name, lines in files for line in lines if (hit := named(line, book))]
    rhythm = _rhythms(found, kept)
    pairs = zip(found, _ids(found), strict=True)
    judged = [match for candidate, ident in pairs if (match := _judged(candidate, ident, rhythm))]
    out: list[Match] = []
    for _, group in groupby(judged, key=lambda match: _file(match.charge)):
        before = [*kept, *(match.charge for match in out if match.sureness is Sureness.COUNTED)]
        out += _known_marked(list(group), before)
    return sorted(out, key=lambda match: (match.charge.day, match.charge.id))


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A movement that names a vendor or a platform."""

    file: str
    line: Line
    hit: Named


def _judged(candidate: _Candidate, ident: str, rhythm: frozenset[tuple[str, date]]) -> Match | None:
    """What a movement is; None for one of a platform alone whose sum is that of no contract: it is nobody's."""
    target, why = _target(candidate, rhythm)
    if candidate.hit.anonymous and "sum" not in why and "several" not in why:
        return None
    return Match(_charge(candidate, ident, target, why), _sureness(candidate, target, why), why)


def _target(candidate: _Candidate, rhythm: frozenset[tuple[str, date]]) -> tuple[Target | None, tuple[str, ...]]:
    """Whose charge it is and why; of a platform's that names nobody, the only contract of exactly that sum."""
    line, hit = candidate.line, candidate.hit
    if len(hit.targets) == 1 and not hit.anonymous:
        target = hit.targets[0]
        named_by = "alias" if hit.told else "name"
        return target, tuple(filter(None, (named_by, "platform" if hit.platform else "", *_fits(line, target, rhythm))))
    fair = [t for t in hit.targets if "sum" in _fits(line, t, rhythm)]
    if len(fair) == 1:
        return fair[0], ("platform" if hit.anonymous else "name", *_fits(line, fair[0], rhythm))
    return None, ("platform" if hit.anonymous else "name", "several" if fair or not hit.anonymous else "other_sum")


def _fits(line: Line, target: Target, rhythm: frozenset[tuple[str, date]]) -> list[str]:
    """What else speaks for it: the sum of its bills, one near it, the rhythm, or that nothing is known of its sums."""
    amount, fits = abs(line.amount), []
    same = {a for a, currency in target.sums if currency == line.currency or not currency or not line.currency}
    if amount in same:
        fits.append("sum")
    elif any(abs(amount - other) <= _NEAR * other for other, _ in target.sums):
        fits.append("near_sum")
    else:
        fits.append("other_sum" if target.sums else "no_sums_known")
    if (target.name, line.day) in rhythm:
        fits.append("rhythm")
    if _in_step(line.day, target.days):
        fits.append("step")
    return fits


def _in_step(day: date, billed: Sequence[date]) -> bool:
    """Whether a day lies one to three intervals after the last bill; after an only bill, one that bills keep."""
    if not billed or day <= billed[-1]:
        return False
    gap, gaps = (day - billed[-1]).days, [(after - before).days for before, after in pairwise(billed)]
    if not gaps:
        return any(low <= gap <= high for low, high in _RHYTHMS)
    usual = max(1, median_high(gaps))
    times = max(1, round(gap / usual))
    return times <= _MOST_MISSED and abs(gap - times * usual) <= max(4, usual // 10)


def _sureness(candidate: _Candidate, target: Target | None, why: Sequence[str]) -> Sureness:
    if target is None:
        return Sureness.DOUBTFUL
    regular = "rhythm" in why or "step" in why
    if candidate.hit.anonymous:  # of a store that sells much, one sum alone is nobody's
        return Sureness.COUNTED if regular and "sum" in why else Sureness.DOUBTFUL
    if candidate.hit.told or "sum" in why or (regular and (candidate.hit.telling or "near_sum" in why)):
        return Sureness.COUNTED
    fair = "near_sum" in why or "no_sums_known" in why or target.sells_contracts
    plain = candidate.hit.telling and not target.sells_other_things
    return Sureness.COUNTED if plain and fair else Sureness.DOUBTFUL


def _rhythms(found: Sequence[_Candidate], kept: Iterable[BankCharge]) -> frozenset[tuple[str, date]]:
    """The vendor and day of each movement that comes as regularly as a bill: so many days from one like it."""
    days: dict[tuple[str, Decimal], set[date]] = defaultdict(set)
    for candidate in found:
        for target in candidate.hit.targets[:1] if len(candidate.hit.targets) == 1 else ():
            if candidate.line.amount < 0:
                days[target.name, abs(candidate.line.amount)].add(candidate.line.day)
    for charge in kept:
        days[charge.vendor, charge.amount].add(charge.day)
    regular = set()
    for (name, _), at in days.items():
        for one, other in pairwise(sorted(at)):
            if any(low <= (other - one).days <= high for low, high in _RHYTHMS):
                regular |= {(name, one), (name, other)}
    return frozenset(regular)


# ---------------------------------------------------------------- what is kept


def _ids(found: Sequence[_Candidate]) -> list[str]:
    """What tells a movement from all others, the same in every file of the bank: two alike on a day are two."""
    seen: Counter[tuple[str, str]] = Counter()
    ids = []
    for candidate in found:
        line = candidate.line
        text = "|".join((line.day.isoformat(), str(line.amount.normalize()), line.currency, _key(line)))
        seen[candidate.file, text] += 1
        ids.append(hashlib.sha256(f"{text}|{seen[candidate.file, text]}".encode("utf-8", "replace")).hexdigest())
    return ids


def _key(line: Line) -> str:
    return "".join(f"{line.party} {line.text}".casefold().split())


def _charge(candidate: _Candidate, ident: str, target: Target | None, why: tuple[str, ...]) -> BankCharge:
    line, hit = candidate.line, candidate.hit
    words = _SECRET.sub("…", hit.words)[:_MOST_WORDS]
    names = " / ".join(t.name for t in hit.targets[:3])
    return BankCharge(
        id=ident,
        day=line.day,
        amount=abs(line.amount),
        currency=line.currency,
        refund=line.amount > 0,
        vendor=target.name if target else names,
        words=words,
        source=f"{BANK}{candidate.file}#{line.place}",
        rail=line.rail,
        why=why,
    )


def _known_marked(found: Sequence[Match], kept: Sequence[BankCharge]) -> list[Match]:
    """The movements of one file; what was kept before is marked as known.

    A charge from another file stands for a movement that differs in its words alone, and for one only.
    """
    ids, here = {charge.id for charge in kept}, {match.charge.id for match in found}
    left: dict[_Sum, list[BankCharge]] = defaultdict(list)
    for charge in kept:
        if charge.id not in here:
            left[_sum(charge)].append(charge)
    return [_marked(match, ids, left) for match in found]


_Sum = tuple[str, Decimal, str, bool]


def _sum(charge: BankCharge) -> _Sum:
    return charge.vendor, charge.amount, charge.currency, charge.refund


def _marked(match: Match, ids: Collection[str], left: Mapping[_Sum, list[BankCharge]]) -> Match:
    if match.sureness is not Sureness.COUNTED:
        return match
    if match.charge.id in ids:
        return replace(match, sureness=Sureness.KNOWN)
    fair = left.get(_sum(match.charge), [])
    same = next((old for old in fair if _same_elsewhere(old, match.charge)), None)
    if same is None:
        return match
    fair.remove(same)
    return replace(match, sureness=Sureness.KNOWN)


def _same_elsewhere(old: BankCharge, new: BankCharge) -> bool:
    return abs((old.day - new.day).days) <= _DIFFERENT_FILE and _file(old) != _file(new)


def _file(charge: BankCharge) -> str:
    return charge.source.rpartition("#")[0]
