"""The vendor and platform files: each shows what it is for, and what it says of cancelling becomes values."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from cancelproof.extract.samples import vendor_failures
from cancelproof.rules import parse
from cancelproof.rules.cancelling import Way, ways
from cancelproof.rules.overview import overview
from cancelproof.rules.values import Vendor
from rules_fixture import SMALL, project_rules, small

pytestmark = pytest.mark.dear  # all rules as read

ROOT = Path(__file__).parents[1]
ACME = """vendor: Acme
id: acme
domains: [acme.example]
sector: fitness
services: [Acme Gold]
cancel:
  account_page: {address: acme.example/me, steps: {en: [My page, End], fr: [Ma page, Fin]}, note: {fr: un mois}}
  phone: {}
  letter: {address: "Acme, 1 Quay, Dover", registered: yes}
expects: {confirmation: usual, within_days: 2}
sold_through: [apple]
examples: {en: {closure: [Your Acme Gold subscription was cancelled.]}}
silent: {en: [Your Acme Gold order was cancelled.]}
sources: [a letter]
checked: 2026-11-01
"""


def acme(text: str = ACME) -> Vendor:
    return small(**{"vendors/acme.yaml": text}).vendors[0]


# ---------------------------------------------------------------- the files


def test_every_file_shows_what_it_is_for() -> None:
    """Each vendor and platform has a sentence that must be read as its own, and one that asserts nothing."""
    assert [v.id for v in project_rules().vendors if not v.examples or not v.silent] == []


def test_samples_are_read_as_they_should() -> None:
    """Every example is read as its kind, of its vendor and of a service on file; every silent line as nothing."""
    assert [str(failure) for failure in vendor_failures(project_rules())] == []


def test_many_are_complete() -> None:
    """At least 250 vendors have a country, a line of business, the names of their contracts and a way to cancel."""
    complete = [v for v in project_rules().vendors if v.country and v.sector and v.services and v.cancel]
    assert len(complete) >= 250


def test_the_page_is_made_from_the_files() -> None:
    """docs/vendors.md says what the files say: `cancelproof rules vendors --mails tests/mails > docs/vendors.md`."""
    golden = Counter(json.loads(path.read_bytes())["vendor"] for path in (ROOT / "tests/mails").rglob("*.json"))
    written = (ROOT / "docs" / "vendors.md").read_text(encoding="utf-8")
    assert overview(project_rules().vendors, golden).splitlines() == written.splitlines()


@pytest.mark.parametrize("vendor", ["Dell", "OpenAI"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_first_two_vendors_are_proven_whole(vendor: str, language: str) -> None:
    """Each has a golden mail of every kind that its case may meet, a forged closure among them, in both languages."""
    read = [json.loads(path.read_bytes()) for path in (ROOT / "tests" / "mails" / language).glob("*.json")]
    met = {
        (mail["kind"], mail["authentic"]) for mail in read if mail["vendor"] == vendor and mail["language"] == language
    }
    genuine = {(kind, True) for kind in ("closure", "receipt", "renewal", "refusal")}
    assert (genuine | {("closure", False)}) - met == set()


# ---------------------------------------------------------------- what a file says


def test_ways_to_cancel_in_the_readers_language() -> None:
    """Steps come in the reader's language, else in English, else in what is there."""
    assert ways(acme(), "fr")[0] == Way("account_page", "acme.example/me", ("Ma page", "Fin"), "un mois")
    assert ways(acme(), "de") == (
        Way("account_page", "acme.example/me", ("My page", "End"), "un mois"),
        Way("phone", "", (), ""),
        Way("letter", "Acme, 1 Quay, Dover", (), "", registered=True),
    )


def test_what_confirmation_to_expect() -> None:
    """It is known where senders are, for whoever judges a case."""
    known = small(**{"vendors/acme.yaml": ACME}).senders.vendors[0]
    assert (known.confirmation, known.confirmed_within) == ("usual", 2)
    assert acme().sold_through == ("apple",)


FAULTS = {
    "a way nobody knows": (ACME.replace("phone:", "pigeon:"), "acme.yaml:8: 'pigeon' is not a field of 'cancel'"),
    "a registered call": (ACME.replace("phone: {}", "phone: {registered: yes}"), "'registered' is not a field of"),
    "a line of business": (ACME.replace("fitness", "fitnes"), "'sector' must be one of"),
    "days": (ACME.replace("within_days: 2", "within_days: soon"), "'soon' is no number of days"),
    "a kind": (ACME.replace("{closure:", "{closing:"), "'closing' is not a field of 'examples' in en"),
    "a language": (ACME.replace("silent: {en:", "silent: {xx:"), "acme.yaml:13: no language file is called 'xx'"),
}


@pytest.mark.parametrize(("text", "fault"), FAULTS.values(), ids=FAULTS)
def test_faults(text: str, fault: str) -> None:
    """What a vendor file must not say is refused, with its line."""
    _, faults = parse({"lang/en.yaml": SMALL, "vendors/acme.yaml": text})
    assert any(fault in found for found in faults), faults


SAMPLES = {
    "all is well": (ACME, []),
    "another kind": (ACME.replace("was cancelled.]}}", "runs.]}}"), ["is read as other"]),
    "no service": (ACME.replace("Your Acme Gold subscription", "Your subscription"), ["is read as of the service"]),
    "not silent": (ACME.replace("Acme Gold order", "Acme Gold subscription"), ["is read as closure"]),
}


@pytest.mark.parametrize(("text", "whats"), SAMPLES.values(), ids=SAMPLES)
def test_a_sample_that_fails(text: str, whats: list[str]) -> None:
    """A sample that is not read as its file says is named, with what it was read as."""
    found = list(vendor_failures(small(**{"vendors/acme.yaml": text})))
    assert [what in failure.what for what, failure in zip(whats, found, strict=True)] == [True] * len(whats)
