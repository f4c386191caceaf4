"""The text of a mail at a glance, for the gate: everything that the careful reading would show, and perhaps more.

It comes in pieces: a statement of the careful reading lies within one of them. What cannot be skimmed for certain gives
None, and is read carefully.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import zip_longest

_MOST_BYTES = 3_000_000  # a larger mail is read with care, not skimmed
_KANA_OR_HAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f]")  # no spaces between words
_FAR_EAST = bytes((*range(0xE3, 0xEA), 0xEF))  # with which kana and han begin in UTF-8, and the sign of a broken letter
#: What charsets the skimming library surely knows; with another, or none for bytes over 127, the words could be others.
_CHARSET = re.compile(rb"\s{0,5}=(?:3d)?\s{0,5}[\"']?\s{0,5}([a-z0-9_:.-]{1,40})")
_KNOWN = re.compile(rb"utf-?8|us-ascii|ascii|iso-8859-(?:1|2|9|15)|windows-125[0-4]")
#: Parts that hold no words for people, whatever they are called; all others but text are read with care. In lower case.
_WORDLESS = rb"ics|ld\+json|pgp-signature|zip|x-zip-compressed|gzip|x-tar|msword|vnd\.(?!ms-tnef)"
_OTHER_PART = re.compile(
    rb"content-type:\s{0,20}(?:application/(?!" + _WORDLESS + rb")|message/|text/(?!plain|html|css|calendar)"
    rb"|multipart/(?:digest|signed|encrypted))"
)
_ATTACHED = re.compile(rb"content-disposition:\s{0,20}attachment")
_WORDLESS_PART = re.compile(rb"content-type:\s{0,20}(?:image/|video/|audio/|application/(?:" + _WORDLESS + rb"))")
_LETTERS = (b"%PDF-", b"JVBERi", b"\x78\x9f\x3e\x22", b"eJ8+Ig")  # a PDF and a winmail.dat, as such and in base64
_UUENCODED = re.compile(rb"^begin \d{3} ", re.MULTILINE)
_INLINE = ["a", "b", "big", "em", "font", "i", "mark", "small", "span", "strong", "sub", "sup", "u", "wbr"]

#: Marks that stand in the text of a page where a block, a cell, and the last cell of a row end, and where one begins.
_END, _CELL_END, _ROW_END, _CELL = "\x1e", "\x1d", "\x1f", "\x1c"
_ALL_MARKS = (_END, _CELL_END, _ROW_END, _CELL)
_SEPARATOR = re.compile("([\x1c-\x1f][\x1c-\x1f\\s]*)")
_EMPTY_CELL = re.compile("\x1c\\s*\x1d")
#: As the program of a mail writes them; where it writes others the pieces are only longer.
_ENDING_BLOCKS = (*(f"</{tag}>" for tag in ("p", "div", "li", "h1", "h2", "h3", "h4", "dd")), "<br>", "<br/>", "<br />")
_OF_TABLES = re.compile(
    r"<(?:(?P<cell>(?:t[dh]|dt|T[DH]|DT)\b[^>]{0,2000}>)|/(?:t[dh]|dt|T[DH]|DT)>(?P<last>\s{0,200}</(?:tr|TR)>)?)"
)
_LINES_OF_CELL = 3  # that a row of data has at most in one of its cells (`message.tables`)
_LONGEST_CELL = 200  # characters; a row with longer cells is running text (`message.tables`, with a margin)
_NARROWEST = 56  # columns; what is narrower was not wrapped by a program (`message.wrapping`)
_SENTENCE_END = re.compile(r"[.!?](?=[\"')]{0,2}\s+[A-Z])")
_LONGEST_WORD = 32  # letters, with the one before it
_LAST_WORD = re.compile(r"(?<![^\W\d_])(?<!\.)[^\W\d_]{3,30}$")
#: Words of the longest piece, and by how many two neighbours overlap: no pattern spreads over more.
_LONGEST_PIECE, OVERLAP = 160, 80


def skim(raw: bytes, abbreviations: frozenset[str] = frozenset()) -> list[str] | None:
    """Give the pieces of a mail's text, each once."""
    if len(raw) > _MOST_BYTES or any(letter in raw for letter in _LETTERS) or not _is_plain(raw.lower()):
        return None
    import fast_mail_parser  # noqa: PLC0415  # only those pay for it who read mailboxes

    try:
        mail = fast_mail_parser.parse_email(raw)
    except Exception:  # noqa: BLE001  # whatever a library of another language says: this mail is for the careful reading
        return None
    subject, texts, pages = mail.subject or "", mail.text_plain, mail.text_html
    if not any((*texts, *pages)) or any(map(_is_odd, (subject, *texts, *pages))):
        return None
    wholes = (subject, *(_page(html) for html in pages), *(_text(text) for text in texts))
    stems = _stems(abbreviations)
    runs = (run for whole in wholes for run in whole.split(_END) if run and not run.isspace())
    return list(dict.fromkeys(piece for run in dict.fromkeys(runs) for piece in _pieces(run, stems)))


def _is_plain(raw: bytes) -> bool:
    """Whether a mail (in lower case) has only parts and charsets that are surely skimmed."""
    kinds = [at for at in _places(raw, b"content-type:") if raw[at - 1 : at] in b"\n\r"]
    if any(_OTHER_PART.match(raw, at) for at in kinds):
        return False
    attached = [at for at in _places(raw, b"content-disposition:") if _ATTACHED.match(raw, at)]
    if not all(_is_wordless(_header_around(raw, at)) for at in attached):
        return False
    charsets = (_CHARSET.match(raw, at + len(b"charset")) for at in _places(raw, b"charset"))
    known = all(_KNOWN.fullmatch(found[1]) for found in charsets if found)
    return known and not (b"begin " in raw and _UUENCODED.search(raw))


def _header_around(raw: bytes, at: int) -> bytes:
    """The header of the part that a place in it belongs to."""
    first = max(raw.rfind(empty, 0, at) for empty in (b"\n\n", b"\n\r\n"))
    last = min((end for empty in (b"\n\n", b"\n\r\n") if (end := raw.find(empty, at)) >= 0), default=len(raw))
    return raw[max(0, first) : last]


def _is_wordless(header: bytes) -> bool:
    return _WORDLESS_PART.search(header) is not None and b".eml" not in header


def _places(raw: bytes, word: bytes) -> Iterator[int]:
    at = raw.find(word)
    while at >= 0:
        yield at
        at = raw.find(word, at + 1)


def _is_odd(text: str) -> bool:
    """Whether a text has broken letters, marks of ours, or words without spaces between them."""
    if any(mark in text for mark in _ALL_MARKS):
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


def _page(html: str) -> str:
    """The text of HTML, hidden or not; words in several inline elements are one."""
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415  # as above

    for tag in _ENDING_BLOCKS:
        html = html.replace(tag, _END + tag)
    tree = LexborHTMLParser(_OF_TABLES.sub(_marked, html))
    tree.strip_tags(["script", "style", "head"])
    tree.unwrap_tags(_INLINE)
    tree.merge_text_nodes()
    return _END.join(_runs(_SEPARATOR.split(tree.text(separator=" "))))


def _marked(tag: re.Match[str]) -> str:
    if tag["cell"]:
        return tag[0] + _CELL
    return (_ROW_END if tag["last"] else _CELL_END) + tag[0]


def _runs(found: Sequence[str]) -> Iterator[str]:
    """The blocks of a page, given with the marks between them; what may stand in one row of a table is one run."""
    blocks: list[str] = []
    beside: list[bool] = []  # whether a block and the one before it stand in cells of one row
    marks = ""
    for text, mark in zip_longest(found[::2], found[1::2], fillvalue=""):
        if block := " ".join(text.split()):
            blocks.append(block)
            beside.append(_are_cells(marks))
            marks = ""
        marks += mark
    yield from _below(_beside(blocks, beside))


def _are_cells(marks: str) -> bool:
    marks = _EMPTY_CELL.sub("", marks)
    return _CELL_END in marks or (_CELL in marks and _ROW_END not in marks)


def _beside(blocks: Sequence[str], beside: Sequence[bool]) -> Iterator[str]:
    """Join what stands in cells side by side, some lines in each; long blocks are running text."""
    near = {i + n for i, is_cell in enumerate(beside) if is_cell for n in range(-_LINES_OF_CELL, _LINES_OF_CELL)}
    row: list[str] = []
    for i, block in enumerate(blocks):
        if i in near and len(block) <= _LONGEST_CELL:
            row.append(block)
            continue
        yield " | ".join(row)
        yield block
        row = []
    yield " | ".join(row)


def _below(blocks: Iterable[str]) -> Iterator[str]:
    """The runs of blocks one below the other: what begins with a small letter may go on."""
    run = ""
    for block in blocks:
        if block[:1].isupper() or block[:1].isdigit():
            yield run
            run = block
        else:
            run = f"{run} {block}"
    yield run


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


def _pieces(run: str, stems: frozenset[str]) -> Iterator[str]:
    """A run in its sentences, where one surely ends, and these in pieces of bounded length."""
    start = 0
    for end in _SENTENCE_END.finditer(run):
        last = _LAST_WORD.search(run, max(start, end.start() - _LONGEST_WORD), end.start())
        if last and last[0].casefold() not in stems:
            yield from _bounded(run[start : end.end()])
            start = end.end()
    yield from _bounded(run[start:])


def _bounded(sentence: str) -> Iterator[str]:
    if len(sentence) < _LONGEST_PIECE:  # characters: then the words are fewer, and need no counting
        yield sentence
        return
    words = sentence.split()
    for first in range(0, max(1, len(words) - OVERLAP), _LONGEST_PIECE - OVERLAP):
        yield " ".join(words[first : first + _LONGEST_PIECE])
