"""Several processes read as one does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
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


def deaf_room() -> Mailroom:
    """Ends its process where Ctrl-C would have ended it before it was ready."""
    if signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ()):
        os._exit(9)
    return mailroom()


def test_a_process_never_hears_ctrl_c() -> None:
    """Not while it is born, either: its traceback would be all that people see."""
    with Crew(mailroom, deaf_room, processes=2, many=1) as crew:
        crew.sift_all(mails()[:2])
        assert crew.processes == 2


def test_a_program_that_ends_at_once_leaves_no_warning() -> None:
    """What the processes shared is removed without a word."""
    code = (
        "import os, sys; from test_crew import *\n"
        "if __name__ == '__main__':\n"
        "    Crew(mailroom, processes=2, many=1).sift_all(mails()[:2]); sys.stderr.flush(); os._exit(130)\n"
    )
    script = [sys.executable, "-c", code]
    path = {**os.environ, "PYTHONPATH": str(HERE)}
    done = subprocess.run(script, capture_output=True, text=True, timeout=120, check=False, env=path)
    assert (done.returncode, done.stderr) == (130, "")
