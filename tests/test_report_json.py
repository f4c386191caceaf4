"""The two JSON contracts, key by key, and the sentence of the next step in them."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from cancelproof.entries import entry_of
from cancelproof.model import (
    Coverage,
    Decision,
    Fault,
    Hit,
    Kind,
    Message,
    Statement,
    Status,
    Step,
)
from cancelproof.report import Renderer, classify_json
from report_fixture import (
    HYDROLUNE,
    LANTERNBOX,
    READING,
    TEMPLATES,
    TERVANE,
    TODAY,
    UNREAD,
    charge,
    entry,
    report,
)

ENGLISH, FRENCH = Renderer([TEMPLATES]), Renderer([TEMPLATES], "fr")


CLASSIFIED = {
    "source": "box/tervane.eml",
    "message_id": "<1@tervane.example>",
    "date": "2026-10-20T09:30:00+00:00",
    "from": "service@tervane.example",
    "subject": "Votre résiliation",
    "kind": "closure",
    "vendor": "Tervane",
    "vendor_domain": "tervane.example",
    "service": "Assistance Premium Plus",
    "language": "fr",
    "effective_on": "2026-10-31",
    "charged_on": None,
    "amount": "59.90",
    "currency": "EUR",
    "reference": "TV-44718",
    "authentic": True,
    "authenticity": "attested",
    "grade": "B",
    "elements": {"E1": True, "E2": False, "E3": False, "E5": True, "E6": True},
    "rule": "lang/fr closure end-dated",
    "sentence": "Votre contrat Assistance Premium Plus n° TV-44718 prend fin le 31 octobre 2026.",
    "faults": ["box/tervane.eml: an attachment was not read"],
}


def test_classify_json_is_the_contract() -> None:
    """Every key, in the order that DESIGN fixed, with its form."""
    assert list(classify_json(READING).items()) == list(CLASSIFIED.items())


def test_an_unreadable_mail_has_all_keys_and_its_faults() -> None:
    """Unknown is null; no trace of authentication is null too, not forged."""
    expected = dict.fromkeys(CLASSIFIED) | {
        "source": "box/broken.eml",
        "subject": "",
        "kind": "other",
        "authenticity": "unauthenticated",
        "elements": {},
        "faults": ["too deep"],
    }
    assert classify_json(UNREAD) == expected


def test_the_sentence_of_a_forwarded_mail_is_that_of_the_mail_within() -> None:
    """A forwarded mail is judged by what it forwards; a hit on no statement falls back on its own words."""
    inner = Message(statements=(Statement(text="Your plan has ended."),))
    hit = Hit(rule="r", kind=Kind.CLOSURE, statement=0, words="has ended")
    outer = dataclasses.replace(
        UNREAD,
        message=Message(statements=(Statement(text="See below."),), forwarded=inner),
        decision=Decision(kind=Kind.CLOSURE, language="en", hit=hit, hits=(hit,)),
    )
    assert classify_json(outer)["sentence"] == "Your plan has ended."
    lost = dataclasses.replace(outer, decision=dataclasses.replace(outer.decision, hit=_beyond(hit)))
    assert classify_json(lost)["sentence"] == "has ended"


def _beyond(hit: Hit) -> Hit:
    return dataclasses.replace(hit, statement=99)


@pytest.mark.parametrize(
    ("amount", "text"),
    [("59.90", "59.90"), ("1E+3", "1000"), ("0.5", "0.5"), ("1E+999999", "1E+999999"), ("NaN", "NaN")],
)
def test_amounts_are_decimal_strings(amount: str, text: str) -> None:
    """With a point and no exponent, unless the number is absurd."""
    charged = dataclasses.replace(LANTERNBOX, charges_after_end=(charge(TODAY, amount),))
    assert ENGLISH.audit_json(report(charged))["cases"][0]["charges_after_end"][0]["amount"] == text


def test_audit_json_is_the_contract() -> None:
    """Every key, in the order that DESIGN fixed, for a case with proof and charges."""
    result = FRENCH.audit_json(
        report(LANTERNBOX, coverage=(Coverage(name="a", unreadable=(Fault(where="x", what="y"),)),))
    )
    assert list(result) == ["today", "mails", "unreadable", "cases", "gaps", "covers"]
    assert (result["today"], result["mails"], result["unreadable"]) == ("2026-10-26", 12, ["x: y"])
    expected = {
        "vendor": "Lanternbox",
        "vendor_domain": None,
        "service": "Lanternbox Duo",
        "number": None,
        "status": "charged_after_end",
        "requested_on": "2026-05-04",
        "ends_on": "2026-05-22",
        "proof": {
            "source": "box/2026-05-04-lanternbox.eml",
            "message_id": "<2026-05-04.lanternbox@mail.example>",
            "grade": "A",
            "date": "2026-05-04",
        },
        "charges_after_end": [
            {"date": "2026-06-22", "amount": "13.99", "currency": "EUR", "source": "box/2026-06-22.eml"},
            {"date": "2026-07-22", "amount": "13.99", "currency": "EUR", "source": "box/2026-07-22.eml"},
        ],
        "next_step": (
            "Ask Lanternbox to pay back €27.98 now, with the confirmation of 4 May attached. "
            "If they refuse, dispute it with your bank."
        ),
        "due_on": "2026-10-26",
        "mails": ["box/2026-05-04-lanternbox.eml", "box/2026-06-22-lanternbox.eml", "box/2026-07-22-lanternbox.eml"],
    }
    beside = {
        "why": [
            "Ended on 22 May.",
            "Confirmed in writing on 4 May, grade A.",
            "Charged 2 times since then, €27.98 in all: €13.99 on 22 June and €13.99 on 22 July.",
        ],
        "would_change": "A refund of all that was charged since then would make it “ended”.",
        "basis": [],
        "billing": {
            "bills": 0,
            "first": None,
            "last": None,
            "every": None,
            "yearly": None,
            "watched_until": None,
            "quiet_cycles": 0,
        },
        "next_charge_on": None,
        "deadlines": [],
        "letter": None,
        "country": None,
        "rule": None,
        "closed": None,
        "rights": [],
    }
    assert list(result["cases"][0].items()) == [*expected.items(), *beside.items()]
    assert (result["gaps"], result["covers"]) == ([], [{"source": "a", "from": None, "to": None, "mails": 0}])


def test_audit_json_says_null_where_nothing_is_known() -> None:
    """A running contract has no proof, no step and no due day; the cases keep the order of the report."""
    first, second = ENGLISH.audit_json(report(HYDROLUNE, TERVANE))["cases"]
    assert (first["proof"], first["next_step"], first["due_on"], first["charges_after_end"]) == (None, None, None, [])
    assert second["vendor"] == "Tervane"


STEPS = {
    Step.NONE: None,
    Step.WAIT_FOR_PROOF: "Wait until 5 November for Tervane to confirm in writing, then ask.",
    Step.ASK_FOR_PROOF: "Ask Tervane for written confirmation by 5 November: that the contract has ended, the day on "
    "which it ends, that no more money will be taken and a reference number.",
    Step.ASK_AGAIN_WEAK_PROOF: "Ask Tervane to confirm once more by 5 November: nothing shows that the confirmation of "
    "4 May came from them.",
    Step.ANSWER_REFUSAL: "Answer the refusal of Tervane by 5 November: ask which term it rests on, and for the first "
    "day on which the contract can end.",
    Step.DISPUTE_CHARGE: "Ask Tervane to pay back €12.50, £3.00 and an unknown amount by 5 November, with the "
    "confirmation of 4 May attached. If they refuse, dispute it with your bank.",
    Step.WATCH_BILLING: "Watch that no further bill comes from Tervane until 5 November.",
    Step.SAVE_DATA: "Save until 5 November what you want to keep of Tervane: after that it may be gone.",
    Step.ASK_RENEWAL: "Ask Tervane by 5 November why a renewal is announced although the end was confirmed on 4 May.",
    Step.DECIDE: "Decide until 5 November whether to keep the contract with Tervane: after that it goes on.",
    Step.FIND_OUT: "Find out by 5 November whether the contract with Tervane still runs, and ask for the end in "
    "writing.",
}


@pytest.mark.parametrize("step", list(Step))
def test_every_step_is_one_sentence_with_its_day(step: Step) -> None:
    """As a person would say it."""
    case = dataclasses.replace(
        TERVANE,
        step=step,
        due_on=date(2026, 11, 5),
        proof=LANTERNBOX.proof,
        charges_after_end=(charge(TODAY, "12.50"), charge(TODAY, "3.00", "GBP"), charge(TODAY, None)),
    )
    assert ENGLISH.audit_json(report(case))["cases"][0]["next_step"] == STEPS[step]


def test_a_refusal_that_names_a_day_is_answered_with_it() -> None:
    """A day on file is not asked for again; a long sentence is cut after a word."""
    refusal = entry(
        date(2026, 10, 1), Kind.REFUSAL, "Tervane", period_end=date(2027, 11, 4), sentence="We cannot do so " * 40
    )
    case = dataclasses.replace(TERVANE, status=Status.REFUSED, entries=(refusal,), step=Step.ANSWER_REFUSAL)
    (said,) = ENGLISH.audit_json(report(case))["cases"]
    assert "They name 4 November 2027: check your terms. If it is right, cancel for that day" in said["next_step"]
    assert said["why"][1].endswith(("We …”", "cannot …”", "do …”", "so …”"))


@pytest.mark.parametrize(
    ("due_on", "words"),
    [
        (date(2026, 10, 26), "confirmation by 26 October:"),
        (date(2027, 1, 2), "confirmation by 2 January 2027:"),
        (date(2026, 10, 25), "confirmation now (due since 25 October):"),
        (None, "confirmation:"),
    ],
)
def test_a_step_says_by_when_or_that_it_is_overdue(due_on: date | None, words: str) -> None:
    """The due day itself is still in time."""
    step = ENGLISH.audit_json(report(dataclasses.replace(TERVANE, due_on=due_on)))["cases"][0]["next_step"]
    assert words in step


def test_a_step_asks_only_for_what_is_missing_since_the_request() -> None:
    """A closure of an earlier contract and a forged one show nothing; a genuine acknowledgement shows its elements."""
    asked = date(2026, 9, 28)
    shows_all = {f"E{n}": True for n in range(1, 10)}
    old = entry(date(2026, 9, 27), Kind.CLOSURE, "Tervane", elements=shows_all)
    forged = entry(asked, Kind.CLOSURE, "Tervane", elements=shows_all, authentic=False)
    answer = entry(asked, Kind.ACKNOWLEDGEMENT, "Tervane", elements={"E4": True, "E8": True})
    case = dataclasses.replace(TERVANE, entries=(old, forged, answer))
    step = ENGLISH.audit_json(report(case))["cases"][0]["next_step"]
    assert step.endswith(
        ": that the contract has ended, the day on which it ends and that no more money will be taken."
    )


@pytest.mark.parametrize(
    ("statement", "words", "sentence"),
    [(2, "prend fin le", READING.message.statements[2].text), (99, "prend fin", "prend fin"), (-1, "", "")],
)
@pytest.mark.parametrize("forwarded", [True, False])
def test_the_ledger_keeps_the_sentence_that_is_told(statement: int, words: str, sentence: str, forwarded: bool) -> None:
    """Also where the hit stands in no statement of the mail: then both tell its words."""
    hit = dataclasses.replace(READING.decision.hits[0], statement=statement, words=words)
    message = Message(forwarded=READING.message) if forwarded else READING.message
    reading = dataclasses.replace(READING, message=message, decision=dataclasses.replace(READING.decision, hit=hit))
    assert entry_of(reading).sentence == reading.sentence == (classify_json(reading)["sentence"] or "") == sentence
