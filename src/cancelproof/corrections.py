"""The owner's word on a mail, put over what was read of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from cancelproof.model import Correction, Fact, Facts, Hit, Reading

_DAYS = frozenset({"effective_on", "requested_on", "charged_on", "period_end"})
_TEXTS = frozenset({"vendor", "vendor_domain", "service", "number", "reference"})
#: The facts that an owner may correct.
FACTS = tuple(sorted(_DAYS | _TEXTS | {"amount", "currency"}))
_CURRENCY = re.compile(r"[A-Z]{3}")
_AMOUNT = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,4})?")


def value_of(name: str, text: str) -> str | date | Decimal:
    """The value of a fact as written; ValueError, in words for a person, where it is none."""
    if name in _DAYS:
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise ValueError(f"{text!r} is no day; write it like 2026-11-01") from None
    if name == "amount":
        return _amount(text)
    if name == "currency" and not _CURRENCY.fullmatch(text):
        raise ValueError(f"{text!r} is no currency; write EUR")
    return text


def _amount(text: str) -> Decimal:
    if not _AMOUNT.fullmatch(text):
        raise ValueError(f"{text!r} is no amount; write 59.99")
    return Decimal(text)


def put_over(reading: Reading, correction: Correction) -> Reading:
    """The reading with the owner's word on it; the proof is to be graded anew.

    What the owner says a mail is was read by no rule that is proven: it never earns the best grade. Where the rules say
    the same, they stand.
    """
    decision = reading.decision
    otherwise = correction.kind is not None and correction.kind is not decision.kind
    if correction.kind and otherwise:
        told = Hit(
            rule=f"owner {correction.kind} told", kind=correction.kind, statement=-1, words="", experimental=True
        )
        why = "you said so"
        decision = replace(decision, kind=correction.kind, hit=_deciding(decision.hits, told), why=why)
    said = (*(("kind",) if otherwise else ()), *correction.facts)
    return replace(reading, decision=decision, facts=_facts(reading.facts, correction.facts), corrected=said)


def _deciding(hits: tuple[Hit, ...], told: Hit) -> Hit:
    """The owner's word; where a rule found the same kind unguarded, its words stand for it."""
    same = next((hit for hit in hits if hit.kind is told.kind and not hit.off), None)
    return replace(told, statement=same.statement, words=same.words) if same else told


def _facts(facts: Facts, said: Mapping[str, str | None]) -> Facts:
    new: dict[str, Any] = {
        name: None if text is None else Fact(value=value_of(name, text), told=True) for name, text in said.items()
    }
    return replace(facts, **new)
