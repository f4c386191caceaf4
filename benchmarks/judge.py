"""How long judging takes: 2,000 contracts with 50,000 mails, in the shapes that mailboxes have; `make bench`.

Run alone it prints each shape at half and at full size: twice the mails should take twice the time.
"""

from __future__ import annotations

import gc
import random
import sys
import time
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal

from cancelproof.judge import judge
from cancelproof.model import Authenticity, Entry, Grade, Kind, Told

TODAY = date(2026, 6, 15)
OWNER = "owner@example.org"
CONTRACTS, MAILS = 2_000, 50_000
ROUNDS = 3
#: What a contract's last mails say, by turns; all before are bills.
_ENDINGS = (
    (),
    (Kind.REQUEST, Kind.CLOSURE),
    (Kind.REQUEST, Kind.ACKNOWLEDGEMENT),
    (Kind.REQUEST, Kind.REFUSAL),
    (Kind.REQUEST, Kind.CLOSURE, Kind.RECEIPT),
    (Kind.CLOSURE, Kind.REACTIVATION),
    (Kind.RENEWAL,),
)


def _mail(serial: int, kind: Kind, day: date, **facts: object) -> Entry:
    sent = kind is Kind.REQUEST
    word = Authenticity.UNAUTHENTICATED if sent else Authenticity.ATTESTED
    values: dict[str, object] = {
        "sha256": f"{serial:064x}",
        "message_id": f"<{serial}@x.example>",
        "source": f"{serial}.eml",
        "sender": OWNER if sent else f"desk@{facts['vendor_domain']}",
        "subject": f"About your plan, {serial}",
        "sentence": "Your plan was charged.",
        "amount": Decimal("9.99") if kind is Kind.RECEIPT else None,
        "currency": "EUR",
        "sent": sent,
        "authentic": word.authentic,
        "authenticity": word,
        "grade": Grade.B if kind is Kind.CLOSURE else None,
    }
    return Entry(kind=kind, day=day, **{**values, **facts})  # type: ignore[arg-type]  # a table of fields


def _contract(first: int, mails: int, ending: int, **facts: object) -> Iterable[Entry]:
    kinds = [Kind.RECEIPT] * (mails - len(_ENDINGS[ending])) + list(_ENDINGS[ending])
    start = TODAY - timedelta(days=30 * len(kinds) + first % 29)
    for place, kind in enumerate(kinds):
        yield _mail(first + place, kind, start + timedelta(days=30 * place), **facts)


def mailbox(shape: str, mails: int = MAILS, contracts: int = CONTRACTS) -> tuple[list[Entry], list[Told]]:
    """Return the mails of a shape in no order, and what the owner told of every tenth contract.

    `shape`: "vendors" (each contract its own vendor), "numbers" or "services" (fifty of one vendor).
    """
    each, found, told = mails // contracts, [], []
    for n in range(contracts):
        vendor = n if shape == "vendors" else n // 50
        names: dict[str, object] = {"vendor": f"Brand {vendor}", "vendor_domain": f"brand{vendor}.example"}
        if shape == "numbers":
            names["number"] = f"N-{n:07}"
        if shape != "vendors":
            names["service"] = f"Plan {n % 50}" if shape == "services" else "Plan"
        found += _contract(n * each, each, n % len(_ENDINGS), **names)
        if n % 10 == 0:
            told.append(Told(vendor=f"Brand {vendor}", service=str(names.get("service", "")), requested_on=TODAY))
    random.Random(1).shuffle(found)  # an order, no secret
    return found, told


def seconds(work: Callable[[], object]) -> float:
    """Seconds of processor time, the fastest of a few rounds: the others were disturbed."""
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()  # of this process alone: other programs of the machine do not count
        work()
        times.append(time.process_time() - start)
    return min(times)


def speed() -> float:
    """Seconds for ten million additions: 0.4 on an idle core of 2020, more where others compete for it."""

    def add() -> None:
        total = 0
        for number in range(10_000_000):
            total += number

    return seconds(add)


def main() -> None:
    gc.freeze()
    sys.stdout.write(f"this machine now: {speed():.2f} s for ten million additions (0.4 s on an idle core)\n")
    for shape in ("vendors", "numbers", "services"):
        for share in (2, 1):
            entries, told = mailbox(shape, MAILS // share, CONTRACTS // share)
            taken = seconds(lambda e=entries, t=told: judge(e, t, [OWNER], TODAY))  # type: ignore[misc]
            sys.stdout.write(f"{shape:<10}{len(entries):7} mails, {CONTRACTS // share:5} contracts{taken:8.2f} s\n")


if __name__ == "__main__":
    main()
