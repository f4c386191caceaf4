"""The gate turns away only mails of which the careful reading says `other`."""

from __future__ import annotations

from email.message import EmailMessage
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cancelproof.classify.gate import Gate
from cancelproof.message.skim import skim
from cancelproof.model import Kind, RawMail
from cancelproof.model import Origin as From
from cancelproof.run import Mailroom
from rules_fixture import compiled_rules

HERE = Path(__file__).parent


@lru_cache(maxsize=1)
def room() -> Mailroom:
    return Mailroom(compiled_rules())


def _kept_but_turned_away(folder: Path) -> list[str]:
    lost = []
    for file in sorted(folder.rglob("*.eml")):
        mail = RawMail(raw=file.read_bytes(), origin=From(source=file.name))
        if not room().sift(mail) and room().read(mail).decision.kind is not Kind.OTHER:
            lost.append(file.name)
    return lost


@pytest.mark.parametrize("corpus", ["scenarios", "rounds", "mails/shapes"])
def test_no_mail_of_ours_is_lost(corpus: str) -> None:
    """All mailboxes, all rounds."""
    assert not _kept_but_turned_away(HERE / corpus)


@pytest.mark.needs_shared
@pytest.mark.parametrize("corpus", ["mails", "templates"])
def test_no_mail_of_the_corpus_is_lost(corpus: str, shared: Path) -> None:
    """The labelled mails beside the checkout, and those of real products."""
    assert not _kept_but_turned_away(shared / "corpus" / corpus)


def _mail(text: str, subtype: str = "plain", **headers: str) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "a@shop.example", headers.pop("subject", "Hello")
    message["Received"] = (
        "from mail.shop.example by mx.example.org; Fri, 1 May 2026 10:00:00 +0000"  # not the owner's own
    )
    message.set_content(text, subtype=subtype)
    return message.as_bytes()


def test_a_mail_that_speaks_of_no_contract_is_turned_away() -> None:
    """The gate does let most mails go: it would be of no use otherwise."""
    words = skim(_mail("Grandmother's plum cake is in the oven and the children are in the garden with the dog."))
    assert words is not None
    assert not Gate(compiled_rules()).may_say(words)


HIDDEN = {
    "in several inline elements": "<p>Your sub<b>scrip</b>tion has been <i>can</i>celled.</p>",
    "with soft hyphens": "<p>Your sub\u00adscrip\u00adtion has been can\u00adcelled.</p>",
    "with zero-width characters": "<p>Your sub\u200bscription has been cancel\u200cled.</p>",
    "with no-break spaces": "<p>Your\u00a0subscription\u00a0has&nbsp;been&nbsp;cancelled.</p>",
    "in capitals": "<h1>YOUR SUBSCRIPTION HAS BEEN CANCELLED</h1>",
    "in full width": "<p>Ｙｏｕｒ ｓｕｂｓｃｒｉｐｔｉｏｎ ｈａｓ ｂｅｅｎ ｃａｎｃｅｌｌｅｄ.</p>",
    "in a table": "<table><tr><td>Your subscription</td><td>has been cancelled</td></tr></table>",
}


@pytest.mark.parametrize("html", HIDDEN.values(), ids=HIDDEN)
def test_however_it_is_written(html: str) -> None:
    """What a person reads as one word is one word to the gate."""
    mail = RawMail(raw=_mail(f"<html><body>{html}</body></html>", "html"), origin=From(source="x"))
    assert room().read(mail).decision.kind is Kind.CLOSURE
    assert room().sift(mail)


UNSURE = {
    "an attached letter": b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: application/pdf\n\nx\n",
    "a letter of no type": b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: a/x-load\n\nx\n",
    "an attached page": b"Content-Type: text/html\nContent-Disposition: attachment; filename=a.html\n\n<p>hello\n",
    "a mail in a mail": b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\nx\n",
    "a charset of its own": b"Content-Type: text/plain; charset=x-mine\n\nhello there\n",
    "no text at all": b"Subject: x\n\n",
    "a script without spaces": "Content-Type: text/plain; charset=utf-8\n\n解約が完了しました\n".encode(),
}


@pytest.mark.parametrize("raw", UNSURE.values(), ids=UNSURE)
def test_what_cannot_be_skimmed_is_read(raw: bytes) -> None:
    """The gate judges only what it surely sees."""
    assert skim(raw) is None


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_skimmed_or_left(raw: bytes) -> None:
    """Nothing that arrives can stop the gate."""
    words = skim(raw)
    assert words is None or isinstance(Gate(compiled_rules()).may_say(words), bool)
