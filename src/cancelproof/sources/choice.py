"""Which folders of an account are read, and why others are not (RFC 6154 for what folders are for)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cancelproof.errors import SourceError
from cancelproof.model import Fault, FolderSeen, FolderState, account_place
from cancelproof.sources.fetch import Refused
from cancelproof.sources.folders import Folder, Status
from cancelproof.sources.session import Session

#: The folders that together hold every mail of a Gmail account once; the others are labels (RFC 6154).
_GMAIL_WHOLE = frozenset({"\\all", "\\junk", "\\trash"})
_MISSING = "no such folder"


@dataclass(frozen=True, slots=True)
class Choice:
    """The folders to read, what the server said of each by its raw name, and what cannot or need not be read.

    `vanished` are states of folders that are no longer there: deleted, or under another name.
    """

    folders: list[Folder] = field(default_factory=list)
    statuses: Mapping[bytes, Status] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    skipped: tuple[FolderSeen, ...] = ()
    vanished: tuple[FolderState, ...] = ()

    def formerly(self, status: Status) -> tuple[str, ...]:
        """Under which names a folder that was never read may have been read: it was renamed."""
        return tuple(
            state.folder
            for state in self.vanished
            if (state.mailboxid and state.mailboxid == status.mailboxid)
            or (status.uidvalidity and state.uidvalidity == status.uidvalidity)
        )


def choose(session: Session, known: Mapping[str, FolderState]) -> Choice:
    """Ask for all folders, and choose. Raises SourceError where none is shown: an account unseen is no quiet one."""
    try:
        found, statuses = session.folders()
    except Refused as error:
        raise SourceError(
            f"the server does not list its folders: {error}",
            where=session.account.name,
            remedy="try later; if it stays so, ask your provider about IMAP",
        ) from None
    if not found:  # every account has an INBOX
        raise SourceError("the server lists no folder at all", where=session.account.name, remedy="try later")
    bad = [folder for folder in found if not folder.can_be_named]
    found = [folder for folder in found if folder.can_be_named]
    names = {folder.name for folder in found}
    faults = [session.fault(folder, "the folder's name holds a line break; it is not read") for folder in bad]
    chosen, why = _chosen(session, found, faults)
    skipped = [
        FolderSeen(account=session.account.name, folder=folder.name, exists=_messages(statuses, folder), why=why)
        for folder in found
        if folder not in chosen
    ]
    skipped += [
        FolderSeen(account=session.account.name, folder=name, why=_MISSING, complete=False)
        for name in sorted(_wanted(session) - names)
    ]
    vanished = tuple(state for name, state in known.items() if name not in names)
    return Choice(chosen, statuses, tuple(faults), tuple(skipped), vanished)


def _chosen(session: Session, found: list[Folder], faults: list[Fault]) -> tuple[list[Folder], str]:
    """The folders to read, and why the others are not; faults are added."""
    if wanted := _wanted(session):
        faults += [
            Fault(where=account_place(session.account.name, name), what=_MISSING)
            for name in sorted(wanted - {folder.name for folder in found})
        ]
        return [folder for folder in found if folder.name in wanted], "not among the folders asked for"
    if session.is_gmail():
        if any("\\all" in folder.attributes for folder in found):
            return [folder for folder in found if folder.attributes & _GMAIL_WHOLE], "a label, within All Mail"
        what = "All Mail is hidden from IMAP, so labels are read instead; switch it on in Gmail's settings, Labels"
        faults.append(session.fault(None, what))
    return found, ""


def _wanted(session: Session) -> set[str]:
    """The folders that the settings name; none: all are read. INBOX is one name however it is written."""
    return {"INBOX" if name.upper() == "INBOX" else name for name in session.account.folders}


def _messages(statuses: Mapping[bytes, Status], folder: Folder) -> int | None:
    status = statuses.get(folder.raw)
    return status.messages if status else None
