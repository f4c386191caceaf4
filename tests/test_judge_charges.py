"""What bank statements show beside the mails: a charge counts once, and raises a case where the mailbox is silent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from cancelproof.judge import judge
from cancelproof.model import BankCharge, Case, Entry, Told
from cancelproof.report import Renderer
from judge_fixture import OWNER, bills, day, mail, told
from report_fixture import TEMPLATES

BILLED = bills("2026-01-05", "2026-02-05", "2026-03-05", amount=Decimal("9.99"), currency="EUR")
ENDED = mail("closure", "2026-03-10", effective_on="2026-03-31", grade="A")


def line(on: str, amount: str = "9.99", *, currency: str = "EUR", refund: bool = False) -> BankCharge:
    """A line of a statement that is known to be Foobar's."""
    return BankCharge(
        id=f"{on} {amount} {currency} {refund}",
        day=day(on),
        amount=Decimal(amount),
        currency=currency,
        refund=refund,
        vendor="Foobar",
        words="FOOBAR 0800",
        source=f"bank:giro.csv#{on}",
    )


def only(mails: Sequence[Entry], lines: Sequence[BankCharge], today: str, said: Sequence[Told] = ()) -> Case:
    (case,) = judge(mails, said, OWNER, day(today), charges=lines)
    return case


#: The mails, the lines of statements, the days of the charges after the end.
CASES: dict[str, tuple[list[Entry], list[BankCharge], list[str]]] = {
    "charged after the end, without a mail": ([*BILLED, ENDED], [line("2026-04-07")], ["2026-04-07"]),
    "charged for a vendor that never wrote a bill": ([ENDED], [line("2026-04-07")], ["2026-04-07"]),
    "charged before the end": ([*BILLED, ENDED], [line("2026-03-30")], []),
    "a mail before the end, its debit after it": (
        [ENDED, *bills("2026-03-30", amount=Decimal("9.99"), currency="EUR")],
        [line("2026-04-02")],
        [],
    ),
    "a mail and its debit are one charge": (
        [*BILLED, ENDED, *bills("2026-04-05", amount=Decimal("9.99"), currency="EUR")],
        [line("2026-04-08")],
        ["2026-04-05"],
    ),
    "a bill in dollars and its debit in euros are one charge": (
        [*BILLED, ENDED, *bills("2026-04-05", amount=Decimal("11.99"), currency="USD")],
        [line("2026-04-06", "10.41")],
        ["2026-04-05"],
    ),
    "a debit never stands for two mails": (
        [ENDED, *bills("2026-04-05", "2026-05-05", amount=Decimal("9.99"), currency="EUR")],
        [line("2026-05-06")],
        ["2026-04-05", "2026-05-05"],
    ),
    "two debits for one mail are two charges": (
        [*BILLED, ENDED, *bills("2026-04-05", amount=Decimal("9.99"), currency="EUR")],
        [line("2026-04-06"), line("2026-04-12")],
        ["2026-04-05", "2026-04-12"],
    ),
    "two alike on a day, and a third on the next": (
        [*BILLED, ENDED],
        [line("2026-04-07"), replace(line("2026-04-07"), id="another"), line("2026-04-08")],
        ["2026-04-07", "2026-04-07", "2026-04-08"],
    ),
    "paid back at the bank": ([*BILLED, ENDED], [line("2026-04-07"), line("2026-04-20", refund=True)], []),
    "a refund that mail and bank tell of pays back one charge": (
        [*BILLED, ENDED, mail("refund", "2026-05-10", amount=Decimal("9.99"), currency="EUR")],
        [line("2026-04-07"), line("2026-05-07"), line("2026-05-20", refund=True)],
        ["2026-04-07"],
    ),
}


@pytest.mark.parametrize(("mails", "lines", "days"), CASES.values(), ids=CASES)
def test_charges_after_the_end(mails: list[Entry], lines: list[BankCharge], days: list[str]) -> None:
    """The case says `charged_after_end` where statement or mail shows one, and tells of each once."""
    case = only(mails, lines, "2026-06-01")
    assert [str(charge.day) for charge in case.charges_after_end] == days
    assert case.status == ("charged_after_end" if days else "proven")


def test_a_row_of_bills_sums_charges_not_mails() -> None:
    """A bill by mail and its debit stand in the timeline as one charge."""
    mails = [mail("closure", "2026-03-10", effective_on="2026-03-31"), *bills("2026-04-05", "2026-05-05")]
    case = only(mails, [line(on) for on in ("2026-04-05", "2026-05-06", "2026-06-05")], "2026-06-20")
    said = " ".join(Renderer([TEMPLATES]).case_text(case, day("2026-06-20")).split())
    assert "Charged 3 times since then, €29.97 in all" in said
    assert "bill 3 bills, €29.97" in said


def test_the_order_of_lines_and_copies_do_not_matter() -> None:
    """A line that is given twice is one charge."""
    lines = [line("2026-04-07"), line("2026-05-07")]
    expected = only([*BILLED, ENDED], lines, "2026-06-01")
    assert only([*BILLED, ENDED], [*reversed(lines), *lines], "2026-06-01") == expected


def test_a_line_is_no_mail() -> None:
    """It is shown with the case, and named as the charge's source, but not among the mails."""
    case = only([*BILLED, ENDED], [line("2026-04-07")], "2026-06-01")
    assert [charge.source for charge in case.charges_after_end] == ["bank:giro.csv#2026-04-07"]
    assert not [source for source in case.mails if source.startswith("bank:")]
    assert [entry.sentence for entry in case.entries if entry.banked] == ["FOOBAR 0800"]


def test_a_bank_that_shows_bills_keeps_a_contract_running() -> None:
    """Bills that no longer come by mail did not stop, where the bank shows them."""
    lines = [line("2026-04-06"), line("2026-05-05")]
    assert only(BILLED, (), "2026-06-01").status == "stopped_silently"
    assert only(BILLED, lines, "2026-06-01").status == "running"


def test_charged_since_it_was_asked_for() -> None:
    """What was only told is not proven by a bank; the last charge is known."""
    case = only((), [line("2026-04-06")], "2026-04-20", [told(on="2026-03-01")])
    assert case.status == "awaiting_proof"
    assert case.last_charge
    assert str(case.last_charge.day) == "2026-04-06"


def test_lines_make_no_mail_stand_out() -> None:
    """A bank bears no stamp of a mail server: mails without one are not suspect because of it."""
    bare = [mail("closure", "2026-03-10", authentic=None, authenticity="unauthenticated", grade="C")]
    lines = [line(f"2026-0{month}-06") for month in range(1, 6)]
    (case,) = judge(bare, (), OWNER, day("2026-03-20"), charges=lines)
    assert case.proof


def test_what_is_to_come_is_left_out() -> None:
    """A day after the one that is judged was not yet charged."""
    assert only([*BILLED, ENDED], [line("2026-04-07")], "2026-04-06").status == "proven"
