"""The audit page, the table of cases, one case and the explanation of one mail."""

from __future__ import annotations

import dataclasses
import re
from decimal import Decimal

import pytest

from cancelproof.model import (
    STRUCTURED,
    Authenticity,
    Decision,
    Fact,
    Grade,
    Hit,
    Kind,
    Message,
    Off,
    OffBy,
    Origin,
    Place,
    Proof,
    Statement,
    Verdict,
    Voice,
)
from cancelproof.report import Renderer, Tone, by_urgency, classify_json, explain_json
from report_fixture import (
    BLIND,
    HOUSEHOLD,
    LANTERNBOX,
    READING,
    TEMPLATES,
    TODAY,
    UNREAD,
    report,
    words_of,
)

ENGLISH, FRENCH = Renderer([TEMPLATES]), Renderer([TEMPLATES], "fr")


@pytest.mark.parametrize("renderer", [ENGLISH, FRENCH])
def test_the_audit_page_has_a_card_for_each_case(renderer: Renderer) -> None:
    """The most urgent first; every link of the table leads to its card; the language is marked."""
    page = renderer.audit_html(HOUSEHOLD)
    anchors = re.findall(r'href="#([^"]+)"', page)
    assert len(anchors) == len(HOUSEHOLD.cases)
    assert re.findall(r'<article[^>]* id="([^"]+)"', page) == anchors
    assert re.findall(r"<h3[^>]*><bdi>(\w+)", page)[:3] == ["Lanternbox", "Grimpouille", "Tervane"]
    assert f'<html lang="{"en" if renderer is ENGLISH else "fr"}">' in page


def test_the_audit_page_shows_proof_charges_and_what_was_not_read() -> None:
    """The deciding sentence is quoted, the charges are summed, long rows of bills are drawn together."""
    said = " ".join(words_of(ENGLISH.audit_html(HOUSEHOLD)))
    for words in (
        "“Your Lanternbox Duo membership has been cancelled and will end on 22 May 2026.”",
        "Sum €27.98",
        "11 March 2025 to 11 September 2025 bill 7 bills, €31.50",
        "Subject We have cancelled Lanternbox Duo",
        "forged or suspect",
        "nested deeper than 50 parts",
        "atelier@mail.example: NOT READ (the server refused the log-in).",
        "That does not mean that the contract is not cancelled.",
        "shown: the end date",
        "not shown: a number for the cancellation",
    ):
        assert words in said


def test_a_page_without_cases_still_says_what_was_read() -> None:
    """No table, no card, but the answer and the coverage."""
    page = ENGLISH.audit_html(report(coverage=(BLIND,)))
    assert "<article" not in page
    assert "NOT READ" in page


CASE = """\
Lanternbox Duo
Status: charged after the end

Ended on 22 May.
Confirmed in writing on 4 May, grade A.
Charged 2 times since then, €27.98 in all: €13.99 on 22 June and €13.99 on 22
July.

Next step
  Ask Lanternbox to pay back €27.98 now, with the confirmation of 4 May
  attached. If they refuse, dispute it with your bank.

What would change it
  A refund of all that was charged since then would make it “ended”.

Proof
  4 May 2026, service@lanternbox.example
  We have cancelled Lanternbox Duo
  “Your Lanternbox Duo membership has been cancelled and will end on 22 May
  2026.”
  Grade A, strong: genuine, settled, dated, and tied to you or the contract
  genuine: attested by your mail server
  [x] E1 the vendor wrote it, and that is authenticated
  [x] E2 it names you
  [x] E3 it names the contract
  [ ] E4 your request arrived, with its date
  [x] E5 the ending is settled
  [x] E6 the end date
  [ ] E7 what becomes of the money
  [ ] E8 a number for the cancellation
  [ ] E9 what follows from the end
  box/2026-05-04-lanternbox.eml
  SHA-256 20260504lanternbox

Charged after the end
  22 June 2026: €13.99
  22 July 2026: €13.99
  Sum: €27.98

Mails
  4 May 2026: closure, Grade A
      We have cancelled Lanternbox Duo
      service@lanternbox.example (genuine: attested by your mail server)
      key 20260504lant
  22 June 2026: bill
      Lanternbox: receipt
      service@lanternbox.example (genuine: attested by your mail server)
      key 20260622lant
  22 July 2026: bill
      Lanternbox: receipt
      service@lanternbox.example (genuine: attested by your mail server)
      key 20260722lant
"""
EXPLAINED = """\
Read as: closure
As a proof: B, sufficient: genuine and settled

Who wrote it
  From: Tervane <service@tervane.example>
  Subject: Votre résiliation
  Date: 20 October 2026, 09:30
  Mail: box/tervane.eml
  Sure? genuine: attested by your mail server
    - mx.mail.example attests DMARC: pass

The sentence that decided
    1  subject: Votre résiliation
    2  Bonjour Madame Aubry,
>   3  Votre contrat Assistance Premium Plus n° TV-44718 »prend fin le« 31
       octobre 2026.
    4  Vous pouvez revenir à tout moment.
    5  L'équipe Tervane
  Rule: lang/fr closure end-dated

What the rules found (* decided, + says so as well, - does not count)
  * closure in sentence 3: “prend fin le”
      lang/fr closure end-dated
  - started again in sentence 4: “revenir”
      lang/fr reactivation; off: it is only possible

Why this kind
  A sentence says “closure”, and none that counts says anything else.

Facts
  vendor           Tervane, in sentence 5
  its domain       tervane.example
  contract         Assistance Premium Plus, in sentence 3
  contract number  TV-44718, from “n° TV-44718” in sentence 3
  reference        TV-44718, from “n° TV-44718” in sentence 3
  takes effect on  31 October 2026, from “31 octobre 2026” in sentence 3
  amount           59.90, from “59,90 €” in sentence 3
  currency         EUR, from “€” in sentence 3

As a proof
  [x] E1 the vendor wrote it, and that is authenticated
  [ ] E2 it names you
  [ ] E3 it names the contract
  [ ] E4 your request arrived, with its date
  [x] E5 the ending is settled
  [x] E6 the end date
  [ ] E7 what becomes of the money
  [ ] E8 a number for the cancellation
  [ ] E9 what follows from the end

What would raise it
  - your name or the number of the contract

Faults
  - box/tervane.eml: an attachment was not read

Misread? Say what it is: cancelproof correct box/tervane.eml --kind KIND (one
of refusal, reactivation, closure, acknowledgement, request, payment_failed,
refund, receipt, renewal, data_export, retention, other)
"""


def test_a_case_is_shown_whole() -> None:
    """Status, what is known, next step, proof with its elements, charges, mails."""
    assert ENGLISH.case_text(LANTERNBOX, TODAY) == CASE


def test_an_explanation_says_why() -> None:
    """Who wrote it, the sentence among its neighbours, every match and guard, facts with their words, the grade."""
    assert ENGLISH.explain_text(READING) == EXPLAINED


OFF = [
    (Off(OffBy.NEEDS, "farewell or last_day"), "needs farewell or last_day", "the mail speaks nowhere of"),
    (Off(OffBy.UNLESS, "pause"), "unless pause", "the mail speaks of “pause”"),
    (Off(OffBy.SILENCED, "press"), "silenced by press", "the whole mail is about “press”"),
    (Off(OffBy.DENIED, "lang/en other play"), "other by lang/en other play", "asserts nothing"),
    (Off(OffBy.QUESTION), "question", "it is a question"),
    (Off(OffBy.GUARD, "needs air"), "needs air", "off: needs air"),  # an owner's own guard
]


@pytest.mark.parametrize(("off", "told", "said"), OFF)
def test_an_explanation_says_what_turned_a_match_off(off: Off, told: str, said: str) -> None:
    """To programs as a name, to people in words."""
    hits = (dataclasses.replace(READING.decision.hits[0], off=off),)
    reading = dataclasses.replace(READING, decision=dataclasses.replace(READING.decision, hits=hits))
    assert explain_json(reading)["hits"][0]["guard"] == told
    assert said in " ".join(ENGLISH.explain_text(reading).split())


def test_an_explanation_of_nothing_says_so() -> None:
    """A mail in which nothing is asserted."""
    text = ENGLISH.explain_text(UNREAD)
    assert "Read as: other" in text
    assert "No sentence of this mail asserts anything about a contract." in text
    assert "What would raise it" not in text


def test_an_explanation_says_what_was_judged() -> None:
    """The mail that is forwarded, without what it quotes, with its attached letters; the owner's word as such."""
    inner = dataclasses.replace(
        READING.message,
        statements=(
            *READING.message.statements,
            Statement(text="Please cancel.", voice=Voice.QUOTED),
            Statement(text="We confirm.", place=Place.LETTER),
        ),
    )
    facts = dataclasses.replace(
        READING.facts,
        amount=Fact(value=Decimal("9.90"), raw="price: 9.90", statement=STRUCTURED, ambiguous=True),
        reference=Fact(value="K-1", told=True),
    )
    reading = dataclasses.replace(
        READING, message=Message(forwarded=inner), facts=facts, corrected=("kind", "reference")
    )
    text = " ".join(ENGLISH.explain_text(reading).split())
    assert "Judged is the mail that it forwards, of Tervane <service@tervane.example>." in text
    assert "One quoted sentence was not judged." in text
    assert "One sentence comes from an attached letter." in text
    assert "K-1: you said so" in text
    assert "You said so (`cancelproof correct`)." in text
    assert "9.90, from what the page says to programs (price: 9.90) (could be" in text
    assert "Rule:" not in text
    assert text.endswith("To take your word back: cancelproof correct box/tervane.eml --undo")


@pytest.mark.parametrize(
    ("origin", "named"),
    [
        (Origin(source="box/read me!.eml", alone=True), "'box/read me!.eml'"),
        (Origin(source="imap: a mail.eml", alone=True), "'imap: a mail.eml'"),
        (Origin(source="box/a.mbox#3"), READING.sha256[:12]),
        (Origin(source="box/a.eml", alone=True).carried(2), READING.sha256[:12]),
        (Origin(source="imap:mine/INBOX;UIDVALIDITY=7;UID=1", account="mine"), READING.sha256[:12]),
    ],
    ids=["a mark in its name", "a name like a server's", "one of an mbox", "carried", "on a server"],
)
def test_the_remedy_names_a_mail_as_correct_finds_it(origin: Origin, named: str) -> None:
    """A file by its name, whatever the name is; what is a part of something by its hash."""
    text = " ".join(ENGLISH.explain_text(dataclasses.replace(READING, origin=origin)).split())
    assert f"cancelproof correct {named} --kind" in text


RAISING = [
    (Grade.A, Authenticity.VERIFIED, {"E5": True, "E6": True, "E2": True}, ["none"]),
    (Grade.B, Authenticity.ATTESTED, {"E5": True, "E6": True}, ["tied"]),
    (Grade.B, Authenticity.ATTESTED, {"E5": True, "E3": True}, ["dated"]),
    (Grade.C, Authenticity.ATTESTED, {"E4": True}, ["settled", "dated", "tied"]),
    (Grade.C, Authenticity.UNAUTHENTICATED, {"E5": True, "E6": True, "E3": True}, ["authentic"]),
    (Grade.X, Authenticity.SUSPECT, {"E5": True}, ["genuine"]),
    (None, Authenticity.ATTESTED, {}, []),
]


@pytest.mark.parametrize(("grade", "word", "elements", "raised_by"), RAISING)
def test_an_explanation_says_what_would_raise_the_grade(
    grade: Grade | None, word: Authenticity, elements: dict[str, bool], raised_by: list[str]
) -> None:
    """By the table of grades: what of A is missing."""
    proof, verdict = Proof(grade=grade, elements=elements), Verdict(word=word)
    assert explain_json(dataclasses.replace(READING, proof=proof, verdict=verdict))["raise"] == raised_by


def test_an_experimental_rule_is_named_as_what_holds_the_grade_down() -> None:
    """It never yields the best grade alone."""
    hit = Hit(rule="r", kind=Kind.CLOSURE, statement=2, words="prend fin", experimental=True)
    decision = Decision(kind=Kind.CLOSURE, language="fr", hit=hit, hits=(hit,))
    proof = Proof(grade=Grade.B, elements={"E5": True, "E6": True, "E3": True})
    reading = dataclasses.replace(READING, decision=decision, proof=proof)
    assert explain_json(reading)["raise"] == ["rule"]
    assert "r; experimental" in ENGLISH.explain_text(reading)


def test_explain_json_begins_with_the_line_of_classify() -> None:
    """And adds the statements, hits and facts with their words."""
    explained = explain_json(READING)
    classified = list(classify_json(READING).items())
    assert list(explained.items())[: len(classified)] == classified
    assert explained["decided_by"] == 2
    assert [hit["guard"] for hit in explained["hits"]] == [None, "possibility"]
    assert explained["facts"] is not None
    assert explained["facts"]["amount"] == {
        "value": "59.90",
        "words": "59,90 €",
        "statement": 2,
        "ambiguous": False,
        "told": False,
    }
    assert len(explained["statements"]) == 5


def test_the_table_of_cases_puts_the_urgent_first() -> None:
    """Each row has the words for people and a tone to style it by."""
    rows = ENGLISH.cases_table(HOUSEHOLD)
    first = rows[0]
    assert (first.vendor, first.status, first.proof, first.tone) == (
        "Lanternbox",
        "charged after the end",
        "A",
        Tone.MONEY,
    )
    assert [row.vendor for row in rows if row.overdue] == ["Tervane"]
    assert [row.status for row in rows][-1] == "running"


@pytest.mark.parametrize("width", [70, 80, 120])
def test_the_list_of_cases_fits_the_screen(width: int) -> None:
    """A name is cut with a sign, a number never; the vendor is not named twice."""
    lines = ENGLISH.listing(HOUSEHOLD, width)
    assert len(lines) == len(HOUSEHOLD.cases)
    assert max(map(len, lines)) <= width
    assert lines[0].split()[:3] == ["1", "Lanternbox", "Duo"]
    for line, case in zip(lines, by_urgency(HOUSEHOLD), strict=True):
        whole = case.number in line if case.number else case.service in line
        assert whole or "…" in line


SIGNS = {
    "decided payment_failed": "its strongest sentence says “payment failed”",
    "closure in subject": "the subject says “closure”",
    "receipt guarded": "a sentence says “bill”, but not of what has happened",
    "topic no_more_charge guarded": "it speaks of “no more charge”, but not of what has happened",
    "word end in subject": "the subject has a word for “end”",
    "words contract and end in subject": "the subject has words for “contract” and “end”",
    "closure firm beside contract": "a sentence that says “closure” speaks of “contract” as well",
    "receipt hint without contract": "a sentence says “bill”, but names no contract",
    "closure guarded by negation": "a sentence says “closure”, but: it is negated",
    "closure guarded by unheard_of": "a sentence says “closure”, but: unheard of",
    "closure in few words": "a sentence of few words says “closure”",
    "decided receipt in subject": "its strongest sentence and its subject say “bill”",
    "decided receipt in subject over renewal": (
        "its strongest sentence and its subject say “bill”, another sentence says “renewal notice”"
    ),
    "about goes_on": "it speaks of “what goes on”",
    "about wish in subject": "the subject speaks of “a wish”",
    "about pay_way beside end": "a sentence speaks of “direct debits and other ways of paying” and of “end”",
    "ends near fine": "what it names nearest to an end is “fines and dunning fees”",
    "ends nothing": "it names nothing that may end beside words of ending",
    "closure firm about other_people": "a sentence that says “closure” speaks of “other people” as well",
    "closure firm ends near event": "in a sentence that says “closure” what is named nearest to the end is “events”",
    "closure hint of nothing": "a sentence says “closure”, but names nothing that may end",
    "event with goes_on": "a sentence speaks of “events” and of “what goes on”",
    "goes_on with word contract": "a sentence speaks of “what goes on” and of “contract”",
    "ends near fine with event": "a sentence speaks of “fines and dunning fees” and of “events”",
    "word contract in brief": "a sentence of some words speaks of “contract”",
    "event then goes_on": "a sentence speaks of “events”, the next of “what goes on”",
    "short": "it is short",
    "something of tomorrow": "something of tomorrow",
}


@pytest.mark.parametrize(("sign", "said"), SIGNS.items())
def test_a_sign_is_told_in_words(sign: str, said: str) -> None:
    """And its weight by how much it is; numbers are for programs."""
    decision = dataclasses.replace(READING.decision, signs=((sign, 1.31), (sign, -0.2)))
    text = " ".join(ENGLISH.explain_text(dataclasses.replace(READING, decision=decision)).split())
    assert f"speaks for it strongly: {said}" in text
    assert f"speaks against it a little: {said}" in text
    assert "1.31" not in text


def test_why_a_kind_is_told_in_words() -> None:
    """By the strongest sentence, beside what it outweighs; by all signs together; or nothing says anything."""
    own = READING.decision
    assert own.hit
    bill = dataclasses.replace(own.hit, kind=Kind.RECEIPT)
    cases = (
        (dataclasses.replace(own, hits=(*own.hits, bill)), "A sentence says “closure”; that counts more than bill."),
        (dataclasses.replace(own, signs=(("short", 1.0),)), "All that the mail shows together speaks for “closure”."),
        (dataclasses.replace(own, kind=Kind.OTHER, hit=None), "No sentence that counts says anything"),
    )
    for decision, said in cases:
        assert said in ENGLISH.explain_text(dataclasses.replace(READING, decision=decision))
