"""The engine that reads: patterns, inflection, guards, topics, strength. Small rules: each case shows one thing."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cancelproof.classify import Classifier
from cancelproof.model import Kind, Manner, Message, Off, OffBy, Place, Statement, Voice
from cancelproof.rules import parse
from rules_fixture import SMALL, project_classifier, small

DECIDED = {
    "plain": ("Your subscription has been cancelled.", Kind.CLOSURE),
    "the other order": ("Cancelled is your subscription.", Kind.CLOSURE),
    "spelled otherwise": ("YOUR SUBSCRIPTION WAS CANCELED", Kind.CLOSURE),
    "plural": ("Your subscriptions have been cancelled.", Kind.CLOSURE),
    "a thing of two words": ("Your phone plans were ended.", Kind.CLOSURE),
    "a verb with a gap": ("Your subscription was shut right down.", Kind.OTHER),
    "negated": ("Your subscription was not cancelled.", Kind.OTHER),
    "negated by a contraction": ("Your subscription wasn't cancelled.", Kind.OTHER),
    "negated in another clause": ("Your subscription was cancelled, do not worry.", Kind.CLOSURE),
    "asked": ("Was your subscription cancelled?", Kind.OTHER),
    "wrong thing": ("Your order was cancelled.", Kind.OTHER),
    "a part of another word": ("Your subscriptionless uncancelled life.", Kind.OTHER),
    "a hint alone": ("You paid $5.00 today", Kind.RECEIPT),
    "a topic is missing": ("Your subscription ends 03/04/2026", Kind.OTHER),
}


def mail(*texts: str, place: Place = Place.BODY, voice: Voice = Voice.OWN) -> Message:
    return Message(statements=tuple(Statement(text=text, place=place, voice=voice) for text in texts))


@pytest.fixture(scope="module")
def reader() -> Classifier:
    return Classifier(small())


@pytest.mark.parametrize(("text", "kind"), DECIDED.values(), ids=DECIDED)
def test_decides(reader: Classifier, text: str, kind: Kind) -> None:
    """One statement, one kind."""
    assert reader.read(mail(text)).decision.kind is kind


def test_firm_wins_over_hint(reader: Classifier) -> None:
    """A hint decides only where nothing firm does, however strong its kind."""
    decision = reader.read(mail("You paid $5.00 today", "Your subscription has been cancelled.")).decision
    assert decision.kind is Kind.CLOSURE
    assert {hit.kind for hit in decision.hits} == {Kind.CLOSURE, Kind.RECEIPT}


def test_topic_turns_a_rule_on(reader: Classifier) -> None:
    """A rule that needs a topic asserts where another statement raises it."""
    read = reader.read(mail("Your subscription ends 03/04/2026", "We are sorry to see you go."))
    assert read.decision.kind is Kind.CLOSURE


def test_sentence_wide_guard(reader: Classifier) -> None:
    """A condition in the sentence turns off a rule that reaches over the sentence."""
    read = reader.read(mail("If you wish, your subscription ends 03/04/2026", "We are sorry to see you go."))
    assert read.decision.kind is Kind.OTHER
    assert read.decision.hits[0].off == Off(OffBy.GUARD, "condition")


GUARDED = """
  rumour: {kinds: [closure], words: [rumour]}
  perhaps: {reach: far, kinds: [receipt], topics: yes, words: [perhaps]}
"""
REACHES = [
    # a sentence, what turns its closure or receipt off, the topics that it raises
    ("A rumour your subscription has been cancelled", "rumour", {}),
    ("A rumour you paid $5", "", {}),
    ("perhaps today but you paid $5", "perhaps", {}),
    ("perhaps today but your subscription has been cancelled", "", {}),
    ("A rumour we are sorry to see you go", "", {"goodbye"}),
    ("perhaps we are sorry to see you go", "", {}),
]


@pytest.mark.parametrize(("sentence", "guard", "topics"), REACHES)
def test_guard_of_some_kinds(sentence: str, guard: str, topics: set[str]) -> None:
    """A guard acts on the kinds that it names, on topics if it says so, and over clauses if it reaches far."""
    book = small(SMALL.replace("topics:\n", GUARDED.lstrip("\n") + "topics:\n", 1))
    read = Classifier(book).read(mail(sentence))
    assert {str(hit.off.name) for hit in read.decision.hits if hit.off} == ({guard} if guard else set())
    assert read.topics == topics or (not topics and read.topics == frozenset())


def test_a_question_may_raise_a_topic() -> None:
    """Questions assert nothing; a topic may want them, in places of its own."""
    asked = '  help: {despite: [question, condition], where: body, say: ["what if you cancel"]}\n'
    reader = Classifier(small(SMALL.replace("topics:\n", "topics:\n" + asked, 1)))
    assert reader.read(mail("Hello", "What if you cancel?")).topics == {"help"}
    assert reader.read(mail("What if you cancel?", place=Place.SUBJECT)).topics == frozenset()


def test_topic_silences(reader: Classifier) -> None:
    """A mail about something else altogether asserts nothing, and the explanation says why."""
    decision = reader.read(mail("Your newspaper is here", "Your subscription has been cancelled.")).decision
    assert decision.kind is Kind.OTHER
    assert [hit.off for hit in decision.hits] == [Off(OffBy.SILENCED, "press")]


def test_what_silences_goes_before_guards(reader: Classifier) -> None:
    """Of a mail about something else nothing comes near a kind, a guarded statement neither: so it is not weighed."""
    decision = reader.read(mail("Your newspaper is here", "Your subscription was not cancelled.")).decision
    assert [hit.off for hit in decision.hits] == [Off(OffBy.SILENCED, "press")]


def test_quoted_words_assert_nothing(reader: Classifier) -> None:
    """What an earlier mail said is not said by this one."""
    read = reader.read(mail("Your subscription has been cancelled.", voice=Voice.QUOTED))
    assert read.decision.kind is Kind.OTHER


def test_the_owner_asserts_no_closure(reader: Classifier) -> None:
    """What the owner writes is a request or nothing."""
    read = reader.read(mail("Your subscription has been cancelled."), by_owner=True)
    assert read.decision.kind is Kind.OTHER


def test_vendor_rules_come_first() -> None:
    """A vendor's own rule decides before a language's, whatever their strength."""
    vendor = (
        "vendor: Acme\nid: acme\ndomains: [acme.example]\nreads:\n  en:\n    statements:\n      renewal:\n"
        "        - {id: own, say: [has been cancelled], examples: [x], silent: [y]}\n"
    )
    reader = Classifier(small(**{"vendors/acme.yaml": vendor}))
    text = mail("Your subscription has been cancelled.")
    assert reader.read(text, vendor_id="acme").decision.hit.rule == "vendors/acme renewal own"  # type: ignore[union-attr]  # there is one
    assert reader.read(text).decision.kind is Kind.CLOSURE


DENIES = """vendor: Acme
id: acme
domains: [acme.example]
reads:
  en:
    statements:
      other:
        - {id: play, say: [has been cancelled says the letter], examples: [x], silent: [y]}
"""


def test_a_rule_of_other_denies_its_sentence_alone() -> None:
    """Of a vendor, what a language's rule finds in the same sentence; another sentence of the mail still counts."""
    reader = Classifier(small(**{"vendors/acme.yaml": DENIES}))
    play = "Your subscription has been cancelled, says the letter."
    decision = reader.read(mail(play), vendor_id="acme").decision
    assert (decision.kind, [str(hit.off) for hit in decision.hits if hit.kind is Kind.CLOSURE]) == (
        Kind.OTHER,
        ["other by vendors/acme other play"],
    )
    assert reader.read(mail(play)).decision.kind is Kind.CLOSURE
    both = reader.read(mail(play, "Your phone plan was cancelled."), vendor_id="acme").decision
    assert (both.kind, both.hit.statement if both.hit else None) == (Kind.CLOSURE, 1)


def test_a_rule_of_other_takes_no_topics() -> None:
    """It holds whatever the mail says besides."""
    _, faults = parse(
        {"lang/en.yaml": SMALL, "vendors/acme.yaml": DENIES.replace("id: play", "id: play, needs: [goodbye]")}
    )
    assert [fault for fault in faults if "no 'needs'" in fault]


def test_separable_verbs_and_compounds() -> None:
    """A separable prefix is found joined and apart; a compound is found by its last part."""
    text = SMALL.replace("endings: [s]", "endings: [s]\ncompounds: yes").replace(
        '"": {inf: "~", done: ~ed}', '"": {inf: "~", done: ge~t, now: ~t}'
    )
    reader = Classifier(
        small(text.replace("[cancel, end, shut down]", "[cancel, ab|meld]").replace("<end.done>", "<end>"))
    )
    for said in ("your megaplan", "your phone megasubscription abgemeldt", "your subscription meldt you jetzt ab"):
        expected = Kind.CLOSURE if "meldt" in said else Kind.OTHER
        assert reader.read(mail(said)).decision.kind is expected, said


MONTHS = {
    "may the month is no guard": "Your gym membership ended on 3 May.",
}


@pytest.mark.parametrize("text", MONTHS.values(), ids=MONTHS)
def test_dates_are_no_guards(text: str) -> None:
    """May is a month before it is a verb."""
    assert project_classifier().read(mail(text)).decision.kind is Kind.CLOSURE


def test_language_of_each_passage() -> None:
    """A mail in two languages is read in both."""
    read = project_classifier().read(
        mail(
            "Bonjour, votre paiement nous est bien parvenu, merci.",
            "Your subscription has been cancelled as you asked.",
        )
    )
    assert {line.reader.language.code for line in read.lines} == {"fr", "en"}
    assert read.decision.kind is Kind.CLOSURE


def test_a_shared_word_tells_less_of_a_language() -> None:
    """`for` and `mars` are Swedish too; the words that only Norwegian has decide."""
    read = project_classifier().read(mail("Hei", "Fakturaen for mars ligger i nettbanken."))
    assert {line.reader.language.code for line in read.lines} == {"nb"}


UNSAID = {
    "a button": ("Your subscription has been cancelled", Place.BODY, Manner.LINK),
    "the subject of a reply": ("Re: Your subscription has been cancelled", Place.SUBJECT, Manner.REPLY),
}


@pytest.mark.parametrize(("text", "place", "manner"), UNSAID.values(), ids=UNSAID)
def test_what_is_not_said(text: str, place: Place, manner: Manner) -> None:
    """A link asks to be clicked and a reply repeats a subject: neither asserts what its words would."""
    classifier = project_classifier()
    said = Statement(text=text, place=place)
    asserted = classifier.read(Message(statements=(said,))).decision
    assert asserted.kind is not Kind.OTHER
    repeated = classifier.read(Message(statements=(replace(said, manner=manner),))).decision
    assert repeated.kind is not asserted.kind
    assert not [hit for hit in repeated.hits if not hit.off and hit.kind is asserted.kind]


def test_the_owner_asks_by_a_question() -> None:
    """What a vendor asks raises nothing; what the owner asks is what the owner wants."""
    asked = mail("Could you please cancel my membership?")
    assert project_classifier().read(asked, by_owner=True).decision.kind is Kind.REQUEST
    assert "owner_writes" not in project_classifier().read(asked).topics


def test_time_is_linear_in_the_text() -> None:
    """A statement of one word ten thousand times over takes its time ten times, not a hundred times."""
    reader = project_classifier()

    def seconds(count: int) -> float:
        text = mail("your subscription cancelled not if " * count)
        start = time.process_time()
        reader.read(text)
        return time.process_time() - start

    seconds(10)
    assert seconds(2000) < 40 * max(seconds(200), 0.01)


@settings(deadline=None)  # the first mail in a language makes its rules ready
@given(st.lists(st.text(max_size=80), max_size=5))
def test_never_raises(texts: list[str]) -> None:
    """Whatever the statements, a decision comes back."""
    assert project_classifier().read(mail(*texts)).decision.kind in Kind


def test_who_writes_need_not_say_so() -> None:
    """An owner's letter that asks for the end is a request without "I write to you"; a vendor's words are none."""
    letter = mail("Parking space 114", "I would ask you to end it on 31 October.")
    assert project_classifier().read(letter, by_owner=True).decision.kind is Kind.REQUEST
    assert project_classifier().read(letter, by_owner=False).decision.kind is not Kind.REQUEST


REQUESTS = {
    "a vendor's words that sound like one": (
        ("Hello Gwen,", "Please cancel our agreement by letter."),
        True,
        Kind.OTHER,
    ),
    "the owner's own": (("Please cancel our agreement by letter.",), False, Kind.REQUEST),
    "the copy of a form": (
        ("Name | G. Tully", "Account no | B-60031", "Topic | Contract", "Message | Please cancel our agreement."),
        True,
        Kind.REQUEST,
    ),
    "a row or two": (("Name | G. Tully", "Please cancel our agreement by letter."), True, Kind.OTHER),
}


@pytest.mark.parametrize(("lines", "received", "kind"), REQUESTS.values(), ids=REQUESTS)
def test_a_request_is_the_owners_or_in_a_form(lines: tuple[str, ...], received: bool, kind: Kind) -> None:
    """What a vendor wrote asks for nothing in the owner's name, unless it gives back what the owner filled in."""
    statements = tuple(Statement(text=line, cells=tuple(line.split(" | ")) if " | " in line else ()) for line in lines)
    headers = (("received", "from a.example by mx.example.org"),) if received else ()
    assert project_classifier().read(Message(statements=statements, headers=headers)).decision.kind is kind


KEPT = {
    "its end is refused": (("Cancellation request denied", "Your booking remains active."), Kind.OTHER),
    "beside a membership that ended": (
        ("Your membership has been cancelled and ends on 31 March 2026.", "Your booking remains valid."),
        Kind.CLOSURE,
    ),
}


@pytest.mark.parametrize(("texts", "kind"), KEPT.values(), ids=KEPT)
def test_a_booking_that_is_kept(texts: tuple[str, ...], kind: Kind) -> None:
    """That its cancellation was refused is about no contract; it says nothing against the end of one."""
    assert project_classifier().read(mail(*texts)).decision.kind is kind
