"""Ledger and evidence survive: every earlier version, a full disk, a cut in the middle of a step.

Before a step of `migrations` is released, a ledger of the program before it is added to tests/ledgers.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import inspect

from cancelproof.evidence import Evidence
from cancelproof.ledger import open_ledger, schema
from cancelproof.ledger.connect import as_url, open_engine
from cancelproof.ledger.migrations import MIGRATIONS, migrate
from cancelproof.model import Authenticity, Entry, FolderState, Grade, Kind, Origin, RawMail, Told

LEDGERS = Path(__file__).parent / "ledgers"  # N.sqlite was written by the program whose newest step was N
CLOSURE = Entry(
    sha256="a" * 64,
    message_id="<1@foobar.example>",
    source="imap:home/INBOX;UIDVALIDITY=7;UID=1",
    sent_at=datetime(2026, 3, 1, 0, 30, tzinfo=timezone(timedelta(hours=13))),
    day=date(2026, 3, 1),
    sender="desk@foobar.example",
    subject="Your contract has ended \x00 \ud800 é",
    kind=Kind.CLOSURE,
    vendor="Foobar",
    vendor_domain="foobar.example",
    service="Plus",
    number="12",
    reference="R-1",
    language="en",
    effective_on=date(2026, 3, 31),
    requested_on=date(2026, 2, 28),
    amount=Decimal("59.90"),
    currency="EUR",
    authentic=True,
    authenticity=Authenticity.ATTESTED,
    grade=Grade.A,
    elements={"E1": True, "E2": False},
    domains=("foobar.example",),
    rule="lang/en closure ended",
    sentence="Your contract has ended.",
)
RECEIPT = Entry(
    sha256="b" * 64,
    source="x.mbox#2",
    day=date(2026, 2, 1),
    kind=Kind.RECEIPT,
    vendor="Foobar",
    vendor_domain="foobar.example",
    charged_on=date(2026, 2, 2),
    period_end=date(2026, 2, 28),
    amount=Decimal("9.90"),
    currency="EUR",
    final_bill=True,
    authentic=True,
    authenticity=Authenticity.ATTESTED,
)
GYM = Told(vendor="Gym", service="Gold", requested_on=date(2026, 1, 2), channel="letter", reference="R-9")


# ---------------------------------------------------------------- earlier versions


def copy_of(number: int, folder: Path) -> Path:
    path = folder / "ledger.sqlite"
    shutil.copyfile(LEDGERS / f"{number}.sqlite", path)
    path.chmod(0o600)
    return path


@pytest.mark.parametrize("number", sorted(int(file.stem) for file in LEDGERS.glob("*.sqlite")))
def test_a_ledger_of_an_earlier_version(tmp_path: Path, number: int) -> None:
    """A file that an earlier program wrote gives all that was put into it, and takes more."""
    with open_ledger(str(copy_of(number, tmp_path))) as ledger:
        assert ledger.entries() == (RECEIPT, CLOSURE)
        assert [place.folder for place in ledger.places(CLOSURE.sha256)] == ["INBOX"]
        assert ledger.has(["c" * 64]) == {"c" * 64}
        assert ledger.mailbox("home", date.min).states()["INBOX"].last_uid == 1
        assert [(row.id, row.told) for row in ledger.told_rows()] == [(1, GYM), (3, Told(vendor="Dell"))]
        assert ledger.last_good_run("home") == datetime(2026, 5, 1, 3, 15, tzinfo=UTC)
        assert ledger.last_runs()["home"].outcome["unreadable"] == [["a", "b"]]
        assert ledger.tell(Told(vendor="New")) == 4
        assert ledger.charges() == ()


@pytest.mark.parametrize("done", range(1, len(MIGRATIONS)))
def test_from_every_step_to_the_newest(anywhere: str, done: int) -> None:
    """Wherever a ledger stopped, the steps that it lacks make it like a new one, on every database."""
    url = as_url(anywhere)
    reader, writer = open_engine(url, 5)
    migrate(reader, writer, migrations=MIGRATIONS[:done])
    reader.dispose()
    with open_ledger(anywhere) as ledger:
        look = inspect(ledger._reader)
        for table in schema.metadata.sorted_tables:
            assert [c["name"] for c in look.get_columns(table.name)] == list(table.columns.keys())
        assert ledger.put([CLOSURE]) == 1


DIES_MIGRATING = """
    import os, signal, sys
    from sqlalchemy import event
    from cancelproof.ledger.connect import as_url, open_engine
    from cancelproof.ledger.migrations import migrate

    def count_down(*_):
        global left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    reader, writer = open_engine(as_url(sys.argv[1]), 5)
    left = int(sys.argv[2])
    event.listen(reader, "after_cursor_execute", count_down)
    event.listen(writer, "after_cursor_execute", count_down)
    migrate(reader, writer)
"""


def test_killed_in_a_migration(tmp_path: Path) -> None:
    """After any statement of it: the next start does the step whole, and nothing is lost."""
    for left in (4, 6, 8):
        folder = tmp_path / str(left)
        folder.mkdir()
        path = copy_of(1, folder)
        code = textwrap.dedent(DIES_MIGRATING)
        done = subprocess.run([sys.executable, "-c", code, str(path), str(left)], check=False, timeout=60)
        assert done.returncode == -signal.SIGKILL
        with open_ledger(str(path)) as ledger:
            assert ledger.entries() == (RECEIPT, CLOSURE)
            assert ledger.charges() == ()


# ---------------------------------------------------------------- full disks

FILLS = """
    import resource, sys
    from datetime import UTC, date, datetime
    from pathlib import Path
    from cancelproof.errors import LedgerError
    from cancelproof.evidence import Evidence
    from cancelproof.ledger import open_ledger
    from cancelproof.model import Entry, FolderState, Kind, Origin, RawMail

    folder, limit = Path(sys.argv[1]), int(sys.argv[2])
    evidence = Evidence(folder / "evidence")
    ledger = open_ledger(str(folder / "ledger.sqlite"))
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    number = 0
    try:
        while number < 2_000:
            number += 1
            mail = RawMail(raw=b"x: %d\\r\\n" % number + b"y" * 4000, origin=Origin(source=str(number)))
            evidence.keep(mail, at=datetime(2026, 1, 1, tzinfo=UTC), version="1")
            entry = Entry(sha256=mail.sha256, day=date(2026, 1, 1), kind=Kind.RECEIPT, subject="x" * 3000)
            ledger.put([entry], state=FolderState(account="home", folder="INBOX", uidvalidity=7, last_uid=number))
            print(number, flush=True)
    except LedgerError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
"""


@contextmanager
def full_disk(folder: Path) -> Iterator[int]:
    """A file system of one megabyte; skipped where none can be mounted."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("no file system can be mounted here (not root, or in a container that forbids it)")
    try:
        yield 0
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def full_file(_: Path) -> Iterator[int]:
    """No file may grow beyond so many bytes, as on a full disk (EFBIG instead of ENOSPC)."""
    yield 300_000


@pytest.mark.parametrize("full", [full_disk, full_file])
def test_a_full_disk_loses_nothing(tmp_path: Path, full: object) -> None:
    """It is one clear error; what was answered before is there, in ledger and evidence, which are whole."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    with full(folder) as limit:  # type: ignore[operator]
        command = [sys.executable, "-c", textwrap.dedent(FILLS), str(folder), str(limit)]
        done = subprocess.run(command, check=False, timeout=120, capture_output=True, text=True)
        assert done.returncode == 7, done.stderr
        assert len(done.stderr.splitlines()) == 1
        kept = tmp_path / "kept"  # the files as they are, on a disk with room
        shutil.copytree(folder, kept)
    answered = int(done.stdout.split()[-1])
    with open_ledger(str(kept / "ledger.sqlite")) as ledger:
        assert ledger.mailbox("home", date.min).states()["INBOX"].last_uid == answered == len(ledger.entries())
        evidence = Evidence(kept / "evidence")
        assert evidence.verify() == ()
        for entry in ledger.entries():
            assert evidence.read(entry.sha256)
        again = RawMail(raw=b"x: %d\r\n" % (answered + 1) + b"y" * 4000, origin=Origin(source="again"))
        evidence.keep(again, at=datetime(2026, 1, 2, tzinfo=UTC), version="1")
        ledger.put([], state=FolderState(account="home", folder="INBOX", uidvalidity=7, last_uid=answered + 1))
        assert evidence.verify() == ()
