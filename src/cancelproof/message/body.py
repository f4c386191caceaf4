"""The parts of a mail that a person is shown, the letters attached to it, and what else it carries."""

from __future__ import annotations

from dataclasses import dataclass, field

from cancelproof.message import charset, text
from cancelproof.message.blocks import Block
from cancelproof.message.mime import Part
from cancelproof.model import Attachment, Item, Loss

MAX_TEXT = 1_000_000  # bytes of one part that are read
MAX_TEXT_OF_MAIL = 4_000_000

_READ_AS_TEXT = frozenset({"text/plain", "text/html", "text/enriched", "application/xhtml+xml"})
_SEALED = {
    "application/pkcs7-mime": "S/MIME", "application/x-pkcs7-mime": "S/MIME", "multipart/encrypted": "encryption",
}  # fmt: skip
_HTML_START = (b"<!doctype html", b"<html")
_UNTYPED = frozenset({"application/octet-stream", "application/x-unknown", "application/binary"})
_TEXT_NAMES = (".html", ".htm", ".xhtml", ".txt", ".text")
#: Documents that `run` has opened by others, by how they begin, whatever their sender called them.
PDF, TNEF = "application/pdf", "application/ms-tnef"
_TNEF_TYPES = frozenset({TNEF, "application/vnd.ms-tnef"})
_TNEF_START = b"\x78\x9f\x3e\x22"


@dataclass(slots=True)
class Shown:
    """What a part comes to. `letters` are the blocks of each attached text."""

    blocks: list[Block] = field(default_factory=list)
    letters: list[list[Block]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    is_html: bool = False
    read: int = 0  # bytes of text

    def add(self, other: Shown) -> None:
        self.blocks += other.blocks
        self.links += other.links
        self.items += other.items
        self.is_html |= other.is_html
        self.add_carried(other)

    def add_carried(self, other: Shown) -> None:
        """All but the text: what is attached is so whichever alternative is shown."""
        self.letters += other.letters
        self.attachments += other.attachments
        self.mails += other.mails
        self.defects += other.defects
        self.read += other.read


def show(part: Part) -> Shown:
    """Return what a person sees of a part. The tree is at most `mime.MAX_DEPTH` deep."""
    kind = part.content_type
    if kind in _SEALED:
        return Shown(attachments=[_attachment(part)], defects=[Loss(f"sealed by {_SEALED[kind]}: cannot be read")])
    if part.parts:
        return _alternative(part) if kind == "multipart/alternative" else _in_turn(part)
    if kind in ("message/rfc822", "message/global") or part.name.lower().endswith(".eml"):
        content, wrong = part.content()
        return Shown(mails=[content], defects=[wrong] if wrong else [])
    if _is_text(part):
        return _text(part)
    return Shown(attachments=[] if kind.startswith("image/") else [_attachment(part)])


def _is_text(part: Part) -> bool:
    """Text that is meant for people; a table, a calendar or a program attached is none."""
    kind = part.content_type
    if kind in _UNTYPED and part.name.lower().endswith(_TEXT_NAMES):
        return True
    known = kind.startswith("text/") and kind not in ("text/calendar", "text/x-amp-html")
    return kind in _READ_AS_TEXT or (known and not part.is_attachment)


def _in_turn(part: Part) -> Shown:
    """All parts, one below the other; the mail that a bounce returns is no forward but an attachment."""
    shown = Shown()
    for child in part.parts:
        if part.content_type == "multipart/report" and child.content_type.startswith("message/"):
            shown.attachments.append(_attachment(child))
        elif shown.read > MAX_TEXT_OF_MAIL:
            shown.defects.append(Loss("too much text: the rest was not read"))
            break
        else:
            shown.add(show(child))
    return shown


def _alternative(part: Part) -> Shown:
    """HTML where it has visible text, else the last alternative that has."""
    best = Shown()
    chosen: Shown | None = None
    for child in reversed(part.parts):
        shown = show(child) if not (chosen and child.content_type == "text/plain") else Shown()
        best.add_carried(shown)
        if shown.blocks and (chosen is None or (shown.is_html and not chosen.is_html)):
            chosen = shown
    if chosen:
        best.blocks, best.links, best.items, best.is_html = chosen.blocks, chosen.links, chosen.items, chosen.is_html
    return best


def _text(part: Part) -> Shown:
    content, wrong = part.content()
    shown = Shown(defects=[wrong] if wrong else [], read=min(len(content), MAX_TEXT))
    if len(content) > MAX_TEXT:
        shown.defects.append(Loss("text is too long and was cut"))
        content = content[:MAX_TEXT]
    if _document(content):
        return Shown(attachments=[_attachment(part)])
    named = part.content_type in _UNTYPED and part.name.lower().endswith(("html", "htm"))
    is_html = (
        named
        or "html" in part.content_type
        or content[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_HTML_START)
    )
    label = part.parameters.get("charset", "")
    decoded, wrong = charset.decode(content, label, charset.html_label(content) if is_html else "")
    shown.defects += [wrong] if wrong else []
    blocks, shown.links = _blocks(part, decoded, shown, is_html=is_html)
    if part.is_attachment and part.disposition != "inline":
        shown.letters.append(blocks)
        shown.attachments.append(_attachment(part))
    else:
        shown.blocks, shown.is_html = blocks, is_html
    return shown


def _blocks(part: Part, decoded: str, shown: Shown, *, is_html: bool) -> tuple[list[Block], list[str]]:
    if is_html:
        from cancelproof.message import html  # noqa: PLC0415 - a heavy import, only where it is used

        seen = html.read(decoded)
        shown.defects += seen.defects
        shown.items += seen.items
        return seen.blocks, seen.links
    flowed = part.parameters.get("format", "").lower() == "flowed"
    delsp = part.parameters.get("delsp", "").lower() == "yes"
    return text.read(decoded, flowed=flowed, delsp=delsp), text.links(decoded)


def _attachment(part: Part) -> Attachment:
    """Return the part as a value; a PDF is called one whatever its sender called it."""
    content = part.content()[0]
    kind = TNEF if part.content_type in _TNEF_TYPES else part.content_type
    return Attachment(name=part.name, content_type=_document(content) or kind, payload=content)


def _document(content: bytes) -> str:
    """Return what a document is by its first bytes, or ""."""
    if content[:1024].lstrip().startswith(b"%PDF-"):
        return PDF
    return TNEF if content.startswith(_TNEF_START) else ""
