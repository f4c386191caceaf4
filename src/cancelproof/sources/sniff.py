"""What some bytes are, told by their content alone: names and suffixes say nothing."""

from __future__ import annotations

import re
from enum import Enum, auto

#: How much of a file is looked at.
HEAD = 64 * 1024

#: A From_ line longer than this is none (RFC 4155 gives no limit; an address has at most 254 bytes).
FROM_LINE_LIMIT = 1000
#: How far a header's name may reach.
NAME_LIMIT = 128

_HEADER = re.compile(rb"([!-9;-~]{1,100})[ \t]{0,10}:")
_TIME_THEN_YEAR = re.compile(rb" \d{1,2}:\d\d(?::\d\d)?(?: [^ ]{1,10}){0,2} (?:19|20)\d\d(?: [-+A-Za-z0-9]{1,6})?$")
_ISO_TIME = re.compile(rb" (?:19|20)\d\d-\d\d-\d\d[T ]\d\d:\d\d[^ ]{0,20}$")

# Names of header fields (RFC 5322 3.6, RFC 2045 3, and those that servers add).
_FIELDS = frozenset(
    b"from sender reply-to to cc bcc subject date message-id in-reply-to references received return-path delivered-to "
    b"mime-version content-type content-transfer-encoding dkim-signature authentication-results x-original-to "
    b"received-spf arc-seal arc-message-signature arc-authentication-results domainkey-signature envelope-to list-id "
    b"list-unsubscribe x-gm-thrid x-mozilla-status".split()
)


class Form(Enum):
    """What a file holds."""

    EMPTY = auto()
    MAIL = auto()
    MBOX = auto()
    GZIP = auto()
    ZIP = auto()
    TAR = auto()
    DAMAGED = auto()  # an archive that cannot be opened
    OTHER = auto()


def form(head: bytes) -> Form:
    """Tell the form of a file, from its first `HEAD` bytes."""
    if not head:
        return Form.EMPTY
    if head.startswith(b"\x1f\x8b\x08"):
        return Form.GZIP
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Form.ZIP
    if head[257:262] == b"ustar":
        return Form.TAR
    text = head[mail_start(head) :]
    if separates(text):
        return Form.MBOX
    return Form.MAIL if _reads_like_a_header(text, cut=len(head) >= HEAD) else Form.OTHER


def mail_start(head: bytes) -> int:
    """Return where the first line that is not blank begins, after a byte order mark."""
    text = head.removeprefix(b"\xef\xbb\xbf")
    return len(head) - len(text.lstrip(b"\r\n"))


def separates(text: bytes) -> bool:
    """Tell an mbox separator: a From_ line that ends in a time and year, then a header line."""
    if not text.startswith(b"From "):
        return False
    end = text.find(b"\n", 0, FROM_LINE_LIMIT)
    return end >= 0 and dated(text[:end]) and begins_header(text[end + 1 : end + 1 + NAME_LIMIT])


def dated(line: bytes) -> bool:
    """Tell whether a From_ line ends as `asctime` writes it, with or without a zone, or as ISO 8601."""
    line = line.rstrip()
    return bool(_TIME_THEN_YEAR.search(line) or _ISO_TIME.search(line))


def begins_header(text: bytes) -> bool:
    return bool(_HEADER.match(text)) or text.startswith(b">From ")


def _reads_like_a_header(text: bytes, *, cut: bool) -> bool:
    """Tell a block of header lines with two fields of a mail, or with one where a blank line ends the block.

    A header that goes on beyond what is looked at (`cut`) needs one, or begins with a server's or program's own field.
    """
    lines = text.splitlines()
    if lines and lines[0].startswith(b">From "):  # what an old transport left of a From_ line
        del lines[0]
    if not lines or not (first := _HEADER.match(lines[0])):
        return False
    known: set[bytes] = set()
    good = bad = 0
    ended = False
    for line in lines:
        if not line.strip():
            ended = True
            break
        if field := _HEADER.match(line):
            good += 1
            known |= {field[1].lower()} & _FIELDS
        elif not line.startswith((b" ", b"\t")):
            bad += 1
    if cut and not ended and first[1].lower().startswith(b"x-"):
        return bad <= good
    return bad <= good and len(known) >= (1 if ended or cut else 2)
