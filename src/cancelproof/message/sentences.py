"""Running text cut into sentences (after the spirit of UAX #29, with the rules that mail needs)."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

MAX_LENGTH = 2_000  # characters of one sentence; longer ones are cut at a blank

_END = re.compile(r"[.!?…]+[\"'»”’)\]]*(?=\s)|[。！？｡]+[」』）”]*")
_OPENING = "\"'«“‘(¿¡[„"


def split(text: str, abbreviations: AbstractSet[str] = frozenset()) -> list[str]:
    """The sentences of a block, each with its own mark at its end."""
    out: list[str] = []
    start = 0
    for mark in _END.finditer(text):
        if _ends(text, start, mark, abbreviations):
            out.append(text[start : mark.end()].strip())
            start = mark.end()
    out.append(text[start:].strip())
    return [piece for sentence in out if sentence for piece in _bounded(sentence)]


def _ends(text: str, start: int, mark: re.Match[str], abbreviations: AbstractSet[str]) -> bool:
    sign = mark.group()
    if sign[0] in "。！？｡" or any(char in sign for char in "!?"):
        return True
    following = text[mark.end() : mark.end() + 12].lstrip().lstrip(_OPENING)[:1]
    if sign[0] == "…" or sign.startswith(".."):
        return not following.islower()
    word = text[max(start, mark.start() - 40) : mark.start()].rpartition(" ")[2].lstrip(_OPENING).casefold()
    if f"{word}." in abbreviations or (len(word) == 1 and word.isalpha()) or (len(word) <= 2 and word.isdigit()):
        return False
    if "." in word and all(len(piece) <= 2 and piece.isalpha() for piece in word.split(".")):  # e.g. i.e. p.ex. U.S.
        return False
    return not following.islower() or (len(word) >= 5 and word.isalpha())


def _bounded(sentence: str) -> list[str]:
    pieces = []
    while len(sentence) > MAX_LENGTH:
        cut = sentence.rfind(" ", MAX_LENGTH // 2, MAX_LENGTH)
        cut = MAX_LENGTH if cut < 0 else cut
        pieces.append(sentence[:cut].strip())
        sentence = sentence[cut:].strip()
    return [*pieces, sentence] if sentence else pieces
