"""Until when a charge after the end can be disputed: by how the bank says that it was taken."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from email.message import EmailMessage
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from cancelproof.cli import main
from cancelproof.errors import RulesInvalid
from cancelproof.judge import judge
from cancelproof.judge.days import after
from cancelproof.model import Act, BankCharge, Case, Entry, Grade, Recourse, Ruling, Term
from cancelproof.report import Renderer
from cancelproof.rules import Law, Laws, load_laws
from cancelproof.rules.dispute import alarms
from judge_fixture import OWNER, bills, day, mail
from report_fixture import LANTERNBOX, TEMPLATES, report

RULES = Path(__file__).parents[1] / "rules"


@cache
def laws() -> Laws:
    return load_laws([RULES])


def line(on: str, rail: str = "", currency: str = "EUR", amount: str = "9.99") -> BankCharge:
    """A line of a statement that is known to be Foobar's."""
    place = f"{on} {rail} {currency} {amount}"
    return BankCharge(
        id=place,
        day=day(on),
        amount=Decimal(amount),
        currency=currency,
        vendor="Foobar",
        words="FOOBAR 0800",
        source=f"bank:giro.csv#{place}",
        rail=rail,
    )


def charged(*lines: BankCharge, today: str, domain: str = "foobar.com", mails: tuple[Entry, ...] = ()) -> Case:
    """The case of a contract that ended in March."""
    end = mail("closure", "2026-03-10", domain=domain, effective_on="2026-03-31", grade=Grade.A)
    (case,) = judge([end, *mails], (), OWNER, day(today), laws(), charges=lines)
    assert case.status == "charged_after_end"
    return case


def days_of(case: Case) -> list[str]:
    """The days of its deadlines, without the year that they are all in."""
    return [deadline.on.isoformat().removeprefix("2026-") for deadline in case.deadlines]


def rights_of(case: Case) -> list[str]:
    return [f"{right.name} {right.until}" for right in case.recourses]


# ---------------------------------------------------------------- the days

#: Of a charge on 7 April: its rail and currency, the vendor's domain, the day that is asked about; the days to come (13
#: months end in the next year) and the rights that are open.
RAILS: dict[str, tuple[str, str, str, str, list[str], list[str]]] = {
    "by card": (
        *("card", "EUR", "foobar.com", "2026-04-20"),
        ["05-07", "06-06", "07-06", "08-05"],
        ["chargeback 2026-08-05"],
    ),
    "by card in the United States": (
        *("card", "USD", "foobar.us", "2026-04-20"),
        ["05-07", "05-22", "06-06", "06-06", "07-06", "08-05"],
        ["billing_error 2026-06-06", "chargeback 2026-08-05"],
    ),
    "by card, in dollars, wherever that is": (
        *("card", "USD", "foobar.com", "2026-05-10"),
        ["05-22", "06-06", "06-06", "07-06", "08-05"],
        ["billing_error 2026-06-06", "chargeback 2026-08-05"],
    ),
    "by direct debit": (
        *("direct_debit", "EUR", "foobar.de", "2026-04-20"),
        ["05-12", "06-02", "2027-05-07"],
        ["refund 2026-06-02", "unauthorised 2027-05-07"],
    ),
    "by direct debit, on the last day": (
        *("direct_debit", "EUR", "foobar.com", "2026-06-02"),
        ["06-02", "2027-05-07"],
        ["refund 2026-06-02", "unauthorised 2027-05-07"],
    ),
    "by direct debit, the day after": (
        *("direct_debit", "EUR", "foobar.com", "2026-06-03"),
        ["06-03", "2027-05-07"],
        ["unauthorised 2027-05-07"],
    ),
    "by direct debit in pounds: no right is on file": (
        *("direct_debit", "GBP", "foobar.com", "2026-04-20"),
        ["05-07", "05-12", "05-22", "06-06", "07-06"],
        [],
    ),
    "by direct debit in the United States: none is on file": (
        *("direct_debit", "USD", "foobar.us", "2026-04-20"),
        ["05-07", "05-22", "06-06", "07-06"],
        [],
    ),
    "nobody says how, in Germany": ("", "EUR", "foobar.de", "2026-05-10", ["05-12", "06-06", "07-06"], []),
    "nobody says how": ("", "EUR", "foobar.com", "2026-05-10", ["05-12", "05-22", "06-06", "07-06"], []),
    "on a rail that nobody knows": ("cheque", "EUR", "foobar.co.uk", "2026-04-20", ["05-07", "06-06", "07-06"], []),
    "when all is over": ("card", "EUR", "foobar.com", "2026-08-06", ["08-06"], []),
}


@pytest.mark.parametrize(("rail", "currency", "domain", "today", "days", "rights"), RAILS.values(), ids=RAILS)
def test_the_days_of_a_rail(
    rail: str, currency: str, domain: str, today: str, days: list[str], rights: list[str]
) -> None:
    """The alarms of its rights and their last days; the step is due on the first but for a far right, else now."""
    case = charged(line("2026-04-07", rail, currency), today=today, domain=domain)
    assert (days_of(case), rights_of(case)) == (days, rights)
    assert case.due_on == case.deadlines[0].on
    assert case.step == "dispute_charge"


ALL = {
    "any": (30, 35, 45, 60, 90),
    "US": (30, 45, 60, 90),
    "GB": (30, 60, 90),
    **dict.fromkeys(("BE", "DE", "ES", "FR", "IT", "NL"), (30, 35, 60, 90)),
}


@pytest.mark.parametrize(("country", "days"), ALL.items())
def test_a_charge_that_only_a_mail_shows_gets_the_alarms_of_every_rail(country: str, days: tuple[int, ...]) -> None:
    """Of those that may hold under its law, the soonest first."""
    assert alarms(laws().by_country[country].dispute) == days


def test_every_right_bears_its_source() -> None:
    """A term that nobody can look up is no fact."""
    rights = [right for law in laws().by_country.values() for right in law.dispute]
    assert {right.rail for right in rights} == {"card", "direct_debit"}
    assert [right.name for right in rights if not right.sources or not right.limit] == []


TERMS = [
    ("2025-12-01", Term(8, "weeks"), "2026-01-26"),
    ("2026-04-07", Term(120, "days"), "2026-08-05"),
    ("2026-01-31", Term(13, "months"), "2027-02-28"),
    ("9999-12-30", Term(13, "months"), "9999-12-31"),
    ("9999-12-30", Term(8, "weeks"), "9999-12-31"),
]


@pytest.mark.parametrize(("begins", "term", "last"), TERMS)
def test_a_term_ends(begins: str, term: Term, last: str) -> None:
    """Months on the same day of the month or its last, and never after the end of the calendar."""
    assert str(after(day(begins), term)) == last


# ---------------------------------------------------------------- mail and bank


def test_the_rail_is_known_where_mail_and_bank_tell_of_one_charge() -> None:
    """The charge is the mail's, and is counted from the day on which the bank took it."""
    case = charged(
        line("2026-04-09", "direct_debit"), today="2026-04-20", mails=tuple(bills("2026-04-05", domain="foobar.com"))
    )
    (late,) = case.charges_after_end
    assert (str(late.day), late.rail, str(late.debited_on)) == ("2026-04-05", "direct_debit", "2026-04-09")
    assert rights_of(case) == ["refund 2026-06-04", "unauthorised 2027-05-09"]


@pytest.mark.parametrize("debited", ["2026-04-04", "2026-04-05", "2026-04-06", "2026-04-07"])
def test_two_mails_and_one_debit(debited: str) -> None:
    """A bill and its receipt are one charge; the debit counts, whichever of them it is nearer to."""
    mails = bills("2026-04-05", "2026-04-07", domain="foobar.com")
    case = charged(line(debited, "card"), today="2026-04-20", mails=tuple(mails))
    assert [(charge.rail, str(charge.debited_on)) for charge in case.charges_after_end] == [("card", debited)]


def test_each_charge_has_its_own_rail() -> None:
    """The step is due on the first day of all; a mail without a debit keeps every alarm."""
    case = charged(
        line("2026-04-07", "card"),
        line("2026-05-07", "direct_debit"),
        today="2026-05-20",
        mails=tuple(bills("2026-05-12", domain="foobar.com", amount="12.00")),
    )
    assert str(case.due_on) == "2026-06-06"
    assert rights_of(case) == ["refund 2026-07-02", "chargeback 2026-08-05", "unauthorised 2027-06-07"]
    assert [str(d.on) for d in case.deadlines if not d.recourse] == [
        "2026-06-11", "2026-06-16", "2026-06-26", "2026-07-11", "2026-08-10",
    ]  # fmt: skip


def test_what_is_closed_has_no_rights_to_tell() -> None:
    """As it has no other days; nor has a contract that nothing was charged for after its end."""
    end = mail("closure", "2026-03-10", effective_on="2026-03-31")
    closed = Ruling(act=Act.CLOSE, on=day("2026-04-19"), mails=(end.sha256,), text="paid back")
    lines, today = [line("2026-04-07", "card")], day("2026-04-20")
    (case,) = judge([end], (), OWNER, today, laws(), [closed], lines)
    assert (case.status, case.recourses, case.deadlines) == ("charged_after_end", (), ())
    (running,) = judge(bills("2026-04-07"), (), OWNER, today, laws(), charges=lines)
    assert running.recourses == ()


#: After the end, and not so late that a new contract is meant.
TAKEN = st.tuples(
    st.dates(date(2026, 4, 16), date(2026, 6, 25)),
    st.sampled_from(["card", "direct_debit"]),
    st.sampled_from(["", "EUR", "GBP", "USD", "PLN"]),
    st.sampled_from(["9.99", "12.00", "7.50"]),
)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(TAKEN, min_size=1, max_size=6, unique=True),
    st.sampled_from(["foobar.de", "foobar.fr", "foobar.co.uk", "foobar.us", "foobar.com"]),
    st.sets(st.integers(-3, 14), max_size=3),
)
def test_no_first_alarm_is_later_than_the_laws(
    taken: list[tuple[date, str, str, str]], domain: str, mailed: set[int]
) -> None:
    """Of every charge with a rail, whatever else is charged and whichever mails tell of it; none is after its right."""
    days = [on for on, *_ in taken]
    about = bills(*((min(days) - timedelta(days=before)).isoformat() for before in mailed), domain=domain)
    lines = [line(on.isoformat(), *how) for on, *how in taken]
    case = charged(*lines, today=max(days).isoformat(), domain=domain, mails=tuple(about))
    banked = [charge for charge in case.charges_after_end if charge.debited_on]
    assert sorted(charge.debited_on for charge in banked if charge.debited_on) == sorted(days)
    told = {deadline.on for deadline in case.deadlines}
    for charge in banked:
        table = _alarms(laws().of(domain, ()), charge.rail, charge.currency)
        first = charge.debited_on or charge.day
        coming = [on for count in table if (on := first + timedelta(days=count)) >= max(days)]
        assert told.issuperset(coming)
        assert not coming or (case.due_on and case.due_on <= coming[0])
    assert all(deadline.on <= deadline.recourse.until for deadline in case.deadlines if deadline.recourse)


def _alarms(law: Law, rail: str, currency: str) -> list[int]:
    """By the table alone: of the rail's rights for this currency, of all where there is none."""
    rights = [
        right for right in law.dispute if right.rail == rail and (not currency or right.currency in ("", currency))
    ]
    return sorted({days for right in rights or law.dispute for days in right.alarms})


# ---------------------------------------------------------------- the law's table

DE = "country: DE\nsources: [x]\nchecked: 2026-11-22\ndispute:\n "
FAULTS = {
    DE + "card: {x: {limit: soon, sources: [y]}}": "law/x.yaml:5: 'soon' is no term",
    DE + "card: {x: {sources: [y]}}": "law/x.yaml:5: 'x': 'limit' is missing",
    DE + "card: {x: {limit: 8 weeks}}": "law/x.yaml:5: 'x': a right needs `sources`",
    DE + "card: {x: {limit: 8 weeks, alarms: [y], sources: [y]}}": "law/x.yaml:5: 'y' is no number of days",
    DE + "card: {x: {limit: 8 weeks, alarms: [56], sources: [y]}}": "law/x.yaml:5: 'x': an alarm after 56 days",
    DE + "cheque: {x: {limit: 8 weeks, sources: [y]}}": "law/x.yaml:5: 'cheque' is not a field of 'dispute'",
    DE + "card: {x: {limit: 8 weeks, alarm: [5], sources: [y]}}": "law/x.yaml:5: 'alarm' is not a field of 'x', did",
    DE + "card: [30, 60]": "law/x.yaml:5: 'dispute': 'card' must be a mapping",
}


@pytest.mark.parametrize(("text", "fault"), FAULTS.items(), ids=FAULTS.values())
def test_a_faulty_right_stops_with_file_and_line(tmp_path: Path, text: str, fault: str) -> None:
    """As every rule does."""
    (tmp_path / "law").mkdir()
    (tmp_path / "law" / "x.yaml").write_text(text)
    with pytest.raises(RulesInvalid) as caught:
        load_laws([tmp_path])
    assert fault in str(caught.value)


def test_a_law_with_rights_of_its_own_has_no_others(tmp_path: Path) -> None:
    """The owner's file of a country says all; a right of no known name is told in plain words."""
    (tmp_path / "law").mkdir()
    own = "country: GB\nsources: [x]\nchecked: 2026-11-22\ndispute:\n card: {promise: {limit: 99 days, sources: [y]}}\n"
    (tmp_path / "law" / "gb.yaml").write_text(own)
    british = load_laws([RULES, tmp_path])
    end = mail("closure", "2026-03-10", domain="foobar.co.uk", effective_on="2026-03-31")
    (case,) = judge([end], (), OWNER, day("2026-04-20"), british, charges=[line("2026-04-07", "card", "GBP")])
    assert rights_of(case) == ["promise 2026-07-15"]
    said = Renderer([TEMPLATES]).case_text(case, day("2026-04-20"))
    assert "The charge of 7 April can be disputed until 15 July: 99 days." in " ".join(said.split())


# ---------------------------------------------------------------- what is said


def recourse(name: str, rail: str, on: str, until: str, term: Term) -> Recourse:
    return Recourse(name=name, rail=rail, charged_on=day(on), until=day(until), term=term)


DEBITED = dataclasses.replace(
    LANTERNBOX,
    recourses=(
        recourse("refund", "direct_debit", "2026-09-22", "2026-11-17", Term(8, "weeks")),
        recourse("refund", "direct_debit", "2026-10-22", "2026-12-17", Term(8, "weeks")),
        recourse("unauthorised", "direct_debit", "2026-08-22", "2027-09-22", Term(13, "months")),
    ),
)
SAID = {
    "en": (
        "The bank takes the direct debit of 22 September back until 17 November: 8 weeks. "
        "For a later charge this ends on 17 December. "
        "If you had withdrawn the mandate, the bank takes the direct debit of 22 August back until "
        "22 September 2027: 13 months."
    ),
    "fr": (
        "La banque rembourse le prélèvement du 22 septembre jusqu'au 17 novembre : 8 semaines. "
        "Pour un débit plus récent, ce délai court jusqu'au 17 décembre. "
        "Si vous aviez révoqué le mandat, la banque rembourse le prélèvement du 22 août jusqu'au "
        "22 septembre 2027 : 13 mois."
    ),
}


@pytest.mark.parametrize(("language", "said"), SAID.items())
def test_which_right_ends_when(language: str, said: str) -> None:
    """Of each right the charge whose ends first, and until when the later ones have it."""
    words = Renderer([TEMPLATES], language)
    text = " ".join(words.case_text(DEBITED, report().today).split()).replace("\xa0", " ")
    assert said in text
    assert said in " ".join(words.digest_text(report(DEBITED)).split()).replace("\xa0", " ")


LAPSED = (
    ("2026-04-20", "The usual", "If they refuse, dispute it with your bank."),
    ("2026-06-03", "The usual term in which a bank takes a charge back is over for that of 7 April.",
     "If they refuse, your bank can still help with €9.99 on 8 April."),
    ("2026-08-07", "The usual terms in which a bank takes a charge back are over for those of 7 April and 8 April.",
     "If they refuse, ask your bank what is still possible."),
)  # fmt: skip


@pytest.mark.parametrize(("today", "over", "bank"), LAPSED)
def test_which_charges_the_bank_takes_back_no_more(today: str, over: str, bank: str) -> None:
    """The whole is asked of the vendor all the same, and a right that hangs on a condition puts nothing off."""
    lines = line("2026-04-07", "direct_debit"), line("2026-04-08", "card")
    case = charged(*lines, today=today)
    said = " ".join(Renderer([TEMPLATES]).case_text(case, day(today)).split())
    assert (over in said) == bool(case.lapsed)
    assert "to pay back €19.98" in said
    assert bank in said
    assert case.due_on
    assert case.due_on <= day("2026-08-07")


# ---------------------------------------------------------------- from mails and a statement to the owner

MAILS = (
    ("bill-1", "Mon, 05 Oct 2026", "Your receipt", "We took €9.50 for your subscription IW-40771 to Inkwell Daily.\n"),
    ("bill-2", "Thu, 05 Nov 2026", "Your receipt", "We took €9.50 for your subscription IW-40771 to Inkwell Daily.\n"),
    (
        *("end", "Tue, 10 Nov 2026", "Your subscription has been cancelled"),
        "Your subscription IW-40771 to Inkwell Daily has been cancelled and ends on 20 November 2026.\n",
    ),
)
STATEMENT = """\
Buchungstag;Wertstellung;Auftraggeber/Empfänger;Verwendungszweck;Betrag (EUR)
01.12.2026;01.12.2026;Inkwell Daily;SEPA Lastschrift IW-40771;-9,50
02.12.2026;02.12.2026;Arbeitgeber GmbH;Gehalt;3.000,00
"""
Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command on a mailbox that was scanned and a statement that was read, on 10 December."""
    box, own = tmp_path / "box", tmp_path / "settings.toml"
    box.mkdir()
    own.write_text(f'owner = ["{OWNER}"]\ndata = "{tmp_path}/data"\nlanguage = "en"\n')
    for name, on, subject, text in MAILS:
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = "Inkwell Daily <billing@inkwell.example>", OWNER, subject
        letter["Date"], letter["Message-ID"] = f"{on} 09:30:00 +0000", f"<{name}@inkwell.example>"
        letter.set_content(text)
        (box / f"{name}.eml").write_bytes(letter.as_bytes())
    (tmp_path / "giro.csv").write_text(STATEMENT, encoding="utf-8")

    def call(*arguments: str) -> str:
        assert main(["--settings", str(own), *arguments]) == 0, capsys.readouterr().err
        return capsys.readouterr().out

    call("scan", str(box))
    call("charges", str(tmp_path / "giro.csv"), "--today", "2026-12-10")
    return call


def test_a_direct_debit_after_the_end_to_the_day_on_which_the_bank_no_longer_takes_it_back(run: Run) -> None:
    """From mails and a statement to what `show`, `digest`, `calendar` and JSON say of it."""
    until, today = "The bank takes the direct debit of 1 December back until 26 January 2027: 8 weeks.", "2026-12-10"
    assert until in " ".join(run("show", "inkwell", "--today", today).split())
    assert until in " ".join(run("digest", "--today", today).split())
    (case,) = json.loads(run("cases", "--json", "--today", today))["cases"]
    assert (case["status"], case["due_on"]) == ("charged_after_end", "2027-01-05")
    assert until in case["why"]
    shown = {"right": "refund", "rail": "direct_debit", "charged_on": "2026-12-01"}
    assert case["rights"][0] == {**shown, "until": "2027-01-26", "term": "8 weeks"}
    assert list(case["charges_after_end"][0]) == ["date", "amount", "currency", "source"]
    assert [day["on"] for day in case["deadlines"]] == ["2027-01-05", "2027-01-26", "2028-01-01"]
    events = Calendar.from_ical(run("calendar", "--today", today)).walk("VEVENT")
    told = "Inkwell Daily charged after the end: "
    assert [str(event["SUMMARY"]).removeprefix(told) for event in events] == [
        "refund of the direct debit until 26 January 2027",
        "last day for the refund of the direct debit of 1 December 2026",
        "last day for the refund of the direct debit as not authorised of 1 December 2026",
    ]
    assert until in str(events[0]["DESCRIPTION"])
    assert len({str(event["UID"]) for event in events}) == len(events)
