"""What is known of one contract, put in order once: its mails by kind, what the owner told, every charge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from cancelproof.judge.billing import Bill, bills, interval
from cancelproof.judge.mails import order
from cancelproof.model import BankCharge, Entry, Kind, Told


@dataclass(frozen=True, slots=True)
class History:
    """The genuine mails of a contract, oldest first, what the owner told of it, and every charge once.

    `today` is the day that is asked about, `interval` the usual number of days from one charge to the next, None where
    they are not regular. `debits` are the bank's movements that entries stand for, by SHA-256.
    """

    entries: Sequence[Entry]
    told: Sequence[Told]
    today: date
    by_kind: Mapping[Kind, Sequence[Entry]]
    charged: Sequence[Bill]
    interval: int | None
    debits: Mapping[str, BankCharge]

    def of(self, *kinds: Kind) -> Sequence[Entry]:
        """The mails of these kinds, oldest first."""
        found = [self.by_kind[kind] for kind in kinds if kind in self.by_kind]
        if len(found) < 2:
            return found[0] if found else ()
        return sorted(chain.from_iterable(found), key=order)

    def since(self, day: date) -> History:
        """The same without the mails before a day."""
        return history([entry for entry in self.entries if entry.day >= day], self.told, self.today, self.debits)


def history(entries: Sequence[Entry], told: Sequence[Told], today: date, debits: Mapping[str, BankCharge]) -> History:
    """Put the mails of a contract, oldest first, in order."""
    by_kind: dict[Kind, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_kind[entry.kind].append(entry)
    charged = bills(by_kind.get(Kind.RECEIPT, ()), debits)
    return History(entries, told, today, dict(by_kind), charged, interval([bill.day for bill in charged]), debits)
