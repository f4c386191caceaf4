"""What a page says to programs: read as plain values, within limits, and put before words where a bill says it."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cancelproof.extract import prefer
from cancelproof.message import read, structured
from cancelproof.model import STRUCTURED, Fact, Facts, Item, Kind, Message
from message_fixture import MARKS, page

INVOICE = {
    "@context": "http://schema.org",
    "@type": "Invoice",
    "accountId": "A-1",
    "totalPaymentDue": {"@type": "PriceSpecification", "price": 9.90, "priceCurrency": "EUR"},
    "paymentDueDate": "2026-03-05T00:00:00+01:00",
    "provider": {"@type": "Organization", "name": "Ostrevan"},
}
MICRODATA = (
    '<div itemscope itemtype="http://schema.org/Order"><meta itemprop="orderNumber" content="R-77">'
    '<div itemprop="seller" itemscope itemtype="http://schema.org/Organization"><b itemprop="name">Ostrevan</b></div>'
    '<span itemprop="price">12.50</span><meta itemprop="priceCurrency" content="GBP">'
    '<time itemprop="orderDate" datetime="2026-04-01">1st of April</time></div>'
)


def script(value: object) -> bytes:
    return page(f'<script type="application/ld+json">{json.dumps(value)}</script><p>Paid.</p>')


def items(raw: bytes) -> tuple[Item, ...]:
    return read(raw, MARKS).items


def test_json_ld() -> None:
    """Flat, numbers as they are written; what is said to programs is no sentence of the mail."""
    (item,) = items(script(INVOICE))
    assert item.type == "Invoice"
    assert dict(item.values) == {
        "accountId": "A-1",
        "totalPaymentDue.price": "9.9",
        "totalPaymentDue.priceCurrency": "EUR",
        "paymentDueDate": "2026-03-05T00:00:00+01:00",
        "provider.name": "Ostrevan",
    }
    assert [s.text for s in read(script(INVOICE), MARKS).statements][1:] == ["Paid."]


@pytest.mark.parametrize("value", [[INVOICE], {"@graph": [INVOICE]}])
def test_lists_and_graphs(value: object) -> None:
    assert [item.type for item in items(script(value))] == ["Invoice"]


def test_microdata() -> None:
    """Values of attributes before texts; an item within an item by its path."""
    (item,) = items(page(MICRODATA))
    assert item.type == "Order"
    assert dict(item.values) == {
        "orderNumber": "R-77", "seller.name": "Ostrevan", "price": "12.50", "priceCurrency": "GBP",
        "orderDate": "2026-04-01",
    }  # fmt: skip


HOSTILE = {
    "no JSON": page('<script type="application/ld+json">{"@type": Invoice, alert(1)}</script>'),
    "deep": page('<script type="application/ld+json">' + "[" * 20_000 + "</script>"),
    "large": script({"@type": "Invoice", "price": "9" * 60_000}),
    "a number without end": page('<script type="application/ld+json">{"price": ' + "9" * 40_000 + "}</script>"),
    "wide": script({"@type": "Invoice", **{f"k{n}": "v" for n in range(3_000)}}),
    "not a name": script({"@type": {"a": 1}, "price": [[[[[[[["x"]]]]]]]]}),
    "many properties": page('<div itemscope><i itemprop="a">x</i></div>' * 5_000),
    "nested": page("<div itemscope itemprop=a>" * 3_000 + "<i itemprop=b>x</i>"),
    "no item": page("<i itemprop=price>9.99</i>"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages(name: str) -> None:
    """What is broken, deep or endless costs no time and yields a bounded lot of short values."""
    started = time.process_time()
    message = read(HOSTILE[name], MARKS)
    assert time.process_time() - started < 5
    assert not any(defect.startswith("could not be read") for defect in message.defects)
    assert len(message.items) <= structured.MAX_ITEMS
    for item in message.items:
        assert len(item.values) <= structured.MAX_VALUES
        assert all(len(value) <= structured.MAX_VALUE for _, value in item.values)


BILL = Item(
    type="Invoice",
    values=(
        ("totalPaymentDue.price", "9.90"),
        ("totalPaymentDue.priceCurrency", "EUR"),
        ("paymentDueDate", "2026-03-05"),
    ),
)
WORDED = Facts(
    amount=Fact(value=Decimal("9.90"), raw="9,90 €", statement=3), currency=Fact(value="EUR", raw="€", statement=3)
)


def test_a_bills_data_go_before_words() -> None:
    """Where the words agree they stand, where they differ the fact is ambiguous, where they lack it is the page's."""
    same = prefer(WORDED, [BILL], Kind.RECEIPT)
    assert (same.amount, same.currency) == (WORDED.amount, WORDED.currency)
    assert same.charged_on == Fact(value=date(2026, 3, 5), raw="paymentDueDate: 2026-03-05", statement=STRUCTURED)
    other = prefer(replace(WORDED, amount=Fact(value=Decimal(8), raw="8 €", statement=3)), [BILL], Kind.RECEIPT)
    assert other.amount is not None
    assert (other.amount.value, other.amount.ambiguous) == (Decimal("9.90"), True)
    assert prefer(Facts(), [BILL], Kind.RENEWAL).effective_on is not None


def test_names_fill_only_what_words_lack() -> None:
    """Vendor, contract and number of an order; what the mail says in words stands."""
    values = (("orderNumber", "R-7"), ("seller.name", "Ostrevan"), ("acceptedOffer.itemOffered.name", "Duo"))
    order = Item(type="Order", values=values)
    found = prefer(Facts(), [order], Kind.RECEIPT)
    assert [fact.value for fact in (found.reference, found.vendor, found.service) if fact] == ["R-7", "Ostrevan", "Duo"]
    worded = Facts(vendor=Fact(value="Ostrevan Ltd", statement=1))
    assert prefer(worded, [order], Kind.RECEIPT).vendor == worded.vendor


@pytest.mark.parametrize(
    ("items", "kind"),
    [
        ([BILL], Kind.CLOSURE),
        ([BILL, BILL], Kind.RECEIPT),
        ([replace(BILL, type="Event")], Kind.RECEIPT),
        ([replace(BILL, values=(("price", "-3"), ("priceCurrency", "EUR")))], Kind.RECEIPT),
        ([replace(BILL, values=(("price", "3"), ("priceCurrency", "euros")))], Kind.RECEIPT),
        (
            [replace(BILL, values=(("price", "1e9"), ("priceCurrency", "EUR"), ("orderDate", "2026-99-01")))],
            Kind.RECEIPT,
        ),
    ],
)
def test_what_says_nothing(items: list[Item], kind: Kind) -> None:
    """Another kind, several bills, another type, sums and days that are none."""
    assert prefer(Facts(), items, kind) == Facts()


def test_no_page_no_items() -> None:
    assert Message().items == ()
