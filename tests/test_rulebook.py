"""The compiled rules: kept by content, the same when they come back, never in the way."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from pytest_mock import MockerFixture

from cancelproof import rulebook
from cancelproof.classify import Classifier
from cancelproof.errors import RulesInvalid
from cancelproof.model import Message, Statement
from cancelproof.rules.packing import pack, unpack
from cancelproof.rules.values import Tier
from rules_fixture import SMALL, project_rules, small

pytestmark = pytest.mark.dear  # all rules as read

VENDOR = """
vendor: Examplecast
id: examplecast
domains: [examplecast.example]
reads:
  en:
    statements:
      closure:
        - {id: curtain, say: [the curtain has fallen], examples: [The curtain has fallen.], silent: [The curtain fell.]}
"""

_TIERS = (Tier.LANGUAGE, Tier.VENDOR, Tier.PLATFORM)


def _mail(*texts: str) -> Message:
    return Message(statements=tuple(Statement(text=text) for text in texts))


def _folder(tmp_path: Path, text: str = SMALL) -> Path:
    folder = tmp_path / "rules"
    (folder / "lang").mkdir(parents=True, exist_ok=True)
    (folder / "lang" / "en.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("vendor", ["", "examplecast"])
def test_packed_rules_read_like_those_they_come_from(vendor: str) -> None:
    """Nothing that reading needs is lost on the way to bytes and back, a vendor's own rules neither."""
    made = small(**{"vendors/examplecast.yaml": VENDOR})
    back = unpack(pack(made))
    mail = _mail(
        "Your subscription has been cancelled on 3 May 2026.", "The curtain has fallen.", "You paid $5 if not."
    )
    assert (
        Classifier(back).read(mail, vendor_id=vendor).decision == Classifier(made).read(mail, vendor_id=vendor).decision
    )
    assert back.vendors[0].domains == made.vendors[0].domains
    assert (back.senders, back.marks, back.by_name.keys()) == (made.senders, made.marks, made.by_name.keys())


def test_all_rules_of_the_project_are_packed_whole() -> None:
    """Every language comes back with its rules, guards and cues."""
    back = unpack(pack(project_rules()))
    for code, compiled in project_rules().compiled.items():
        assert back.compiled[code] == compiled
    assert (back.senders, back.common, back.together) == (
        project_rules().senders,
        project_rules().common,
        project_rules().together,
    )


def test_files_that_did_not_change_are_not_read_again(tmp_path: Path) -> None:
    """The second load takes the compiled form; a changed file makes a new one."""
    folder, cache = _folder(tmp_path), tmp_path / "cache"
    assert rulebook.load([folder], cache).languages
    assert not rulebook.load([folder], cache).languages
    _folder(tmp_path, SMALL + "\nname: other\n".replace("name: other", "# changed"))
    assert rulebook.load([folder], cache).languages


def test_rules_are_made_ready_once(tmp_path: Path) -> None:
    """Before several processes ask for them at once; where they are kept, nothing is made."""
    folder, cache, made = _folder(tmp_path), tmp_path / "cache", []
    for _ in range(2):
        rulebook.make_ready([folder], cache, lambda: made.append("slow"))
    rulebook.load([folder], cache, lambda: made.append("slow"))
    assert made == ["slow"]


def test_a_damaged_file_is_made_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What does not bear its own digest is never unpacked."""
    folder, cache = _folder(tmp_path), tmp_path / "cache"
    rulebook.load([folder], cache)
    [kept] = cache.glob("*.bin")
    kept.write_bytes(kept.read_bytes()[:-1] + b"?")
    with caplog.at_level(logging.WARNING):
        assert rulebook.load([folder], cache).languages
    assert "damaged" in caplog.text
    assert not rulebook.load([folder], cache).languages


def test_a_folder_that_cannot_be_written_is_no_fault(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Without a cache the rules are read each time; that it is slow is said once."""
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    with caplog.at_level(logging.WARNING):
        assert rulebook.load([_folder(tmp_path)], in_the_way / "cache").languages
    assert [record.message.partition(" in ")[0] for record in caplog.records] == ["the compiled rules cannot be kept"]


def test_a_write_that_fails_leaves_nothing(tmp_path: Path, mocker: MockerFixture) -> None:
    """A full disk is not filled further by a draft for each start."""
    mocker.patch("cancelproof.atomic.os.fsync", side_effect=OSError(28, "No space left on device"))
    assert rulebook.load([_folder(tmp_path)], tmp_path / "cache").languages
    assert list((tmp_path / "cache").iterdir()) == []


def test_faults_are_said_each_time(tmp_path: Path) -> None:
    """Rules with a fault are never kept."""
    folder = _folder(tmp_path, SMALL + "\nwrong: field\n")
    for _ in range(2):
        with pytest.raises(RulesInvalid, match="wrong"):
            rulebook.load([folder], tmp_path / "cache")


def test_only_the_newest_files_are_kept(tmp_path: Path) -> None:
    """Rules that change every day do not fill the disk."""
    for day in range(6):
        rulebook.load([_folder(tmp_path, f"{SMALL}\n# day {day}\n")], tmp_path / "cache")
    assert len(list((tmp_path / "cache").iterdir())) == 3


@pytest.mark.parametrize("own", ["lang/en.yaml", "vendors/examplecast.yaml", "platforms/exampleshop.yaml"])
def test_what_stands_in_the_owners_folder_is_the_owners(tmp_path: Path, own: str) -> None:
    """It goes before a vendor's, a platform's and a language's rules, kept or read anew."""
    other = VENDOR.replace("xamplecast", "xampleshop")
    texts = {"lang/en.yaml": SMALL, "vendors/examplecast.yaml": VENDOR, "platforms/exampleshop.yaml": other}
    for folder, paths in (("ours", texts), ("mine", (own,))):
        for path in paths:
            file = tmp_path / folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(texts[path], encoding="utf-8")
    tiers = {path: Tier.OWN if path == own else tier for path, tier in zip(texts, _TIERS, strict=True)}
    for _ in ("read", "kept"):
        english = rulebook.load([tmp_path / "ours", tmp_path / "mine"], tmp_path / "cache").compiled["en"]
        found = (english.tier, english.own["examplecast"][0], english.own["exampleshop"][0])
        assert dict(zip(texts, found, strict=True)) == tiers
        assert all(isinstance(tier, Tier) for tier in found)
