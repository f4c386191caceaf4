"""What is remembered of an account: nothing is fetched twice or lost in silence; bad mails are tried again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from cancelproof.errors import ConnectionFailed, Throttled
from cancelproof.ledger import open_ledger
from cancelproof.scan import scan
from cancelproof.sources.imap import ImapAccount, ImapSource
from fake_imap import DONE, TAG, Fake, chosen, mails, served
from scan_fixture import TODAY, Home, with_ids


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with open_ledger(str(tmp_path / "ledger.sqlite")) as ledger:
        yield Home(ledger)


def test_a_new_numbering_is_matched_not_fetched(home: Home) -> None:
    """UIDVALIDITY changes: mails are known by Message-ID, size and time of arrival; only what is new is fetched."""
    with served(Fake({b"INBOX": with_ids(1, 2, 3)})) as fake:
        assert home.scan(fake).new == 3
    with served(Fake({b"INBOX": with_ids(1, 2, 3, 5, first=10)}, uidvalidity=8)) as fake:
        seen = home.scan(fake)
    assert home.read == [5]
    assert home.bodies() == ["UID FETCH 15 (UID INTERNALDATE BODY.PEEK[])"]
    assert seen.vanished == ()
    assert home.ledger.mailbox("mine", date.min).states()["INBOX"].last_uid == 15


def test_a_folder_made_anew_with_the_same_numbers(home: Home) -> None:
    """UIDVALIDITY changes and the mails are others under the same UIDs: all are read, and the gone proof is said."""
    with served(Fake({b"INBOX": with_ids(1, 2)})) as fake:
        home.scan(fake)
    others = {uid: raw.replace(b"%d" % uid, b"%d" % (uid + 100)) for uid, raw in with_ids(1, 2).items()}
    with served(Fake({b"INBOX": others}, uidvalidity=8)) as fake:
        seen = home.scan(fake)
    assert home.read == [101, 102]
    assert seen.vanished == ("imap:mine/INBOX;UIDVALIDITY=7;UID=2",)


def test_a_renamed_folder_is_not_read_again(home: Home) -> None:
    """A folder that vanished and a new one with its UIDVALIDITY and its mails are one; its state goes with it."""
    with served(Fake({b"INBOX": {}, b"Old": with_ids(1, 2, 3)})) as fake:
        home.scan(fake)
    with served(Fake({b"INBOX": {}, b"New": with_ids(1, 2, 3)})) as fake:
        seen = home.scan(fake)
    assert home.read == []
    assert home.bodies() == []
    assert seen.vanished == ()
    assert sorted(home.ledger.mailbox("mine", date.min).states()) == ["New"]


def test_the_server_s_own_id_spares_a_moved_mail(home: Home) -> None:
    """With OBJECTID a mail that moved is known by its EMAILID, whatever its folder and number."""

    def script(verb: str, rest: str) -> bytes | None:
        if verb != "UID FETCH" or "EMAILID" not in rest:
            return None
        found = fake.folders[fake.selected]
        lines = [
            b"* 1 FETCH (UID %d RFC822.SIZE %d EMAILID (M%b))\r\n" % (uid, len(found[uid]), found[uid][13:14])
            for uid in chosen(rest.partition(" ")[0], found)
        ]
        return b"".join(lines) + DONE

    fake = Fake({b"INBOX": with_ids(1, 2), b"Archive": {}}, script, b"IMAP4rev1 OBJECTID")
    with served(fake):
        home.scan(fake)
    fake = Fake({b"INBOX": with_ids(1), b"Archive": with_ids(2, first=40)}, script, b"IMAP4rev1 OBJECTID")
    with served(fake):
        seen = home.scan(fake)
    assert (home.read, home.bodies(), seen.vanished) == ([], [], ())


def test_a_proof_that_vanished_is_said(home: Home) -> None:
    """A kept mail that lies nowhere on the server any more is named; its copy stays. Moved, it has not vanished."""
    with served(Fake({b"INBOX": with_ids(1, 2, 4), b"Trash": {}})) as fake:
        assert home.scan(fake).vanished == ()
    with served(Fake({b"INBOX": with_ids(1), b"Trash": with_ids(4, first=70)})) as fake:
        seen = home.scan(fake)
    assert seen.vanished == ("imap:mine/INBOX;UIDVALIDITY=7;UID=2",)
    assert len(home.ledger.entries()) == 2


def test_a_bad_mail_is_tried_again_ever_more_seldom(home: Home) -> None:
    """A mail that the server could not give is asked for the next day, then after two and four, and read at last."""
    box = mails(1, 2, 3)
    bad = True

    def script(verb: str, rest: str) -> bytes | None:
        refused = bad and verb == "UID FETCH" and "BODY" in rest and 2 in chosen(rest.partition(" ")[0], box)
        return TAG + b" NO [SERVERBUG] no\r\n" if refused else None

    with served(Fake({b"INBOX": box}, script)) as fake:
        asked = []
        for _ in range(8):
            home.sent.clear()
            seen = home.scan(fake)
            asked.append(any("BODY" in command for command in home.sent))
            assert sum(folder.unread for folder in seen.folders) == 1
        assert asked == [True, True, False, True, False, False, False, True]
        bad = False
        home.day += timedelta(days=20)
        seen = home.scan(fake)
    assert home.read == [2]
    assert seen.unread == 0
    assert home.ledger.mailbox("mine", home.day).quarantined() == []


def test_since_leaves_out_and_a_later_scan_reads_it(home: Home) -> None:
    """Mails older than a day are left out and counted; without the day they are read, and no other again."""
    old, new = b'"01-Jan-2020 11:20:15 +0000"', b'"01-Jul-2024 11:20:15 +0000"'

    def script(verb: str, rest: str) -> bytes | None:
        if verb != "UID FETCH" or "INTERNALDATE" not in rest or "BODY" in rest:
            return None
        said = [
            b"* 1 FETCH (UID %d RFC822.SIZE 9 INTERNALDATE %b)\r\n" % (uid, old if uid < 3 else new)
            for uid in chosen(rest.partition(" ")[0], box)
        ]
        return b"".join(said) + DONE

    box = with_ids(1, 2, 3, 4)
    with served(Fake({b"INBOX": box}, script)) as fake:
        seen = home.scan(fake, since=date(2023, 1, 1))
        assert home.read == [3, 4]
        assert [(f.exists, f.unread, f.why, f.complete) for f in seen.folders] == [
            (4, 2, "arrived before 2023-01-01", True)
        ]
        assert home.scan(fake, since=date(2023, 1, 1)).unread == 2
        assert home.scan(fake).unread == 0
        assert home.read == [1, 2]
        home.scan(fake)
        assert home.read == []


def test_the_day_s_bytes_are_bounded(home: Home) -> None:
    """When the share of a day is used up the scan stops with what it has, says what is left, and goes on tomorrow."""
    with served(Fake({b"A": mails(*range(1, 501)), b"B": mails(*range(1, 601))})) as fake:
        seen = home.scan(fake, budget=1)
        assert seen.code == Throttled.exit_code
        assert "today's share of bytes is used up" in seen.stopped
        assert not seen.complete
        left = {folder.folder: folder.unread for folder in seen.folders}
        assert left == {"A": 0, "B": 600}
        box = home.ledger.mailbox("mine", TODAY)
        assert box.fetched_today() == seen.fetched > 0
        assert home.ledger.mailbox("mine", home.day).fetched_today() == 0
        assert home.scan(fake).complete


THROTTLED = [
    ("a short wait", b"BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds", 0, [92.415]),
    ("a long wait", b"BAD Request is throttled. Suggested Backoff Time: 9241500 milliseconds", 9, []),
    ("over quota", b"NO [OVERQUOTA] Account exceeded command or bandwidth limits", 9, []),
]


@pytest.mark.parametrize(("what", "said", "code", "pauses"), THROTTLED, ids=[one[0] for one in THROTTLED])
def test_a_server_s_hints_are_followed(home: Home, what: str, said: bytes, code: int, pauses: list[float]) -> None:
    """A wait that is bearable is waited, else the scan stops for today; no mail is taken for a bad one."""
    box = mails(1, 2, 3)
    asked: list[str] = []

    def script(verb: str, rest: str) -> bytes | None:
        if verb != "UID FETCH" or "BODY" not in rest:
            return None
        asked.append(rest)
        return TAG + b" " + said + b"\r\n" if len(asked) == 1 else None

    slept: list[float] = []
    with served(Fake({b"INBOX": box}, script)) as fake:
        account = ImapAccount("mine", "127.0.0.1", fake.port, "me", "none", "x", timeout=5.0)
        seen = scan(ImapSource(account, {}, sleep=slept.append), home, lambda: datetime(2026, 11, 1, tzinfo=UTC))
    assert (seen.code, slept) == (code, pauses)
    assert seen.new == (0 if code else 3)
    assert seen.unreadable == ()


def test_a_throttled_answer_slows_the_reader(home: Home) -> None:
    """OK [THROTTLED] is no error: the program pauses and goes on."""
    box = mails(1, 2)

    def script(verb: str, rest: str) -> bytes | None:
        if verb != "UID FETCH" or "BODY" not in rest:
            return None
        return fake.fetched(rest) + TAG + b" OK [THROTTLED] slow\r\n"

    slept: list[float] = []
    fake = Fake({b"INBOX": box}, script)
    with served(fake):
        account = ImapAccount("mine", "127.0.0.1", fake.port, "me", "none", "x", timeout=5.0)
        seen = scan(ImapSource(account, {}, sleep=slept.append), home, lambda: datetime(2026, 11, 1, tzinfo=UTC))
    assert seen.new == 2
    assert slept == [5.0]


def test_a_busy_server_did_not_refuse_the_password(home: Home) -> None:
    """A log-in refused for too many connections is a failed connection, not a wrong password."""
    busy = TAG + b" NO [UNAVAILABLE] Too many simultaneous connections\r\n"
    with served(Fake({}, lambda verb, _: busy if verb == "LOGIN" else None)) as fake, pytest.raises(ConnectionFailed):
        home.scan(fake)


def test_many_folders_are_read_at_a_time(home: Home) -> None:
    """Several connections share the folders; each mail is read once, and every folder's state is kept."""
    boxes = {b"F%d" % n: with_ids(*range(10 * n + 1, 10 * n + 11)) for n in range(12)}
    with served(Fake(boxes)) as fake:
        seen = home.scan(fake, connections=4)
        assert home.read == list(range(1, 121))
        assert len(fake.logins) == 4
        assert sorted(home.ledger.mailbox("mine", date.min).states()) == sorted(name.decode() for name in boxes)
        assert seen.complete
        home.scan(fake, connections=4)
        assert home.read == []


def test_a_named_folder_that_is_gone_is_no_good_run(home: Home) -> None:
    """A folder of the settings that is not there is said, and the run is not complete; the others are read."""
    with served(Fake({b"INBOX": with_ids(2)})) as fake:
        seen = home.scan(fake, folders=("inbox", "Gone"))
    assert (seen.new, seen.complete) == (1, False)
    assert [(one.folder, one.why) for one in seen.folders if not one.complete] == [("Gone", "no such folder")]


_PHOTO = b"A" * 200_000
_HEADER = b"Message-ID: <2@shop.example>\r\nSubject: 2\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
_TEXT_MIME, _PHOTO_MIME = b"Content-Type: text/plain\r\n\r\n", b"Content-Type: image/png\r\n\r\n"
_LARGE = _HEADER + b"--x\r\n" + _TEXT_MIME + b"A text." + b"\r\n--x\r\n" + _PHOTO_MIME + _PHOTO + b"\r\n--x--\r\n"
_STRUCTURE = (
    b'(("text" "plain" NIL NIL NIL "7bit" 7 1)("image" "png" NIL NIL NIL "base64" 200000) "mixed" ("boundary" "x"))'
)
_SECTIONS = ((b"HEADER", _HEADER), (b"1.MIME", _TEXT_MIME), (b"1", b"A text."), (b"2.MIME", _PHOTO_MIME))


def _in_parts(verb: str, rest: str) -> bytes | None:
    """A server that tells the structure of one large mail and gives its parts."""
    if verb == "UID FETCH" and "BODYSTRUCTURE" in rest:
        return b"* 1 FETCH (UID 2 BODYSTRUCTURE " + _STRUCTURE + b")\r\n" + DONE
    if verb == "UID FETCH" and "1.MIME" in rest:
        given = b"".join(b" BODY[%b] {%d}\r\n%b" % (name, len(data), data) for name, data in _SECTIONS)
        return b"* 1 FETCH (UID 2" + given + b")\r\n" + DONE
    return None


def test_a_large_mail_that_is_kept_is_fetched_whole_and_counted(home: Home) -> None:
    """Its whole costs one FETCH in the folder at hand, no second LIST, and its bytes count as fetched and as spent."""
    with served(Fake({b"INBOX": {2: _LARGE}}, _in_parts)) as fake:
        seen = home.scan(fake, budget=1_000_000)
    assert home.evidence.kept == [_LARGE]
    assert len([command for command in fake.commands if command.startswith("LIST")]) == 1
    assert seen.fetched > len(_LARGE)
    assert home.ledger.mailbox("mine", TODAY).fetched_today() == seen.fetched
    assert home.budget.left == 1_000_000 - seen.fetched


def test_a_second_try_is_spent_from_the_budget(home: Home) -> None:
    """What is asked for once more counts like any other mail."""
    refused = {1}

    def script(verb: str, rest: str) -> bytes | None:
        asked = chosen(rest.partition(" ")[0], with_ids(1, 2)) if verb == "UID FETCH" else []
        return TAG + b" NO no\r\n" if "BODY.PEEK" in rest and refused.intersection(asked) else None

    with served(Fake({b"INBOX": with_ids(1, 2)}, script)) as fake:
        home.scan(fake)
        refused.clear()
        home.day += timedelta(days=40)
        seen = home.scan(fake, budget=1_000_000)
    assert seen.fetched > 0
    assert home.budget.left == 1_000_000 - seen.fetched
