"""PDF letters: text with its lines and columns, or a plain word on why not."""

from __future__ import annotations

import io
import os
import zlib

import pytest
from pypdf import PdfWriter

from cancelproof import letters
from cancelproof.letters import text_of
from cancelproof.message import read, with_letters
from cancelproof.model import Fault, Origin, Place, RawMail
from cancelproof.run import Mailroom
from message_fixture import HEAD, MARKS, mail, multipart, part
from rules_fixture import compiled_rules

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


def locked() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt("secret", algorithm="RC4-128")
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


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (b"", "damaged"),
        (b"no PDF at all", "damaged"),
        (b"%PDF-1.4\n" + b"x" * 5_000, "damaged"),
        (pdf(drawn(LINES))[:300], "damaged"),
        (pdf(b""), "no text"),
        (locked(), "password"),
        (b"%PDF-" + b"x" * letters.MAX_PAYLOAD, "larger than 10 MB"),
    ],
    ids=["empty", "text", "garbage", "cut", "scan", "locked", "large"],
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
    faults = Mailroom(compiled_rules()).read(RawMail(raw=raw, origin=Origin(source="x.eml"))).faults
    assert len(asked) == 5
    assert [fault.where for fault in faults] == [*(f"letter{n}.pdf" for n in range(5)), "attached documents"]
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
    """A child that may have next to no memory ends, and that is a fault."""
    assert isinstance(text_of(pdf(drawn(LINES)), megabytes=8), Fault)
