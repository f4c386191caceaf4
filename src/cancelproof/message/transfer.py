"""Content-Transfer-Encoding undone, also where the encoding is broken (RFC 2045 section 6)."""

from __future__ import annotations

import binascii

from cancelproof.model import Loss

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(b for b in range(256) if b not in _BASE64)
_SPACE = b" \t\r\n"


def undo(body: bytes, encoding: str) -> tuple[bytes, str]:
    """Return the decoded bytes, and a sentence on what was wrong, or ""."""
    match encoding.strip().lower():
        case "base64":
            return base64(body)
        case "quoted-printable":
            return binascii.a2b_qp(body), ""
        case "x-uuencode" | "uuencode" | "x-uue" | "uue":
            return _uuencoded(body)
        case "" | "7bit" | "8bit" | "binary":
            return body, ""
        case other:
            return body, Loss(f"transfer encoding {other[:40]!r} is not known")


def base64(body: bytes) -> tuple[bytes, str]:
    """Decode what base64 there is: foreign characters, missing or doubled padding, a cut end do not matter."""
    head = body.partition(b"=")[0]
    compact = head.translate(None, _SPACE)
    letters = compact.translate(None, _NOT_BASE64)
    foreign = len(compact) - len(letters)
    blanks = head.count(b" ")
    if foreign * 10 > len(compact) or (blanks > 2 and blanks * 20 > len(head)):  # words and signs: no base64
        return body, "text is called base64 and is not"
    whole = len(letters) - (len(letters) % 4 == 1)
    fault = Loss("base64 is damaged") if foreign or whole != len(letters) else ""
    return binascii.a2b_base64(letters[:whole] + b"=" * (-whole % 4)), fault


def _uuencoded(body: bytes) -> tuple[bytes, str]:
    out, fault = [], ""
    for line in body.splitlines():
        if line.startswith(b"begin ") or line in (b"end", b"`", b""):
            continue
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            fault = Loss("uuencoded text is damaged")
    return b"".join(out), fault
