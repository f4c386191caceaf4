"""Mail on an IMAP server: every folder, only what is new, nothing altered (RFC 9051)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from cancelproof.errors import ConnectionFailed, Throttled
from cancelproof.model import Batch, Fault, FolderSeen, FolderState, Quarantined, RawMail
from cancelproof.sources.choice import Choice, choose
from cancelproof.sources.connection import ImapAccount
from cancelproof.sources.fetch import Refused
from cancelproof.sources.folders import Folder, Status
from cancelproof.sources.listing import Memory
from cancelproof.sources.reader import Budget, FolderReader
from cancelproof.sources.session import Lost, Session

__all__ = ["Budget", "ImapAccount", "ImapSource"]


@dataclass
class ImapSource:
    """The new mails of an account. `known` maps a folder's name to how far it was read, `memory` knows single mails.

    Each batch ends with the `state` to commit together with what its mails yield. `quarantined` are mails that could
    not be had earlier, and whether to ask again. `spares`: large mails come without what nobody reads. `sleep` takes
    seconds. `sent` lists the commands of the last run, log-ins by their verb only. `expected` says how many mails are
    to be read, once the folders are known.
    """

    account: ImapAccount
    known: Mapping[str, FolderState]
    memory: Memory | None = None
    quarantined: Sequence[tuple[Quarantined, bool]] = ()
    budget: Budget = field(default_factory=Budget)
    spares: bool = True
    sleep: Callable[[float], None] = time.sleep
    sent: list[str] = field(default_factory=list)
    expected: int | None = None
    _whole: Session | None = None
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    @property
    def name(self) -> str:
        return self.account.name

    def batches(self) -> Iterator[Batch]:
        """Yield what is new: in ascending UIDs within a folder, several folders at a time.

        Raises UsageError, LoginRefused, ConnectionFailed or Throttled; the batches before that stand.
        """
        self.sent.clear()
        first = Session(self.account, self.sleep, self.sent)
        sessions = [first]
        try:
            choice = choose(first, self.known)
            if choice.faults or choice.skipped:
                yield Batch(faults=choice.faults, folders=choice.skipped)
            changed: list[tuple[Folder, Status]] = []
            as_before: list[FolderSeen] = []
            for folder in choice.folders:
                status = choice.statuses.get(folder.raw) or _status(first, folder)
                if self._is_unchanged(folder, status):
                    as_before.append(self._as_before(folder, status))
                else:
                    changed.append((folder, status))
            count = min(max(1, self.account.connections), len(changed))
            sessions += [Session(self.account, self.sleep, self.sent) for _ in range(count - 1)]
            if changed:
                self.expected = sum(self._behind(folder, status) for folder, status in changed)
                yield from self._changed(changed, choice, sessions)
            if as_before or choice.vanished:
                yield Batch(folders=tuple(as_before), dropped=choice.vanished, account=self.name)
        finally:
            for session in sessions:
                session.close()
            self.close()

    def close(self) -> None:
        """Hang up where a mail was fetched whole after the last batch."""
        if self._whole:
            self._whole.close()
        self._whole = None

    def _changed(
        self, changed: Sequence[tuple[Folder, Status]], choice: Choice, sessions: Sequence[Session]
    ) -> Iterator[Batch]:
        from cancelproof.sources.ahead import ahead  # noqa: PLC0415  # 15 ms that a night without news need not pay

        works = [partial(self._folder, folder=folder, status=status, choice=choice) for folder, status in changed]
        told: set[str] = set()
        try:
            for batch in ahead(works, sessions, Session.abort):
                told |= {one.folder for one in batch.folders}
                yield batch
        except (ConnectionFailed, Throttled) as error:
            rest = [self._left(folder, status, error) for folder, status in changed if folder.name not in told]
            yield Batch(folders=tuple(rest))
            raise

    def _folder(self, session: Session, folder: Folder, status: Status, choice: Choice) -> Iterator[Batch]:
        state = self.known.get(folder.name)
        here = [(one.origin, due) for one, due in self.quarantined if one.origin.folder == folder.name]
        reader = FolderReader(
            session,
            folder,
            state,
            memory=self.memory,
            formerly=() if state else choice.formerly(status),
            again=tuple(sorted(origin.uid or 0 for origin, due in here if due)),
            waiting=sum(not due for _, due in here),
            budget=self.budget,
            whole=partial(self._get_whole, folder) if self.spares else None,
        )
        try:
            yield from reader.batches()
        except Refused as error:
            what = f"the server does not show this folder: {error}"
            seen = FolderSeen(
                account=self.name, folder=folder.name, exists=status.messages, unread=status.messages or 0,
                why=what, complete=False,
            )  # fmt: skip
            yield Batch(faults=(session.fault(folder, what),), folders=(seen,))

    def _is_unchanged(self, folder: Folder, status: Status) -> bool:
        if any(due for one, due in self.quarantined if one.origin.folder == folder.name):
            return False
        return unchanged(status, self.known.get(folder.name), self.account)

    def _as_before(self, folder: Folder, status: Status) -> FolderSeen:
        state = self.known.get(folder.name)
        left_out = state.left_out if state else 0
        waiting = sum(one.origin.folder == folder.name for one, _ in self.quarantined)
        why = f"arrived before {state.since}" if state and left_out else ""
        return FolderSeen(
            account=self.name, folder=folder.name, exists=status.messages, unread=left_out + waiting, why=why
        )

    def _left(self, folder: Folder, status: Status, error: ConnectionFailed | Throttled) -> FolderSeen:
        return FolderSeen(
            account=self.name, folder=folder.name, exists=status.messages, unread=self._behind(folder, status),
            why=error.what, complete=False,
        )  # fmt: skip

    def _behind(self, folder: Folder, status: Status) -> int:
        """Return how many mails at most are to be read of a folder."""
        state = self.known.get(folder.name)
        last = state.last_uid if state and state.uidvalidity == status.uidvalidity else 0
        most = status.messages or 0
        return min(most, max(0, status.uidnext - 1 - last)) if status.uidnext else most

    def _get_whole(self, folder: Folder, mail: RawMail) -> RawMail | Fault:
        """Fetch every byte of a mail of which parts were left away, over a connection of its own."""
        origin = mail.origin
        with self._one_at_a_time:
            self._whole = self._whole or Session(self.account, self.sleep, self.sent)
            while True:
                try:
                    box = self._whole.examine(folder)
                    if (box.uidvalidity or None) != origin.uidvalidity:
                        break
                    found = self._whole.fetch(folder, str(origin.uid), "(UID BODY.PEEK[])")
                except Lost:
                    continue
                except Refused as error:
                    return Fault(where=origin.source, what=f"this mail cannot be had whole: {error}")
                raw = next((one.sections.get("BODY[]", b"") for one in found if one.uid == origin.uid), b"")
                if raw:
                    self.budget.spend(len(raw))
                    return RawMail(raw=raw, origin=origin, tag=mail.tag)
                break
        return Fault(where=origin.source, what="this mail vanished from the server while it was read")


def unchanged(status: Status, state: FolderState | None, account: ImapAccount) -> bool:
    """Tell whether a folder holds nothing that was not read, and lost nothing."""
    if state is None:
        return status.messages == 0
    if state.since and (account.since is None or account.since < state.since):
        return False
    return (
        status.uidnext == state.last_uid + 1
        and (status.uidvalidity or 0) in (state.uidvalidity, 0)  # a server that lost its UIDVALIDITY has no new mail
        and state.messages in (status.messages, None)
    )


def _status(session: Session, folder: Folder) -> Status:
    try:
        return session.status(folder)
    except Refused:
        return Status()
