"""The one APPEND, against a real Dovecot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from imapclient import IMAPClient

from cancelproof.delivery import append_imap, digest_mail
from cancelproof.errors import DeliveryError
from dovecot import PASSWORD, Server, dovecot

NOW = datetime(2026, 10, 26, 7, 0, tzinfo=UTC)
MAIL = digest_mail(
    sender="cancelproof@home.example",
    recipient="jeanne@mail.example",
    subject="cancelproof: rien ne manque",
    text="Rien ne manque : été.\n",
    html="<p>Rien ne manque : été.</p>",
    now=NOW,
    message_id="<20261026.1@home.example>",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with dovecot(tmp_path_factory.mktemp("dovecot")) as running:
        yield running


@contextmanager
def connected(server: Server, user: str) -> Iterator[IMAPClient]:
    with IMAPClient("127.0.0.1", port=server.port, ssl=False) as client:
        client.login(user, PASSWORD)
        yield client


@pytest.mark.parametrize("folder", ["Digests", "Résumés & plus"])
def test_the_digest_lies_whole_and_unread_in_the_folder(server: Server, folder: str) -> None:
    """Byte for byte, with its own time; a name in any script is encoded by the client (RFC 3501 5.1.3)."""
    with connected(server, "jeanne") as client:
        client.create_folder(folder)
        append_imap(client, folder, MAIL, NOW, named=folder)
        client.select_folder(folder, readonly=True)
        kept = client.fetch([1], ["BODY.PEEK[]", "FLAGS", "INTERNALDATE"])[1]
    assert kept[b"BODY[]"] == MAIL
    assert b"\\Seen" not in kept[b"FLAGS"]
    assert kept[b"INTERNALDATE"].astimezone(UTC) == NOW


def test_a_folder_that_is_not_there_is_not_made(server: Server) -> None:
    """The owner makes it; the error says so."""
    before = server.folders("paul")
    with connected(server, "paul") as client, pytest.raises(DeliveryError, match="make the folder"):
        append_imap(client, "Digests", MAIL, NOW, named="Digests")
    assert server.folders("paul") == before
