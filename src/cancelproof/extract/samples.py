"""The sample sentences of vendor files, tried: each must be read as its kind, and as the vendor's own contract."""

from __future__ import annotations

from collections.abc import Iterable

from cancelproof.classify import Classifier
from cancelproof.classify.samples import Failure
from cancelproof.extract import extract, sender_of
from cancelproof.model import Address, Facts, Kind, Message, Statement
from cancelproof.rules.values import Rules, Vendor
from cancelproof.words import cut


def vendor_failures(rules: Rules, below: str = "") -> Iterable[Failure]:
    """Every example and every silent line that fails, of vendor files whose path begins with `below`."""
    classifier = Classifier(rules)
    for vendor in _below(rules, below):
        for code, kind, text in vendor.examples:
            if wrong := _wrong(*_read(classifier, rules, vendor, text), vendor, kind):
                yield Failure(vendor.where_defined, f"{vendor.id} {code} {kind}", text, wrong)
        for code, text in vendor.silent:
            found, _ = _read(classifier, rules, vendor, text)
            if found is not Kind.OTHER:
                yield Failure(vendor.where_defined, f"{vendor.id} {code} silent", text, f"is read as {found}")


def vendor_samples(rules: Rules, below: str = "") -> int:
    """How many such sentences there are."""
    return sum(len(vendor.examples) + len(vendor.silent) for vendor in _below(rules, below))


def _below(rules: Rules, below: str) -> Iterable[Vendor]:
    return (vendor for vendor in rules.vendors if vendor.where_defined.startswith(below))


def as_mail(vendor: Vendor, text: str) -> Message:
    """A sentence as a mail from the vendor's first domain."""
    address = Address(name=vendor.name, mailbox=f"info@{vendor.domains[0]}")
    return Message(senders=(address,), statements=(Statement(text=text),))


def _read(classifier: Classifier, rules: Rules, vendor: Vendor, text: str) -> tuple[Kind, Facts]:
    message = as_mail(vendor, text)
    sender = sender_of(message, rules)
    read = classifier.read(message, vendor_id=sender.id)
    return read.decision.kind, extract(read, sender, rules, None)


def _wrong(found: Kind, facts: Facts, vendor: Vendor, kind: str) -> str:
    """What an example was read as that it should not; "" where all is well."""
    if found != kind:
        return f"is read as {found}"
    if not vendor.platform and (facts.vendor is None or facts.vendor.value != vendor.name):
        return f"is read as of {facts.vendor.value if facts.vendor else 'nobody'}"
    if vendor.services and not vendor.platform and not _names_service(facts, vendor):
        return f"is read as of the service {facts.service.value if facts.service else 'nothing'!r}"
    return ""


def _names_service(facts: Facts, vendor: Vendor) -> bool:
    """Whether the service that was read is one on file, perhaps with more words."""
    read = set(cut(facts.service.value).folded) if facts.service else set()
    return any(set(cut(service).folded) <= read for service in vendor.services)
