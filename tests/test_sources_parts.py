"""Large mails are fetched without what nobody reads; what is understood of them, and what is kept, is the same."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count

import pytest

import dovecot
from cancelproof.message import read
from cancelproof.model import Batch, Fault, Marks, Message, RawMail
from cancelproof.sources import parts
from cancelproof.sources.imap import ImapAccount, ImapSource

_users = count(1)
PHOTO = base64.encodebytes(bytes(range(256)) * 1200).replace(b"\n", b"\r\n")
HEAD = b"From: a@shop.example\r\nMessage-ID: <%d@shop.example>\r\nSubject: s\r\nMIME-Version: 1.0\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dovecot.Server]:
    with dovecot.dovecot(tmp_path_factory.mktemp("dovecot")) as started:
        yield started


def part(kind: str, content: bytes, more: str = "") -> bytes:
    return f"Content-Type: {kind}\r\n{more}\r\n".encode() + content


def multipart(kind: str, *found: bytes, boundary: str = "b") -> bytes:
    inner = b"".join(b"--" + boundary.encode() + b"\r\n" + one + b"\r\n" for one in found)
    return part(f'multipart/{kind}; boundary="{boundary}"', inner + b"--" + boundary.encode() + b"--\r\n")


TEXT = part("text/plain; charset=utf-8", "Votre contrat est résilié.\r\n".encode())
HTML = part("text/html", b"<p>Your contract is <b>ended</b>.</p>")
BASE64 = "Content-Transfer-Encoding: base64\r\n"
IMAGE = part('image/jpeg; name="p.jpg"', PHOTO, BASE64)
ARCHIVE = part("application/zip", PHOTO, BASE64 + 'Content-Disposition: attachment; filename="a.zip"\r\n')
PDF = part("application/pdf", base64.b64encode(b"%PDF-1.4 a letter") + b"\r\n", BASE64)
FORWARD = part("message/rfc822", HEAD % 9 + TEXT)

#: A mail, and whether anything of it can be left away.
MAILS = [
    ("a text and a photo", multipart("mixed", TEXT, IMAGE), True),
    ("alternatives within", multipart("mixed", multipart("alternative", TEXT, HTML, boundary="in"), IMAGE), True),
    ("a forward beside an archive", multipart("mixed", FORWARD, ARCHIVE), True),
    ("a PDF beside a photo", multipart("mixed", TEXT, PDF, IMAGE), True),
    ("pictures shown in the text", multipart("related", HTML, IMAGE, IMAGE), True),
    ("a long text", TEXT + b"x" * 76 + b"\r\n" * 90_000, False),
    ("a boundary with quotes", multipart("mixed", TEXT, IMAGE, boundary="=_a'(b)+,-./:=?"), True),
    ("a photo alone", IMAGE, True),
]


@contextmanager
def fetched(server: dovecot.Server, raw: bytes) -> Iterator[tuple[RawMail, ImapSource, list[Batch]]]:
    user = f"parts{next(_users)}"
    server.append(user, "INBOX", [raw])
    source = ImapSource(ImapAccount("mine", "127.0.0.1", server.port, user, "none", dovecot.PASSWORD), {})
    batches = list(source.batches())
    assert [fault for batch in batches for fault in batch.faults] == []
    (mail,) = (mail for batch in batches for mail in batch.mails)
    yield mail, source, batches
    source.close()


def without_attachments(raw: bytes) -> Message:
    message = read(raw, Marks())
    bare = tuple(replace(one, payload=b"") for one in message.attachments if one.content_type != "application/pdf")
    return replace(message, attachments=bare)


def documents(raw: bytes) -> list[bytes]:
    return [one.payload for one in read(raw, Marks()).attachments if one.content_type == "application/pdf"]


@pytest.mark.parametrize(("what", "body", "spares"), MAILS, ids=[one[0] for one in MAILS])
def test_the_same_is_understood(server: dovecot.Server, what: str, body: bytes, spares: bool) -> None:
    """Header, texts, documents and names of attachments are as in the whole mail, and the whole can be had."""
    raw = HEAD % 1 + body
    with fetched(server, raw) as (mail, _, batches):
        assert (mail.whole is not None) is spares
        assert without_attachments(mail.raw) == without_attachments(raw)
        assert documents(mail.raw) == documents(raw)
        if mail.whole:
            assert sum(batch.fetched for batch in batches) < len(raw) / 4
            whole = mail.whole()
            assert isinstance(whole, RawMail)
            assert (whole.raw, whole.whole, whole.origin) == (raw, None, mail.origin)


def test_a_mail_gone_before_it_was_had_whole(server: dovecot.Server) -> None:
    """A mail that vanishes between its parts and its whole is a fault, not a proof with holes."""
    with fetched(server, HEAD % 1 + multipart("mixed", TEXT, IMAGE)) as (mail, source, _):
        server.do(source.account.user, ("select",), ("store", "1", "+FLAGS", r"(\Deleted)"), ("expunge",))
        assert mail.whole is not None
        gone = mail.whole()
    assert isinstance(gone, Fault)
    assert "vanished" in gone.what


ODD = [
    b"NIL",
    b"()",
    b"((",
    b'("text" "plain")',
    b'("text" "plain" NIL NIL NIL "7bit" -1 1)',
    b'(("text" "plain" NIL NIL NIL "7bit" 5 1) "mixed")',
    b'(("text" "plain" NIL NIL NIL "7bit" 5 1) "mixed" NIL)',
    b"(" * 4000 + b")" * 4000,
    b'("text" {3}',
    b'("a" "b" NIL NIL NIL NIL "x" NIL)',
]


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_an_odd_structure_is_none(text: bytes) -> None:
    """A structure that is malformed is refused as such; the mail is then fetched whole."""
    with pytest.raises(parts.Odd):
        parts.structure(text)
