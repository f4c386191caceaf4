"""Golden mails: each `case.eml` of tests/mails is read as the `case.json` beside it says, by the project's own rules.

A missing .json fails; only `pytest --update-golden` writes one.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from cancelproof.model import Kind, Origin, RawMail
from cancelproof.report import classify_json
from rules_fixture import mailroom

MAILS = Path(__file__).parent / "mails"
OWN = os.environ.get("CANCELPROOF_TEST_MAILS", "")  # a private folder of real mails, walked by the same test
#: What the reading of a mail must say again; places, grades and faults have tests of their own.
KEPT = (
    "kind", "vendor", "vendor_domain", "service", "language", "effective_on", "charged_on", "amount", "currency",
    "reference", "authentic", "rule", "sentence",
)  # fmt: skip


def cases() -> list[Path]:
    folders = [MAILS, *([Path(OWN)] if OWN else [])]
    return sorted(path for folder in folders for path in folder.rglob("*.eml"))


def reading(path: Path) -> dict[str, Any]:
    read = classify_json(mailroom().read(RawMail(raw=path.read_bytes(), origin=Origin(source=path.name))))
    return {key: read[key] for key in KEPT}


@pytest.mark.parametrize("path", cases(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_golden(path: Path, request: pytest.FixtureRequest) -> None:
    """The mail is read as its golden file says."""
    golden = path.with_suffix(".json")
    read = reading(path)
    if request.config.getoption("--update-golden"):
        golden.write_text(json.dumps(read, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert golden.is_file(), f"{golden.name} is missing: look at the mail, then pytest --update-golden"
    assert read == json.loads(golden.read_text(encoding="utf-8"))


def test_no_orphans() -> None:
    """Every golden file has its mail."""
    assert [p.name for p in MAILS.rglob("*.json") if not p.with_suffix(".eml").is_file()] == []


def test_silent_mails_assert_nothing() -> None:
    """A mail of kind `other` is decided by no rule, and a closure by one of closure."""
    for path in cases():
        read = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        assert (read["kind"] == Kind.OTHER) == (read["rule"] is None), path.name
        assert read["rule"] is None or f" {read['kind']} " in read["rule"], path.name
