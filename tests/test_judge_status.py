"""One contract, from its mails to its status: the handbook's table and "More on cases"."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cancelproof.model import Authenticity, Entry, Grade, Status, Step, Told
from judge_fixture import OWNER, bills, cases, day, mail, only, told

BILLED = bills("2026-01-05", "2026-02-05", "2026-03-05")

#: The mails, what was told, today, the status.
STATUSES: dict[str, tuple[list[Entry], list[Told], str, str]] = {
    "billed, and no cancellation known": (BILLED, [], "2026-03-20", "running"),
    "silent for less than two intervals": (BILLED, [], "2026-04-30", "running"),
    "silent for more than two intervals": (BILLED, [], "2026-06-01", "stopped_silently"),
    "a failed charge is a sign of billing": (
        [*BILLED, mail("payment_failed", "2026-05-05")],
        [],
        "2026-06-01",
        "running",
    ),
    "a yearly bill is not overdue within a year": (bills("2024-06-01", "2025-06-01"), [], "2026-05-20", "running"),
    "a yearly bill that stopped": (bills("2022-06-01", "2023-06-01"), [], "2026-05-20", "stopped_silently"),
    "one bill of this year": (bills("2026-01-05"), [], "2026-10-01", "running"),
    "an announced renewal": ([mail("renewal", "2026-03-01", effective_on="2026-03-15")], [], "2026-03-10", "running"),
    "told, and nothing came": (BILLED, [told(on="2026-03-10")], "2026-03-20", "awaiting_proof"),
    "told, without any mail": ([], [told(on="2026-03-10")], "2026-03-20", "awaiting_proof"),
    "told, without a day": ([], [told()], "2026-03-20", "awaiting_proof"),
    "sent, and nothing came": ([mail("request", "2026-03-10")], [], "2026-03-20", "awaiting_proof"),
    "acknowledged only": ([mail("acknowledgement", "2026-03-10")], [], "2026-03-20", "awaiting_proof"),
    "an offer to stay is no proof": (
        [mail("request", "2026-03-10"), mail("retention", "2026-03-12")],
        [],
        "2026-03-20",
        "awaiting_proof",
    ),
    "refused": ([mail("request", "2026-03-10"), mail("refusal", "2026-03-12")], [], "2026-03-20", "refused"),
    "refused what was told": ([mail("refusal", "2026-03-12")], [told(on="2026-03-10")], "2026-03-20", "refused"),
    "refused on the day that was told": (
        [mail("refusal", "2026-03-10")],
        [told(on="2026-03-10")],
        "2026-03-20",
        "refused",
    ),
    "asked again after a refusal": (
        [mail("request", "2026-03-10"), mail("refusal", "2026-03-12"), mail("request", "2026-03-14")],
        [],
        "2026-03-20",
        "awaiting_proof",
    ),
    "acknowledged after a refusal": (
        [mail("request", "2026-03-10"), mail("refusal", "2026-03-12"), mail("acknowledgement", "2026-03-14")],
        [],
        "2026-03-20",
        "awaiting_proof",
    ),
    "closed after a refusal": (
        [mail("request", "2026-03-10"), mail("refusal", "2026-03-12"), mail("closure", "2026-03-14")],
        [],
        "2026-03-20",
        "proven",
    ),
    "refused after an acknowledgement": (
        [mail("acknowledgement", "2026-03-10"), mail("refusal", "2026-03-12")],
        [],
        "2026-03-20",
        "refused",
    ),
    "an end to come": ([mail("closure", "2026-03-10", effective_on="2026-03-31")], [], "2026-03-20", "ending"),
    "an end reached": ([mail("closure", "2026-03-10", effective_on="2026-03-31")], [], "2026-03-31", "proven"),
    "an end not named": ([mail("closure", "2026-03-10")], [], "2026-03-20", "proven"),
    "charged after the end": (
        [*BILLED, mail("closure", "2026-03-10", effective_on="2026-04-04"), *bills("2026-04-05")],
        [],
        "2026-04-20",
        "charged_after_end",
    ),
    "resumed": ([mail("closure", "2026-03-10"), mail("reactivation", "2026-03-11")], [], "2026-03-20", "resumed"),
    "resumed and billed since": (
        [mail("closure", "2026-03-10"), mail("reactivation", "2026-03-11"), *bills("2026-04-05")],
        [],
        "2026-04-20",
        "resumed",
    ),
    "resumed and closed again": (
        [mail("closure", "2026-03-10"), mail("reactivation", "2026-03-11"), mail("closure", "2026-03-15")],
        [],
        "2026-03-20",
        "proven",
    ),
    "resumed and asked to end again": (
        [mail("closure", "2026-03-10"), mail("reactivation", "2026-03-11"), mail("request", "2026-06-15")],
        [],
        "2026-06-20",
        "awaiting_proof",
    ),
    "a first contract's start resumes nothing": (
        [mail("reactivation", "2025-12-30"), *BILLED, mail("closure", "2026-03-10")],
        [],
        "2026-03-20",
        "proven",
    ),
}


@pytest.mark.parametrize(("entries", "said", "today", "status"), STATUSES.values(), ids=STATUSES.keys())
def test_status(entries: list[Entry], said: list[Told], today: str, status: str) -> None:
    """Every sentence of the handbook on where a case stands."""
    assert only(entries, today, said).status == status


#: Mails that make no case.
SILENT: dict[str, list[Entry]] = {
    "kind other": [mail("other", "2026-03-01")],
    "a one-off purchase": bills("2026-03-01", "2026-04-01", one_off=True),
    "a first contract's start": [mail("reactivation", "2026-03-01")],
    "an offer": [mail("retention", "2026-03-01")],
    "a refund alone": [mail("refund", "2026-03-01", amount="5.00")],
    "a forged closure": [mail("closure", "2026-03-01", authentic=False)],
    "another person's request": [mail("request", "2026-03-01", sent=False, sender="friend@example.net")],
    "what poses as a form's copy": [mail("request", "2026-03-01", sent=False, authentic=None)],
    "another person's closure, forwarded": [mail("closure", "2026-03-01", forwarded=True, sender="friend@example.net")],
    "the owner's words, read as the vendor's": [mail("closure", "2026-03-01", sent=True)],
    "bills of long ago without a rhythm": bills("2019-01-01", "2019-01-20", "2019-08-03"),
    "a mail from after today": bills("2026-05-05"),
}


def test_a_forms_copy_opens_a_case() -> None:
    """The vendor sent back what the owner filled in: that is a request, though nothing else is known of it."""
    case = only([mail("request", "2026-03-01", sent=False)], "2026-04-20")
    assert (case.status, str(case.requested_on)) == (Status.AWAITING_PROOF, "2026-03-01")


@pytest.mark.parametrize("entries", SILENT.values(), ids=SILENT.keys())
def test_what_opens_no_case(entries: list[Entry]) -> None:
    """Only what shows a contract of the owner's is a case."""
    assert cases(entries, "2026-04-20") == ()


@pytest.mark.parametrize(
    ("closed", "asked", "between", "status"),
    [
        ("2026-03-09", "2026-03-10", (), "proven"),
        ("2026-03-10", "2026-03-10", (), "proven"),
        ("2024-03-10", "2026-03-10", (), "awaiting_proof"),
        ("2024-03-10", "2026-03-10", ("2026-01-05", "2026-02-05", "2026-03-05"), "awaiting_proof"),
        ("2025-07-10", "2026-03-10", ("2025-08-05", "2025-09-05", "2026-02-05", "2026-03-05"), "awaiting_proof"),
        ("2026-01-10", "2026-03-10", ("2026-02-05", "2026-03-05"), "charged_after_end"),
    ],
    ids=["the day before", "same day", "years before", "billed anew", "billed on for long", "ignored, and asked again"],
)
def test_a_closure_older_than_the_request(closed: str, asked: str, between: tuple[str, ...], status: str) -> None:
    """An earlier contract's closure proves nothing; one that the vendor ignored is still the proof."""
    earlier = bills("2023-11-05", "2023-12-05") if closed < "2025" else bills("2025-05-05", "2025-06-05", "2025-07-05")
    entries = [*earlier, mail("closure", closed), *bills(*between)]
    assert only(entries, "2026-03-20", [told(on=asked)]).status == status
    assert only([*entries, mail("request", asked)], "2026-03-20").status == status


def test_a_request_before_the_end_that_a_closure_names_changes_nothing() -> None:
    """Who asks for a line of confirmation while the contract runs out does not undo its closure."""
    entries = [mail("closure", "2026-03-01", effective_on="2026-12-31"), mail("request", "2026-05-10")]
    assert only(entries, "2026-06-01").status is Status.ENDING


def test_billed_anew_after_a_long_gap_without_a_word() -> None:
    """A contract rejoined under the same name is one case, the newer."""
    entries = [*bills("2023-01-05", "2023-02-05"), mail("closure", "2023-02-10"), *bills("2026-01-05", "2026-02-05")]
    case = only(entries, "2026-02-20")
    assert (case.status, case.proof) == (Status.RUNNING, None)


def test_an_end_that_is_confirmed_months_late() -> None:
    """Bills between the end and its late confirmation are charges after the end, and no newer contract."""
    paid = bills("2025-01-05", "2025-02-05", "2025-12-05", "2026-01-05")
    case = only([*paid, mail("closure", "2026-01-20", effective_on="2025-02-28")], "2026-02-20")
    assert (case.status, len(case.charges_after_end)) == (Status.CHARGED_AFTER_END, 2)


# ---------------------------------------------------------------- requested_on, ends_on, proof

ASKED: dict[str, tuple[list[Entry], list[Told], str | None]] = {
    "told": ([mail("request", "2026-03-12")], [told(on="2026-03-10")], "2026-03-10"),
    "sent": ([mail("acknowledgement", "2026-03-14"), mail("request", "2026-03-12")], [], "2026-03-12"),
    "sent twice": ([mail("request", "2026-03-12"), mail("request", "2026-03-19")], [], "2026-03-12"),
    "sent years ago and now": ([mail("request", "2023-03-12"), mail("request", "2026-03-12")], [], "2026-03-12"),
    "acknowledged": ([mail("acknowledgement", "2026-03-14", requested_on="2026-03-12")], [], "2026-03-14"),
    "unknown": ([mail("refusal", "2026-03-14")], [], None),
    "not asked before the closure": ([mail("closure", "2026-03-01"), mail("request", "2026-03-12")], [], None),
    "before the closure": ([mail("request", "2026-02-20"), mail("closure", "2026-03-01")], [], "2026-02-20"),
    "by a form of the vendor's": (
        [mail("request", "2026-03-12", sent=False), mail("acknowledgement", "2026-03-14")],
        [],
        "2026-03-12",
    ),
}


@pytest.mark.parametrize(("entries", "said", "asked"), ASKED.values(), ids=ASKED.keys())
def test_requested_on(entries: list[Entry], said: list[Told], asked: str | None) -> None:
    """The day that the owner told, else that of the sent request, else that of the acknowledgement, else null."""
    assert only(entries, "2026-03-20", said).requested_on == (day(asked) if asked else None)


def test_resumed_keeps_the_old_proof() -> None:
    """In `resumed`, proof and end are those of the old closure."""
    closure = mail("closure", "2026-03-10", effective_on="2026-03-31")
    case = only([closure, mail("reactivation", "2026-04-05"), *bills("2026-04-06")], "2026-04-20")
    assert (case.status, case.proof, case.ends_on) == (Status.RESUMED, closure, day("2026-03-31"))
    assert case.charges_after_end == ()


PROOFS: dict[str, tuple[list[Entry], int]] = {
    "the first of two that agree": (
        [
            mail("closure", "2026-03-10", effective_on="2026-03-31"),
            mail("closure", "2026-04-01", effective_on="2026-04-01"),
        ],
        0,
    ),
    "the newer where the end was put off": (
        [
            mail("closure", "2026-03-10", effective_on="2026-03-31"),
            mail("closure", "2026-03-12", effective_on="2026-04-30"),
        ],
        1,
    ),
    "the stronger": ([mail("closure", "2026-03-10", grade=Grade.C), mail("closure", "2026-03-12", grade=Grade.A)], 1),
    "the authenticated": ([mail("closure", "2026-03-10", authentic=None), mail("closure", "2026-03-12")], 1),
    "the one with an end": (
        [mail("closure", "2026-03-10"), mail("closure", "2026-03-12", effective_on="2026-03-31")],
        1,
    ),
}


@pytest.mark.parametrize(("entries", "proof"), PROOFS.values(), ids=PROOFS.keys())
def test_which_closure_is_the_proof(entries: list[Entry], proof: int) -> None:
    """Of several closures the strongest counts."""
    assert only(entries, "2026-05-20").proof == entries[proof]


# ---------------------------------------------------------------- forged, weak, copied


def test_a_forged_closure_is_shown_and_moves_nothing() -> None:
    """It stands among the case's mails, so that the report can warn of it."""
    forged = mail("closure", "2026-03-12", authentic=False)
    case = only([*BILLED, forged], "2026-03-20")
    assert (case.status, case.proof) == (Status.RUNNING, None)
    assert forged in case.entries
    assert forged.source in case.mails


def test_a_closure_that_nothing_authenticates_is_weak_proof() -> None:
    """It counts, and is to be asked for again."""
    case = only([mail("closure", "2026-03-10", authentic=None, grade=Grade.C)], "2026-03-20")
    assert (case.status, case.step, case.due_on) == (Status.PROVEN, Step.ASK_AGAIN_WEAK_PROOF, day("2026-03-17"))


@pytest.mark.parametrize(
    ("word", "forwarded", "status"),
    [
        (Authenticity.UNAUTHENTICATED, False, Status.RUNNING),
        (Authenticity.NOT_CHECKABLE, False, Status.PROVEN),
        (Authenticity.UNAUTHENTICATED, True, Status.PROVEN),
    ],
    ids=["missing", "too little said", "forwarded by the owner"],
)
def test_a_stamp_that_only_one_mail_lacks(word: Authenticity, forwarded: bool, status: Status) -> None:
    """Where the server stamps the other mails of that time, a mail without a stamp never passed it."""
    sender = OWNER if forwarded else "desk@foobar.example"
    closure = mail("closure", "2026-03-10", authentic=None, authenticity=word, forwarded=forwarded, sender=sender)
    case = only([*BILLED, closure], "2026-03-20")
    assert case.status is status
    assert [e.authentic for e in case.entries if e.kind == "closure"] == [False if status is Status.RUNNING else None]


def test_forged_mails_are_no_neighbours() -> None:
    """However many forged mails lie beside it, a mail that alone lacks a stamp stays suspect."""
    bare = mail("closure", "2026-03-10", authentic=None)
    forged = [mail("closure", f"2026-03-{day:02}", authentic=False) for day in range(11, 19)]
    assert only([*BILLED, bare], "2026-03-20").proof is None
    assert only([*BILLED, bare, *forged], "2026-03-20").proof is None


def test_forged_bills_make_no_contract_of_a_purchase() -> None:
    """One thing bought once, and bills for the same at an interval that somebody else wrote."""
    bought = bills("2026-03-01", service="Paper", one_off=True)
    forged = bills("2026-01-01", "2026-02-01", "2026-04-01", service="Paper", one_off=True, authentic=False)
    assert not cases([*bought, *forged], "2026-04-20")


def test_stamps_of_another_time_say_nothing() -> None:
    """The server may have begun to stamp later."""
    closure = mail("closure", "2020-03-10", authentic=None)
    others = bills("2026-01-05", "2026-02-05", "2026-03-05", vendor="Elsewhere", domain="elsewhere.example")
    assert [case.status for case in cases([closure, *others], "2026-03-20")] == [Status.RUNNING, Status.PROVEN]


def test_one_mail_in_two_folders_is_one() -> None:
    """The same Message-ID twice counts once, whatever the folder and the bytes."""
    closure = mail("closure", "2026-03-10", effective_on="2026-03-31")
    one, other = (
        mail("receipt", "2026-04-05", amount="9.99", message_id="<1@x>", source=s) for s in ("a.eml", "b.eml")
    )
    case = only([closure, one, other], "2026-04-20")
    assert len(case.charges_after_end) == 1
    assert case.mails == (closure.source, "a.eml")


def test_a_forged_mail_cannot_hide_behind_a_genuine_ones_id() -> None:
    """Of two mails with one Message-ID the genuine one counts."""
    genuine = mail("closure", "2026-03-10", message_id="<1@x>", source="b.eml")
    forged = mail("closure", "2026-03-10", message_id="<1@x>", source="a.eml", authentic=False)
    assert only([forged, genuine], "2026-03-20").proof == genuine


# ---------------------------------------------------------------- charges after the end

END = mail("closure", "2026-03-10", effective_on="2026-03-31")

CHARGES: dict[str, tuple[list[Entry], int]] = {
    "on the last day": (bills("2026-03-31"), 0),
    "the day after": (bills("2026-04-01"), 1),
    "two": (bills("2026-04-05", "2026-05-05"), 2),
    "a final bill": (bills("2026-04-05", final_bill=True), 0),
    "for the time before": (bills("2026-04-05", period_end="2026-03-31"), 0),
    "for the time after": (bills("2026-04-05", period_end="2026-04-30"), 1),
    "billed before, debited after": (bills("2026-03-30", charged_on="2026-04-08"), 0),
    "billed after, for a debit before": (bills("2026-04-02", charged_on="2026-03-31"), 0),
    "refunded in full": ([*bills("2026-04-05"), mail("refund", "2026-04-10", amount="9.99")], 0),
    "refunded in part": ([*bills("2026-04-05"), mail("refund", "2026-04-10", amount="5.00")], 1),
    "refunded in two parts": (
        [
            *bills("2026-04-05"),
            mail("refund", "2026-04-10", amount="5.00"),
            mail("refund", "2026-04-11", amount="4.99"),
        ],
        0,
    ),
    "two refunded in one sum": (
        [*bills("2026-04-05", "2026-05-05"), mail("refund", "2026-05-10", amount="19.98")],
        0,
    ),
    "one of two refunded": ([*bills("2026-04-05", "2026-05-05"), mail("refund", "2026-05-10", amount="9.99")], 1),
    "refunded in another currency": (
        [*bills("2026-04-05"), mail("refund", "2026-04-10", amount="9.99", currency="USD")],
        1,
    ),
    "refunded before it was taken": ([*bills("2026-04-05"), mail("refund", "2026-04-01", amount="9.99")], 1),
    "a bill and its receipt": ([*bills("2026-04-05"), *bills("2026-04-07", charged_on="2026-04-05")], 1),
    "a failed charge": ([mail("payment_failed", "2026-04-05", amount="9.99")], 0),
    "a forged bill": (bills("2026-04-05", authentic=False), 0),
    "a one-off purchase": (bills("2026-04-05", one_off=True), 0),
}


@pytest.mark.parametrize(("entries", "count"), CHARGES.values(), ids=CHARGES.keys())
def test_charges_after_the_end(entries: list[Entry], count: int) -> None:
    """Counted are charges for the time after the end that were not paid back in full, each once."""
    case = only([*BILLED, END, *entries], "2026-06-01")
    assert len(case.charges_after_end) == count
    assert case.status is (Status.CHARGED_AFTER_END if count else Status.PROVEN)


def test_usage_billed_in_arrears() -> None:
    """Where the bills before paid for the time before them, the first after the end does too."""
    before = [*bills("2026-02-03", period_end="2026-01-31"), *bills("2026-03-03", period_end="2026-02-28")]
    assert only([*before, END, *bills("2026-04-03")], "2026-04-20").status is Status.PROVEN
    assert only([*before, END, *bills("2026-04-03", "2026-05-03")], "2026-05-20").status is Status.CHARGED_AFTER_END


def test_without_a_named_end_the_closures_own_day_counts() -> None:
    """A charge of the same day is none; the next month's is."""
    closure = mail("closure", "2026-03-05")
    assert only([*BILLED, closure], "2026-06-01").status is Status.PROVEN
    case = only([*BILLED, closure, *bills("2026-04-05")], "2026-06-01")
    assert [(c.day, c.amount, c.currency) for c in case.charges_after_end] == [
        (day("2026-04-05"), Decimal("9.99"), "EUR")
    ]


def test_a_purchase_of_something_else_after_the_end_is_no_charge_after_it() -> None:
    """A bill that names another thing at another price is not the ended contract's."""
    named = bills("2026-01-05", "2026-02-05", service="Foobar Plus")
    end = mail("closure", "2026-03-10", effective_on="2026-03-31", service="Foobar Plus")
    found = cases([*named, end, *bills("2026-04-20", service="Hand Mill", amount="64.00")], "2026-06-01")
    assert [(case.service, case.status) for case in found] == [
        ("Hand Mill", Status.RUNNING),
        ("Foobar Plus", Status.PROVEN),
    ]
