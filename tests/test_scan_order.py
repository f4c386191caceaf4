"""A batch is read while the one before it is kept, and nothing is read twice or lost by that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cancelproof.errors import ConnectionFailed
from cancelproof.ledger import open_ledger
from cancelproof.model import Batch, Coverage, FolderSeen, Origin, RawMail
from cancelproof.scan import scan
from scan_fixture import Home

NOW = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass
class Given:
    """A source of these batches of mails, by their numbers; it ends with an error where it is given one."""

    numbers: Sequence[Sequence[int]]
    error: ConnectionFailed | None = None
    name: str = "given"

    def batches(self) -> Iterator[Batch]:
        for some in self.numbers:
            yield Batch(
                mails=tuple(
                    RawMail(raw=b"Subject: %d\r\n\r\nA text.\r\n" % n, origin=Origin(source=f"{some[0]}/{n}"))
                    for n in some
                ),
                folders=(FolderSeen(account="given", folder=f"{some[0]}"),),
            )
        if self.error:
            raise self.error


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with open_ledger(str(tmp_path / "ledger.sqlite")) as ledger:
        yield Home(ledger)


def _scan(home: Home, source: Given) -> Coverage:
    return scan(source, home, lambda: NOW)


def test_what_comes_again_in_the_next_batch_is_read_once(home: Home) -> None:
    """The ledger is asked for it when it knows."""
    seen = _scan(home, Given([[1, 2], [2, 3], [3, 1]]))
    assert home.read == [1, 2, 3]
    assert (seen.seen, seen.new) == (6, 3)


def test_the_last_batch_before_a_loss_is_kept(home: Home) -> None:
    """It was read; a connection that is lost after it takes nothing of it."""
    seen = _scan(home, Given([[1, 2], [3, 4]], ConnectionFailed("lost")))
    assert seen.stopped
    assert (seen.new, home.ledger.mails()) == (4, 4)


def test_batches_are_kept_in_their_order(home: Home) -> None:
    """What each said is told after the next was begun, and all at the end."""
    told: list[int] = []
    scan(Given([[1], [2], [3]]), home, lambda: NOW, lambda seen: told.append(seen.new))
    assert told == [0, 1, 2, 3]
