"""Mails that must neither raise nor last (PROOF.md 6: 16, 17, 18; each found to be slow or fatal in some reader)."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cancelproof.message import read
from cancelproof.model import Marks
from message_fixture import HEAD, MARKS, mail, multipart, page, part

SECONDS = 6  # on a slow machine under load; each takes about a tenth of that, or hours if it is not linear

HOSTILE = {
    "nested messages": HEAD + b"Content-Type: message/rfc822\n\n" * 2_000 + b"x",
    "nested comments": b"From: " + b"(" * 100_000 + b"\n\nx",
    "nested comments, many": b"From: " + b"(((( " * 500 + b"\n\nx",
    "many parts": HEAD + multipart("mixed", *[part(b"x")] * 100_000),
    "nested boundaries alike": HEAD + multipart("mixed", ended=False) * 3_000,
    "many encoded words": b"Subject: " + b"=?utf-8?q?a?=\n " * 20_000 + b"\n\nx",
    "encoded words without end": b"Subject: " + b"=?utf-8?q?a " * 20_000 + b"\n\nx",
    "many fields": b"X: y\n" * 200_000 + b"\nx",
    "one folded field": b"X: y\n" + b" z\n" * 300_000 + b"\nx",
    "many addresses": b"To: " + b"a@b.example," * 100_000 + b"\n\nx",
    "one line": b"x" * 3_000_000,
    "open tags": page("<b>" * 160_000 + "</i>" * 100_000),
    "nested tables": page("<table><tr><td>x<td>y" * 12_000),
    "definitions in each other": page("<dt>" * 30_000),
    "style comments": page("<style>" + "/* " * 60_000 + "</style><p>x"),
    "style at-rules": page("<style>" + "@a{}" * 50_000 + "</style><p>x"),
    "style rules": page("<style>" + ".a.b{display:none}" * 10_000 + "</style>" + "<p class='a c'>x</p>" * 10_000),
    "style media in each other": page("<style>" + "@media all{" * 18_000 + "</style><p>x"),
    "style addresses": page("<style>" + "url(" * 40_000 + '"</style><p>x'),
    "style backslashes": page("<style>" + '"\\\\' * 60_000 + "</style><p>x"),
    "blanks in a page": page(" " * 900_000 + "x"),
    "line breaks": page("x<br>" * 30_000),
    "blanks": mail(" " * 900_000 + "x"),
    "dots": mail("." * 900_000),
    "dotted": mail("a. " * 300_000),
    "quote marks": mail(">" * 900_000),
    "deep quotes": mail((">" * 70 + "x\n") * 12_000),
    "brackets": mail("[a](http://" * 90_000),
    "links": mail("<http://x " * 90_000),
    "labels": mail("a: " * 300_000),
    "field lines": mail("From: x\nTo: y\n" * 70_000),
    "attributions": mail("On 1 wrote:\n\n" * 70_000),
    "bars": mail("a | " * 200_000),
    "tabs": mail("a\t" * 400_000),
    "combining marks": mail("e" + "\u0301\u0323" * 200_000),
    "zero": mail(b"\0" * 900_000),
    "Japanese escapes": mail(b"\x1b$B" * 300_000 + b"\xff", charset="iso-2022-jp"),
    "padding": HEAD + b"Content-Transfer-Encoding: base64\n\n" + b"=" * 900_000,
}

ODD = [
    b"",
    b"\n\n\n",
    b":\n\n",
    b"\xff\xfe\x00" * 50,
    bytes(range(256)) * 10,
    b"Message-ID: <[>\n\nx",
    b"Message-ID: <[abc]>\n\nx",
    b"From: a@[\nTo: :;:;\nReply-To: <>\n\nx",
    b"Date: Mon, 99 Foo 99999 99:99:99 +999999\n\nx",
    b'Content-Type: text/plain; charset="\n\nx',
    b"Content-Type: text/html; charset=idna\n\n<p>x",
    b'Content-Type: multipart/mixed; boundary="(a+)+$"\n\n--(a+)+$\n\nx\n--(a+)+$--',
    b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n!!!!",
    b"Content-Type: text/plain\nContent-Transfer-Encoding: x-uuencode\n\nbegin\n\xff\xff\n",
    b"Content-Type: text/html\n\n<p style='font-size:.;opacity:-;color:#;left:+px'>x",
    b"Content-Type: text/html\n\n<style>{}}{@media{</style><p class='' id='' hidden=x style>x",
    b"Content-Type: text/html\n\n&#xD800;&#x110000;&#0;",
    b"Content-Type: text/html\n\n</td></tr></dd></dt></dl></table><td><dd>x<tr>y",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mails_are_read_in_time(name: str) -> None:
    """Each is read, within limits, in a time that grows with its size only."""
    start = time.monotonic()
    message = read(HOSTILE[name], MARKS)
    assert time.monotonic() - start < SECONDS
    assert not any(defect.startswith("could not be read") for defect in message.defects)


@pytest.mark.parametrize("raw", ODD)
def test_odd_mails_are_read(raw: bytes) -> None:
    """Malformed mails are read by the plain way, not by the guard around it."""
    assert not any(defect.startswith("could not be read") for defect in read(raw, MARKS).defects)


def test_what_nobody_foresaw_yields_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """Should reading fail for a reason unknown, the header that can be had is there, with a defect."""

    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("cancelproof.message.body.show", fail)
    message = read(b"From: a@x.example\nSubject: s\n\nbody", MARKS)
    assert message.subject == "s"
    assert message.sender.mailbox == "a@x.example"
    assert [statement.text for statement in message.statements] == ["s"]
    assert message.defects[0] == "could not be read: RuntimeError"


def test_not_even_the_header(monkeypatch: pytest.MonkeyPatch) -> None:
    """Should the header fail too, there still is a Message."""

    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("cancelproof.message.headers.split", fail)
    assert read(b"Subject: s\n\nbody", MARKS).defects == ("could not be read: RuntimeError",) * 2


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_raise(raw: bytes) -> None:
    """Any bytes give a Message."""
    assert not any(defect.startswith("could not be read") for defect in read(raw, Marks()).defects)


PIECES = [
    *("<p>", "<table>", "<tr>", "<td>", "</td>", "<dt>", "<dd>", "</dl>", "<blockquote>", "<br>", "x. ", "&nbsp;"),
    *("<style>", "</style>", ".a{display:none}", "<p class=a>", "<b style='color:#fff", "'>", "<!--", "-->", "|"),
    *("\n", "> ", "On 3 May wrote:", "fwd", "From: a@b.c", "Subject: y", "a  b", "解約。", "\u0301", "\u00ad"),
]


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30), st.booleans())
def test_no_body_raises(pieces: list[str], is_html: bool) -> None:
    """Bodies made of what the reader knows, in any order."""
    body = "".join(pieces)
    message = read(page(body) if is_html else mail(body), MARKS)
    assert not any(defect.startswith("could not be read") for defect in message.defects)
    assert all(statement.text == " ".join(statement.text.split()) for statement in message.statements)
