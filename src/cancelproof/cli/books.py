"""What a scan opens, and when: at night nothing is new, and then neither rules nor ledger are loaded."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cancelproof.cli.common import mailroom, make_rules_ready
from cancelproof.ledger.glance import Glance, glance
from cancelproof.model import Coverage, Tag

if TYPE_CHECKING:
    from datetime import datetime

    from cancelproof.evidence import Evidence
    from cancelproof.ledger import Ledger, Mailbox
    from cancelproof.model import FolderState, Quarantined
    from cancelproof.run import Crew
    from cancelproof.settings import Settings


@dataclass
class Shelf:
    """Ledger, evidence and rules of these settings, each opened once, when it is first asked for, by any thread."""

    own: Settings
    today: date
    _lock: Any = field(default_factory=threading.RLock)
    _ledger: Ledger | None = None
    _crew: Crew | None = None

    @property
    def ledger(self) -> Ledger:
        from cancelproof.ledger import open_ledger  # noqa: PLC0415

        with self._lock:
            self._ledger = self._ledger or open_ledger(self.own.ledger)
            return self._ledger

    @cached_property
    def evidence(self) -> Evidence:
        from cancelproof.evidence import Evidence  # noqa: PLC0415

        return Evidence(self.own.evidence)

    @property
    def mailroom(self) -> Crew:
        from cancelproof.run import Crew  # noqa: PLC0415

        with self._lock:
            if self._crew is None:
                own, corrections = self.own, self.ledger.corrections()
                make = partial(mailroom, own.owner, own.trusted_authserv, own.rules, corrections)
                make_rules_ready(own.rules)
                self._crew = Crew(make)
            return self._crew

    @cached_property
    def _glance(self) -> Glance | None:
        return None if self.own.ledger_url else glance(Path(self.own.ledger))

    @property
    def read_new(self) -> bool:
        """Whether any mail was read."""
        return self._crew is not None

    def close(self) -> None:
        if self._crew:
            self._crew.close()
        if self._ledger:
            self._ledger.close()

    def knows(self, source: str) -> bool:
        """Whether a source was ever read, or a failure of it noted."""
        return self.own.has_ledger and source in self.ledger.last_runs()

    def remembered(self, account: str) -> Remembered:
        """What was read of an account before."""
        if self._ledger is None and self._glance and account in self._glance.states:
            return Remembered(self, account, self._glance.states[account], (), 0)
        box = self.ledger.mailbox(account, self.today)
        return Remembered(self, account, box.states(), tuple(box.quarantined()), box.fetched_today())

    def with_last(self, seen: Coverage) -> tuple[Coverage, int]:
        """What was seen, with the proofs that vanished from the server; and how many mails the runs before saw."""
        if self._ledger is None and self._glance:
            noted: Mapping[str, Any] = self._glance.outcomes.get(seen.name, {})
            vanished = tuple(noted.get("vanished", ()))
        else:
            last = self.ledger.last_runs().get(seen.name)
            noted = last.outcome if last else {}
            vanished = tuple(self.ledger.mailbox(seen.name, self.today).vanished())
        return replace(seen, vanished=vanished), int(noted.get("seen", 0))

    def note_run(self, account: str, at: datetime, outcome: Mapping[str, Any], *, good: bool) -> None:
        quick = self._glance if self._ledger is None else None
        if not (quick and quick.note_run(account, at, outcome, good=good)):
            self.ledger.note_run(account, at, outcome, good=good)


@dataclass(frozen=True)
class Remembered:
    """An account's states, its mails in quarantine, the bytes fetched today; single mails the ledger is asked for."""

    _shelf: Shelf
    account: str
    states: Mapping[str, FolderState]
    quarantined: tuple[tuple[Quarantined, bool], ...]
    fetched_today: int

    @property
    def _box(self) -> Mailbox:
        return self._shelf.ledger.mailbox(self.account, self._shelf.today)

    def known(
        self, folder: str, uidvalidity: int, mails: Mapping[int, Tag], *, formerly: Collection[str] = ()
    ) -> dict[int, str]:
        return self._box.known(folder, uidvalidity, mails, formerly=formerly)

    def kept(self, folder: str, uidvalidity: int) -> list[int]:
        return self._box.kept(folder, uidvalidity)
