"""Facts that a page says to programs (schema.org), which go before those read from words.

Only sums, days and numbers of bills and orders: a kind is asserted by words that a person sees, never by these.
Where the words say otherwise, the fact is ambiguous.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TypeVar

from cancelproof.model import STRUCTURED, Fact, Facts, Item, Kind

T = TypeVar("T")

_PAID = frozenset({Kind.RECEIPT, Kind.REFUND, Kind.RENEWAL, Kind.PAYMENT_FAILED})
_TYPES = frozenset({"Invoice", "Order"})
_AMOUNTS = ("totalPaymentDue.price", "totalPaymentDue.value", "totalPaymentDue", "price", "total.price", "total")
_CURRENCIES = ("totalPaymentDue.priceCurrency", "totalPaymentDue.currency", "priceCurrency", "total.priceCurrency")
_DAYS = ("scheduledPaymentDate", "paymentDueDate", "paymentDue", "orderDate")
_REFERENCES = ("orderNumber",)
_VENDORS = ("seller.name", "merchant.name", "provider.name", "broker.name")
_SERVICES = ("acceptedOffer.itemOffered.name", "referencesOrder.acceptedOffer.itemOffered.name")
_AMOUNT = re.compile(r"\d{1,9}(?:\.\d{1,2})?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ].*)?")


def prefer(facts: Facts, items: Sequence[Item], kind: Kind) -> Facts:
    """Return the facts of a bill or a renewal with those of the page's structured data before them."""
    bills = [item for item in items if item.type in _TYPES]
    if kind not in _PAID or len(bills) != 1:  # of several bills none speaks for the mail
        return facts
    bill = bills[0]
    amount, currency = _amount(bill), _currency(bill)
    if amount and currency:
        facts = replace(facts, amount=_over(facts.amount, amount), currency=_over(facts.currency, currency))
    if day := _day(bill):
        if kind is Kind.RENEWAL:
            facts = replace(facts, effective_on=_over(facts.effective_on, day))
        elif kind is not Kind.PAYMENT_FAILED:
            facts = replace(facts, charged_on=_over(facts.charged_on, day))
    return _with_names(facts, bill)


def _with_names(facts: Facts, bill: Item) -> Facts:
    """The facts with the number, vendor and contract that words do not name."""
    return replace(
        facts,
        reference=facts.reference or _text(bill, _REFERENCES),
        vendor=facts.vendor or _text(bill, _VENDORS),
        service=facts.service or _text(bill, _SERVICES),
    )


def _text(item: Item, paths: Iterable[str]) -> Fact[str] | None:
    found = _found(item, paths)
    return _fact(found[1], found) if found else None


def _over(worded: Fact[T] | None, stated: Fact[T]) -> Fact[T]:
    """The stated fact; where words say the same, theirs, which a person can see."""
    if worded is None:
        return stated
    return worded if worded.value == stated.value else replace(stated, ambiguous=True)


def _found(item: Item, paths: Iterable[str]) -> tuple[str, str] | None:
    values = dict(reversed(item.values))  # of two of a name the first
    return next(((path, values[path]) for path in paths if values.get(path)), None)


def _fact(value: T, found: tuple[str, str]) -> Fact[T]:
    return Fact(value=value, raw=f"{found[0]}: {found[1]}", statement=STRUCTURED)


def _amount(item: Item) -> Fact[Decimal] | None:
    found = _found(item, _AMOUNTS)
    return _fact(Decimal(found[1]), found) if found and _AMOUNT.fullmatch(found[1]) and Decimal(found[1]) else None


def _currency(item: Item) -> Fact[str] | None:
    found = _found(item, _CURRENCIES)
    return _fact(found[1], found) if found and _CURRENCY.fullmatch(found[1]) else None


def _day(item: Item) -> Fact[date] | None:
    found = _found(item, _DAYS)
    day = _DAY.fullmatch(found[1]) if found else None
    try:
        return _fact(date.fromisoformat(day[1]), found) if day and found else None
    except ValueError:
        return None
