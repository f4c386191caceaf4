"""Mails made to keep the program busy, read through every stage: time is linear in what they name."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest

from cancelproof.extract.dates import MOST_DAYS
from cancelproof.model import Kind, Origin, RawMail, Reading
from message_fixture import HEAD, mail
from rules_fixture import mailroom

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
