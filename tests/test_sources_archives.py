"""Mails from zip and tar archives, kind ones and hostile ones."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from cancelproof.model import Fault
from cancelproof.sources import archive, open_path

MAIL = b"From: a@shop.example\nTo: me@me.example\nSubject: Hello\n\nA text.\n"
MBOX = b"From a@shop.example Mon Jul  1 11:20:15 2024\n" + MAIL + b"\n"

MEMBERS = {
    "Takeout/Mail/All mail.mbox": MBOX * 2,
    "Takeout/archive_browser.html": b"<html>",
    "a.eml": MAIL,
    "old.mbox.gz": gzip.compress(MBOX),
    "../../etc/x.eml": MAIL,
    "/absolute.eml": MAIL,
}
SOURCES = [
    "!/Takeout/Mail/All mail.mbox#1",
    "!/Takeout/Mail/All mail.mbox#2",
    "!/a.eml",
    "!/old.mbox.gz#1",
    "!/../../etc/x.eml",
    "!//absolute.eml",
]


def read(path: Path) -> tuple[list[tuple[str, bytes]], list[Fault], int]:
    batches = list(open_path(str(path)).batches())
    mails = [(mail.origin.source.removeprefix(str(path)), mail.raw) for batch in batches for mail in batch.mails]
    return mails, [fault for batch in batches for fault in batch.faults], sum(batch.passed_over for batch in batches)


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return file.getvalue()


def tarred(members: dict[str, bytes], mode: str) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as packed:  # type: ignore[call-overload]  # the mode is a parameter here
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            packed.addfile(info, io.BytesIO(data))
    return file.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        zipped(MEMBERS),
        zipped(MEMBERS, zipfile.ZIP_STORED),
        tarred(MEMBERS, "w"),
        tarred(MEMBERS, "w:gz"),
        tarred({"n" * 300: b"", **MEMBERS}, "w:gz"),
    ],
    ids=["zip", "stored zip", "tar", "tgz", "long name"],
)
def test_every_form_is_read_from_an_archive(tmp_path: Path, data: bytes) -> None:
    """Mails, mboxes and gzipped mboxes are read in stored order; names are shown, never used as paths."""
    path = tmp_path / "takeout"
    path.write_bytes(data)
    mails, faults, passed_over = read(path)
    assert mails == [(source, MAIL) for source in SOURCES]
    assert faults == []
    assert passed_over in (1, 2)
    assert list(tmp_path.iterdir()) == [path]


def test_an_archive_in_a_tree_is_read(tmp_path: Path) -> None:
    """An archive below a folder is read like any other mailbox."""
    (tmp_path / "a.zip").write_bytes(zipped({"x.eml": MAIL}))
    assert read(tmp_path)[0] == [("/a.zip!/x.eml", MAIL)]


def test_an_archive_in_an_archive_is_named(tmp_path: Path) -> None:
    """Archives are not opened without end: an inner one is a fault with its remedy."""
    path = tmp_path / "a"
    path.write_bytes(zipped({"in.zip": zipped({"x.eml": MAIL}), "in.tar": tarred({"x.eml": MAIL}, "w"), "b": MAIL}))
    mails, faults, _ = read(path)
    assert mails == [("!/b", MAIL)]
    assert [str(fault).removeprefix(str(path)) for fault in faults] == [
        "!/in.zip: an archive within an archive is not opened; unpack the outer one",
        "!/in.tar: an archive within an archive is not opened; unpack the outer one",
    ]


BOMB = b"From: a@b\nSubject: x\n\n" + b"x" * (100 * 1024 * 1024)


@pytest.mark.parametrize(
    "data",
    [
        zipped({"x.eml": BOMB, "after.eml": MAIL}),
        gzip.compress(BOMB),
        zipped({"x.gz": gzip.compress(gzip.compress(BOMB)), "after.eml": MAIL}),
    ],
    ids=["zip", "gzip", "gzip twice in zip"],
)
def test_a_bomb_is_not_unpacked(tmp_path: Path, data: bytes) -> None:
    """An archive that unpacks to hundreds of times its size is left, and named once."""
    path = tmp_path / "bomb"
    path.write_bytes(data)
    mails, faults, _ = read(path)
    assert mails == []
    assert faults == [Fault(where=str(path), what="unpacks to far more than mail does; the rest was not read")]


def test_members_that_share_their_bytes_count_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sum over all members is held against the archive's size, so overlapping members gain nothing."""
    monkeypatch.setattr(archive, "RATIO_FREE", 1000)
    monkeypatch.setattr(archive, "RATIO_LIMIT", 2)
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({f"{n}.eml": MAIL + b"x" * 5000 for n in range(20)}))
    mails, faults, _ = read(path)
    assert 0 < len(mails) < 20
    assert len(faults) == 1


def test_too_many_members_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit on members the rest is left, in zip and tar."""
    monkeypatch.setattr(archive, "MEMBER_LIMIT", 3)
    members = {f"{n}.eml": MAIL for n in range(5)}
    for data in (zipped(members), tarred(members, "w")):
        (tmp_path / "a").write_bytes(data)
        mails, faults, _ = read(tmp_path / "a")
        assert len(mails) == 3
        assert [fault.what for fault in faults] == ["more than 3 members; the rest was not read"]


def test_links_and_devices_in_a_tar_are_passed_over(tmp_path: Path) -> None:
    """What is no regular file in an archive is never followed."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as packed:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE):
            info = tarfile.TarInfo(f"member-{kind!r}")
            info.type, info.linkname = kind, "/etc/passwd"
            packed.addfile(info)
    (tmp_path / "a.tar").write_bytes(file.getvalue())
    assert read(tmp_path / "a.tar") == ([], [], 4)


def test_a_symbolic_link_in_a_zip_is_passed_over(tmp_path: Path) -> None:
    """A zip entry that is marked as a link is no mail, whatever its bytes."""
    info = zipfile.ZipInfo("link.eml")
    info.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr(info, MAIL)
        packed.writestr("b.eml", MAIL)
    assert read(tmp_path / "a.zip") == ([("!/b.eml", MAIL)], [], 1)


def test_a_damaged_member_is_named_and_the_next_one_read(tmp_path: Path) -> None:
    """A wrong checksum, a password or a strange packing costs one member of a zip, not the archive."""
    data = bytearray(zipped({"a.eml": MAIL, "b.eml": MAIL}, zipfile.ZIP_STORED))
    data[data.find(b"A text.")] = ord("B")
    path = tmp_path / "a.zip"
    path.write_bytes(data)
    mails, faults, _ = read(path)
    assert [source for source, _ in mails] == ["!/b.eml"]
    assert [fault.where for fault in faults] == [f"{path}!/a.eml"]


def test_a_password_is_named(tmp_path: Path) -> None:
    """An encrypted member is a fault that says so."""
    data = bytearray(zipped({"a.eml": MAIL}, zipfile.ZIP_STORED))
    data[data.find(b"PK\x01\x02") + 8] |= 1
    path = tmp_path / "a.zip"
    path.write_bytes(data)
    assert read(path) == ([], [Fault(where=f"{path}!/a.eml", what="encrypted with a password")], 0)


def test_another_packing_is_named(tmp_path: Path) -> None:
    """A zip packed by lzma, whose memory a stranger chooses, is not unpacked but named."""
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({"a.eml": MAIL}, zipfile.ZIP_LZMA))
    mails, faults, _ = read(path)
    assert mails == []
    assert [fault.what for fault in faults] == ["packed in a way that is not read; pack it anew as a plain zip"]


@pytest.mark.parametrize("cut", [5000, 10_600, 11_000])
def test_a_cut_tar_yields_what_came_before_and_a_fault(tmp_path: Path, cut: int) -> None:
    """An archive that ends early never passes as whole."""
    path = tmp_path / "a.tar"
    path.write_bytes(tarred({f"{n}.eml": MAIL + b"x" * 4500 for n in range(4)}, "w")[:cut])
    mails, faults, _ = read(path)
    assert len(mails) == cut // 5300
    assert faults[-1].where == str(path)


def test_a_damaged_tar_header_does_not_end_in_silence(tmp_path: Path) -> None:
    """A header with a wrong checksum in the middle is a fault: the members behind it were not seen."""
    data = bytearray(tarred({"a.eml": MAIL, "b.eml": MAIL}, "w"))
    data[1024] ^= 1
    (tmp_path / "a.tar").write_bytes(data)
    mails, faults, _ = read(tmp_path / "a.tar")
    assert [source for source, _ in mails] == ["!/a.eml"]
    assert [fault.what for fault in faults] == ["damaged: bad checksum"]


def test_a_huge_name_in_a_tar_is_not_read(tmp_path: Path) -> None:
    """A member's name of 40 MB is refused before it is read into memory."""
    (tmp_path / "a.tar").write_bytes(tarred({"n" * 40_000_000: MAIL}, "w"))
    mails, faults, _ = read(tmp_path)
    assert mails == []
    assert [fault.what for fault in faults] == ["damaged: a name or attribute of absurd length"]


def test_a_member_that_cannot_be_inflated_is_named(tmp_path: Path) -> None:
    """Garbled packing is a fault, and the next member is read."""
    data = bytearray(zipped({"a.eml": MAIL * 50, "b.eml": MAIL}))
    data[35:60] = b"\xff" * 25
    (tmp_path / "a.zip").write_bytes(data)
    mails, faults, _ = read(tmp_path / "a.zip")
    assert [source for source, _ in mails] == ["!/b.eml"]
    assert [fault.where for fault in faults] == [f"{tmp_path}/a.zip!/a.eml"]


def test_a_zip_without_directory_is_a_fault(tmp_path: Path) -> None:
    """A zip whose directory is gone cannot be read; in a tree that is a fault."""
    (tmp_path / "a.zip").write_bytes(zipped({"a.eml": MAIL})[:-30])
    mails, faults, _ = read(tmp_path)
    assert mails == []
    assert [fault.what for fault in faults] == ["File is not a zip file"]


ALONE = [
    ("read me!.eml", MAIL, True),
    ("a.eml.gz", gzip.compress(MAIL), True),
    ("a.mbox", MBOX, False),
    ("a.zip", zipped({"a.eml": MAIL}), False),
    ("a.tgz", tarred({"a.eml": MAIL}, "w:gz"), False),
]


@pytest.mark.parametrize(("name", "data", "alone"), ALONE, ids=[name for name, _, _ in ALONE])
def test_a_file_of_one_mail_is_told_from_a_part(tmp_path: Path, name: str, data: bytes, alone: bool) -> None:
    """By what the file is, not by its name."""
    (tmp_path / name).write_bytes(data)
    (mail,) = [mail for batch in open_path(str(tmp_path / name)).batches() for mail in batch.mails]
    assert mail.origin.alone is alone


def test_an_archive_below_a_folder_with_a_mark_is_read(tmp_path: Path) -> None:
    """A name that looks like a place within an archive is none."""
    (tmp_path / "odd!").mkdir()
    (tmp_path / "odd!" / "a.tar").write_bytes(tarred({"a.eml": MAIL}, "w"))
    assert read(tmp_path / "odd!" / "a.tar") == ([("!/a.eml", MAIL)], [], 0)
