"""The ledger keeps what it is given, exactly and once, whatever happens in between."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, create_mock_engine, inspect, make_url, text

from cancelproof.errors import LedgerError
from cancelproof.ledger import Ledger, Seen, open_ledger, schema
from cancelproof.ledger.escape import escape, unescape
from cancelproof.ledger.migrations import MIGRATIONS, migrate
from cancelproof.model import Authenticity, Entry, FolderState, Grade, Kind, Origin, Told

CLOSURE = Entry(
    sha256="a" * 64,
    message_id="<1@dell.example>",
    source="imap:home/INBOX;UIDVALIDITY=7;UID=1",
    sent_at=datetime(2026, 3, 1, 0, 30, tzinfo=timezone(timedelta(hours=13))),
    day=date(2026, 3, 1),
    sender="billing@dell.example",
    subject="Your contract has ended",
    kind=Kind.CLOSURE,
    vendor="Dell",
    vendor_domain="dell.example",
    amount=Decimal("59.90"),
    currency="EUR",
    effective_on=date(2026, 3, 31),
    authentic=True,
    authenticity=Authenticity.ATTESTED,
    grade=Grade.A,
    elements={"E2": True, "E1": False},
    domains=("dell.example", "mail.dell.example"),
)
RECEIPT = Entry(sha256="b" * 64, day=date(2026, 2, 1), kind=Kind.RECEIPT)
INBOX = Origin(source="imap:home/INBOX;UIDVALIDITY=7;UID=1", account="home", folder="INBOX", uidvalidity=7, uid=1)
TRASH = Origin(source="imap:home/Trash;UIDVALIDITY=9;UID=4", account="home", folder="Trash", uidvalidity=9, uid=4)
READ_TO_1 = FolderState(account="home", folder="INBOX", uidvalidity=7, last_uid=1)
READ_TO_9 = replace(READ_TO_1, last_uid=9)
GYM = Told(vendor="Gym", service="Gold", requested_on=date(2026, 1, 2), channel="letter", reference="R-1")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "ledger.sqlite"


def opened(path: Path, patience: float = 30.0) -> Ledger:
    return open_ledger(str(path), patience=patience)


# ---------------------------------------------------------------- round trips

ANY_TEXT = st.text(st.characters(codec=None), max_size=20)  # lone surrogates and NUL too, as hostile mail has them
OFFSETS = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=OFFSETS)  # noqa: DTZ001 the zone is drawn
FORMS = {
    "sha256": st.text("0123456789abcdef", min_size=64, max_size=64),
    "sent_at": st.none() | MOMENTS,
    "amount": st.none() | st.decimals(allow_nan=False),
    "elements": st.dictionaries(ANY_TEXT, st.booleans(), max_size=3),
    "domains": st.lists(ANY_TEXT, max_size=3).map(tuple),
}
TEXTS = {f.name: ANY_TEXT for f in fields(Entry) if f.type == "str"}
OTHERS = {f.name: ... for f in fields(Entry)}
ENTRIES = st.builds(Entry, **(OTHERS | TEXTS | FORMS))


@given(st.lists(ENTRIES, max_size=4, unique_by=lambda entry: entry.sha256))
@settings(max_examples=100, deadline=None)
def test_entries_come_back_exactly(given_entries: list[Entry]) -> None:
    """Whatever stands in a mail's fields, the ledger gives back the same entry, by day and then by hash."""
    with open_ledger("sqlite://") as ledger:
        assert ledger.put(given_entries) == len(given_entries)
        assert ledger.entries() == tuple(sorted(given_entries, key=lambda entry: (entry.day, entry.sha256)))


def test_details_that_equality_does_not_see(anywhere: str) -> None:
    """The sender's own offset and the trailing zero of an amount stay."""
    with open_ledger(anywhere) as ledger:
        ledger.put([CLOSURE])
        (entry,) = ledger.entries()
    assert entry.sent_at is not None
    assert entry.sent_at.utcoffset() == timedelta(hours=13)
    assert str(entry.amount) == "59.90"
    assert (type(entry.kind), type(entry.grade)) == (Kind, Grade)
    assert list(entry.elements) == ["E2", "E1"]


@given(ANY_TEXT | st.text("\\u0d8", max_size=12))
def test_escaped_text_is_safe_and_comes_back(anything: str) -> None:
    """Escaped text holds no NUL and no surrogate, and unescapes to itself; look-alikes of escapes too."""
    kept = escape(anything)
    assert "\x00" not in kept
    kept.encode()
    assert unescape(kept) == anything


# ---------------------------------------------------------------- putting


def test_the_same_mail_twice_only_adds_its_place(anywhere: str) -> None:
    """From a second folder, even read differently, a mail known already changes nothing but gains a place."""
    with open_ledger(anywhere) as ledger:
        assert ledger.put([CLOSURE], seen=[Seen(sha256=CLOSURE.sha256, origin=INBOX)]) == 1
        again = replace(CLOSURE, subject="another reading", source=TRASH.source)
        assert ledger.put([again, again], seen=[Seen(sha256=CLOSURE.sha256, origin=TRASH)] * 2) == 0
        assert ledger.entries() == (CLOSURE,)
        assert ledger.places(CLOSURE.sha256) == (INBOX, TRASH)


def test_a_known_mail_met_elsewhere_without_an_entry_gains_its_place(anywhere: str) -> None:
    """A later batch that passes over a known mail still notes where it lay."""
    with open_ledger(anywhere) as ledger:
        ledger.put([CLOSURE])
        ledger.put([], seen=[Seen(sha256=CLOSURE.sha256, origin=TRASH)])
        assert ledger.places(CLOSURE.sha256) == (Origin(source=CLOSURE.source), TRASH)


def test_the_same_message_id_with_other_bytes_is_another_row(anywhere: str) -> None:
    """Two documents may share a Message-ID; `judge` groups them, the ledger keeps both."""
    with open_ledger(anywhere) as ledger:
        assert ledger.put([CLOSURE, replace(CLOSURE, sha256="c" * 64)]) == 2
        assert len(ledger.entries()) == 2


def test_a_mail_that_says_nothing_leaves_only_its_hash(path: Path) -> None:
    """Neither its place nor a word of it is on disk, but it is known as read."""
    with opened(path) as ledger:
        assert ledger.put([], seen=[Seen(sha256="d" * 64, origin=replace(INBOX, source="very-private"))]) == 0
        assert ledger.has(["d" * 64, "e" * 64]) == {"d" * 64}
        assert (ledger.entries(), ledger.places("d" * 64), ledger.mails()) == ((), (), 1)
    assert not [file for file in path.parent.iterdir() if b"very-private" in file.read_bytes()]


def test_a_silent_mail_may_become_an_entry(anywhere: str) -> None:
    """Better rules may read what said nothing before; it is counted once."""
    with open_ledger(anywhere) as ledger:
        ledger.put([], seen=[Seen(sha256=CLOSURE.sha256, origin=INBOX)])
        assert ledger.put([CLOSURE], seen=[Seen(sha256=CLOSURE.sha256, origin=INBOX)]) == 1
        assert ledger.mails() == 1


def test_mails_of_one_day_stand_in_the_order_of_their_hashes(anywhere: str) -> None:
    """Not in the order in which they were met: two ledgers of the same mails are read alike."""
    with open_ledger(anywhere) as ledger:
        for digit in "cab":
            ledger.put([replace(CLOSURE, sha256=digit * 64)])
        assert [entry.sha256[0] for entry in ledger.entries()] == ["a", "b", "c"]


def test_a_refusal_shows_no_word_of_a_mail(path: Path) -> None:
    """Neither in the error nor in its cause, whose text a traceback or a log might show."""
    with opened(path) as ledger:
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TRIGGER no BEFORE INSERT ON entries BEGIN SELECT RAISE(ABORT, 'no'); END")
        connection.close()
        with pytest.raises(LedgerError, match="the database refused: IntegrityError") as caught:
            ledger.put([CLOSURE])
    assert CLOSURE.subject not in f"{caught.value} {caught.value.__cause__}"


def test_has_takes_more_hashes_than_a_statement_has_variables(anywhere: str) -> None:
    """A big archive is asked about in portions."""
    hashes = [f"{n:064x}" for n in range(40_000)]
    with open_ledger(anywhere) as ledger:
        ledger.put([], seen=[Seen(sha256=one, origin=INBOX) for one in hashes[::2]])
        assert ledger.has(hashes) == set(hashes[::2])


def test_states_are_by_account_and_the_newest_wins(anywhere: str) -> None:
    """A folder has one state; another account's folders are not shown."""
    other = replace(READ_TO_1, account="work")
    with open_ledger(anywhere) as ledger:
        for state in (READ_TO_1, other, READ_TO_9):
            ledger.put([], state=state)
        assert ledger.mailbox("home", date.min).states() == {"INBOX": READ_TO_9}
        assert ledger.mailbox("work", date.min).states() == {"INBOX": other}
        assert ledger.mailbox("nowhere", date.min).states() == {}


def test_a_batch_that_fails_leaves_nothing(anywhere: str) -> None:
    """Mails and folder state are one transaction: a state that cannot be kept takes its mails back with it."""
    too_big = replace(READ_TO_1, last_uid=2**80)
    with open_ledger(anywhere) as ledger:
        with pytest.raises(LedgerError):
            ledger.put([CLOSURE], state=too_big)
        assert (ledger.entries(), ledger.mailbox("home", date.min).states()) == ((), {})


# ---------------------------------------------------------------- told and runs


def test_told_comes_back_in_order_and_once(anywhere: str) -> None:
    """The same words told twice are one cancellation; taken back, its number is never given again."""
    bare = Told(vendor="Gym")
    with open_ledger(anywhere) as ledger:
        numbers = [ledger.tell(told) for told in (GYM, bare, GYM, bare)]
        assert numbers == [1, 2, 1, 2]
        assert ledger.told() == (GYM, bare)
        assert [(row.id, row.told) for row in ledger.told_rows()] == [(1, GYM), (2, bare)]
        assert (ledger.untell(2), ledger.untell(2)) == (True, False)
        assert ledger.tell(bare) == 3


def test_the_last_good_run_is_by_moment_and_account(anywhere: str) -> None:
    """The newest good run counts, whatever zone it was noted in; a bad one and another account's do not."""
    noon = datetime(2026, 5, 1, 12, tzinfo=UTC)
    east = datetime(2026, 5, 1, 23, tzinfo=timezone(timedelta(hours=13)))  # 10:00 UTC
    with open_ledger(anywhere) as ledger:
        assert ledger.last_good_run("home") is None
        ledger.note_run("home", noon, {"new": 3, "faults": ["é\ud800"]}, good=True)
        ledger.note_run("home", east, {}, good=True)
        ledger.note_run("home", noon + timedelta(days=1), {}, good=False)
        ledger.note_run("work", noon + timedelta(days=2), {}, good=True)
        assert ledger.last_good_run("home") == noon


# ---------------------------------------------------------------- the file


def test_folder_and_file_are_the_owners_alone(path: Path) -> None:
    """0700 and 0600 whatever the umask; the write-ahead log too."""
    before = os.umask(0)
    try:
        with opened(path) as ledger:
            ledger.put([CLOSURE])
            modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert modes == dict.fromkeys(("ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"), 0o600)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_ledger_that_others_may_read_is_refused(path: Path, mode: int) -> None:
    """The error names the file and the command that helps."""
    opened(path).close()
    path.chmod(mode)
    with pytest.raises(LedgerError, match=rf"{path}.*\(chmod 600 '{path}'\)"):
        opened(path)


def overwrite_start(path: Path) -> None:
    path.write_bytes(b"not a database at all" * 100)


def overwrite_middle(path: Path) -> None:
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))


def cut_off(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 4096)


def foreign_program(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.close()
    path.chmod(0o600)


def newer_program(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO ledger_migrations VALUES (99, 'later')")
    connection.close()


def odd_value(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE entries SET kind = 'poem'")
    connection.close()


BROKEN: tuple[tuple[Callable[[Path], None], str], ...] = (
    (overwrite_start, "not a ledger, or damaged"),
    (overwrite_middle, "damaged"),
    (cut_off, "damaged"),
    (foreign_program, "another program"),
    (newer_program, "newer cancelproof"),
    (odd_value, "cannot be kept or read"),
)


@pytest.mark.parametrize(("breaks", "words"), BROKEN)
def test_a_broken_ledger_is_one_clear_error(path: Path, breaks: Callable[[Path], None], words: str) -> None:
    """Each names the file, says what is wrong and what to do, and shows no word of a mail."""
    with opened(path) as ledger:
        ledger.put([CLOSURE])
    breaks(path)
    with pytest.raises(LedgerError, match=words) as caught, opened(path) as ledger:
        ledger.entries()
    assert (caught.value.where, caught.value.exit_code) == (str(path), 7)
    assert caught.value.remedy
    assert CLOSURE.subject not in str(caught.value)


def test_a_folder_in_the_place_of_the_ledger_is_a_clear_error(tmp_path: Path) -> None:
    """An operating system's refusal becomes one line too."""
    with pytest.raises(LedgerError, match="cannot be opened"):
        open_ledger(str(tmp_path))


@pytest.mark.parametrize("url", ["nosuchbase://x/y", "://", "sqlite+nosuch:///x", "postgresql://127.0.0.1:1/x"])
def test_an_odd_url_is_a_clear_error(url: str) -> None:
    """A URL that names no database we have a driver for never shows a traceback."""
    with pytest.raises(LedgerError):
        open_ledger(url)
    assert not Path("x").exists()  # nothing is made where nothing can be opened


# ---------------------------------------------------------------- migrations


def columns(engine: Engine, table: str) -> list[tuple[str, bool, bool]]:
    look = inspect(engine)
    keys = look.get_pk_constraint(table)["constrained_columns"]
    return [(c["name"], c["nullable"], c["name"] in keys) for c in look.get_columns(table)]


def test_the_migrated_tables_are_those_of_the_queries() -> None:
    """All steps together yield the tables that `schema` names, and `entries` bears the fields of Entry."""
    with open_ledger("sqlite://") as ledger:
        for table in schema.metadata.sorted_tables:
            wanted = [(c.name, bool(c.nullable), c.primary_key) for c in table.columns]
            assert columns(ledger._reader, table.name) == wanted
    assert [c.name for c in schema.entries.columns] == [f.name for f in fields(Entry)]


def test_a_step_that_fails_leaves_no_trace(path: Path) -> None:
    """A step and its record are one transaction; the next program version may try again."""

    def fails(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE half (id INTEGER)"))
        raise LedgerError("stopped in the middle")

    def works(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE whole (id INTEGER)"))

    with opened(path) as ledger:
        with pytest.raises(LedgerError, match="in the middle"):
            migrate(ledger._reader, ledger._writer, migrations=(*MIGRATIONS, fails))
        assert not inspect(ledger._reader).has_table("half")
        migrate(ledger._reader, ledger._writer, migrations=(*MIGRATIONS, works))
        migrate(ledger._reader, ledger._writer, migrations=(*MIGRATIONS, works))
        assert inspect(ledger._reader).has_table("whole")


def test_the_tables_can_be_said_in_postgresql() -> None:
    """Every table compiles for PostgreSQL, with its own words for numbered rows."""
    said: list[str] = []
    dialect = make_url("postgresql://").get_dialect()()
    engine = create_mock_engine("postgresql://", lambda ddl, *_: said.append(str(ddl.compile(dialect=dialect))))
    schema.metadata.create_all(engine, checkfirst=False)
    assert len(said) == len(schema.metadata.tables)
    assert any("SERIAL" in table for table in said)


def test_odd_text_comes_back_from_every_database(anywhere: str) -> None:
    """NUL, lone surrogates and what looks like an escape of ours."""
    odd = replace(CLOSURE, sha256="c" * 64, subject="\x00\ud800\\u0041", sent_at=None, elements={"\ud800": True})
    with open_ledger(anywhere) as ledger:
        ledger.put([CLOSURE, odd])
        assert ledger.entries() == (CLOSURE, odd)


# ---------------------------------------------------------------- crashes and company

PREAMBLE = """
    import os, signal, sys
    from datetime import date
    from sqlalchemy import event
    from cancelproof.ledger import Seen, open_ledger
    from cancelproof.model import Entry, FolderState, Kind, Origin

    def batch(number):
        sha256 = f"{number:064x}"
        entry = Entry(sha256=sha256, day=date(2026, 1, 1), kind=Kind.RECEIPT, subject="x" * 5000)
        silent = Seen(sha256=f"f{number:063x}", origin=Origin(source="s"))
        state = FolderState(account="home", folder="INBOX", uidvalidity=7, last_uid=number)
        return dict(entries=[entry], seen=[Seen(sha256=sha256, origin=Origin(source=str(number))), silent], state=state)
"""
DIES_INSIDE = """
    def die(*_):
        os.kill(os.getpid(), signal.SIGKILL)

    def count_down(*_):
        global left
        left -= 1
        if not left:
            die()

    ledger, left = open_ledger(sys.argv[1]), int(sys.argv[2])
    ledger.put(**batch(1))
    event.listen(ledger._writer, "after_cursor_execute", count_down)
    event.listen(ledger._writer, "commit", die)
    ledger.put(**batch(2))
"""
PUTS_FOR_EVER = """
    ledger, number = open_ledger(sys.argv[1]), 0
    while True:
        number += 1
        ledger.put(**batch(number))
        print(number, flush=True)
"""
PUTS_TOO = """
    with open_ledger(sys.argv[1]) as ledger:
        for number in range(int(sys.argv[2]), int(sys.argv[2]) + 20):
            ledger.put(**batch(number))
            ledger.put(**batch(10_000))
"""
AT_COMMIT = 1_000


def started(program: str, *arguments: object) -> subprocess.Popen[str]:
    code = textwrap.dedent(PREAMBLE) + textwrap.dedent(program)
    return subprocess.Popen([sys.executable, "-c", code, *map(str, arguments)], stdout=subprocess.PIPE, text=True)


def test_killed_inside_a_transaction_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    """Killed after any statement, or at the commit, the batch before stays whole and the batch hit left no trace."""
    runs = {point: started(DIES_INSIDE, tmp_path / str(point), point) for point in (1, 2, 4, 6, 8, AT_COMMIT)}
    for point, run in runs.items():
        run.communicate(timeout=60)
        assert run.returncode == -signal.SIGKILL
        with opened(tmp_path / str(point)) as ledger:
            assert [int(entry.sha256, 16) for entry in ledger.entries()] == [1]
            assert (ledger.mailbox("home", date.min).states()["INBOX"].last_uid, ledger.mails()) == (1, 2)


def test_killed_between_puts_every_answered_put_is_there(path: Path) -> None:
    """Mails and folder state agree, however far the killed process came; done again, the batch is there once."""
    run = started(PUTS_FOR_EVER, path)
    assert run.stdout is not None
    answered = [int(run.stdout.readline()) for _ in range(25)]
    run.kill()
    rest, _ = run.communicate(timeout=60)
    answered += [int(line) for line in rest.splitlines()]
    with opened(path) as ledger:
        stored = sorted(int(entry.sha256, 16) for entry in ledger.entries())
        assert stored[: len(answered)] == answered
        assert stored == list(range(1, ledger.mailbox("home", date.min).states()["INBOX"].last_uid + 1))
        assert ledger.mails() == 2 * len(stored)
        assert ledger.put(ledger.entries()) == 0


def test_several_processes_share_a_new_ledger(path: Path) -> None:
    """All create it at once and write at once: nobody fails, and what all wrote is there once."""
    runs = [started(PUTS_TOO, path, first) for first in (100, 200, 300)]
    assert [run.wait(timeout=60) for run in runs] == [0, 0, 0]
    for run in runs:
        run.communicate()
    with opened(path) as ledger:
        assert len(ledger.entries()) == 61


def test_a_second_writer_waits_for_the_first(path: Path) -> None:
    """Within its patience a put is only slower."""
    with opened(path) as ledger:
        first = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        first.execute("BEGIN IMMEDIATE")
        release = threading.Timer(0.2, first.execute, ["COMMIT"])
        release.start()
        assert ledger.put([CLOSURE]) == 1
        release.join()
        first.close()


def test_a_second_writer_gives_up_with_one_clear_error(path: Path) -> None:
    """Beyond its patience it says who is in the way; reading goes on all the while."""
    with opened(path, patience=0.05) as ledger:
        first = sqlite3.connect(path, isolation_level=None)
        first.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError, match=r"in use by another run \(try again when it has ended\)"):
            ledger.put([CLOSURE])
        assert ledger.entries() == ()
        first.execute("COMMIT")
        first.close()
        assert ledger.put([CLOSURE]) == 1
