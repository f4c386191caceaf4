"""Where a text mentions a date, a sum or a number: the places alone, no values.

`classify` needs the places (a statement "ends on a date"), `extract` reads the values from them. The patterns below are
made of a language's month names and currency words; each is linear, its repetitions bounded.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from cancelproof.rules.values import DateForms, MoneyForms
from cancelproof.words import UNSPACED, Words, fold

# A letter of a script with spaces between words; a kana or a kanji may stand right beside a number.
_LETTER = rf"[^\W{UNSPACED}]"
_SEP = "[ \u00a0\u202f]"
_GAP = "[ \u00a0\u202f]{0,2}"
_NUMERIC = (
    rf"\d{{4}}([-./])\d{{1,2}}\1\d{{1,2}}(?!\d)|\d{{1,2}}([-./]){_GAP}\d{{1,2}}\2{_GAP}\d{{4}}(?!\d)"
    r"|\d{1,2}([-./])\d{1,2}\3\d{2}(?!\d)|\d{4}\. ?\d{1,2}\. ?\d{1,2}\.?"
    r"|\d{4}年 ?\d{1,2}月 ?\d{1,2}日|\d{1,2}月 ?\d{1,2}日"
    # A day without its year: 31.12. and 31/12; not 3.5, nor what is a part or all the time: 1/2, 24/7.
    r"|\d{1,2}\.[ \u00a0]?(?:0?[1-9]|1[0-2])\.(?!\d|[.,]\d)"
    r"|(?!1/[234](?!\d)|[23]/[34](?!\d)|24/7)(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|1[0-2])(?![\d/]|[.,]\d)"
)
_AMOUNT = r"[-−–]?(?:\d{1,3}(?:[ \u00a0\u202f'’.,]\d{3}){1,4}(?![\d])|\d{1,9})(?:[.,]\d{1,2}(?!\d)|[.,][-–—])?"


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of a text, by its first and last place in it (the last is the one after)."""

    start: int
    end: int
    text: str


@lru_cache(maxsize=64)
def _date_pattern(forms: DateForms) -> re.Pattern[str]:
    names = {n for month in forms.months for name in month for n in (name, fold(name))}
    month = "(?:" + "|".join(sorted(map(re.escape, names), key=len, reverse=True)) + r")(?!\w)\.?"
    ordinal = "(?:" + "|".join(["\\."] + [re.escape(o) for o in forms.ordinals]) + ")?"
    joined = "(?:" + "|".join([_SEP] + [_SEP + re.escape(j) + _SEP for j in forms.joiners]) + "|[-/.])"
    day = rf"\d{{1,2}}{ordinal}"
    year = rf"(?:,?{joined}\d{{4}}(?!\d))?"
    worded = (
        rf"(?<!\d)\d{{4}}\.?,?{_SEP}{month}{_SEP}\d{{1,2}}\.?(?!\d)"
        rf"|{day}{joined}?{month}{year}|{month}{_SEP}{day}(?!\d)(?:,?{_SEP}\d{{4}}(?!\d))?"
    )
    tail = rf"|{worded}" if names else ""
    return re.compile(rf"(?<![.,/-])(?<!{_LETTER})(?:{_NUMERIC}{tail})", re.IGNORECASE)


@lru_cache(maxsize=64)
def _money_pattern(forms: MoneyForms) -> re.Pattern[str]:
    words = sorted({word for word, _ in forms.currencies}, key=len, reverse=True)
    sign = "(?:" + "|".join(map(re.escape, words)) + ")"
    return re.compile(
        # A word for a currency, a dash and many digits are a number of something: FT-909113.
        rf"(?<![.,])(?<!{_LETTER}){sign}(?!(?<={_LETTER})-\d{{3}})[ \u00a0\u202f]?(?P<after>{_AMOUNT})(?!{_LETTER})"
        rf"(?:[ \u00a0\u202f]?{sign}(?!{_LETTER}))?"  # whose dollar: $1,899.00 MXN
        rf"|(?<![.,])(?<!{_LETTER})(?P<before>{_AMOUNT})[ \u00a0\u202f]?{sign}(?!{_LETTER})",
        re.IGNORECASE,
    )


def dates(text: str, forms: DateForms) -> tuple[Mention, ...]:
    """Every day that the text names by number or month, left to right."""
    return tuple(Mention(m.start(), m.end(), m[0]) for m in _date_pattern(forms).finditer(text))


def sums(text: str, forms: MoneyForms) -> tuple[Mention, ...]:
    """Every sum with its currency, left to right."""
    if not forms.currencies:
        return ()
    return tuple(Mention(m.start(), m.end(), m[0]) for m in _money_pattern(forms).finditer(text))


def numbers(words: Iterable[str]) -> tuple[int, ...]:
    """The places of the words that hold a digit."""
    return tuple(place for place, word in enumerate(words) if any(c.isdigit() for c in word))


def names(words: Words, common: Collection[str]) -> tuple[tuple[int, int], ...]:
    """The runs of words written as names, first to the one after the last: `Club Premium 3`, `Plan Duo`.

    A run begins with a capital and holds capitals and numbers only; a word that a language uses all the time begins
    none, nor does the first word of the statement.
    """
    runs: list[tuple[int, int]] = []
    start = None
    for place in range(1, len(words) + 1):
        first = words.text[words.starts[place]] if place < len(words) else ""
        fits = first.isupper() or (start is not None and first.isdigit())
        if start is None and fits and words.folded[place] not in common:
            start = place
        elif start is not None and not fits:
            runs.append((start, place))
            start = None
    return tuple(runs)
