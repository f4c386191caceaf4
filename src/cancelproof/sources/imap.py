"""Mail on an IMAP server: every folder, only what is new, nothing altered (RFC 9051)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from cancelproof.model import Batch, Fault, FolderState
from cancelproof.sources.connection import ImapAccount
from cancelproof.sources.fetch import Refused
from cancelproof.sources.folders import Folder, Status
from cancelproof.sources.reader import FolderReader
from cancelproof.sources.session import Session

__all__ = ["ImapAccount", "ImapSource"]

#: The folders that together hold every mail of a Gmail account once; the others are labels (RFC 6154).
_GMAIL_WHOLE = frozenset({"\\all", "\\junk", "\\trash"})


@dataclass
class ImapSource:
    """The new mails of an account. `known` maps a folder's name to how far it was read.

    Each batch ends with the `state` to commit together with what its mails yield. `sleep` takes seconds. `sent` lists
    the commands of the last run, log-ins by their verb only.
    """

    account: ImapAccount
    known: Mapping[str, FolderState]
    sleep: Callable[[float], None] = time.sleep
    sent: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.account.name

    def batches(self) -> Iterator[Batch]:
        """Yield what is new, folder by folder, in ascending UIDs.

        Raises UsageError, LoginRefused or ConnectionFailed; the batches before that stand.
        """
        self.sent.clear()
        session = Session(self.account, self.sleep, self.sent)
        try:
            folders, statuses, faults = _folders(session)
            if faults:
                yield Batch(faults=tuple(faults))
            for folder in folders:
                yield from self._folder(session, folder, statuses.get(folder.raw))
        finally:
            session.close()

    def _folder(self, session: Session, folder: Folder, status: Status | None) -> Iterator[Batch]:
        state = self.known.get(folder.name)
        try:
            if unchanged(status or _status(session, folder), state):
                return
            yield from FolderReader(session, folder, state).batches()
        except Refused as error:
            yield Batch(faults=(session.fault(folder, f"the server does not show this folder: {error}"),))


def unchanged(status: Status, state: FolderState | None) -> bool:
    """Tell whether a folder holds nothing that was not read."""
    if status.messages == 0:
        return True
    return (
        state is not None
        and status.uidnext == state.last_uid + 1
        and (status.uidvalidity or 0) in (state.uidvalidity, 0)  # a server that lost its UIDVALIDITY has no new mail
    )


def _status(session: Session, folder: Folder) -> Status:
    try:
        return session.status(folder)
    except Refused:
        return Status()


def _folders(session: Session) -> tuple[list[Folder], dict[bytes, Status], list[Fault]]:
    """Return the folders to read, what the server said of each, and what cannot be read at all."""
    try:
        found, statuses = session.folders()
    except Refused as error:
        return [], {}, [session.fault(None, f"the server does not list its folders: {error}")]
    faults = [
        session.fault(folder, "the folder's name holds a line break; it is not read")
        for folder in found
        if not folder.can_be_named
    ]
    found = [folder for folder in found if folder.can_be_named]
    if session.account.folders:
        names = {"INBOX" if name.upper() == "INBOX" else name for name in session.account.folders}
        faults += [
            Fault(where=f"imap:{session.account.name}/{name}", what="no such folder")
            for name in sorted(names - {folder.name for folder in found})
        ]
        return [folder for folder in found if folder.name in names], statuses, faults
    if session.is_gmail():
        if any("\\all" in folder.attributes for folder in found):
            return [folder for folder in found if folder.attributes & _GMAIL_WHOLE], statuses, faults
        what = "All Mail is hidden from IMAP, so labels are read instead; switch it on in Gmail's settings, Labels"
        faults.append(session.fault(None, what))
    return found, statuses, faults
