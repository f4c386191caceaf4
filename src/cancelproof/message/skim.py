"""The words of a mail at a glance, for the gate: everything that the careful reading would show, and perhaps more.

What cannot be skimmed for certain gives None, and is read carefully.
"""

from __future__ import annotations

import re
from functools import lru_cache

_MOST_BYTES = 3_000_000  # a larger mail is read with care, not skimmed
_APART = bytes(
    c if chr(c).isalnum() or c > 127 or c in b"\x1e$" else 32 for c in range(256)
)  # ASCII letters and digits stay; so does UTF-8
_UNSEEN = re.compile(
    rb"\xc2\xad|\xcd\x8f|\xe2\x80[\x8b-\x8f\xaa-\xae]|\xe2\x81[\xa0-\xa4\xa6-\xa9]|\xef\xbb\xbf|\xe1\xa0\x8e"
)
_KANA_OR_HAN = re.compile(rb"\xe3[\x81-\x83]|[\xe4-\xe9][\x80-\xbf][\x80-\xbf]")  # no spaces between words
#: What charsets the skimming library surely knows; with another, or none for bytes over 127, the words could be others.
_CHARSET = re.compile(rb"charset\s{0,5}=(?:3D)?\s{0,5}[\"']?\s{0,5}([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)
_KNOWN = re.compile(rb"utf-?8|us-ascii|ascii|iso-8859-(?:1|2|9|15)|windows-125[0-4]", re.IGNORECASE)
#: Parts that hold words which skimming does not see.
_OTHER_PARTS = re.compile(
    rb"^content-type:\s{0,20}(?:application/(?!ics|ld\+json|pgp-signature)|message/|text/(?!plain|html|css|calendar)"
    rb"|multipart/(?:digest|signed|encrypted))|^content-disposition:\s{0,20}attachment|^begin \d{3} ",
    re.IGNORECASE | re.MULTILINE,
)
_INLINE = ["a", "b", "big", "em", "font", "i", "mark", "small", "span", "strong", "sub", "sup", "u", "wbr"]


#: A word that goes between two where a sentence ends for certain; nothing that is said reaches over it.
END = b"\x1e"
_SENTENCE_END = re.compile(rb"(?<![A-Za-z\x80-\xff.])([A-Za-z\x80-\xff]{3,30})[.!?](?=[\"')]{0,2}\s+[A-Z])")


@lru_cache(maxsize=4)
def _stems(abbreviations: frozenset[str]) -> frozenset[bytes]:
    return frozenset(mark.rstrip(".").encode() for mark in abbreviations)


def skim(raw: bytes, abbreviations: frozenset[str] = frozenset()) -> list[bytes] | None:
    """Give the words of a mail in their order, in UTF-8: ASCII in lower case, perhaps with other signs on them."""
    if len(raw) > _MOST_BYTES or _OTHER_PARTS.search(raw) or not all(map(_KNOWN.fullmatch, _CHARSET.findall(raw))):
        return None
    import fast_mail_parser  # noqa: PLC0415  # only those pay for it who read mailboxes

    try:
        mail = fast_mail_parser.parse_email(raw)
    except Exception:  # noqa: BLE001  # whatever a library of another language says: this mail is for the careful reading
        return None
    texts = [*mail.text_plain, *map(_shown, mail.text_html)]
    whole = " \n ".join([mail.subject or "", *texts])
    if "\ufffd" in whole or not any(texts):
        return None
    shown = _UNSEEN.sub(b"", whole.encode("utf-8", "surrogatepass"))
    if _KANA_OR_HAN.search(shown):
        return None
    short = _stems(abbreviations)

    def ended(found: re.Match[bytes]) -> bytes:
        return found[0] if found[1].lower() in short else found[1] + b" " + END + b" "

    return _SENTENCE_END.sub(ended, shown).lower().translate(_APART).split()


def _shown(html: str) -> str:
    """The text of HTML, hidden or not; words in several inline elements are one."""
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415  # as above

    tree = LexborHTMLParser(html)
    tree.strip_tags(["script", "style", "head"])
    tree.unwrap_tags(_INLINE)
    tree.merge_text_nodes()
    return tree.text(separator=" ")
