"""Folding and cutting: what a reader takes for the same is the same, and clauses begin where they should."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cancelproof.words import asks, cut, fold

ALIKE = [
    ("RÉSILIÉ", "resilie"),
    ("ré­silié", "resilie"),  # soft hyphen
    ("rési\u200blié", "resilie"),  # zero-width space
    ("re\u0301silie\u0301", "resilie"),  # decomposed
    ("ﬁn", "fin"),  # ligature
    ("Ｆｉｎ", "fin"),  # full width
    ("Straße", "strasse"),
    ("İPTAL", "iptal"),
    ("Łącze", "lacze"),
]


@pytest.mark.parametrize(("written", "folded"), ALIKE)
def test_alike(written: str, folded: str) -> None:
    """Texts that look the same fold to the same."""
    assert fold(written) == folded


def test_kana_keep_their_voicing() -> None:
    """が and か are two letters, not one with an accent."""
    assert fold("が") != fold("か")


CLAUSES = [
    ("Your plan ended, and we are sorry.", 2, ["your", "plan", "ended"]),
    ("It ends on October 9, 2025 at noon.", 1, None),
    ("Status | Cancelled", 2, ["status"]),
    ("well-known names", 1, None),
    ("one - two", 2, ["one"]),
]


@pytest.mark.parametrize(("text", "count", "first"), CLAUSES)
def test_clauses(text: str, count: int, first: list[str] | None) -> None:
    """A clause begins at punctuation, but not at a comma inside a date nor at a hyphen inside a word."""
    words = cut(text, frozenset())
    assert len(set(words.clauses)) == count
    if first is not None:
        assert [w for w, c in zip(words.folded, words.clauses, strict=True) if c == words.clauses[0]] == first


def test_conjunction_begins_a_clause() -> None:
    """A conjunction of the language parts clauses as a comma does."""
    assert len(set(cut("it ended but you stay", frozenset({"but"})).clauses)) == 2


def test_unspaced_scripts_are_cut_into_characters() -> None:
    """Japanese has no spaces: each character is a word, so that phrases match as sequences."""
    assert cut("解約済み").folded == ("解", "約", "済", "み")


@given(st.text(max_size=200))
def test_places_are_those_of_the_text(text: str) -> None:
    """Whatever the text, each word's place in it holds that word."""
    words = cut(text)
    for folded, start, end in zip(words.folded, words.starts, words.ends, strict=True):
        assert fold(words.text[start:end]) == folded


@given(st.text("ab, 1.-", max_size=40), st.integers(0, 45), st.integers(0, 45))
def test_the_words_of_a_stretch_are_those_that_begin_in_it(text: str, start: int, end: int) -> None:
    words = cut(text)
    inside = [place for place, begins in enumerate(words.starts) if start <= begins < end]
    assert words.covered(start, end) == ((inside[0], inside[-1] + 1) if inside else None)


QUESTIONS = {
    "Has your plan been cancelled?": True,
    "Is it over?)": True,
    "New answer: „Wurde Ihr Vertrag gekündigt?“": True,
    "« Votre abonnement est résilié ?\u00a0»": True,
    "「解約しましたか？」": True,
    "Your plan has been cancelled.": False,
    "Questions? Write to us.": False,
    "": False,
}


@pytest.mark.parametrize(("text", "is_one"), QUESTIONS.items())
def test_a_question_ends_as_one(text: str, is_one: bool) -> None:  # a table's column
    """Also where a quotation or a bracket closes behind its mark."""
    assert asks(text) is is_one
