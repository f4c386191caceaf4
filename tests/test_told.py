"""What the owner tells of a cancellation, on the command line and in a CSV file."""

# ruff: noqa: E501  # lines of files stay whole

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cancelproof.cli import main
from cancelproof.cli.told import all_told, read_told
from cancelproof.errors import UsageError
from cancelproof.model import Told

TODAY = date(2026, 10, 20)
HEADER = "vendor,service,requested_on,channel,reference"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "told.csv"


def run(tmp_path: Path, *arguments: str) -> int:
    """The exit code of a command with settings and a ledger of its own."""
    settings = tmp_path / "settings.toml"
    settings.write_text(f'owner = ["me@example.org"]\ndata = "{tmp_path / "data"}"\n', encoding="utf-8")
    settings.chmod(0o600)
    return main(["--settings", str(settings), *arguments])


def test_a_list_is_read(table: Path) -> None:
    """All but the vendor may be empty or left out; a byte order mark and blank lines do no harm."""
    table.write_text("\ufeffvendor,requested_on\n\nDell,2026-10-20\n\nOrange\n", encoding="utf-8")
    assert all_told(table, TODAY) == (Told(vendor="Dell", requested_on=TODAY), Told(vendor="Orange"))
    table.write_text(HEADER, encoding="utf-8")
    assert all_told(table, TODAY) == ()
    table.write_text("vendor\nDell\n", encoding="utf-8")
    assert all_told(table, TODAY, undated=True) == (Told(vendor="Dell"),)


ONE = Told(
    vendor="Café", service="Box", requested_on=date(2026, 10, 1), channel="web", reference="R-1"
)  # what each of these lists says
LISTS = {
    "any order": "reference,channel,requested_on,service,vendor\nR-1,web,2026-10-01,Box,Café\n",
    "English": "Date cancelled;Company;Plan;How;Case number\n1 Oct 2026;Café;Box;web;R-1\n",
    "French": "Fournisseur;Forfait;Date de résiliation;Moyen;Référence\nCafé;Box;1er octobre 2026;web;R-1\n",
    "German": "Anbieter;Vertrag;Gekündigt am;Weg;Vorgangsnummer\nCafé;Box;01.10.2026;web;R-1\n",
    "Spanish": "Empresa;Servicio;Fecha de baja;Canal;Referencia\nCafé;Box;1 de octubre de 2026;web;R-1\n",
    "Italian": "Fornitore;Contratto;Data di disdetta;Canale;Numero\nCafé;Box;1 ottobre 2026;web;R-1\n",
    "Polish": "Dostawca;Usługa;Data wypowiedzenia;Kanał;Numer\nCafé;Box;1 października 2026;web;R-1\n",
    "Japanese": "会社名,サービス,解約日,方法,受付番号\nCafé,Box,2026年10月1日,web,R-1\n",
    "of a spreadsheet": "Vendor\tService\tCancelled on\tChannel\tReference\tNotes\nCafé\tBox\t2026-10-01 00:00:00\tweb\tR-1\tx\n",
}


@pytest.mark.parametrize("text", LISTS.values(), ids=LISTS)
def test_lists_as_people_keep_them(table: Path, text: str) -> None:
    """Any order of columns, headings of many languages, days in many forms."""
    table.write_text(text, encoding="utf-8")
    assert all_told(table, TODAY) == (ONE,)


CHANNELS = [
    ("Brief", "letter"),
    ("lettre recommandée", "letter"),
    ("RECOMMANDÉ", "letter"),
    ("en ligne", "web"),
    ("Kündigungsbutton", "web"),
    ("in der App", "app"),
    ("E-Mail", "mail"),
    ("par téléphone", "phone"),
    ("郵便", "letter"),
    ("Shop", "shop"),
    ("by owl", "by owl"),
    ("", ""),
]


@pytest.mark.parametrize(("said", "kept"), CHANNELS)
def test_a_channel_is_known_in_many_languages(
    tmp_path: Path, table: Path, capsys: pytest.CaptureFixture[str], said: str, kept: str
) -> None:
    """In a list and on the command line; a word that nobody knows is named, and kept as it stands."""
    table.write_text(f"vendor;channel;requested_on\nDell;{said};2026-10-01\n", encoding="utf-8")
    assert [told.channel for told in all_told(table, TODAY)] == [kept]
    for arguments in (("--csv", str(table)), ("Dell", "--channel", said)):
        assert run(tmp_path, "add", *arguments) == 0
        output = capsys.readouterr()
        assert ("no channel is called 'by owl'" in output.err) == (said == "by owl")
        assert (f" by {kept}" in output.out) == bool(kept)


def test_an_old_encoding(table: Path) -> None:
    """What a spreadsheet of Windows writes is read too."""
    table.write_text(LISTS["French"], encoding="cp1252")
    assert all_told(table, TODAY) == (ONE,)


FAULTY = [
    ("", ": no list of cancellations: no header is recognised ({remedy})"),
    ("Dell,,2026-10-01,,\n", ": no list of cancellations: no header is recognised ({remedy})"),
    ("service,date\nBox,2026-10-01\n", ": no list of cancellations: no column of vendors ({remedy})"),
    (f"{HEADER}\n,Box,,,\n", ":2: no vendor"),
    (f"{HEADER}\n\nDell,,1 May,,\n", ":3: '1 May' is no day: write it like 2026-11-01"),
    (f"{HEADER}\nDell,,01/02/2026,,\n", ":2: '01/02/2026' may be 2026-01-02 or 2026-02-01: say --order dmy or --order mdy"),
    (
        f"{HEADER}\nDell,,2026-10-20,,\nDell,,2026-10-21,,\n",
        ":3: 2026-10-21 is after today (give the day on which you cancelled)",
    ),
]  # fmt: skip
#: Tables that say nothing of a cancellation: what runs, since when, until when.
RUNNING = (
    "Anbieter;Vertrag;Monatlich;Beginn\nNetflix;Standard;13,99;3.10.2025\n",
    "Vendor,Start date\nNetflix,2025-10-03\n",
    "Fournisseur;Date de début\nNetflix;03/10/2025\n",
    "Vendor,Date started,Next payment\nNetflix,2025-10-03,2026-11-03\n",
)


@pytest.mark.parametrize("text", RUNNING)
def test_a_list_of_what_runs_is_no_list_of_cancellations(
    tmp_path: Path, table: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    """Without a column of the days of cancellation nothing is kept, unless the owner says that all are cancelled."""
    table.write_text(text, encoding="utf-8")
    for command in (("add", "--csv"), ("audit", str(tmp_path), "--cancellations")):
        assert run(tmp_path, *command, str(table)) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert "no column says when each was cancelled" in err
        assert "--undated" in err
    run(tmp_path, "add", "--list")
    assert capsys.readouterr().out == ""
    assert run(tmp_path, "add", "--csv", str(table), "--undated") == 0
    assert ", cancelled\n" in capsys.readouterr().out


ORDERED = {
    "German, among a day that is none": (
        "Anbieter;Vertrag;Gekündigt am;Wie;Vorgangsnummer\nA;;3.10.2026;web;1\nB;;31.02.2026;web;2\n", 1),
    "dots, among days of another form": ("vendor,date\nA,3.10.2026\nB,2026-10-19\n", 0),
    "German, with strokes": ("Anbieter;Gekündigt am\nA;03/10/2026\n", 0),
    "French, with strokes": ("Fournisseur;Résilié le\nA;03/10/2026\n", 0),
}  # fmt: skip


@pytest.mark.parametrize(("text", "refused"), ORDERED.values(), ids=ORDERED)
def test_the_headings_settle_the_order_of_days(table: Path, text: str, refused: int) -> None:
    """The month stands first under English headings alone, and with dots never."""
    table.write_text(text, encoding="utf-8")
    found = read_told(table, TODAY)
    assert len(found.faults) == refused
    assert found.rows[0][1].requested_on == date(2026, 10, 3)


def test_an_audit_lists_what_it_refuses(tmp_path: Path, table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each line on one of its own; and it takes the order that it asks for."""
    table.write_text("vendor,date\nA,01/02/2026\nB,03/04/2026\n", encoding="utf-8")
    assert run(tmp_path, "audit", str(tmp_path), "--cancellations", str(table)) == 2
    err = capsys.readouterr().err.splitlines()
    assert [line.partition(": ")[2].removeprefix(str(table))[:3] for line in err] == [":2:", ":3:", ": 2"]
    assert "2 lines refused" in err[2]
    assert run(tmp_path, "audit", str(tmp_path), "--cancellations", str(table), "--order", "dmy") == 0
    capsys.readouterr()
    assert run(tmp_path, "add", "--csv", str(tmp_path)) == 3
    assert "is a folder, not a file (name the file itself)" in capsys.readouterr().err


REMEDY = "name it vendor; the others service, requested_on, channel, reference"


@pytest.mark.parametrize(("text", "what"), FAULTY)
def test_a_faulty_list_is_refused(table: Path, text: str, what: str) -> None:
    """One line names the file, its line and the remedy."""
    table.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as raised:
        all_told(table, TODAY)
    assert str(raised.value) == f"{table}{what.format(remedy=REMEDY)}"


def test_good_lines_among_bad_ones(tmp_path: Path, table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each line is shown as it was understood; none is kept, or the good ones, as asked."""
    table.write_text("Vendor,Date,Colour\nDell,2026-01-02,red\nAcme,someday,\nOrange,,\n", encoding="utf-8")
    assert run(tmp_path, "add", "--csv", str(table)) == 2
    out, err = capsys.readouterr()
    assert out == "line 2: Dell, cancelled on 2026-01-02\nline 4: Orange, cancelled\n"
    assert err == (
        "columns that are not read: Colour\n"
        f"cancelproof: {table}:3: 'someday' is no day: write it like 2026-11-01\n"
        "1 line refused; none is kept (--keep-good keeps the others)\n"
    )
    assert run(tmp_path, "add", "--csv", str(table), "--keep-good") == 0
    assert capsys.readouterr().out == "1: Dell, cancelled on 2026-01-02\n2: Orange, cancelled\n"
    assert run(tmp_path, "add", "--list") == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_a_preview_keeps_nothing(tmp_path: Path, table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And an order of days that the owner gives is taken."""
    table.write_text("Vendor,Date\nDell,01/02/2026\n", encoding="utf-8")
    assert run(tmp_path, "add", "--csv", str(table), "--dry-run", "--order", "mdy") == 0
    assert capsys.readouterr().out == "line 2: Dell, cancelled on 2026-01-02\n"
    run(tmp_path, "add", "--list")
    assert capsys.readouterr().out == ""


@given(st.text(max_size=100), st.text(max_size=30))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_list(table: Path, name: str, day: str) -> None:
    """Whatever stands in a list, it is told, refused with its line, or no list."""
    table.write_bytes(f'vendor;date\n"{name}";"{day}"\n'.encode("utf-8", "surrogatepass"))
    found = read_told(table, TODAY)
    assert all(told.vendor for _, told in found.rows)


# ---------------------------------------------------------------- lists of other programs

WALLOS = [
    {"Name": "Netflix", "Next Payment": "2026-11-01", "Category": "TV", "Payment Method": "Card", "Paid By": "Me",
     "Price": "€13.99", "Notes": "", "URL": "", "State": "Disabled", "Notifications": "Enabled",
     "Cancellation Date": "2026-03-01", "Active": "No"},
    {"Name": "Orange", "Next Payment": "2026-11-01", "Category": "", "Payment Method": "", "Paid By": "Me",
     "Price": "€9.99", "Notes": "", "URL": "", "State": "Enabled", "Notifications": "Enabled",
     "Cancellation Date": "2026-03-01", "Active": "Yes"},
    {"Name": "Acme", "Next Payment": "", "Category": "", "Payment Method": "", "Paid By": "", "Price": "", "Notes": "",
     "URL": "", "State": "Disabled", "Notifications": "", "Cancellation Date": "2099-03-01", "Active": "No"},
]  # fmt: skip


def _csv(rows: list[dict[str, str]]) -> str:
    return "\n".join([",".join(rows[0]), *(",".join(row.values()) for row in rows)])


WALLOS_FILES = {
    "JSON": json.dumps({"success": True, "subscriptions": WALLOS}),
    "a bare list": json.dumps(WALLOS),
    "CSV": _csv(WALLOS),
}


@pytest.mark.parametrize("text", WALLOS_FILES.values(), ids=WALLOS_FILES)
def test_an_export_of_wallos(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What is disabled there was cancelled; what is active was not; a day to come is no day of a cancellation."""
    (tmp_path / "subscriptions.txt").write_text(text, encoding="utf-8")
    for _ in range(2):  # twice changes nothing
        assert run(tmp_path, "import", str(tmp_path / "subscriptions.txt")) == 0
        out, err = capsys.readouterr()
        assert out == "1: Netflix, cancelled on 2026-03-01\n2: Acme, cancelled\n"
        assert err == "1 still active in Wallos, no cancellation: passed over\n"


def test_an_export_comes_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What one ledger exports another takes over, once; told things keep their words, not their numbers."""
    one, other, dump = tmp_path / "one", tmp_path / "other", tmp_path / "ledger.jsonl"
    one.mkdir()
    other.mkdir()
    run(one, "add", "Dell", "--on", "2026-01-02", "--service", "Premium")
    run(other, "add", "Acme")
    assert run(one, "export", str(dump)) == 0
    assert stat.S_IMODE(dump.stat().st_mode) == 0o600
    capsys.readouterr()
    for new in (1, 0):
        assert run(other, "import", str(dump)) == 0
        assert capsys.readouterr().err == f"{new} rows taken over; what was known is not changed\n"
    run(other, "add", "--list")
    assert capsys.readouterr().out == "1: Acme, cancelled\n2: Dell Premium, cancelled on 2026-01-02\n"


NO_EXPORTS = {
    "cut off": (lambda text: text[: text.rindex('{"rows"')], 7, "cut off"),
    "a row taken out": (lambda text: text.replace(text.splitlines(keepends=True)[1], "", 1), 7, "cut off"),
    "altered": (lambda text: text.replace('"row":', '"rom":'), 7, "cannot be read"),
    "no JSON": (lambda text: text.replace('{"table"', '{"table'), 2, "no JSON"),
    "of a newer program": (lambda text: text.replace('"version":1', '"version":2'), 7, "newer"),
    "another file": (lambda _: "Dear Sir", 2, "neither"),
}


@pytest.mark.parametrize(("damage", "code", "said"), NO_EXPORTS.values(), ids=NO_EXPORTS)
def test_a_damaged_export_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], damage: Callable[[str], str], code: int, said: str
) -> None:
    """It is refused whole."""
    dump = tmp_path / "ledger.jsonl"
    run(tmp_path, "add", "Dell")
    run(tmp_path, "export", str(dump))
    run(tmp_path, "add", "--remove", "1")
    dump.write_text(damage(dump.read_text(encoding="utf-8")), encoding="utf-8")
    capsys.readouterr()
    assert run(tmp_path, "import", str(dump)) == code
    assert said in capsys.readouterr().err
    run(tmp_path, "add", "--list")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("command", [("add", "--csv"), ("audit", ".", "--cancellations")])
def test_a_missing_list_is_a_missing_file(
    tmp_path: Path, table: Path, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    """The same sentence and exit code as for a mailbox that is not there."""
    assert run(tmp_path, *command, str(table)) == 3
    assert capsys.readouterr().err == f"cancelproof: {table}: no such file or folder (check how the path is written)\n"


def test_a_damaged_archive_ends_an_audit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing was read, so the exit code says so, in one line of ours."""
    bad = tmp_path / "bad.zip"
    bad.write_bytes(b"PK\x03\x04 no")
    assert run(tmp_path, "audit", str(bad)) == 3
    said = f"cancelproof: {bad}: the archive is damaged and cannot be opened (copy or download it anew)\n"
    assert capsys.readouterr() == ("", said)


def test_a_day_to_come_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody cancelled tomorrow; today is fine."""
    monkeypatch.setattr("cancelproof.cli.add.today", lambda: TODAY)
    assert run(tmp_path, "add", "Dell", "--on", str(TODAY + timedelta(days=1))) == 2
    assert "2026-10-21 is after today" in capsys.readouterr().err
    assert run(tmp_path, "add", "Dell", "--on", str(TODAY)) == 0
    assert capsys.readouterr().out == "1: Dell, cancelled on 2026-10-20\n"


def test_a_list_may_go_as_far_as_the_day_that_is_judged(
    tmp_path: Path, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--today` of a later day allows what was told until then."""
    table.write_text(f"{HEADER}\nDell,,2199-12-30,,\n", encoding="utf-8")
    (tmp_path / "mails").mkdir()
    audit = ("audit", str(tmp_path / "mails"), "--cancellations", str(table))
    assert run(tmp_path, *audit, "--today", "2199-12-31") == 0
    assert "Dell" in capsys.readouterr().out
    assert run(tmp_path, *audit) == 2
