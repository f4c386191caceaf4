"""PDF letters: text with its lines and columns, or a plain word on why not."""

from __future__ import annotations

import io
import os
import struct
import sys
import zlib
from collections.abc import Iterator
from datetime import date

import pytest
from pypdf import PdfWriter

from cancelproof import letters
from cancelproof.letters import text_of
from cancelproof.message import read, with_contents, with_letters
from cancelproof.model import Batch, Fault, Kind, Origin, Place, RawMail, Report
from cancelproof.run import audit
from message_fixture import HEAD, MARKS, mail, multipart, part
from rules_fixture import mailroom

LINES = [
    (72, 760, "Quayside Mutual"),
    (72, 720, "Policy number"),
    (300, 720, "HM/77/20418"),
    (72, 700, "Status"),
    (300, 700, "Cancelled"),
    (72, 660, "We have cancelled the policy above as you asked us to. Your cover will stop at"),
    (72, 646, "23:59 on 31 January 2025. You have nothing more to pay."),
]


def pdf(content: bytes, *, fields: str = "") -> bytes:
    """A PDF of one page with this content stream, its cross-references right."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        f"<</Length {len(content)}{fields}>>stream\n".encode() + content + b"\nendstream",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    return (
        out
        + f"xref\n0 6\n0000000000 65535 f \n{table}trailer<</Size 6/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF".encode()
    )


def drawn(lines: list[tuple[int, int, str]]) -> bytes:
    return b"".join(f"BT /F 11 Tf {x} {y} Td ({text}) Tj ET\n".encode("cp1252") for x, y, text in lines)


def bomb(layers: int) -> bytes:
    """A stream of 200 MB of blanks, compressed again and again to a few bytes."""
    data = b" " * 200_000_000
    for _ in range(layers):
        data = zlib.compress(data, 9)
    return pdf(data, fields="/Filter[" + "/FlateDecode" * layers + "]")


def locked(password: str = "secret", algorithm: str = "RC4-128") -> bytes:
    """A letter that only those may open who know the password, "" for all, and only its owner may change."""
    writer = PdfWriter(clone_from=io.BytesIO(pdf(drawn(LINES))))
    writer.encrypt(password, "the owner's", algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_letter() -> None:
    """Columns stay apart, and lines become the statements that a person reads."""
    text = text_of(pdf(drawn(LINES)))
    assert isinstance(text, str)
    message = with_letters(read(mail("See the letter."), MARKS), [text], MARKS)
    assert [s.text for s in message.statements if s.place is Place.LETTER] == [
        "Quayside Mutual",
        "Policy number | HM/77/20418",
        "Status | Cancelled",
        "We have cancelled the policy above as you asked us to.",
        "Your cover will stop at 23:59 on 31 January 2025.",
        "You have nothing more to pay.",
    ]


def test_accents() -> None:
    """Letters beyond ASCII come through whatever the locale is."""
    assert "Résiliation confirmée" in str(text_of(pdf(drawn([(72, 700, "Résiliation confirmée")]))))


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128", "AES-128", "AES-256"])
def test_a_letter_that_is_locked_against_changes_is_read(algorithm: str) -> None:
    """As insurers and banks send them: encrypted, and open to everybody."""
    if algorithm.startswith("AES"):
        pytest.importorskip("cryptography", reason="opens AES; a dependency by pypdf[crypto]")
    assert "Quayside Mutual" in str(text_of(locked("", algorithm)))


def test_a_cipher_without_its_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not called locked: the owner has no password to look for."""
    pytest.importorskip("cryptography", reason="locks the letter")
    payload = locked("", "AES-256")
    monkeypatch.delattr(os, "fork")  # a Python of its own, in which the library is not found
    hidden = "import sys; sys.modules['cryptography'] = sys.modules['Crypto'] = None; import runpy; "
    run_it = "sys.argv[0] = 'x'; runpy.run_module('cancelproof.letters', run_name='__main__')"
    monkeypatch.setattr(letters, "_COMMAND", (sys.executable, "-c", hidden + run_it))
    assert "the library that opens such ones is missing" in str(text_of(payload))


SELF_DRAWN = (
    pdf(b"/X Do")
    .replace(b"/Font<</F 5 0 R>>", b"/XObject<</X 4 0 R>>")
    .replace(
        b"<</Length 5>>", b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 4 0 R>>>>/Length 5>>"
    )
)


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (SELF_DRAWN, "no text"),  # a form that draws itself
        (b"", "damaged"),
        (b"no PDF at all", "damaged"),
        (b"%PDF-1.4\n" + b"x" * 5_000, "damaged"),
        (pdf(drawn(LINES))[:300], "damaged"),
        (pdf(b""), "no text"),
        (locked(), "password"),
        (b"%PDF-" + b"x" * letters.MAX_PAYLOAD, "larger than 10 MB"),
    ],
    ids=["self-drawn", "empty", "text", "garbage", "cut", "scan", "locked", "large"],
)
def test_faults(payload: bytes, why: str) -> None:
    """What cannot be read is a fault that says why in plain words."""
    found = text_of(payload)
    assert isinstance(found, Fault)
    assert why in found.what


def test_only_the_first_documents_of_a_mail_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of eight documents five are read, and one fault names the others."""
    asked: list[bytes] = []

    def text_of(payload: bytes) -> Fault:
        asked.append(payload)
        return Fault(where="attached document", what="broken")

    monkeypatch.setattr(letters, "text_of", text_of)
    documents = [part(b"%%PDF-%d" % n, f"application/pdf; name=letter{n}.pdf") for n in range(8)]
    raw = HEAD + multipart("mixed", part(b"See the letters."), *documents)
    faults = mailroom().read(RawMail(raw=raw, origin=Origin(source="x.eml"))).faults
    assert len(asked) == 5
    assert [fault.where for fault in faults] == [
        *(f"x.eml, letter{n}.pdf" for n in range(5)), "x.eml, attached documents",
    ]  # fmt: skip
    assert faults[-1].what.endswith("letter5.pdf, letter6.pdf, letter7.pdf")


def test_a_bomb_is_stopped() -> None:
    """A document of some hundred bytes that unfolds to 200 MB is a fault, within its time and memory."""
    payload = bomb(2)
    assert len(payload) < 10_000
    assert isinstance(text_of(payload, seconds=8, megabytes=256), Fault)


def test_time_is_bounded() -> None:
    """A reading that lasts is stopped."""
    found = text_of(pdf(drawn(LINES) * 200), seconds=0.05)
    assert isinstance(found, Fault)
    assert "longer than 0.05 seconds" in found.what


@pytest.mark.skipif(os.name != "posix", reason="only POSIX systems limit memory")
def test_memory_is_bounded() -> None:
    """A child that may have next to no memory gives up, and that is a fault."""
    found = text_of(pdf(drawn(LINES) * 300), seconds=60, megabytes=8)
    assert isinstance(found, Fault)
    assert "more memory than allowed" in found.what


def test_a_child_that_was_killed_harms_no_later_document() -> None:
    """Whoever kills the waiting child: the document at hand is a fault, the next one is read."""
    text_of(pdf(drawn(LINES)))
    child = letters._server._child  # what the kernel would kill
    assert child
    child.kill()
    child.wait()
    assert "Quayside" in str(text_of(pdf(drawn(LINES))))


def test_a_system_without_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    """There each document has a Python of its own."""
    monkeypatch.delattr(os, "fork")
    assert "Quayside" in str(text_of(pdf(drawn(LINES))))
    assert "damaged" in str(text_of(b"%PDF-1.4 nothing"))


# ---------------------------------------------------------------- winmail.dat


def tnef(*objects: tuple[int, int, int, bytes]) -> bytes:
    """A winmail.dat of these objects: level, name, type, data (MS-OXTNEF 2.1.3)."""
    out = struct.pack("<IH", 0x223E9F78, 1)
    for level, name, kind, data in ((1, 0x9006, 8, b"\0\0\1\0"), (1, 0x9007, 6, struct.pack("<II", 1252, 0)), *objects):
        out += struct.pack("<BHHI", level, name, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)
    return out


TEXT = (1, 0x800C, 2, "Résiliation confirmée.\0".encode("cp1252"))


def test_a_winmail() -> None:
    """Its text and its attachments come out as a mail of the usual form, and both are read."""
    attached = [(2, 0x9002, 6, bytes(14)), (2, 0x8010, 1, b"letter.pdf\0"), (2, 0x800F, 6, pdf(drawn(LINES)))]
    found = letters.unpacked(tnef(TEXT, *attached))
    assert isinstance(found, bytes)
    message = with_contents(read(mail("See winmail.dat."), MARKS), [found], MARKS)
    assert [s.text for s in message.statements] == ["Your plan", "See winmail.dat.", "Résiliation confirmée."]
    assert [(a.name, a.content_type) for a in message.attachments] == [("letter.pdf", "application/pdf")]


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"no TNEF",
        tnef(TEXT)[:40],
        tnef((1, 0x9003, 6, struct.pack("<I", 2**32 - 1))),  # four thousand million properties
        tnef((1, 0x9004, 6, struct.pack("<I", 2**32 - 1))),  # as many recipients
        tnef((2, 0x800F, 6, b"data of no attachment")),
    ],
    ids=["empty", "text", "cut", "properties", "recipients", "orphan"],
)
def test_a_bad_winmail_is_a_fault(payload: bytes) -> None:
    """One that is damaged, empty or made to keep the program busy is a fault, within its time."""
    assert isinstance(letters.unpacked(payload, seconds=2), Fault)


# ---------------------------------------------------------------- within a scan


def _looping() -> bytes:
    """A page tree that is its own child: reading its pages never ends of itself."""
    return pdf(drawn(LINES)).replace(b"/Kids[3 0 R]/Count 1", b"/Kids[2 0 R]/Count 9")


@pytest.mark.parametrize(
    ("payload", "why"),
    [(_looping(), "could not be read"), (bomb(2), "could not be read"), (locked(), "password"), (pdf(b""), "pictures")],
    ids=["looping", "bomb", "locked", "scanned"],
)
def test_a_scan_goes_on(payload: bytes, why: str) -> None:
    """A letter that can't be opened is named as unreadable, and the mails after it are read."""
    raws = [HEAD + multipart("mixed", part(b"See the letter."), part(payload, "application/pdf; name=letter.pdf"))]
    raws.append(HEAD + multipart("mixed", part(b"Your subscription has been cancelled."), ended=False))
    batch = Batch(mails=tuple(RawMail(raw=raw, origin=Origin(source=f"{n}.eml")) for n, raw in enumerate(raws)))

    class Box:
        name = "box"

        def batches(self) -> Iterator[Batch]:
            yield batch

    seen: list[Report] = [audit([Box()], mailroom(), (), date(2026, 1, 1))]
    (unreadable,) = seen[0].coverage[0].unreadable  # a missing end boundary cost no words and is none
    assert (unreadable.where, why in unreadable.what) == ("0.eml, letter.pdf", True)
    assert seen[0].mails == 2


def test_each_mail_of_a_digest_is_read() -> None:
    """Of three mails in one each is read on its own, none as authenticated; alone it is what the strongest says."""
    inner = [b"From: a@a.example\nSubject: x\n\nYour subscription has been cancelled.", b"Subject: y\n\nSoup.",
             b"From: b@b.example\nSubject: z\n\nYour subscription has been cancelled."]  # fmt: skip
    raw = HEAD + multipart("digest", *(b"\n" + one for one in inner))
    room = mailroom()
    one = RawMail(raw=raw, origin=Origin(source="d.eml"))
    readings = [reading for _, reading in room.read_each(one)]
    assert [r.origin.source for r in readings] == ["d.eml", "d.eml!2", "d.eml!3"]
    assert [r.decision.kind for r in readings] == [Kind.CLOSURE, Kind.OTHER, Kind.CLOSURE]
    assert [r.verdict.word.authentic for r in readings] == [None] * 3
    assert room.read(one).decision.kind is Kind.CLOSURE
    assert len({r.sha256 for r in readings}) == 3
