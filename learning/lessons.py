"""Lessons: short mails with their kinds, written as plain text, to learn from alone.

No rule is made for them, so what the rules find in them today tells how far a rule can be trusted on mail that nobody
has seen; nor is the program tested by them. A file of `texts/` holds blocks:

    ### closure | en | Brightwell Gym <hello@brightwellgym.example>
    Subject: Your membership
    …paragraphs, `[a button]`, rows of `Label: value`

A second fair kind stands after a slash. Files named `traps-…` and `everyday-…` hold mail made to mislead, and such as
is of no contract.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr

from cancelproof.model import Kind
from rounds import HERE

FOLDER = HERE / "learning" / "texts"
_BLOCK = re.compile(r"^### *([\w/ ]+?) *\| *([a-z]{2}) *\| *(.+)\n+Subject:(.*)\n", re.MULTILINE)
_BUTTON = re.compile(r"\[([^\[\]\n]+)\]")
_ROW = re.compile(r"([^:\n]{1,40}): (\S.*)")


@dataclass(frozen=True)
class Lesson:
    """A mail as it came, its language and its words as written, and the kinds that are right."""

    raw: bytes
    language: str
    text: str
    kinds: tuple[str, ...]
    is_trap: bool


def lessons() -> Iterator[Lesson]:
    """All lessons; ValueError of a kind that is none."""
    for file in sorted(FOLDER.glob("*.txt")):
        is_trap = file.name.startswith(("traps-", "everyday-"))
        text = file.read_text("utf-8")
        starts = [*_BLOCK.finditer(text)]
        for found, end in zip(starts, (*(s.start() for s in starts[1:]), len(text)), strict=True):
            kinds = tuple(str(Kind(kind.strip())) for kind in found[1].split("/"))
            subject, body = found[4].strip(), text[found.end() : end]
            yield Lesson(as_mail(found[3], subject, body), found[2], f"{subject}\n{body}", kinds, is_trap)


def as_mail(sender: str, subject: str, body: str) -> bytes:
    """What a server would hand over; a page where it has buttons or rows, else plain text."""
    message = EmailMessage()
    name, address = parseaddr(sender)
    message["From"] = f'"{name.replace(chr(34), "")}" <{address}>' if name else address
    message["To"], message["Subject"] = "owner@example.org", subject
    message["Date"] = "Tue, 12 May 2026 09:00:00 +0000"
    message["Received"] = "from mail.example by mx.example.org; Tue, 12 May 2026 09:00:01 +0000"
    paragraphs = [part.strip() for part in re.split(r"\n[ \t]*\n", body) if part.strip()]
    if any(_BUTTON.fullmatch(part) or _is_table(part) for part in paragraphs):
        message.set_content("".join(map(_as_html, paragraphs)), subtype="html")
    else:
        message.set_content("\n\n".join(paragraphs) + "\n")
    return message.as_bytes()


def _is_table(paragraph: str) -> bool:
    rows = paragraph.splitlines()
    return len(rows) > 1 and all(map(_ROW.fullmatch, rows))


def _as_html(paragraph: str) -> str:
    if button := _BUTTON.fullmatch(paragraph):
        return f'<p><a href="https://link.example/x">{html.escape(button[1])}</a></p>\n'
    if _is_table(paragraph):
        rows = (html.escape(line).split(": ", 1) for line in paragraph.splitlines())
        return f"<table>{''.join(f'<tr><td>{a}</td><td>{b}</td></tr>' for a, b in rows)}</table>\n"
    return f"<p>{'<br>'.join(map(html.escape, paragraph.splitlines()))}</p>\n"
