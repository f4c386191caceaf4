"""The owner's word on a mail, and the ledger read again by rules that changed."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from cancelproof import rulebook
from cancelproof.cli import main
from cancelproof.ledger import open_ledger
from cancelproof.model import Correction, Entry, Kind
from cancelproof.rules import Rules
from rules_fixture import SMALL, small

OWNER = "morgan.pell@example.org"
MAIL = """Received: from out.harbourgym.example by mx.example.org; Tue, 3 Mar 2026 09:15:00 +0000
From: Harbour Gym <desk@harbourgym.example>
To: {owner}
Date: Tue, 3 Mar 2026 09:15:00 +0000
Subject: {subject}
Message-ID: <{number}@harbourgym.example>
Authentication-Results: mx.example.org; dmarc=pass header.from=harbourgym.example

{body}
"""
MAILS = {
    "closed": ("Goodbye", "Your subscription has been cancelled."),
    "odd": ("A word", "The curtain has fallen on your subscription."),
    "news": ("News", "The pool is warm."),
}
CURTAIN = SMALL.replace(
    "  receipt:\n",
    '    - {id: curtain, say: ["curtain .. fallen on .. <contract>"], examples: [x], silent: [y]}\n  receipt:\n',
)


class Home:
    """A new user's machine: settings, ledger, three mails; the rules are small and may be changed."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capture, self.rules = folder, capture, small()
        self.box = folder / "box"
        self.box.mkdir()
        for name, (subject, body) in MAILS.items():
            text = MAIL.format(owner=OWNER, subject=subject, body=body, number=name)
            (self.box / f"{name}.eml").write_text(text, encoding="utf-8")
        self.settings = folder / "settings.toml"
        self.settings.write_text(f'owner = ["{OWNER}"]\ndata = "{folder / "data"}"\n', encoding="utf-8")
        self.settings.chmod(0o600)

    def load(self, folders: Sequence[Path], cache: Path | None, slow: object) -> Rules:  # as `rulebook.load` is called
        return self.rules

    def run(self, *arguments: str, code: int = 0) -> str:
        """What a command prints on both streams, its blanks single."""
        assert main(["--settings", str(self.settings), *arguments]) == code
        said = self.capture.readouterr()
        return re.sub(r"[ ]+", " ", said.out + said.err)

    def mail(self, name: str) -> str:
        return str(self.box / f"{name}.eml")

    def entries(self) -> dict[str, Entry]:
        with open_ledger(str(self.folder / "data" / "ledger.sqlite")) as ledger:
            return {Path(entry.source).stem: entry for entry in ledger.entries()}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Home:
    made = Home(tmp_path, capsys)
    monkeypatch.setattr(rulebook, "load", made.load)
    made.run("scan", str(made.box))
    return made


def test_the_owners_word_stands(home: Home) -> None:
    """A mail that no rule reads is what its owner says; a scan and a reading anew change nothing of it."""
    assert set(home.entries()) == {"closed"}
    said = home.run("correct", home.mail("odd"), "--kind", "closure", "--fact", "effective_on=2026-03-31")
    assert "kind: other → closure (you said so)" in said
    assert "effective_on: - → 2026-03-31 (you said so)" in said
    odd = home.entries()["odd"]
    assert (odd.kind, odd.effective_on, odd.corrected) == (Kind.CLOSURE, date(2026, 3, 31), ("kind", "effective_on"))
    assert odd.grade == "B"  # never the best by the owner's word alone
    home.run("scan", str(home.box))
    assert "2 mails read again: 0 read differently" in home.run("scan", "--again", "--yes")
    assert home.entries()["odd"] == odd
    assert "The evidence is whole." in home.run("verify")
    assert (home.folder / "data" / "evidence" / "log.jsonl").read_text("utf-8").count('"corrected"') == 1


def test_what_is_read_so_already_stays(home: Home) -> None:
    """A kind that the rules read too changes neither the grade nor the sentence."""
    before = home.entries()["closed"]
    home.run("correct", home.mail("closed"), "--kind", "closure", "--fact", "effective_on=2026-03-31")
    after = home.entries()["closed"]
    assert (after.rule, after.sentence, after.corrected) == (before.rule, before.sentence, ("effective_on",))
    assert after.grade == before.grade
    home.run("correct", home.mail("closed"), "--undo")
    assert "nothing is read differently" in home.run("correct", home.mail("closed"), "--kind", "closure")
    assert home.entries()["closed"] == before


SHOWN = {
    "bill": "receipt",
    "Renewal notice": "renewal",
    "renewal": "renewal",
    "data-export": "data_export",
    "facture": "",
}


@pytest.mark.parametrize(("word", "kind"), SHOWN.items())
def test_a_kind_is_called_as_it_is_shown(home: Home, word: str, kind: str) -> None:
    """The words of `show` and `explain` in the owner's language, and the handbook's."""
    said = home.run("correct", home.mail("odd"), "--kind", word, code=0 if kind else 2)
    assert (f"kind: other → {kind}" if kind else "is no kind; one of") in said


def test_a_mail_is_corrected_in_french(home: Home) -> None:
    """As the reports of these settings say it."""
    home.settings.write_text('language = "fr"\n' + home.settings.read_text("utf-8"), encoding="utf-8")
    assert "receipt" in home.run("correct", home.mail("odd"), "--kind", "facture")


def test_the_word_is_shown_as_the_owners(home: Home) -> None:
    """In `show`, in `explain`, in its JSON, and in the list."""
    home.run("correct", home.mail("closed"), "--fact", "reference=K-1", "--fact", "vendor=Harbour")
    assert "closure (you said so)" in home.run("show", "Harbour")
    assert "reference K-1: you said so" in home.run("explain", "closed@harbourgym.example")
    explained = json.loads(home.run("explain", "--json", home.mail("closed")))
    assert (explained["reference"], explained["corrected"]) == ("K-1", ["reference", "vendor"])
    assert explained["facts"]["reference"]["told"] is True
    assert re.match(r"[0-9a-f]{12} reference=K-1 vendor=Harbour 2026-03-03 desk@", home.run("correct", "--list"))


def test_a_word_is_added_to_and_taken_back(home: Home) -> None:
    """A second word adds to the first; taken back, the mail is what the rules say."""
    sha = home.entries()["closed"].sha256
    home.run("correct", sha[:10], "--fact", "reference=K-1")
    home.run("correct", "<closed@harbourgym.example>", "--kind", "acknowledgement")
    assert home.entries()["closed"].corrected == ("kind", "reference")
    assert home.entries()["closed"].grade == "C"
    assert "kind: acknowledgement → closure" in home.run("correct", sha, "--undo")
    assert home.entries()["closed"].corrected == ()
    assert "you said nothing about this mail" in home.run("correct", sha, "--undo", code=2)


def test_a_fact_may_be_denied(home: Home) -> None:
    """`NAME=` says that the mail states none."""
    assert home.entries()["closed"].vendor == "Harbour Gym"
    assert "vendor: Harbour Gym → -" in home.run("correct", home.mail("closed"), "--fact", "vendor=")
    assert home.entries()["closed"].vendor == ""


def test_changed_rules_are_tried_before_they_are_kept(home: Home) -> None:
    """What came out differently is shown, with the case that it moves; it is kept only on the owner's word."""
    home.run("correct", home.mail("odd"), "--kind", "closure")
    home.run("correct", home.mail("odd"), "--undo")  # it is kept now, read as nothing
    home.rules = small(CURTAIN)
    said = home.run("scan", "--again")
    assert "kind: other → closure" in said
    assert "“The curtain has fallen on your subscription.”" in said
    assert "nothing was kept" in said
    assert home.entries()["odd"].kind is Kind.OTHER
    assert "and so not read: 1 mail\n" in said
    home.run("scan", "--again", "--yes")
    assert home.entries()["odd"].kind is Kind.CLOSURE


def test_a_mail_whose_evidence_is_lost_is_named(home: Home) -> None:
    """The others are read, and the exit code says that the evidence is not whole."""
    sha = home.entries()["closed"].sha256
    home.run("correct", home.mail("odd"), "--kind", "closure")
    for path in (home.folder / "data").rglob("*"):
        if path.suffix == ".eml" and b"has been cancelled" in path.read_bytes():
            path.unlink()
    said = home.run("scan", "--again", code=7)
    assert f"closed.eml: {home.folder}" in said
    assert sha in said
    assert "2 mails read again" not in said


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("odd",), "nothing to correct"),
        (("odd", "--fact", "effective_on=tomorrow"), "'tomorrow' is no day; write it like 2026-11-01"),
        (("odd", "--fact", "amount=1e999"), "'1e999' is no amount"),
        (("odd", "--fact", "amount=-1"), "'-1' is no amount"),
        (("odd", "--fact", "currency=€"), "'€' is no currency"),
        (("odd", "--fact", "colour=blue"), "there is no fact 'colour'"),
        (("odd", "--fact", "vendor"), "'vendor' is no NAME=VALUE"),
    ],
)
def test_what_cannot_be_is_refused(home: Home, arguments: tuple[str, ...], what: str) -> None:
    """In a line, and nothing is kept."""
    name, *rest = arguments
    assert what in home.run("correct", home.mail(name), *rest, code=2)
    assert set(home.entries()) == {"closed"}


@pytest.mark.parametrize(
    ("named", "what"),
    [("<nobody@x.example>", "no mail in the ledger is called"), ("0123456", "no mail in the ledger is called")],
)
def test_a_mail_that_is_not_there(home: Home, named: str, what: str) -> None:
    assert what in home.run("correct", named, "--kind", "other", code=2)


def test_a_folder_is_not_a_mail(home: Home) -> None:
    """A word is on one mail."""
    assert "holds 3 mails" in home.run("correct", str(home.box), "--kind", "other", code=2)


def test_corrections_come_back_exactly() -> None:
    """Whatever the owner writes."""
    words = [
        Correction(sha256="a" * 64, kind=Kind.REFUSAL, facts={"vendor": "\ud800 \\u0041", "amount": None}),
        Correction(sha256="b" * 64),
    ]
    with open_ledger("sqlite://") as ledger:
        for word in (*words, words[0]):
            ledger.correct(word)
        assert list(ledger.corrections().values()) == words
        assert (ledger.uncorrect("a" * 64), ledger.uncorrect("a" * 64)) == (True, False)
