"""Mails from files and folders: forms told by content, mbox, Maildir, trees."""

from __future__ import annotations

import gzip
import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cancelproof.errors import SourceError
from cancelproof.model import Fault, RawMail
from cancelproof.sources import Source, items, mbox, open_path, sniff, stamps
from cancelproof.sources.sniff import Form

MAIL = b"From: a@shop.example\nTo: me@me.example\nSubject: Hello\n\nA text.\n"
FROM = b"From a@shop.example Mon Jul  1 11:20:15 2024\n"


def read(path: Path | str) -> tuple[list[tuple[str, bytes]], list[Fault], int]:
    """The (source, bytes) of every mail below a path, its faults, and how many files were passed over."""
    source: Source = open_path(str(path))
    batches = list(source.batches())
    mails = [(mail.origin.source, mail.raw) for batch in batches for mail in batch.mails]
    return mails, [fault for batch in batches for fault in batch.faults], sum(batch.passed_over for batch in batches)


FORMS = [
    (b"", Form.EMPTY),
    (MAIL, Form.MAIL),
    (MAIL.replace(b"\n", b"\r\n"), Form.MAIL),
    (b"\xef\xbb\xbf" + MAIL, Form.MAIL),
    (b"\r\n\r\n" + MAIL, Form.MAIL),
    (b">From a@b Mon Jul  1 11:20:15 2024\n" + MAIL, Form.MAIL),
    (b"Subject: only this\n\nand a text", Form.MAIL),
    (b"Received: by mx.example\n\twith ESMTP\nbroken line\nDate: today", Form.MAIL),
    (FROM + MAIL, Form.MBOX),
    (b"\n\n" + FROM + MAIL, Form.MBOX),
    (b"From - Mon, 1 Jul\nFrom: a@b\n\n", Form.OTHER),
    (b"From here on, all is text.\n", Form.OTHER),
    (b"name: cancelproof\nversion: 1\n", Form.OTHER),
    (b"Subject: x\nno other field of a mail, and no blank line", Form.OTHER),
    (b"Dear all,\nFrom: a\nTo: b\n\n", Form.OTHER),
    (b"\x89PNG\r\n\x1a\n", Form.OTHER),
    (b'{"from": "a@b", "date": 1}', Form.OTHER),
    (b"\x1f\x8b\x08\x00", Form.GZIP),
    (b"PK\x03\x04", Form.ZIP),
    (b"\0" * 257 + b"ustar", Form.TAR),
]


@pytest.mark.parametrize(("head", "form"), FORMS)
def test_a_form_is_told_by_content(head: bytes, form: Form) -> None:
    """What a file holds is told by its first bytes, never by its name."""
    assert sniff.form(head) is form


LONG = b"long " * 15_000
LONG_HEADERS = [
    (b"Subject: " + LONG, Form.MAIL),
    (b"X-Spam-Report: " + LONG.replace(b"long long", b"long\n\tlong"), Form.MAIL),
    (b"ARC-Message-Signature: " + LONG, Form.MAIL),
    (b"Received: by mx.example;\n\tMon, 1 Jul 2024 11:20:15 +0000\n" * 1500, Form.MAIL),
    (b"BEGIN:VCALENDAR\nX-WR-CALNAME:mine\n" + b"SUMMARY:an event\n" * 5000, Form.OTHER),
    (b"Subject: " + b"lines of a text\n" * 5000, Form.OTHER),
    (b"key: " + LONG, Form.OTHER),
]


@pytest.mark.parametrize(("header", "form"), LONG_HEADERS, ids=[repr(header[:9]) for header, _ in LONG_HEADERS])
def test_a_header_may_be_longer_than_what_is_looked_at(tmp_path: Path, header: bytes, form: Form) -> None:
    """Its first lines tell a mail, alone or in a folder."""
    assert sniff.form(header[: sniff.HEAD]) is form
    (tmp_path / "long.eml").write_bytes(header.strip() + b"\n" + MAIL)
    mails, faults, passed_over = read(tmp_path)
    assert (len(mails), faults, passed_over) == ((1, [], 0) if form is Form.MAIL else (0, [], 1))


FROM_LINES = [
    (b"From a@b Mon Jul  1 11:20:15 2024", datetime(2024, 7, 1, 11, 20, 15, tzinfo=UTC)),
    (b"From - Mon Jul 01 11:20:15 2024\r", datetime(2024, 7, 1, 11, 20, 15, tzinfo=UTC)),
    (b"From 1719834545@xxx Mon Jul 01 11:20:15 +0200 2024", datetime(2024, 7, 1, 9, 20, 15, tzinfo=UTC)),
    (b"From a@b Mon Jul  1 11:20 2024 -0530", datetime(2024, 7, 1, 16, 50, tzinfo=UTC)),
    (b"From a@b Mon Jul  1 11:20:15 CEST 2024", datetime(2024, 7, 1, 11, 20, 15, tzinfo=UTC)),
    (b"From a@b Mon Jul 41 11:20:15 2024", None),
    (b"From a@b Mon Jul  1 11:20:15 +9999 2024", None),
    (b"From a@b Mon Foo  1 11:20:15 2024", None),
]


@pytest.mark.parametrize(("line", "arrival"), FROM_LINES)
def test_a_from_line_tells_the_arrival(line: bytes, arrival: datetime | None) -> None:
    """The date of a From_ line is the time of arrival, aware, UTC where it names no zone."""
    assert sniff.dated(line)
    assert stamps.arrival(line) == arrival


def test_a_from_line_keeps_its_zone() -> None:
    """A numeric zone is kept, so that the calendar day of arrival can be told."""
    arrival = stamps.arrival(b"From a@b Mon Jul  1 01:20:15 +0200 2024")
    assert arrival is not None
    assert arrival.tzinfo == timezone(timedelta(hours=2))


CL_MAIL = b"From: a@shop.example\nContent-Length: %d\n\n"
CL = FROM + CL_MAIL
EMBEDDED = b"\n" + FROM + b"X-Forged: yes\n\nI am no mail of my own\n"


SPLITS = [
    ("one", FROM + MAIL, [MAIL]),
    ("two, with the blank line that the format adds", FROM + MAIL + b"\n" + FROM + MAIL + b"\n", [MAIL, MAIL]),
    (
        "CRLF",
        (FROM + MAIL + b"\n" + FROM + MAIL + b"\n").replace(b"\n", b"\r\n"),
        [MAIL.replace(b"\n", b"\r\n")] * 2,
    ),
    ("From in the text without a date", FROM + MAIL + b"\nFrom here on: text\n", [MAIL + b"\nFrom here on: text\n"]),
    ("dated, but no header follows", FROM + MAIL + b"\n" + FROM + b"text\n", [MAIL + b"\n" + FROM + b"text\n"]),
    ("dated, but no blank line before", FROM + MAIL + FROM + MAIL, [MAIL + FROM + MAIL]),
    ("quoted once and twice", FROM + MAIL + b">From a\n>>From b\n> From c\n", [MAIL + b"From a\n>From b\n> From c\n"]),
    ("no mail but a header", FROM + b"X-A: 1\n\n" + FROM + MAIL, [b"X-A: 1\n", MAIL]),
    ("Content-Length instead of quoting", CL % 84 + EMBEDDED + b"\n" + FROM + MAIL, [CL_MAIL % 84 + EMBEDDED, MAIL]),
    ("Content-Length at the end of the file", CL % 84 + EMBEDDED, [CL_MAIL % 84 + EMBEDDED]),
    ("a wrong Content-Length", CL % 60 + EMBEDDED, [CL_MAIL % 60, EMBEDDED[1 + len(FROM) :]]),
    ("a Content-Length beyond the next mail", CL % 9999 + MAIL + b"\n" + FROM + MAIL, [CL_MAIL % 9999 + MAIL, MAIL]),
    ("a very long line like a separator", FROM + MAIL + b"\nFrom " + b"x" * 5000, [MAIL + b"\nFrom " + b"x" * 5000]),
]


class Dripping(io.RawIOBase):
    """A stream that gives `step` bytes at a time, as a network or an unpacker may."""

    def __init__(self, data: bytes, step: int) -> None:
        self._data, self._step = io.BytesIO(data), step

    def read(self, size: int = -1, /) -> bytes:
        return self._data.read(min(size, self._step))


@pytest.mark.parametrize("step", [1, 7, 64, 100_000])
@pytest.mark.parametrize(("what", "data", "mails"), SPLITS, ids=[what for what, _, _ in SPLITS])
def test_an_mbox_is_split(what: str, data: bytes, mails: list[bytes], step: int) -> None:
    """A separator is a From_ line after a blank line, ending in a date, before a header; wherever the blocks end."""
    found = list(mbox.mails(data[:step], Dripping(data[step:], step), "m"))
    assert [mail.raw for mail in found if isinstance(mail, RawMail)] == mails
    assert [mail.origin.source for mail in found if isinstance(mail, RawMail)] == [
        f"m#{n + 1}" for n in range(len(mails))
    ]


LINES = st.sampled_from(
    [b"From a@b Mon Jul  1 11:20:15 2024", b">From x", b">>From y", b"From: z", b"", b"> q", b"text"]
)


@given(st.lists(st.lists(LINES), min_size=1), st.integers(1, 300), st.sampled_from([b"\n", b"\r\n"]))
def test_an_mboxrd_gives_back_what_was_stored(bodies: list[list[bytes]], step: int, end: bytes) -> None:
    """Whatever the text, quoting and splitting returns each mail byte for byte."""
    mails = [b"Subject: x" + end + end + b"".join(line + end for line in body) for body in bodies]
    data = b"".join(FROM.replace(b"\n", end) + mbox.quote(mail) + end for mail in mails)
    found = mbox.mails(data[:step], Dripping(data[step:], step), "m")
    assert [mail.raw for mail in found if isinstance(mail, RawMail)] == mails


@pytest.mark.parametrize("limit", [1000, 4_000_000])
def test_a_huge_mail_in_an_mbox_is_named_and_the_next_one_read(limit: int) -> None:
    """A mail above the limit is a fault with its number; memory stays bounded and its neighbours are read."""
    data = FROM + MAIL + b"\n" + FROM + MAIL + b"x\n" * 3_000_000 + b"\n" + FROM + MAIL
    found = list(mbox.mails(b"", io.BytesIO(data), "m", limit))
    assert [item.raw if isinstance(item, RawMail) else item for item in found] == [
        MAIL,
        Fault(where="m#2", what=f"the mail is larger than {limit // 1024 // 1024} MB"),
        MAIL,
    ]


def test_one_mail_is_read_byte_for_byte(tmp_path: Path) -> None:
    """A .eml is yielded as stored, whatever its name, under its path as given."""
    raw = b"\r\n" + MAIL + b"\xff\x00 no new line at the end"
    (tmp_path / "letter.dat").write_bytes(raw)
    assert read(tmp_path / "letter.dat") == ([(f"{tmp_path}/letter.dat", raw)], [], 0)


def test_a_gzipped_mbox_is_read(tmp_path: Path) -> None:
    """An mbox may be gzipped; its mails are numbered from 1."""
    path = tmp_path / "old"
    path.write_bytes(gzip.compress(FROM + MAIL + b"\n" + FROM + MAIL + b"\n"))
    assert read(path) == ([(f"{path}#1", MAIL), (f"{path}#2", MAIL)], [], 0)


def test_a_cut_gzip_yields_what_came_before(tmp_path: Path) -> None:
    """A file that ends in the middle yields its whole mails and a fault."""
    path = tmp_path / "cut.gz"
    noise = os.urandom(200_000).hex().encode()
    path.write_bytes(gzip.compress(FROM + MAIL + b"\n" + FROM + MAIL + noise)[:-20_000])
    mails, faults, _ = read(path)
    assert mails == [(f"{path}#1", MAIL)]
    assert [fault.where for fault in faults] == [str(path)]


def test_a_maildir_is_read_without_tmp(tmp_path: Path) -> None:
    """cur and new are read, subfolders too, tmp is not; other files are passed over and counted."""
    for folder in ("cur", "new", "tmp", ".Sent/cur", ".Sent/new", ".Sent/tmp"):
        (tmp_path / "box" / folder).mkdir(parents=True)
        (tmp_path / "box" / folder / "123:2,S").write_bytes(MAIL)
    (tmp_path / "box" / "dovecot-uidlist").write_text("3 V1 N2\n")
    mails, faults, passed_over = read(f"{tmp_path}/box/")
    below = [".Sent/cur/123:2,S", ".Sent/new/123:2,S", "cur/123:2,S", "new/123:2,S"]
    assert [source for source, _ in mails] == [f"{tmp_path}/box/{name}" for name in below]
    assert (faults, passed_over) == ([], 1)


def test_a_tree_is_read_in_the_order_of_names(tmp_path: Path) -> None:
    """Every form is found in a tree, in the order of the names' bytes; tmp is only special in a Maildir."""
    (tmp_path / "b").mkdir()
    (tmp_path / "tmp").mkdir()
    (tmp_path / "b" / "2.eml").write_bytes(MAIL)
    (tmp_path / "b" / "10.eml").write_bytes(MAIL)
    (tmp_path / "Z.txt").write_bytes(FROM + MAIL)
    (tmp_path / "a.txt").write_text("no mail")
    (tmp_path / "empty").touch()
    (tmp_path / "tmp" / "x").write_bytes(MAIL)
    mails, faults, passed_over = read(tmp_path)
    assert [source for source, _ in mails] == [f"{tmp_path}/{n}" for n in ("Z.txt#1", "b/10.eml", "b/2.eml", "tmp/x")]
    assert (faults, passed_over) == ([], 2)


def test_links_and_special_files_are_never_opened(tmp_path: Path) -> None:
    """A loop, a pipe or a device cannot hold up a scan; a link to a mail is read, one to another folder is named."""
    box = tmp_path / "box"
    box.mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "real.eml").write_bytes(MAIL)
    os.mkfifo(box / "fifo")
    (box / "loop").symlink_to(box)
    (box / "self").symlink_to(box / "self")
    (box / "broken").symlink_to(box / "gone")
    (box / "null").symlink_to("/dev/null")
    (box / "link.eml").symlink_to(tmp_path / "real.eml")
    (box / "other").symlink_to(tmp_path / "elsewhere")
    mails, faults, passed_over = read(box)
    assert [source for source, _ in mails] == [f"{box}/link.eml"]
    assert [fault.where for fault in faults if "elsewhere" in fault.what] == [f"{box}/other"]
    assert len(faults) + passed_over == 6


def test_a_name_that_is_no_text_can_be_shown(tmp_path: Path) -> None:
    """A file name of any bytes is read, and shown so that any output can encode it."""
    with open(os.fsencode(tmp_path) + b"/caf\xe9.eml", "wb") as file:  # noqa: PTH123 - a name of bytes
        file.write(MAIL)
    assert read(tmp_path)[0] == [(f"{tmp_path}/caf\\xe9.eml", MAIL)]


def test_a_mail_above_the_limit_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file larger than any mail is refused as a fault."""
    monkeypatch.setattr("cancelproof.sources.contents.MAIL_LIMIT", 1024 * 1024)
    path = tmp_path / "big.eml"
    path.write_bytes(MAIL + b"x" * 2**21)
    assert read(path) == ([], [Fault(where=str(path), what="the mail is larger than 1 MB")], 0)


@contextmanager
def as_a_common_user() -> Iterator[None]:
    """Permissions do not bind root: the test runs as nobody where it can."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """A folder that every user can reach; pytest's own is closed to others."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_what_cannot_be_read_in_a_tree_is_a_fault(open_to_all: Path) -> None:
    """A file or folder without permission is named, and the rest is read."""
    (open_to_all / "a").mkdir(mode=0o000)
    (open_to_all / "b.eml").write_bytes(MAIL)
    (open_to_all / "b.eml").chmod(0o000)
    (open_to_all / "c.eml").write_bytes(MAIL)
    with as_a_common_user():
        mails, faults, _ = read(open_to_all)
    assert [source for source, _ in mails] == [f"{open_to_all}/c.eml"]
    assert [fault.where for fault in faults] == [f"{open_to_all}/a", f"{open_to_all}/b.eml"]


DAMAGED = "the archive is damaged and cannot be opened (copy or download it anew)"
REFUSED = [
    ("gone", None, "no such file or folder (check how the path is written)"),
    ("empty", b"", "the file is empty (give a .eml, an mbox, a Maildir, a folder, a zip or a tgz)"),
    ("notes", b"just a text\n", "this file is no mailbox (give a .eml, an mbox, a Maildir, a folder, a zip or a tgz)"),
    (
        "packed",
        gzip.compress(b"just a text\n"),
        "this file is no mailbox (give a .eml, an mbox, a Maildir, a folder, a zip or a tgz)",
    ),
    ("bad.gz", b"\x1f\x8b\x08 no", DAMAGED),
    ("cut.gz", gzip.compress(FROM + MAIL)[:-12], DAMAGED),
    ("garbled.gz", gzip.compress(FROM + MAIL)[:10] + b"\xff" * 90, DAMAGED),
    ("bad.zip", b"PK\x03\x04 no", DAMAGED),
    ("bad.tar", b"x" * 257 + b"ustar" + b"x" * 900, DAMAGED),
]


@pytest.mark.parametrize(("name", "data", "message"), REFUSED, ids=[name for name, _, _ in REFUSED])
def test_a_path_without_a_mailbox_is_refused(tmp_path: Path, name: str, data: bytes | None, message: str) -> None:
    """A path that cannot be a mailbox ends with one line that says what to do."""
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(SourceError) as raised:
        open_path(str(path))
    assert str(raised.value) == f"{path}: {message}"


def test_a_pipe_is_refused_as_a_path(tmp_path: Path) -> None:
    """A named pipe given as a path is refused at once; nobody waits for its writer."""
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(SourceError, match="neither a file nor a folder"):
        open_path(str(tmp_path / "fifo"))


def test_an_unreadable_path_is_refused(open_to_all: Path) -> None:
    """A path without permission is refused with the reason, not a traceback."""
    (open_to_all / "box").mkdir(mode=0o000)
    with as_a_common_user(), pytest.raises(SourceError, match=r"cannot be read: Permission denied \(check its perm"):
        open_path(str(open_to_all / "box"))


def test_a_folder_without_mail_is_no_error(tmp_path: Path) -> None:
    """An empty folder is read: nothing was there, and that is said."""
    assert read(tmp_path) == ([], [], 0)


def test_batches_are_bounded() -> None:
    """A batch holds at most 500 mails or about 8 MB, and the order is kept."""
    mail = next(iter(mbox.mails(b"", io.BytesIO(FROM + MAIL), "m")))
    big = next(iter(mbox.mails(b"", io.BytesIO(FROM + MAIL + b"x" * 5_000_000), "m")))
    sizes = [len(batch.mails) for batch in items.batches([*[mail] * 1100, *[big] * 3, None])]
    assert sizes == [500, 500, 102, 1]
