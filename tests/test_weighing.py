"""All signs of a mail together: when they put another kind in the place of what the strongest statement says."""

from __future__ import annotations

import pytest

from cancelproof.classify import Classifier
from cancelproof.classify.signs import ALWAYS
from cancelproof.classify.weighing import likeliest
from cancelproof.model import Kind, Message, Place, Statement
from cancelproof.rules import parse
from rules_fixture import SMALL, project_rules, small

EVEN = {Kind.OTHER: 0.0, Kind.CLOSURE: 0.0, Kind.RENEWAL: 0.0, Kind.RECEIPT: 0.0}
WEIGHTS = {
    ALWAYS: EVEN,
    "closure firm": {Kind.CLOSURE: 3.0},
    "closure hint": {Kind.CLOSURE: 0.3},
    "topic last_day": {Kind.CLOSURE: 0.5},
    "topic farewell": {Kind.CLOSURE: 1.5},
    "topic coming_charge": {Kind.RENEWAL: 4.0},
    "renewal firm": {Kind.RENEWAL: 1.0},
    "topic booking": {Kind.OTHER: 9.0},
    "topic party": {Kind.OTHER: 3.5, Kind.CLOSURE: 3.5},
    "topic feast": {Kind.OTHER: 3.9, Kind.CLOSURE: 3.9},
    "topic slip": {Kind.OTHER: 3.4},
    "topic over": {Kind.CLOSURE: 2.0},
    "topic dinner": {Kind.OTHER: 2.5},
    "receipt in subject": {Kind.RECEIPT: 2.0},
}
LIKELIEST = {
    "what a statement says firmly": (["decided closure", "closure firm"], Kind.CLOSURE),
    "another kind in the place of a firm one, with enough": (
        ["decided receipt", "receipt firm", "topic coming_charge"],
        Kind.RENEWAL,
    ),
    "a firm one, where no other has enough": (
        ["decided receipt", "receipt firm", "topic coming_charge", "topic feast"],
        Kind.RECEIPT,
    ),
    "what the subject says as well, unless signs are sure": (
        [
            "decided receipt",
            "receipt firm",
            "receipt in subject",
            "topic coming_charge",
            "topic farewell",
            "topic last_day",
        ],
        Kind.RECEIPT,
    ),
    "what signs are sure of, though the subject says another": (
        ["decided receipt", "receipt firm", "receipt in subject", "topic coming_charge"],
        Kind.RENEWAL,
    ),
    "a hint, where no other has enough": (["decided receipt", "topic coming_charge", "topic feast"], Kind.RECEIPT),
    "another kind in the place of a hint of a closure, with less than half": (
        ["decided closure", "closure hint", "topic coming_charge", "topic party"],
        Kind.RENEWAL,
    ),
    "a firm kind in the place of nothing, unless signs are sure": (
        ["decided receipt", "receipt firm", "topic dinner"],
        Kind.RECEIPT,
    ),
    "nothing in the place of a firm kind, where they are sure": (
        ["decided receipt", "receipt firm", "topic booking"],
        Kind.OTHER,
    ),
    "nothing in the place of a firm closure": (["decided closure", "closure firm", "topic booking"], Kind.OTHER),
    "a firm closure, where nothing has no more than half": (
        ["decided closure", "closure firm", "topic party", "topic slip"],
        Kind.CLOSURE,
    ),
    "nothing in the place of a hint": (["decided closure", "closure hint", "topic booking"], Kind.OTHER),
    "a kind that no weights know": (["decided refund", "refund firm"], Kind.REFUND),
    "no closure that only signs say, with less than half": (["decided other", "topic last_day"], Kind.OTHER),
    "a closure that only signs say, with more": (["decided other", "topic last_day", "topic farewell"], Kind.CLOSURE),
    "no such closure in the place of a firm statement": (
        ["decided receipt", "receipt firm", "topic last_day", "topic farewell"],
        Kind.RECEIPT,
    ),
    "nor in the place of a hint": (["decided receipt", "topic last_day", "topic farewell"], Kind.RECEIPT),
    "such a closure where signs are sure": (
        ["decided receipt", "receipt firm", "topic last_day", "topic farewell", "topic over"],
        Kind.CLOSURE,
    ),
    "a kind that only signs say, with more than half": (["decided other", "topic coming_charge"], Kind.RENEWAL),
    "no kind that only signs say, with less": (["decided other", "topic coming_charge", "topic feast"], Kind.OTHER),
    "a kind that a guarded statement hints at, with most": (
        ["decided other", "renewal hint", "topic coming_charge", "topic feast"],
        Kind.RENEWAL,
    ),
    "a sign that nobody learned": (["decided closure", "closure firm", "topic unheard_of"], Kind.CLOSURE),
}


@pytest.mark.parametrize(("signs", "kind"), LIKELIEST.values(), ids=LIKELIEST)
def test_likeliest(signs: list[str], kind: Kind) -> None:
    assert likeliest(signs, WEIGHTS) is kind


SAID = """\
always: {other: 0, closure: 0, receipt: 0}
topic goodbye: {closure: 4}
receipt hint: {receipt: 1}
word contract in subject: {receipt: 5}
"""
VENDOR = """\
vendor: Acme
id: acme
domains: [acme.example]
reads: {en: {statements: {receipt: [{id: own, say: [you paid], examples: [x], silent: [y]}]}}}
"""


def _mail(*texts: str, subject: str = "") -> Message:
    first = (Statement(text=subject, place=Place.SUBJECT),) if subject else ()
    return Message(statements=(*first, *(Statement(text=text) for text in texts)))


@pytest.fixture(scope="module")
def reader() -> Classifier:
    return Classifier(small(**{"weights.yaml": SAID, "vendors/acme.yaml": VENDOR}))


def test_signs_decide(reader: Classifier) -> None:
    """A farewell beside a sum: the closure is shown by the sign that told most, as a hint, and says what told."""
    decision = reader.read(_mail("You paid $5.00 today", "Sorry to see you go.")).decision
    assert decision.kind is Kind.CLOSURE
    assert decision.hit is not None
    assert (decision.hit.rule, decision.hit.words, decision.hit.firm) == ("signs closure", "Sorry to see you go", False)
    assert decision.signs[0] == ("topic goodbye", 4.0)
    assert decision.why == "receipt is asserted; all signs together say closure"


ENDED = "Your subscription has been cancelled"
AROUND = {
    "what turned it off": (("Your subscription has not been cancelled.",), "closure guarded by negation"),
    "why it is off, where no guard is": (
        ("Your phone plan ends May 3, 2026.", "You paid $5"),
        "closure guarded by needs",
    ),
    "what else its sentence speaks of": ((f"{ENDED}.",), "closure firm beside contract"),
    "no word for a contract": (("You paid $5.00 today",), "receipt hint without contract"),
    "a row": ((f"{ENDED} | May 3",), "closure in a row"),
    "few words": (("You paid $5",), "receipt in few words"),
    "that it comes first": (("Hello.", f"{ENDED}."), "closure early"),
    "that it comes last": (("Hello.", "a", "b", "c", f"{ENDED}."), "closure late"),
    "that it is said again": ((f"{ENDED}.", f"{ENDED} today."), "closure more than once"),
}


@pytest.mark.parametrize(("texts", "sign"), AROUND.values(), ids=AROUND)
def test_what_stands_around_a_statement_is_a_sign(reader: Classifier, texts: tuple[str, ...], sign: str) -> None:
    """And is none of a mail that only says hello."""
    cells = [tuple(text.split(" | ")) if " | " in text else () for text in texts]
    said = tuple(Statement(text=text, cells=cell) for text, cell in zip(texts, cells, strict=True))
    assert sign in reader.signs(Message(statements=said))
    assert sign not in reader.signs(_mail("Hello."))


def test_two_words_of_a_subject_are_a_sign() -> None:
    """A word for a contract beside one for an end says more than each."""
    signs = Classifier(project_rules()).signs(
        _mail("We have received it.", subject="Cancellation of your subscription")
    )
    assert "words contract and termination in subject" in signs


def test_that_the_subject_says_the_strongest_is_a_sign(reader: Classifier) -> None:
    """And what is said firmly beside it: a bill that also says that a contract is over, say."""
    firm = "Your subscription has been cancelled"
    alone, said = _mail(firm, subject="Hello"), _mail("Hello", subject=firm)
    assert "decided closure in subject" in reader.signs(said)
    assert "decided closure in subject" not in reader.signs(alone)
    signs = Classifier(project_rules()).signs(
        _mail("You paid $9.99 by card.", "Your plan renews on May 3, 2026.", subject="Your receipt from Acme")
    )
    assert "decided receipt in subject over renewal" in signs


@pytest.mark.parametrize("key", ["never_beside", "never_unsaid_beside"])
def test_no_signs_make_a_kind_beside_what_bars_it(key: str) -> None:
    """A farewell beside a sum is no closure where such a topic is raised; without it, it is."""
    texts = {"weights.yaml": SAID, "lang/en.yaml": SMALL.replace("topics:\n", "topics:\n  warned: [or it will end]\n")}
    bars = {**texts, "together.yaml": f"closure: {{{key}: [warned]}}\n"}
    mail = _mail("You paid $5.00 today", "Sorry to see you go.", "Or it will end")
    for files, kind in ((texts, Kind.CLOSURE), (bars, Kind.RECEIPT)):
        rules, faults = parse({**files, "currencies.yaml": "currencies: {USD: [$]}"})
        assert not faults
        assert Classifier(rules).read(mail).decision.kind is kind


def test_where_a_sign_stands_tells(reader: Classifier) -> None:
    mail = ("You paid $5.00 today", "Sorry to see you go.")
    assert reader.read(_mail(*mail, subject="Your subscription")).decision.kind is Kind.RECEIPT
    assert reader.read(_mail(*mail, "Your subscription")).decision.kind is Kind.CLOSURE


def test_a_vendors_own_rule_is_not_weighed(reader: Classifier) -> None:
    """Who knows the vendor knows better."""
    mail = _mail("You paid $5.00 today", "Sorry to see you go.")
    assert reader.read(mail, vendor_id="acme").decision.kind is Kind.RECEIPT


@pytest.mark.parametrize(("own", "kind"), [((), Kind.CLOSURE), (("lang/en.yaml",), Kind.RECEIPT)], ids=["ours", "own"])
def test_the_owners_own_language_is_not_weighed(own: tuple[str, ...], kind: Kind) -> None:
    """The owner knows better than weights."""
    money = "currencies: {USD: [$]}"
    texts = {"lang/en.yaml": SMALL, "weights.yaml": SAID, "currencies.yaml": money}
    rules, faults = parse(texts, own=frozenset(own))
    assert not faults
    assert Classifier(rules).read(_mail("You paid $5.00 today", "Sorry to see you go.")).decision.kind is kind


def test_what_the_owner_writes_is_not_weighed(reader: Classifier) -> None:
    mail = _mail("You paid $5.00 today", "Sorry to see you go.")
    assert reader.read(mail, by_owner=True).decision.kind is Kind.OTHER


def test_no_statement_near_a_kind_is_not_weighed(reader: Classifier) -> None:
    """The gate lets such mails go unread, so that weighing them would make reading depend on it."""
    assert reader.read(_mail("Sorry to see you go.")).decision.kind is Kind.OTHER


@pytest.mark.parametrize("name", ["negation", "needs air", "silenced by wind"])
def test_a_guard_may_have_any_name(name: str) -> None:
    """It turns off a statement that comes near a kind, so the mail is weighed."""
    texts = {"lang/en.yaml": SMALL.replace("  negation:", f'  "{name}":'), "weights.yaml": SAID}
    rules, faults = parse(texts)
    assert not faults
    read = Classifier(rules).read(_mail("Your subscription has not been cancelled.", "Sorry to see you go."))
    assert str(read.decision.hits[0].off) == name
    assert read.decision.kind is Kind.CLOSURE


def test_a_sentence_that_a_rule_denies_is_no_sign() -> None:
    """What `other` says of a sentence holds for the topics in it too."""
    denies = VENDOR.replace("receipt: [{id: own, say: [you paid]", "other: [{id: own, say: [sorry to see you go]")
    reader = Classifier(small(**{"weights.yaml": SAID, "vendors/acme.yaml": denies}))
    mail = _mail("You paid $5.00 today", "Sorry to see you go.")
    assert reader.read(mail).decision.kind is Kind.CLOSURE
    assert reader.read(mail, vendor_id="acme").decision.kind is Kind.RECEIPT


FAULTS = {
    "no kind": ("topic goodbye: {closing: 1}\n", "weights.yaml:1: 'closing' is not a field of 'topic goodbye'"),
    "no number": ("topic goodbye: {closure: much}\n", "weights.yaml:1: 'topic goodbye': 'closure' must be a number"),
}


@pytest.mark.parametrize(("text", "fault"), FAULTS.values(), ids=FAULTS)
def test_a_bad_weight_is_told_with_its_line(text: str, fault: str) -> None:
    _, faults = parse({"lang/en.yaml": SMALL, "weights.yaml": text})
    assert [found[: len(fault)] for found in faults] == [fault]


def test_our_weights_know_our_signs() -> None:
    """Every topic and notion that bears a weight is one that a language raises: else the weights are of other rules."""
    rules = project_rules()
    topics = {rule.topic for language in rules.languages.values() for rule in language.rules if rule.topic}
    weighed = {sign.split()[1] for sign in rules.weights if sign.startswith("topic ")}
    assert weighed - topics == set()
    assert {"topic last_day", "word contract", "decided closure", "closure firm"} <= rules.weights.keys()
