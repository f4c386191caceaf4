"""Languages, the owner's own templates, dates and money."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cancelproof.errors import UsageError
from cancelproof.model import (
    CADENCES,
    Authenticity,
    Kind,
    Status,
    Step,
)
from cancelproof.report import Renderer
from cancelproof.report.sentences import cadence
from cancelproof.report.words import parse
from report_fixture import (
    CALM,
    TEMPLATES,
    TODAY,
)

ENGLISH, FRENCH = Renderer([TEMPLATES]), Renderer([TEMPLATES], "fr")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_cadence_has_its_words(language: str) -> None:
    """No calendar interval that the judge knows is without a word in a catalogue of ours."""
    words = parse([(TEMPLATES / f"words.{language}.toml").read_text(encoding="utf-8")], language)
    for one in CADENCES:
        assert cadence(words, one.low) == cadence(words, one.high) == words.say(f"cadence.{one.name}")


def test_an_unknown_language_names_the_known_ones() -> None:
    """Also where the name would leave the folder."""
    for language in ("xx", "../en", ""):
        with pytest.raises(UsageError, match="known: en, fr"):
            Renderer([TEMPLATES], language)


def test_the_owners_templates_and_words_lie_on_top(tmp_path: Path) -> None:
    """A template replaces the package's; a catalogue replaces only the lines that it has."""
    (tmp_path / "digest.txt").write_text("{{ digest.answer }} {{ say('digest.question') }}")
    (tmp_path / "words.en.toml").write_text('[digest]\nquestion = "Well?"\n')
    assert Renderer([tmp_path, TEMPLATES]).digest_text(CALM) == f"{ENGLISH.digest(CALM).answer} Well?"


BROKEN = {
    "syntax": ("digest.txt", "\n{% if %}", "digest.txt:2"),
    "unknown value": ("digest.txt", "{{ digest.wrong }}", "digest.txt: the template fails"),
    "unknown include": ("digest.txt", "{% include 'gone.txt' %}", "gone.txt"),
    "out of the sandbox": ("digest.txt", "{{ ''.__class__.__mro__ }}", "digest.txt: the template fails"),
    "no TOML": ("words.en.toml", "a = ", "words.en.toml: is no word catalogue"),
    "no text": ("words.en.toml", "[digest]\nnone = 3", "digest.none is no text"),
    "unknown slot": ("words.en.toml", '[digest]\nnone = "{vendor}"', "unknown {vendor} in digest.none"),
    "eleven months": ("words.en.toml", "[grammar]\nmonths = ['x']", "grammar.months are not twelve"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_template_is_one_line_with_its_place(tmp_path: Path, case: str) -> None:
    """A template of the owner's own can be wrong; it cannot do anything but fail."""
    name, text, words = BROKEN[case]
    (tmp_path / name).write_text(text)
    with pytest.raises(UsageError) as error:
        Renderer([tmp_path, TEMPLATES]).digest_text(CALM)
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_both_languages_have_the_same_words() -> None:
    """Every key of one is in the other, with the same slots."""

    def slots(renderer: Renderer) -> dict[str, set[str]]:
        return {key: set(re.findall(r"\{([a-z_]+)\}", text)) for key, text in renderer.words.texts.items()}

    signs = {key for key in slots(ENGLISH) if key.startswith("sign.")}
    english, french = slots(ENGLISH), slots(FRENCH)
    assert set(english) - signs == set(french) - signs
    differing = {key for key in english if key in french and english[key] != french[key]}
    # A plural may spell its one out ("once"), and order of money and sign is the language's own.
    assert {key for key in differing if not key.endswith(".one")} == set()


@pytest.mark.parametrize("enum", [Kind, Status, Step, Authenticity])
def test_every_word_of_the_model_has_words(enum: type[Kind | Status | Step | Authenticity]) -> None:
    """A new kind, status, step or verdict cannot reach a report without its words."""
    section = {Kind: "kind", Status: "status", Step: "step", Authenticity: "authenticity"}[enum]
    for renderer in (ENGLISH, FRENCH):
        assert {member for member in enum if not renderer.words.has(f"{section}.{member.value}")} == set()


DATES = [(ENGLISH, "1 March 2026", "1 March"), (FRENCH, "1er mars 2026", "1er mars")]


@pytest.mark.parametrize(("renderer", "whole", "this_year"), DATES)
def test_days_are_written_as_people_do(renderer: Renderer, whole: str, this_year: str) -> None:
    """Without the year where it is this year's."""
    day = date(2026, 3, 1)
    assert (renderer.words.day(day), renderer.words.day(day, TODAY)) == (whole, this_year)


MONEY = [
    ("9.99", "EUR", "€9.99", "9,99 €"),
    ("1234567.5", "EUR", "€1,234,567.50", "1 234 567,50 €"),
    ("12", "CHF", "12 CHF", "12 CHF"),
    ("1200", "JPY", "1,200 JPY", "1 200 JPY"),
    ("0.005", "USD", "$0.005", "0,005 $"),
    ("3.50", "", "3.50", "3,50"),
    ("Infinity", "EUR", "€Infinity", "Infinity €"),
]


@pytest.mark.parametrize(("amount", "currency", "english", "french"), MONEY)
def test_money_is_written_as_people_do(amount: str, currency: str, english: str, french: str) -> None:
    """Nothing is rounded; a currency without a sign keeps its code."""
    value = Decimal(amount)
    assert ENGLISH.words.money(value, currency) == english
    assert " ".join(FRENCH.words.money(value, currency).split()) == french
