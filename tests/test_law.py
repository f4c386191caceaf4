"""The law files: read whole, checked lately, inert where not in force; the days that they give."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from cancelproof.errors import RulesInvalid
from cancelproof.judge import judge
from cancelproof.model import Step
from cancelproof.rules import Laws, load_laws, parse
from cancelproof.rules.review import review
from judge_fixture import cases, mail, told

RULES = Path(__file__).parents[1] / "rules"
#: The newest day on which this project said that its knowledge was true; the clock of the machine is not asked.
STATED = date(2026, 11, 28)


@pytest.fixture(scope="session")
def laws() -> Laws:
    return load_laws([RULES])


def test_every_law_names_its_source_and_was_checked_within_a_year(laws: Laws) -> None:
    """A rule of law that nobody looked at for a year is no knowledge."""
    assert set(laws.by_country) >= {"FR", "DE", "GB", "ES", "IT", "NL", "BE", "US", "any"}
    for law in laws.by_country.values():
        assert law.checked is not None, law.country
        assert STATED - law.checked < timedelta(days=366), law.country


PLACES = [
    ("foobar.de", ["fr"], "DE"),
    ("foobar.co.uk", [], "GB"),
    ("foobar.example", ["fr", "de"], "FR"),
    ("foobar.io", ["de"], "DE"),
    ("foobar.at", ["de"], "any"),  # German, and not under German law
    ("foobar.com", ["en"], "any"),
    ("", [], "any"),
]


@pytest.mark.parametrize(("domain", "languages", "country"), PLACES)
def test_which_law(laws: Laws, domain: str, languages: list[str], country: str) -> None:
    """The vendor's own country first, then the language that it writes; else nobody's."""
    assert laws.of(domain, languages).country == country


def test_a_law_that_is_not_in_force_is_not_cited(laws: Laws) -> None:
    """The end of contract notice of the United Kingdom is expected, not owed."""
    assert not laws.of("foobar.co.uk", []).cited(STATED, online=True)
    german = laws.of("foobar.de", [])
    assert german.cited(STATED, online=True) == "§ 312k(4) BGB"
    assert not german.cited(STATED, online=False)
    assert not german.cited(date(2022, 6, 30), online=True)


ASKED = [
    ("foobar.de", "web", "2026-03-11", "§ 312k(4) BGB"),  # at once: a day
    ("foobar.de", "phone", "2026-03-17", ""),
    ("foobar.fr", "web", "2026-03-17", "art. L215-1-1 C. conso."),
    ("foobar.de", "Web", "2026-03-11", "§ 312k(4) BGB"),  # as it was told before channels had names
    ("foobar.fr", "letter", "2026-03-20", "art. L215-1-1 C. conso."),
    ("foobar.com", "web", "2026-03-17", ""),
]


@pytest.mark.parametrize(("domain", "channel", "due", "rule"), ASKED)
def test_the_day_to_ask_by(laws: Laws, domain: str, channel: str, due: str, rule: str) -> None:
    """By the law of the contract and by the way in which it was cancelled."""
    bill = mail("receipt", "2026-03-01", domain=domain, amount="9.99")
    (case,) = judge([bill], [told(on="2026-03-10", channel=channel)], [], date(2026, 3, 12), laws)
    assert (str(case.due_on), case.rule) == (due, rule)


def test_each_letter_is_firmer() -> None:
    """Who has asked twice in vain sends a formal letter next, by the table's third day."""
    asked = [mail("request", day) for day in ("2026-03-01", "2026-03-09", "2026-03-16")]
    for count, letter, due in ((1, 1, "2026-03-08"), (2, 2, "2026-03-15"), (3, 3, "2026-03-31")):
        (case,) = cases(asked[:count], "2026-03-20")
        assert (case.letter, str(case.due_on)) == (letter, due)


def test_the_vendors_habit_shortens_the_wait() -> None:
    """A vendor that confirmed an earlier contract in a day is asked after two."""
    old = [mail("request", "2025-03-01", number="A-1001"), mail("closure", "2025-03-02", number="A-1001")]
    new = [mail("request", "2026-03-10", number="B-2002")]
    found = {case.number: case for case in cases([*old, *new], "2026-03-11")}
    assert (found["B-2002"].step, str(found["B-2002"].due_on)) == (Step.WAIT_FOR_PROOF, "2026-03-12")


KEPT = "country: DE\nsources: [x]\nchecked: 2026-11-22\n"
FAULTS = {
    "country: de\nsources: [x]\nchecked: 2026-11-22\n": "law/x.yaml:1: 'de' is no country",
    "country: DE\nsources: [x]\nchecked: soon\n": "law/x.yaml:3: 'soon' is no day",
    "country: DE\nchecked: 2026-11-22\n": "law/x.yaml:1: a law needs `sources`",
    KEPT + "chase: {online: {first: x, second: 1, formal: 2}}\n": "law/x.yaml:4: 'x' is",
    KEPT
    + "confirms: {rule: x, since: unknown, must_say: [received, sorry]}\n": "law/x.yaml:4: 'sorry' is nothing that",
    KEPT + "confirms: {rule: x, since: unknown, within: [a, b]}\n": "law/x.yaml:4: 'confirms': 'within' must be text",
    KEPT + "notice: {rule: x, most: many}\n": "law/x.yaml:4: 'many' is no number of days",
    KEPT + "notice: {most: 31}\n": "law/x.yaml:4: 'notice': 'rule' is missing",
    KEPT + "renewal_notice: {rule: x, latest: 31, since: banana}\n": "law/x.yaml:4: 'banana' is no day",
    KEPT + "renewal_notice: {rule: x, latest: 31, earliest: soon}\n": "law/x.yaml:4: 'soon' is no number of days",
    KEPT + "renewal_notice: {rule: x, latest: 31, earliest: 15}\n": "law/x.yaml:4: `earliest` and `latest`",
    KEPT + "laws: x\n": "law/x.yaml:4: 'laws' is not a field",
}


@pytest.mark.parametrize(("text", "fault"), FAULTS.items())
def test_a_faulty_law_stops_with_file_and_line(tmp_path: Path, text: str, fault: str) -> None:
    """As every rule file does."""
    (tmp_path / "law").mkdir()
    (tmp_path / "law" / "x.yaml").write_text(text)
    with pytest.raises(RulesInvalid, match=fault.replace("(", r"\(")):
        load_laws([tmp_path])


@pytest.mark.parametrize(
    ("today", "when"), [("2026-11-22", ""), ("2027-11-24", "366 days ago"), ("2026-11-21", "to come")]
)
def test_a_law_that_nobody_read_for_a_year_is_named(tmp_path: Path, today: str, when: str) -> None:
    """`rules check` names it with file and line, as it does a vendor."""
    (tmp_path / "law").mkdir()
    (tmp_path / "law" / "de.yaml").write_text(KEPT)
    found = [str(issue) for issue in review(parse({})[0], date.fromisoformat(today), load_laws([tmp_path]))]
    assert [issue.partition(" was ")[0] for issue in found] == (["law/de.yaml:3: the law of DE"] if when else [])
    assert all(issue.endswith(when) for issue in found)


def test_a_letter_that_is_late_puts_off_those_after_it() -> None:
    """What is overdue comes first; the others follow on it as far apart as in the table, and none lies in the past."""
    asked = mail("request", "2026-03-01")
    (case,) = cases([asked], "2026-06-08")
    assert [(d.due.value, str(d.on)) for d in case.deadlines] == [
        ("chase", "2026-03-08"), ("chase_again", "2026-06-15"), ("formal_letter", "2026-07-01"),
    ]  # fmt: skip
    (case,) = cases([asked, mail("request", "2026-06-09")], "2026-06-10")
    assert (case.letter, str(case.due_on)) == (2, "2026-06-16")
    assert [str(d.on) for d in case.deadlines] == ["2026-06-16", "2026-07-02"]


def test_a_letter_by_the_next_charge_alone() -> None:
    """Asked for on a day that nobody told, and a charge is near: its day alone is overdue, and nothing follows it."""
    bills = [mail("receipt", f"2026-0{month}-05") for month in range(1, 6)]
    (case,) = cases(bills, "2026-06-03", [told()])
    assert [str(deadline.on) for deadline in case.deadlines] == [str(case.due_on)]
