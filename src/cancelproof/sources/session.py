"""A conversation with a server that outlives its connections: what is lost is tried again, within bounds."""

from __future__ import annotations

import contextlib
import imaplib
import re
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from cancelproof.errors import ConnectionFailed, Throttled
from cancelproof.model import Fault, account_place
from cancelproof.sources import throttle
from cancelproof.sources.connection import BROKEN, ImapAccount, connect, hang_up, log_out, said
from cancelproof.sources.fetch import Fetched, Refused, fetch
from cancelproof.sources.folders import Folder, Status, list_folders, status

#: How often in a row a connection may be lost before the scan stops, to go on at the next run.
LOSSES_IN_A_ROW = 6
_LONGEST_PAUSE = 60.0
#: How many hints to wait are followed in a run, and the pause after an answer marked [THROTTLED]; in seconds.
_MOST_WAITS = 5
_SLOWER = 5.0

_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")

T = TypeVar("T")


class Waited(Exception):
    """The server asked to be left alone for a while, which has passed."""


class Lost(Exception):
    """The connection broke; the next command opens a new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """An examined folder as it stood then. `uidvalidity` is 0 and `uidnext` None where the server gives none."""

    exists: int | None
    uidnext: int | None
    uidvalidity: int
    read_only: bool
    highestmodseq: int | None = None
    mailboxid: str = ""


@dataclass
class Session:
    """One connection at a time; `sleep` takes seconds, `sent` gets every command."""

    account: ImapAccount
    sleep: Callable[[float], None]
    sent: list[str] = field(default_factory=list)
    _client: Any = None
    _examined: tuple[bytes, Box] | None = None
    _losses: int = 0
    _waits: int = 0

    def folders(self) -> tuple[list[Folder], dict[bytes, Status]]:
        return self._again(list_folders)

    def is_gmail(self) -> bool:
        return self.offers(b"X-GM-EXT-1")

    def offers(self, capability: bytes) -> bool:
        return self._again(lambda client: capability in client.capabilities())

    def permanent_id(self) -> str:
        """Return the FETCH item that names a mail the same way in every folder, or ""."""
        return "EMAILID" if self.offers(b"OBJECTID") else "X-GM-MSGID" if self.is_gmail() else ""

    def status(self, folder: Folder) -> Status:
        return self._again(lambda client: status(client, folder))

    def examine(self, folder: Folder) -> Box:
        """Open a folder to read only, unless it is open. Raises Refused, or ConnectionFailed after many tries."""
        return self._again(lambda client: self._examine(client, folder))

    def list_mails(self, folder: Folder, uids: str, items: str) -> list[Fetched]:
        """Fetch what costs little, trying again where the connection breaks."""
        return self._again(lambda client: self._fetch(client, folder, uids, items))

    def list_from(self, folder: Folder, first: int, end: str, items: str) -> list[Fetched]:
        """List every mail from a UID to an `end`, asking on below what a server with a limit gave (RFC 9738)."""
        found: list[Fetched] = []
        uids, low = f"{first}:{end}", 2**32
        while True:
            some, limited = self._again(partial(self._listed, folder=folder, uids=uids, items=items))
            found += some
            lowest = min((one.uid for one in some if one.uid), default=0)
            if not limited or not first < lowest < low:
                return found
            uids, low = f"{first}:{lowest - 1}", lowest

    def fetch(self, folder: Folder, uids: str, items: str) -> list[Fetched]:
        """Fetch once. Raises Lost after a pause, so that the caller can ask for less; Refused as it comes."""
        found = self._once(lambda client: self._fetch(client, folder, uids, items))
        self._losses = 0
        return found

    def close(self) -> None:
        if self._client is not None:
            log_out(self._client)
            self._client = None

    def abort(self) -> None:
        """End a wait for the server from another thread."""
        client = self._client
        if client is not None:
            with contextlib.suppress(OSError):
                client.socket().shutdown(socket.SHUT_RDWR)

    def fault(self, folder: Folder | None, what: str) -> Fault:
        place = account_place(self.account.name, folder.name if folder else "")
        return Fault(where=_CONTROL.sub(" ", place), what=what)

    def _fetch(self, client: Any, folder: Folder, uids: str, items: str) -> list[Fetched]:
        self._examine(client, folder)
        return fetch(client, uids, items)

    def _listed(self, client: Any, folder: Folder, uids: str, items: str) -> tuple[list[Fetched], bool]:
        found = self._fetch(client, folder, uids, items)
        return found, "MESSAGELIMIT" in client._imap.untagged_responses  # noqa: SLF001 - a code of the tagged line

    def _examine(self, client: Any, folder: Folder) -> Box:
        if self._examined and self._examined[0] == folder.raw:
            return self._examined[1]
        self._examined = None
        imap = client._imap  # noqa: SLF001 - IMAPClient takes the first EXISTS of several, which is stale
        kind, text = imap.select(folder.quoted, readonly=True)
        if kind != "OK":
            raise Refused(b" ".join(part for part in text if part).decode("utf-8", "replace"))
        said_now = imap.untagged_responses
        box = Box(
            exists=_last(said_now, "EXISTS"),
            uidnext=_last(said_now, "UIDNEXT") or None,
            uidvalidity=_last(said_now, "UIDVALIDITY") or 0,
            read_only="READ-ONLY" in said_now,
            highestmodseq=_last(said_now, "HIGHESTMODSEQ") or None,
            mailboxid=said_now.get("MAILBOXID", [b""])[-1].strip(b"()").decode("ascii", "replace"),
        )
        self._examined = (folder.raw, box)
        return box

    def _heard(self, said_now: str) -> None:
        """Do as a refusal asks: wait and come back, or stop for today. Raises Throttled, or Lost after the wait."""
        seconds = throttle.wait(said_now)
        if seconds is not None and seconds <= throttle.LONGEST_WAIT and self._waits < _MOST_WAITS:
            self._waits += 1
            self.sleep(seconds)
            raise Waited
        if seconds is not None or throttle.is_used_up(said_now):
            raise Throttled(
                f"the server lets no more be read for now: {said_now}",
                where=self.account.name,
                remedy="what was read is kept; the next run goes on from there",
            )

    def _again(self, action: Callable[[Any], T]) -> T:
        while True:
            try:
                done = self._once(action)
            except Lost:
                continue
            self._losses = 0
            return done

    def _once(self, action: Callable[[Any], T]) -> T:
        while True:
            try:
                return self._tried(action)
            except Waited:
                continue

    def _tried(self, action: Callable[[Any], T]) -> T:
        first = self._client is None and not self._losses
        try:
            if self._client is None:
                self._client = connect(self.account, sent=self.sent)
            done = action(self._client)
        except ConnectionFailed as error:
            if first:
                raise
            self._lose(error)
        except Refused as error:
            self._heard(said(error, self.account))
            raise Refused(said(error, self.account)) from None
        except BROKEN as error:
            if isinstance(error, imaplib.IMAP4.error) and not isinstance(error, imaplib.IMAP4.abort):
                self._heard(said(error, self.account))
                raise Refused(said(error, self.account)) from None
            self._lose(error)
        else:
            # A code of the tagged line, which raises nothing.
            if self._client._imap.untagged_responses.pop("THROTTLED", None):  # noqa: SLF001
                self.sleep(_SLOWER)
            return done
        raise Lost

    def _lose(self, error: Exception) -> None:
        if self._client is not None:
            hang_up(self._client)
        self._client = self._examined = None
        self._losses += 1
        if self._losses >= LOSSES_IN_A_ROW:
            why = error.what if isinstance(error, ConnectionFailed) else said(error, self.account)
            raise ConnectionFailed(
                f"the connection broke {self._losses} times in a row: {why}",
                where=self.account.name,
                remedy="what was read is kept; the next run goes on from there",
            ) from None
        pause = min(_LONGEST_PAUSE, 2.0 ** (self._losses - 1))
        self.sleep(pause * (500 + secrets.randbelow(501)) / 1000)


def _last(answers: dict[str, list[bytes]], key: str) -> int | None:
    """Return the last number said: some servers count up while they open a folder."""
    values = [value for value in answers.get(key, []) if value and value.isdigit() and len(value) <= 20]
    return int(values[-1]) if values else None
