"""Text to the words that rules match: folded, cut, and marked where a clause begins.

Folding makes texts alike that a reader takes for the same: case, accents, ligatures, full-width forms, soft hyphens,
zero-width characters (Unicode NFKD and case folding, UAX #15 and #44). Kana keep their voicing marks, which are
letters.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache

_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
# Scripts written without spaces: each character is a word of its own, so that phrases match as sequences.
UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
_TOKEN = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+|[^\w\s]|_")
# A dot, dash or stroke inside a number or name is no boundary, nor is an apostrophe or a hyphen inside a word.
_BOUNDARY = frozenset(',;:()[]{}|•·–—―…«»„“”"、，：；（）「」【】')
_SPACED_BOUNDARY = frozenset("-/")
#: Abbreviations of legal forms, which a name bears or not (ISO 20275, the forms met most often).
LEGAL_FORMS = frozenset(
    {"sa", "sas", "sasu", "sarl", "se", "gmbh", "ag", "kg", "ug", "eg", "inc", "llc", "ltd", "plc", "bv", "nv", "spa"}
    | {"srl", "sl", "slu", "oy", "ab", "as", "aps", "sro", "kft", "doo", "co", "corp"}
    | {"limited", "company", "scic", "scop", "eurl", "asbl"}
)
#: What closes a quotation or a bracket behind the sign of a question, in any language: „…?“
_CLOSING = " \u00a0)»«›‹”“’‘\"'」』）"
_QUESTION_MARKS = ("?", "？", ";?")
_LATIN_MARK = re.compile("[\u0300-\u036f]")


_LETTERS = re.compile(r"[^\W_]+")
#: Letters that domains write without their stroke, and those that they write out.
_WITHOUT_STROKES = str.maketrans("øđħŧ", "odht")
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "å": "aa", "æ": "ae", "œ": "oe"})


def asks(text: str) -> bool:
    """Whether a text ends as a question."""
    return text.rstrip(_CLOSING).endswith(_QUESTION_MARKS)


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """The text as rules compare it: no accents, no case, no invisible characters."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", _INVISIBLE.sub("", text)).casefold()
    # NFC brings back the marks that are letters of their own (kana); Latin, Greek and Cyrillic lose theirs.
    return unicodedata.normalize("NFC", _LATIN_MARK.sub("", plain)).replace("ı", "i").replace("ł", "l")


def as_spelt(word: str) -> tuple[str, ...]:
    """How domains and account names may spell a word: its letters without their marks, or with these written out."""
    plain = "".join(_LETTERS.findall(fold(word)))
    if plain.isascii() and word.isascii():
        return (plain,)
    out = "".join(_LETTERS.findall(fold(word.lower().translate(_SPELT_OUT))))
    return (plain.translate(_WITHOUT_STROKES), out)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one statement: folded, with their places in the text and the number of the clause each stands in."""

    text: str
    folded: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    clauses: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.folded)

    def covered(self, start: int, end: int) -> tuple[int, int] | None:
        """The words that begin in a stretch of the text: the first, and the one after the last; None without any."""
        first, last = bisect_left(self.starts, start), bisect_left(self.starts, end)
        return (first, last) if first < last else None

    def between(self, first: int, last: int) -> str:
        """The text from word `first` up to, but without, word `last`."""
        return self.text[self.starts[first] : self.ends[last - 1]] if first < last else ""


def cut(text: str, conjunctions: frozenset[str] = frozenset()) -> Words:
    """Cut a statement into words; a new clause begins at punctuation and at a conjunction (folded words)."""
    folded: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    clauses: list[int] = []
    clause = 0
    clean = text if text.isascii() else _INVISIBLE.sub("", text)
    for found in _TOKEN.finditer(clean):
        token = found[0]
        if not (token[0].isalnum()):
            clause += _is_boundary(found)
            continue
        word = fold(token)
        if word in conjunctions:
            clause += 1
        folded.append(word)
        starts.append(found.start())
        ends.append(found.end())
        clauses.append(clause)
    return Words(clean, tuple(folded), tuple(starts), tuple(ends), tuple(clauses))


def _is_boundary(found: re.Match[str]) -> bool:
    """Whether this punctuation ends a clause: a comma before a number rarely does (October 9, 2025; 1,200)."""
    token, text, end = found[0], found.string, found.end()
    if token in _SPACED_BOUNDARY:
        return text[end : end + 1].isspace() and text[max(0, found.start() - 1) : found.start()].isspace()
    if token not in _BOUNDARY:
        return False
    return "," not in token or not text[end:].lstrip()[:1].isdigit()
