"""When two names are one: of vendors, services and contract numbers, as people and bills write them."""

from __future__ import annotations

from functools import lru_cache

from cancelproof.words import LEGAL_FORMS, cut, fold

Words = frozenset[str]

_APOSTROPHES = str.maketrans("", "", "'’`")
#: Letters from which on a name that is part of another is no chance.
_TELLING = 5


@lru_cache(maxsize=65536)
def spelled(name: str) -> tuple[str, ...]:
    """The words of a name in order: case, accents, punctuation and legal forms folded."""
    found = cut(name.translate(_APOSTROPHES)).folded
    return tuple(word for word in found if word not in LEGAL_FORMS) or found


@lru_cache(maxsize=65536)
def words(name: str) -> Words:
    """The words of a name, without order."""
    return frozenset(spelled(name))


@lru_cache(maxsize=65536)
def joined(name: str) -> str:
    """The name as one word: `Canal Plus` and `CanalPlus` are alike."""
    return "".join(spelled(name))


def alike(one: str, other: str) -> bool:
    """Whether one name says no more than the other: in whole words, or (from five letters on) as one word.

    Half of a number says nothing: Radio 1 is not Radio 10.
    """
    a, b = words(one), words(other)
    if not a or not b:
        return False
    if a <= b or b <= a:
        return True
    short, long = sorted((joined(one), joined(other)), key=len)
    before, part, after = long.partition(short)
    halved = (short[0].isdigit() and before[-1:].isdigit()) or (short[-1].isdigit() and after[:1].isdigit())
    return short == long or (len(short) >= _TELLING and bool(part) and not halved)


def label(domain: str) -> str:
    """The registered word of a registrable domain in plain letters: `foobar` of `foo-bar.co.uk`."""
    return fold(domain.partition(".")[0]).replace("-", "")


@lru_cache(maxsize=65536)
def bears(domain: str, name: str) -> bool:
    """Whether the domain's own word is made of the name, or holds one of its longer words."""
    word = label(domain)
    if not word or not name:
        return False
    whole = joined(name)
    if word == whole or (len(whole) >= _TELLING and whole in word) or (len(word) >= _TELLING and word in whole):
        return True
    return any(len(part) >= _TELLING and part in word for part in spelled(name))


@lru_cache(maxsize=65536)
def number(text: str) -> str:
    """A contract number as it is compared: letters and digits alone, of a telephone line the last nine."""
    bare = "".join(char for char in fold(text) if char.isalnum())
    return bare[-_LINE:] if bare.isdigit() else bare


_LINE = 9  # digits that tell one telephone line from another
