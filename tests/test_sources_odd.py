"""Large mails of servers that describe them badly, mails that share a name, and very many folders."""

from __future__ import annotations

import pytest

from cancelproof.model import RawMail
from cancelproof.sources.imap import ImapAccount, ImapSource
from fake_imap import DONE, DROP, TAG, Fake, chosen, served

BIG = b"Message-ID: <1@x>\r\nSubject: big\r\n\r\n" + b"A line of text.\r\n" * 9000

STRUCTURES = [
    ("none", b"* 1 FETCH (UID 1)\r\n"),
    ("NIL", b"* 1 FETCH (UID 1 BODYSTRUCTURE NIL)\r\n"),
    ("empty", b"* 1 FETCH (UID 1 BODYSTRUCTURE ())\r\n"),
    ("a size of -1", b'* 1 FETCH (UID 1 BODYSTRUCTURE ("text" "plain" NIL NIL NIL "7bit" -1 1))\r\n'),
    ("no end", b'* 1 FETCH (UID 1 BODYSTRUCTURE ("text" "plain"\r\n'),
    ("a literal", b'* 1 FETCH (UID 1 BODYSTRUCTURE ("text" {5}\r\nplain NIL NIL NIL "7bit" 9 1))\r\n'),
    (
        "a photo that is none",
        (
            b'* 1 FETCH (UID 1 BODYSTRUCTURE (("text" "plain" NIL NIL NIL "7bit" 9 1)'
            b'("image" "png" NIL NIL NIL "base64" 999999) "mixed" ("boundary" "x")))\r\n'
        ),
    ),
]


def read(fake: Fake) -> tuple[list[RawMail], list[str]]:
    account = ImapAccount("mine", "127.0.0.1", fake.port, "me", "none", "x", timeout=5.0)
    source = ImapSource(account, {}, sleep=lambda _: None)
    batches = list(source.batches())
    faults = [fault.what for batch in batches for fault in batch.faults]
    return [mail for batch in batches for mail in batch.mails], faults


@pytest.mark.parametrize(("what", "said"), STRUCTURES, ids=[what for what, _ in STRUCTURES])
def test_a_badly_described_mail_is_fetched_whole(what: str, said: bytes) -> None:
    """Whatever the server says of its parts: every byte is read, and the mail is no fault."""

    def script(verb: str, rest: str) -> bytes | None:
        return said + DONE if verb == "UID FETCH" and "BODYSTRUCTURE" in rest else None

    with served(Fake({b"INBOX": {1: BIG}}, script)) as fake:
        (mail,), faults = read(fake)
    assert (mail.raw, mail.whole, faults) == (BIG, None, [])


@pytest.mark.parametrize("answer", [TAG + b" NO no\r\n", TAG + b" BAD what\r\n", DROP], ids=["NO", "BAD", "drop"])
def test_a_structure_that_is_refused(answer: bytes) -> None:
    """A server that will not describe its mails, or hangs up over it, is asked for them whole."""
    asked: list[str] = []

    def script(verb: str, rest: str) -> bytes | None:
        if verb == "UID FETCH" and "BODYSTRUCTURE" in rest:
            asked.append(rest)
            return answer
        return None

    with served(Fake({b"INBOX": {1: BIG, 2: BIG}}, script)) as fake:
        found, faults = read(fake)
    assert [mail.raw for mail in found] == [BIG, BIG]
    assert (faults, len(asked)) == ([], 1)


@pytest.mark.parametrize("factor", [3, 0.3])
def test_a_size_that_is_wrong(factor: float) -> None:
    """RFC822.SIZE is a hint: what is announced too large or too small is read all the same."""

    def script(verb: str, rest: str) -> bytes | None:
        if verb != "UID FETCH" or "RFC822.SIZE" not in rest:
            return None
        uids = chosen(rest.partition(" ")[0], {1: b"", 2: b""})
        return b"".join(b"* 1 FETCH (UID %d RFC822.SIZE %d)\r\n" % (u, int(len(BIG) * factor)) for u in uids) + DONE

    with served(Fake({b"INBOX": {1: BIG, 2: BIG}}, script)) as fake:
        found, faults = read(fake)
    assert [mail.raw for mail in found] == [BIG, BIG]
    assert faults == []


NAMES = [b"<1@x>", b"<a b@x>", b"<\xe9@x>", b"!&!AAAA", b""]


@pytest.mark.parametrize("name", NAMES)
def test_mails_that_share_their_name(name: bytes) -> None:
    """A Message-ID may stand twice, be odd or be missing: every mail is read, two bodies are two mails."""
    head = b"Message-ID: " + name + b"\r\n" if name else b""
    box = {uid: head + b"Subject: x\r\n\r\nText %d\r\n" % uid for uid in (1, 2)}
    with served(Fake({b"INBOX": box, b"Copy": {1: box[1]}})) as fake:
        found, faults = read(fake)
    assert sorted(mail.raw for mail in found) == sorted([box[1], box[1], box[2]])
    assert len({mail.sha256 for mail in found}) == 2
    assert faults == []


def test_five_thousand_folders() -> None:
    """With LIST-STATUS very many folders cost one round trip."""
    names = [b"Folder %d" % number for number in range(5000)]
    listing = b"".join(
        b'* LIST () "/" "%b"\r\n* STATUS "%b" (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 7)\r\n' % (name, name) for name in names
    )
    fake = Fake({}, capabilities=b"IMAP4rev1 LIST-EXTENDED LIST-STATUS", listing=listing)
    with served(fake):
        assert read(fake) == ([], [])
    assert [command.split()[0] for command in fake.commands] == ["CAPABILITY", "LOGIN", "CAPABILITY", "LIST", "LOGOUT"]


def test_a_text_that_ends_like_a_literal() -> None:
    """A mail whose last line looks like the size of a literal, or like an answer, is whole."""
    raw = b"Subject: x\r\n\r\n* 2 FETCH (UID 2 BODY[] {12}\r\nA1 OK done\r\n(UID 9) {12}"
    for form in (b"* 1 FETCH (UID 1 BODY[] ~{%d}\r\n%b)\r\n", b"* 1 FETCH (BODY[] {%d}\r\n%b UID 1)\r\n"):
        said = form % (len(raw), raw) + DONE
        answers = {"UID FETCH": said}

        def script(verb: str, rest: str, answers: dict[str, bytes] = answers) -> bytes | None:
            return answers.get(verb) if "BODY.PEEK" in rest else None

        with served(Fake({b"INBOX": {1: raw}}, script)) as fake:
            (mail,), faults = read(fake)
        assert (mail.raw, faults) == (raw, [])
