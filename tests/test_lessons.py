"""Lessons are read whole: each block is a mail with its kinds."""

from __future__ import annotations

import lessons

from cancelproof.message import read
from cancelproof.model import Manner, Marks


def test_every_block_is_a_lesson() -> None:
    """None is passed over for a slip in its first line."""
    files = sorted(lessons.FOLDER.glob("*.txt"))
    blocks = sum(line.startswith("###") for file in files for line in file.read_text("utf-8").splitlines())
    assert blocks > 0
    assert sum(1 for _ in lessons.lessons()) == blocks


def test_a_lesson_is_a_mail() -> None:
    """Its rows are a table, its button a link, its sender and subject those of a mail."""
    body = "Hi Sam,\nsee you.\n\nPlan: Solo & more\nEnds: 31 May 2026\n\n[Manage account]\n"
    message = read(lessons.as_mail('Brightwell "Gym" <hello@brightwell.example>', "Your plan", body), Marks()).judged
    assert (message.senders[0].mailbox, message.subject) == ("hello@brightwell.example", "Your plan")
    rows = [statement.cells for statement in message.statements if len(statement.cells) > 1]
    assert rows == [("Plan", "Solo & more"), ("Ends", "31 May 2026")]
    assert [s.text for s in message.statements if s.manner is Manner.LINK] == ["Manage account"]
