"""Plain text and sentences: what stands together, what stands apart, what is a row."""

from __future__ import annotations

import pytest

from cancelproof.message import read, sentences, with_letters
from cancelproof.model import Manner, Message, Place, Voice
from message_fixture import MARKS, mail

WRAPPED = """\
Dear Daniel,

we have cancelled your Premium Support plan for the laptop that you
registered with us in March. Your cover ends on
3 May 2026.
Thanks and regards,
Arjun
Customer Care
"""

LONG = (
    "x" * 30 + " long enough to be a paragraph of its own that no program has wrapped, since it is far too long for it"
)

TEXTS = [
    (
        WRAPPED,
        [
            "Dear Daniel,",
            "we have cancelled your Premium Support plan for the laptop that you registered with us in March.",
            "Your cover ends on",
            "3 May 2026.",
            "Thanks and regards,",
            "Arjun",
            "Customer Care",
        ],
    ),
    (
        "退会の件、了解です。今月いっぱいで抜けておいたから、9月からは引き落としも\nないよ。\n",
        ["退会の件、了解です。", "今月いっぱいで抜けておいたから、9月からは引き落としもないよ。"],
    ),
    ("- one\n- two\n* three\n1. four\n2) five", ["one", "two", "three", "1. four", "2) five"]),
    ("Title\n=====\n\n# Head\n*** Loud ***\n----\nText", ["Title", "Head", "Loud", "Text"]),
    ("4. maj – 3. juni 2026", ["4. maj – 3. juni 2026"]),
    ("- 5,00 €", ["- 5,00 €"]),
    ("Contract # 5 - done", ["Contract # 5 - done"]),
    ("# 12 ** x", ["12 ** x"]),
    ("a\x96b", ["a–b"]),
    (
        "We have received your mail about what you pay (tariff\n11) and ended it.",
        ["We have received your mail about what you pay (tariff 11) and ended it."],
    ),
    (
        "Everything that you have kept with us - campaigns, contacts, reports\n- will be deleted on 1 December 2026.",
        ["Everything that you have kept with us - campaigns, contacts, reports - will be deleted on 1 December 2026."],
    ),
    (
        "You get, all in one and for the very same price as before:\n- this\n- that",
        ["You get, all in one and for the very same price as before:", "this", "that"],
    ),
    ("Watch now: https://x.example/a", ["Watch now"]),
    ("*Priya* changed _it_ 5*3 a_b", ["Priya changed it 5*3 a_b"]),
    ("Update payment <https://x.example/a?b=c> now", ["Update payment now"]),
    ("Turn it on ( https://x.example/ )\nhttps://x.example/only", ["Turn it on"]),
    ("See [our page](https://x.example/a) or https://www.x.example/b/c?d", ["See our page or www.x.example"]),
    ("one\n\n\n\ntwo\r\rthree", ["one", "two", "three"]),
    (f"{LONG}\nnext", [LONG, "next"]),
    ("", []),
]

ROWS = [
    ("Status: Cancelled", ("Status", "Cancelled")),
    ("Statut : Résilié", ("Statut", "Résilié")),
    ("契約番号：TB-1", ("契約番号", "TB-1")),
    ("契約番号:TB-1", ("契約番号", "TB-1")),
    ("Status       Cancelled by customer", ("Status", "Cancelled by customer")),
    ("Plan\tGold\t9.99", ("Plan", "Gold", "9.99")),
    ("Total ........ 9,99", ("Total", "9,99")),
    ("A | B | C", ("A", "B", "C")),
    ("| A | B |", ("A", "B")),
    ("Member no.:  77", ("Member no.", "77")),
    ("Ends: 3 May 2026.", ("Ends", "3 May 2026.")),
    ("Abonnementsnr.: 2077", ("Abonnementsnr.", "2077")),
    ("To pay (incl. VAT): 9,99", ("To pay (incl. VAT)", "9,99")),
    ("Good news: your contract is cancelled.", ()),
    ("Yes, it is done: cancelled", ()),
    ("At 10:30 it ended", ()),
    ("https://x.example is gone", ()),
    ("This label is far too long to be one: x", ()),
    ("It ended.  You pay nothing.", ()),
    ("Status:", ()),
    ("TrailLark (TrailLark: maps)", ()),
]

SENTENCES = [
    ("You pay nothing. It ends today!", ["You pay nothing.", "It ends today!"]),
    ("Is it over? Yes… No.", ["Is it over?", "Yes…", "No."]),
    ("解約しました。次は？はい", ["解約しました。", "次は？", "はい"]),
    ("Contract no. 5 and Nr. 7 ended. Bye", ["Contract no. 5 and Nr. 7 ended.", "Bye"]),
    ("No. It stays.", ["No.", "It stays."]),
    ("z. B. Ihre Daten. i.e. all. A. B. Smith", ["z. B. Ihre Daten.", "i.e. all.", "A. B. Smith"]),
    ("am 31. März endet es", ["am 31. März endet es"]),
    ("Freitag 31. Januar 2026 endet es", ["Freitag 31. Januar 2026 endet es"]),
    ("Bis 12. Juni kannst du kommen. Danke", ["Bis 12. Juni kannst du kommen.", "Danke"]),
    ("through September 1. Drop the key.", ["through September 1.", "Drop the key."]),
    ("until 31.12.26. Then 1.234,56 € at x.example/a.html. Bye",
     ["until 31.12.26.", "Then 1.234,56 € at x.example/a.html.", "Bye"]),
    ("Wait... what now", ["Wait... what now"]),
    ("8 h à 20 h. La suite", ["8 h à 20 h.", "La suite"]),
    ("one; two; three", ["one; two; three"]),
    ('He said "done." Then left.', ['He said "done."', "Then left."]),
    ("cancelled. you are free", ["cancelled.", "you are free"]),
    ("", []),
]  # fmt: skip

LETTER = """\
Policy number        HM/77

We have cancelled the policy above. Your cover will stop at
23:59 on 31 January 2025.
"""

FLOWED = "This is flowed \ntext that goes on.\n> quoted \n> too\n-- \nSig"


def texts(message: Message) -> list[str]:
    return [statement.text for statement in message.statements[1:]]


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_plain_text(text: str, expected: list[str]) -> None:
    """Lines that a program wrapped are joined; what a person set apart stays apart; marks of layout go."""
    assert texts(read(mail(text), MARKS)) == expected


@pytest.mark.parametrize(("line", "cells"), ROWS)
def test_rows(line: str, cells: tuple[str, ...]) -> None:
    """A label and its value, and columns, make a row; a sentence with a colon does not."""
    statements = read(mail(f"Hello\n\n{line}\n\nBye"), MARKS).statements[2:-1]
    assert statements[0].cells == cells
    if cells:
        assert statements[0].text == " | ".join(cells)


@pytest.mark.parametrize(("text", "expected"), SENTENCES)
def test_sentences(text: str, expected: list[str]) -> None:
    """Sentences end where they end for a reader, and keep their marks."""
    assert sentences.split(text, MARKS) == expected


def test_a_sentence_without_end_is_cut_at_a_blank() -> None:
    """No sentence is longer than the limit, and no word is lost."""
    pieces = sentences.split("word " * 2_000)
    assert max(map(len, pieces)) <= sentences.MAX_LENGTH
    assert " ".join(pieces).split() == ["word"] * 2_000


def test_flowed_text() -> None:
    """RFC 3676: lines that end in a blank go on."""
    message = read(mail(FLOWED, "text/plain; format=flowed"), MARKS)
    assert texts(message) == ["This is flowed text that goes on.", "quoted too", "Sig"]
    assert [statement.voice for statement in message.statements[1:]] == [Voice.OWN, Voice.QUOTED, Voice.OWN]


def test_the_subject_is_the_first_statement() -> None:
    """Also of a mail without body; invisible characters are gone from it."""
    message = read("Subject: Your\u200b plan is can\u00adcelled\n\n".encode(), MARKS)
    assert [(s.text, s.place) for s in message.statements] == [("Your plan is cancelled", Place.SUBJECT)]


SUBJECTS = {
    "Re: Your plan has been cancelled": Manner.REPLY,
    "AW: Re: Kündigung": Manner.REPLY,
    "Re[2]: My plan": Manner.REPLY,
    "Fwd: Your plan has been cancelled": Manner.REPLY,
    "Your plan: cancelled": Manner.PLAIN,
    "Regarding your plan": Manner.PLAIN,
}


@pytest.mark.parametrize(("subject", "manner"), SUBJECTS.items())
def test_subjects_of_replies(subject: str, manner: Manner) -> None:
    """A subject behind a mark of a reply or a forward is an earlier mail's."""
    message = read(f"Subject: {subject}\n\nText\n".encode(), MARKS)
    assert [statement.manner for statement in message.statements] == [manner, Manner.PLAIN]


LINES = {
    "Cancel my plan <https://a.example/x>": Manner.LINK,
    "[Cancel my plan](https://a.example/x)": Manner.LINK,
    "Your plan has ended. See here <https://a.example/x>": Manner.PLAIN,
}


@pytest.mark.parametrize(("line", "manner"), LINES.items())
def test_buttons_in_plain_text(line: str, manner: Manner) -> None:
    """A line that is a link with its text is what a button becomes."""
    assert {s.manner for s in read(mail(f"Hello,\n\n{line}\n"), MARKS).statements[2:]} == {manner}


def test_no_subject_no_statement() -> None:
    """An empty mail says nothing."""
    assert read(b"", MARKS).statements == ()


def test_letters() -> None:
    """The text of a document follows the mail's own words; its ragged lines are joined, its columns are rows."""
    message = with_letters(read(mail("See the letter."), MARKS), [LETTER, ""], MARKS)
    assert [(s.place, s.text) for s in message.statements[2:]] == [
        (Place.LETTER, "Policy number | HM/77"),
        (Place.LETTER, "We have cancelled the policy above."),
        (Place.LETTER, "Your cover will stop at 23:59 on 31 January 2025."),
    ]
