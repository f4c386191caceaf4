"""Whatever happens to a mailbox and to the program, each mail is judged once and none is passed over."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from cancelproof.ledger import Ledger, open_ledger
from cancelproof.model import Batch, Origin, RawMail
from cancelproof.scan import scan
from cancelproof.sources import reader
from cancelproof.sources.imap import Budget, ImapAccount, ImapSource
from fake_imap import Fake, served
from scan_fixture import TODAY, Home

FOLDERS = (b"INBOX", b"Archive", b"Spam")
_NOWHERE = Origin(source="")
_BATCH = 3  # mails: small, so that a kill falls between batches


class Killed(BaseException):
    """kill -9: nothing that comes after it is done."""


@dataclass
class Mortal:
    """A source that dies before the batch `dies_at` is handed over."""

    source: ImapSource
    dies_at: int

    @property
    def name(self) -> str:
        return self.source.name

    def batches(self) -> Iterator[Batch]:
        for number, batch in enumerate(self.source.batches()):
            if number == self.dies_at:
                raise Killed
            yield batch


class Books:
    """Counts each mail that was judged once its batch is on disk; dies in the middle of a batch if told so."""

    def __init__(self, ledger: Ledger, judged: Counter[bytes], dies_at: int) -> None:
        self.real, self.judged, self.dies_at = ledger, judged, dies_at
        self.home = Home(ledger)
        self.mailroom, self.evidence = self.home.mailroom, self.home.evidence
        self.ledger: Any = self

    def has(self, hashes: Iterator[str]) -> set[str]:
        return self.real.has(hashes)

    def put(self, entries: Sequence[Any], **more: Any) -> int:
        self.dies_at -= 1
        if self.dies_at == 0:
            raise Killed
        done = self.real.put(entries, **more)
        self.judged.update(self.mailroom.read_of)
        self.mailroom.read_of.clear()
        return done


class Mailboxes(RuleBasedStateMachine):
    """A server with three folders, its owner, its faults, and a scan at any time."""

    @initialize()
    def start(self) -> None:
        self.stack = ExitStack()
        home = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.boxes: dict[bytes, dict[int, bytes]] = {name: {} for name in FOLDERS}
        self.next = dict.fromkeys(FOLDERS, 1)
        self.fake = self.stack.enter_context(served(Numbered(self.boxes, self.next)))
        self.ledger = self.stack.enter_context(open_ledger(str(home / "ledger.sqlite")))
        self.patch = self.stack.enter_context(pytest.MonkeyPatch.context())
        self.patch.setattr(reader, "BATCH_MAILS", _BATCH)
        self.judged: Counter[bytes] = Counter()
        self.number = 0
        self.day = TODAY

    def teardown(self) -> None:
        if hasattr(self, "stack"):
            self.scan(dies_at=99, before=99)
            self.all_are_judged()
            self.stack.close()

    @rule(folder=st.sampled_from(FOLDERS), count=st.integers(1, 8))
    def arrive(self, folder: bytes, count: int) -> None:
        for _ in range(count):
            self.number += 1
            raw = b"Message-ID: <%d@x>\r\nSubject: %d\r\n\r\nA text.\r\n" % (self.number, self.number)
            self.put(folder, raw)

    @rule(data=st.data(), to=st.sampled_from(FOLDERS))
    def move(self, data: st.DataObject, to: bytes) -> None:
        """A mail moves, perhaps within its folder, and gets a new number."""
        found = [(name, uid) for name, box in self.boxes.items() for uid in box]
        if found:
            name, uid = data.draw(st.sampled_from(found))
            self.put(to, self.boxes[name].pop(uid))

    @rule(data=st.data())
    def expunge(self, data: st.DataObject) -> None:
        found = [(name, uid) for name, box in self.boxes.items() for uid in box]
        if found:
            name, uid = data.draw(st.sampled_from(found))
            raw = self.boxes[name].pop(uid)
            self.judged.setdefault(raw, 0)

    @rule()
    def number_anew(self) -> None:
        """UIDVALIDITY changes everywhere; the mails get other numbers, which overlap the old ones."""
        self.fake.uidvalidity += 1
        for name, box in self.boxes.items():
            raws = list(box.values())
            box.clear()
            box.update(enumerate(raws, 2))
            self.next[name] = len(raws) + 2

    @rule(dies_at=st.integers(1, 6), before=st.integers(0, 6))
    def killed(self, dies_at: int, before: int) -> None:
        self.scan(dies_at, before)

    @rule()
    def night(self) -> None:
        self.scan(dies_at=99, before=99)
        self.all_are_judged()

    def put(self, folder: bytes, raw: bytes) -> None:
        self.boxes[folder][self.next[folder]] = raw
        self.next[folder] += 1

    def scan(self, dies_at: int, before: int) -> None:
        box = self.ledger.mailbox("mine", self.day)
        account = ImapAccount("mine", "127.0.0.1", self.fake.port, "me", "none", "x", timeout=5.0, connections=2)
        source = ImapSource(account, box.states(), box, box.quarantined(), Budget(), sleep=lambda _: None)
        self.day += timedelta(days=1)
        books = Books(self.ledger, self.judged, dies_at)
        try:
            scan(Mortal(source, before), books, lambda: datetime(2026, 11, 1, tzinfo=UTC))
        except Killed:
            source.close()

    def all_are_judged(self) -> None:
        everything = {raw for box in self.boxes.values() for raw in box.values()}
        assert {raw for raw in everything if self.judged[raw] != 1} == set()

    @invariant()
    def nothing_is_judged_twice(self) -> None:
        if hasattr(self, "judged"):
            assert max(self.judged.values(), default=0) <= 1

    @invariant()
    def no_state_jumps_over_a_mail(self) -> None:
        """All mails up to the last UID of a state are stored."""
        if not hasattr(self, "ledger"):
            return
        for state in self.ledger.mailbox("mine", date.min).states().values():
            if state.uidvalidity == self.fake.uidvalidity:
                box = self.boxes[state.folder.encode()]
                passed = [raw for uid, raw in box.items() if uid <= state.last_uid]
                hashes = {RawMail(raw=raw, origin=_NOWHERE).sha256 for raw in passed}
                assert self.ledger.has(hashes) == hashes


class Numbered(Fake):
    """A fake server that never gives a number twice."""

    def __init__(self, boxes: dict[bytes, dict[int, bytes]], following: dict[bytes, int]) -> None:
        super().__init__(boxes)
        self.following = following

    def uidnext(self, name: bytes) -> int:
        return self.following[name]


Mailboxes.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestMailboxes = Mailboxes.TestCase
