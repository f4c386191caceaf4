"""A scripted IMAP server for faults that no good server shows. It knows only reading verbs: any other fails the test.

A test hands in `script`, which sees each command and returns the bytes to send in place of the usual answer, or None.
`TAG` in these bytes stands for the command's tag, `DROP` at their end for a connection cut at that place.
"""

from __future__ import annotations

import base64
import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

TAG = b"<tag>"
DROP = b"<drop>"
DONE = TAG + b" OK done\r\n"
MAIL = b"From: a@shop.example\r\nSubject: %d\r\n\r\nA text.\r\n"

Script: TypeAlias = Callable[[str, str], bytes | None]


def mails(*uids: int) -> dict[int, bytes]:
    return {uid: MAIL % uid for uid in uids}


@dataclass
class Fake:
    """`folders` maps raw names to mails by UID; `commands` lists what was asked, `refused` the verbs beyond reading."""

    folders: Mapping[bytes, Mapping[int, bytes]]
    script: Script = lambda _verb, _line: None
    capabilities: bytes = b"IMAP4rev1"
    listing: bytes | None = None
    uidvalidity: int = 7
    port: int = 0
    commands: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    _local: threading.local = field(default_factory=threading.local)

    @property
    def selected(self) -> bytes:
        """The folder that is open on this thread's connection."""
        name: bytes = self._local.selected
        return name

    @selected.setter
    def selected(self, name: bytes) -> None:
        self._local.selected = name

    def answer(self, verb: str, rest: str) -> bytes:
        """The usual answer to a command."""
        answers: dict[str, Callable[[str], bytes]] = {
            "CAPABILITY": lambda _: b"* CAPABILITY " + self.capabilities + b"\r\n",
            "LOGIN": self.logged_in,
            "AUTHENTICATE": lambda _: b"",
            "ID": lambda _: b"* ID NIL\r\n",
            "LIST": self.listed,
            "STATUS": self.status,
            "EXAMINE": self.examined,
            "UID FETCH": self.fetched,
            "UNSELECT": lambda _: b"",
            "NOOP": lambda _: b"",
        }
        if verb == "LOGOUT":
            return b"* BYE\r\n" + TAG + b" OK done\r\n" + DROP
        if verb not in answers:
            self.refused.append(verb)
            return TAG + b" BAD this server is for reading\r\n"
        code = b"[READ-ONLY] " if verb == "EXAMINE" else b""
        return answers[verb](rest) + TAG + b" OK " + code + b"done\r\n"

    def logged_in(self, rest: str) -> bytes:
        self.logins.append(rest)
        return b""

    def listed(self, _rest: str) -> bytes:
        lines = [b'* LIST (\\HasNoChildren) "/" "' + name + b'"\r\n' for name in self.folders]
        return b"".join(lines) if self.listing is None else self.listing

    def uidnext(self, name: bytes) -> int:
        return max(self.folders[name], default=0) + 1

    def status(self, rest: str) -> bytes:
        name = named(rest)
        found = self.folders[name]
        values = f"MESSAGES {len(found)} UIDNEXT {self.uidnext(name)} UIDVALIDITY {self.uidvalidity}"
        return b'* STATUS "' + name + b'" (' + values.encode() + b")\r\n"

    def examined(self, rest: str) -> bytes:
        found = self.folders[self.selected]
        numbering = f"* OK [UIDVALIDITY {self.uidvalidity}] x\r\n* OK [UIDNEXT {self.uidnext(self.selected)}] x\r\n"
        return f"* {len(found)} EXISTS\r\n{numbering}".encode()

    def fetched(self, rest: str) -> bytes:
        uids, items = rest.split(" ", 1)
        found = self.folders[self.selected]
        lines = [self.line(uid, items) for uid in chosen(uids, found)]
        return b"".join(lines)

    def line(self, uid: int, items: str) -> bytes:
        raw = self.folders[self.selected][uid]
        header, _, text = raw.partition(b"\r\n\r\n")
        said = b"UID %d" % uid
        said += b" RFC822.SIZE %d" % len(raw) if "RFC822.SIZE" in items else b""
        said += b' INTERNALDATE "01-Jul-2024 11:20:15 +0200"' if "INTERNALDATE" in items else b""
        for section, data in ((b"[]", raw), (b"[HEADER]", header + b"\r\n\r\n"), (b"[TEXT]", text)):
            if f"BODY.PEEK{section.decode()}" in items and "FIELDS" not in items:
                said += b" BODY" + section + b" {%d}\r\n" % len(data) + data
        if "HEADER.FIELDS (MESSAGE-ID)" in items:
            found = re.search(rb"(?im)^message-id:.*\r\n", header + b"\r\n")
            data = (found[0] if found else b"") + b"\r\n"
            said += b" BODY[HEADER.FIELDS (MESSAGE-ID)] {%d}\r\n" % len(data) + data
        return b"* %d FETCH (" % (sorted(self.folders[self.selected]).index(uid) + 1) + said + b")\r\n"

    def serve(self, sock: socket.socket) -> None:
        with sock, sock.makefile("rb") as file:
            try:
                sock.sendall(b"* OK ready\r\n")
                while line := file.readline():
                    tag, verb, rest = _parted(line)
                    self.commands.append(f"{verb} {rest}".strip())
                    if verb == "AUTHENTICATE":
                        sock.sendall(b"+ \r\n")
                        self.logins.append(base64.b64decode(file.readline()).decode())
                    if verb == "EXAMINE":
                        self.selected = named(rest)
                    said = self.script(verb, rest)
                    said = (self.answer(verb, rest) if said is None else said).replace(TAG, tag)
                    sock.sendall(said.removesuffix(DROP))
                    if said.endswith(DROP):
                        return
            except OSError:  # the client hung up
                return


def _parted(line: bytes) -> tuple[bytes, str, str]:
    found = re.fullmatch(rb"(\S+) (UID \S+|\S+) ?(.*)\r\n", line)
    assert found, line
    return found[1], found[2].decode(), found[3].decode("latin-1")


def named(rest: str) -> bytes:
    """The folder's name in a command, unquoted."""
    quoted = rest[1 : rest.rindex('"')]
    return re.sub(r"\\(.)", r"\1", quoted).encode("latin-1")


def chosen(uids: str, found: Mapping[int, bytes]) -> list[int]:
    """The UIDs of a set that exist; `n:*` always holds the last one (RFC 9051 9, seq-range)."""
    last = max(found, default=0)
    ranges = [[int(end) if end != "*" else last for end in one.split(":")] for one in uids.split(",")]
    return [uid for uid in sorted(found) if any(min(one) <= uid <= max(one) for one in ranges)]


@contextmanager
def served(fake: Fake) -> Iterator[Fake]:
    """Serves until the block ends, then fails if a verb came that could alter a mailbox."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        fake.port = listening.getsockname()[1]
        threads: list[threading.Thread] = []

        def accept() -> None:
            while True:
                try:
                    sock, _ = listening.accept()
                except OSError:
                    return
                threads.append(threading.Thread(target=fake.serve, args=(sock,)))
                threads[-1].start()

        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield fake
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            accepting.join()
            for thread in threads:
                thread.join(timeout=5)
    assert fake.refused == []
