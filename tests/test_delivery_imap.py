"""The one APPEND, against a real Dovecot."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from imapclient import IMAPClient

from cancelproof.delivery import APPENDING, append_imap, digest_mail
from cancelproof.errors import DeliveryError
from cancelproof.sources.connection import ImapAccount, connect
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


@pytest.fixture
def account(server: Server) -> ImapAccount:
    return ImapAccount(
        name="jeanne",
        host="127.0.0.1",
        port=server.tls_port,
        user="jeanne",
        tls="imaps",
        password=PASSWORD,
        ca_file=str(server.ca_file),
    )


@pytest.mark.parametrize("folder", ["Digests", "Résumés & plus"])
def test_the_digest_lies_whole_and_unread_in_the_folder(server: Server, account: ImapAccount, folder: str) -> None:
    """Byte for byte, with its own time, over a connection that can send nothing but an APPEND."""
    sent: list[str] = []
    with IMAPClient("127.0.0.1", port=server.port, ssl=False) as owner:
        owner.login("jeanne", PASSWORD)
        owner.create_folder(folder)
        with connect(account, APPENDING, sent) as connection:
            connection.folder_encode = True
            append_imap(connection, folder, MAIL, NOW, named=folder)
        owner.select_folder(folder, readonly=True)
        kept = owner.fetch([1], ["BODY.PEEK[]", "FLAGS", "INTERNALDATE"])[1]
    assert kept[b"BODY[]"] == MAIL
    assert b"\\Seen" not in kept[b"FLAGS"]
    assert kept[b"INTERNALDATE"].astimezone(UTC) == NOW
    assert [line.split()[0] for line in sent].count("APPEND") == 1


def test_a_folder_that_is_not_there_is_not_made(server: Server, account: ImapAccount) -> None:
    """The owner makes it; the error says so."""
    before = server.folders("jeanne")
    with connect(account, APPENDING) as connection, pytest.raises(DeliveryError, match="make the folder"):
        append_imap(connection, "Nowhere", MAIL, NOW, named="Nowhere")
    assert server.folders("jeanne") == before
