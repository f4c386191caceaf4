"""Tables as people and banks write them: found among preambles, in any encoding, with days and sums of one column."""

# ruff: noqa: E501  # rows of tables and lines of files stay whole

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cancelproof.rules.columns import load_columns, read_columns
from cancelproof.tables import Layout, NoTable, Table, day_order, decimal_mark, read_day, read_sum, read_table
from rules_fixture import RULES

COLUMNS = load_columns([RULES])
TODAY = date(2026, 11, 1)
STATEMENT_NEEDS = (("day",), ("amount", "debit", "credit"), ("text", "party"))


def statement(content: str, encoding: str = "utf-8", **chosen: str) -> Table:
    return read_table(content.encode(encoding), COLUMNS.statement, needs=STATEMENT_NEEDS, chosen=chosen)


# ---------------------------------------------------------------- the header

#: How banks head their files, and the fields that are found.
HEADERS = {
    "French": ("Date;Libellé;Débit euros;Crédit euros;", "day text debit credit"),
    "French, of a branch": ("Date de comptabilisation;Libellé simplifié;Montant;Devise", "day text amount currency"),
    "German, savings bank": (
        '"Auftragskonto";"Buchungstag";"Valutadatum";"Buchungstext";"Verwendungszweck";"Beguenstigter/Zahlungspflichtiger";"Betrag";"Waehrung"',
        "day value_day text party amount",
    ),
    "German, direct bank": ("Buchungsdatum;Wertstellung;Status;Zahlungspflichtige*r;Zahlungsempfänger*in;Verwendungszweck;Umsatztyp;IBAN;Betrag (€)", "day value_day party text amount"),
    "Dutch": ('"Datum","Naam / Omschrijving","Rekening","Tegenrekening","Code","Af Bij","Bedrag (EUR)","Mutatiesoort","Mededelingen"', "day party sign amount text"),
    "Spanish": ("Fecha operación;Fecha valor;Concepto;Importe;Saldo", "day value_day text amount"),
    "Italian": ("Data contabile;Data valuta;Descrizione operazione;Addebiti;Accrediti", "day value_day text debit credit"),
    "Polish": ("Data transakcji;Data księgowania;Opis transakcji;Kwota;Waluta", "day text amount currency"),
    "Czech": ("Datum zaúčtování;Název protiúčtu;Částka;Měna;Zpráva pro příjemce", "day party amount currency text"),
    "Swedish": ("Bokföringsdag;Belopp;Mottagare;Rubrik;Valuta", "day amount party text"),
    "Japanese": ("日付,内容,出金,入金,残高", "day text debit credit"),
    "British": ("Date,Type,Merchant,Description,Paid out,Paid in,Balance", "day party text debit credit"),
    "a bank without branches": ("Type,Product,Started Date,Completed Date,Description,Amount,Fee,Currency,State,Balance", "day value_day text amount currency"),
    "a payment service": ('"Date","Time","Time Zone","Name","Type","Status","Currency","Amount","Fees","Total"', "day party amount currency"),
}  # fmt: skip


@pytest.mark.parametrize(("header", "fields"), HEADERS.values(), ids=HEADERS)
def test_headings_of_banks(header: str, fields: str) -> None:
    """The columns of a statement are known by their headings, in the main languages."""
    table = read_table(f"{header}\n".encode(), COLUMNS.statement, needs=())
    assert set(fields.split()) <= set(table.layout.columns)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1250", "iso8859-2"])
def test_the_encoding_is_the_one_in_which_headings_are_known(encoding: str) -> None:
    """A heading with letters of Czech is no heading in the encoding of the West."""
    table = statement("Datum;Název protistrany;Částka;Měna\n1.10.2026;Květiny;-12,50;CZK\n", encoding)
    assert table.cell(table.rows[0], "amount") == "-12,50"
    assert table.cell(table.rows[0], "party") == "Květiny"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_preamble_and_every_delimiter(delimiter: str) -> None:
    """What stands above the header is passed over; lines are counted as an editor counts them."""
    text = "My bank\nAccount: 12\n\nDate;Payee;Amount\n2026-10-01;Foobar;-9.99\n\n2026-10-02;Acme;-1\n"
    table = statement(text.replace(";", delimiter))
    assert table.layout.delimiter == delimiter
    assert [row.line for row in table.rows] == [5, 7]


def test_a_cell_over_several_lines() -> None:
    """A row bears the line that it begins on."""
    table = statement('Date,Description,Amount\n2026-10-01,"Foo\nbar",-1\n2026-10-02,Acme,-2\n')
    assert [(row.line, table.cell(row, "text")) for row in table.rows] == [(2, "Foo bar"), (4, "Acme")]


def test_columns_by_hand() -> None:
    """A heading that is on no list is named; in a file without headings a column has a number."""
    table = statement("When;Who;How much\n1;2;3\n", day="When", text="Who", amount="How much")
    assert table.cell(table.rows[0], "amount") == "3"
    table = statement("2026-10-01;Foobar;-9,99\n2026-11-01;Foobar;-9,99\n", day="1", text="2", amount="3")
    assert [table.cell(row, "text") for row in table.rows] == ["Foobar", "Foobar"]


NO_TABLES = {
    "nothing": (b"", "no header is recognised"),
    "no table": (b"Dear Sir or Madam", "no header is recognised"),
    "a picture": (bytes(range(256)) * 20, "no header is recognised"),
    "no sums": (b"Date;Payee\n2026-10-01;Foobar\n", "no column is recognised for: amount or debit or credit"),
}


@pytest.mark.parametrize(("raw", "why"), NO_TABLES.values(), ids=NO_TABLES)
def test_what_is_no_statement(raw: bytes, why: str) -> None:
    """It is said what was not found."""
    with pytest.raises(NoTable, match=why):
        read_table(raw, COLUMNS.statement, needs=STATEMENT_NEEDS)


def test_a_layout_comes_back_from_json() -> None:
    """What is kept of a layout is all of it."""
    layout = statement("Date;Payee;Amount\n2026-10-01;Foobar;-9.99\n").layout
    assert Layout.of_json(layout.as_json()) == layout


@given(st.binary(max_size=400) | st.text("Date;,Amount\n\"'=01.-€\x00\u2028", max_size=200).map(str.encode))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    """Whatever is in a file, it is a table or a reason."""
    try:
        table = read_table(raw, COLUMNS.statement, needs=())
    except NoTable:
        return
    assert all(isinstance(table.cell(row, "amount"), str) for row in table.rows)


def test_formulas_are_text() -> None:
    """A cell that a spreadsheet would run is a text like any other."""
    table = statement('Date;Payee;Amount\n2026-10-01;"=HYPERLINK(""http://x"")";="-9,99"\n')
    assert table.cell(table.rows[0], "party") == '=HYPERLINK("http://x")'
    assert table.cell(table.rows[0], "amount") == "-9,99"


def test_a_heading_stands_for_one_field() -> None:
    """Two fields that claim one heading are a fault with its line."""
    _, faults = read_columns("told:\n  vendor: [name]\n  service:\n    - name\n", "columns.yaml")
    assert faults == ["columns.yaml:4: 'name' stands for 'vendor' too"]


# ---------------------------------------------------------------- days

DAYS = {
    "2026-10-01": "2026-10-01", "2026-1-5": "2026-01-05", "2026/10/01 23:59": "2026-10-01",
    "2026-10-01T08:00:00Z": "2026-10-01", "20261001": "2026-10-01", "01.10.2026": "2026-10-01", "1.10.26": "2026-10-01",
    "01/10/2026 12:00": "2026-10-01", "1 - 10 - 2026": "2026-10-01", "2026年10月1日": "2026-10-01",
    "１．１０．２０２６": "2026-10-01", "1 October 2026": "2026-10-01", "Oct 1, 2026": "2026-10-01",
    "1er octobre 2026": "2026-10-01", "1. Oktober 2026": "2026-10-01", "1 października 2026": "2026-10-01",
    "31/31/2026": None, "30.02.2026": None, "01.10.1026": None, "yesterday": None, "October": None, "October 2026": None,
    "": None, "12": None, "9999999999": None,
}  # fmt: skip


@pytest.mark.parametrize(("text", "day"), DAYS.items())
def test_days(text: str, day: str | None) -> None:
    """Any common way to write a day, with a time or without; what names none is none."""
    found = read_day(text, "dmy", ["en", "fr", "de", "pl"])
    assert found == (date.fromisoformat(day) if day else None)


ORDERS: dict[str, tuple[list[str], str]] = {
    "a number over twelve, first": (["01/02/2026", "13/02/2026"], "dmy"),
    "a number over twelve, second": (["01/02/2026", "02/13/2026"], "mdy"),
    "the year first": (["2026/02/01"], "ymd"),
    "one of them would be to come": (["01/12/2026"], "mdy"),
    "rows in sequence": (["01/02/2026", "02/02/2026", "03/02/2026", "01/03/2026"], "dmy"),
    "the newest first": (["01/03/2026", "03/02/2026", "02/02/2026", "01/02/2026"], "dmy"),
    "alike in both": (["01/01/2026", "05/05/2026"], "dmy"),
    "with dots": (["01.02.2026"], "dmy"),
    "may be either": (["01/02/2026"], ""),
    "fits neither": (["13/02/2026", "02/13/2026"], ""),
    "no numbers": (["1 May 2026"], ""),
}


@pytest.mark.parametrize(("texts", "order"), ORDERS.values(), ids=ORDERS)
def test_the_order_of_a_column(texts: list[str], order: str) -> None:
    """What a whole column shows; where nothing tells, nobody guesses."""
    assert day_order(texts, TODAY) == order


def test_no_day_is_guessed() -> None:
    """Without an order only what is alike in each is a day."""
    assert read_day("01/02/2026", "") is None
    assert read_day("05/05/2026", "") == date(2026, 5, 5)
    assert read_day("25/12/2025", "") == date(2025, 12, 25)


# ---------------------------------------------------------------- sums

SUMS = {
    "-1.234,56": "-1234.56", "1,234.56-": "-1234.56", "(12.50)": "-12.50", "€ 12": "12", "-€12.00": "-12.00",
    "1'234.50": "1234.50", "1 234,56 €": "1234.56", "−9,99": "-9.99", "1.234": "1234", "1,234,567": "1234567",
    "12.50 (EUR)": "12.50", "EUR -9.99": "-9.99", "+9.99": "9.99", "0": "0", "12,5": "12.5", "1.234.567,8": "1234567.8",
    "": None, "abc": None, "-": None, "9" * 20: None,
}  # fmt: skip


@pytest.mark.parametrize(("text", "amount"), SUMS.items())
def test_sums(text: str, amount: str | None) -> None:
    """Signs before, after and around; points, commas, spaces and apostrophes."""
    assert read_sum(text, decimal_mark([text])) == (Decimal(amount) if amount else None)


def test_a_column_has_one_decimal_mark() -> None:
    """Three digits after a mark are cents' place or thousands': the other rows tell."""
    assert decimal_mark(["1.234", "9,99"]) == ","
    assert read_sum("1.234", ",") == 1234
    assert read_sum("1.234", ".") == Decimal("1.234")


@given(st.text(max_size=60), st.sampled_from(["", ".", ","]))
def test_any_text_is_a_sum_or_none(text: str, mark: str) -> None:
    """Nothing raises, and no sum is without bounds."""
    found = read_sum(text, mark)
    assert found is None or abs(found) < 10**12


@given(st.text(max_size=60))
@settings(deadline=None)
def test_any_text_is_a_day_or_none(text: str) -> None:
    """Nothing raises, and no day is out of this age."""
    found = read_day(text, "dmy", ["en"])
    assert found is None or 1970 <= found.year <= 2200


def test_the_columns_travel_with_the_rules() -> None:
    """The file is there and whole."""
    assert (Path(RULES) / "columns.yaml").is_file()
    assert set(COLUMNS.rails) == {"card", "direct_debit"}
