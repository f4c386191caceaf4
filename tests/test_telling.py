"""What tells: patterns over concepts by which a mail is weighed though no rule comes near a kind."""

from __future__ import annotations

from functools import cache

import pytest

from cancelproof.classify import Classifier
from cancelproof.classify.gate import Gate
from cancelproof.classify.signs import FAR
from cancelproof.classify.weighing import likeliest
from cancelproof.model import Kind, Message, Place, Statement
from cancelproof.rules import parse
from cancelproof.rules.values import Rules
from rules_fixture import SMALL, small

CONCEPTS = """\
concepts:
  last: ["last day"]
  settled: [wound up]
"""
TOGETHER = "telling: ['<last> & {when}', '<settled> & <contract>', '<hand_back> & <contract>']\n"
WEIGHTS = """\
always: {other: 0, closure: 0}
about last: {closure: 3}
about settled: {closure: 0.7}
"""


@cache
def _rules() -> Rules:
    files = {"lang/en.yaml": SMALL + CONCEPTS, "together.yaml": TOGETHER, "weights.yaml": WEIGHTS}
    return small(**files)


def _mail(*texts: str) -> Message:
    own = (Statement(text="Pitch 14", place=Place.SUBJECT), *(Statement(text=text) for text in texts))
    return Message(statements=own)


TELLS = {
    "a concept beside a day": (("The subscription has its last day on May 3, 2026.",), True),
    "the contract named elsewhere": (("About your subscription.", "The last day is May 3, 2026."), True),
    "a concept beside a contract": (("The subscription is wound up.",), True),
    "no contract anywhere": (("The last day of the fair is May 3, 2026.",), False),
    "the concept without a day": (("The last day of the subscription.",), False),
    "a day without the concept": (("The subscription, May 3, 2026.",), False),
}


@pytest.mark.parametrize(("texts", "tells"), TELLS.values(), ids=TELLS)
def test_what_tells_is_weighed(texts: tuple[str, ...], tells: bool) -> None:  # a table's column
    """And passes the gate; what does not tell is neither weighed nor read."""
    signs = Classifier(_rules()).signs(_mail(*texts))
    assert (FAR in signs) is tells
    assert Gate(_rules()).may_say(["Pitch 14", *texts]) is tells


def test_what_decided_is_shown() -> None:
    """The statement that the most telling sign stands in, as a hint."""
    decision = Classifier(_rules()).read(_mail("Hello.", "The subscription has its last day on May 3, 2026.")).decision
    assert decision.kind is Kind.CLOSURE
    assert decision.hit is not None
    assert (decision.hit.statement, decision.hit.firm) == (2, False)


def test_a_closure_that_no_rule_comes_near_needs_more() -> None:
    """Two thirds of all shares are enough where a rule comes near, and not where none does."""
    weights = {"always": {Kind.OTHER: 0.0, Kind.CLOSURE: 0.0}, "about settled": {Kind.CLOSURE: 0.7}}
    assert likeliest(["decided other", "about settled"], weights) is Kind.CLOSURE
    assert likeliest(["decided other", "about settled", FAR], weights) is Kind.OTHER
    assert Classifier(_rules()).read(_mail("The subscription is wound up.")).decision.kind is Kind.OTHER


def test_a_rule_that_comes_near_leaves_nothing_to_what_tells() -> None:
    """Then the mail is weighed as any other."""
    said = "Your subscription has not been cancelled; its last day is May 3, 2026."
    assert FAR not in Classifier(_rules()).signs(_mail(said))


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ("<lost> & {when}", "no list is called 'lost', did you mean 'last'?"),
        ("<last> & {day}", "{day} is none of {date}, {when}, {money}, {number}, {count}, {name}"),
    ],
)
def test_faults(pattern: str, fault: str) -> None:
    """A pattern may name concepts and lists that mean the same in every language."""
    _, faults = parse({"lang/en.yaml": SMALL + CONCEPTS, "together.yaml": f"telling: ['{pattern}']\n"})
    assert faults == [f"together.yaml:1: {fault}"]
