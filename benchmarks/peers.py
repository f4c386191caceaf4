"""What cancelproof is measured against, each as a program of its own: `python peers.py NAME PORT USER PASSWORD …`."""

from __future__ import annotations

import re
import socket
import sys
import time
from collections.abc import Callable

#: What a person would look for; the script finds a fraction of what the rules find.
PATTERNS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(subscription|contract|membership|account|plan) (has been|was|is now|is) (cancel+ed|terminated|closed|ended)",
        r"(cancel+ation|termination) (is )?(confirmed|complete|effective)",
        r"we('re| are) sorry to see you go",
        r"(abonnement|contrat|adhésion) (a bien été|a été|est) (résilié|annulé|clôturé)",
        r"(confirmons|confirmation de) (la|votre) résiliation",
        r"(kündigung|vertrag).{0,40}(bestätig|beendet|wirksam)",
        r"(invoice|receipt|facture|rechnung|quittance)",
        r"(renews?|renewal|renouvellement|verlänger)",
    )
]


def script(port: int, user: str, password: str) -> int:
    """What people would write: imap_tools, BeautifulSoup and regular expressions. Returns how many mails matched."""
    from bs4 import BeautifulSoup  # noqa: PLC0415
    from imap_tools import MailBoxUnencrypted  # noqa: PLC0415

    found = 0
    with MailBoxUnencrypted("127.0.0.1", port).login(user, password) as box:
        for mail in box.fetch(mark_seen=False, bulk=500):
            text = BeautifulSoup(mail.html, "html.parser").get_text(" ") if mail.html else mail.text
            found += any(pattern.search(f"{mail.subject}\n{text}") for pattern in PATTERNS)
    return found


def wire(port: int, user: str, password: str) -> int:
    """The bare wire: the whole mailbox, fetched by one command and thrown away. Returns the bytes."""
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.settimeout(300)
        sock.recv(4096)
        for command in (f"a LOGIN {user} {password}", "b EXAMINE INBOX"):
            sock.sendall(command.encode() + b"\r\n")
            tail = b""
            while command[:1].encode() + b" OK" not in tail:
                tail += sock.recv(65536)
        sock.sendall(b"c UID FETCH 1:* (UID BODY.PEEK[])\r\n")
        buffer, total, tail = bytearray(1 << 20), 0, b""
        while not re.search(rb"\r\nc OK [^\r\n]*\r\n$", tail):
            size = sock.recv_into(buffer)
            total += size
            tail = (tail + bytes(buffer[max(0, size - 200) : size]))[-200:]
    return total


def floor(port: int, user: str, password: str) -> int:
    """The least that asks whether anything is new: log in, one LIST with STATUS. Returns the folders."""
    from imapclient import IMAPClient  # noqa: PLC0415

    client = IMAPClient("127.0.0.1", port, ssl=False)
    client.login(user, password)
    client._imap._simple_command("LIST", '""', '"*"', "RETURN (STATUS (MESSAGES UIDNEXT UIDVALIDITY))")  # noqa: SLF001
    folders = len(client._imap.untagged_responses["STATUS"])  # noqa: SLF001
    client.logout()
    return folders


def fetch(port: int, user: str, password: str) -> float:
    """Our own fetching without any reading. Returns the seconds that it took."""
    from cancelproof.sources.imap import ImapAccount, ImapSource  # noqa: PLC0415

    start = time.perf_counter()
    for _ in ImapSource(ImapAccount("bench", "127.0.0.1", port, user, "none", password), {}).batches():
        pass
    return time.perf_counter() - start


PEERS: dict[str, Callable[[int, str, str], float]] = {"script": script, "wire": wire, "floor": floor, "fetch": fetch}

if __name__ == "__main__":
    sys.stdout.write(f"{PEERS[sys.argv[1]](int(sys.argv[2]), sys.argv[3], sys.argv[4])}\n")
