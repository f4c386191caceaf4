"""The one place that every byte to and from an IMAP server passes: an allow-list of verbs, and limits on answers.

The program promises never to alter a mailbox. The promise is kept here, below every other module and library.
"""

from __future__ import annotations

import imaplib
import re
from typing import Any

from cancelproof.sources.items import MAIL_LIMIT

#: Verbs that change nothing on a server (RFC 9051 6; RFC 2971 ID).
READING = frozenset(
    {
        "CAPABILITY",
        "STARTTLS",
        "LOGIN",
        "AUTHENTICATE",
        "ID",
        "LIST",
        "STATUS",
        "EXAMINE",
        "UID FETCH",
        "UNSELECT",
        "NOOP",
        "LOGOUT",
    }
)

#: The most that one command may answer: a mail of the largest size, and what stands around it.
ANSWER_LIMIT = MAIL_LIMIT + 32 * 1024 * 1024

_WITH_SECRETS = ("LOGIN", "AUTHENTICATE")
_WITH_MORE_TO_SEND = ("AUTHENTICATE", "APPEND")
_MARKS_AS_SEEN = re.compile(rb"BODY\[|BINARY\[|RFC822(?!\.SIZE|\.HEADER)", re.IGNORECASE)


class Forbidden(Exception):
    """The program tried to send what it promised never to send: a fault of its own, so nobody catches this."""


class Guard:
    """Stands between imaplib and its socket. `sent` gets every command without its tag; log-ins by their verb only."""

    def __init__(self, imap: Any, verbs: frozenset[str], sent: list[str]) -> None:
        self._verbs, self._sent, self._verb = verbs, sent, ""
        self._answer_left = ANSWER_LIMIT
        self._command = re.compile(re.escape(imap.tagpre) + rb"\d+ ([^\r\n\0]*)\r\n")
        self._send, self._read, self._readline = imap.send, imap.read, imap.readline
        imap.send, imap.read, imap.readline = self.send, self.read, self.readline

    def send(self, data: bytes) -> None:
        found = self._command.fullmatch(data)
        if found:
            self._check(found[1])
        elif self._verb not in _WITH_MORE_TO_SEND:
            raise Forbidden("a command in pieces or with a line break in it")
        self._send(data)

    def _check(self, line: bytes) -> None:
        words = line.upper().split(b" ", 2)
        self._verb = b" ".join(words[: 2 if words[0] == b"UID" else 1]).decode("ascii", "replace")
        if self._verb not in self._verbs:
            raise Forbidden(f"{self._verb} is not among the commands that this connection may send")
        if self._verb == "UID FETCH" and _MARKS_AS_SEEN.search(line):
            raise Forbidden("a FETCH that could mark a mail as seen")
        self._sent.append(self._verb if self._verb in _WITH_SECRETS else line.decode("ascii", "backslashreplace"))
        self._answer_left = ANSWER_LIMIT

    def read(self, size: int) -> bytes:
        self._pay(size)
        data: bytes = self._read(size)
        return data

    def readline(self) -> bytes:
        line: bytes = self._readline()
        self._pay(len(line))
        return line

    def _pay(self, size: int) -> None:
        """Refuse an answer before memory is set aside for it: imaplib takes the size that the server announces."""
        self._answer_left -= size
        if self._answer_left < 0:
            raise imaplib.IMAP4.abort("the server's answer is too long")
