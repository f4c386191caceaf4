"""A winmail.dat as a mail of the usual form; runs in the child alone."""

from __future__ import annotations

import logging
import struct
from email.message import EmailMessage

from tnefparse import TNEF

from cancelproof.letters.limits import MAX_OUTPUT, Ending

MAX_ATTACHMENTS = 50


def mail(payload: bytes) -> bytes:
    """Return its text and its attachments as MIME; exits with the code that says why not."""
    logging.disable()  # it warns of each property that it skips, four thousand million at worst
    try:
        opened = TNEF(payload, do_checksum=False)
        out = _as_mail(opened)
    except MemoryError:
        raise SystemExit(Ending.TOO_BIG) from None
    except (ValueError, TypeError, LookupError, AttributeError, NameError, ArithmeticError, RecursionError, OSError,
            AssertionError,
            struct.error):  # fmt: skip
        raise SystemExit(Ending.BROKEN) from None  # the library checks nothing
    if out is None:
        raise SystemExit(Ending.FORMATTED if opened._rtfbody else Ending.NO_TEXT)  # noqa: SLF001 - its property wants another library
    return out


def _as_mail(opened: TNEF) -> bytes | None:
    """None where it holds neither text nor attachments."""
    out = EmailMessage()
    text = opened.htmlbody or opened.body
    if not text and not opened.attachments:
        return None
    shown = text if isinstance(text, str) else _decoded(text or b"", opened.codepage)
    out.set_content(shown.strip("\x00"), subtype="html" if opened.htmlbody else "plain", charset="utf-8", cte="base64")
    room = MAX_OUTPUT // 2
    for attachment in opened.attachments[:MAX_ATTACHMENTS]:
        data = bytes(attachment.data or b"")
        room -= len(data)
        if room < 0:
            break
        name = "".join(c for c in str(attachment.long_filename()) if c.isprintable())
        out.add_attachment(data, maintype="application", subtype="octet-stream", filename=name[:200], cte="base64")
    return out.as_bytes()


def _decoded(text: bytes, codepage: str | None) -> str:
    try:
        return text.decode(codepage or "cp1252", "replace")
    except LookupError:
        return text.decode("cp1252", "replace")
