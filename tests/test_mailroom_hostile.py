"""Mails made to keep the program busy, read through every stage: time is linear in what they name."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cancelproof.extract.dates import MOST_DAYS
from cancelproof.message import read, with_contents, with_letters
from cancelproof.model import Kind, Loss, Message, Origin, Place, RawMail, Reading, Statement, readable
from message_fixture import HEAD, MARKS, mail, multipart, part
from rules_fixture import mailroom, project_classifier

SECONDS = 6  # as in test_message_hostile.py: on a slow machine under load; each takes about a tenth of that
SENT = b"Received: from mx.vendor.example by mx.example.org; Mon, 2 Mar 2026 10:00:01 +0100\n" + HEAD


def reading(body: str) -> Reading:
    return mailroom().read(RawMail(raw=mail(body, head=SENT), origin=Origin(source="hostile.eml")))


def days(count: int, different: int) -> str:
    first = date(2026, 3, 1)
    return ", ".join(f"{first + timedelta(days=n % different):%d %B %Y}" for n in range(count))


SAID = "Your subscription was cancelled on 1 March 2026.\n\n"

HOSTILE = {
    "days x statements": "\n\n".join(
        f"Your subscription is cancelled until {days(50, 150)}, number {n}." for n in range(200)
    ),
    "different days": SAID + "\n\n".join(f"Your subscription ended in {n}, {days(55, 1000)}." for n in range(200)),
    "words for days": SAID
    + "\n\n".join(f"Your subscription was used {days(50, 150)} in {n}." for n in range(100))
    + "\n\n".join(f"It ended {n} " + "the same day, " * 100 for n in range(120)),
    "numbers x days": "\n\n".join(f"{n}: " + "A12-3456, 1 May 2026, " * 44 for n in range(200)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mails_are_understood_in_time(name: str) -> None:
    reading("Your subscription was cancelled today.")  # the first mail in a language makes its rules ready
    start = time.monotonic()
    reading(HOSTILE[name])
    assert time.monotonic() - start < SECONDS


def test_what_names_too_many_days_says_so() -> None:
    """The first days of a mail are looked at, and that others are not is told with the facts that were dropped."""
    few, many = reading(SAID), reading(HOSTILE["different days"])
    assert not few.facts.dropped
    assert many.facts.dropped == (f"days: only the first {MOST_DAYS} are looked at",)
    assert many.decision.kind is few.decision.kind is Kind.CLOSURE


CHATTER = "\n\n".join(f"Our house has many rooms, and this is number {n}." for n in range(700))
CLOSED = "Your subscription has been cancelled effective 31 March 2026."


@pytest.mark.parametrize("sift", [True, False])
def test_words_that_were_not_looked_at_are_lost(sift: bool) -> None:
    """What stands behind too many sentences may be a closure: the mail is not simply of no contract."""
    sent = RawMail(raw=mail(f"{CHATTER}\n\n{CLOSED}", head=SENT), origin=Origin(source="hostile.eml"))
    (found,) = [r for _, r in mailroom().sift(sent)] if sift else [mailroom().read(sent)]
    assert [(fault.what, fault.lost) for fault in found.faults] == [
        ("too many statements: 102 were not looked at", True)  # the subject is one of them
    ]
    assert not reading(f"{CLOSED}").faults


def test_what_is_lost_of_a_forwarded_mail_is_lost() -> None:
    """The mail that is judged is the one within."""
    inner = mail("\n\n".join("A sentence." for _ in range(6000)))
    raw = SENT + multipart("mixed", part(b"See below."), part(inner, "message/rfc822"))
    faults = mailroom().read(RawMail(raw=raw, origin=Origin(source="x.eml"))).faults
    assert "too many statements: the rest was not read" in [fault.what for fault in faults if fault.lost]


@pytest.mark.parametrize("before", [700, 6000])
def test_a_letter_is_read_behind_long_terms(before: int) -> None:
    """It stands last, and says what the mail is about."""
    terms = "\n\n".join(f"Clause {n} speaks of rooms." for n in range(before))
    lettered = with_letters(read(mail(terms, head=SENT), MARKS), [CLOSED], MARKS)
    assert lettered.statements[-1].text == CLOSED
    assert project_classifier().read(lettered).decision.kind is Kind.CLOSURE


@pytest.mark.parametrize("many", [with_letters, with_contents])
def test_what_was_cut_of_letters_and_contents_is_a_loss(many: Callable[..., Message]) -> None:
    """As of the mail itself."""
    text = "\n\n".join(f"Clause {n} speaks of rooms." for n in range(3000))
    each = text if many is with_letters else mail(text)
    defects = many(read(mail("See the letter."), MARKS), [each, each], MARKS).defects
    assert [str(defect) for defect in defects if isinstance(defect, Loss)] == [
        "too many statements: the rest was not read"
    ]


@given(st.lists(st.sampled_from(Place), max_size=30), st.integers(0, 12))
def test_as_many_statements_are_read_as_may_be(places: list[Place], most: int) -> None:
    """In their order, of letters and of all else the first."""
    statements = [Statement(text=str(n), place=place) for n, place in enumerate(places)]
    kept = readable(statements, most)
    assert kept == sorted(set(kept))
    assert len(kept) == min(most, len(statements))
    for inside in (True, False):
        every = [n for n, place in enumerate(places) if (place is Place.LETTER) is inside]
        mine = [n for n in kept if n in every]
        assert mine == every[: len(mine)]
        assert len(mine) >= min(len(every), most // 3)
