"""The day that a mail is about, weighed among all that it names."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cancelproof.extract import named_days, sender_of
from cancelproof.extract.day_signs import candidates
from cancelproof.extract.which_day import NONE, likeliest, which_day
from cancelproof.model import Address, Kind, Message, Statement
from rules_fixture import compiled_rules, project_classifier

MAILED = date(2026, 3, 11)
SOME = {NONE: {Kind.CLOSURE: 0.5}, "role end": {Kind.CLOSURE: 1.0}, "when past": {Kind.CLOSURE: -0.8}}
A, B = date(2026, 4, 1), date(2026, 5, 1)


def message(*lines: str) -> Message:
    return Message(
        statements=tuple(Statement(text=line) for line in lines),
        senders=(Address(name="Acme", mailbox="a@acme.example"),),
    )


@pytest.mark.parametrize(
    ("signs", "day"),
    [
        ({A: ["role end"], B: []}, A),
        ({A: ["role end", "when past"], B: ["role end"]}, B),
        ({A: ["role end"], B: ["role end"]}, A),  # the first named of two equals
        ({A: ["role end", "when past"]}, None),  # less than what speaks for none
        ({A: ["never heard of"]}, None),
        ({}, None),
    ],
)
def test_most_signs_win(signs: dict[date, list[str]], day: date | None) -> None:
    assert likeliest(signs, Kind.CLOSURE, SOME) == day


def test_weights_are_of_a_kind() -> None:
    """What speaks for a day of the end says nothing of a debit."""
    assert likeliest({A: ["role end"]}, Kind.RECEIPT, SOME) is None


WORDS = (
    "Your contract ends on",
    "We have cancelled your subscription on",
    "Your last payment was taken on",
    "Return by",
)


@given(
    st.lists(st.tuples(st.sampled_from(WORDS), st.integers(-200, 400)), max_size=5),
    st.sampled_from(
        ["Your subscription has been cancelled.", "Your plan renews soon.", "We have charged $5.00 today."]
    ),
)
def test_no_day_is_invented(lines: list[tuple[str, int]], opening: str) -> None:
    """Whatever is chosen is named in the mail; the order of what is named decides between equals alone."""
    days = [MAILED + timedelta(days=offset) for _, offset in lines]
    texts = [f"{words} {day:%d %B %Y}." for (words, _), day in zip(lines, days, strict=True)]
    rules, mail = compiled_rules(), message(opening, *texts)
    read = project_classifier().read(mail)
    named = named_days(read, sender_of(mail, rules), MAILED)
    found = which_day(read, named, MAILED, rules.days)
    assert found is None or found.value in {*days, MAILED}
    assert all(candidate.signs for candidate in candidates(read, named, MAILED))


def test_our_weights_know_our_signs() -> None:
    """Every kind of sign that bears a weight is one that a mail can show: else the weights are of other code."""
    rules = compiled_rules()
    lines = (
        "Your cancellation of 1 March 2026",
        "Your contract ends on 31 March 2026, your new one begins on 1 April 2026.",
        "You can use it until the end of the month. Your last payment was taken on 3 March 2026.",
        "Your plan renews on 4 April 2027; we received your request today.",
        "Please return the router by 3 April 2026.",
        "Your subscription ends on 31 March 2026.",
    )
    mail = message(*lines)
    read = project_classifier().read(mail)
    shown = {
        sign for c in candidates(read, named_days(read, sender_of(mail, rules), MAILED), MAILED) for sign in c.signs
    }
    first_words = {sign.split()[0] for sign in shown}
    weighed = {sign.split()[0] for sign in rules.days if not sign.endswith(" here") and sign != NONE}
    assert weighed <= first_words | {"only", "among"}
    assert {NONE, "role end", "place deciding", "month ends", "when past"} <= rules.days.keys()
