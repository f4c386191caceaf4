"""The day that a mail is about, weighed among all that it names."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cancelproof.classify.signs import as_firm, as_hint
from cancelproof.extract import named_days, sender_of
from cancelproof.extract.choice import NONE, likeliest
from cancelproof.extract.dates import ROLES
from cancelproof.extract.day_signs import candidates
from cancelproof.extract.which_day import tells_in, which_day
from cancelproof.message import read as read_message
from cancelproof.model import Address, Kind, Message, Statement
from rules_fixture import compiled_rules, project_classifier

MAILS = Path(__file__).parent / "mails"
MAILED = date(2026, 3, 11)
PLACES = ("deciding", "asserting", "telling the end", "elsewhere")
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
    assert likeliest(signs, tells_in(Kind.CLOSURE, SOME)) == day


def test_weights_are_of_a_kind() -> None:
    """What speaks for a day of the end says nothing of a debit."""
    assert likeliest({A: ["role end"]}, tells_in(Kind.RECEIPT, SOME)) is None


WORDS = (
    "Your contract ends on",
    "We have cancelled your subscription on",
    "Your last payment was taken on",
    "Return by",
)


@settings(deadline=None)
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


def test_our_weights_know_our_signs() -> None:
    """Every sign that bears a weight is one that golden mails show, or of a word, a role, a kind: else it is stale."""
    rules, shown = compiled_rules(), set[str]()
    for path in sorted(MAILS.rglob("*.eml")):
        message = read_message(path.read_bytes(), rules.marks).judged
        read = project_classifier().read(message)
        mailed = message.date.date() if message.date else None
        found = candidates(read, named_days(read, sender_of(message, rules), mailed), mailed)
        shown |= {sign for candidate in found for sign in candidate.signs}
    notions = {name for language in rules.compiled.values() for name in language.notions} | {"when", "money"}
    known = {f"word {name}" for name in notions} | {f"role {role}" for role in (*ROLES, "period", "none")}
    known |= {f"said {name}" for language in rules.compiled.values() for name in language.relative}
    known |= {f"{sign} here" for kind in Kind for sign in (as_firm(kind), as_hint(kind), f"{kind} guarded")}
    known |= {f"{role} {place}" for role in known if role.startswith("role") for place in PLACES}
    known |= {f"near cue {role}" for role in (*ROLES, "period", "none")} | {NONE}
    assert rules.days.keys() - shown - known == set()
    assert {"role end", "place deciding", "month ends", "when past", NONE} <= rules.days.keys()
