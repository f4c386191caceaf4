"""What years of mail show at once: every contract with its bills and its end, and what is missing beside what."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from cancelproof.model import Case, Charge, Gap, Report, Status
from cancelproof.report import sentences
from cancelproof.report.contract import iso, money
from cancelproof.report.escape import Shown, cell, shown
from cancelproof.report.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One contract in a line: its bills and how it ended."""

    name: Shown
    first: Shown
    last: Shown
    cadence: Shown
    yearly: Shown
    status: Shown
    proof: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A heading, what it means, and the contracts that it is about, each in a sentence."""

    title: Shown
    lines: tuple[Shown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """The whole: a line a contract, what is missing, and what the sources do not cover."""

    contracts: tuple[Line, ...]
    yearly: Shown
    found: tuple[Finding, ...]
    covers: tuple[Shown, ...]
    gaps: tuple[Shown, ...]


def findings(words: Words, report: Report, cases: Sequence[Case]) -> Findings:
    """Return what the report shows; `cases` in the order of their list."""
    return Findings(
        contracts=tuple(_line(words, case) for case in cases),
        yearly=_cost(words, cases, report.today),
        found=tuple(_found(words, cases, report.today)),
        covers=tuple(_covers(words, report)),
        gaps=tuple(_gap(words, gap) for gap in report.gaps),
    )


def _line(words: Words, case: Case) -> Line:
    billing, nothing = case.billing, Shown("")
    last = billing.last
    yearly = words.money(billing.yearly, last.currency) if last and billing.yearly is not None else nothing
    return Line(
        name=sentences.title(words, case),
        first=Shown(iso(billing.first.day) or "") if billing.first else nothing,
        last=Shown(iso(last.day) or "") if last else nothing,
        cadence=sentences.cadence(words, billing.every) if last else nothing,
        yearly=yearly,
        status=sentences.status(words, case),
        proof=Shown(case.proof.grade.value) if case.proof and case.proof.grade else nothing,
    )


def _cost(words: Words, cases: Sequence[Case], today: date) -> Shown:
    """What is still billed costs a year, by currency: what runs, and what bills on though its end was asked for."""
    running = [case.billing for case in cases if _is_billed(case, today)]
    charges = [_at_year(b.last, b.yearly) for b in running if b.last and b.yearly is not None]
    return words.say("findings.yearly", sum=sentences.summed(words, charges)) if charges else Shown("")


def _is_billed(case: Case, today: date) -> bool:
    if case.status in (Status.RUNNING, Status.RESUMED):
        return True
    return case.next_charge_on is not None and case.next_charge_on >= today


def _at_year(last: Charge, yearly: Decimal) -> Charge:
    return replace(last, amount=yearly)


def _found(words: Words, cases: Sequence[Case], today: date) -> Iterable[Finding]:
    kinds: Sequence[tuple[str, Callable[[Case], bool]]] = (
        ("charged", sentences.charged),
        ("requests", lambda c: c.requested_on is not None and c.proof is None),
        ("silent", lambda c: c.status is Status.STOPPED_SILENTLY),
        ("closures", lambda c: c.proof is not None and c.requested_on is None),
    )
    for key, belongs in kinds:
        meant = [case for case in cases if belongs(case)]
        if meant:
            lines = tuple(_told(words, key, case, today) for case in meant)
            if key == "charged":
                late = [charge for case in meant for charge in case.charges_after_end]
                lines = (*lines, words.say("findings.sum", sum=sentences.summed(words, late)))
            yield Finding(title=words.say(f"findings.{key}", len(meant)), lines=lines)


def _told(words: Words, key: str, case: Case, today: date) -> Shown:
    said = (
        sentences.bills(words, case, today) if key == "silent" else Shown(" ".join(sentences.lines(words, case, today)))
    )
    return words.say("show.label", name=sentences.title(words, case), value=said)


def _covers(words: Words, report: Report) -> Iterable[Shown]:
    for seen in report.coverage:
        if seen.first and seen.last:
            first, last = words.day(seen.first), words.day(seen.last)
            yield words.say("findings.covers", seen.seen, name=shown(seen.name, 100), first=first, last=last)


def _gap(words: Words, gap: Gap) -> Shown:
    days = (gap.last - gap.first).days + 1
    return words.say("findings.gap", days, first=words.day(gap.first), last=words.day(gap.last))


# ---------------------------------------------------------------- CSV


def _late_sum(case: Case) -> str:
    """The sums charged after the end, one for each currency, as `9.99 EUR`."""
    sums: dict[str, Decimal] = {}
    for charge in case.charges_after_end:
        if charge.amount is not None:
            sums[charge.currency] = sums.get(charge.currency, Decimal(0)) + charge.amount
    return "; ".join(f"{money(amount)} {currency}".strip() for currency, amount in sorted(sums.items()))


_COLUMNS: Sequence[tuple[str, Callable[[Case], object]]] = (
    ("vendor", lambda c: c.vendor),
    ("service", lambda c: c.service),
    ("number", lambda c: c.number),
    ("status", lambda c: c.status.value),
    ("requested_on", lambda c: iso(c.requested_on)),
    ("ends_on", lambda c: iso(c.ends_on)),
    ("proof", lambda c: c.proof.source if c.proof else None),
    ("grade", lambda c: c.proof.grade.value if c.proof and c.proof.grade else None),
    ("bills", lambda c: c.billing.count),
    ("first_bill", lambda c: iso(c.billing.first.day) if c.billing.first else None),
    ("last_bill", lambda c: iso(c.billing.last.day) if c.billing.last else None),
    ("every_days", lambda c: c.billing.every),
    ("amount", lambda c: money(c.billing.last.amount) if c.billing.last else None),
    ("currency", lambda c: c.billing.last.currency if c.billing.last else None),
    ("yearly", lambda c: money(c.billing.yearly)),
    ("charges_after_end", lambda c: len(c.charges_after_end)),
    ("charged_after_end", _late_sum),
    ("next_charge_on", lambda c: iso(c.next_charge_on)),
    ("due_on", lambda c: iso(c.due_on)),
)


def table(cases: Sequence[Case]) -> str:
    """Return the cases as CSV (RFC 4180) with a header in English; no cell is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([name for name, _ in _COLUMNS])
    for case in cases:
        writer.writerow([cell(value(case)) for _, value in _COLUMNS])
    return out.getvalue()
