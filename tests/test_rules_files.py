"""Reading rule files: every fault bears its file and line, nothing odd is taken, our own files are clean."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cancelproof.classify.samples import failures, samples
from cancelproof.errors import RulesInvalid
from cancelproof.rules import load, parse
from cancelproof.rules.review import review
from rules_fixture import RULES, SMALL, project_rules, small

pytestmark = pytest.mark.dear  # all rules as read

WRONG = {
    "unknown field": (
        "language: en\nverb: {}\n",
        "lang/en.yaml:2: 'verb' is not a field of a language, did you mean 'verbs'?",
    ),
    "twice": ("language: en\nname: a\nname: b\n", "lang/en.yaml:3: 'name' stands here twice"),
    "alias": ("language: &a en\nname: *a\n", "lang/en.yaml:1: aliases are not allowed"),
    "tag": ("language: !!python/object/apply:os.system [x]\n", "lang/en.yaml:1: "),
    "no mapping": ("- a\n", "lang/en.yaml:1: a rule file is a mapping of fields"),
    "no yaml": ("language: [a\n", "lang/en.yaml:2: no YAML: "),
    "unknown list": (
        "language: en\nthings: {contract: [plan]}\nstatements:\n  closure:\n    - {id: x, say: [<contrakt>]}\n",
        "lang/en.yaml:5: no list is called 'contrakt', did you mean 'contract'?",
    ),
    "unknown kind": ("language: en\nstatements:\n  closing: []\n", "lang/en.yaml:2: 'closing' is no kind: refusal"),
    "unknown guard": (
        "language: en\nstatements:\n  closure:\n    - {id: x, say: [plan], despite: [negations]}\n",
        "lang/en.yaml:4: 'negations' is no guard here",
    ),
    "eleven months": (
        "language: en\ndates: {months: [a, b]}\n",
        "lang/en.yaml:2: 2 months; twelve are needed, in order",
    ),
    "only gaps": (
        'language: en\nstatements:\n  closure:\n    - {id: x, say: [".. .."]}\n',
        "lang/en.yaml:4: '.. ..': each part needs at least one word that must stand there",
    ),
    "verb of no conjugation": (
        "language: en\nverbs: {end: [finir]}\n",
        "lang/en.yaml:2: 'finir' ends like no conjugation",
    ),
}


@pytest.mark.parametrize(("text", "fault"), WRONG.values(), ids=WRONG)
def test_faults_name_file_and_line(text: str, fault: str) -> None:
    """What is wrong with a file is said with its place and, where one is near, with the right word."""
    _, faults = parse({"lang/en.yaml": text})
    assert any(found.startswith(fault) for found in faults), faults


def test_all_faults_are_gathered(tmp_path: Path) -> None:
    """A program that would read by half its rules does not start: the error holds every fault of every file."""
    for code in ("aa", "bb"):
        (tmp_path / "lang").mkdir(exist_ok=True)
        (tmp_path / "lang" / f"{code}.yaml").write_text("nonsense: 1\n", encoding="utf-8")
    with pytest.raises(RulesInvalid) as caught:
        load((tmp_path,))
    assert len([f for f in caught.value.faults if "nonsense" in f]) == 2
    assert caught.value.exit_code == 6


VENDOR = "vendor: Acme\nid: acme\ndomains: [acme.example]\nsources: [a letter]\nchecked: 2026-11-01\n"


def test_vendor_file() -> None:
    """A vendor is found by its domain, and stands among the known senders."""
    rules = small(**{"vendors/acme.yaml": VENDOR})
    assert rules.by_domain["acme.example"].name == "Acme"
    assert [vendor.id for vendor in rules.senders.vendors] == ["acme"]


MISPLACED = [
    ("vendor/acme.yaml", ", did you mean 'vendors/acme.yaml'?"),
    ("vendors/acme.yml", ", did you mean 'vendors/acme.yaml'?"),
    ("law/my/fr.yaml", ", did you mean 'law/fr.yaml'?"),
    ("sender.yml", ", did you mean 'senders.yaml'?"),
    ("foo.yaml", "; its folder is one of lang, vendors, platforms, law"),
]


@pytest.mark.parametrize(("path", "meant"), MISPLACED, ids=[path for path, _ in MISPLACED])
def test_a_file_that_no_rule_reads_is_a_fault(tmp_path: Path, path: str, meant: str) -> None:
    """A rule file in the wrong place or with the wrong ending is named, with what was meant."""
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(VENDOR, encoding="utf-8")
    with pytest.raises(RulesInvalid) as caught:
        load((tmp_path,))
    (fault,) = caught.value.faults
    assert fault.endswith(f"{path}: no rule file stands here, so it is not read{meant}")


@pytest.mark.parametrize("path", ["schema/x.yaml", "mails/x.yml", ".git/x.yaml", ".github/workflows/test.yml"])
def test_what_stands_beside_rules_is_no_fault(tmp_path: Path, path: str) -> None:
    """Golden mails, schemas and what other programs hide in the folder are no rule files."""
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_text("a: b", encoding="utf-8")
    load((tmp_path,))


VENDOR_WRONG = {
    "id is not the file's name": (VENDOR.replace("id: acme", "id: other"), "the id 'other' must be the file's name"),
    "id climbs out": (VENDOR.replace("id: acme", "id: ../../x"), "the id '../../x' must be the file's name"),
    "no domains": (VENDOR.replace("domains: [acme.example]\n", ""), "a vendor needs `domains`"),
    "related to nobody": (VENDOR + "related: [acme, zeta]\n", "acme.yaml:6: no vendor has the id 'zeta'"),
    "neither yes nor no": (VENDOR + "common_word: perhaps\n", "'common_word' must be yes or no"),
    "no day": (VENDOR.replace("2026-11-01", "yesterday"), "'yesterday' is no day"),
}


@pytest.mark.parametrize(("text", "fault"), VENDOR_WRONG.values(), ids=VENDOR_WRONG)
def test_vendor_faults(text: str, fault: str) -> None:
    """A vendor file is refused where its id, domains or day can't be."""
    _, faults = parse({"vendors/acme.yaml": text})
    assert any(fault in found for found in faults), faults


def test_two_files_claim_one_domain() -> None:
    """Two vendors with one domain: neither wins in silence."""
    other = VENDOR.replace("acme\n", "zeta\n").replace("vendor: Acme", "vendor: Zeta")
    _, faults = parse({"vendors/acme.yaml": VENDOR, "vendors/zeta.yaml": other})
    assert any("'acme.example' stands in vendors/acme.yaml:1 too" in fault for fault in faults)


def test_kin_and_common_words_reach_authenticity() -> None:
    """What a file says of a vendor's name and of related vendors is known where senders are judged."""
    other = VENDOR.replace("acme", "zeta").replace("Acme", "Zeta") + "related: [acme]\ncommon_word: yes\n"
    senders = small(**{"vendors/acme.yaml": VENDOR, "vendors/zeta.yaml": other}).senders
    assert [(known.related, known.common_word) for known in senders.vendors] == [((), False), (("acme",), True)]


def test_later_folder_wins(tmp_path: Path) -> None:
    """A file of the owner's replaces ours of the same name."""
    for name, vendor in (("ours", "Acme"), ("own", "Acme of mine")):
        (tmp_path / name / "vendors").mkdir(parents=True)
        (tmp_path / name / "vendors" / "acme.yaml").write_text(VENDOR.replace("Acme", vendor), encoding="utf-8")
    assert [v.name for v in load((tmp_path / "ours", tmp_path / "own")).vendors] == ["Acme of mine"]


def test_scalars_stay_text() -> None:
    """YAML's "NO" is a country and 1.10 a version: neither becomes another value."""
    text = VENDOR.replace("vendor: Acme", "vendor: NO\ncountry: NO")
    assert small(**{"vendors/acme.yaml": text}).vendors[0].country == "NO"


def test_review_finds_what_is_not_good() -> None:
    """A rule without a silent line, and two kinds that say the same, are readable but not good."""
    text = SMALL.replace(
        "receipt:\n", 'receipt:\n    - {id: twice, say: ["<contract> & <end.done>"], examples: ["x"]}\n'
    )
    issues = [issue.what for issue in review(small(text))]
    assert any("has no `silent` line" in what for what in issues)
    assert any("so does lang/en closure ended" in what for what in issues)


def test_project_rules_are_clean() -> None:
    """The files that we ship load without a fault and pass their review."""
    assert [str(issue) for issue in review(project_rules())] == []


def test_project_samples_hold() -> None:
    """Every example of our files is found by its rule, and every silent line is not."""
    assert [str(failure) for failure in failures(project_rules())] == []
    assert samples(project_rules()) > 150


def test_stable_rules_are_proven() -> None:
    """A rule is stable only where it decides a golden mail; an experimental one alone never gives the best grade."""
    decided = {
        json.loads(p.read_text(encoding="utf-8"))["rule"] for p in (RULES.parent / "tests/mails").rglob("*.json")
    }
    stable = {r.id for language in project_rules().languages.values() for r in language.rules if not r.experimental}
    assert stable - decided == set()
    assert len(stable) > 50


def test_no_rule_file_is_left_out() -> None:
    """Each file below rules/ is one that the loader reads."""
    read = {"lang", "vendors", "platforms", "law"}
    for path in RULES.rglob("*.yaml"):
        assert path.parent.name in read or path.name in (
            "columns.yaml",
            "currencies.yaml",
            "senders.yaml",
            "together.yaml",
            "weights.yaml",
            "days.yaml",
            "services.yaml",
            "everyday.yaml",
        ), path


DAY_WORDS = {
    "no number": ("  day_words: {one: [first]}", "'one' is no number in digits, as in 2: two"),
    "no day of a month": ("  day_words: {40: [fortieth]}", "40 is too much: 31 at most"),
    "patterns without any": ("  spelt_day: ['{day} of {month}']", "{day}"),
}


@pytest.mark.parametrize(("line", "fault"), DAY_WORDS.values(), ids=DAY_WORDS)
def test_a_fault_in_the_words_for_days_is_told_once(line: str, fault: str) -> None:
    _, faults = parse({"lang/en.yaml": f"{SMALL.rstrip()}\n{line}\n", "currencies.yaml": "currencies: {USD: [$]}"})
    assert len(faults) == 1, faults
    assert fault in faults[0]
