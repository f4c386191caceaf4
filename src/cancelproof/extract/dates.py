"""Days: from the words of a date to a calendar day, and from all days of a mail to the one that is asked for.

Day and month order follow the language (the vendor's country where it is known to differ). Words for relative days
("immediately", "the end of the month") count from the mail's own day, in the sender's time zone.
"""

from __future__ import annotations

import calendar
import re
import warnings
from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from cancelproof.classify import Line
from cancelproof.extract.cues import Found, mentioned, spoken_of
from cancelproof.model import Fact
from cancelproof.rules.values import DateForms
from cancelproof.words import cut, fold

ROLES = ("end", "asked", "charged", "renews", "other_date")
_CJK = re.compile(r"(?:(\d{4})年 ?)?(\d{1,2})月 ?(\d{1,2})日")
_DAY_AND_MONTH = re.compile(r"(\d{1,2})[./][ \u00a0]?(\d{1,2})\.?")
_LATELY, _SOON = timedelta(days=45), timedelta(days=400)  # around a mail's day; a contract's year and a month
_NUMERIC = re.compile(r"(\d{1,4})[-./ ]+(\d{1,2})[-./ ]+(\d{1,4})\.?")
_EARLIEST = 1990
#: Days of a mail that are looked at, by date and by words each; a statement of a year, a line a day, names fewer.
MOST_DAYS = 1000
_LONGEST_GAP = 62  # days in which every number of a day comes up: from the 31st of December over February


@dataclass(frozen=True, slots=True)
class Day:
    """A day that a line names, and what the words around it say it is."""

    value: date
    found: Found
    ambiguous: bool = False
    relative: str = ""

    @property
    def role(self) -> str:
        return self.found.role

    def fact(self) -> Fact[date]:
        return Fact(value=self.value, raw=self.found.raw, statement=self.found.line.index, ambiguous=self.ambiguous)


def days(lines: Iterable[Line], mailed: date | None, order: str = "") -> list[Day]:
    """The first `MOST_DAYS` days that the lines name, each with its role.

    `order` overrides the language's (DMY, MDY or YMD).
    """
    found: list[Day] = []
    for line in lines:
        if len(found) >= MOST_DAYS:
            break
        places = mentioned(line, "date", ROLES)
        if len(places) > 1 and line.reader.cues(line.looked, "period"):
            places = [replace(place, role="period") for place in places]
        for place in places:
            forms = line.reader.language.dates
            read = read_day(place.raw, forms, line.reader.language.code, order or forms.order, mailed)
            if read:
                found.append(Day(read[0], place, read[1]))
    return found[:MOST_DAYS]


def relative_days(line: Line, mailed: date | None, named: Sequence[Day] = ()) -> list[Day]:
    """The days that words such as "today" or "the end of the month" name in a line.

    "The same day" is that of the days `named` in the mail, in their order, which stands last before it.
    """
    found: list[Day] = []
    if mailed is None:
        return found
    for name, spans in line.reader.relative(line.looked).items():
        whole = [span for span in _outermost(spans) if not _is_spelt_out(line, span[1])]
        for place in spoken_of(line, whole, ROLES):
            if name == "same_day":
                value = _last_before(place, named)
            elif name == "day_of_month":
                value = _of_month(place, mailed)
            else:
                value = _relative(name, place.raw, mailed, line.reader.language.dates)
            if value:
                found.append(Day(value, place, relative=name))
    return found


def _outermost(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans that lie within no longer one: *thirty-first of June*, not *first of June*; in order of their words."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(set(spans), key=lambda span: (span[0], -span[1])):
        if not found or last > found[-1][1]:
            found.append((first, last))
    return found


def _is_spelt_out(line: Line, last: int) -> bool:
    """Whether the date of a relative day follows it in brackets, and so says which it is: *next Thursday (28 May)*."""
    words = line.looked.words
    return last in line.looked.mentions["date"] and "(" in words.text[words.ends[last - 1] : words.starts[last]]


def _of_month(place: Found, mailed: date) -> date | None:
    """The next day that bears the number in "until the 31st", that of the mail included; of a payment the last."""
    number = next((int(digits) for digits in re.findall(r"(?<!\d)\d{1,2}(?!\d)", place.raw)), 0)
    back = place.role in ("charged", "asked")
    near = (mailed + timedelta(days=-n if back else n) for n in range(_LONGEST_GAP))
    return next((day for day in near if day.day == number), None)


def _last_before(place: Found, named: Sequence[Day]) -> date | None:
    before = bisect_left(
        named, (place.line.index, place.first), key=lambda day: (day.found.line.index, day.found.first)
    )
    return named[before - 1].value if before else None


def shows_month_first(lines: Iterable[Line]) -> bool | None:
    """Whether the mail itself writes months first: `3/31/2025`, a month before its day; None: it does not say."""
    shown: bool | None = None
    for line in lines:
        for first in line.looked.mentions["date"]:
            raw = line.looked.raw["date", first].strip()
            if numeric := _NUMERIC.fullmatch(raw):
                if int(numeric[1]) > 12:
                    return False
                shown = shown or int(numeric[2]) > 12 or None
            elif shown is None:
                shown = raw[:1].isalpha()
    return shown


def lies_month_first(lines: Iterable[Line], mailed: date | None) -> bool | None:
    """Whether only with months first all days lie about the mail's own, or only without; None: it does not tell.

    `6/1/2026` in a mail of May is the 1st of June: what it speaks of is soon, or was lately.
    """
    raws = {raw.strip() for line in lines for (what, _), raw in line.looked.raw.items() if what == "date"}
    numbers = [[int(part) for part in found.groups()] for raw in raws if (found := _NUMERIC.fullmatch(raw))]
    if mailed is None or not numbers:
        return None
    first, last = mailed - _LATELY, mailed + _SOON
    month_first, day_first = (
        all((read := _numeric(a, b, c, order)) and first <= read[0] <= last for a, b, c in numbers)
        for order in ("MDY", "DMY")
    )
    return month_first if month_first != day_first else None


# ---------------------------------------------------------------- one date


def _plain(raw: str, forms: DateForms) -> str:
    """The date without what follows the number of a day: dateparser knows `1 de junho`, but not `1º de junho`."""
    for ordinal in forms.ordinals:
        raw = re.sub(rf"(?<=\d){re.escape(ordinal)}(?!\w)", "", raw, flags=re.IGNORECASE)
    return raw


@lru_cache(maxsize=4096)
def read_day(raw: str, forms: DateForms, language: str, order: str, mailed: date | None) -> tuple[date, bool] | None:
    """The day that `raw` names, and whether two readings are fair. None where it is no day of the calendar."""
    if cjk := _CJK.fullmatch(raw.strip()):
        year = int(cjk[1]) if cjk[1] else mailed.year if mailed else 0
        return _sane(_day(year, int(cjk[2]), int(cjk[3])), ambiguous=False)
    if numeric := _NUMERIC.fullmatch(raw.strip()):
        a, b, c = (int(part) for part in numeric.groups())
        return _numeric(a, b, c, "YMD" if len(numeric[1]) == 4 else order)
    if short := _DAY_AND_MONTH.fullmatch(raw.strip()):
        day, month = (int(part) for part in (short.groups() if order != "MDY" else short.groups()[::-1]))
        leap = _day(2000, month, day)
        return _sane(_nearest_year(leap, mailed) if leap and mailed else None, ambiguous=False)
    value = _named(raw, forms, mailed) or _worded(_plain(raw, forms), language, order, mailed)
    return _sane(value, ambiguous=False)


def _numeric(a: int, b: int, c: int, order: str) -> tuple[date, bool] | None:
    if order == "YMD" and a > 31:
        return _sane(_day(a, b, c), ambiguous=False)
    year = c + 2000 if c < 100 else c
    day, month = (b, a) if order == "MDY" else (a, b)
    swapped = _day(year, day, month)
    value = _day(year, month, day)
    if value is None:
        return _sane(swapped, ambiguous=False)
    return _sane(value, ambiguous=swapped is not None and swapped != value and order == "MDY")


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _sane(value: date | None, *, ambiguous: bool) -> tuple[date, bool] | None:
    return (value, ambiguous) if value and _EARLIEST <= value.year <= 2100 else None


def _named(raw: str, forms: DateForms, mailed: date | None) -> date | None:
    """A day, a month's name as the language file has it, and perhaps a year; None where it is written otherwise.

    dateparser reads these too, but takes 10 ms for each (measured), as long as the rest of the mail.
    """
    words = cut(raw).folded
    months = [n for n, names in enumerate(_folded_months(forms), 1) if not names.isdisjoint(words)]
    numbers = [int(digits) for digits in re.findall(r"\d+", raw)]
    days = [n for n in numbers if 1 <= n <= 31]
    years = [n for n in numbers if n > 999]
    if len(months) != 1 or len(days) != 1 or len(years) != len(numbers) - 1:
        return None
    if years:
        return _day(years[0], months[0], days[0])
    leap = _day(2000, months[0], days[0])
    return _nearest_year(leap, mailed) if leap and mailed else None


@lru_cache(maxsize=64)
def _folded_months(forms: DateForms) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(fold(name).rstrip(".") for name in names) for names in forms.months)


def _worded(raw: str, language: str, order: str, mailed: date | None) -> date | None:
    """A date with a month's name, by dateparser; a missing year is the one nearest to the mail's day."""
    import dateparser  # noqa: PLC0415  # costs a quarter of a second to load

    settings = {
        "DATE_ORDER": order,
        "REQUIRE_PARTS": ["day", "month"],
        "RELATIVE_BASE": datetime.combine(mailed or date(2000, 1, 1), time()),
        "PREFER_DATES_FROM": "current_period",
        "NORMALIZE": True,
        "TIMEZONE": "UTC",
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # dateparser calls what Python means to change
        parsed = dateparser.parse(raw, languages=[language], settings=settings)
    if parsed is None:
        return None
    value = parsed.date()
    if re.search(r"\d{4}", raw):
        return value
    return _nearest_year(value, mailed) if mailed else None


def _nearest_year(value: date, mailed: date) -> date:
    """Of the years around the mail the one that brings the day closest; a closure rarely speaks of half a year ago."""
    around = (_day(mailed.year + offset, value.month, value.day) for offset in (-1, 0, 1))
    fair = [day for day in around if day and -120 <= (day - mailed).days <= 330]
    return min(fair, key=lambda day: abs((day - mailed).days), default=value)


def _relative(name: str, raw: str, mailed: date, forms: DateForms) -> date | None:
    if name == "named_month_end":
        return _month_end(raw, mailed, forms)
    if name == "spelt_day":
        return _spelt(raw, mailed, forms)
    if name == "this_weekday":
        return _weekday(raw, mailed, forms)
    count = _count(raw, forms)
    last = calendar.monthrange(mailed.year, mailed.month)[1]
    month_end = mailed.replace(day=last)
    following = month_end + timedelta(days=1)
    table = {
        "today": mailed,
        "tomorrow": mailed + timedelta(days=1),
        "yesterday": mailed - timedelta(days=1),
        "month_end": month_end,
        "next_month_end": following.replace(day=calendar.monthrange(following.year, following.month)[1]),
        "year_end": date(mailed.year, 12, 31),
        "in_days": mailed + timedelta(days=count),
        "in_weeks": mailed + timedelta(weeks=count),
        "in_months": _months_on(mailed, count),
    }
    return table.get(name)


def _count(raw: str, forms: DateForms) -> int:
    """The number in words such as "in 14 days" or "in two weeks"; 0 without one."""
    told = dict(forms.counts)
    digits = next((int(n) for n in re.findall(r"\d{1,3}", raw)), 0)
    return digits or next((number for word in cut(raw).folded if (number := told.get(word))), 0)


def _month_end(raw: str, mailed: date, forms: DateForms) -> date | None:
    """The last day of the month whose name stands in `raw`, in the year that brings it nearest to the mail."""
    month = _month(cut(raw).folded, forms)
    return (
        _nearest_year(date(mailed.year, month, calendar.monthrange(mailed.year, month)[1]), mailed) if month else None
    )


def _month(words: Sequence[str], forms: DateForms) -> int:
    """The month whose name stands among words; 0 where none does."""
    names = ((n, name) for n, month in enumerate(forms.months, 1) for name in month)
    return next((n for n, name in names if _stands(cut(name).folded, words)), 0)


def _spelt(raw: str, mailed: date, forms: DateForms) -> date | None:
    """The day that stands in `raw` in words, *the first of July*: the longest, *thirty-first* before *first*."""
    words = cut(raw).folded
    told = ((len(said), number) for word, number in forms.day_words if _stands(said := cut(word).folded, words))
    number, month = max(told, default=(0, 0))[1], _month(words, forms)
    year = next((int(digits) for digits in re.findall(r"\d{4}", raw)), 0)
    if year:
        return _day(year, month, number)
    leap = _day(2000, month, number)
    return _nearest_year(leap, mailed) if leap else None


def _stands(name: Sequence[str], words: Sequence[str]) -> bool:
    """Whether the words of a name stand among others in a row: `6月` is two."""
    return any(words[at : at + len(name)] == name for at in range(len(words) - len(name) + 1))


def _weekday(raw: str, mailed: date, forms: DateForms) -> date | None:
    """The first day from the mail's own on that has the name which stands in `raw`: *this Thursday*."""
    words = set(cut(raw).folded)
    day = next((n for n, names in enumerate(forms.weekdays) if words & {fold(name) for name in names}), None)
    return None if day is None else mailed + timedelta(days=(day - mailed.weekday()) % 7)


def _months_on(start: date, count: int) -> date:
    month = start.month - 1 + count
    year, month = start.year + month // 12, month % 12 + 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


# ---------------------------------------------------------------- the day of the request


def requested(found: Sequence[Day], asserting: Collection[int]) -> Day | None:
    """The day on which the owner asked: one in an asserting line before others, then the nearest to its words."""
    fair = [day for day in found if day.role == "asked"]
    return min(
        fair,
        key=lambda day: (day.found.line.index not in asserting, day.found.distance, -day.value.toordinal()),
        default=None,
    )
