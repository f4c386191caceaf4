"""What a mail speaks of, whatever it says of it: concepts, and what is named nearest to an end, are signs."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace

import pytest

from cancelproof.classify import Classifier
from cancelproof.classify.spoken import Spoken, of_pairs, spoken_of
from cancelproof.model import Message, Place, Statement
from cancelproof.rules import parse
from cancelproof.rules.language import CONCEPTS
from rules_fixture import SMALL, project_rules, small

CONCEPTS_OF_SMALL = """\
concepts:
  pay_way: ["direct debit*"]
  event: [concert]
  goes_on: ["goes on", "stays|remains in force"]
"""
SAID = "Your subscription was not cancelled."  # so that the mail is weighed


@cache
def _reader() -> Classifier:
    return Classifier(small(**{"lang/en.yaml": SMALL + CONCEPTS_OF_SMALL}))


def _signs(*texts: str, subject: str = "Hello") -> set[str]:
    own = (Statement(text=subject, place=Place.SUBJECT), *(Statement(text=text) for text in texts))
    return set(_reader().signs(Message(statements=own)))


SPOKEN = {
    "a concept": (("Your concert is near.",), "about event"),
    "a concept of several words": (("All of it stays in force.",), "about goes_on"),
    "a concept beside an end": (("Your direct debit was cancelled.",), "about pay_way beside end"),
    "a concept beside a contract": (("Your subscription goes on.",), "about goes_on beside contract"),
    "a concept beside a day": (("The concert is on May 3, 2026.",), "about event beside when"),
    "a concept beside a sum": (("The concert is $5.00",), "about event beside money"),
    "what ends": (("Your direct debit was cancelled.",), "ends pay_way"),
    "that nothing is named": (("It has been cancelled.",), "ends nothing"),
    "two concepts in a sentence": (("The concert goes on.",), "event with goes_on"),
    "a concept with a word of a list": (("Your subscription goes on.",), "goes_on with word contract"),
    "what ends with a concept": (
        ("Your subscription was cancelled, but the concert goes on.",),
        "ends contract with event",
    ),
    "a concept in a sentence of few words": (("The concert is near.",), "event in brief"),
    "a concept, and one in the next sentence": (("The concert is near.", "All goes on."), "event then goes_on"),
}
LONG = "The concert, of which we told you last week when we met you at the market, is near."
APART = {
    "in two sentences": (("The concert is near.", "All goes on."), "event with goes_on"),
    "in a sentence of many words": ((LONG,), "event in brief"),
    "in another order": (("All goes on.", "The concert is near."), "event then goes_on"),
    "not in the next sentence": (("The concert is near.", "Hello.", "All goes on."), "event then goes_on"),
}


@pytest.mark.parametrize(("texts", "sign"), SPOKEN.values(), ids=SPOKEN)
def test_what_a_mail_speaks_of_is_a_sign(texts: tuple[str, ...], sign: str) -> None:
    """Without those words it is not."""
    assert sign in _signs(SAID, *texts)
    assert sign not in _signs(SAID)


@pytest.mark.parametrize(("texts", "sign"), APART.values(), ids=APART)
def test_what_is_spoken_of_apart_is_no_sign(texts: tuple[str, ...], sign: str) -> None:
    assert sign not in _signs(SAID, *texts)


def test_a_sentence_that_speaks_of_everything_is_bounded() -> None:
    """What a mail made to keep the program busy speaks of together grows by its sentences alone."""
    line = SimpleNamespace(index=0)
    here = Spoken(
        notions=frozenset(), concepts=frozenset(map(str, range(500))), of_end=False, ended=frozenset(), things=False,
        brief=False,
    )  # fmt: skip
    assert len(list(of_pairs([line], {0: here}))) < 500  # type: ignore[list-item]  # a line is only asked for its number


ENDED = {
    "what stands nearer": (
        "The direct debit of your old subscription has not been cancelled.",
        {"contract"},
        {"contract"},
    ),
    "whichever comes first": (
        "The direct debit was cancelled, your old subscription was not.",
        {"pay_way"},
        {"pay_way"},
    ),
    "what stands far": ("The concert is one that you can not have been at, it was cancelled.", {"event"}, set()),
    "nothing": ("It has been cancelled.", {"nothing"}, set()),
    "no end": ("Your concert is near.", set(), set()),
}


@pytest.mark.parametrize(("text", "ends", "near"), ENDED.values(), ids=ENDED)
def test_what_stands_nearest_to_an_end_is_what_ends(text: str, ends: set[str], near: set[str]) -> None:
    """That one alone, and as near only where few words stand between."""
    read = _reader().read(Message(statements=(Statement(text=text),)))
    (spoken,) = spoken_of(read.lines).values()
    assert spoken.ended == {*(f"ends {name}" for name in ends), *(f"ends near {name}" for name in near)}


def test_a_concept_of_the_subject_is_told_apart() -> None:
    """A subject tells more than a footer."""
    assert "about event in subject" in _signs(SAID, subject="Your concert")
    assert "about event in subject" not in _signs(SAID, "Your concert")


def test_a_statement_that_says_a_kind_tells_of_what_it_speaks() -> None:
    """The same words in another sentence are no sign of that statement."""
    ended = "Your subscription has been cancelled"
    beside = _signs(f"{ended}, and in May the direct debit is not.")
    apart = _signs(f"{ended}.", "The direct debit is not.")
    assert {"closure firm about pay_way", "closure firm ends contract"} <= beside
    assert "closure firm about pay_way" not in apart
    assert "about pay_way" in apart


def test_a_concept_has_a_name_that_the_program_knows() -> None:
    """A list of another name would tell nothing, and is refused with its line."""
    files = {"lang/en.yaml": SMALL + "concepts:\n  goes_off: [off]\n", "currencies.yaml": "currencies: {USD: [$]}"}
    _, faults = parse(files)
    line = SMALL.count("\n") + 2
    assert faults == [f"lang/en.yaml:{line}: 'goes_off' is not a field of 'concepts', did you mean 'goes_on'?"]


@pytest.mark.parametrize("code", sorted(project_rules().languages))
def test_every_language_has_words_for_every_concept(code: str) -> None:
    """So weights that know no language mean the same in each."""
    concepts = project_rules().languages[code].concepts
    assert [name for name in CONCEPTS if len(concepts.get(name, ())) < 10] == []
