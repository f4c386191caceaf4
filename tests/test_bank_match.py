"""Which movements are a vendor's: by name, by who collects for it, by sum and by rhythm; the rest is left alone."""

# ruff: noqa: E501  # rows of tables and lines of files stay whole

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cancelproof.bank import Line, Match, matches
from cancelproof.judge import judge
from cancelproof.model import Case, Entry
from cancelproof.rules import Rules, parse
from judge_fixture import OWNER, bills, day, told

VENDORS = {
    "vendors/netflix.yaml": "{vendor: Netflix, id: netflix, domains: [netflix.com], sector: streaming}",
    "vendors/free.yaml": "{vendor: Free, id: free, domains: [free.fr], common_word: yes, names: [Free Mobile]}",
    "vendors/shop.yaml": "{vendor: Shoppi, id: shop, domains: [shoppi.example], sector: retail, statement_names: [SHPP PRIME]}",
    "platforms/apple.yaml": "{vendor: Apple, id: apple, domains: [apple.com], statement_names: [APPLE.COM/BILL]}",
    "platforms/paypal.yaml": "{vendor: PayPal, id: paypal, domains: [paypal.com], statement_names: [PAYPAL]}",
    "platforms/stripe.yaml": "{vendor: Stripe, id: stripe, domains: [stripe.com], statement_names: [STRIPE]}",
}  # fmt: skip
MONTHLY = ("2026-01-05", "2026-02-05", "2026-03-05")


@pytest.fixture(scope="module")
def rules() -> Rules:
    found, faults = parse(VENDORS)
    assert not faults
    return found


def line(text: str, amount: str = "-9.99", on: str = "2026-04-05", party: str = "") -> Line:
    return Line(place=on, day=day(on), amount=Decimal(amount), currency="EUR", text=text, party=party)


def known(*entries: Entry, vendor: str = "") -> tuple[Case, ...]:
    """The cases of these mails, and of a vendor that was only told."""
    return judge(entries, [told(vendor, on="2026-01-01")] if vendor else [], OWNER, day("2026-11-01"))


def found(cases: Sequence[Case], rules: Rules, *lines: Line) -> list[Match]:
    return matches([("giro.csv", lines)], cases, rules)


def of(*days: str, **facts: str) -> list[Entry]:
    return bills(*days, vendor=facts.pop("vendor", "Netflix"), domain=facts.pop("domain", "netflix.com"), **facts)


NETFLIX = of(*MONTHLY)
SHOP = of(*MONTHLY, vendor="Shoppi", domain="shoppi.example")
APP = of(*MONTHLY, vendor="Murmelo", domain="", sender="no_reply@email.apple.com")
PAID = of(*MONTHLY, vendor="Pebbledrive", domain="", sender="service@paypal.com")

#: The mails, a movement, how sure it is ("" where it is nobody's), and one of the reasons.
LINES: dict[str, tuple[list[Entry], Line, str, str]] = {
    "its name": (NETFLIX, line("NETFLIX.COM LOS GATOS"), "counted", "name"),
    "its sum": (NETFLIX, line("NETFLIX.COM"), "counted", "sum"),
    "its name in another word": (NETFLIX, line("CARTE NETFLIXCOM 05/04"), "counted", "sum"),
    "its name as the party": (NETFLIX, line("Abo", party="Netflix International B.V."), "counted", "name"),
    "a price that was raised": (NETFLIX, line("NETFLIX.COM", "-12.99"), "counted", "near_sum"),
    "in step, at a far other sum": (NETFLIX, line("NETFLIX.COM", "-99.99"), "counted", "step"),
    "another's name": (NETFLIX, line("DISNEY PLUS"), "", ""),
    "part of another word": (NETFLIX, line("INTERNETFLIXER"), "", ""),
    "a name that is a common word": (of(*MONTHLY, vendor="Free", domain="free.fr"), line("GLUTEN FREE SHOP", "-31"), "doubtful", "other_sum"),
    "a common word, of its sum": (of(*MONTHLY, vendor="Free", domain="free.fr"), line("PRLV FREE 12345", on="2026-04-20"), "counted", "sum"),
    "the longer name of it": (of(*MONTHLY, vendor="Free", domain="free.fr"), line("PRLV SEPA FREE MOBILE", "-12.99", "2026-04-20"), "counted", "near_sum"),
    "a shop, of its sum": (SHOP, line("SHPP PRIME 123", on="2026-04-20"), "counted", "sum"),
    "a shop, of any sum": (SHOP, line("SHOPPI MKTPLACE", "-54.20", "2026-04-20"), "doubtful", "other_sum"),
    "a shop, near its sum": (SHOP, line("SHOPPI MKTPLACE", "-11.20", "2026-04-20"), "doubtful", "near_sum"),
    "a store, of sum and day": (APP, line("APPLE.COM/BILL"), "counted", "platform"),
    "a store, of the sum alone": (APP, line("APPLE.COM/BILL", on="2026-04-20"), "doubtful", "platform"),
    "a store, of another sum": (APP, line("APPLE.COM/BILL", "-2.99"), "", ""),
    "a store that names it": (APP, line("APPLE.COM/BILL MURMELO", "-9.99", "2026-04-20"), "counted", "sum"),
    "a store that bills none of these": (NETFLIX, line("APPLE.COM/BILL"), "", ""),
    "collected for it, cut short": (PAID, line("PAYPAL *PEBBLEDR 35314369001", on="2026-04-20"), "counted", "sum"),
    "collected for another": (PAID, line("PAYPAL *SOMEBODY 35314369001"), "", ""),
    "collected, and named in the text": (PAID, line("PAYPAL *PEBBLEDRIVE", party="PayPal Europe"), "counted", "name"),
    "paid back": (NETFLIX, line("NETFLIX.COM", "9.99"), "counted", "sum"),
}  # fmt: skip


@pytest.mark.parametrize(("mails", "movement", "sure", "reason"), LINES.values(), ids=LINES)
def test_movements(rules: Rules, mails: list[Entry], movement: Line, sure: str, reason: str) -> None:
    """How sure a movement is, and by what."""
    hits = found(known(*mails), rules, movement)
    assert [hit.sureness for hit in hits] == ([sure] if sure else [])
    assert all(reason in hit.why for hit in hits)


def test_a_vendor_that_was_only_told(rules: Rules) -> None:
    """The mailbox is silent: its name is all that is known, and enough, unless it is a word like any other."""
    (hit,) = found(known(vendor="Kletterhalle Nord"), rules, line("LASTSCHRIFT KLETTERHALLE NORD GMBH", "-39"))
    assert (hit.sureness, hit.why) == ("counted", ("name", "no_sums_known"))
    (hit,) = found(known(vendor="Free"), rules, line("SUGAR FREE", "-39"))
    assert hit.sureness == "doubtful"


def test_what_comes_every_month_counts(rules: Rules) -> None:
    """Regular charges of one sum are no purchases, whatever else the vendor sells."""
    days = ("2026-06-10", "2026-07-10", "2026-08-11", "2026-08-20")
    hits = found(known(*SHOP), rules, *(line("SHOPPI", "-54.20", on) for on in days))
    assert [hit.sureness for hit in hits] == ["counted", "counted", "counted", "doubtful"]
    assert ["rhythm" in hit.why for hit in hits] == [True, True, True, False]


def test_what_the_owner_calls_a_vendor(rules: Rules) -> None:
    """A line that names nobody is known by the owner's words, whatever its sum; so is one that would be doubtful."""
    lines = [("giro.csv", [line("SB-KLH 4711 DANKT", "-39"), line("KLH 4712", "-39")])]
    cases = known(vendor="Kletterhalle Nord")
    (hit,) = matches(lines, cases, rules, aliases={"klh 4711": "kletterhalle nord"})
    assert (hit.sureness, hit.why[0], hit.charge.vendor) == ("counted", "alias", "Kletterhalle Nord")
    (hit,) = matches(
        [("giro.csv", [line("APPLE.COM/BILL", "-2.99")])], known(*APP), rules, aliases={"apple.com/bill": "Murmelo"}
    )
    assert hit.sureness == "counted"


def test_two_contracts_collected_alike(rules: Rules) -> None:
    """Of one store and one sum nobody can say which; the owner is told that it may be either."""
    other = of(*MONTHLY, vendor="Lanternbox", domain="", sender="no_reply@email.apple.com")
    (hit,) = found(known(*APP, *other), rules, line("APPLE.COM/BILL"))
    assert (hit.sureness, hit.charge.vendor) == ("doubtful", "Lanternbox / Murmelo")
    assert "several" in hit.why


def test_a_second_reading_changes_nothing(rules: Rules) -> None:
    """The same file again, with more rows, or under another name: what was kept is known."""
    cases = known(*NETFLIX)
    lines = [line("NETFLIX.COM"), line("NETFLIX.COM", on="2026-05-05")]
    kept = [hit.charge for hit in found(cases, rules, *lines)]
    again = matches([("renamed.csv", [line("NETFLIX.COM", on="2026-06-05"), *lines])], cases, rules, kept)
    assert [hit.sureness for hit in again] == ["known", "known", "counted"]


def test_another_format_of_the_same_statement(rules: Rules) -> None:
    """Other words and a day of booking that differs are one movement; two on one day are two in each."""
    cases = known(*NETFLIX)
    kept = [hit.charge for hit in found(cases, rules, line("NETFLIX.COM"), line("NETFLIX.COM"))]
    assert len({charge.id for charge in kept}) == 2
    other = [line("Netflix 1", on="2026-04-06"), line("Netflix 2", on="2026-04-06"), line("Netflix 3", on="2026-04-06")]
    hits = matches([("giro.xml", other)], cases, rules, kept)
    assert sorted(hit.sureness for hit in hits) == ["counted", "known", "known"]


def test_what_is_kept_of_a_movement(rules: Rules) -> None:
    """What it calls the vendor, without the numbers of accounts and cards."""
    movement = line("NETFLIX.COM 4111111111111111 DE02120300000000202051 XXXX1234 ref353143690a")
    (hit,) = found(known(*NETFLIX), rules, replace(movement, rail="card"))
    assert hit.charge.words == "NETFLIX.COM … … … ref…a"
    assert (hit.charge.rail, hit.charge.source) == ("card", "bank:giro.csv#2026-04-05")
    assert hit.charge.day == date(2026, 4, 5)


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text(text: str, party: str) -> None:
    """Whatever a bank writes, it is matched or not."""
    rules, _ = parse(VENDORS)
    cases = known(*NETFLIX, *APP)
    for hit in found(cases, rules, line(text, party=party)):
        assert hit.charge.vendor
