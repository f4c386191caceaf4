"""The gate turns away only mails of which the careful reading says `other`."""

from __future__ import annotations

import time
from collections.abc import Sequence
from email.message import EmailMessage
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cancelproof.classify.matcher import REACH
from cancelproof.message.skim import OVERLAP, skim
from cancelproof.model import Kind, RawMail
from cancelproof.model import Origin as From
from cancelproof.rules.compiled import CHOICE, EDGE, GAP, MENTION, WORD, Choice, Steps
from rules_fixture import compiled_rules, mailroom

HERE = Path(__file__).parent


def _kept_but_turned_away(folder: Path) -> list[str]:
    lost = []
    for file in sorted(folder.rglob("*.eml")):
        mail = RawMail(raw=file.read_bytes(), origin=From(source=file.name))
        if not mailroom().sift(mail) and mailroom().read(mail).decision.kind is not Kind.OTHER:
            lost.append(file.name)
    return lost


def _folders(*corpora: str) -> list[str]:
    """The folders of mails in these, one by one: so the processes that run tests share them."""
    return sorted({mail.parent.relative_to(HERE).as_posix() for one in corpora for mail in (HERE / one).rglob("*.eml")})


@pytest.mark.parametrize("corpus", _folders("scenarios", "rounds", "mails/shapes"))
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
    assert not mailroom().gate.may_say(words)


def test_an_owners_letter_passes_in_words_that_tell_nothing_of_others() -> None:
    """Who writes "I would ask you to end it" need not say who speaks; a newsletter with these words is no request."""
    pieces = ["Parking space 114", "I would ask you to end it."]
    gate = mailroom().gate
    assert gate.may_say(pieces, by_owner=True)
    assert not gate.may_say(pieces)


HIDDEN = {
    "in several inline elements": "<p>Your sub<b>scrip</b>tion has been <i>can</i>celled.</p>",
    "with soft hyphens": "<p>Your sub\u00adscrip\u00adtion has been can\u00adcelled.</p>",
    "with zero-width characters": "<p>Your sub\u200bscription has been cancel\u200cled.</p>",
    "with no-break spaces": "<p>Your\u00a0subscription\u00a0has&nbsp;been&nbsp;cancelled.</p>",
    "in capitals": "<h1>YOUR SUBSCRIPTION HAS BEEN CANCELLED</h1>",
    "in full width": "<p>Ｙｏｕｒ ｓｕｂｓｃｒｉｐｔｉｏｎ ｈａｓ ｂｅｅｎ ｃａｎｃｅｌｌｅｄ.</p>",
    "in a table": "<table><tr><td>Your subscription</td><td>has been cancelled</td></tr></table>",
    "in a table beside a table": "<table><tr><td>Your subscription</td><td><table><tr><td>has been cancelled</td></tr>"
    "</table></td></tr></table>",
    "in cells without end": "<table><tr><td>Your subscription<td>has been cancelled</table>",
    "beside words in quotes": '<p title="a">We say "hello" and = "x". Your subscription has been cancelled.</p>',
    "between quotes": '<p title="a" id="b">="Your subscription has been cancelled."</p><p title="c">x</p>',
    "behind an open quote": '<p>5" <b id=\'x="\'>Your subscription</b> has been cancelled.</p><p id="y">z</p>',
    "between single and double quotes": "<i t='x=\"'>Your subscription is cancelled.<b c=\"y=\" d='z=\"'></b></i>",
    "in capital tags": "<TABLE><TR><TD>Your subscription</TD><TD>has been cancelled</TD></TR></TABLE>",
    "in a broken line": "<p>Dear customer, your subscription<br>has been cancelled.</p>",
    "after many other words": f"<p>{'The garden is full of roses and the children sing, ' * 40}"
    "and your subscription has been cancelled, as we have been told.</p>",
    "behind a sign in a value": "<p><img alt='>'>Your <a title=\"a>b\">subscription</a> has been cancelled.</p>",
    "behind tags in a value": "<p>Your subscription <img alt='</p><b>x'>has been cancelled.</p>",
    "behind a smaller sign": "<p>5 < 6 &amp; 7 > 6.</p><p>Your subscription has been cancelled.</p>",
    "behind a letter and signs": "<p>More >> <a href=x>here</a></p><p>Your subscription has been cancelled.</p>",
    "around a comment": "<p>Your subscription has been can<!-- </p> > <td> -->celled.</p>",
    "behind a comment in a style": "<style>/* <!-- */ a > b {}</style><p>Your subscription has been cancelled.</p>",
    "behind a comment of nothing": "<!--><p>Your subscription has been cancelled.</p><!-- x -->",
    "for one program": "<!--[if !mso]><!--><p>Your subscription has been cancelled.</p><!--<![endif]-->",
    "in table without cells": "<table><tr>Your subscription has been cancelled.</tr></table>",
    "without end": "<p>Your subscription has been cancelled. <a href='",
    "in entities": "<p>Your&#32;subscription has been &#99;ancel&#x6c;ed.</p>",
}


@pytest.mark.parametrize(("broken", "what"), [("12.50\nUSD", "money"), ("3\nMay 2026", "date"), ("3\u00a0May", "date")])
def test_a_sum_or_a_day_may_go_on_in_the_next_line(broken: str, what: str) -> None:
    """As in the careful reading."""
    assert mailroom().gate.sieve("en").look(f"You paid for it on {broken} again").mentions[what]


SPREAD = {
    "a subject is one": ("Hello.", "Your subscription. Has been cancelled"),
    "a label and its value": ("Your subscription: This has been said. Has been cancelled", "Hello"),
    "cells between bars": ("Your subscription | Thank you. Has been cancelled", "Hello"),
    "columns": ("Your subscription   Thank you. Has been cancelled", "Hello"),
}


@pytest.mark.parametrize(("text", "subject"), SPREAD.values(), ids=SPREAD)
def test_what_is_read_as_one_statement_is_skimmed_as_one(text: str, subject: str) -> None:
    """Though a sentence seems to end in it."""
    words = skim(_mail(text, subject=subject))
    assert words is not None
    assert any("subscription" in piece and "cancelled" in piece for piece in words)


@pytest.mark.parametrize("html", HIDDEN.values(), ids=HIDDEN)
def test_however_it_is_written(html: str) -> None:
    """What a person reads as one word is one word to the gate."""
    mail = RawMail(raw=_mail(f"<html><body>{html}</body></html>", "html"), origin=From(source="x"))
    assert mailroom().read(mail).decision.kind is Kind.CLOSURE
    assert mailroom().sift(mail)


UNSURE = {
    "an attached letter": b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: application/pdf\n\nx\n",
    "a letter of no type": b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: application/x-load\n\nx\n",
    "an attached page": b"Content-Type: text/html\nContent-Disposition: attachment; filename=a.html\n\n<p>hello\n",
    "a mail in a mail": b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\nx\n",
    "a charset of its own": b"Content-Type: text/plain; charset=x-mine\n\nhello there\n",
    "a charset behind other headers": b"Content-Type: text/html\n%s\n<meta charset=koi8-r>hello\n"
    % (b"X-A: b\n" * 900),
    "a page's own charset behind a picture": b"Content-Type: multipart/mixed; boundary=b\n\n--b\n"
    b"Content-Type: image/gif\n\n%s--b\nContent-Type: text/html\n\n<meta charset=koi8-r>hello\n--b--\n"
    % (b"R0lGODlh\n" * 9000),
    "a header without end": b"Content-Type: text/html\n" + b"X-A: b\n" * 9000 + b"\n<meta charset=koi8-r>hello\n",
    "no text at all": b"Subject: x\n\n",
    "a script without spaces": "Content-Type: text/plain; charset=utf-8\n\n解約が完了しました\n".encode(),
}


@pytest.mark.parametrize("raw", UNSURE.values(), ids=UNSURE)
def test_what_cannot_be_skimmed_is_read(raw: bytes) -> None:
    """The gate judges only what it surely sees."""
    assert skim(raw) is None


PICTURE = b"Content-Type: %s\nContent-Disposition: attachment; filename=%s\nContent-Transfer-Encoding: base64\n\n%s\n"


def _with_attached(kind: bytes, name: bytes, content: bytes = b"/9j/4AAQSkZJRg==") -> bytes:
    text = b"Content-Type: text/plain\n\nHere is the photo.\n"
    head = b"Content-Type: multipart/mixed; boundary=b\n\n"
    return head + b"--b\n" + text + b"--b\n" + PICTURE % (kind, name, content) + b"--b--\n"


@pytest.mark.parametrize("kind", [b"image/jpeg", b"video/mp4", b"application/zip"])
def test_what_holds_no_words_is_passed_over(kind: bytes) -> None:
    """A photograph or a film says nothing about a contract."""
    assert skim(_with_attached(kind, b"a.bin")) == ["Here is the photo."]


DISGUISED = {
    "a letter called a picture": (b"application/zip", b"a.zip", b"JVBERi0xLjQK"),
    "a mail called a picture": (b"image/png", b"a.eml", b"eA=="),
    "of no type": (b"application/octet-stream", b"a", b"eA=="),
}


@pytest.mark.parametrize("attached", DISGUISED.values(), ids=DISGUISED)
def test_what_may_hold_words_is_read(attached: tuple[bytes, bytes, bytes]) -> None:
    """Whatever its sender calls it."""
    assert skim(_with_attached(*attached)) is None


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_skimmed_or_left(raw: bytes) -> None:
    """Nothing that arrives can stop the gate."""
    words = skim(raw)
    assert words is None or isinstance(mailroom().gate.may_say(words), bool)


def test_no_pattern_spreads_over_more_words_than_two_pieces_share() -> None:
    """Else one that reaches over the end of a piece would be missed."""
    for language in compiled_rules().compiled.values():
        widths = _Widths(language.choices)
        own = [says for _, _, says in language.own.values()]
        for say in chain(language.rule_says.says, *(says.says for says in own)):
            whole = REACH * len(say.parts) if len(say.parts) > 1 else widths.of_steps(say.parts[0])
            assert whole <= OVERLAP, (language.code, say.of, whole)


class _Widths:
    """The most words that the steps of a pattern take."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        self.choices = choices
        self.known: dict[int, int] = {}

    def of_steps(self, steps: Steps) -> int:
        return sum(self.of_step(tag, value) for tag, value in steps)

    def of_step(self, tag: int, value: Any) -> int:
        if tag == CHOICE:
            if value not in self.known:
                choice = self.choices[value]
                options = chain(choice.loose, *choice.by_first.values())
                self.known[value] = max(map(self.of_steps, options), default=1)
            return self.known[value]
        widths: dict[int, int] = {WORD: 1, GAP: value, MENTION: 8, EDGE: 0}
        return widths[tag]


HOSTILE = {
    "begun tags": "<a" * 200_000,
    "begun values": "<a b='" * 100_000 + '<a b="' * 100_000,
    "values and signs": "<a b='>\"" * 100_000,
    "begun comments": "<!--" * 100_000,
    "begun styles": "<!-- --><style" * 100_000,
    "ends": ">" * 400_000,
    "blanks": "> \n" * 100_000 + "<",
    "smaller signs": "< " * 200_000,
    "cells": "<td>" * 100_000,
}


@pytest.mark.parametrize("page", HOSTILE.values(), ids=HOSTILE)
def test_hostile_pages_are_skimmed_in_time(page: str) -> None:
    """Time is linear in the size, whatever stands in a page."""
    start = time.process_time()
    skim(_mail(page, "html", subject="x"))
    skim(b"Content-Type: text/html\n\n" + page.encode())
    assert time.process_time() - start < 2


def test_a_mail_of_many_parts_is_left() -> None:
    """Nobody writes hundreds of attachments; to look at each of their headers would take long."""
    part = b"--b\nContent-Type: image/png\nContent-Disposition: attachment\n\n"
    assert skim(b"Content-Type: multipart/mixed; boundary=b\n\n" + part * 1000) is None
