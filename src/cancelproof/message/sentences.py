"""Running text cut into sentences (after the spirit of UAX #29, with the rules that mail needs)."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

from cancelproof.model import Marks

MAX_LENGTH = 2_000  # characters of one sentence; longer ones are cut at a blank

_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'»”’)\]]*+(?=\s)|[。！？｡]+[」』）”]*")  # one try for each run
_NAME_AND_YEAR = re.compile(r"\S{3,20} \d{4}\b")
_WORD_AT = re.compile(r"[^\W\d_]+")
_SHORT = 3  # letters
_WORD = 5  # letters: a shorter one before a full stop and a small letter may be an abbreviation
_NO_MARKS = Marks()
_OPENING = "\"'«“‘(¿¡[„"


def split(text: str, marks: Marks = _NO_MARKS) -> list[str]:
    """Return the sentences of a block, each with its own mark at its end."""
    out: list[str] = []
    start = 0
    for mark in _END.finditer(text):
        if _ends(text, start, mark, marks):
            out.append(text[start : mark.end()].strip())
            start = mark.end()
    out.append(text[start:].strip())
    return [piece for sentence in out if sentence for piece in _bounded(sentence)]


def _ends(text: str, start: int, mark: re.Match[str], marks: Marks) -> bool:
    sign = mark.group()
    if sign[0] in "。！？｡" or any(char in sign for char in "!?"):
        return True
    following = text[mark.end() : mark.end() + 12].lstrip().lstrip(_OPENING)[:1]
    if sign[0] == "…" or sign.startswith(".."):
        return not following.islower()
    before, _, last = text[max(start, mark.start() - 60) : mark.start()].rpartition(" ")
    word = last.lstrip(_OPENING)
    if word.isdigit():
        return _ends_after_number(word, before, text[mark.end() : mark.end() + 40].strip(), marks.months.keys())
    return _ends_after_word(word, before, following, marks.abbreviations)


def _ends_after_word(word: str, before: str, following: str, abbreviations: AbstractSet[str]) -> bool:
    if following.isdigit() and len(word) <= _SHORT and word.isalpha():
        return False  # an abbreviation before a number: "pr. 31/12", "ab dem 1. bzw. 15."
    if f"{word.casefold()}." in abbreviations:
        return not before.strip() and following.isupper()  # the answer "No."
    if (len(word) == 1 or "." in word) and all(len(piece) <= 2 and piece.isalpha() for piece in word.split(".")):
        return before[-1:].isdigit() and following.isupper()  # i.e. p.ex. U.S.; but a unit may end: "at 20 h."
    return not following.islower() or (len(word) >= _WORD and word.isalpha())


def _ends_after_number(number: str, before: str, after: str, months: AbstractSet[str]) -> bool:
    """Tell the end of a sentence from an ordinal, as in "am 31. März" or "2026. 03. 22."."""
    first = _WORD_AT.match(after)
    if after[:1].isdigit() or after[:1].islower() or (first and first[0].casefold() in months):
        return False
    if len(number) > 2:
        return True
    named = before.rpartition(" ")[2]  # "through September 1. Drop the key in the box."
    return len(named) >= 3 and named.isalpha() and named[0].isupper() and not _NAME_AND_YEAR.match(after)


def _bounded(sentence: str) -> list[str]:
    pieces = []
    while len(sentence) > MAX_LENGTH:
        cut = sentence.rfind(" ", MAX_LENGTH // 2, MAX_LENGTH)
        cut = MAX_LENGTH if cut < 0 else cut
        pieces.append(sentence[:cut].strip())
        sentence = sentence[cut:].strip()
    return [*pieces, sentence] if sentence else pieces
