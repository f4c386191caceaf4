"""Header fields: encoded words, addresses, dates, parameters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cancelproof.message import addresses, dates, headers, parameters, read
from cancelproof.model import Address, Marks
from message_fixture import MARKS

WORDS = [
    ("plain", "plain"),
    ("=?utf-8?q?R=C3=A9siliation_confirm=C3=A9e?=", "Résiliation confirmée"),
    ("=?UTF-8?B?UsOpc2lsaWF0aW9u?= ok", "Résiliation ok"),
    ("=?utf-8?q?K=C3?= =?utf-8?q?=BCndigung?=", "Kündigung"),  # split inside a character
    ("=?utf-8?b?S8?= =?utf-8?b?O8bmRpZ3VuZw==?=", "Kündigung"),  # split inside a base64 group
    ("=?iso-2022-jp?b?GyRCMnJMcxsoQg==?=", "解約"),
    ("=?iso-8859-1*fr?q?fin_d=E9but?=", "fin début"),  # RFC 2231 language
    ("a =?utf-8?q?b?= =?utf-8?q?c?= d", "a bc d"),
    ("=?utf-8?q?Une question ??=", "Une question ?"),  # blanks that may not be there
    ("=?nonsense?q?x=41?=", "xA"),
    ("=?utf-7?q?+ADw-script+AD4-?=", "+ADw-script+AD4-"),
    ("=?idna?q?xn--bcher-kva?= =?rot13?q?nop?=", "xn--bcher-kvanop"),
    ("=?utf-8?q?no end", "=?utf-8?q?no end"),
    ("=?utf-8?x?bad?=", "=?utf-8?x?bad?="),
    ("=?utf-8?q?Hello=0d=0aBcc=3a_evil=40x.example?=", "Hello Bcc: evil@x.example"),
    ("a\x1b[2Kb=?utf-8?q?=C2=9D=07?=", "a\ufffd[2Kb\ufffd\ufffd"),
]

FROM = [
    ("Netflix <info@netflix.com>", [("Netflix", "info@netflix.com")]),
    ("INFO@Netflix.COM", [("", "info@netflix.com")]),
    ("info@netflix.com (Netflix)", [("Netflix", "info@netflix.com")]),
    ('"Doe, John" <j@x.example>', [("Doe, John", "j@x.example")]),
    ("Doe, John <j@x.example>", [("Doe, John", "j@x.example")]),
    ("=?utf-8?Q?Doe,_J=C3=B6?= <j@x.example>", [("Doe, Jö", "j@x.example")]),
    ('"=?utf-8?q?Caf=C3=A9?=" <c@x.example>', [("Café", "c@x.example")]),
    ("<@a.example,@b.example:j@x.example>", [("", "j@x.example")]),
    ('"john doe"@x.example', [("", '"johndoe"@x.example')]),
    ("x@[192.0.2.1]", [("", "x@[192.0.2.1]")]),
    ("x@[IPv6:2001:db8::1]", [("", "x@[ipv6:2001:db8::1]")]),
    ("A <a@x.example", [("A", "a@x.example")]),
    ("a@x.example, B <b@y.example>", [("", "a@x.example"), ("B", "b@y.example")]),
    ("a@[", [("", "a@[")]),
    ("", []),
]

#: PROOF.md 6 (18): the mailbox is never the one that only a name, a comment or an encoded word shows.
SPOOFS = [
    "info@netflix.com <x@evil.example>",
    '"info@netflix.com" <x@evil.example>',
    "=?utf-8?q?=3Cinfo=40netflix=2Ecom=3E?= <x@evil.example>",
    "=?utf-8?q?info=40netflix=2Ecom?= <x@evil.example>",
    "x@evil.example (info@netflix.com)",
    "(info@netflix.com) x@evil.example",
    '"Netflix <info@netflix.com>" <x@evil.example>',
    'Netflix "info@netflix.com <" <x@evil.example>',
]

DATES = [
    ("Mon, 2 Mar 2026 10:00:00 +0100", datetime(2026, 3, 2, 10, tzinfo=timezone(timedelta(hours=1)))),
    ("2 Mar 2026 10:00 +0100", datetime(2026, 3, 2, 10, tzinfo=timezone(timedelta(hours=1)))),
    ("Mon, 2 Mar 2026 10.00.00 +0100", datetime(2026, 3, 2, 10, tzinfo=timezone(timedelta(hours=1)))),
    ("Mon, 2 Mar 2026 10:00:00 CEST", datetime(2026, 3, 2, 10, tzinfo=timezone(timedelta(hours=2)))),
    ("Mon, 2 Mar 2026 10:00:00 EST", datetime(2026, 3, 2, 10, tzinfo=timezone(timedelta(hours=-5)))),
    ("Mon, 2 Mar 2026 23:30:00 -0800 (PST)", datetime(2026, 3, 2, 23, 30, tzinfo=timezone(timedelta(hours=-8)))),
    ("Mon, 2 Mar 2026 10:00:00 -0000", datetime(2026, 3, 2, 10, tzinfo=UTC)),
    ("Mon, 2 Mar 2026 10:00:60 +0000", datetime(2026, 3, 2, 10, 0, 59, tzinfo=UTC)),
    ("2026-03-02T10:00:00Z", datetime(2026, 3, 2, 10, tzinfo=UTC)),
    ("2026-03-02 10:00:00.123 +01:00", datetime(2026, 3, 2, 10, tzinfo=timezone(timedelta(hours=1)))),
    ("Mon, 2 Mar 2026 10:00:00 +9959", datetime(2026, 3, 2, 10, tzinfo=UTC)),
    ("Thu, 1 Jan 1970 00:00:00 +0000", None),
    ("Fri, 31 Dec 9999 23:59:59 +0000", None),
    ("Mon, 99 Mar 2026 10:00:00 +0100", None),
    ("tomorrow", None),
    ("", None),
]

RECEIVED = "from a (a [192.0.2.1]) by mx.example.org id 1; Mon, 2 Mar 2026 10:00:05 +0000"
OLDER = "from b by a; Mon, 2 Mar 2026 09:00:00 +0000"

PARAMETERS = [
    ("text/HTML; Charset=UTF-8", "text/html", {"charset": "UTF-8"}),
    ('text/plain ; charset = "utf-8" ; format=flowed', "text/plain", {"charset": "utf-8", "format": "flowed"}),
    ("text/plain; charset=us-ascii (plain)", "text/plain", {"charset": "us-ascii"}),
    ('multipart/mixed; boundary="a;b=\\"c"', "multipart/mixed", {"boundary": 'a;b="c'}),
    ("application/pdf; name*0*=utf-8''K%C3%BCn; name*1=digung.pdf", "application/pdf", {"name": "Kündigung.pdf"}),
    ("application/pdf; name==?utf-8?q?K=C3=BC?=", "application/pdf", {"name": "Kü"}),
    (";;;", "", {}),
]

NAMES = [
    ("../../etc/passwd", "passwd"),
    ("C:\\temp\\letter.pdf", "letter.pdf"),
    ("x\x00.txt", "x\ufffd.txt"),
    ("annexe\u202efdp.exe", "annexe\ufffdfdp.exe"),
    ("n" * 300 + ".pdf", "n" * 120),
]


@pytest.mark.parametrize(("value", "text"), WORDS)
def test_encoded_words(value: str, text: str) -> None:
    """Encoded words are read as mail programs read them; nothing in them makes a new line or a control sequence."""
    assert headers.decode_words(value) == text


@pytest.mark.parametrize(("value", "expected"), FROM)
def test_addresses(value: str, expected: list[tuple[str, str]]) -> None:
    """Names and mailboxes, in order."""
    assert [(address.name, address.mailbox) for address in addresses.read(value)[0]] == expected


@pytest.mark.parametrize("value", SPOOFS)
def test_a_mailbox_in_a_name_is_a_name(value: str) -> None:
    """What only looks like the sender's address stays in the name."""
    found, _ = addresses.read(value)
    assert [address.mailbox for address in found] == ["x@evil.example"]
    assert "netflix" in found[0].name


def test_group_syntax_has_no_sender() -> None:
    """`Name: a@b;` gives the group's name first, without mailbox, and is said to be odd."""
    message = read(b"From: Netflix: info@netflix.com;\n\n", MARKS)
    assert message.senders[0] == Address(name="Netflix")
    assert message.sender.mailbox == ""
    assert "From: group syntax" in message.defects


def test_two_from_fields_are_two_senders() -> None:
    """Nobody is told that the first or the last of them is the author."""
    message = read(b"From: A <a@x.example>\nFrom: b@y.example\n\n", MARKS)
    assert [address.mailbox for address in message.senders] == ["a@x.example", "b@y.example"]


@pytest.mark.parametrize(("text", "expected"), DATES)
def test_dates(text: str, expected: datetime | None) -> None:
    """Dates as they come; absurd ones are none."""
    found = dates.parse(text)
    assert found == expected
    if expected and found:
        assert found.utcoffset() == expected.utcoffset()


@pytest.mark.parametrize(
    ("date", "hour"),
    [
        ("Mon, 2 Mar 2026 08:00:00 +0000", 8),
        ("Thu, 1 Jan 1970 00:00:00 +0000", 10),
        ("Mon, 2 Mar 2027 08:00:00 +0000", 10),  # a year after its own receipt
        ("gibberish", 10),
        ("", 10),
    ],
)
def test_a_missing_or_absurd_date_is_that_of_the_newest_received(date: str, hour: int) -> None:
    """The topmost Received that bears a date counts."""
    found, what = dates.sent(date, ["by nobody", RECEIVED, OLDER])
    assert found is not None
    assert (found.year, found.hour) == (2026, hour)
    assert bool(what) == (hour == 10)


def test_no_date_at_all() -> None:
    """Without any date there is none; nothing is made up."""
    assert dates.sent("", []) == (None, "no Date")


@pytest.mark.parametrize(("value", "kind", "expected"), PARAMETERS)
def test_parameters(value: str, kind: str, expected: dict[str, str]) -> None:
    """Values in lower case, parameters unquoted, continued and decoded."""
    assert parameters.read(value) == (kind, expected)


@pytest.mark.parametrize(("name", "shown"), NAMES)
def test_attachment_names_are_for_display(name: str, shown: str) -> None:
    """No folder, no control or direction characters, not long."""
    assert parameters.display_name(name) == shown


def test_fields_are_unfolded_and_kept_in_order() -> None:
    """Names in lower case, values unfolded and not decoded; raw 8-bit values read as UTF-8 or Latin-1."""
    raw = b"Received: a\r\n\tby b\r\nX-A : =?utf-8?q?x?=\r\nReceived: c\r\nX-B: caf\xe9\r\nX-C: caf\xc3\xa9\r\n\r\nhi"
    message = read(raw, MARKS)
    assert message.headers == (
        ("received", "a\tby b"),
        ("x-a", "=?utf-8?q?x?="),
        ("received", "c"),
        ("x-b", "café"),
        ("x-c", "café"),
    )
    assert message.header("received") == ("a\tby b", "c")


def test_a_field_that_never_ends_is_cut() -> None:
    """A field is cut before it is decoded, and that is said."""
    message = read(b"Subject: " + b"=?utf-8?q?a?= " * 20_000 + b"\n\nhi", MARKS)
    assert len(message.subject) <= headers.MAX_FIELD
    assert "a header field is too long and was cut" in message.defects


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["=?", "?=", "?q?", "?b?", "utf-8", " ", "=C3", "(", "<", "@", '"', ",", ":", "é", "\\"]))
)
def test_no_header_value_raises(pieces: list[str]) -> None:
    """Header values of the worst pieces, in every field that is understood."""
    value = "".join(pieces).encode()
    names = (b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Received", b"Content-Type", b"Content-Disposition")
    message = read(b"".join(name + b": " + value + b"\n" for name in names) + b"\nhello", Marks())
    assert not any(defect.startswith("could not be read") for defect in message.defects)
