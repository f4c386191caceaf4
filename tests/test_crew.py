"""Several processes read as one does."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cancelproof.model import Origin, RawMail
from cancelproof.run import Crew, Mailroom
from rules_fixture import mailroom

HERE = Path(__file__).parent


def no_room() -> Mailroom:
    """Ends its process as the kernel would that has no memory left."""
    os._exit(9)


def mails() -> list[RawMail]:
    files = sorted((HERE / "rounds" / "1").rglob("*.eml"))[:24]
    return [RawMail(raw=file.read_bytes(), origin=Origin(source=file.name)) for file in files]


def test_several_processes_read_as_one_does() -> None:
    """The same readings in the same order, each with the mail that was handed in."""
    found = mails()
    with Crew(mailroom, processes=2, many=10) as crew:
        assert crew.sift_all(found) == mailroom().sift_all(found)


@pytest.mark.parametrize(("processes", "many"), [(1, 0), (2, 1000)], ids=["one processor", "few mails"])
def test_few_mails_or_one_processor_take_no_other_process(processes: int, many: int) -> None:
    """Where another process would only cost, there is none."""
    with Crew(mailroom, no_room, processes=processes, many=many) as crew:
        assert len(crew.sift_all(mails())) == len(mails())


def test_a_process_that_is_killed_loses_no_mail() -> None:
    """What it was reading is read here."""
    found = mails()
    with Crew(mailroom, no_room, processes=2, many=1) as crew:
        assert crew.sift_all(found) == mailroom().sift_all(found)
