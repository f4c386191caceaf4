"""Whole mailboxes, read and judged; each holds an expect.json with what a careful person would see."""

from __future__ import annotations

import json
from datetime import date
from email.parser import BytesParser
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import cancelproof
from cancelproof import run
from cancelproof.judge.names import alike
from cancelproof.model import Case, Report, Told
from cancelproof.sources import open_path
from rules_fixture import mailroom_of

FOLDERS = (Path(__file__).parent / "scenarios", Path(cancelproof.__file__).parent / "demo")
#: What is not read right yet, with the reason; a case that comes right must leave this list (xfail is strict).
NOT_YET: dict[str, str] = {}


def scenarios() -> list[Path]:
    return sorted(path.parent for folder in FOLDERS for path in folder.glob("*/expect.json"))


@cache  # without a bound: with one scenario more than it holds, each would be read three times
def audited(folder: Path) -> tuple[Report, dict[str, Any]]:
    expected = json.loads((folder / "expect.json").read_text(encoding="utf-8"))
    told = [
        Told(
            vendor=row["vendor"],
            service=row.get("service", ""),
            requested_on=date.fromisoformat(row["requested_on"]) if row.get("requested_on") else None,
            channel=row.get("channel", ""),
        )
        for row in expected["cancellations"]
    ]
    room = mailroom_of(frozenset(expected["owner"]))
    return run.audit([open_path(str(folder))], room, told, date.fromisoformat(expected["today"])), expected


def found(report: Report, wanted: dict[str, Any]) -> list[Case]:
    """The cases of the vendor; of several, those whose service or number is the wanted one's."""
    cases = [case for case in report.cases if alike(wanted["vendor"], case.vendor)]
    service = wanted.get("service")
    exact = [c for c in cases if service and (alike(service, c.service) or (c.number and c.number in service))]
    return exact or cases


def identity(folder: Path, name: str | None) -> str | None:
    """The Message-ID of a mail: of two copies of a proof either may be named."""
    return BytesParser().parsebytes((folder / name).read_bytes(), headersonly=True)["Message-ID"] if name else None


def wanted_cases() -> list[Any]:
    marked = []
    for folder in scenarios():
        expected = json.loads((folder / "expect.json").read_text(encoding="utf-8"))
        for number, wanted in enumerate(expected["cases"]):
            name = f"{folder.name}-{wanted['vendor']}-{number}".replace(" ", "_")
            marks = [pytest.mark.xfail(reason=NOT_YET[name], strict=True)] if name in NOT_YET else []
            marked.append(pytest.param(folder, wanted, id=name, marks=marks))
    return marked


@pytest.mark.parametrize(("folder", "wanted"), wanted_cases())
def test_case(folder: Path, wanted: dict[str, Any]) -> None:
    """The case stands where it should, with the right proof, end and number of charges after it."""
    report, _ = audited(folder)
    statuses = {
        (
            case.status.value,
            case.proof.message_id if case.proof else None,
            case.ends_on.isoformat() if case.ends_on else None,
            len(case.charges_after_end),
        )
        for case in found(report, wanted)
    }
    assert (
        wanted["status"],
        identity(folder, wanted["proof"]),
        wanted["ends_on"],
        wanted["charges_after_end"],
    ) in statuses


@pytest.mark.parametrize("folder", scenarios(), ids=lambda folder: folder.name)
def test_no_false_alarm(folder: Path) -> None:
    """Nobody is told of a charge after the end that was none."""
    report, expected = audited(folder)
    alarms = [case for case in report.cases if case.charges_after_end]
    assert len(alarms) <= sum(1 for wanted in expected["cases"] if wanted["charges_after_end"])


def test_every_file_is_read() -> None:
    """A scenario's mails are all read, and nothing else."""
    for folder in scenarios():
        report, _ = audited(folder)
        assert report.mails <= len(list(folder.glob("*.eml")))
        assert report.coverage[0].seen == len(list(folder.glob("*.eml")))
