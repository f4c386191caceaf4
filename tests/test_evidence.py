"""Evidence stays byte for byte what it was, and any change shows."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import subprocess
import sys
import textwrap
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cancelproof.errors import LedgerError
from cancelproof.evidence import Evidence
from cancelproof.evidence.chain import canonical
from cancelproof.model import Origin, RawMail

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
ORIGIN = Origin(
    source="imap:home/INBOX;UIDVALIDITY=7;UID=1",
    account="home",
    folder="INBOX",
    uidvalidity=7,
    uid=1,
    received=datetime(2026, 5, 1, 9, 30, tzinfo=timezone(timedelta(hours=2))),
)
CRLF = RawMail(raw=b"Subject: ended\r\n\r\nYour contract has ended.\r\n", origin=ORIGIN)
UNIX = RawMail(raw=b"Subject: ended\n\nYour contract has ended.\n", origin=Origin(source="box#1"))
ODD = RawMail(raw=b"\x00\xff\r\n\n\r", origin=Origin(source="b\udcffd"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "data" / "evidence"


def kept(root: Path, *mails: RawMail) -> list[Path]:
    return [Evidence(root).keep(mail, at=NOON, version="1.0") for mail in mails]


def exact(mail: RawMail) -> str:
    return hashlib.sha256(mail.raw).hexdigest()


def snapshot(root: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


def said(root: Path) -> list[str]:
    return [f"{Path(fault.where).name} {fault.what}" for fault in Evidence(root).verify()]


# ---------------------------------------------------------------- keeping and reading


@pytest.mark.parametrize("mail", [CRLF, UNIX, ODD])
def test_bytes_come_back_by_hash_and_by_identity(root: Path, mail: RawMail) -> None:
    """Whatever the line ends, the exact bytes are found under their own hash and under the mail's identity."""
    (path,) = kept(root, mail)
    assert path == root / exact(mail)[:2] / f"{exact(mail)}.eml"
    assert path.read_bytes() == mail.raw
    assert Evidence(root).read(exact(mail)) == Evidence(root).read(mail.sha256) == mail.raw
    assert said(root) == []


def test_two_copies_with_other_line_ends_are_two_files(root: Path) -> None:
    """The identity that both share leads to the copy that bears it as its own hash."""
    kept(root, UNIX, CRLF)
    assert UNIX.sha256 == CRLF.sha256 == exact(CRLF)
    assert Evidence(root).read(CRLF.sha256) == CRLF.raw
    assert Evidence(root).read(exact(UNIX)) == UNIX.raw
    assert said(root) == []


def test_the_description_says_where_the_mail_came_from(root: Path) -> None:
    """Hash, identity, size, origin, version and the time it was fetched, in UTC."""
    (path,) = kept(root, CRLF)
    assert json.loads(path.with_suffix(".json").read_bytes()) == {
        "sha256": exact(CRLF),
        "identity": CRLF.sha256,
        "size": len(CRLF.raw),
        "fetched_at": "2026-05-01T12:00:00+00:00",
        "version": "1.0",
        "origin": {
            "source": ORIGIN.source,
            "account": "home",
            "folder": "INBOX",
            "uidvalidity": 7,
            "uid": 1,
            "received": "2026-05-01T09:30:00+02:00",
        },
    }


def test_kept_twice_changes_nothing(root: Path) -> None:
    """Neither a file nor the log moves, whatever the second origin and hour."""
    kept(root, CRLF, UNIX)
    before = snapshot(root)
    for mail in (CRLF, UNIX):
        again = RawMail(raw=mail.raw, origin=Origin(source="elsewhere"))
        Evidence(root).keep(again, at=NOON + timedelta(days=1), version="2.0")
    assert snapshot(root) == before


def test_everything_is_the_owners_alone(root: Path) -> None:
    """Folders 0700, mails and descriptions 0400, the log 0600, whatever the umask."""
    before = os.umask(0)
    try:
        kept(root, CRLF, UNIX)
    finally:
        os.umask(before)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (root, *root.rglob("*"))}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.suffix in (".eml", ".json")} == {0o400}
    assert modes[root / "log.jsonl"] == 0o600


@pytest.mark.parametrize("mode", [0o750, 0o705])
def test_a_folder_that_others_may_read_is_refused(root: Path, mode: int) -> None:
    """The error names the folder and the command that helps."""
    kept(root, CRLF)
    root.chmod(mode)
    with pytest.raises(LedgerError, match=rf"chmod 700 '{root}'"):
        kept(root, UNIX)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n", "ａ" * 64])
def test_only_a_hash_is_an_id(root: Path, name: str) -> None:
    """No path can be asked for."""
    with pytest.raises(LedgerError, match="not the SHA-256"):
        Evidence(root).read(name)


def test_what_is_not_kept_is_a_clear_error(root: Path) -> None:
    """The error names the hash and the folder."""
    with pytest.raises(LedgerError, match=f"{root}: no evidence is kept under {'a' * 64}"):
        Evidence(root).read("a" * 64)


def link_mail(root: Path) -> None:
    (path,) = kept(root, CRLF)
    path.rename(root.parent / "moved")
    path.symlink_to(root.parent / "moved")


def link_folder(root: Path) -> None:
    (path,) = kept(root, CRLF)
    path.parent.rename(root.parent / "moved")
    path.parent.symlink_to(root.parent / "moved")


def link_log(root: Path) -> None:
    kept(root, UNIX)
    (root / "log.jsonl").rename(root.parent / "moved")
    (root / "log.jsonl").symlink_to(root.parent / "moved")


def link_root(root: Path) -> None:
    (root.parent / "moved").mkdir(parents=True)
    root.symlink_to(root.parent / "moved")


@pytest.mark.parametrize("link", [link_mail, link_folder, link_log, link_root])
def test_a_symbolic_link_is_refused(root: Path, link: Callable[[Path], None]) -> None:
    """Neither written through nor read through, wherever in the store it stands."""
    link(root)
    with pytest.raises(LedgerError, match="symbolic link"):
        kept(root, CRLF)
    with pytest.raises(LedgerError, match="symbolic link"):
        Evidence(root).read(exact(CRLF))


# ---------------------------------------------------------------- changes show


def test_any_changed_byte_shows(tmp_path_factory: pytest.TempPathFactory) -> None:
    """One flipped bit anywhere in the store, log and descriptions included, is named by `verify`."""
    root = tmp_path_factory.mktemp("store") / "evidence"
    kept(root, CRLF, UNIX, ODD)
    files = sorted(snapshot(root))
    assert len(files) == 9  # three mails, three descriptions, two aliases, the log

    @given(st.data())
    @settings(max_examples=300, deadline=None)
    def flip(data: st.DataObject) -> None:
        path = data.draw(st.sampled_from(files))
        whole = path.read_bytes()
        where = data.draw(st.integers(0, len(whole) - 1))
        changed = bytes([whole[where] ^ (1 << data.draw(st.integers(0, 7)))])
        path.chmod(0o600)
        path.write_bytes(whole[:where] + changed + whole[where + 1 :])
        try:
            assert any(fault.where.startswith(str(path)) for fault in Evidence(root).verify())
        finally:
            path.write_bytes(whole)

    flip()
    assert said(root) == []


def rewritten(root: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    log = root / "log.jsonl"
    log.write_bytes(b"".join(change(log.read_bytes().splitlines(keepends=True))))


def edited(line: bytes, *, honest_hash: bool) -> bytes:
    row = json.loads(line) | {"size": 1}
    if honest_hash:
        del row["hash"]
        row["hash"] = hashlib.sha256(canonical(row)).hexdigest()
    return canonical(row) + b"\n"


LOG_CHANGES: tuple[tuple[str, Callable[[list[bytes]], list[bytes]], str], ...] = (
    ("edited", lambda rows: [rows[0], edited(rows[1], honest_hash=False), rows[2]], "log.jsonl:2 row 2 was changed"),
    (
        "edited, its own hash made right",
        lambda rows: [rows[0], edited(rows[1], honest_hash=True), rows[2]],
        "log.jsonl:3 row 3 does not fit row 2: one of them was changed",
    ),
    (
        "deleted in the middle",
        lambda rows: [rows[0], rows[2]],
        "log.jsonl:2 row 3 follows row 1: rows are missing or were put in",
    ),
    ("deleted at the start", lambda rows: rows[1:], "log.jsonl:1 row 2 follows row 0: rows are missing or were put in"),
    ("doubled", lambda rows: [rows[0], *rows], "log.jsonl:2 row 1 follows row 1: rows are missing or were put in"),
    (
        "other spacing",
        lambda rows: [rows[0], b" " + rows[1], rows[2]],
        "log.jsonl:2 this row was changed: it cannot be read",
    ),
    (
        "no JSON",
        lambda rows: [rows[0], b"[" * 100_000 + b"\n", *rows[2:]],
        "log.jsonl:2 this row was changed: it cannot be read",
    ),
    ("no object", lambda rows: [rows[0], b"[]\n", *rows[2:]], "log.jsonl:2 this row was changed: it cannot be read"),
)


@pytest.mark.parametrize(("change", "fault"), [case[1:] for case in LOG_CHANGES], ids=[case[0] for case in LOG_CHANGES])
def test_a_changed_log_names_its_row(root: Path, change: Callable[[list[bytes]], list[bytes]], fault: str) -> None:
    """The first fault names the line where the chain breaks; only that place is named of the chain."""
    kept(root, CRLF)
    Evidence(root).record("read", at=NOON, details={"sha256": CRLF.sha256, "size": 0})
    Evidence(root).record("read", at=NOON, details={"sha256": CRLF.sha256, "size": 0})
    rewritten(root, change)
    assert [line for line in said(root) if line.startswith("log")] == [fault]


def test_a_cut_tail_shows_only_against_a_head_kept_elsewhere(root: Path) -> None:
    """What `verify` cannot see is said in its docstring; the head tells."""
    kept(root, CRLF)
    Evidence(root).record("read", at=NOON, details={})
    head = Evidence(root).head()
    rewritten(root, lambda rows: rows[:1])
    assert said(root) == []
    assert Evidence(root).head() != head


def test_files_lost_or_put_in_are_named(root: Path) -> None:
    """A missing file, and one that stands in no row of the log."""
    lost, other = kept(root, CRLF, ODD)
    stranger = other.with_name(f"{'f' * 64}.eml")
    lost.unlink()
    stranger.write_bytes(b"forged")
    assert said(root) == [f"{lost.name} is missing", f"{stranger.name} stands in no row of the log"]


def test_a_changed_mail_is_neither_read_nor_kept_over(root: Path) -> None:
    """Evidence that was changed is an error, never healed in silence."""
    (path,) = kept(root, CRLF)
    path.chmod(0o600)
    path.write_bytes(b"forged")
    with pytest.raises(LedgerError, match="changed since it was kept"):
        Evidence(root).read(exact(CRLF))
    with pytest.raises(LedgerError, match="changed since it was kept"):
        kept(root, CRLF)


def test_an_empty_store_is_whole(root: Path) -> None:
    """Nothing kept, nothing wrong; the head is the zeros that the first row names as its previous."""
    assert (said(root), Evidence(root).head()) == ([], "0" * 64)


# ---------------------------------------------------------------- crashes and company


def test_a_row_that_a_crash_left_unfinished_is_taken_away(root: Path) -> None:
    """Half a row is named until the next row takes its place."""
    kept(root, CRLF)
    with (root / "log.jsonl").open("ab") as log:
        log.write(b'{"at":"2026')
    assert said(root) == ["log.jsonl:2 this row was changed: it cannot be read"]
    kept(root, ODD)
    assert said(root) == []


def test_a_log_of_half_a_row_starts_anew(root: Path) -> None:
    """A crash in the very first row."""
    root.mkdir(parents=True, mode=0o700)
    (root / "log.jsonl").write_bytes(b'{"at":')
    kept(root, CRLF)
    assert said(root) == []


def test_rows_longer_than_a_block_are_chained(root: Path) -> None:
    """The last row is found whatever its length."""
    for size in (70_000, 200_000, 3):
        Evidence(root).record("read", at=NOON, details={"raw": "é" * size})
    assert said(root) == []


def test_a_row_takes_any_text(root: Path) -> None:
    """Odd bytes of file names and split surrogates do not spoil the chain."""
    for odd in ("b\udcffd", "\ud83d\ude00", "😀\x00\\ud800"):
        Evidence(root).record("read", at=NOON, details={"source": odd})
    assert said(root) == []


@pytest.mark.parametrize("stop_after", ["mail", "row"])
def test_done_again_after_a_crash_a_mail_is_whole(root: Path, stop_after: str) -> None:
    """Without its description a mail counts as not kept yet; kept again, all is there."""
    (path,) = kept(root, CRLF)
    path.with_suffix(".json").unlink()
    if stop_after == "mail":
        (root / "log.jsonl").unlink()
    Evidence(root).keep(CRLF, at=NOON + timedelta(days=1), version="1.1")
    assert said(root) == []
    assert Evidence(root).read(exact(CRLF)) == CRLF.raw


BATCH = (CRLF, ODD, UNIX, CRLF)


def test_a_batch_is_kept_as_each_mail_alone(tmp_path: Path) -> None:
    """The same files and the same log; a mail that comes twice in a batch is kept once."""
    one, all_ = tmp_path / "one", tmp_path / "all"
    paths = Evidence(all_).keep_all(BATCH, at=NOON, version="1.0")
    assert [path.relative_to(all_) for path in paths] == [path.relative_to(one) for path in kept(one, *BATCH)]
    assert {p.relative_to(all_): raw for p, raw in snapshot(all_).items()} == {
        p.relative_to(one): raw for p, raw in snapshot(one).items()
    }
    assert said(all_) == []


def test_nothing_to_keep_touches_no_disk(root: Path) -> None:
    """A batch without evidence makes no folder."""
    assert Evidence(root).keep_all((), at=NOON, version="1.0") == ()
    assert not root.exists()


@pytest.mark.parametrize("fails_at", range(1, 17))
def test_a_batch_may_stop_at_any_sync(root: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int) -> None:
    """Whatever sync fails, no row lacks its mail and nothing half written is left; done again, all is whole."""
    real, calls = os.fsync, count(1)

    def fsync(handle: int) -> None:
        if next(calls) == fails_at:
            raise OSError(28, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(LedgerError, match="No space left"):
        Evidence(root).keep_all(BATCH, at=NOON, version="1.0")
    assert not [line for line in said(root) if line.endswith((".eml is missing", ".eml was changed"))]
    assert not list(root.rglob(".keep-*"))
    Evidence(root).keep_all(BATCH, at=NOON + timedelta(days=1), version="1.0")
    assert said(root) == []


def test_a_batch_is_synced_together(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each further mail in a folder that is there costs its two files' syncs, and no more."""
    syncs: list[int] = []
    monkeypatch.setattr(os, "fsync", syncs.append)
    first = hashlib.sha256(b"0\r\n").hexdigest()[:2]
    same = [raw for n in range(9999) if hashlib.sha256(raw := b"%d\r\n" % n).hexdigest()[:2] == first]
    costs = []
    for batch in (same[:2], same[2:12]):
        syncs.clear()
        Evidence(root).keep_all([RawMail(raw=raw, origin=ORIGIN) for raw in batch], at=NOON, version="1.0")
        costs.append(len(syncs))
    assert costs[1] - costs[0] == 2 * 8


def test_of_two_processes_either_may_have_described_a_mail(root: Path) -> None:
    """Both logged that they keep it; the description on disk is that of either row."""
    (path,) = kept(root, CRLF)
    beside = path.with_suffix(".json")
    first = beside.read_bytes()
    beside.unlink()
    Evidence(root).keep(CRLF, at=NOON + timedelta(seconds=1), version="1.0")
    assert beside.read_bytes() != first
    assert said(root) == []
    beside.chmod(0o600)
    beside.write_bytes(first)
    assert said(root) == []


def test_a_moment_without_zone_is_refused(root: Path) -> None:
    """An hour of nowhere proves nothing."""
    with pytest.raises(ValueError, match="without time zone"):
        Evidence(root).record("read", at=NOON.replace(tzinfo=None), details={})


KEEPS_TOO = """
    import sys
    from datetime import UTC, datetime
    from pathlib import Path
    from cancelproof.evidence import Evidence
    from cancelproof.model import Origin, RawMail

    for number in range(12):
        for name in (sys.argv[2], "all"):
            mail = RawMail(raw=f"{name} {number}\\n".encode(), origin=Origin(source=name))
            Evidence(Path(sys.argv[1])).keep(mail, at=datetime(2026, 1, 1, tzinfo=UTC), version=name)
"""


def test_several_processes_keep_at_once(root: Path) -> None:
    """One chain without gap, every mail whole, also those that all keep at the same time."""
    command = [sys.executable, "-c", textwrap.dedent(KEEPS_TOO), str(root)]
    runs = [subprocess.Popen([*command, name]) for name in ("a", "b", "c")]
    assert [run.wait(timeout=60) for run in runs] == [0, 0, 0]
    assert said(root) == []
    assert len(list(root.glob("*/*.eml"))) == 4 * 12
