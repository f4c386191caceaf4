"""The owner's commands on cases, from a scanned folder to what `cases`, `show` and `calendar` then say."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from icalendar import Calendar

from cancelproof.cli import main

OWNER = "me@example.org"
Run = Callable[..., str]


def _mail(folder: Path, name: str, day: str, subject: str, text: str, sender: str = "billing@inkwell.example") -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Inkwell Daily <{sender}>", OWNER, subject
    mail["Date"], mail["Message-ID"] = f"{day} 09:30:00 +0000", f"<{name}@inkwell.example>"
    mail.set_content(text)
    (folder / f"{name}.eml").write_bytes(mail.as_bytes())


@pytest.fixture
def box(tmp_path: Path) -> Path:
    folder = tmp_path / "box"
    folder.mkdir()
    for number, month in enumerate(("Jan", "Feb", "Mar", "Apr")):
        text = "We took £9.50 for your subscription IW-40771 to Inkwell Daily.\n"
        _mail(folder, f"bill-{number}", f"Mon, 05 {month} 2026", "Receipt: your payment", text)
    text = "Your subscription IW-40771 has been cancelled and ends on 30 April 2026.\n"
    _mail(folder, "end", "Fri, 10 Apr 2026", "Your subscription has been cancelled", text)
    return folder


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    settings = tmp_path / "settings.toml"
    settings.write_text(f'owner = ["{OWNER}"]\ndata = "{tmp_path}/data"\n')

    def call(*arguments: str, code: int = 0) -> str:
        capsys.readouterr()
        returned = main(["--settings", str(settings), *arguments])
        out, err = capsys.readouterr()
        assert returned == code, err
        return err if code else out

    return call


def _cases(run: Run) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(run("cases", "--json", "--today", "2026-05-01"))["cases"]
    return found


def test_a_case_shows_how_one_cancels_there(run: Run) -> None:
    """What the vendor's file says, with the day it was checked, in the reader's language; nothing for unknown ones."""
    run("add", "OpenAI", "--on", "2026-04-20", "--channel", "web")
    run("add", "Inkwell Weekend", "--on", "2026-04-20", "--channel", "phone")
    said = " ".join(run("show", "OpenAI", "--today", "2026-05-01").split())
    assert "checked on 29 November 2026" in said
    assert "Account page: chatgpt.com; Settings > Subscription > Manage > Cancel subscription" in said
    assert "Paramètres > Abonnement" in " ".join(run("show", "OpenAI", "--language", "fr").split())
    assert "How one cancels" not in run("show", "Weekend", "--today", "2026-05-01")


LETTERS = [
    ("Free", "Letter: Free Service Résiliation 75371 Paris Cedex 08; registered, with a receipt", "tutobrain.fr"),
    (
        "Telekom",
        "Letter: Telekom Deutschland GmbH Kundenservice 53171 Bonn; registered it proves the day",
        "ratgeber.pro",
    ),
    ("Iliad", "Account page", "general knowledge, not read, for plans and the ways to cancel"),
    ("Midjourney", "Account page", "general knowledge; nobody has read the vendor's own words"),
]


@pytest.mark.parametrize(("vendor", "way", "source"), LETTERS)
def test_ways_to_cancel_say_where_they_are_from(run: Run, vendor: str, way: str, source: str) -> None:
    """The postal address and whether the letter is to be registered, too; what nobody read says so."""
    run("add", vendor, "--on", "2026-04-20", "--channel", "letter")
    said = " ".join(run("show", vendor, "--today", "2026-05-01").split())
    assert way in said
    assert f"Source: {source}" in said


def test_a_case_for_programs(run: Run) -> None:
    """The fields of the audit, and how one cancels there with its sources; null where nothing is on file."""
    run("add", "Free", "--on", "2026-04-20", "--channel", "letter")
    run("add", "Inkwell Weekend", "--on", "2026-04-20", "--channel", "phone")
    free = json.loads(run("show", "Free", "--json", "--today", "2026-05-01"))
    assert free["status"] == "awaiting_proof"
    ways = {way["way"]: way for way in free["cancelling"]["ways"]}
    assert (ways["letter"]["registered"], ways["account_page"]["registered"]) == (True, False)
    assert ways["letter"]["address"].startswith("Free Service Résiliation")
    assert free["cancelling"]["checked"] == "2026-11-28"
    assert any("tutobrain.fr" in source for source in free["cancelling"]["sources"])
    assert json.loads(run("show", "Weekend", "--json", "--today", "2026-05-01"))["cancelling"] is None


def test_the_owners_word_on_cases(box: Path, run: Run) -> None:
    """Noted, split, taken back, merged, closed, opened: each holds on the next day."""
    run("scan", str(box))
    run("add", "Inkwell Weekend", "--on", "2026-04-20", "--channel", "phone")
    assert {case["status"] for case in _cases(run)} == {"proven", "awaiting_proof"}

    run("edit", "IW-40771", "--service", "Sunday paper", "--number", "A1")
    assert "Sunday paper" in {case["service"] for case in _cases(run)}

    run("edit", "Sunday", "--split", "end.eml")
    assert len(_cases(run)) == 3
    listed = run("edit", "--list").splitlines()
    run("edit", "--undo", listed[-1].partition(":")[0])
    assert len(_cases(run)) == 2

    run("edit", "Sunday", "--merge", "Weekend")
    assert [(case["status"], case["requested_on"]) for case in _cases(run)] == [("proven", "2026-04-20")]

    assert "with a reason" in run("close", "1", code=2)
    run("close", "1", "--reason", "settled by phone")
    (closed,) = _cases(run)
    assert isinstance(closed["closed"], dict)
    assert closed["closed"]["reason"] == "settled by phone"
    assert closed["next_step"] is None
    assert "Closed by you" in run("show", "1")
    run("close", "1", "--reopen")
    assert _cases(run)[0]["closed"] is None


def test_what_is_not_closed_is_not_opened(box: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """A number in `cases` moves with the list: to open a case that is not closed does nothing, and says so."""
    run("scan", str(box))
    closed = run("close", "Inkwell", "--reason", "settled by phone")
    number = closed.rpartition(" ")[2].strip()
    assert closed == f"Inkwell Daily is closed (your ruling {number}); undo: cancelproof edit --undo {number}\n"
    run("add", "Acme", "--on", "2026-04-20")
    assert "Acme: is not closed, so nothing was done" in run("close", "Acme", "--reopen", code=2)
    assert len(run("edit", "--list").splitlines()) == 1
    run("edit", "--undo", number)
    assert all(case["closed"] is None for case in _cases(run))
    capsys.readouterr()
    assert main(["--settings", str(box.parent / "settings.toml"), "cases"]) == 0
    assert "The numbers are of this list" in capsys.readouterr().err


def test_what_is_told_names_its_case(box: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """A request after a closure that was proven asks anew: what that changes is said at once, and in the case."""
    run("scan", str(box))
    settings = str(box.parent / "settings.toml")
    assert main(["--settings", settings, "add", "Inkwell Daily", "--on", "2026-05-20"]) == 0
    said = capsys.readouterr().err
    assert "now “no written proof yet”, before “ended, weak proof”" in said
    shown = " ".join(run("show", "Inkwell", "--language", "en").split())
    assert "The confirmation of 10 April is older than this request and does not count for it." in shown
    assert "No written confirmation has been found" not in shown
    assert main(["--settings", settings, "add", "Quillfeather"]) == 0
    assert "a case of its own, no mail is known of it" in capsys.readouterr().err


def test_a_ruling_is_no_guess(box: Path, run: Run) -> None:
    """What may be several cases, or none, is refused with the names."""
    run("scan", str(box))
    run("add", "Inkwell Weekend", "--on", "2026-04-20")
    assert "may be 2 cases" in run("close", "Inkwell", "--reason", "x", code=2)
    assert "no case is called" in run("edit", "Quillfeather", "--service", "x", code=2)
    assert "nothing to do" in run("edit", "1", code=2)
    assert "is the same case" in run("edit", "1", "--merge", "1", code=2)


def test_a_calendar_that_programs_read(box: Path, run: Run, tmp_path: Path) -> None:
    """Whole days with a UID that stays, and no time but the day's."""
    run("scan", str(box))
    run("add", "Gym; with, commas", "--on", "2026-04-20", "--channel", "web")
    first, again = (run("calendar", "--today", "2026-04-21") for _ in range(2))
    assert first == again
    events = Calendar.from_ical(first).walk("VEVENT")
    assert {str(event["SUMMARY"]) for event in events} >= {"Ask Gym; with, commas for written confirmation"}
    assert all(len(line.encode()) <= 75 for line in first.splitlines())
    assert len({str(event["UID"]) for event in events}) == len(events)
    run("calendar", str(tmp_path / "days.ics"), "--today", "2026-04-21")
    assert (tmp_path / "days.ics").read_text() == first.replace("\r\n", "\n")


def test_a_calendar_holds_no_day_that_is_past(run: Run) -> None:
    """The step that is overdue stands on today, under the UID that it had; each entry tells its own step alone."""
    run("add", "Gym", "--on", "2026-01-20", "--channel", "phone")
    early, late = (
        Calendar.from_ical(run("calendar", "--today", on, "--language", "en")).walk("VEVENT")
        for on in ("2026-01-21", "2026-04-21")
    )
    days = [str(event.decoded("DTSTART")) for event in late]
    assert days == ["2026-04-21", "2026-04-28", "2026-05-14"]
    assert [event["UID"] for event in early] == [event["UID"] for event in late]
    assert ["now (due since" in str(event["DESCRIPTION"]) for event in late] == [True, False, False]


def test_an_audit_names_what_the_mail_does_not_cover(box: Path, run: Run, tmp_path: Path) -> None:
    """Spans, gaps, a table, and what is kept can be looked at afterwards."""
    for day in range(1, 29):
        _mail(box, f"news-{day}", f"Thu, {day:02} Oct 2025", "News", "Nothing of note.\n")
    told = tmp_path / "told.csv"
    told.write_text("vendor,requested_on\nInkwell Weekend,2026-04-20\n")
    asked = ("audit", str(box), "--owner", OWNER, "--cancellations", str(told), "--today", "2026-05-01")
    found = json.loads(run(*asked, "--json", "--keep"))
    assert {"from": "2025-10-29", "to": "2026-01-04"} in found["gaps"]
    assert found["covers"][0]["from"] == "2025-10-01"
    assert {case["status"] for case in _cases(run)} == {"proven", "awaiting_proof"}

    run(*asked, "--csv", str(tmp_path / "cases.csv"))
    with (tmp_path / "cases.csv").open(newline="", encoding="utf-8") as opened:
        rows = list(csv.DictReader(opened))
    assert {(row["status"], row["bills"], row["yearly"]) for row in rows} >= {("proven", "4", "114.00")}

    early = json.loads(run("audit", str(box), "--owner", OWNER, "--to", "2026-03-31", "--json"))
    assert (early["today"], [case["status"] for case in early["cases"]]) == ("2026-03-31", ["running"])
    assert "is after" in run("audit", str(box), "--from", "2026-02-01", "--to", "2026-01-01", code=2)


def test_a_table_holds_no_formula(tmp_path: Path, run: Run) -> None:
    """A vendor's name that a spreadsheet would run is text."""
    told = tmp_path / "told.csv"
    told.write_text('vendor,requested_on\n"=HYPERLINK(""x"")",2026-04-20\n')
    (tmp_path / "empty").mkdir()
    _mail(tmp_path / "empty", "x", "Mon, 05 Jan 2026", "News", "Nothing.\n")
    run("audit", str(tmp_path / "empty"), "--cancellations", str(told), "--csv", str(tmp_path / "x.csv"))
    assert "'=HYPERLINK" in (tmp_path / "x.csv").read_text()


def test_a_mistyped_archive_is_no_mailbox(box: Path, run: Run) -> None:
    """What was never read is an error alone; one that is gone is missed until its owner says that it is no more."""
    run("scan", str(box))
    assert "no such file" in run("scan", str(box / "nowhere"), code=3)
    assert "NOT READ" not in run("digest")
    moved = box.rename(box.with_name("moved"))
    run("scan", str(box), code=3)
    assert "NOT READ" in run("digest")
    assert str(box) in run("scan", "--forget", "nowhere", code=2)
    run("scan", "--forget", str(box))
    assert "NOT READ" not in run("digest")
    assert _cases(run)
    assert moved.is_dir()


def test_mail_to_an_address_that_is_not_the_owners(
    box: Path, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where most mail is to one that was not given, that is said with what to do about it."""
    said = f"most mail about contracts is to {OWNER}, which is not among your addresses; if it is yours: "
    other = tmp_path / "other.toml"
    other.write_text(f'owner = ["you@example.org"]\ndata = "{tmp_path}/other"\n')
    assert main(["--settings", str(other), "scan", str(box)]) == 0
    assert said + f'owner = ["you@example.org", "{OWNER}"] in {other}' in capsys.readouterr().err
    assert main(["audit", str(box), "--owner", "you@example.org"]) == 0
    assert said + f"add --owner {OWNER}" in capsys.readouterr().err
    assert main(["audit", str(box), "--owner", OWNER]) == 0
    run("scan", str(box))
    assert "most mail" not in capsys.readouterr().err


def test_show_names_every_mail_by_its_key(box: Path, run: Run) -> None:
    """Bills in a row are one line, but for --all; each key names its mail."""
    run("scan", str(box))
    assert run("show", "Inkwell", "--today", "2026-05-01").count("key ") == 1
    whole = run("show", "Inkwell", "--all", "--today", "2026-05-01")
    keys = [line.split()[1] for line in whole.splitlines() if line.strip().startswith("key ")]
    assert len(set(keys)) == 5
    for key in keys:
        assert run("explain", key)


def test_many_cases_are_listed(run: Run) -> None:
    """Where more than three are meant their names stand with their numbers; programs get them whole."""
    for name in ("Quillon", "Quartz", "Quest", "Quince"):
        run("add", name, "--on", "2026-04-20")
    listed = run("show", "Qu", "--today", "2026-05-01").splitlines()
    assert [line.split()[0] for line in listed] == ["1", "2", "3", "4"]
    assert all("no written proof yet" in line for line in listed)
    assert len(run("show", "Qu", "--json", "--today", "2026-05-01").splitlines()) == 4
    assert "Mails" in run("show", "Quill", "--today", "2026-05-01")
