"""Entries in one line each: what a mail said, as the ledger keeps it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from cancelproof.judge import judge
from cancelproof.model import Authenticity, Case, Entry, Grade, Kind, Told

OWNER = "owner@example.org"
_DATES = ("effective_on", "requested_on", "charged_on", "period_end")


def day(text: str) -> date:
    return date.fromisoformat(text)


def mail(kind: str, on: str, vendor: str = "Foobar", domain: str = "foobar.example", **facts: Any) -> Entry:
    """A genuine mail of a vendor; a request is the owner's. `facts` are Entry's fields, days and sums as text."""
    for name in _DATES:
        if name in facts:
            facts[name] = day(facts[name])
    if "amount" in facts:
        facts["amount"], facts["currency"] = Decimal(facts["amount"]), facts.get("currency", "EUR")
    sent = facts.setdefault("sent", kind == "request")
    facts.setdefault("sender", OWNER if sent else f"desk@{domain or 'carrier.example'}")
    authentic = facts.setdefault("authentic", None if sent or facts.get("forwarded") else True)
    facts.setdefault("authenticity", _WORDS[authentic])
    facts.setdefault("grade", Grade.B if kind == "closure" else None)
    seed = repr((kind, on, vendor, domain, sorted(facts.items(), key=lambda item: item[0])))
    sha256 = hashlib.sha256(seed.encode()).hexdigest()
    facts.setdefault("source", f"{on}-{kind}-{sha256[:6]}.eml")
    facts.setdefault("message_id", f"<{sha256[:16]}@{domain}>")
    return Entry(sha256=sha256, day=day(on), kind=Kind(kind), vendor=vendor, vendor_domain=domain, **facts)


_WORDS = {
    True: Authenticity.ATTESTED,
    None: Authenticity.UNAUTHENTICATED,
    False: Authenticity.SUSPECT,
}


def bills(*days: str, **facts: Any) -> list[Entry]:
    """A receipt for each day."""
    return [mail("receipt", on, **{"amount": "9.99", **facts}) for on in days]


def told(vendor: str = "Foobar", on: str = "", **facts: str) -> Told:
    return Told(vendor=vendor, requested_on=day(on) if on else None, **facts)


def cases(
    entries: Iterable[Entry], today: str, said: Sequence[Told] = (), owner: Sequence[str] = (OWNER,)
) -> tuple[Case, ...]:
    return judge(tuple(entries), said, owner, day(today))


def only(entries: Iterable[Entry], today: str, said: Sequence[Told] = ()) -> Case:
    """The one case that there is."""
    (case,) = cases(entries, today, said)
    return case
