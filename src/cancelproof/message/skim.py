"""The text of a mail at a glance, for the gate: everything that the careful reading would show, and perhaps more.

It comes in pieces: a statement of the careful reading lies within one of them. What cannot be skimmed for certain gives
None, and is read carefully.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain, pairwise

from cancelproof.message import glimpse
from cancelproof.message.blocks import MAX_VALUE

_MOST_BYTES = 3_000_000  # a larger mail is read with care, not skimmed
_KANA_OR_HAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f]")  # no spaces between words
_FAR_EAST = bytes((*range(0xE3, 0xEA), 0xEF))  # with which kana and han begin in UTF-8, and the sign of a broken letter
#: What charsets the skimming library surely knows; with another, or none for bytes over 127, the words could be others.
_CHARSET = re.compile(rb"\s{0,5}=(?:3d)?\s{0,5}[\"']?\s{0,5}([a-z0-9_:.-]{1,40})")
_KNOWN = re.compile(rb"utf-?8|us-ascii|ascii|iso-8859-(?:1|2|9|15)|windows-125[0-4]")
#: Parts that hold no words for people, whatever they are called; all others but text are read with care.
_WORDLESS = rb"ics|ld\+json|pgp-signature|zip|x-zip-compressed|gzip|x-tar|msword|vnd\.(?!ms-tnef)"
_OTHER_PART = re.compile(
    rb"content-type:\s{0,20}(?:application/(?!" + _WORDLESS + rb")|message/|text/(?!plain|html|css|calendar)"
    rb"|multipart/(?:digest|signed|encrypted))",
    re.IGNORECASE,
)
_ATTACHED = re.compile(rb"content-disposition:\s{0,20}attachment", re.IGNORECASE)
_WORDLESS_PART = re.compile(
    rb"content-type:\s{0,20}(?:image/|video/|audio/|application/(?:" + _WORDLESS + rb"))", re.IGNORECASE
)
_LONE_RETURN = re.compile(rb"\rcontent-", re.IGNORECASE)
_BOUNDARY = re.compile(rb"\n--[^\r\n]{1,200}")
_EMPTY_LINE = re.compile(rb"\n\r?\n")
#: What lines tell that a mail is made of, all in one look at it: headers of parts, and the first line of a PDF or a
#: winmail.dat, as such and in base64, or of a uuencoded file. What it may begin with is asked first: that is faster.
_TELLING = re.compile(
    rb"\n(?=[cb%jxe \t])(?:(?P<kind>content-type:)|(?P<placed>content-disposition:)"
    rb"|begin \d{3} |[ \t]{0,20}(?:%pdf-|jvberi|\x78\x9f\x3e\x22|ej8\+ig))",
    re.IGNORECASE,
)
_MOST_PARTS = 200  # and attached ones; a mail with more is read with care
_HEAD = 4096  # bytes of the header of a part, at most
_LARGE = 4 * _HEAD  # bytes of a part, of which it pays to leave some out
_META = 3 * 2048  # bytes from which a page may name its charset: three each, if they are coded

#: A mark of ours where a line of plain text surely does not go on in the next.
_END = "\x1e"
_NARROWEST = 56  # columns; what is narrower was not wrapped by a program (`message.wrapping`)
_SENTENCE_END = re.compile(r"[.!?](?=[\"')]{0,2}\s+[A-Z])")
_GAPS = ("|", "  ", "\t", "..", "…")  # between cells (`message.blocks`)
_OF_ROWS = (":", *_GAPS)
_LONGEST_WORD = 32  # letters, with the one before it
_LEAST_LETTERS, _MOST_LETTERS = 3, 30  # of the last word of a sentence that surely ends
_LAST_WORD = re.compile(rf"(?<![^\W\d_])(?<!\.)[^\W\d_]{{{_LEAST_LETTERS},{_MOST_LETTERS}}}$")
#: Words of the longest piece, and by how many two neighbours overlap: no pattern spreads over more.
_LONGEST_PIECE, OVERLAP = 160, 80


def skim(raw: bytes, abbreviations: frozenset[str] = frozenset()) -> list[str] | None:
    """Give the pieces of a mail's text, each once."""
    if len(raw) > _MOST_BYTES or not _is_plain(raw):
        return None
    import fast_mail_parser  # noqa: PLC0415  # only those pay for it who read mailboxes

    try:
        mail = fast_mail_parser.parse_email(raw)
    except Exception:  # noqa: BLE001  # whatever a library of another language says: this mail is for the careful reading
        return None
    subject, texts, pages = mail.subject or "", mail.text_plain, mail.text_html
    if not any((*texts, *pages)) or any(map(_is_odd, (subject, *texts, *pages))):
        return None
    seen = [glimpse.runs(page) for page in pages]
    if None in seen:
        return None
    runs = chain(*filter(None, seen), *(_text(text).split(_END) for text in texts))
    stems = _stems(abbreviations)
    different = dict.fromkeys(run for run in runs if run and not run.isspace())
    whole = _bounded(subject) if subject else []
    return list(dict.fromkeys(chain(whole, *(_pieces(run, stems) for run in different))))


def _is_plain(raw: bytes) -> bool:
    """Whether a mail has only parts and charsets that are surely skimmed, and nowhere a letter."""
    if b"\n" not in raw or _LONE_RETURN.search(raw):  # lines that only some end there
        return False
    raw = b"\n" + raw
    told = list(_TELLING.finditer(raw))
    kinds = [mark.start("kind") for mark in told if mark["kind"]]
    if len(kinds) > _MOST_PARTS or any(_OTHER_PART.match(raw, at) for at in kinds):
        return False
    if not all(_has_known_charsets(raw, at) for at in kinds):
        return False
    left_out = list(_wordless_bodies(raw, kinds))
    told = [mark for mark in told if not any(first <= mark.start() < last for first, last in left_out)]
    placed = (mark.start("placed") for mark in told if mark["placed"])
    attached = [at for at in placed if _ATTACHED.match(raw, at)]
    if len(attached) > _MOST_PARTS or not all(_is_wordless(_header_around(raw, at)) for at in attached):
        return False
    return all(mark["kind"] or mark["placed"] for mark in told)


def _has_known_charsets(raw: bytes, kind: int) -> bool:
    """Whether the header of a part, and the beginning of a page in it (`message.charset`), name none but known ones."""
    body = _EMPTY_LINE.search(raw, kind, kind + _LARGE)
    head = raw[kind : body.end() + _META].lower() if body else b""
    found = (_CHARSET.match(head, at + len(b"charset")) for at in _places(head, b"charset"))
    return body is not None and all(_KNOWN.fullmatch(charset[1]) for charset in found if charset)


def _wordless_bodies(raw: bytes, kinds: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where bodies of pictures and archives stand, but for their beginnings."""
    for at, following in pairwise((*kinds, len(raw))):
        if following - at > _LARGE and _WORDLESS_PART.match(raw, at):
            line = _EMPTY_LINE.search(raw, at, at + _HEAD)
            boundary = _BOUNDARY.match(raw, max(0, raw.rfind(b"\n--", max(0, at - _HEAD), at)))
            end = raw.find(boundary[0], line.end(), following) if line and boundary else -1
            if line and end > line.end() + _HEAD:
                yield line.end() + _HEAD, end


def _header_around(raw: bytes, at: int) -> bytes:
    """The header of the part that a place in it belongs to, as far as it lies near."""
    before, after = raw[max(0, at - _HEAD) : at], raw[at : at + _HEAD]
    first = max(before.rfind(empty) for empty in (b"\n\n", b"\n\r\n"))
    last = min((end for empty in (b"\n\n", b"\n\r\n") if (end := after.find(empty)) >= 0), default=len(after))
    return before[max(0, first) :] + after[:last]


def _is_wordless(header: bytes) -> bool:
    return _WORDLESS_PART.search(header) is not None and b".eml" not in header.lower()


def _places(raw: bytes, word: bytes) -> Iterator[int]:
    at = raw.find(word)
    while at >= 0:
        yield at
        at = raw.find(word, at + 1)


def _is_odd(text: str) -> bool:
    """Whether a text has broken letters, a mark of ours, or words without spaces between them."""
    if _END in text or "\0" in text:
        return True
    if text.isascii():
        return False
    coded = text.encode("utf-8", "replace")
    if len(coded.translate(None, _FAR_EAST)) == len(coded):  # far faster than to look at each letter
        return False
    return "\ufffd" in text or _KANA_OR_HAN.search(text) is not None


@lru_cache(maxsize=4)
def _stems(abbreviations: frozenset[str]) -> frozenset[str]:
    return frozenset(mark.rstrip(".") for mark in abbreviations)


def _text(text: str) -> str:
    """A plain text, its marks where a line surely does not go on in the next."""
    lines: list[str] = []
    before = ""
    for line in text.splitlines():
        line = line.strip("> \t")  # noqa: PLW2901  # quoted or not
        first = line.split(" ", 1)[0]
        goes_on = before and line and (first[0].islower() or len(before) + len(first) >= _NARROWEST)
        lines.append(line if goes_on else _END + line)
        before = line
    return "\n".join(lines)


def _pieces(run: str, stems: frozenset[str]) -> list[str]:
    """A run in its sentences, where one surely ends, and these in pieces of bounded length."""
    first = _SENTENCE_END.search(run)
    if not first:
        return _bounded(run)
    pieces: list[str] = []
    start = 0
    rows = any(map(run.__contains__, _OF_ROWS))  # few have any
    for mark in _SENTENCE_END.finditer(run, first.start()):
        end = mark.start()
        last = run[max(start, end - _LONGEST_WORD) : end].rpartition(" ")[2]
        if not last.isalpha():
            found = _LAST_WORD.search(run, max(start, end - _LONGEST_WORD), end)
            last = found[0] if found else ""
        sure = _LEAST_LETTERS <= len(last) <= _MOST_LETTERS and last.casefold() not in stems
        if sure and not (rows and _is_in_row(run[max(start, end - MAX_VALUE) : end], run[end + 1 : end + MAX_VALUE])):
            pieces += _bounded(run[start : end + 1].lstrip())
            start = end + 1
    return pieces + _bounded(run[start:].lstrip())


def _is_in_row(before: str, after: str) -> bool:
    """Whether a mark may stand in a cell, or in the value beside a label: their row is one statement."""
    before, after = before.rpartition("\n")[2] if ":" not in before else before, after.partition("\n")[0].lstrip()
    return ":" in before or any(gap in before.lstrip() or gap in after for gap in _GAPS)


def _bounded(sentence: str) -> list[str]:
    if len(sentence) < _LONGEST_PIECE:  # characters: then the words are fewer, and need no counting
        return [sentence]
    words = sentence.split()
    firsts = range(0, max(1, len(words) - OVERLAP), _LONGEST_PIECE - OVERLAP)
    return [" ".join(words[first : first + _LONGEST_PIECE]) for first in firsts]
