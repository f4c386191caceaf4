"""The digest: it answers first, it is quiet when nothing needs the owner, and silence is never "all clear"."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta

import pytest

from cancelproof.model import (
    Act,
    Coverage,
    Fault,
    Kind,
    Report,
    Ruling,
    Status,
    Step,
)
from cancelproof.report import Renderer, Tone, needs_owner
from report_fixture import (
    BLIND,
    CALM,
    COURRIER,
    HOUSEHOLD,
    HYDROLUNE,
    LANTERNBOX,
    MURMELO,
    OAKLEAF,
    ONDOLINE,
    PEBBLEDRIVE,
    TEMPLATES,
    TERVANE,
    TODAY,
    charge,
    entry,
    report,
    words_of,
)

ENGLISH, FRENCH = Renderer([TEMPLATES]), Renderer([TEMPLATES], "fr")


DIGEST = """\
cancelproof  26 October 2026

Which cancellations still lack written proof?
2 of 5 contracts: Tervane and Pebbledrive.

* Tervane, Assistance Premium Plus, no. TV-44718
  You asked on the web on 28 September, 28 days ago. Tervane acknowledged it
  on 29 September, but no mail says that the contract has ended. The next
  charge is expected on 4 January 2027.
  Next: Ask Tervane for written confirmation now (due since 5 October): that
  the contract has ended, the day on which it ends, that no more money will be
  taken and a reference number.

* Pebbledrive 2 TB
  You asked by e-mail on 3 July, 115 days ago. No written confirmation has
  been found. The confirmation of 5 July is not from Pebbledrive and counts
  for nothing.
  Next: Ask Pebbledrive for written confirmation by 30 October: that your
  request arrived and when, that the contract has ended, the day on which it
  ends, that no more money will be taken and a reference number.

------------------------------------------------------------------------------
Charged after the end

* Lanternbox Duo
  Ended on 22 May. Confirmed in writing on 4 May, grade A. Charged 2 times
  since then, €27.98 in all: €13.99 on 22 June and €13.99 on 22 July.
  Next: Ask Lanternbox to pay back €27.98 now, with the confirmation of 4 May
  attached. If they refuse, dispute it with your bank.

------------------------------------------------------------------------------
Coming up

* Ondoline Mobile, ligne 06 39 98 27 46
  Ends on 30 November, in 35 days. Confirmed in writing on 14 October, grade
  A.

------------------------------------------------------------------------------
Everything else
1 contract runs; nobody has cancelled it.

------------------------------------------------------------------------------
What was read
archive.mbox: 12 mails seen, 12 new.
“No proof found” does not mean “not cancelled”: it means that no mail read
here confirms it.
"""
QUIET = """\
cancelproof  26 October 2026

Which cancellations still lack written proof?
None: every cancellation on file is confirmed in writing.

------------------------------------------------------------------------------
Everything else
1 earlier cancellation is confirmed in writing.
1 contract runs; nobody has cancelled it.

------------------------------------------------------------------------------
What was read
archive.mbox: 212 mails seen, 212 new. 3 files are no mail and were passed
over.
“No proof found” does not mean “not cancelled”: it means that no mail read
here confirms it.
"""
ARCHIVE = (Coverage(name="archive.mbox", seen=12, new=12),)


def test_the_digest_answers_first() -> None:
    """What lacks proof, then money, then what comes, then the rest, then what was read."""
    cases = (HYDROLUNE, ONDOLINE, LANTERNBOX, PEBBLEDRIVE, TERVANE)
    assert ENGLISH.digest_text(report(*cases, coverage=ARCHIVE)) == DIGEST


def test_the_digest_is_quiet_when_nothing_needs_the_owner() -> None:
    """A few lines, and a flag for whoever decides on sending."""
    assert ENGLISH.digest_text(CALM) == QUIET
    assert ENGLISH.digest(CALM).quiet
    assert not ENGLISH.digest(HOUSEHOLD).quiet


def test_every_section_of_a_household_has_its_cases() -> None:
    """Each of the eight statuses has its place; weak proof is told apart; what only runs is counted."""
    digest = ENGLISH.digest(HOUSEHOLD)
    placed = [
        (str(section.title), section.tone, [str(item.title) for item in section.items]) for section in digest.sections
    ]
    assert placed == [
        (
            "",
            Tone.OPEN,
            [
                "Grimpouille, Salle d'escalade, formule annuelle",
                "Tervane, Assistance Premium Plus, no. TV-44718",
                "Pebbledrive 2 TB",
                "The Unhurried Spade, Seed letter",
            ],
        ),
        ("Charged after the end", Tone.MONEY, ["Lanternbox Duo"]),
        ("Weak proof: ask again", Tone.OPEN, ["Oakleaf Gym"]),
        ("Started again", Tone.SOON, ["Le Courrier des Deux Fleuves"]),
        ("Coming up", Tone.SOON, ["La Tuilière, Assurance habitation", "Ondoline Mobile, ligne 06 39 98 27 46"]),
    ]
    assert digest.rest == (
        "1 earlier cancellation is confirmed in writing.",
        "1 contract runs; nobody has cancelled it.",
    )
    assert {case.status for case in HOUSEHOLD.cases} == set(Status)


def test_every_case_stands_once() -> None:
    """In one section, or among the rest: what is listed and what is counted make up all."""
    again = dataclasses.replace(COURRIER, next_charge_on=TODAY + timedelta(days=9), closed=None)
    again = dataclasses.replace(again, last_charge=charge(TODAY - timedelta(days=356), "25.00"))
    closed = dataclasses.replace(TERVANE, closed=Ruling(act=Act.CLOSE, on=TODAY, text="paid back"), step=Step.NONE)
    for told in (HOUSEHOLD, report(again, closed, LANTERNBOX)):
        for since in (None, date(2020, 1, 1), TODAY):
            digest = ENGLISH.digest(told, since=since)
            listed = [item.title for section in digest.sections for item in section.items]
            assert len(set(listed)) == len(listed)
            assert len(listed) + sum(int(line.split()[0]) for line in digest.rest) == len(told.cases)
    said = ENGLISH.digest_text(report(again, closed, LANTERNBOX), since=TODAY)
    assert "Next charge on 4 November, in 9 days" in " ".join(said.split())
    assert "1 case is closed by you." in said


def test_nothing_was_read_yet() -> None:
    """An empty digest says what to do."""
    assert "`cancelproof init` sets up a mailbox" in ENGLISH.digest_text(Report(today=TODAY, cases=()))


def test_what_was_confirmed_before_a_day_is_only_counted() -> None:
    """`since` is the day of the last digest, or 31 days ago."""
    titles = [section.title for section in ENGLISH.digest(report(MURMELO), since=date(2026, 2, 1)).sections]
    assert titles == ["Confirmed lately"]
    assert ENGLISH.digest(report(MURMELO)).sections == ()
    assert ENGLISH.digest(report(COURRIER), since=TODAY).rest == ("1 contract was started again some time ago.",)


def test_a_renewal_is_told_where_it_is_announced_or_the_term_is_long() -> None:
    """A monthly bill comes up every month and is no news."""
    announced = entry(date(2026, 10, 20), Kind.RENEWAL, "Hydrolune", effective_on=HYDROLUNE.next_charge_on)
    told = dataclasses.replace(HYDROLUNE, entries=(*HYDROLUNE.entries, announced))
    assert ENGLISH.digest(report(HYDROLUNE)).sections == ()
    (section,) = ENGLISH.digest(report(told)).sections
    assert section.items[0].lines == ("Next charge on 5 November, in 10 days: €41.20 last time.",)


BAD = tuple(Fault(where=f"m{n}", what="bad") for n in range(7))
ANSWERS = {
    "blind": (
        report(MURMELO, coverage=(BLIND,)),
        "None among the mails that could be read. ! Not all mail could be read",
    ),
    "never read": (report(coverage=(BLIND,)), "It has never been read."),
    "warned": (report(MURMELO, coverage=(BLIND,)), "! Not all mail could be read: this digest may lack something."),
    "last good run": (
        report(coverage=(dataclasses.replace(BLIND, last_good_run=datetime(2026, 10, 19, 3, 10, tzinfo=UTC)),)),
        "NOT READ (the server refused the log-in). Last good run: 19 October 2026, 03:10.",
    ),
    "empty account": (report(MURMELO, coverage=(Coverage(name="box"),)), "! box: no mail was seen."),
    "no coverage": (report(MURMELO, mails=0), "! Nothing was read."),
    "no contract": (report(coverage=ARCHIVE), "No contract was found in the mails that were read."),
    "unreadable": (
        report(coverage=(Coverage(name="box", seen=20, unreadable=BAD),)),
        "7 mails could not be read:\n  - m0: bad\n  - m1: bad\n  - m2: bad\n  - m3: bad\n  - m4: bad\n  - and 2 more",
    ),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_silence_is_never_all_clear(case: str) -> None:
    """What was not read is said, on top and below; "no proof found" is told from "not cancelled" in every digest."""
    told, words = ANSWERS[case]
    text = " ".join(ENGLISH.digest_text(told).split())
    assert " ".join(words.split()) in text
    assert "“No proof found” does not mean “not cancelled”" in text


@pytest.mark.parametrize(
    ("told", "needs"),
    [
        (HOUSEHOLD, True),
        (CALM, False),
        (report(ONDOLINE), False),
        (report(OAKLEAF), True),
        (report(dataclasses.replace(TERVANE, step=Step.WAIT_FOR_PROOF)), False),
        (report(MURMELO, coverage=(BLIND,)), True),
    ],
)
def test_the_owner_is_needed_where_something_is_to_do(told: Report, needs: bool) -> None:
    """Waiting and watching need nobody; blindness does."""
    assert needs_owner(told) is needs


QUIET_SUBJECT, BLIND_SUBJECT = "cancelproof: nothing lacks proof", "not all mail could be read"
SUBJECTS = [
    (ENGLISH, report(TERVANE, PEBBLEDRIVE), "cancelproof: 2 cancellations lack written proof"),
    (ENGLISH, report(LANTERNBOX, coverage=(BLIND,)), f"{QUIET_SUBJECT}, 1 charged after its end and {BLIND_SUBJECT}"),
    (ENGLISH, CALM, QUIET_SUBJECT),
    (FRENCH, report(TERVANE), "cancelproof : 1 résiliation sans preuve écrite"),
]


@pytest.mark.parametrize(("renderer", "told", "subject"), SUBJECTS)
def test_the_subject_says_what_matters_and_no_word_of_a_mail(renderer: Renderer, told: Report, subject: str) -> None:
    """Counts only: it is a header, and shows on locked screens."""
    assert renderer.digest(told).subject == subject


def test_the_answer_names_a_few_vendors_and_counts_the_rest() -> None:
    """One line, however many; two contracts of one vendor name it once."""
    many = [dataclasses.replace(TERVANE, vendor=f"Vendor {n}", due_on=date(2026, 10, n + 1)) for n in range(9)]
    told = ENGLISH.digest(report(*many)).answer
    assert told == "9 of 9 contracts: Vendor 0, Vendor 1, Vendor 2, Vendor 3 and 5 more."
    assert ENGLISH.digest(report(TERVANE, TERVANE)).answer == "2 of 2 contracts: Tervane."


@pytest.mark.parametrize("renderer", [ENGLISH, FRENCH])
@pytest.mark.parametrize("told", [HOUSEHOLD, CALM])
def test_the_html_digest_says_what_the_text_says(renderer: Renderer, told: Report) -> None:
    """The two versions of one mail: the same words in the same order, but for rules, bullets and dots."""
    marks = {"*", "-", "!", "·", "-" * 78}
    text = [word for word in renderer.digest_text(told).split() if word not in marks]
    html = [word for word in words_of(renderer.digest_html(told)) if word not in marks]
    assert html == text
