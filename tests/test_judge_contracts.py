"""Which mails are of one contract, and who only poses as its vendor."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cancelproof.judge.names import alike, number
from cancelproof.model import Entry, Report, Status, Step
from cancelproof.report import Renderer
from judge_fixture import bills, cases, day, mail, only, told
from report_fixture import TEMPLATES

MONTHS = ("2026-01-05", "2026-02-05", "2026-03-05")
TODAY = "2026-03-20"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Dull", "Dull Technologies SAS", True),
        ("Fibrélia", "FIBRELIA", True),
        ("L'Orée", "Loree", True),
        ("Canal Plus", "CanalPlus", True),
        ("Foo Ltd", "Foo GmbH", True),
        ("Foo & Bar", "Foo Bar", True),
        ("Foobar", "Foobaz", False),
        ("Free", "Freedom", False),
        ("Foo One", "Foo Two", False),
        ("", "Foo", False),
        ("!!!", "Foo", False),
    ],
)
def test_names_alike(one: str, other: str, expected: bool) -> None:
    """One name says no more than the other, in whole words; case, accents, punctuation and legal forms don't count."""
    assert alike(one, other) is expected
    assert alike(other, one) is expected


@pytest.mark.parametrize(
    ("one", "other"),
    [("06 39 98 12 34", "+33 6 39 98 12 34"), ("L-2019-0077", "l2019 0077"), ("n. 88/3150", "N883150")],
)
def test_numbers_alike(one: str, other: str) -> None:
    """A number is its letters and digits, a telephone line is told by its last nine."""
    assert number(one) == number(other)


# ---------------------------------------------------------------- one vendor or two

VENDORS: dict[str, tuple[list[Entry], int]] = {
    "a legal form": ([mail("receipt", "2026-01-05", "Foobar"), mail("receipt", "2026-02-05", "Foobar Ltd")], 1),
    "a desk's name": ([mail("receipt", "2026-01-05"), mail("receipt", "2026-02-05", "Members' Desk")], 1),
    "no name, the domain alone": ([mail("receipt", "2026-01-05"), mail("receipt", "2026-02-05", "")], 1),
    "by a carrier": ([mail("receipt", "2026-01-05"), mail("receipt", "2026-02-05", "Foobar Inc", "")], 1),
    "by two carriers": (
        [mail("receipt", "2026-01-05", "Foobar", ""), mail("receipt", "2026-02-05", "Foobar Inc", "")],
        1,
    ),
    "one word in common": (
        [mail("receipt", "2026-01-05", "Foobar Bank", "foobarbank.example"), mail("receipt", "2026-02-05")],
        2,
    ),
    "two vendors behind one carrier": (
        [mail("receipt", "2026-01-05", "Foo", ""), mail("receipt", "2026-02-05", "Bar", "")],
        2,
    ),
    "two vendors served by one": (
        [
            mail("receipt", "2026-01-05", "Foo Gazette", "readers.example"),
            mail("receipt", "2026-02-05", "Bar Times", "readers.example"),
        ],
        2,
    ),
    "a short common name and two longer ones": (
        [
            mail("receipt", "2026-01-05", "Mutual", ""),
            mail("receipt", "2026-01-05", "Mutual Hill", "mutualhill.example"),
            mail("receipt", "2026-01-05", "Mutual Dale", "mutualdale.example"),
        ],
        2,
    ),
}


@pytest.mark.parametrize(("entries", "count"), VENDORS.values(), ids=VENDORS.keys())
def test_vendors(entries: list[Entry], count: int) -> None:
    """Mails are one vendor's by its name or its own domain."""
    assert len(cases(entries, TODAY)) == count


@pytest.mark.parametrize("name", ["Foobar", "FOOBAR S.A.", "Foobar France", "foo-bar", "foobar.example"])
def test_what_the_owner_told_finds_its_vendor(name: str) -> None:
    """The case bears the name that the owner told."""
    case = only(bills(*MONTHS), TODAY, [told(name, "2026-03-10")])
    assert (case.vendor, case.status) == (name, Status.AWAITING_PROOF)


def test_the_newest_name_is_the_vendors() -> None:
    """A vendor that renamed itself is called as it calls itself now."""
    entries = [mail("receipt", "2026-01-05", "Foobar"), mail("receipt", "2026-02-05", "Foobar One")]
    assert only(entries, TODAY).vendor == "Foobar One"


# ---------------------------------------------------------------- posing

GENUINE = bills(*MONTHS, domain="foobar.example")


@pytest.mark.parametrize(
    ("closure", "status"),
    [
        (mail("closure", "2026-03-10", domain="foobar-billing.example"), Status.RUNNING),
        (mail("closure", "2026-03-10", "Foobar Help", "foobar-help-desk.example"), Status.RUNNING),
        (mail("closure", "2026-03-10", domain="foobar.invalid"), Status.RUNNING),
        (mail("closure", "2026-03-10", domain="unrelated.example"), Status.RUNNING),
        (mail("closure", "2026-03-10"), Status.PROVEN),
    ],
    ids=["holds the name", "holds it, other name", "other top level", "unrelated domain", "its own domain"],
)
def test_a_look_alike_moves_nothing(closure: Entry, status: Status) -> None:
    """The vendor's name from a domain never seen for it, though it passes for itself, is no vendor's mail."""
    assert only([*GENUINE, closure], TODAY).status is status


def test_a_look_alike_that_came_first_is_no_better() -> None:
    """The home of a vendor is where it bills from, not where it was first heard from."""
    early = mail("closure", "2025-12-10", domain="foobar-billing.example")
    case = only([early, *GENUINE], TODAY)
    assert (case.status, case.vendor_domain) == (Status.RUNNING, "foobar.example")


@pytest.mark.parametrize(
    "more",
    [
        [mail("receipt", "2025-12-05", domains=("readers.example",))],
        [mail("request", "2026-03-06", domain="readers.example")],
        bills("2025-10-05", "2025-11-05", "2025-12-05", domain="readers.example"),
    ],
    ids=["named in a bill", "written to by the owner", "equally established"],
)
def test_a_second_domain_that_is_the_vendors(more: list[Entry]) -> None:
    """A domain that the vendor's genuine mails name, that the owner wrote to, or that bills as much is its own."""
    closure = mail("closure", "2026-03-10", domain="readers.example")
    case = only([*GENUINE, *more, closure], TODAY)
    assert (case.status, case.proof) == (Status.PROVEN, closure)


def test_a_forged_mail_cannot_name_a_second_domain() -> None:
    """Only genuine mails speak for a domain."""
    naming = mail("receipt", "2026-03-06", domains=("foobar-billing.example",), authentic=False)
    closure = mail("closure", "2026-03-10", domain="foobar-billing.example", domains=("foobar-billing.example",))
    assert only([*GENUINE, naming, closure], TODAY).status is Status.RUNNING


def test_a_service_desk_under_its_own_name() -> None:
    """A desk whose domain the bills name, and that speaks of the vendor, writes for it."""
    named = bills(*MONTHS, domains=("readers.example",))
    closure = mail("closure", "2026-03-10", "SVZ Readers", "readers.example", sentence="Your Foobar subscription ends.")
    assert only([*named, closure], TODAY).proof == closure


# ---------------------------------------------------------------- one contract or several

LINE_1, LINE_2 = "06 39 98 12 34", "06 39 98 56 78"
LINES = [*bills(*MONTHS, number=LINE_1, service="Plan 50"), *bills(*MONTHS, number=LINE_2, service="Plan 50")]


def statuses(*entries: Entry, said: tuple[object, ...] = ()) -> dict[str, str]:
    """Status by number, else by service."""
    found = cases(entries, TODAY, said)  # type: ignore[arg-type]  # told() returns Told; the table stays short
    return {case.number or case.service: case.status.value for case in found}


def test_two_lines_of_one_plan() -> None:
    """A closure that names a number ends that line alone."""
    closure = mail("closure", "2026-03-10", number="0639985678", service="Plan 50")
    assert statuses(*LINES, closure) == {LINE_1: "running", "0639985678": "proven"}


def test_a_closure_of_an_unknown_number_proves_nothing_for_a_known_one() -> None:
    """It is another contract's."""
    closure = mail("closure", "2026-03-10", number="06 00 00 00 00")
    found = statuses(*bills(*MONTHS, number=LINE_1), closure)
    assert found == {LINE_1: "running", "06 00 00 00 00": "proven"}


def test_a_closure_without_a_number_goes_where_the_end_was_asked_for() -> None:
    """Of two lines the one whose cancellation the owner asked for."""
    asked = mail("request", "2026-03-08", number=LINE_2)
    assert statuses(*LINES, asked, mail("closure", "2026-03-10")) == {LINE_1: "running", LINE_2: "proven"}


def test_a_closure_without_a_number_goes_to_the_only_contract() -> None:
    """There is no other that it could mean."""
    assert statuses(*bills(*MONTHS, number=LINE_1), mail("closure", "2026-03-10")) == {LINE_1: "proven"}


@pytest.mark.parametrize("service", [f"line {LINE_2}", LINE_2, f"Plan 50, {LINE_2}"])
def test_the_owner_names_a_line(service: str) -> None:
    """A number in what the owner told finds its line."""
    found = cases(LINES, TODAY, [told(on="2026-03-10", service=service)])
    assert {case.number: case.status.value for case in found} == {LINE_1: "running", LINE_2: "awaiting_proof"}


def test_numbers_that_change_with_each_bill_are_the_bills_own() -> None:
    """An order's number taken for a contract's opens no contract a month."""
    named = [mail("receipt", on, number=f"ORDER {place}77{place}", amount="9.99") for place, on in enumerate(MONTHS)]
    assert only([*named, mail("closure", "2026-03-10")], TODAY).status is Status.PROVEN


def test_a_number_cut_short_is_the_same() -> None:
    """`06 39 98 12` is the beginning of one line alone."""
    cut = mail("acknowledgement", "2026-03-10", number="06 39 98 12")
    assert statuses(*LINES, cut) == {LINE_1: "awaiting_proof", LINE_2: "running"}


def test_several_services_billed_beside_each_other() -> None:
    """Each is a case; a closure ends the one that it names."""
    entries = [*bills(*MONTHS, service="Box"), *bills(*MONTHS, service="Cloud", amount="2.00")]
    closure = mail("closure", "2026-03-10", service="Foobar Cloud plan")
    assert statuses(*entries, closure) == {"Box": "running", "Cloud": "proven"}


@pytest.mark.parametrize("other", ["Foobar Premium Duo plan", "premium", "PREMIUM DUO", ""])
def test_a_service_named_a_little_differently_is_one(other: str) -> None:
    """Names that say no more than each other are one service."""
    entries = [*bills(*MONTHS, service="Premium Duo"), mail("closure", "2026-03-10", service=other)]
    assert only(entries, TODAY).status is Status.PROVEN


def test_a_plan_that_follows_another_is_one_contract() -> None:
    """A changed plan stops nothing."""
    entries = [*bills("2025-10-05", "2025-11-05", service="Basic"), *bills("2025-12-05", *MONTHS, service="Pro")]
    assert only(entries, TODAY).status is Status.RUNNING


def test_the_last_bill_is_of_what_ended_whatever_it_is_called() -> None:
    """The rows of a last bill bear names of their own, and no sum that was billed before."""
    monthly = bills(*MONTHS, service="Gas Serene", number="C-1")
    closure = mail("closure", "2026-03-10", service="Gas Serene", number="C-1", effective_on="2026-03-12")
    last = mail("receipt", "2026-03-18", service="Instalments paid", amount="88.15", final_bill=True)
    assert only([*monthly, closure, last], today=TODAY).status is Status.PROVEN


def test_what_the_owner_told_of_another_service_is_another_case() -> None:
    """The closure of one service is no proof for another."""
    entries = [*bills(*MONTHS, service="Box"), mail("closure", "2026-03-12", service="Box")]
    found = statuses(*entries, said=(told(on="2026-03-10", service="Cloud"),))
    assert found == {"Box": "proven", "Cloud": "awaiting_proof"}


def test_a_closure_of_what_was_never_told_proves_nothing_told() -> None:
    """Though it is the vendor's only mail."""
    closure = mail("closure", "2026-03-12", service="Box")
    found = statuses(closure, said=(told(on="2026-03-10", service="Cloud"),))
    assert found == {"Box": "proven", "Cloud": "awaiting_proof"}


def test_what_the_owner_told_without_a_service_goes_to_the_vendors_contract() -> None:
    """The vendor alone says enough where there is one contract."""
    case = only(bills(*MONTHS, service="Box", number="B-77"), TODAY, [told(on="2026-03-10")])
    assert (case.service, case.number, case.status) == ("Box", "B-77", Status.AWAITING_PROOF)


SUPPORT, CLOUD, BARE = "Premium Support", "Cloud", ""
TOLD = [
    # no mail: each service is a case, and what names none is another
    ([], [(SUPPORT, "2026-03-01"), (BARE, "2026-02-01")], {(SUPPORT, "2026-03-01"), (BARE, "2026-02-01")}),
    ([], [(SUPPORT, "2026-02-01"), (BARE, "2026-03-01")], {(SUPPORT, "2026-02-01"), (BARE, "2026-03-01")}),
    ([], [(SUPPORT, "2026-02-01"), (CLOUD, "2026-03-01")], {(SUPPORT, "2026-02-01"), (CLOUD, "2026-03-01")}),
    ([], [(SUPPORT, "2026-02-01"), ("premium support", "2026-03-01")], {("premium support", "2026-03-01")}),
    ([], [(BARE, "2026-02-01"), (BARE, "2026-03-01")], {(BARE, "2026-03-01")}),
    # mails of one contract that name no service
    (bills(*MONTHS), [(SUPPORT, "2026-02-01"), (BARE, "2026-03-06")], {(SUPPORT, "2026-03-06")}),
    (
        bills(*MONTHS),
        [(SUPPORT, "2026-02-07"), (CLOUD, "2026-03-06")],
        {(SUPPORT, "2026-02-07"), (CLOUD, "2026-03-06")},
    ),
    # mails of one contract that is told
    (
        bills(*MONTHS, service=SUPPORT),
        [(SUPPORT, "2026-03-07"), (BARE, "2026-03-06"), (CLOUD, "2026-03-08")],
        {(SUPPORT, "2026-03-07"), (CLOUD, "2026-03-08"), (BARE, "2026-03-06")},
    ),
    (bills(*MONTHS, service=SUPPORT), [(SUPPORT, "2026-03-07"), (BARE, "2026-03-06")], {(SUPPORT, "2026-03-07")}),
    # of two, what names none is the one that was not told
    (
        [*bills(*MONTHS, service=SUPPORT), *bills(*MONTHS, service=CLOUD, amount="2.00")],
        [(SUPPORT, "2026-03-06"), (BARE, "2026-03-07")],
        {(SUPPORT, "2026-03-06"), (CLOUD, "2026-03-07")},
    ),
]


@pytest.mark.parametrize(("entries", "said", "expected"), TOLD)
def test_what_the_owner_told_hides_nothing_else_told(
    entries: list[Entry], said: list[tuple[str, str]], expected: set[tuple[str, str]]
) -> None:
    """One case holds one service only; the newest day of it counts, in whatever order it was told."""
    tellings = [told(service=service, on=on) for service, on in said]
    for order in (tellings, tellings[::-1]):
        assert {(case.service, str(case.requested_on)) for case in cases(entries, TODAY, order)} == expected


@pytest.mark.parametrize("reference", ["B-77", ""])
def test_one_reference_joins_no_two_services(reference: str) -> None:
    """A customer's number given for both leaves them two cases."""
    said = [told(on="2026-03-10", service=service, reference=reference) for service in (SUPPORT, CLOUD)]
    assert {case.service for case in cases(bills(*MONTHS, number="B-77"), TODAY, said)} == {SUPPORT, CLOUD}


def test_known_by_number_alone_and_by_name_alone() -> None:
    """Bills that name the service and a closure that names the number are one contract's."""
    entries = [*bills(*MONTHS, service="Box"), mail("closure", "2026-03-10", number="B-77")]
    case = only(entries, TODAY)
    assert (case.service, case.number, case.status) == ("Box", "B-77", Status.PROVEN)


def test_a_contract_begun_anew_under_another_number() -> None:
    """The old closure stays with the old number; under the same name the case is the newer."""
    old = [mail("closure", "2024-01-21", number="L-19", service="DSL 100", effective_on="2024-01-31")]
    new = [mail("reactivation", "2025-03-18", number="L-25", service="DSL 100"), *bills(*MONTHS, number="L-25")]
    assert statuses(*old, *new, mail("request", "2026-03-10", number="L-25")) == {"L-25": "awaiting_proof"}
    other = [mail("closure", "2024-01-21", number="L-19", service="Telephone", effective_on="2024-01-31")]
    assert statuses(*other, *new) == {"L-19": "proven", "L-25": "running"}


# ---------------------------------------------------------------- what to do next

STEPS = {
    "wait": ([], [told(on="2026-03-15")], Step.WAIT_FOR_PROOF, "2026-03-22"),
    "ask": ([], [told(on="2026-03-10")], Step.ASK_FOR_PROOF, "2026-03-17"),
    "ask, the day unknown": ([], [told()], Step.ASK_FOR_PROOF, None),
    "a letter takes longer": ([], [told(on="2026-03-11", channel="letter")], Step.WAIT_FOR_PROOF, "2026-03-21"),
    "five business days before a charge": (
        [mail("renewal", "2026-03-01", effective_on="2026-03-25")],
        [told(on="2026-03-15")],
        Step.ASK_FOR_PROOF,
        "2026-03-18",
    ),
    "never before it was asked for": (
        [mail("renewal", "2026-03-01", effective_on="2026-03-21")],
        [told(on="2026-03-19")],
        Step.ASK_FOR_PROOF,
        "2026-03-19",
    ),
    "answer": ([mail("refusal", "2026-03-12")], [], Step.ANSWER_REFUSAL, "2026-03-19"),
    "dispute": (
        [mail("closure", "2026-02-10", effective_on="2026-02-28"), *bills("2026-03-05")],
        [],
        Step.DISPUTE_CHARGE,
        "2026-04-04",
    ),
    "find out": (bills("2025-09-05", "2025-10-05", "2025-11-05"), [], Step.FIND_OUT, "2026-01-10"),
    "watch": ([mail("closure", "2026-03-01", effective_on="2026-03-10")], [], Step.WATCH_BILLING, "2026-05-09"),
    "watched long enough": ([mail("closure", "2025-12-01")], [], Step.NONE, None),
    "save what is wanted while it runs out": (
        [mail("closure", "2026-03-01", effective_on="2026-04-10")],
        [],
        Step.SAVE_DATA,
        "2026-04-10",
    ),
    "ask why it renews all the same": (
        [mail("closure", "2026-03-01"), mail("renewal", "2026-03-11", effective_on="2026-04-10")],
        [],
        Step.ASK_RENEWAL,
        "2026-04-03",
    ),
    "decide before it goes on": (
        [*bills("2025-04-10"), mail("renewal", "2026-03-11", effective_on="2026-04-10")],
        [],
        Step.DECIDE,
        "2026-04-09",
    ),
    "nothing while it runs": (bills(*MONTHS), [], Step.NONE, None),
}


@pytest.mark.parametrize(("entries", "said", "step", "due"), STEPS.values(), ids=STEPS.keys())
def test_next_step(entries: list[Entry], said: list, step: Step, due: str | None) -> None:  # type: ignore[type-arg]
    """What to do and by when: the chase table of docs/proof.md."""
    case = only(entries, TODAY, said)
    assert (case.step, case.due_on) == (step, day(due) if due else None)


@pytest.mark.parametrize(
    ("entries", "today", "expected"),
    [
        (bills(*MONTHS), TODAY, "2026-04-05"),
        (bills("2025-11-30", "2025-12-31", "2026-01-31"), "2026-02-10", "2026-02-28"),
        (bills("2024-11-18", "2025-11-18"), TODAY, "2026-11-18"),
        (bills("2026-03-02", "2026-03-09", "2026-03-16"), TODAY, "2026-03-23"),
        ([*bills(*MONTHS), mail("renewal", "2026-03-06", effective_on="2026-04-11")], TODAY, "2026-04-11"),
        (bills("2026-03-05", period_end="2026-06-04"), TODAY, "2026-06-05"),
        (bills("2026-03-05"), TODAY, None),
        ([*bills(*MONTHS), mail("closure", "2026-03-10")], TODAY, None),
    ],
    ids=["monthly", "at the month's end", "yearly", "weekly", "announced", "by its period", "one bill", "ended"],
)
def test_next_charge(entries: list[Entry], today: str, expected: str | None) -> None:
    """The day that a mail announces, else one interval after the last bill."""
    assert only(entries, today).next_charge_on == (day(expected) if expected else None)


@pytest.mark.parametrize(
    ("days", "yearly"),
    [
        (("2026-03-02", "2026-03-09"), "3120.00"),
        (("2026-01-05", "2026-02-05"), "720.00"),
        (("2025-11-05", "2026-03-05"), "180.00"),
        (("2024-03-05", "2026-03-05"), "30.00"),
        (("2026-01-01", "2026-02-10", "2026-03-22"), "547.88"),
    ],
    ids=["weekly", "monthly", "every four months", "every two years", "every forty days"],
)
def test_what_a_year_costs(days: tuple[str, ...], yearly: str) -> None:
    """By the calendar where the interval is one of it, else by its days; to the cent."""
    case = only(bills(*days, amount=Decimal("60.00")), "2026-03-23")
    assert str(case.billing.yearly) == yearly


# ---------------------------------------------------------------- told apart as a person would


def test_two_places_that_are_supplied() -> None:
    """Bills without a number go by the place; the closure names the place and the number of one."""
    town = [mail("receipt", day, amount="70.00", marks=("place:59000",)) for day in ("2026-01-12", "2026-02-12")]
    town += [mail("receipt", "2026-03-12", amount="66.00", marks=("place:59000",))]
    coast = [mail("receipt", f"2026-0{n}-14", amount="88.00", marks=("place:62179",)) for n in (1, 2, 3)]
    end = mail("closure", "2026-03-16", effective_on="2026-03-18", reference="6-AK9-774", marks=("place:62179",))
    found = {case.status: case for case in cases([*town, *coast, end], TODAY)}
    assert set(found) == {Status.RUNNING, Status.PROVEN}
    assert len(found[Status.PROVEN].mails) == 4


def test_a_card_that_was_replaced_is_no_second_contract() -> None:
    """One after the other, however often; two accounts are billed beside each other."""
    one = [mail("receipt", day, amount="9.99", marks=("card:4242",)) for day in MONTHS]
    assert len(cases([*one[:2], *[mail("receipt", "2026-03-05", amount="9.99", marks=("card:1111",))]], TODAY)) == 1
    days = ("2025-10-05", "2025-11-05", "2025-12-05", "2026-01-05", "2026-02-05", "2026-03-05")
    new = [mail("receipt", day, marks=("card:4242" if day < "2026" else "card:1111",)) for day in days]
    assert len(cases(new, TODAY)) == 1


def test_two_accounts_by_the_addresses_that_they_write_to() -> None:
    """His plan ended, hers runs on."""
    his = [mail("receipt", f"2026-0{n}-03", amount="9.99", marks=("to:he@example.org",)) for n in (1, 2, 3)]
    hers = [mail("receipt", f"2026-0{n}-17", amount="9.99", marks=("to:she@example.org",)) for n in (1, 2, 3)]
    end = mail("closure", "2026-03-10", effective_on="2026-03-12", marks=("to:he@example.org",))
    assert sorted(case.status for case in cases([*his, *hers, end], TODAY)) == [Status.PROVEN, Status.RUNNING]


def test_forms_of_one_word_are_one_service() -> None:
    """A gender or a plural makes no second contract; another word does."""
    entries = [*bills(*MONTHS, service="Formule Illimitée"), mail("request", "2026-03-10", service="Formule illimité")]
    assert only(entries, TODAY).status is Status.AWAITING_PROOF


def test_a_store_that_no_file_knows_ends_what_it_sells_for_others() -> None:
    """Its receipts name the app and bear its own domain; its notice names the app alone in what it says."""
    receipts = bills("2026-01-10", "2026-02-10", vendor="Foxglove", domain="market.example", service="Foxglove Pro")
    end = mail("closure", "2026-03-01", "Market", "market.example", sentence="Your Foxglove Pro was cancelled.")
    other = mail("closure", "2026-03-01", "Market", "market.example", sentence="Your Market Plus was cancelled.")
    assert [case.vendor for case in cases([*receipts, end], "2026-03-12")] == ["Foxglove"]
    assert "Market" in {case.vendor for case in cases([*receipts, other], "2026-03-12")}


def test_the_vendor_itself_ends_what_somebody_bills_for_it() -> None:
    """A domain that is the vendor's whole name is its own, though all bills come from who takes its money."""
    receipts = bills("2026-01-10", "2026-02-10", "2026-03-10", domain="takesmoney.example")
    end = mail("closure", "2026-03-20", effective_on="2026-03-31")
    (case,) = cases([*receipts, end], "2026-06-01")
    assert (case.status, case.proof, case.vendor_domain) == ("proven", end, "foobar.example")
    posing = mail("closure", "2026-03-20", domain="foobar-desk.example", effective_on="2026-03-31")
    (case,) = cases([*receipts, posing], "2026-06-01")
    assert case.proof is None


def test_a_store_ends_what_it_sells_for_others() -> None:
    """The store's notice names the app; its receipts bear the app's maker."""
    shop: dict[str, str] = {"sender": "no_reply@email.store.example"}
    paid = [mail("receipt", day, "Foxglove", "", service="Foxglove Pro", amount="3.99", **shop) for day in MONTHS]
    other = [mail("receipt", day, "Marlin", "", service="Shield", amount="5.00", **shop) for day in MONTHS]
    paid += [mail("receipt", "2026-02-20", "Foxglove Pro", "", service="Foxglove Pro", amount="1.00", **shop)]
    end = mail("closure", "2026-03-10", "Store", "store.example", sentence="You have cancelled Foxglove Pro.", **shop)
    found = {case.vendor: case.status for case in cases([*paid, *other, end], TODAY)}
    assert found == {"Foxglove": Status.PROVEN, "Marlin": Status.RUNNING}


def test_what_was_read_as_bought_once_and_comes_every_month_is_a_contract() -> None:
    """An article that is ordered now and then is none."""
    assert only(bills(*MONTHS, service="Family plan", one_off=True), TODAY).status is Status.RUNNING
    assert not cases(bills("2026-01-05", "2026-01-09", "2026-03-01", service="Paper", one_off=True), TODAY)
    assert not cases(bills(*MONTHS, one_off=True), TODAY)


def test_a_vendor_that_changed_its_name() -> None:
    """The same subscriber number, and one name speaks of the other: one contract under the newest name."""
    old = bills("2025-11-05", "2025-12-05", vendor="Inkwell", domain="inkwell.example", number="IW-40771")
    asked = mail("request", "2026-03-01", "Inkwell", "inkwell.example", number="IW-40771")
    named = {"vendor": "Quillfeather", "domain": "quillfeather.example", "number": "IW-40771"}
    new = bills("2026-01-05", "2026-02-05", "2026-03-05", sentence="Quillfeather (formerly Inkwell) took it", **named)
    case = only([*old, asked, *new, mail("closure", "2026-03-06", **named)], TODAY)
    assert (case.vendor, case.status) == ("Quillfeather", Status.PROVEN)


def test_a_telephone_number_that_went_along_joins_no_two_vendors() -> None:
    """What one vendor closed proves nothing about the other."""
    line = {"number": "06 39 98 12 34"}
    old = bills("2025-12-05", vendor="Inkwell", domain="inkwell.example", **line)
    new = bills(*MONTHS, vendor="Quill", domain="quill.example", sentence="taken over from Inkwell", **line)
    found = {case.vendor: case.status for case in cases([*old, *new], TODAY, [told("Inkwell", "2026-03-01")])}
    assert found == {"Inkwell": Status.AWAITING_PROOF, "Quill": Status.RUNNING}


def _two_sums(*more: Entry) -> list[Entry]:
    """A telephone on the 28th and a line on the 5th, both of one vendor that names no number."""
    months = ("2025-11", "2025-12", "2026-01", "2026-02")
    phone = [mail("receipt", f"{m}-28", amount="34.90", sentence="Your bill for the mobile") for m in months]
    line = [mail("receipt", f"{m}-05", amount="42.90", sentence="Your bill for Broadband 250") for m in months]
    return [*phone, *line, *more]


def test_two_sums_beside_each_other_are_two_contracts() -> None:
    """What is said of one proves nothing about the other; the number of a case opens none."""
    end = mail("closure", "2026-02-14", effective_on="2026-02-28", sentence="Broadband 250 ends on 28 February")
    seen = mail("acknowledgement", "2026-02-12", number="88410", sentence="we received that Broadband 250 is to end")
    asked = mail("request", "2026-02-12", sentence="I cancel Broadband 250")
    found = cases(_two_sums(asked, seen, end), TODAY)
    assert sorted((case.status, len(case.mails)) for case in found) == [(Status.PROVEN, 7), (Status.RUNNING, 4)]


PRICES = {
    "a new price": [*bills("2025-08-05", "2025-09-05", "2025-10-05"), *bills(*MONTHS, amount="12.99")],
    "two halves of one bill": [*bills(*MONTHS), *bills(*MONTHS, amount="2.50")],
    "a shop, each time another sum": [
        mail("receipt", day, amount=amount)
        for day, amount in zip(
            ("2026-02-01", "2026-02-08", "2026-02-11", "2026-02-20"), ("5", "7", "5", "7"), strict=True
        )
    ],
}


@pytest.mark.parametrize("entries", PRICES.values(), ids=PRICES.keys())
def test_sums_that_tell_nothing_apart(entries: list[Entry]) -> None:
    """One contract stays one."""
    assert len(cases(entries, TODAY)) == 1


def test_a_refund_of_two_charges_at_once() -> None:
    """Whole charges are given back together; a part of one still leaves it."""
    late = bills("2026-02-03", "2026-03-03", amount="55.00")
    end = mail("closure", "2026-01-13", effective_on="2026-01-31")
    assert only([end, *late, mail("refund", "2026-03-09", amount="110.00")], TODAY).status is Status.PROVEN
    assert len(only([end, *late, mail("refund", "2026-03-09", amount="70.00")], TODAY).charges_after_end) == 2


EVERY_SECOND_MONTH = ("2025-05-05", "2025-07-05", "2025-09-05", "2025-11-05", "2026-01-05", "2026-03-05")


@pytest.mark.parametrize(
    ("sums", "year"),
    [
        (("100.00", "90.00", "95.00", "140.00", "150.00", "80.00"), "655.00"),
        (("90.00", "95.00", "140.00", "150.00", "80.00"), "480.00"),
    ],
)
def test_a_years_bills_are_summed(sums: tuple[str, ...], year: str) -> None:
    """The sum of a whole year's bills; of less than a year, the last one as often as it comes."""
    days = EVERY_SECOND_MONTH[-len(sums) :]
    case = only([mail("receipt", on, amount=amount) for on, amount in zip(days, sums, strict=True)], TODAY)
    assert str(case.billing.yearly) == year


def test_what_is_still_billed_counts() -> None:
    """A contract whose end was refused costs as much as one that runs."""
    refused = [*bills(*MONTHS), mail("refusal", "2026-03-08")]
    running = bills(*MONTHS, vendor="Barfoo", domain="barfoo.example")
    found = cases([*refused, *running], TODAY)
    page = Renderer([TEMPLATES]).audit_text(Report(today=day(TODAY), cases=found))
    assert "What is still billed costs €239.76 a year." in page
