"""Domain names: comparing them, and finding who registered them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cancelproof import domains

REGISTRABLE = [
    ("netflix.com", "netflix.com"),
    ("mail.shop.co.uk", "shop.co.uk"),
    ("Mailer.Netflix.COM.", "netflix.com"),
    ("netflix.com.account-billing.top", "account-billing.top"),
    ("bücher.de", "xn--bcher-kva.de"),
    ("www.xn--bcher-kva.de", "xn--bcher-kva.de"),
    ("mail。shop。jp", "shop.jp"),
    ("mx.example.org", "example.org"),
    ("shop.example", "shop.example"),  # an unknown top level counts as a suffix
    ("a.pages.dev", "a.pages.dev"),  # two customers of one host are strangers
    ("co.uk", ""),
    ("localhost", ""),
    ("", ""),
    (".", ""),
    ("a..b.com", ""),
    ("192.0.2.1", ""),
    ("[192.0.2.1]", ""),
    ("ipv6:2001:db8::1", ""),
    ("two words.com", ""),
    ("a" * 64 + ".com", ""),
    ("a." * 2000 + "com", ""),
    ("\ud800.com", ""),
]


@pytest.mark.parametrize(("domain", "expected"), REGISTRABLE)
def test_registrable(domain: str, expected: str) -> None:
    """A name leads to the domain that somebody registered, in one form, or to nothing."""
    assert domains.registrable(domain) == expected


@given(st.text(max_size=300))
def test_any_text_has_a_stable_answer(text: str) -> None:
    """Whatever stands where a domain should, the answer is ASCII and its own registrable domain."""
    found = domains.registrable(text)
    assert found.isascii()
    assert domains.registrable(found) == found


def test_organisation_of_a_bare_host_is_the_host() -> None:
    """A host without a registrable domain is only its own organisation."""
    assert domains.organisation("Mailstore") == "mailstore"
    assert domains.organisation("mx.example.org") == "example.org"


def test_label_and_suffix() -> None:
    """The registered word and the suffix under which it was registered."""
    assert (domains.label("mail.netflix.co.uk"), domains.suffix("mail.netflix.co.uk")) == ("netflix", "co.uk")


@pytest.mark.parametrize(
    ("domain", "hosted"),
    [("shop.myshopify.com", True), ("a.b.github.io", True), ("shop.co.uk", False), ("shop.com", False), ("com", False)],
)
def test_is_hosted(domain: str, hosted: bool) -> None:
    """A name that a host gave to its customer is told from one that was registered."""
    assert domains.is_hosted(domain) is hosted


@pytest.mark.parametrize(
    ("domain", "found"), [("a.b.shop.com", "shop.com"), ("shop.com", "shop.com"), ("myshop.com", "")]
)
def test_within(domain: str, found: str) -> None:
    """A domain lies within another at a dot, never in the middle of a word."""
    assert domains.within(domain, {"shop.com"}) == found


@pytest.mark.parametrize(
    ("name", "listed"), [("norton.com", True), ("Dr.Max", False), ("node.js", False), ("com", False)]
)
def test_is_listed(name: str, listed: bool) -> None:
    """Only a name under a suffix that exists is meant as a domain."""
    assert domains.is_listed(name) is listed
