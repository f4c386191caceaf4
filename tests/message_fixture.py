"""Mails built in code, and marks as rule files would give them."""

from __future__ import annotations

from cancelproof.model import Marks

MARKS = Marks(
    wrote=("wrote", "schrieb", "a écrit", "skrev"),
    original=("original message", "message d'origine"),
    replied=("re", "aw"),
    forwarded=("forwarded message", "begin forwarded message", "mail transféré", "fwd", "fw", "tr", "wg"),
    from_names=("from", "de", "von"),
    date_names=("date", "sent", "envoyé", "gesendet"),
    subject_names=("subject", "objet", "betreff"),
    to_names=("to", "à", "an"),
    abbreviations=frozenset({"no.", "nr.", "sept.", "bzw.", "dr."}),
    months={"juni": 6, "september": 9},
)

HEAD = (
    b"From: Vendor <info@vendor.example>\nTo: me@example.org\nSubject: Your plan\n"
    b"Date: Mon, 2 Mar 2026 10:00:00 +0100\n"
)


def mail(body: str | bytes, content_type: str = "text/plain", *, head: bytes = HEAD, charset: str = "utf-8") -> bytes:
    """A mail of one part."""
    data = body if isinstance(body, bytes) else body.encode(charset)
    return head + f'Content-Type: {content_type}; charset="{charset}"\n\n'.encode() + data


def page(markup: str) -> bytes:
    return mail(markup, "text/html")


def multipart(kind: str, *parts: bytes, boundary: str = "=_b", ended: bool = True) -> bytes:
    """The Content-Type field and body of a multipart; goes after HEAD or into another one."""
    opening = f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\n'.encode()
    mark = f"--{boundary}\n".encode()
    return opening + b"".join(mark + part + b"\n" for part in parts) + (f"--{boundary}--\n".encode() if ended else b"")


def part(body: bytes, content_type: str = "text/plain; charset=utf-8", *fields: str) -> bytes:
    return "".join(f"{field}\n" for field in (f"Content-Type: {content_type}", *fields)).encode() + b"\n" + body
