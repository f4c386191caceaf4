"""Plain statements: what a contract is called, what happened to it, when and why, in any combination (`tests/plain`).

A file holds the alternatives of each part, a line each (`-` is none), parts between lines of `---`. Of `closure-N.txt`
the rules alone must find an end in each combination, of `none-N.txt` in none: there something else ended, or nothing.
"""

from __future__ import annotations

import random
import re
from dataclasses import replace
from email.message import EmailMessage
from functools import cache
from pathlib import Path

import pytest

from cancelproof.classify import Classifier
from cancelproof.message import read
from cancelproof.model import Kind
from rules_fixture import project_rules

PLAIN = Path(__file__).parent / "plain"
FILES = sorted(PLAIN.glob("*/*.txt"))
ASKED, MOST_WRONG = 40, 4  # combinations of a file, and of these; not every one is a sentence that people would write
UNSPACED, FULL_STOPS = {"ja"}, ".!?。"


@cache
def _reader() -> Classifier:
    """The rules alone: what all signs of so short a mail speak for is another matter."""
    return Classifier(replace(project_rules(), weights={}))


def _combinations(file: Path) -> list[str]:
    """Some of the sentences of a file, the same in each run."""
    parts = [part.strip("\n").split("\n") for part in file.read_text("utf-8").split("\n---\n")]
    pick = random.Random(file.stem)  # nothing secret
    spaced = file.parent.name not in UNSPACED
    found = []
    for _ in range(ASKED):
        text = (" " if spaced else "").join(word for part in parts if (word := pick.choice(part)) != "-")
        text = re.sub(r" (?=[.,:;])", "", text)
        end = "" if text[-1] in FULL_STOPS else "." if spaced else "。"
        found.append(f"{text[0].upper()}{text[1:]}{end}")
    return found


def _kind(text: str) -> Kind:
    """What a mail is that was received and says no more than this."""
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "Firm <hello@firm.example>", "Info"
    mail["Received"] = "from firm.example by mx.example.org; Tue, 12 May 2026 09:00:01 +0000"
    mail.set_content(f"{text}\n")
    return _reader().read(read(mail.as_bytes(), project_rules().marks).judged).decision.kind


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_plain_statements(file: Path) -> None:
    """At most one in ten is misread: an end that nobody sees, or one that is none."""
    is_end = file.stem.startswith("closure")
    wrong = [text for text in _combinations(file) if (_kind(text) is Kind.CLOSURE) != is_end]
    assert len(wrong) <= MOST_WRONG, wrong


def test_every_language_has_plain_statements() -> None:
    assert {file.parent.name for file in FILES} == set(project_rules().languages)
