"""The JSON that other programs rely on: key names and their order are fixed (docs/json.md).

Dates are ISO 8601, amounts decimal strings with a point, null is "unknown".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from cancelproof.model import Billing, Case, Charge, Entry, Fact, Reading, Recourse, Report

T = TypeVar("T")

#: Beyond so many digits a number is no price; it is given in scientific notation instead of a megabyte of zeros.
_MOST_DIGITS = 20


def decimal_string(amount: Decimal) -> str:
    """Return the amount with a decimal point and without exponent: "59.99"."""
    sane = amount.is_finite() and abs(amount.adjusted()) < _MOST_DIGITS
    return format(amount, "f") if sane else str(amount)


def classify_json(reading: Reading) -> dict[str, Any]:
    """Return one line of `cancelproof classify --json`."""
    message, facts, hit = reading.message, reading.facts, reading.decision.hit
    return {
        "source": reading.origin.source,
        "message_id": message.message_id or None,
        "date": message.date.isoformat() if message.date else None,
        "from": message.sender.mailbox or None,
        "subject": message.subject,
        "kind": reading.decision.kind.value,
        "vendor": _value(facts.vendor),
        "vendor_domain": _value(facts.vendor_domain),
        "service": _value(facts.service),
        "language": reading.decision.language or None,
        "effective_on": iso(_value(facts.effective_on)),
        "charged_on": iso(_value(facts.charged_on)),
        "amount": money(_value(facts.amount)),
        "currency": _value(facts.currency),
        "reference": _value(facts.reference),
        "authentic": reading.verdict.word.authentic,
        "authenticity": reading.verdict.word.value,
        "grade": reading.proof.grade.value if reading.proof.grade else None,
        "elements": dict(sorted(reading.proof.elements.items())),
        "rule": hit.rule if hit else None,
        "sentence": reading.sentence or None,
        "faults": [str(fault) for fault in reading.faults],
    }


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a case in sentences."""

    next_step: str = ""
    why: tuple[str, ...] = ()
    would_change: str = ""


def audit_json(report: Report, said: Callable[[Case], Said]) -> dict[str, Any]:
    """Return what `cancelproof audit --json` prints; `said` words a case."""
    return {
        "today": report.today.isoformat(),
        "mails": report.mails,
        "unreadable": [str(fault) for seen in report.coverage for fault in seen.unreadable],
        "cases": [case_json(case, said(case)) for case in report.cases],
        "gaps": [{"from": gap.first.isoformat(), "to": gap.last.isoformat()} for gap in report.gaps],
        "covers": [
            {"source": seen.name, "from": iso(seen.first), "to": iso(seen.last), "mails": seen.seen}
            for seen in report.coverage
        ],
    }


def case_json(case: Case, said: Said) -> dict[str, Any]:
    """Return one case of `audit_json`."""
    return {
        "vendor": case.vendor,
        "vendor_domain": case.vendor_domain or None,
        "service": case.service or None,
        "number": case.number or None,
        "status": case.status.value,
        "requested_on": iso(case.requested_on),
        "ends_on": iso(case.ends_on),
        "proof": _proof(case.proof) if case.proof else None,
        "charges_after_end": [_charge(charge) for charge in case.charges_after_end],
        "next_step": said.next_step or None,
        "due_on": iso(case.due_on),
        "mails": list(case.mails),
        "why": list(said.why),
        "would_change": said.would_change or None,
        "basis": [entry.source for entry in case.basis],
        "billing": _billing(case.billing),
        "next_charge_on": iso(case.next_charge_on),
        "deadlines": _deadlines(case),
        "letter": case.letter or None,
        "country": case.country or None,
        "rule": case.rule or None,
        "closed": {"on": case.closed.on.isoformat(), "reason": case.closed.text} if case.closed else None,
        "rights": [_right(recourse) for recourse in case.recourses],
    }


def _deadlines(case: Case) -> list[dict[str, Any]]:
    """Each day once for what it is about, whichever right and charge is meant."""
    days = dict.fromkeys((deadline.due.value, deadline.on.isoformat(), deadline.told) for deadline in case.deadlines)
    return [{"what": what, "on": on, "told": told} for what, on, told in days]


def _right(recourse: Recourse) -> dict[str, Any]:
    return {
        "right": recourse.name,
        "rail": recourse.rail,
        "charged_on": recourse.charged_on.isoformat(),
        "until": recourse.until.isoformat(),
        "term": str(recourse.term),
    }


def _billing(billing: Billing) -> dict[str, Any]:
    """`every` in days; `yearly` is what a year costs, in the last bill's currency."""
    return {
        "bills": billing.count,
        "first": _charge(billing.first) if billing.first else None,
        "last": _charge(billing.last) if billing.last else None,
        "every": billing.every,
        "yearly": money(billing.yearly),
        "watched_until": iso(billing.watched_until),
        "quiet_cycles": billing.quiet_cycles,
    }


def _proof(entry: Entry) -> dict[str, Any]:
    return {
        "source": entry.source,
        "message_id": entry.message_id or None,
        "grade": entry.grade.value if entry.grade else None,
        "date": entry.day.isoformat(),
    }


def _charge(charge: Charge) -> dict[str, Any]:
    return {
        "date": charge.day.isoformat(),
        "amount": money(charge.amount),
        "currency": charge.currency or None,
        "source": charge.source or None,
    }


def iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def money(amount: Decimal | None) -> str | None:
    return decimal_string(amount) if amount is not None else None


def _value(fact: Fact[T] | None) -> T | None:
    return fact.value if fact else None
