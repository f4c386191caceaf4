"""What was told under a product's or a former name joins the vendor that the files name, and hides no missing proof."""

from __future__ import annotations

from collections import Counter

import pytest

from cancelproof.judge import Directory, directory, judge
from cancelproof.judge.names import alike
from cancelproof.model import Case, Entry, Told
from cancelproof.rules.values import Vendor
from judge_fixture import OWNER, bills, day, mail, told
from rules_fixture import compiled_rules

MONTHS = ("2026-01-05", "2026-02-05", "2026-03-05")
FOOBAR = Vendor(id="foobar", name="Foobar", names=("Quuxly", "Chatly"), domains=("foobar.example",),
    services=("Chatly Plus", "Skybox Ultimate"))  # fmt: skip


def _cases(entries: list[Entry], said: Told, on_file: Directory) -> tuple[Case, ...]:
    return judge(entries, [said], [OWNER], day("2026-04-01"), on_file=on_file)


@pytest.mark.parametrize("name", ["Chatly", "chatly plus", "Quuxly"])
def test_another_name_on_file_joins(name: str) -> None:
    """A product, a service and a former name are the vendor's; the closure then proves what was told."""
    proof = mail("closure", "2026-03-12", service="Chatly Plus")
    found = _cases([*bills(*MONTHS, service="Chatly Plus"), proof], told(name, "2026-03-10"), directory([FOOBAR]))
    assert [(case.vendor, case.status, case.proof) for case in found] == [(name, "proven", proof)]


def test_the_closure_of_another_product_proves_nothing() -> None:
    """Told of one product, the vendor confirms the end of another: the proof of the first is still lacking."""
    proof = mail("closure", "2026-03-12", service="Chatly Plus")
    entries = [*bills(*MONTHS, service="Chatly Plus"), proof]
    found = _cases(entries, told("Skybox Ultimate", "2026-03-10"), directory([FOOBAR]))
    assert sorted((case.vendor, str(case.status)) for case in found) == [
        ("Foobar", "proven"),
        ("Skybox Ultimate", "awaiting_proof"),
    ]


@pytest.mark.parametrize("files", [[], [FOOBAR, Vendor(id="b", name="B", names=("Quuxly",), domains=("b.example",))]])
def test_what_no_file_or_several_name_joins_nothing(files: list[Vendor]) -> None:
    entries = [*bills(*MONTHS), mail("closure", "2026-03-12")]
    found = _cases(entries, told("Quuxly", "2026-03-10"), directory(files))
    assert {(case.vendor, str(case.status)) for case in found} == {("Foobar", "proven"), ("Quuxly", "awaiting_proof")}


def test_a_name_that_mails_bear_is_theirs() -> None:
    """Where mails come under the name that was told, the file's other domains join nothing."""
    red = bills(*MONTHS, vendor="Quuxly", domain="quuxly.example")
    both = Vendor(id="x", name="Foobar", names=("Quuxly",), domains=("foobar.example", "quuxly.example"))
    entries = [*bills(*MONTHS), mail("closure", "2026-03-12"), *red]
    found = _cases(entries, told("Quuxly", "2026-03-10"), directory([both]))
    assert {(case.vendor, str(case.status)) for case in found} == {("Foobar", "proven"), ("Quuxly", "awaiting_proof")}


def test_every_name_on_file_joins_its_vendor() -> None:
    """Each name and service that is one vendor's alone, told beside that vendor's mails, is one case with them."""
    vendors = compiled_rules().vendors
    on_file = directory(vendors)
    homes = Counter(domain for vendor in vendors for domain in vendor.domains)
    apart, tried = [], 0
    for vendor in vendors:
        home = next((domain for domain in vendor.domains if homes[domain] == 1), "")
        for name in (vendor.name, *vendor.names, *vendor.services) if home else ():
            listed = on_file.of(name)
            if listed is None or alike(name, vendor.name):  # alike names join without a file
                continue
            tried += 1
            service = name if listed.product else ""
            entries = [*bills(*MONTHS, vendor=vendor.name, domain=home, service=service)]
            entries += [mail("closure", "2026-03-12", vendor=vendor.name, domain=home, service=service)]
            if len(_cases(entries, told(name, "2026-03-10"), on_file)) != 1:
                apart.append(f"{vendor.id}: {name}")
    assert tried > 500
    assert apart == []
