"""`cancelproof charges` as an owner uses it: files in, cases raised, nothing else kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bank_fixture import CAMT, CSV, MT940
from cancelproof.cli import main
from cancelproof.ledger import open_ledger
from judge_fixture import bills, mail

CLOSED = mail("closure", "2026-03-10", "Netflix", "netflix.com", effective_on="2026-03-31", grade="A")
Run = Callable[..., int]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder whose ledger knows that Netflix ended on 31 March."""
    with open_ledger(str(tmp_path / "data" / "ledger.sqlite")) as ledger:
        months = ("2026-01-05", "2026-02-05", "2026-03-05")
        ledger.put([CLOSED, *bills(*months, vendor="Netflix", domain="netflix.com", amount="13.99")])
    return tmp_path / "data"


@pytest.fixture
def run(tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command with the settings of that data folder, on a day in May."""
    settings = tmp_path / "settings.toml"
    settings.write_text(f'owner = ["me@example.org"]\ndata = "{data}"\nlanguage = "en"\n', encoding="utf-8")
    settings.chmod(0o600)
    rules = tmp_path / "rules"  # the project's own take seconds to read
    (rules / "vendors").mkdir(parents=True)
    columns = Path(__file__).parents[1] / "rules" / "columns.yaml"
    (rules / "columns.yaml").write_bytes(columns.read_bytes())
    (rules / "vendors" / "netflix.yaml").write_text("{vendor: Netflix, id: netflix, domains: [netflix.com]}")
    monkeypatch.setattr("cancelproof.settings.rules_folders", lambda *_: (rules,))
    monkeypatch.setattr("cancelproof.settings.cache_folder", lambda *_: tmp_path / "cache")

    def command(*arguments: str) -> int:
        return main(["--settings", str(settings), *arguments, "--today", "2026-05-10"])

    return command


def test_a_charge_after_the_end_raises_the_case(tmp_path: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """Where the mailbox is silent the bank speaks: the line, why it counts, and which case it raises."""
    giro = tmp_path / "giro.csv"
    giro.write_text(CSV, encoding="cp1252")
    assert run("charges", str(giro)) == 0
    out, err = capsys.readouterr()
    assert out == (
        "2026-04-25     13.99 EUR  Netflix  “NETFLIX.COM”  "
        "counted: named, the sum of its bills; after the end on 2026-03-31\n"
    )
    assert "giro.csv: CSV, 3 movements from 2026-04-01 to 2026-04-25" in err
    assert "day = “Buchungstag”" in err
    assert "Netflix: charged after the end: 13.99 EUR on 2026-04-25" in err
    assert run("cases") == 0
    assert "charged after the end" in capsys.readouterr().out
    assert run("show", "netflix") == 0
    assert "bank statement giro.csv#line 3" in capsys.readouterr().out


@pytest.mark.parametrize("named", ["bank statement giro.csv#line 3", "giro.csv#line 3"])
def test_a_line_of_a_statement_is_taken_out_of_a_case(
    tmp_path: Path, run: Run, capsys: pytest.CaptureFixture[str], named: str
) -> None:
    """`edit` knows a line by the name that `show` prints; taken back, the case stands as before."""
    (tmp_path / "giro.csv").write_text(CSV, encoding="utf-8")
    run("charges", str(tmp_path / "giro.csv"))
    edit = ["--settings", str(tmp_path / "settings.toml"), "edit"]
    assert main([*edit, "netflix", "--split", named]) == 0
    capsys.readouterr()
    run("cases")
    assert "charged after the end" not in capsys.readouterr().out
    assert main([*edit, "--undo", "1"]) == 0
    capsys.readouterr()
    run("cases")
    assert "charged after the end" in capsys.readouterr().out


def test_charges_since_a_cancellation_that_was_only_told(
    tmp_path: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is proven by them, but the owner is told."""
    main(["--settings", str(tmp_path / "settings.toml"), "add", "Bäckerei Süß", "--on", "2026-04-01"])
    (tmp_path / "giro.csv").write_text(CSV, encoding="utf-8")
    run("charges", str(tmp_path / "giro.csv"))
    capsys.readouterr()
    run("show", "süß")
    out = " ".join(capsys.readouterr().out.split())
    assert "no written proof yet" in out
    assert "Your bank shows a charge since then: €4.20 on 5 April." in out
    assert "bill: bank statement giro.csv#line" in out


def test_nothing_else_of_a_statement_is_kept(tmp_path: Path, run: Run, data: Path) -> None:
    """Neither the other lines nor the numbers of accounts and cards are anywhere in the data."""
    giro = tmp_path / "giro.csv"
    giro.write_text(CSV, encoding="utf-8")
    run("charges", str(giro))
    kept = b"".join(file.read_bytes() for file in data.iterdir() if file.is_file())
    assert b"NETFLIX" in kept
    assert not [word for word in ("Gehalt", "Bäckerei", "4111111111111111", "3000") if word.encode() in kept]


def test_a_statement_twice_and_in_other_formats(tmp_path: Path, run: Run, data: Path) -> None:
    """The same movement from a file read again, from CAMT and from MT940 is one charge."""
    for name, text in {"giro.csv": CSV, "giro.xml": CAMT, "giro.sta": MT940}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    run("charges", str(tmp_path / "giro.csv"))
    with open_ledger(str(data / "ledger.sqlite")) as ledger:
        kept = ledger.charges()
    run("charges", *(str(tmp_path / name) for name in ("giro.csv", "giro.xml", "giro.sta")))
    with open_ledger(str(data / "ledger.sqlite")) as ledger:
        assert ledger.charges() == kept
    assert len(kept) == 1


def test_several_files_at_once_hold_one_charge_once(tmp_path: Path, run: Run, data: Path) -> None:
    """Files that overlap may be read in one call."""
    for name, text in {"giro.csv": CSV, "giro.xml": CAMT}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    run("charges", str(tmp_path / "giro.csv"), str(tmp_path / "giro.xml"))
    with open_ledger(str(data / "ledger.sqlite")) as ledger:
        assert len(ledger.charges()) == 1


def test_a_dry_run_keeps_nothing(tmp_path: Path, run: Run, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It shows how the lines are understood."""
    (tmp_path / "giro.csv").write_text(CSV, encoding="utf-8")
    assert run("charges", "--dry-run", str(tmp_path / "giro.csv")) == 0
    assert "counted" in capsys.readouterr().out
    with open_ledger(str(data / "ledger.sqlite")) as ledger:
        assert (ledger.charges(), ledger.layouts()) == ((), {})


def test_a_layout_told_once_is_known(tmp_path: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """Headings that are on no list are named once; the next file of the bank is read without."""
    (tmp_path / "april.csv").write_text("When;Who;How much\n25.04.2026;NETFLIX.COM;-13,99\n", encoding="utf-8")
    (tmp_path / "may.csv").write_text("When;Who;How much\n05.05.2026;NETFLIX.COM;-13,99\n", encoding="utf-8")
    by_hand = [f"--column={pair}" for pair in ("day=When", "text=Who", "amount=How much")]
    assert run("charges", str(tmp_path / "may.csv")) == 3
    assert "--column day=HEADING" in capsys.readouterr().err
    assert run("charges", *by_hand, "--layout", "giro", str(tmp_path / "april.csv")) == 0
    assert "kept as 'giro'" in capsys.readouterr().err
    assert run("charges", str(tmp_path / "may.csv")) == 0
    assert "2026-05-05" in capsys.readouterr().out


def test_a_charge_that_was_none_is_forgotten(tmp_path: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """By the number in the list."""
    (tmp_path / "giro.csv").write_text(CSV, encoding="utf-8")
    run("charges", str(tmp_path / "giro.csv"))
    capsys.readouterr()
    assert run("charges", "--forget", "1", "--list") == 0
    out, err = capsys.readouterr()
    assert (out, err.split(":")[0]) == ("", "forgotten")
    assert run("charges", "--forget", "1") == 2


def test_an_alias_is_kept(tmp_path: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """Said once it holds for the next statements, until it is taken back."""
    (tmp_path / "giro.csv").write_text(CSV.replace("NETFLIX.COM", "NFX INTL"), encoding="utf-8")
    assert run("charges", "--alias", "NFX INTL=Netflix") == 0
    run("charges", "--dry-run", str(tmp_path / "giro.csv"))
    assert "counted: what you call it" in capsys.readouterr().out
    run("charges", "--alias", "NFX INTL=")
    run("charges", str(tmp_path / "giro.csv"))
    assert capsys.readouterr().out == ""


FAULTY = {
    "no file": (("gone.csv",), 3, "no such file"),
    "no statement": ((__file__,), 3, "no column is recognised"),
    "no field": (("--column", "wish=x", __file__), 2, "FIELD=HEADING"),
    "no alias": (("--alias", "x"), 2, "WORDS OF THE LINE=VENDOR"),
    "nothing": ((), 2, "no statement is named"),
}


@pytest.mark.parametrize(("arguments", "code", "said"), FAULTY.values(), ids=FAULTY)
def test_what_cannot_be_read(
    run: Run, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, said: str
) -> None:
    """One line with the remedy, and the code for it."""
    assert run("charges", *arguments) == code
    assert said in capsys.readouterr().err
