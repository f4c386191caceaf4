"""What bad servers do: no mail is lost in silence, no fault stops the rest, nothing is altered."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from cancelproof.errors import ConnectionFailed, LoginRefused, SourceError
from cancelproof.model import Batch, Fault, FolderState
from cancelproof.sources import fetcher, session, wire
from cancelproof.sources.imap import ImapAccount, ImapSource
from fake_imap import DONE, DROP, MAIL, TAG, Fake, Script, chosen, mails, served

SECRET = "s3cret"


@dataclass
class Scan:
    """What a scan gave: the UIDs of its mails in order, its faults without their place, its batches and pauses."""

    batches: list[Batch]
    pauses: list[float]
    sent: list[str]
    error: Exception | None = None

    @property
    def uids(self) -> list[int | None]:
        return [mail.origin.uid for batch in self.batches for mail in batch.mails]

    @property
    def faults(self) -> list[Fault]:
        return [fault for batch in self.batches for fault in batch.faults]

    @property
    def states(self) -> dict[str, FolderState]:
        """How far each folder was read, without what else the server said of it."""
        said = [batch.state for batch in self.batches if batch.state]
        return {one.folder: state(one.last_uid, one.folder, one.uidvalidity) for one in said}


def scan(fake: Fake, known: dict[str, FolderState] | None = None, **changes: Any) -> Scan:
    """Reads a fake server to the end, or to the error that stops it."""
    account = ImapAccount("mine", "127.0.0.1", fake.port, "me", "none", SECRET, timeout=1.0)
    pauses: list[float] = []
    source = ImapSource(replace(account, **changes), known or {}, sleep=pauses.append)
    batches: list[Batch] = []
    try:
        batches.extend(source.batches())  # extend keeps what came before an error
    except (ConnectionFailed, LoginRefused) as error:
        return Scan(batches, pauses, source.sent, error)
    return Scan(batches, pauses, source.sent)


def state(last_uid: int, folder: str = "INBOX", uidvalidity: int = 7) -> FolderState:
    return FolderState(account="mine", folder=folder, uidvalidity=uidvalidity, last_uid=last_uid)


def whole(fake_mails: dict[int, bytes], when: Callable[[list[int]], bytes | None]) -> Script:
    """A script for requests of whole mails: `when` sees the UIDs that are asked for."""

    def script(verb: str, rest: str) -> bytes | None:
        uids, _, items = rest.partition(" ")
        return when(chosen(uids, fake_mails)) if verb == "UID FETCH" and "BODY.PEEK" in items else None

    return script


def fetched(uid: int, *, sequence: int = 1) -> bytes:
    raw = MAIL % uid
    return b"* %d FETCH (UID %d BODY[] {%d}\r\n%b)\r\n" % (sequence, uid, len(raw), raw)


def test_a_poison_mail_costs_only_itself() -> None:
    """A server that says NO to any batch with one certain mail: the others are read, that one is named and passed."""
    box = mails(*range(1, 41))
    poison = whole(box, lambda uids: TAG + b" NO [SERVERBUG] Internal error\r\n" if 23 in uids else None)
    with served(Fake({b"INBOX": box}, poison)) as fake:
        done = scan(fake)
    assert done.uids == [uid for uid in range(1, 41) if uid != 23]
    assert done.faults == [
        Fault(
            where="imap:mine/INBOX;UIDVALIDITY=7;UID=23",
            what="this mail cannot be read: [SERVERBUG] Internal error",
        )
    ]
    assert done.states == {"INBOX": state(40)}
    assert len([command for command in done.sent if "BODY" in command]) < 20


def test_mails_sent_before_a_no_are_not_lost() -> None:
    """Two good mails and then NO: the good ones are fetched again in a smaller batch."""
    box = mails(1, 2, 3)
    script = whole(
        box,
        lambda uids: (
            b"".join(fetched(uid) for uid in uids if uid != 3) + TAG + b" NO [UNAVAILABLE] later\r\n"
            if 3 in uids
            else None
        ),
    )
    with served(Fake({b"INBOX": box}, script)) as fake:
        done = scan(fake)
    assert done.uids == [1, 2]
    assert [fault.what for fault in done.faults] == ["this mail cannot be read: [UNAVAILABLE] later"]


def test_a_header_and_a_text_make_a_mail() -> None:
    """Where the whole mail is refused but its two halves are not, these are put together."""
    box = mails(1, 2)

    def script(verb: str, rest: str) -> bytes | None:
        return TAG + b" NO no\r\n" if "BODY.PEEK[]" in rest and 2 in chosen(rest.partition(" ")[0], box) else None

    with served(Fake({b"INBOX": box}, script)) as fake:
        done = scan(fake)
    assert [mail.raw for batch in done.batches for mail in batch.mails] == [MAIL % 1, MAIL % 2]
    assert done.faults == []


BREAKS = [
    ("drop inside a literal", fetched(1)[:40] + DROP),
    ("drop before the tagged line", fetched(1) + DROP),
    ("BYE in mid-FETCH", fetched(1) + b"* BYE shutting down\r\n" + DROP),
    ("no CRLF", b"* 1 FETCH (UID 1)\n" + DROP),
    ("nonsense", b"what?\r\n" + DROP),
    ("a literal of a size that nobody has", b"* 1 FETCH (UID 1 BODY[] {99999999999}\r\n"),
    ("a size of many digits", b"* 1 FETCH (UID 1 BODY[] {" + b"9" * 5000 + b"}\r\n"),
]


@pytest.mark.parametrize(("what", "said"), BREAKS, ids=[what for what, _ in BREAKS])
def test_a_broken_connection_is_taken_up_again(what: str, said: bytes) -> None:
    """After a drop the program waits, connects and examines again, asks for less, and reads each mail once."""
    box = mails(*range(1, 21))
    broken: list[bytes] = []

    def once(_uids: list[int]) -> bytes | None:
        broken.append(said)
        return said if len(broken) == 1 else None

    with served(Fake({b"INBOX": box}, whole(box, once))) as fake:
        done = scan(fake)
    assert done.uids == list(range(1, 21))
    assert done.faults == []
    assert done.states == {"INBOX": state(20)}
    assert len(done.pauses) == 1
    assert 0.5 <= done.pauses[0] <= 1
    assert len(fake.logins) == 2


def test_a_stall_is_a_break() -> None:
    """A server that falls silent inside a literal is left after the time limit, and asked again."""
    box = mails(1, 2)
    stalled: list[int] = []

    def once(uids: list[int]) -> bytes | None:
        stalled.extend(uids)
        return fetched(1)[:40] if len(stalled) == 2 else None

    with served(Fake({b"INBOX": box}, whole(box, once))) as fake:
        done = scan(fake, timeout=0.2)
    assert done.uids == [1, 2]


def test_a_mail_that_breaks_every_connection_is_found() -> None:
    """One mail on which the server always hangs up is found among 400, named, and the rest is read."""
    box = mails(*range(1, 401))
    with served(Fake({b"INBOX": box}, whole(box, lambda uids: DROP if {57, 58} & set(uids) else None))) as fake:
        done = scan(fake)
    assert done.error is None
    assert done.uids == [uid for uid in range(1, 401) if uid not in (57, 58)]
    assert [str(fault) for fault in done.faults] == [
        f"imap:mine/INBOX;UIDVALIDITY=7;UID={uid}: this mail cannot be read: asking for it breaks the connection"
        for uid in (57, 58)
    ]


def test_a_server_that_stays_away_stops_the_scan() -> None:
    """After a bounded number of losses the scan ends; what came before was already yielded with its state."""
    box = mails(*range(1, 601))
    gone: list[bool] = []

    def script(verb: str, rest: str) -> bytes | None:
        gone.append(verb == "UID FETCH" and rest.startswith("501:"))
        return DROP if any(gone) else None

    with served(Fake({b"INBOX": box}, script)) as fake:
        done = scan(fake)
    assert done.uids == list(range(1, 501))
    assert done.states == {"INBOX": state(500)}
    assert isinstance(done.error, ConnectionFailed)
    assert "the connection broke 6 times in a row" in str(done.error)
    assert SECRET not in str(done.error)
    assert len(done.pauses) == session.LOSSES_IN_A_ROW - 1


def test_a_server_in_trouble_does_not_pass_for_a_thousand_bad_mails() -> None:
    """When mail after mail is refused, the folder is left where it was and said so; the next folder is read."""
    box = mails(*range(1, 101))
    script = whole(box, lambda uids: TAG + b" NO [SERVERBUG] later\r\n" if max(uids) > 30 else None)
    with served(Fake({b"INBOX": box, b"Spam": mails(1, 2)}, script)) as fake:
        done = scan(fake)
    assert done.uids == [*range(1, 31), 1, 2]
    assert done.states == {"INBOX": state(30), "Spam": state(2, "Spam")}
    (fault,) = done.faults
    assert fault.where == "imap:mine/INBOX"
    assert fault.what == (
        "the server refuses mail after mail from UID 31 on, so the next run tries again: [SERVERBUG] later"
    )
    assert len([command for command in done.sent if "BODY" in command]) < 3 * fetcher.REFUSED_IN_A_ROW + 20


ODD_ANSWERS = [
    ("FETCH without UID", b"* 2 FETCH (BODY[] {5}\r\nx: y\n)\r\n"),
    ("BODY[] NIL", b"* 2 FETCH (UID 2 BODY[] NIL)\r\n"),
    ("BODY[] empty", b'* 2 FETCH (UID 2 BODY[] "")\r\n'),
    ("no BODY at all", b"* 2 FETCH (UID 2)\r\n"),
    ("only flags", b"* 2 FETCH (UID 2 FLAGS (\\Seen))\r\n"),
    ("a structure that nobody asked for", b"* 2 FETCH (UID 2 BODYSTRUCTURE ())\r\n"),
]


@pytest.mark.parametrize(("what", "odd"), ODD_ANSWERS, ids=[what for what, _ in ODD_ANSWERS])
@pytest.mark.parametrize("always", [False, True], ids=["once", "always"])
def test_an_odd_answer_is_asked_again(what: str, odd: bytes, always: bool) -> None:
    """A mail without a text in the answer is asked for again by itself, and named if it stays away."""
    box = mails(1, 2, 3)

    def script(uids: list[int]) -> bytes | None:
        if 2 not in uids or (len(uids) == 1 and not always):
            return None
        return b"".join(odd if uid == 2 else fetched(uid, sequence=uid) for uid in uids) + DONE

    with served(Fake({b"INBOX": box}, whole(box, script))) as fake:
        done = scan(fake)
    assert done.uids == ([1, 3] if always else [1, 2, 3])
    assert [fault.what for fault in done.faults] == (
        ["this mail cannot be read: the server gives no text of this mail"] if always else []
    )
    assert done.states == {"INBOX": state(3)}


def test_unsolicited_answers_disturb_nothing() -> None:
    """Changes of flags, expunges and counts in the middle of a FETCH are no mails and spoil none."""
    box = mails(1, 2)
    noise = (
        b"* 1 FETCH (FLAGS (UID 2))\r\n* 9 EXISTS\r\n* 2 FETCH (UID 2 FLAGS (\\Seen) MODSEQ (5))\r\n"
        b"* OK [ALERT] be well\r\n* 8 EXPUNGE\r\n"
    )
    answer = noise + fetched(2) + noise + fetched(1) + noise + DONE
    with served(Fake({b"INBOX": box}, whole(box, lambda uids: answer))) as fake:
        done = scan(fake)
    assert [mail.raw for batch in done.batches for mail in batch.mails] == [MAIL % 1, MAIL % 2]
    assert done.faults == []


def test_a_mail_expunged_meanwhile_is_no_fault() -> None:
    """A mail that was listed and is gone when it is fetched is passed without a word."""
    box = mails(1, 2, 3)
    gone = dict(box)

    def script(verb: str, rest: str) -> bytes | None:
        if verb == "UID FETCH" and "BODY" in rest:
            gone.pop(2, None)
        return None

    with served(Fake({b"INBOX": gone}, script)) as fake:
        done = scan(fake)
    assert done.uids == [1, 3]
    assert done.faults == []
    assert done.states == {"INBOX": state(3)}


def test_the_last_mail_is_not_read_again() -> None:
    """`n:*` lists the last mail even if it is old: it is left out, and the state moves to UIDNEXT."""
    fake = Fake(
        {b"INBOX": mails(1, 2)},
        lambda verb, _: b"* STATUS x (MESSAGES 2)\r\n" + DONE if verb == "STATUS" else None,
    )
    with served(fake):
        done = scan(fake, {"INBOX": state(2)})
    assert "UID FETCH 3:* (UID RFC822.SIZE)" in done.sent
    assert done.uids == []
    assert done.faults == []


def test_states_spare_the_folders_without_news() -> None:
    """Without LIST-STATUS one STATUS a folder tells what is new; unchanged folders are not opened."""
    with served(Fake({b"INBOX": mails(1, 2), b"Spam": mails(1), b"Empty": {}})) as fake:
        done = scan(fake, {"INBOX": state(2)})
    assert [command for command in done.sent if command.startswith("EXAMINE")] == ['EXAMINE "Spam"']
    assert done.uids == [1]


NUMBERINGS = [
    ("the same", 7, 2, 7, [3], ""),
    ("changed", 8, 2, 7, [1, 2, 3], "its numbering is new (UIDVALIDITY 8 is now 7): read again as a whole"),
    ("went back", 7, 9, 7, [1, 2, 3], "its numbering went back (UIDNEXT): read again as a whole"),
    ("lost", 7, 2, 0, [3], ""),
    ("never there", 0, 2, 0, [3], ""),
]


@pytest.mark.parametrize(("what", "was", "last", "now", "read", "notice"), NUMBERINGS, ids=[n[0] for n in NUMBERINGS])
def test_uidvalidity_decides_what_is_new(
    what: str, was: int, last: int, now: int, read: list[int], notice: str
) -> None:
    """A new numbering is read from the start and said; a missing one counts as unchanged."""
    with served(Fake({b"INBOX": mails(1, 2, 3)}, uidvalidity=now)) as fake:
        done = scan(fake, {"INBOX": state(last, uidvalidity=was)})
    assert done.uids == read
    assert [fault.what for fault in done.faults] == ([notice] if notice else [])
    assert done.states == {"INBOX": state(3, uidvalidity=now)}


def test_folders_with_strange_names_are_read() -> None:
    """Bad UTF-7, 8-bit names, a bare number, a literal, no delimiter: each is found by its raw name; folders without
    mail are left out."""
    names = [b"Caf&AOk-", b"Caf\xc3\xa9", b"&bad", b"2024", b'q"u\\o', b"&2AA-", b"INBOX"]
    listing = (
        b'* LIST () "/" Caf&AOk-\r\n* LIST () "/" "Caf\xc3\xa9"\r\n* LIST (\\Marked) NIL &bad\r\n* LIST () "/" 2024\r\n'
        b'* LIST () "/" {5}\r\nq"u\\o\r\n* LIST () "/" "&2AA-"\r\n* LIST () "/" Inbox\r\n* LIST () "/" "INBOX"\r\n'
        b'* LIST (\\Noselect) "/" "Parent"\r\n* LIST (\\NonExistent) "/" "Ghost"\r\n* LIST () "/" {4}\r\na\r\nb\r\n'
        b"* LIST (\r\n* LIST ()\r\n* LIST nonsense\r\n"
    )
    fake = Fake({name: mails(1) for name in [*names, b"Inbox"]}, listing=listing)
    with served(fake):
        done = scan(fake)
    assert sorted(done.states) == sorted(["INBOX", "Café", "Caf\\xc3\\xa9", "&bad", "2024", 'q"u\\o', "&2AA-"])
    assert [str(fault) for fault in done.faults] == [
        "imap:mine/a b: the folder's name holds a line break; it is not read"
    ]


def test_a_folder_that_will_not_open_is_named() -> None:
    """NO to EXAMINE or STATUS costs one folder, not the account."""

    def script(verb: str, rest: str) -> bytes | None:
        return TAG + b" NO [NOPERM] not yours\r\n" if "Shared" in rest and verb in ("STATUS", "EXAMINE") else None

    with served(Fake({b"INBOX": mails(1), b"Shared": mails(1), b"Spam": mails(2)}, script)) as fake:
        done = scan(fake)
    assert done.uids == [1, 2]
    assert [str(fault) for fault in done.faults] == [
        "imap:mine/Shared: the server does not show this folder: [NOPERM] not yours"
    ]


def test_the_last_count_is_the_right_one() -> None:
    """A server that counts up while it opens a folder, or answers without READ-ONLY, is understood and named."""

    def script(verb: str, _rest: str) -> bytes | None:
        said = b"* 0 EXISTS\r\n* 2 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n* OK [UIDVALIDITY 7] x\r\n"
        return said + DONE if verb == "EXAMINE" else None

    with served(Fake({b"INBOX": mails(1, 2)}, script)) as fake:
        done = scan(fake)
    assert done.uids == [1, 2]
    assert done.states == {"INBOX": state(2)}
    assert [fault.what for fault in done.faults] == ["the server did not confirm that the folder is open to read only"]


def test_mails_listed_without_a_number_are_named() -> None:
    """A listing without UIDs cannot be read, and does not pass for an empty folder."""

    def script(verb: str, rest: str) -> bytes | None:
        bare = b"* 1 FETCH (UID 1 RFC822.SIZE 9)\r\n* 2 FETCH (RFC822.SIZE 9)\r\n"
        return bare + DONE if verb == "UID FETCH" and "SIZE" in rest else None

    with served(Fake({b"INBOX": mails(1, 2)}, script)) as fake:
        done = scan(fake)
    assert done.uids == [1]
    assert [fault.what for fault in done.faults] == [
        "the server listed 1 mails without their number; they were not read"
    ]


def test_a_limited_listing_is_asked_on() -> None:
    """A server that lists only its newest ten and says so is asked for the rest (RFC 9738)."""
    box = mails(*range(1, 26))

    def script(verb: str, rest: str) -> bytes | None:
        if verb != "UID FETCH" or "SIZE" not in rest:
            return None
        newest = chosen(rest.partition(" ")[0], box)[-10:]
        lines = b"".join(b"* 1 FETCH (UID %d RFC822.SIZE 9)\r\n" % uid for uid in newest)
        return lines + TAG + (b" OK [MESSAGELIMIT 10 %d] cut\r\n" % newest[0] if newest[0] > 1 else b" OK done\r\n")

    with served(Fake({b"INBOX": box}, script)) as fake:
        done = scan(fake)
    assert done.uids == list(range(1, 26))
    assert done.faults == []
    assert [command for command in done.sent if "SIZE" in command] == [
        f"UID FETCH 1:{end} (UID RFC822.SIZE)" for end in ("*", "15", "5")
    ]


def test_a_short_listing_is_said() -> None:
    """A server that counts more mails than it lists is not believed in silence."""
    box = mails(*range(1, 6))

    def script(verb: str, rest: str) -> bytes | None:
        return b"* 1 FETCH (UID 5 RFC822.SIZE 9)\r\n" + DONE if verb == "UID FETCH" and "SIZE" in rest else None

    with served(Fake({b"INBOX": box}, script)) as fake:
        done = scan(fake)
    assert done.uids == [5]
    assert [fault.what for fault in done.faults] == ["the server counts 5 mails and lists 1"]


def test_sizes_bound_the_batches_and_the_mails() -> None:
    """Batches hold about 8 MB as the server counts; a mail that it says is above 200 MB is named, never fetched."""
    box = mails(*range(1, 6))
    sizes = {1: 5_000_000, 2: 5_000_000, 3: 300_000_000, 4: 10, 5: 10}

    def script(verb: str, rest: str) -> bytes | None:
        lines = b"".join(b"* 1 FETCH (UID %d RFC822.SIZE %d)\r\n" % pair for pair in sizes.items())
        return lines + DONE if verb == "UID FETCH" and "SIZE" in rest else None

    with served(Fake({b"INBOX": box}, script)) as fake:
        done = scan(fake)
    assert [[mail.origin.uid for mail in batch.mails] for batch in done.batches][:4] == [[1], [2], [], [4, 5]]
    assert [fault.what for fault in done.faults] == ["the mail is larger than 200 MB"]
    assert [command for command in done.sent if "BODY.PEEK" in command] == [
        f"UID FETCH {uids} (UID INTERNALDATE BODY.PEEK[])" for uids in ("1", "2", "4:5")
    ]


def test_an_answer_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that sends more than any mail needs is left before the memory is full."""
    monkeypatch.setattr(wire, "ANSWER_LIMIT", 100_000)
    flood = b"* 1 FETCH (FLAGS (" + b"x" * 1000 + b"))\r\n"
    box = mails(1)
    with served(Fake({b"INBOX": box}, whole(box, lambda uids: flood * 1000 + DONE))) as fake:
        done = scan(fake)
    assert done.uids == []
    assert [fault.what for fault in done.faults] == ["this mail cannot be read: asking for it breaks the connection"]


@pytest.mark.parametrize("answer", [TAG + b" NO not now\r\n", DONE], ids=["refused", "empty"])
def test_an_account_that_shows_no_folder_is_not_read(answer: bytes) -> None:
    """A LIST that is refused, or names nothing, stops the account: what was not seen must not look quiet."""
    script: Script = lambda verb, _: answer if verb == "LIST" else None  # noqa: E731
    with (
        served(Fake({b"INBOX": mails(1)}, script)) as fake,
        pytest.raises(SourceError, match=r"mine: the server .* folder"),
    ):
        scan(fake)


GMAIL = b"IMAP4rev1 X-GM-EXT-1 SPECIAL-USE LIST-EXTENDED"
LABELS = {name: mails(n) for n, name in enumerate([b"INBOX", b"Work", b"[x]/Tous", b"[x]/Spam", b"[x]/Corbeille"], 1)}
LISTED = (
    b'* LIST () "/" "INBOX"\r\n* LIST () "/" "Work"\r\n* LIST (\\Noselect) "/" "[x]"\r\n'
    b'* LIST (\\Junk) "/" "[x]/Spam"\r\n* LIST (\\Trash) "/" "[x]/Corbeille"\r\n'
)


def test_gmail_is_read_once() -> None:
    """Of a server with labels only All Mail, Spam and Trash are read, found by their use, not their names."""
    listing = LISTED + b'* LIST (\\All) "/" "[x]/Tous"\r\n'
    with served(Fake(LABELS, capabilities=GMAIL, listing=listing)) as fake:
        done = scan(fake)
    assert sorted(done.states) == ["[x]/Corbeille", "[x]/Spam", "[x]/Tous"]
    assert done.faults == []


def test_hidden_all_mail_is_said() -> None:
    """Where All Mail is hidden the labels are read, and the owner is told."""
    with served(Fake(LABELS, capabilities=GMAIL, listing=LISTED)) as fake:
        done = scan(fake)
    assert len(done.states) == 4
    assert [fault.where for fault in done.faults] == ["imap:mine"]


def test_a_folder_cap_is_said() -> None:
    """Exactly 1,000 mails in a folder of such a server may be a limit: the owner is told."""
    listing = b'* LIST (\\All) "/" "All"\r\n'
    with served(Fake({b"All": mails(*range(1, 1001))}, capabilities=GMAIL, listing=listing)) as fake:
        done = scan(fake)
    assert len(done.uids) == 1000
    assert [fault.what.split(",")[0] for fault in done.faults] == ["Gmail shows 1000 mails here"]


def test_a_log_in_that_is_not_a_refusal_is_a_failed_connection() -> None:
    """A server that hangs up at log-in did not refuse the password."""
    with served(Fake({}, lambda verb, _: b"* BYE too many\r\n" + DROP if verb == "LOGIN" else None)) as fake:
        done = scan(fake)
    assert isinstance(done.error, ConnectionFailed)


@pytest.mark.parametrize("said", [b"NO you sent s3cret", b"BAD s3cret?"])
def test_a_refused_log_in_never_shows_the_password(said: bytes) -> None:
    """A server that echoes the password does not bring it into a message, and is not asked twice."""
    fake = Fake({}, lambda verb, _: TAG + b" " + said + b"\r\n" if verb == "LOGIN" else None)
    with served(fake):
        done = scan(fake)
    assert isinstance(done.error, LoginRefused)
    assert SECRET not in str(done.error)
    assert [command.split()[0] for command in fake.commands].count("LOGIN") == 1


def test_a_log_in_refused_after_a_loss_is_not_tried_again() -> None:
    """When the password stops working in mid-run, the program stops at once: accounts get locked by trying."""
    box = mails(1, 2)
    logins: list[str] = []

    def script(verb: str, rest: str) -> bytes | None:
        if verb == "LOGIN":
            logins.append(rest)
            return None if len(logins) == 1 else TAG + b" NO [AUTHENTICATIONFAILED] no\r\n"
        return DROP if "BODY" in rest else None

    with served(Fake({b"INBOX": box}, script)) as fake:
        done = scan(fake)
    assert isinstance(done.error, LoginRefused)
    assert len(logins) == 2


def test_quotes_and_strange_letters_reach_the_server_whole() -> None:
    """User names and passwords with quotes, backslashes, spaces or any letters arrive as they are."""
    with served(Fake({b"INBOX": {}}, capabilities=b"IMAP4rev1 AUTH=PLAIN")) as fake:
        scan(fake, user='me "x"', password='p"a\\s s')
        scan(fake, user="me", password="pä\nss")
    assert fake.logins == ['"me \\"x\\"" "p\\"a\\\\s s"', "\0me\0pä\nss"]


def test_a_server_that_takes_no_password_is_named() -> None:
    """LOGINDISABLED is honoured: nothing secret is sent."""
    with served(Fake({}, capabilities=b"IMAP4rev1 STARTTLS LOGINDISABLED")) as fake:
        done = scan(fake)
    assert isinstance(done.error, ConnectionFailed)
    assert "the server takes no password on this connection" in str(done.error)
    assert fake.logins == []


def test_a_numbering_that_changes_in_mid_run_is_not_trusted() -> None:
    """After a reconnect to a folder with another UIDVALIDITY the batch is thrown away and said."""
    box = mails(1, 2)
    fake = Fake({b"INBOX": box})

    def script(verb: str, rest: str) -> bytes | None:
        if verb == "UID FETCH" and "BODY" in rest and fake.uidvalidity == 7:
            fake.uidvalidity = 8
            return DROP
        return None

    fake.script = script
    with served(fake):
        done = scan(fake)
    assert done.uids == []
    assert done.states == {}
    assert [re.sub(".*: ", "", str(fault)) for fault in done.faults] == [
        "its numbering changed while it was read; the next run reads it again"
    ]
