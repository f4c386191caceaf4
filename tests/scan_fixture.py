"""A ledger and a fake server, scanned night after night, with a reader that counts what it reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from cancelproof.ledger import Ledger
from cancelproof.model import Authenticity, Coverage, Decision, Facts, Kind, Message, Proof, RawMail, Reading, Verdict
from cancelproof.scan import scan
from cancelproof.sources.imap import Budget, ImapAccount, ImapSource
from fake_imap import Fake

TODAY = date(2026, 11, 1)


@dataclass
class Reader:
    """Reads each mail as a closure where its subject is even, and counts how often each was read."""

    read_of: list[bytes] = field(default_factory=list)

    def begin(self, mails: Sequence[RawMail]) -> Callable[[], list[list[tuple[RawMail, Reading]]]]:
        return lambda: [self.sift(mail) for mail in mails]

    def read_each(self, mail: RawMail) -> list[tuple[RawMail, Reading]]:
        return self.sift(mail)

    def sift(self, mail: RawMail) -> list[tuple[RawMail, Reading]]:
        self.read_of.append(mail.raw)
        number = int(mail.raw.partition(b"Subject: ")[2].partition(b"\r\n")[0])
        kind = Kind.OTHER if number % 2 else Kind.CLOSURE
        reading = Reading(
            origin=mail.origin, sha256=mail.sha256, message=Message(), facts=Facts(), proof=Proof(),
            verdict=Verdict(word=Authenticity.UNAUTHENTICATED), decision=Decision(kind=kind, language="en"),
        )  # fmt: skip
        return [(mail, reading)]


class Keeper:
    """Keeps evidence in a list."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []

    def keep_all(self, found: list[RawMail], *, at: datetime, version: str) -> None:
        self.kept += [mail.raw for mail in found]


@dataclass
class Home:
    """A ledger, and a scan of a fake server into it, night after night."""

    ledger: Ledger
    mailroom: Any = field(default_factory=Reader)
    evidence: Any = field(default_factory=Keeper)
    day: date = TODAY
    sent: list[str] = field(default_factory=list)
    budget: Budget = field(default_factory=Budget)  # of the last scan

    def scan(self, fake: Fake, budget: int | None = None, **changes: Any) -> Coverage:
        box = self.ledger.mailbox("mine", self.day)
        account = replace(ImapAccount("mine", "127.0.0.1", fake.port, "me", "none", "x", timeout=5.0), **changes)
        self.budget = Budget(budget)
        source = ImapSource(
            account, box.states(), box, box.quarantined(), self.budget, sleep=lambda _: None, sent=self.sent
        )
        self.mailroom.read_of.clear()
        seen = scan(source, self, lambda: datetime(self.day.year, self.day.month, self.day.day, tzinfo=UTC))
        self.day += timedelta(days=1)
        return replace(seen, vanished=tuple(box.vanished()))

    @property
    def read(self) -> list[int]:
        return sorted(int(raw.partition(b"Subject: ")[2].partition(b"\r\n")[0]) for raw in self.mailroom.read_of)

    def bodies(self) -> list[str]:
        return [command for command in self.sent if "BODY.PEEK[]" in command]


def with_ids(*uids: int, first: int = 0) -> dict[int, bytes]:
    """Mails with a Message-ID; their subject is their number, their UID another from `first` on."""
    return {
        uid + first: b"Message-ID: <%d@shop.example>\r\nSubject: %d\r\n\r\nA text.\r\n" % (uid, uid) for uid in uids
    }
