"""How one mail is read: whose it is."""

from __future__ import annotations

import pytest

from cancelproof.model import Origin, RawMail
from rules_fixture import mailroom

HANDED_IN = (
    "Received: from [10.0.0.44] by mx.example.org (Postfix) with ESMTPSA id 6719; Mon, 17 Aug 2026 19:15:43 +0000\n"
)
TAKEN_OVER = "Received: from mx.example.org by mail.example.net with ESMTPS id 77; Mon, 17 Aug 2026 19:15:45 +0000\n"
SENT = [
    # headers, whether the owner wrote the mail where no address of the owner is known
    ("", True),
    (HANDED_IN, True),
    (TAKEN_OVER + HANDED_IN, False),
    (HANDED_IN.replace("ESMTPSA", "ESMTPS"), False),
    ("Delivered-To: me@example.org\n" + HANDED_IN, False),
    ("Return-Path: <Me@example.org>\n" + HANDED_IN, True),
    ("Return-Path: <bounce@velolux.example>\n" + HANDED_IN, False),
    ("Return-Path: <me@example.org>\n", False),
]


@pytest.mark.parametrize(("headers", "own"), SENT)
def test_a_mail_that_was_handed_in_and_never_received_is_the_owners(headers: str, own: bool) -> None:
    """A server that says that the sender had logged in (RFC 3848) and nobody after it: a copy of sent mail."""
    text = f"{headers}From: me@example.org\nTo: care@velolux.example\nSubject: x\n\nPlease cancel my subscription.\n"
    read = mailroom().read(RawMail(raw=text.encode(), origin=Origin(source="x")))
    assert read.by_owner is own
