"""Whose words: the writer's own, quoted, forwarded."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from cancelproof.message import read
from cancelproof.model import Message, Voice
from message_fixture import HEAD, MARKS, mail, multipart, page, part

INNER = b"From: Gym <hi@gym.example>\nTo: aunt@example.net\nSubject: Ended\nDate: 1 Mar 2026 09:00:00 +0000\n"
FORWARD = HEAD.replace(b"Subject: ", b"Subject: Fwd: ")
GMAIL_REPLY = (
    "<div>It is done.</div><div class='gmail_quote'><div class='gmail_attr'>On Thu, Oct 1, 2026 Me &lt;me@example.org"
    "&gt; wrote:<br></div><blockquote class='gmail_quote'>Please cancel.</blockquote></div>"
)
GMAIL_FORWARD = (
    "<div>see below<br><div class='gmail_quote'><div class='gmail_attr'>---------- Forwarded message ---------<br>"
    "From: <b>Gym</b> &lt;hi@gym.example&gt;<br>Date: Sun, 1 Mar 2026 09:00:00 +0000<br>Subject: Ended<br>To: &lt;"
    "aunt@example.net&gt;<br></div><br><p>It ended.</p><blockquote>Please cancel.</blockquote></div></div>"
)
OUTLOOK = (
    "<p>{}</p><div style='border-top:solid 1pt'><p><b>From:</b> Gym &lt;hi@gym.example&gt;<br><b>Sent:</b> Sunday<br>"
    "<b>To:</b> aunt@example.net<br><b>Subject:</b> Ended</p></div><p>It ended.</p>"
)
THUNDERBIRD_FORWARD = (
    "<div>-------- Forwarded Message --------<table><tr><th>Subject: </th><td>Ended</td></tr><tr><th>Date: </th><td>"
    "Sun, 1 Mar 2026 09:00:00 +0000</td></tr><tr><th>From: </th><td>Gym &lt;hi@gym.example&gt;</td></tr><tr><th>To: "
    "</th><td>aunt@example.net</td></tr></table><p>It ended.</p></div>"
)
PLAIN_FORWARD = """\
For you.

Begin forwarded message:

From: Gym <hi@gym.example>
Subject: Ended
Date: Sun, 1 Mar 2026 09:00:00 +0000
To: aunt@example.net

It ended.

> Please cancel.
"""
#: (mail, own words, quoted words)
REPLIES = [
    (mail("Done.\n\n> Please cancel\n> my plan."), ["Done."], ["Please cancel", "my plan."]),
    (mail("Done.\n\nOn 1 May, A <a@x.example> wrote:\n> Please cancel"), ["Done."],
     ["On 1 May, A <a@x.example> wrote:", "Please cancel"]),
    (mail("Done.\n\nOn Thu, 1 Oct 2026, A Person Of A Very Long Name <a@x.example>\nwrote:\n> Please"), ["Done."],
     ["On Thu, 1 Oct 2026, A Person Of A Very Long Name <a@x.example> wrote:", "Please"]),
    (mail("Done.\n\nAm 3. Mai 2026 schrieb A:\n\nBitte."), ["Done."], ["Am 3. Mai 2026 schrieb A:", "Bitte."]),
    (mail("Done.\n\n2025年8月21日 結衣 <y@x.example>:\n> すみません"), ["Done."],
     ["2025年8月21日 結衣 <y@x.example>:", "すみません"]),
    (mail("> A wrote on 3 May:\n> Please cancel\n\nDone.\n\n> thanks\n\nBye"), ["Done.", "Bye"],
     ["A wrote on 3 May:", "Please cancel", "thanks"]),
    (mail("Done.\n\n-----Original Message-----\nPlease cancel"), ["Done."],
     ["-----Original Message-----", "Please cancel"]),
    (mail("Done.\n\nDe : moi\nEnvoyé : lundi\nObjet : fin\n\nStop"), ["Done."],
     ["De | moi", "Envoyé | lundi", "Objet | fin", "Stop"]),
    (page(GMAIL_REPLY), ["It is done."], ["On Thu, Oct 1, 2026 Me <me@example.org> wrote:", "Please cancel."]),
    (page(OUTLOOK.format("Done.")), ["Done."],
     ["From | Gym <hi@gym.example>", "Sent | Sunday", "To | aunt@example.net", "Subject | Ended", "It ended."]),
    (page("<p>a&gt;b</p><p>Done</p><br>&gt; old<br>&gt; older"), ["a>b", "Done"], ["old", "older"]),
    (page("<div>Done</div><div class='yahoo_quoted'><div>Please</div></div>"), ["Done"], ["Please"]),
    (page("<blockquote><p>A letter set in a blockquote.</p></blockquote>"), ["A letter set in a blockquote."], []),
    (mail("Not this one.\n\n---- Original message (2 May 2025) ----\nIt ended."),
     ["Not this one."], ["---- Original message (2 May 2025) ----", "It ended."]),
    (mail("You wrote:\n\nWe ended it."), ["You wrote:", "We ended it."], []),
    (mail("From: Paris\nTo: Lyon\nDate: 3 May\n\nHave a good trip."),
     ["From | Paris", "To | Lyon", "Date | 3 May", "Have a good trip."], []),
    (mail(">From now on it is over."), ["From now on it is over."], []),
]  # fmt: skip

FORWARDS = [
    (mail(PLAIN_FORWARD), ["For you."]),
    (page(GMAIL_FORWARD), ["see below"]),
    (page(THUNDERBIRD_FORWARD), []),
    (page(OUTLOOK.format("FYI")).replace(HEAD, FORWARD), ["FYI"]),
    (page(OUTLOOK.format("")), []),
    (HEAD + multipart("mixed", part(b"Look."), part(INNER + b"\nIt ended.", "message/rfc822")), ["Look."]),
    (HEAD + multipart("mixed", part(INNER + b"\nIt ended.", "application/octet-stream; name=x.eml")), []),
]


def words(message: Message, voice: Voice) -> list[str]:
    return [statement.text for statement in message.statements[1:] if statement.voice is voice]


@pytest.mark.parametrize(("raw", "own", "quoted"), REPLIES)
def test_own_and_quoted_words(raw: bytes, own: list[str], quoted: list[str]) -> None:
    """Quoted words are told from the writer's own, above, below and between them."""
    message = read(raw, MARKS)
    assert (words(message, Voice.OWN), words(message, Voice.QUOTED)) == (own, quoted)
    assert message.forwarded is None


@pytest.mark.parametrize(("raw", "own"), FORWARDS)
def test_forwards(raw: bytes, own: list[str]) -> None:
    """A forwarded mail is a mail of its own, with its own sender, subject and words."""
    message = read(raw, MARKS)
    assert words(message, Voice.OWN) == own
    inner = message.forwarded
    assert inner is not None
    assert inner.sender.mailbox == "hi@gym.example"
    assert inner.recipients[0].mailbox == "aunt@example.net"
    assert inner.statements[0].text == inner.subject == "Ended"
    assert words(inner, Voice.OWN) == ["It ended."]


ANSWERS = {
    "its own mail": ("Re: Your plan", "Gym <hi@gym.example>", False),
    "of one line alone": ("Re: Your plan", "one line", False),
    "another's of the same domain": ("Re: Your plan", "Desk <desk@gym.example>", True),
    "of a domain that only begins alike": ("Re: Your plan", "Gym <hi@gym.example.evil.example>", True),
    "forwarded": ("Fwd: Your plan", "Gym <hi@gym.example>", True),
}


@pytest.mark.parametrize(("subject", "writer", "forwards"), ANSWERS.values(), ids=ANSWERS)
def test_who_answers_above_an_own_mail_forwards_nothing(subject: str, writer: str, forwards: bool) -> None:
    """A vendor that answers above what it wrote earlier asserts the answer alone."""
    body = PLAIN_FORWARD.replace("Gym <hi@gym.example>", writer)
    if writer == "one line":
        body = "For you.\n\nBegin forwarded message:\n\nFrom: Gym <hi@gym.example>\n\nIt ended.\n"
    raw = mail(body).replace(b"Subject: Your plan", b"Subject: " + subject.encode())
    message = read(re.sub(rb"^From: .*$", b"From: Gym <hi@gym.example>", raw, count=1, flags=re.MULTILINE), MARKS)
    assert bool(message.forwarded) == forwards
    assert words(message, Voice.OWN) == ["For you."]
    assert ("It ended." in words(message, Voice.QUOTED)) != forwards


SHOWN = {
    "Sun, 1 Mar 2026 09:00:00 +0000": "2026-03-01 09:00:00+00:00",  # the standard form
    "dimanche 1 mars 2026 à 09:12": "2026-03-01 00:00:00+00:00",
    "Sun, Mar 1, 2026 at 9:12 AM": "2026-03-01 00:00:00+00:00",
    "domingo, 1 de marzo de 2026 12:30": "2026-03-01 00:00:00+00:00",
    "2026. március 1., vasárnap 9:12": "2026-03-01 00:00:00+00:00",
    "2026年3月1日(日) 9:12": "2026-03-01 00:00:00+00:00",
    "01.03.2026 09:12": "2026-03-01 00:00:00+00:00",
    "3/1/2026 9:12": "None",  # in March or January
    "31. mars": "None",
    "32 mars 2026": "None",
    "0 mars 2026": "None",
    "last week": "None",
}


@pytest.mark.parametrize(("written", "date"), SHOWN.items())
def test_the_date_of_a_forward_as_text(written: str, date: str) -> None:
    """As a mail program wrote it, in the standard form or for people; what may be another day stays in the headers."""
    marks = replace(MARKS, months={"mars": 3, "mar": 3, "marzo": 3, "március": 3})
    inner = read(mail(PLAIN_FORWARD.replace("Sun, 1 Mar 2026 09:00:00 +0000", written)), marks).forwarded
    assert inner is not None
    assert str(inner.date) == date
    assert inner.header("date") == (written,)


def test_an_attached_mail_of_the_recipient_is_no_forward() -> None:
    """A vendor that attaches the owner's request to its answer forwards nothing."""
    inner = b"From: me@example.org\nSubject: Please cancel\n\nPlease cancel"
    message = read(HEAD + multipart("mixed", part(b"No."), part(inner, "message/rfc822")), MARKS)
    assert message.forwarded is None
    assert [attachment.content_type for attachment in message.attachments] == ["message/rfc822"]
    assert [statement.text for statement in message.statements] == ["Your plan", "No."]


def test_a_bounce_forwards_nothing() -> None:
    """The mail that a delivery report returns was never delivered: it is an attachment."""
    inner = part(INNER + b"\nPlease cancel", "message/rfc822")
    report = multipart("report", part(b"Not delivered."), part(b"Action: failed", "message/delivery-status"), inner)
    message = read(HEAD + report, MARKS)
    assert message.forwarded is None
    assert [attachment.content_type for attachment in message.attachments] == [
        "message/delivery-status",
        "message/rfc822",
    ]


def test_a_forward_of_a_forward() -> None:
    """Mails within mails are read to a limit, the rest is kept as an attachment."""
    raw = b"From: last@x.example\nSubject: last\n\nEnded."
    for number in range(20):
        raw = f"From: a{number}@x.example\nContent-Type: message/rfc822\n\n".encode() + raw
    depth, message = 0, read(raw, MARKS)
    while message.forwarded:
        depth, message = depth + 1, message.forwarded
    assert depth == 5
    assert message.attachments[0].content_type == "message/rfc822"
