"""The pure parts of the conversation with a server: answers, folder names, UID sets, dates."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imapclient import imap_utf7

from cancelproof.sources.fetch import Fetched, answers, uid_sets
from cancelproof.sources.folders import Data, Status, folders, readable, statuses
from cancelproof.sources.stamps import internal_date

DATE = datetime(2024, 7, 1, 11, 20, 15, tzinfo=timezone(timedelta(hours=2)))

ANSWERS: list[tuple[Data, list[Fetched]]] = [
    ([b"1 (UID 5 RFC822.SIZE 33)"], [Fetched(uid=5, size=33)]),
    ([b"1 (RFC822.SIZE 33 UID 5)", b"2 (UID 6)"], [Fetched(uid=5, size=33), Fetched(uid=6)]),
    ([(b"1 (UID 5 BODY[] {3}", b"abc"), b")"], [Fetched(uid=5, sections={"BODY[]": b"abc"})]),
    ([(b"1 (BODY[] {3}", b"abc"), b" UID 5)"], [Fetched(uid=5, sections={"BODY[]": b"abc"})]),
    ([(b"1 (UID 5 body[] ~{3}", b"abc"), b")"], [Fetched(uid=5, sections={"BODY[]": b"abc"})]),
    ([(b"1 (UID 5 BODY[]<0> {3}", b"abc"), b")"], [Fetched(uid=5, sections={"BODY[]": b"abc"})]),
    (
        [(b"1 (BODY[HEADER] {1}", b"h"), (b" BODY[TEXT] {1}", b"t"), b" UID 5)", b"2 (UID 6)"],
        [Fetched(uid=5, sections={"BODY[HEADER]": b"h", "BODY[TEXT]": b"t"}), Fetched(uid=6)],
    ),
    ([b'1 (UID 5 BODY[] "a \\"b\\" \\\\")'], [Fetched(uid=5, sections={"BODY[]": b'a "b" \\'})]),
    ([b"1 (UID 5 BODY[] NIL)"], [Fetched(uid=5)]),
    ([b'1 (UID 5 INTERNALDATE " 1-Jul-2024 11:20:15 +0200")'], [Fetched(uid=5, received=DATE)]),
    ([b'1 (UID 5 INTERNALDATE "long ago")', None], [Fetched(uid=5)]),
    ([b"1 (FLAGS (UID 9) MODSEQ (12) UID 5)"], [Fetched(uid=5)]),
    (
        [(b"1 (UID 5 BODY[] {18}", b"1 (UID 6 BODY[] x)"), b")"],
        [Fetched(uid=5, sections={"BODY[]": b"1 (UID 6 BODY[] x)"})],
    ),
    ([b"1 (BODYSTRUCTURE NIL)", b"nonsense", b""], [Fetched()]),
]


@pytest.mark.parametrize(("data", "found"), ANSWERS)
def test_an_answer_is_read_by_itself(data: Data, found: list[Fetched]) -> None:
    """Each FETCH answer is read on its own, whatever its order and its neighbours; what is in a mail is no answer."""
    assert answers(data) == found


PARTS = st.sampled_from(
    [b"(", b")", b'"', b"\\", b" ", b"UID ", b"5", b"BODY[]", b"{3}", b"FLAGS (", b"1 ", b"\xff", b"NIL"]
)
LINES = st.lists(PARTS, max_size=12).map(b"".join)


@given(st.lists(st.one_of(LINES, st.tuples(LINES.map(lambda line: line + b"{3}"), st.binary(max_size=5)), st.none())))
def test_no_answer_is_too_odd(data: Data) -> None:
    """Whatever a server sends, reading it yields values and never fails."""
    assert all(isinstance(one, Fetched) for one in answers(data))
    names = [folder.name.encode() for folder in folders(data)]
    assert len(set(names)) == len(names)
    assert all(isinstance(status, Status) for status in statuses(data).values())


HOSTILE: list[bytes] = [
    b'"\\' * 400_000,
    b'BODY[] "' * 100_000,
    b"FLAGS (" * 100_000,
    b'BODY[] "\\"' * 100_000,
    b"(" * 800_000,
    b'INTERNALDATE "' * 50_000,
]


@pytest.mark.parametrize("line", HOSTILE, ids=[repr(line[:10]) for line in HOSTILE])
def test_time_grows_with_length_only(line: bytes) -> None:
    """A line of 800 KB made to be slow is read in well under a second."""
    start = time.process_time()
    answers([b"1 (" + line])
    folders([b'() "/" ' + line, b"(" + line])
    statuses([line])
    assert time.process_time() - start < 2


STATUSES = [
    ([b'"a b" (MESSAGES 3 UIDNEXT 4 UIDVALIDITY 5)'], {b"a b": Status(3, 4, 5)}),
    ([b"a (uidnext 4)"], {b"a": Status(None, 4, None)}),
    ([b"a (MESSAGES 0 UIDNEXT 0 UIDVALIDITY 0) "], {b"a": Status(0, None, None)}),
    ([(b"{3}", b'a"b'), b" (MESSAGES 1)"], {b'a"b': Status(1, None, None)}),
    ([b"a (MESSAGES x UIDNEXT)", b"b", None], {b"a": Status()}),
]


@pytest.mark.parametrize(("data", "found"), STATUSES)
def test_a_status_is_read(data: Data, found: dict[bytes, Status]) -> None:
    """STATUS gives three numbers by the folder's raw name; what is missing, 0 or no number is None."""
    assert statuses(data) == found


@given(st.text())
def test_a_folder_name_is_read_from_utf7(name: str) -> None:
    """Any name that a client can write comes back as written, but for INBOX, which has one spelling."""
    try:
        raw = bytes(imap_utf7.encode(name))
        name.encode()
    except UnicodeEncodeError:
        return
    assert readable(raw) == ("INBOX" if name.upper() == "INBOX" and name.isascii() else name)


UID_SETS = [
    ([], [], []),
    ([1, 2, 3], [1, 2, 3], ["1:3"]),
    ([1, 5, 9], [1, 5, 9], ["1:9"]),
    ([1, 2, 3, 4], [1, 2, 4], ["1:2,4"]),
    (
        list(range(400)),
        list(range(0, 400, 2)),
        [",".join(map(str, range(0, 320, 2))), ",".join(map(str, range(320, 400, 2)))],
    ),
]


@pytest.mark.parametrize(("listed", "uids", "sets"), UID_SETS)
def test_uids_are_written_as_ranges(listed: list[int], uids: list[int], sets: list[str]) -> None:
    """Neighbours among the folder's mails become a range; a command line stays short."""
    assert list(uid_sets(uids, {uid: n for n, uid in enumerate(listed)})) == sets
    assert all(len(one) < 3600 for one in sets)


INTERNAL_DATES = [
    (b"01-Jul-2024 11:20:15 +0200", DATE),
    (b" 1-Jul-2024 11:20:15 +0200", DATE),
    (b"01-Jul-2024 11.20.15 +0000", datetime(2024, 7, 1, 11, 20, 15, tzinfo=UTC)),
    (b"31-Dec-2016 23:59:60 +0000", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
    (b"31-Feb-2024 11:20:15 +0000", None),
    (b"01-Foo-2024 11:20:15 +0000", None),
    (b"01-Jul-0000 11:20:15 +0000", None),
    (b"01-Jul-2024 11:20:15 +9900", None),
    (b"", None),
]


@pytest.mark.parametrize(("text", "received"), INTERNAL_DATES)
def test_an_internaldate_is_read(text: bytes, received: datetime | None) -> None:
    """INTERNALDATE is aware, in the server's zone; what is none is None."""
    assert internal_date(text) == received
