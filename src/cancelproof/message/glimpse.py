"""The text of HTML at a glance, hidden or not, in runs: what may be one statement of the careful reading is in one run.

No tree is built. Nearly all of a page is tags; patterns pass over them at once, and between two texts only the names of
the tags count. Text stays in the order of the page, as in the careful reading, whose parser moves none out of tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import unescape

#: Marks for what stands between two texts: the end of a block, of a cell, of a row's last cell; the begin of a cell.
_END, _CELL_END, _ROW_END, _CELL = "\x1e", "\x1d", "\x1f", "\x1c"
_BLANK, _ROW, _GONE, _ODD = " ", "\x1b", "\x1a", "\0"  # only while they are put together, see `_Meaning`

#: Comments, and elements that hold no tags (HTML section 13.2.5); what never ends takes the rest.
_UNSEEN = re.compile(
    r"<(?:!--(?!-?>)(?:.*?--!?>|.*+)|(style|script|title|textarea|iframe|noembed|noframes)\b(?:.*?</\1[^>]*+>|.*+))",
    re.DOTALL | re.IGNORECASE,
)
_TEXT = re.compile(r">(\s*+[^<\s][^<]*+)")
_NAME = re.compile(r"<([^\s>]*)")
_SPACED = re.compile(r">\s")
#: For pages with signs of tags in the values of attributes, or with a `<` in a text: their tags, and a page of these.
_TAG = r"""<[a-zA-Z/!?](?:[^>"']++|"[^"]*+"|'[^']*+')*+>"""
_TAGS = re.compile(rf"((?:{_TAG}(?:\s++(?=<[a-zA-Z/!?]))?+)++)")
_PAGE = re.compile(rf"(?:[^<]++|<(?![a-zA-Z/!?])|{_TAG})*+")
_VALUE = re.compile(r""""[^"]*"|'[^']*'""")

_INLINE = ("a", "b", "big", "em", "font", "i", "mark", "small", "span", "strong", "sub", "sup", "u", "wbr")
_ENDING = ("/p", "/div", "/li", "/h1", "/h2", "/h3", "/h4", "/dd", "br")
_CELLS = ("td", "th", "dt")
_USUAL = ("p", "div", "li", "h1", "h2", "h3", "h4", "dd", "tr", "table", "/table", "img")

#: What stands before each text, and the texts.
_Told = tuple[Sequence[str], Sequence[str]]

_LINES_OF_CELL = 3  # that a row of data has at most in one of its cells (`message.tables`)
_LONGEST_CELL = 200  # characters; a row with longer cells is running text (`message.tables`, with a margin)


class _Meaning(dict[str, str]):
    """What a tag puts between two texts, by its name as written: at least a blank, unless it may stand in a word.

    Further: the end of a row, that what follows is no text, and that this may be no tag.
    """

    def __missing__(self, name: str) -> str:
        if name[:1] in ("!", "?"):  # a comment
            return ""
        if name[1:].endswith("/"):
            return self[name[0] + name[1:].rstrip("/")]
        return _BLANK if name[:1] == "/" or (name[:1].isascii() and name[:1].isalpha()) else _ODD


def _meaning() -> _Meaning:
    means = dict.fromkeys(_USUAL, _BLANK) | dict.fromkeys(_ENDING, _END) | {"/tr": _ROW}
    means |= {edge + name: "" for name in _INLINE for edge in ("", "/")}
    means |= dict.fromkeys(_CELLS, _CELL) | {f"/{name}": _CELL_END for name in _CELLS}
    means |= dict.fromkeys(("style", "script", "title"), _GONE) | dict.fromkeys(("xmp", "plaintext"), _ODD)
    return _Meaning(means | {name.upper(): mark for name, mark in means.items()})


_MEANS = _meaning()


def runs(page: str) -> Iterator[str] | None:
    """The runs of a page; None where its tags cannot surely be told from its text."""
    bare = _without_values(page)  # before comments are sought, which takes as long among all those links
    told = _at_once(_seen(bare), '"') if bare else None
    if not told:
        page = _seen(page)
        bare = None if bare else _without_values(page)
        told = (_at_once(bare, '"') if bare else None) or _at_once(page) or _tag_by_tag(page)
    return _below(_beside(*_blocks(*told))) if told else None


def _seen(page: str) -> str:
    return _UNSEEN.sub("<!>", page) if "<!--" in page else page


def _without_values(page: str) -> str | None:
    """A page, `""` for each value in such quotes: most of a page is long links; None where these hold more than that.

    Without `<` and `>` each lies within one tag or one text, and in a text its `"` is left to tell of it.
    """
    parts = page.split('"')
    values = "".join(parts[1::2])
    return '""'.join(parts[::2]) if len(parts) % 2 and "<" not in values and ">" not in values else None


def _at_once(page: str, odd: str = "") -> _Told | None:
    """The texts of a page where no `<` or `>` of an attribute is taken for a tag's, and none has an `odd` letter."""
    *split, rest = _TEXT.split(f">{page}")
    tags, texts = split[::2], split[1::2]
    if rest.rfind("<") > rest.rfind(">"):
        return None
    if any(">" in text for text in texts) and any(map(_is_open, tags, texts)):
        return None
    means = {some: _means(some) for some in set(tags)}  # pages repeat themselves
    between = [means[some] for some in tags]
    if odd and any(odd in text and put[-1:] != _GONE for put, text in zip(between, texts, strict=True)):
        return None
    return None if any(_ODD in put for put in means.values()) else (between, texts)


def _tag_by_tag(page: str) -> _Told | None:
    if not _PAGE.fullmatch(page):
        return None
    split = _TAGS.split(page)
    between = ["", *(_means(_VALUE.sub("", some)) for some in split[1::2])]
    return None if any(_ODD in put for put in between) else (between, split[::2])


def _means(tags: str) -> str:
    """What tags put between the texts around them."""
    means = "".join([_MEANS[name] for name in _NAME.findall(tags)])
    if _ROW in means:
        means = means.replace(_CELL_END + _ROW, _ROW_END).replace(_ROW, _BLANK)
    return means or (_BLANK if _SPACED.search(tags) else "")


def _is_open(tags: str, text: str) -> bool:
    """Whether a text may begin within the value of an attribute."""
    return ">" in text and (tags.count('"') % 2 == 1 or tags.count("'") % 2 == 1)


def _blocks(between: Sequence[str], texts: Sequence[str]) -> tuple[list[str], list[bool]]:
    """The blocks of a page, and for each whether it and the one before it stand in cells of one row."""
    blocks: list[str] = []
    beside: list[bool] = []
    block = marks = ""
    puts = {means: _puts(means) for means in {*between, _END}}
    for means, text in zip((*between, _END), (*texts, ""), strict=True):
        new, is_blank, is_gone = puts[means]
        if new:
            if block and (shown := " ".join((unescape(block) if "&" in block else block).split())):
                blocks.append(shown)
                beside.append(_are_cells(marks))
                marks = ""
            marks += new
            block = "" if is_gone else text
        elif not is_gone:
            block = f"{block} {text}" if is_blank else block + text
        elif is_blank:
            block += _BLANK
    return blocks, beside


def _puts(means: str) -> tuple[str, bool, bool]:
    """What ends blocks among what is put between two texts, whether there is anything, and whether the next is none."""
    return means.replace(_BLANK, "").replace(_GONE, ""), bool(means), means[-1:] == _GONE


def _are_cells(marks: str) -> bool:
    marks = marks.replace(_CELL + _CELL_END, "")  # an empty cell
    return _CELL_END in marks or (_CELL in marks and _ROW_END not in marks)


def _beside(blocks: Sequence[str], beside: Sequence[bool]) -> Iterator[str]:
    """Join what stands in cells side by side, some lines in each; long blocks are running text."""
    near = {i + n for i, is_cell in enumerate(beside) if is_cell for n in range(-_LINES_OF_CELL, _LINES_OF_CELL)}
    row: list[str] = []
    for i, block in enumerate(blocks):
        if i in near and len(block) <= _LONGEST_CELL:
            row.append(block)
            continue
        if row:
            yield " | ".join(row)
            row = []
        yield block
    yield " | ".join(row)


def _below(blocks: Iterable[str]) -> Iterator[str]:
    """The runs of blocks one below the other: what begins with a small letter may go on."""
    run = ""
    for block in blocks:
        first = block[:1]
        if first.isupper() or first.isdigit():
            yield run
            run = block
        else:
            run = f"{run} {block}"
    yield run
