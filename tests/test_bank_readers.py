"""Bank statements of every format give the same movements; whatever is wrong with a file is named, and nothing raises."""

# ruff: noqa: E501  # rows of tables and lines of files stay whole

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bank_fixture import CAMT, CSV, MT940, OFX_1, OFX_2
from cancelproof.bank import BankFile, Wishes, read_file
from cancelproof.rules.columns import load_columns
from rules_fixture import RULES

COLUMNS = load_columns([RULES])
TODAY = date(2026, 11, 1)
FORMATS = {
    "CSV": CSV.encode(),
    "CSV of the West": CSV.encode("cp1252"),
    "CSV in UTF-16": CSV.encode("utf-16"),
    "CAMT": CAMT.encode(),
    "CAMT in Latin-1": CAMT.replace("UTF-8", "ISO-8859-1").encode("iso8859-1"),
    "OFX 1": OFX_1.encode("cp1252"),
    "MT940": MT940.encode(),
    "MT940 with other line ends": MT940.replace("\n", "\r\n").encode(),
}


def read(raw: bytes, order: str = "") -> BankFile:
    return read_file(raw, "giro", Wishes(signs=COLUMNS, order=order), TODAY, ["en", "de"])


@pytest.mark.parametrize("raw", FORMATS.values(), ids=FORMATS)
def test_every_format_gives_the_same_movements(raw: bytes) -> None:
    """Day of the purchase, signed sum, currency, who was paid, and how."""
    found = read(raw)
    assert found.faults == ()
    seen = {(str(line.day), line.amount, line.currency, line.rail) for line in found.lines}
    assert seen == {
        ("2026-04-25", Decimal("-13.99"), "EUR", "card"),
        ("2026-04-05", Decimal("-4.20"), "EUR", "direct_debit"),
        ("2026-04-01", Decimal(3000), "EUR", ""),
    }
    (card,) = [line for line in found.lines if line.rail == "card"]
    assert "NETFLIX" in f"{card.party} {card.text}"


def test_ofx_of_a_credit_card() -> None:
    """The second version of OFX is XML; the currency is the account's."""
    (line,) = read(OFX_2.encode()).lines
    assert (line.amount, line.currency, line.rail, line.party) == (Decimal("-13.99"), "USD", "card", "NETFLIX.COM")


def test_camt_of_several_movements_in_one_booking() -> None:
    """Each part that bears a sum is a movement of its own."""
    part = "<TxDtls><Amt Ccy='EUR'>{}</Amt><RltdPties><Cdtr><Nm>{}</Nm></Cdtr></RltdPties></TxDtls>"
    parts = part.format("5.00", "Foobar") + part.format("7.50", "Acme")
    entry = (
        "<Ntry><Amt Ccy='EUR'>12.50</Amt><CdtDbtInd>DBIT</CdtDbtInd><BookgDt><Dt>2026-04-02</Dt></BookgDt>"
        f"<NtryDtls>{parts}</NtryDtls></Ntry>"
    )
    found = read(f"<Document><BkToCstmrAcctRpt><Rpt>{entry}</Rpt></BkToCstmrAcctRpt></Document>".encode())
    assert [(line.place, str(line.amount), line.party) for line in found.lines] == [
        ("entry 1.1", "-5.00", "Foobar"),
        ("entry 1.2", "-7.50", "Acme"),
    ]


#: A header and a row, the sum that is read.
SIGNS = {
    "a debit column": ("Date;Description;Debit;Credit\n2026-04-01;x;12,50;\n", "-12.50"),
    "a credit column": ("Date;Description;Debit;Credit\n2026-04-01;x;;12,50\n", "12.50"),
    "a negative debit column": ("Date;Description;Debit;Credit\n2026-04-01;x;-12,50;\n", "-12.50"),
    "a zero beside": ("Date;Description;Debit;Credit\n2026-04-01;x;0,00;12,50\n", "12.50"),
    "a Dutch sign": ("Datum;Omschrijving;Af Bij;Bedrag (EUR)\n20260401;x;Af;12,50\n", "-12.50"),
    "a German sign": ("Buchungstag;Buchungstext;Soll/Haben;Betrag\n01.04.2026;x;S;12,50\n", "-12.50"),
    "a German credit": ("Buchungstag;Buchungstext;Soll/Haben;Betrag\n01.04.2026;x;H;12,50\n", "12.50"),
    "its own": ("Date;Description;Amount\n2026-04-01;x;-12.50\n", "-12.50"),
    "Japanese": ('日付,内容,出金,入金,残高\n2026/4/1,x,"1,250",,5000\n', "-1250"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "amount"), SIGNS.values(), ids=SIGNS)
def test_how_banks_say_that_money_went(text: str, amount: str) -> None:
    """By sign, by column, or by a word beside the sum."""
    (line,) = read(text.encode()).lines
    assert line.amount == Decimal(amount)


def test_rows_that_cannot_be_read_are_named() -> None:
    """With their line; the others are read."""
    text = "Date;Description;Amount\n2026-04-01;a;-1\nyesterday;b;-2\n2026-04-03;c;much\n\nTotal;;-9\n2026-04-04;d;-4\n"
    found = read(text.encode())
    assert [line.place for line in found.lines] == ["line 2", "line 7"]
    assert [str(fault) for fault in found.faults] == ["giro:3: no day", "giro:4: no sum", "giro:6: no day"]


def test_days_that_may_be_either_are_not_guessed() -> None:
    """The remedy is said, and helps."""
    text = b"Date;Description;Amount\n01/02/2026;a;-1\n"
    found = read(text)
    assert found.lines == ()
    assert "--order" in str(found.faults[0])
    assert [str(line.day) for line in read(text, order="mdy").lines] == ["2026-01-02"]


# ---------------------------------------------------------------- hostile statements

_BOMB = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
HOSTILE: dict[str, Callable[[], bytes]] = {
    "nothing": bytes,
    "noise": lambda: bytes(range(256)) * 100,
    "a bomb of entities": f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "x">{_BOMB}]><Document>&i;</Document>'.encode,
    "an entity of a file": lambda: (
        b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document><BkToCstmrStmt><Ntry>'
        b"<Amt Ccy='EUR'>1</Amt><CdtDbtInd>DBIT</CdtDbtInd><BookgDt><Dt>2026-04-01</Dt></BookgDt>"
        b"<AddtlNtryInf>&x;</AddtlNtryInf></Ntry></BkToCstmrStmt></Document>"
    ),
    "XML that never ends": lambda: CAMT.encode() * 3 + b"<a>" * 200_000,
    "a deep tree": lambda: b"<?xml version='1.0'?>" + b"<Ntry>" * 100_000,
    "a huge text": lambda: CAMT.replace("Kartenzahlung", "x" * 12_000_000).encode(),
    "OFX with a document type": lambda: OFX_1.replace("<OFX>", '<!DOCTYPE x [<!ENTITY y "z">]><OFX>').encode(),
    "OFX cut off": lambda: OFX_1.encode()[:700],
    "OFX whose sections never end": lambda: OFX_1.encode() + b"<A><![CDATA[" * 100_000,
    "OFX of open tags": lambda: OFX_1.encode()[:300] + b"<A>" * 100_000,
    "OFX of one tag": lambda: OFX_1.encode()[:300] + b"<" + b"A " * 500_000,
    "MT940 cut off": lambda: MT940.encode()[:200],
    "MT940 of one line": lambda: b":20:X\n:25:1\n:28C:1\n:60F:C260401EUR1,\n:61:" + b"2604010401C1,N062X" * 20_000,
    "MT940 of details": lambda: b":20:X\n:61:2604010401C1,00N062X\n:86:" + b"?20xxxx+" * 50_000,
    "MT940 of statements": lambda: b":20:X\n:61:0000000000\n" * 1_000,
    "a quote that never ends": lambda: CSV.encode() + b'01.05.2026;x;"' + b"y;\n" * 200_000,
    "one line without end": lambda: CSV.encode() + b";" * 2_000_000,
    "a cell of megabytes": lambda: CSV.encode() + b"01.05.2026;01.05.2026;" + b"x" * 3_000_000 + b";y;-1\n",
    "formulas": lambda: CSV.encode() + b'01.05.2026;01.05.2026;"=cmd|\' /C calc\'!A0";y;=1+1\n',
    "zeros": lambda: b"\x00" * 1_000_000,
    "a sum without end": lambda: CSV.encode() + b"01.05.2026;01.05.2026;x;y;-" + b"9" * 100_000 + b"\n",
    "larger than is read": lambda: b"x" * 50_000_001,
}  # fmt: skip


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_hostile_statements(make: Callable[[], bytes]) -> None:
    """They are read as far as they can be, in little time; no entity is ever put in."""
    raw = make()
    start = time.process_time()
    found = read(raw)
    assert time.process_time() - start < 8
    assert all("root:" not in f"{line.party} {line.text}" for line in found.lines)
    assert all(len(line.text) <= 400 for line in found.lines)
    assert found.form or found.faults


SEEDS = [CSV, CAMT, OFX_1, OFX_2, MT940]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A statement with some of its bytes replaced, taken away, or doubled."""
    raw = bytearray(draw(st.sampled_from(SEEDS)).encode())
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(raw) - 1))
        raw[start : start + draw(st.integers(0, 30))] = draw(
            st.binary(max_size=6) | st.sampled_from([b"\n", b":61:", b"<", b";"])
        )
        raw = raw or bytearray(b"x")
    return bytes(raw)


@given(damaged())
@settings(max_examples=80, deadline=None)
def test_damaged_statements(raw: bytes) -> None:
    """Whatever is damaged, movements and faults are values."""
    for line in read(raw).lines:
        assert line.amount.is_finite()
        assert line.text.isprintable()
