"""MIME shapes, transfer encodings, charsets (IMAP.md 9, cases 27 and 28 of the hardest thirty)."""

from __future__ import annotations

import base64

import pytest

from cancelproof.message import charset, mime, read
from cancelproof.model import Message, Place
from message_fixture import HEAD, MARKS, mail, multipart, page, part

HTML = part(b"<p>Seen in HTML.</p>", "text/html; charset=utf-8")
EMPTY_HTML = part(b"<img src=x><p style='display:none'>gone</p>", "text/html")
PLAIN = part(b"Seen as text.")
EMPTY = part(b" \n")
IMAGE = part(b"iVBO", "image/png", "Content-Transfer-Encoding: base64", "Content-ID: <i>")
PDF = part(
    base64.b64encode(b"%PDF-1.4 x"), "application/octet-stream; name=letter.bin", "Content-Transfer-Encoding: base64"
)
CALENDAR = part(b"BEGIN:VCALENDAR\nMETHOD:CANCEL\nEND:VCALENDAR", "text/calendar; method=CANCEL")
AMP = part(b"<p>Seen in AMP.</p>", "text/x-amp-html")

#: (body, words that are seen, content types of attachments)
SHAPES = [
    (multipart("alternative", PLAIN, HTML), ["Seen in HTML."], []),
    (multipart("alternative", HTML, PLAIN), ["Seen in HTML."], []),
    (multipart("alternative", PLAIN, EMPTY_HTML), ["Seen as text."], []),
    (multipart("alternative", EMPTY, HTML), ["Seen in HTML."], []),
    (multipart("alternative", PLAIN, HTML, CALENDAR), ["Seen in HTML."], ["text/calendar"]),
    (multipart("alternative", PLAIN, AMP, HTML), ["Seen in HTML."], ["text/x-amp-html"]),
    (multipart("alternative", CALENDAR), [], ["text/calendar"]),
    (multipart("related", multipart("alternative", PLAIN, HTML, boundary="in"), IMAGE), ["Seen in HTML."], []),
    (multipart("alternative", PLAIN, multipart("related", HTML, IMAGE, boundary="in")), ["Seen in HTML."], []),
    (multipart("alternative", PLAIN, multipart("mixed", HTML, PDF, boundary="in")), ["Seen in HTML."],
     ["application/pdf"]),
    (multipart("mixed", PLAIN, PDF, HTML), ["Seen as text.", "Seen in HTML."], ["application/pdf"]),
    (multipart("signed", PLAIN, part(b"x", "application/pkcs7-signature; name=smime.p7s")), ["Seen as text."],
     ["application/pkcs7-signature"]),
    (multipart("strange", PLAIN), ["Seen as text."], []),
    (multipart("mixed", PLAIN, ended=False), ["Seen as text."], []),
    (multipart("mixed", multipart("alternative", PLAIN, HTML, boundary="=_b2", ended=False), PDF), ["Seen in HTML."],
     ["application/pdf"]),
    (b"Content-Type: multipart/mixed\n\n--x1\n\nSeen as text.\n--x1--\n", ["Seen as text."], []),
    (b"Content-Type: multipart/mixed; boundary=other\n\n--x1\n\nSeen as text.\n--x1--\n", ["Seen as text."], []),
    (b"Content-Type: multipart/mixed; boundary=none\n\nSeen as text.\n", ["Seen as text."], []),
    (b"Content-Type: text\n\nSeen as text.", ["Seen as text."], []),
    (b"Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n" + base64.b64encode(b"%PDF-1"), [],
     ["application/pdf"]),
    (part(b"x", "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m"), [], ["application/pkcs7-mime"]),
    (multipart("mixed", PLAIN, part(b"x", "application/ms-tnef; name=winmail.dat")), ["Seen as text."],
     ["application/ms-tnef"]),
    (part(b"a,b", "text/csv; name=a.csv"), [], ["text/csv"]),
]  # fmt: skip

DEFECTS = [
    (multipart("mixed", PLAIN, ended=False), "no end boundary"),
    (b"Content-Type: multipart/mixed\n\n--x1\n\nx\n--x1--\n", "multipart without boundary"),
    (b"Content-Type: multipart/mixed; boundary=none\n\nx", "no boundary line"),
    (part(b"x", "application/pkcs7-mime; smime-type=enveloped-data"), "sealed by S/MIME: cannot be read"),
    (part(b"x", "text/plain; charset=nonexistent"), "charset 'nonexistent' is not known"),
    (part(b"not base64 at all, is it?", "text/plain", "Content-Transfer-Encoding: base64"),
     "text is called base64 and is not"),
    (part(b"x", "text/plain", "Content-Transfer-Encoding: rot13"), "transfer encoding 'rot13' is not known"),
    (b"not a field\n\nx", "no blank line after the header"),
]  # fmt: skip

ENCODED = [
    ("base64", base64.b64encode("Résilié".encode()), "Résilié"),
    ("BASE64", b"UsOp\r\n c2ls\n\naQ", "Résili"),  # no padding, blanks
    ("base64", base64.b64encode(b"Ended today")[:-3], "Ended tod"),  # cut in a group
    ("base64", b"\x00RW5kZWQgdG9kYXk=\n-- \nlist footer", "Ended today"),
    ("base64", b"It is plain text, in fact.", "It is plain text, in fact."),
    ("quoted-printable", b"R=C3=A9sili=\n=C3=A9", "Résilié"),
    ("quoted-printable", b"100=% = ok =ZZ", "100=% = ok =ZZ"),
    ("8bit", "Résilié".encode(), "Résilié"),
    ("x-uuencode", b"begin 644 a\n)4L.I<VEL:<.I\n`\nend", "Résilié"),
    ("x-unknown", b"Ended", "Ended"),
]

TEXTS = [
    ("utf-8", "Kündigung bestätigt", "utf-8", ""),
    ("iso-8859-1", "Résilié – 5 €", "cp1252", ""),
    ("us-ascii", "Résilié", "utf-8", "is not what the bytes are"),
    ("iso-8859-1", "Résilié", "utf-8", "is not what the bytes are"),
    ("utf-8", "Cancelamento em análise", "cp1252", "is not what the bytes are"),
    ("", "Opgezegd per één mei", "cp1252", ""),
    ("unknown-8bit", "Se cargará", "utf-8", "is not known"),
    ("unicode", "Cancelled é", "utf-8", "is not what the bytes are"),
    ("unicode", "Cancelled é", "utf-16", ""),
    ("windows-874", "ยกเลิกแล้ว", "cp874", ""),
    ("x-sjis", "解約しました①", "cp932", ""),
    ("iso-2022-jp", "解約しました", "iso2022_jp", ""),
    ("euc-jp", "解約しました", "euc_jp", ""),
    ("gb2312", "已取消订阅", "gbk", ""),
    ("big5", "已取消訂閱", "big5", ""),
    ("ks_c_5601-1987", "해지되었습니다", "cp949", ""),
    ("shift_jis", "解約しました", "utf-8", "is not what the bytes are"),
    ("koi8-r", "Подписка отменена", "koi8-r", ""),
    ("Windows-1251", "Подписка отменена", "cp1251", ""),
    ("iso-8859-9", "Aboneliğiniz iptal", "iso8859-9", ""),
]

#: Codecs that Python knows and that are no charsets, or hide markup.
REFUSED = ["utf-7", "idna", "punycode", "rot13", "unicode_escape", "raw_unicode_escape", "hex", "zip", "base64", "mbcs",
           "undefined", "../../x", "utf_8_sig\x00", "charmap", "oem", "unicode-1-1-utf-7"]  # fmt: skip


def texts(message: Message) -> list[str]:
    return [statement.text for statement in message.statements if statement.place is Place.BODY]


@pytest.mark.parametrize(("body", "seen", "attached"), SHAPES)
def test_shapes(body: bytes, seen: list[str], attached: list[str]) -> None:
    """Of each shape, what a person would see, and what is attached; pictures are neither."""
    message = read(HEAD + body, MARKS)
    assert texts(message) == seen
    assert [attachment.content_type for attachment in message.attachments] == attached


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
def test_line_ends(line_end: bytes) -> None:
    """CRLF, bare LF and even bare CR are line ends."""
    raw = (HEAD + multipart("mixed", PLAIN)).replace(b"\n", line_end)
    assert texts(read(raw, MARKS)) == ["Seen as text."]


@pytest.mark.parametrize(("body", "defect"), DEFECTS)
def test_defects_are_said(body: bytes, defect: str) -> None:
    """What was wrong with a mail is named in its defects."""
    assert defect in read(HEAD + body, MARKS).defects


@pytest.mark.parametrize(("encoding", "body", "text"), ENCODED)
def test_transfer_encodings(encoding: str, body: bytes, text: str) -> None:
    """Broken encodings yield what there is."""
    message = read(HEAD + part(body, "text/plain; charset=utf-8", f"Content-Transfer-Encoding: {encoding}"), MARKS)
    assert texts(message)[:1] == [text]


@pytest.mark.parametrize(("label", "text", "codec", "fault"), TEXTS)
def test_charsets(label: str, text: str, codec: str, fault: str) -> None:
    """The text is right whether the label is, is wrong, unknown or missing."""
    decoded, what = charset.decode(text.encode(codec), label)
    assert decoded == text
    assert fault in what
    assert bool(fault) == bool(what)


def test_iso_2022_jp_with_vendor_characters_and_cut() -> None:
    """Row 13 of the vendors, which Python's codec lacks, is read; a cut end costs only itself."""
    assert charset.decode(b"\x1b$B-!2rLs\x1b(B ok\x1b$B2r", "iso-2022-jp")[0].startswith("①解約 ok解")


def test_iso_2022_jp_broken() -> None:
    """An escape sequence without end harms nobody."""
    assert charset.decode(b"abc \x1b$B2rLs \xff", "iso-2022-jp")[0].startswith("abc 解約")


@pytest.mark.parametrize("label", REFUSED)
def test_codecs_that_are_no_charsets_are_refused(label: str) -> None:
    """Their bytes are read as the text that they are."""
    text, fault = charset.decode(b"+ADw-script+AD4- \\u0041 xn--bcher-kva", label)
    assert text == "+ADw-script+AD4- \\u0041 xn--bcher-kva"
    assert "is not known" in fault


def test_a_page_names_its_own_charset() -> None:
    """Where the label is missing, the meta element counts."""
    raw = HEAD + b"Content-Type: text/html\n\n<meta charset='windows-1251'><p>" + "Подписка".encode("cp1251")
    assert texts(read(raw, MARKS)) == ["Подписка"]


def test_mostly_utf8_is_utf8() -> None:
    """One cut character does not turn a whole mail into another charset."""
    assert charset.decode("Résiliation confirmée à l'échéance".encode() + b"\xc3", "utf-8")[0].startswith(
        "Résiliation c"
    )


@pytest.mark.parametrize(
    ("field", "kind", "body"),
    [
        ("Content-Disposition: attachment; filename=letter.txt", "text/plain", b"It ended."),
        ("Content-Disposition: attachment; filename=letter.html", "text/html", b"<p>It ended.</p><script>x</script>"),
    ],
)
def test_attached_texts_are_letters(field: str, kind: str, body: bytes) -> None:
    """A text attached as a document counts as the mail's words, and stays an attachment."""
    message = read(HEAD + multipart("mixed", PLAIN, part(body, kind, field)), MARKS)
    assert [(s.place, s.text) for s in message.statements[1:]] == [
        (Place.BODY, "Seen as text."),
        (Place.LETTER, "It ended."),
    ]
    assert [attachment.payload for attachment in message.attachments] == [body]


def test_attachment_names() -> None:
    """The name is the last part of whatever path the sender wrote."""
    pdf = part(b"%PDF-1.4", "application/pdf", "Content-Disposition: attachment; filename*=utf-8''..%2F..%2Fx%00.pdf")
    assert read(HEAD + multipart("mixed", PLAIN, pdf), MARKS).attachments[0].name == "x\ufffd.pdf"


@pytest.mark.parametrize(
    ("raw", "defect"),
    [
        (HEAD + multipart("mixed", *[PLAIN] * (mime.MAX_PARTS + 5)), "too many parts"),
        (mail("x" * 1_000_100), "text is too long and was cut"),
        (mail("Done.\n\n" * 6_000), "too many statements: the rest was not read"),
        (page("<p>x</p>" * 30_000), "HTML has too many tags and was cut"),
        (b"".join(b"X-A: b\n" for _ in range(3_000)) + b"\nx", "too many header fields"),
    ],
)
def test_caps_are_said(raw: bytes, defect: str) -> None:
    """What was left out over a limit is said."""
    message = read(raw, MARKS)
    assert defect in message.defects
    assert len(message.statements) <= 5_000


def test_parts_nested_too_deep() -> None:
    """Sixty multiparts in each other: those within the limit are read."""
    body = PLAIN
    for number in range(60):
        body = multipart("mixed", part(f"Level {number}.".encode()), body, boundary=f"b{number}")
    message = read(HEAD + body, MARKS)
    assert "parts are nested too deep" in message.defects
    assert texts(message)[0] == "Level 59."
