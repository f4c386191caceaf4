"""From a misread mail to a rule with its golden mail: what is drafted, what is hidden, what is counted."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from cancelproof.classify.samples import overlaps, samples
from cancelproof.cli import main
from cancelproof.drafts import Draft, DraftRule, draft, in_file, redacted, slug
from cancelproof.drafts.vendorfile import pattern_of
from cancelproof.message import read
from cancelproof.model import Kind, Marks, Origin, RawMail
from cancelproof.rules import parse
from cancelproof.rules.review import review
from rules_fixture import RULES, SMALL, mailroom, small

MAIL = """Received: from out.nightjarfit.example by mx.example.org with ESMTPS id q1; Tue, 3 Mar 2026 09:15:00 +0000
Authentication-Results: mx.example.org; dmarc=pass header.from=nightjarfit.example
From: Nightjar Fit <team77@nightjarfit.example>
To: =?utf-8?q?H=C3=A9l=C3=A8ne?= Garnier <helene.garnier1977@gmail.example>
Subject: Your place at Nightjar Fit, =?utf-8?q?H=C3=A9l=C3=A8ne?=
Date: Tue, 3 Mar 2026 09:15:00 +0000
Message-ID: <secret-8842@nightjarfit.example>
Content-Type: text/plain; charset=utf-8

Dear Mrs Garnier,

The curtain has fallen on your Solo subscription on March 31, 2026 and the lights are out.

Member number: NF-2210457, that is NF-2210457. Service tag 9QW2TT1, case 77.
By 30/06 in 4K with M365, 24/7, a 2-year plan.
Last payment: $1,214.90 on 03/03/2026 at 09:15, 2 months
Ring +33 1 23 45 67 89 or write to jane.doe@nightjarfit.example or h.garnier@elsewhere.example, GARNIER.
See https://www.nightjarfit.example/u/8f7a9c?t=abc and https://track.example/x/77aa11
"""
SECRETS = (
    "garnier",
    "hélène",
    "helene",
    "2210457",
    "23 45 67",
    "jane",
    "8f7a9c",
    "77aa11",
    "team77",
    "8842",
    "1977",
    "9qw2tt1",
)
STAYS = (
    "March 31, 2026",
    "$1,214.90",
    "03/03/2026",
    "09:15",
    "2 months",
    "Nightjar Fit",
    "nightjarfit.example",
    "Solo",
    "30/06",
    "4K",
    "M365",
    "24/7",
    "2-year",
    "case 77",
)


def test_a_redacted_mail_hides_people_and_numbers() -> None:
    """And keeps days, sums and the vendor; the same number becomes the same other one."""
    raw = redacted(read(MAIL.encode(), Marks()), kept=("Nightjar Fit", "nightjarfit.example"), genuine=True)
    text = raw.decode()
    assert [secret for secret in SECRETS if secret in text.lower()] == []
    assert [word for word in STAYS if word not in text] == []
    (number, again) = re.findall(r"[A-Z]{2}-\d{7}", text)
    assert number == again
    assert "dmarc=pass header.from=nightjarfit.example" in " ".join(text.split())


def test_a_number_that_is_known_is_hidden_whatever_its_form() -> None:
    """As short as a case number may be; what stands for it is not replaced again."""
    message = read(MAIL.encode(), Marks())
    text = redacted(message, kept=("nightjarfit.example",), numbers=("77", "Solo", "NF-2210457")).decode()
    assert "case 77" not in text
    assert "Solo" in text
    (number, again) = re.findall(r"[A-Z]{2}-\d{7}", text)
    assert number == again != "NF-2210457"


def test_a_redacted_mail_is_read_as_the_mail() -> None:
    """Sentence by sentence, in the same order."""
    message = read(MAIL.encode(), Marks())
    again = read(redacted(message, kept=("Nightjar Fit", "nightjarfit.example")), Marks())
    assert len(again.statements) == len(message.statements)
    assert again.statements[2].text == message.statements[2].text
    assert (again.date, again.sender.domain) == (message.date, message.sender.domain)


@pytest.mark.parametrize(
    "raw", [b"", b"\x00\xff\n\n\xff", b"From: \n\n", b"From: a@b\nDate: x\x00\n\n" + b"9 " * 5_000]
)
def test_any_mail_can_be_redacted(raw: bytes) -> None:
    assert redacted(read(raw, Marks()), kept=())


def test_hidden_words_are_added_by_the_owner() -> None:
    """A name that stands in no address, given in any case."""
    text = redacted(read(MAIL.encode(), Marks()), kept=(), hide=("LIGHTS", "owner@mrs.example")).decode()
    assert "lights" not in text
    assert "Mrs" in text  # of an address only the part before the @ names a person


def test_a_draft_is_a_vendor_file_that_finds_its_sentence() -> None:
    """It is read without a fault, its example matches, its near miss stays silent."""
    language = small().compiled["en"]
    sentence = 'The curtain has fallen on your "Solo" subscription on March 31, 2026 and the lights are out.'
    pattern = pattern_of(sentence, language, ("Solo",))
    assert pattern == "the curtain has fallen on your .. subscription on {date} and the"
    seen = Draft(vendor='Night"jar: Fit', domain="nightjarfit.example", number="NF-2210457", language="en",
                 kind=Kind.CLOSURE, rules=(DraftRule(sentence, pattern),))  # fmt: skip
    text = draft(seen, date(2026, 11, 23))
    rules, faults = parse({"lang/en.yaml": SMALL, "vendors/night-jar-fit.yaml": text})
    assert faults == []
    assert rules.vendors[0].number_shapes == ("AA-9999999",)
    assert rules.vendors[0].rules["en"][0].id == "vendors/night-jar-fit closure draft"


def test_a_number_of_somebodys_is_no_part_of_a_pattern() -> None:
    """Whatever ties its letters to its digits."""
    sentence = "We have tied off your yarn box LL-55120 for good"
    assert pattern_of(sentence, small().compiled["en"]) == "we have tied off your yarn box .. {number} for good"


def test_a_day_that_stands_farther_on_belongs_to_the_pattern() -> None:
    """It may be that of the end."""
    sentence = "Your place with us has gone to sea, but the lights burn until March 31, 2026."
    assert pattern_of(sentence, small().compiled["en"]) == "your place with us has gone to sea & {date}"


ON_FILE = "vendor: Dell\nid: dell\ndomains: [dell.com]\n"
FILES = {
    "a vendor on file": (ON_FILE, "\nreads:\n  en:\n    statements:\n      closure:\n"),
    "one with rules of its own": (ON_FILE + "reads: {}\n", "\n# draft, to be put under `reads`:\n#   en:\n"),
}


@pytest.mark.parametrize("case", FILES)
def test_a_draft_goes_into_the_file_of_a_vendor_on_file(case: str) -> None:
    """At its end, as a rule or as a remark; the file stays one that can be read."""
    original, added = FILES[case]
    rule = DraftRule("Your subscription went under.", "<contract> went under", ("negation",))
    text = in_file(Draft(vendor="Dell", domain="dell.com", language="en", kind=Kind.CLOSURE, rules=(rule,)), original,
                   date(2026, 11, 23))  # fmt: skip
    assert text.startswith(original)
    assert added in text
    rules, faults = parse({"lang/en.yaml": SMALL, "vendors/dell.yaml": text})
    assert faults == []
    assert [r.despite for r in rules.vendors[0].rules.get("en", ())] == (
        [frozenset({"negation"})] * ("rules" not in case)
    )


@pytest.mark.parametrize(("name", "ident"), [("Free Mobile", "free-mobile"), ("Œuvre d'É", "œuvre"), ("!!", "vendor")])
def test_an_id_is_of_plain_letters(name: str, ident: str) -> None:
    assert slug(name).startswith(ident.replace("œ", "")[:3].strip("-") or "vendor")
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]*", slug(name))


# ---------------------------------------------------------------- as a new user


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a mail and settings; the rules are small, but for the owner's own."""
    (tmp_path / "m.eml").write_text(MAIL, encoding="utf-8")
    settings = tmp_path / "settings.toml"
    settings.write_text(f'data = "{tmp_path / "data"}"\nrules = "{tmp_path / "own"}"\n', encoding="utf-8")
    settings.chmod(0o600)
    (tmp_path / "own").mkdir()

    (tmp_path / "ours" / "lang").mkdir(parents=True)
    (tmp_path / "ours" / "lang" / "en.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "ours" / "days.yaml").write_bytes((RULES / "days.yaml").read_bytes())
    (tmp_path / "ours" / "currencies.yaml").write_text("currencies: {USD: [$]}", encoding="utf-8")
    ours = tmp_path / "ours"
    monkeypatch.setattr("cancelproof.settings.rules_folders", lambda own=None: (ours, own) if own else (ours,))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (ours / "schema").mkdir()
    (ours / "schema" / "vendor.json").write_bytes((RULES / "schema" / "vendor.json").read_bytes())
    return tmp_path


def run(home: Path, capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    assert main(["--settings", str(home / "settings.toml"), *arguments]) == code
    said = capsys.readouterr()
    return said.out + said.err


def test_from_a_misread_mail_to_a_rule(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Said what it is, drafted, tried by its golden mail, read again: the rule says what the owner said."""
    mail = str(home / "m.eml")
    run(home, capsys, "correct", mail, "--kind", "closure", "--fact", "effective_on=2026-03-31")
    said = run(home, capsys, "rules", "new", mail)
    assert "tried:   the golden mail is read as closure\n" in said
    assert "--undo, as the rule now says it" in said
    own = home / "own"
    assert sorted(path.name for path in own.rglob("*") if path.is_file()) == [
        "nightjar-fit-closure.eml", "nightjar-fit-closure.json", "nightjar-fit.yaml", "vendor.json",
    ]  # fmt: skip
    first = (own / "vendors" / "nightjar-fit.yaml").read_text("utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=../schema/vendor.json"
    golden = json.loads((own / "mails" / "nightjar-fit-closure.json").read_text("utf-8"))
    assert (golden["kind"], golden["effective_on"], golden["vendor"]) == ("closure", "2026-03-31", "Nightjar Fit")
    run(home, capsys, "correct", mail, "--undo")
    assert "is there already" in run(home, capsys, "rules", "new", mail, "--kind", "closure", code=2)
    reached = json.loads(run(home, capsys, "rules", "coverage", "--json"))
    assert reached["languages"] == {"en": {"closure": 1}}
    assert (reached["decided_alone"], "lang/en closure ended" in reached["never_fired"]) == (1, True)


def test_what_is_no_closure_is_taught_too(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A mail that was taken for a closure: the draft says of its sentences that they assert nothing."""
    mail = home / "m.eml"
    mail.write_text(MAIL.replace("The curtain has fallen", "The curtain has now ended, she wrote,"), encoding="utf-8")
    assert "closure → other" in run(home, capsys, "correct", str(mail), "--kind", "other")
    assert "tried:   the golden mail is read as other\n" in run(home, capsys, "rules", "new", str(mail))
    assert "      other:\n" in (home / "own" / "vendors" / "nightjar-fit.yaml").read_text("utf-8")
    run(home, capsys, "correct", str(mail), "--undo")
    explained = run(home, capsys, "explain", str(mail))
    assert "Read as: other" in explained
    assert "“vendors/nightjar-fit other draft” says" in explained


def test_a_fact_that_no_rule_finds_stays_the_owners_word(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is said, the golden mail is not held to it, and nobody is told to take the word back."""
    mail = str(home / "m.eml")
    run(home, capsys, "correct", mail, "--kind", "closure", "--fact", "effective_on=2026-05-05")
    said = run(home, capsys, "rules", "new", mail)
    assert "read as closure, but without effective_on" in said
    assert "--undo" not in said
    golden = json.loads((home / "own" / "mails" / "nightjar-fit-closure.json").read_text("utf-8"))
    assert (golden["kind"], "effective_on" in golden) == ("closure", False)


def test_the_sentence_that_says_it_is_found(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """That which names the day which was told, and not the few words below that happen to speak of a contract."""
    mail = home / "m.eml"
    text = MAIL.replace("on your Solo subscription on", "for all of you on").replace(
        "See http", "Your subscription\n\nSee http"
    )
    mail.write_text(text, encoding="utf-8")
    run(home, capsys, "correct", str(mail), "--kind", "closure", "--fact", "effective_on=2026-03-31")
    said = run(home, capsys, "rules", "new", str(mail))
    assert "finds:   the curtain has fallen for all of you on {date} and the\n" in said
    assert "tried:   the golden mail is read as closure\n" in said


def test_a_second_golden_mail_stands_beside_the_first(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What its rule would be is printed, as the owner's own file is not written to."""
    mail = home / "m.eml"
    run(home, capsys, "rules", "new", str(mail), "--kind", "closure")
    mail.write_text(MAIL.replace("The curtain has fallen", "The lamps went out"), encoding="utf-8")
    said = run(home, capsys, "rules", "new", str(mail), "--kind", "closure")
    assert "nightjar-fit.yaml, at `reads`:" in said
    assert (home / "own" / "mails" / "nightjar-fit-closure-2.eml").is_file()


def test_a_mail_of_no_kind_is_not_drafted(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The owner has to say what it is; the sentence may be named, if it is there."""
    mail = str(home / "m.eml")
    assert "say what it is" in run(home, capsys, "rules", "new", mail, code=2)
    assert "no sentence 99" in run(home, capsys, "rules", "new", mail, "--kind", "closure", "--sentence", "99", code=2)


# ---------------------------------------------------------------- lint

LINT = [
    (SMALL.replace("needs: [goodbye]", "needs: [goodbye]\n      unless: [goodbye]"), "may not meet it"),
    (SMALL.replace('say: ["<contract> ends {date}"]', 'say: ["<contract> ends ^ {date}"]'), "no statement has ^ or $"),
]


@pytest.mark.parametrize(("text", "what"), LINT)
def test_a_rule_that_can_never_stand(text: str, what: str) -> None:
    assert [issue for issue in review(small(text)) if what in issue.what]


def test_vendors_that_nobody_looked_at_or_that_every_mail_names() -> None:
    """A day long gone or to come; a name that is one of a language's smallest words."""
    text = "vendor: Your\nid: your\ndomains: [your.example]\nsources: [x]\nchecked: 2020-01-01\n"
    found = [issue.what for issue in review(small(**{"vendors/your.yaml": text}), date(2026, 11, 1))]
    assert any("more than 548 days ago" in what for what in found)
    assert any("'Your' is a word in en" in what for what in found)
    marked = small(**{"vendors/your.yaml": text + "common_word: yes\n"})
    assert not any("is a word" in issue.what for issue in review(marked))


def test_overlaps_are_named() -> None:
    """A rule whose example another one finds as well."""
    twin = '    - {id: twin, say: ["subscription & cancelled"], examples: ["Your subscription has been cancelled."]}\n'
    found = [failure.rule for failure in overlaps(small(SMALL.replace("  receipt:\n", f"{twin}  receipt:\n")))]
    assert "lang/en closure twin" in found


def test_a_golden_mail_of_the_owners_is_tried(home: Path, capsys: pytest.CaptureFixture[str],
                                              monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """`rules test` says what of it is read otherwise."""
    monkeypatch.setattr("cancelproof.rules.load", lambda _: small())
    mails = home / "own" / "mails"
    mails.mkdir()
    (mails / "a.eml").write_text(MAIL, encoding="utf-8")
    assert "no a.json beside it" in run(home, capsys, "rules", "test", code=1)
    (mails / "a.json").write_text('{"kind": "closure"}', encoding="utf-8")
    said = run(home, capsys, "rules", "test", code=1)
    assert "kind is 'other', not 'closure'" in said
    assert "1 golden mail: 1 failed" in said
    assert RULES.is_dir()


def test_rules_are_tried_without_settings(tmp_path: Path, capsys: pytest.CaptureFixture[str],
                                          monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """`rules test` needs neither settings nor rules of the owner's; data is what failed, which is nothing."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr("cancelproof.rules.load", lambda _: small())
    assert main(["rules", "test"]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"{samples(small())} samples: 0 failed\n")


def test_golden_mails_are_read_alike_when_redacted() -> None:
    """One in six of ours: the same kind, and no address of a recipient is left."""
    room = mailroom()
    files = sorted((Path(__file__).parent / "mails").rglob("*.eml"))[::6]
    for path in files:
        reading = room.read(RawMail(raw=path.read_bytes(), origin=Origin(source=path.name)))
        judged, facts = reading.message.judged, reading.facts
        kept = [fact.value for fact in (facts.vendor, facts.vendor_domain) if fact]
        raw = redacted(judged, kept=kept, genuine=reading.verdict.word.authentic is True)
        if reading.by_owner:
            continue
        again = room.read(RawMail(raw=raw, origin=Origin(source=path.name)))
        assert again.decision.kind is reading.decision.kind, path.name
        addresses = [address.mailbox for address in judged.recipients if "@" in address.mailbox]
        assert not [address for address in addresses if address.encode() in raw and not address.startswith("morgan.")]
    assert len(files) > 40
