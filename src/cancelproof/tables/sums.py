"""Sums as banks write them: a column has one decimal mark, a sign before or after, a sign of currency or none."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

_NUMBER = re.compile(r"\d[\d.,'’ ]*")
_NEGATIVE = re.compile(r"[^\d]*[-−–]|\W*\(|[^\d]*\d[\d.,'’ ]*[-−–]")  # before the number, around it, or right after
_LONGEST = 40
_MOST = Decimal(10) ** 12


def decimal_mark(texts: Iterable[str]) -> str:
    """The decimal mark of a column: "." or ","; "" where no sum has cents."""
    votes = Counter(mark for text in texts if (mark := _mark(_digits(text))))
    return votes.most_common(1)[0][0] if votes else ""


def _digits(text: str) -> str:
    found = _NUMBER.search(unicodedata.normalize("NFKC", text)[:_LONGEST])
    return found[0].rstrip(" .,'’").replace(" ", "") if found else ""


def _mark(digits: str) -> str:
    """The mark that must part the cents in this number, or ""."""
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return ""
    mark, rest = digits[last], digits[:last]
    after = len(digits) - last - 1
    if after != 3 or ("," if mark == "." else ".") in rest:
        return mark if mark not in rest else ""
    return ""


def read_sum(text: str, mark: str = "") -> Decimal | None:
    """The signed sum of a cell: `-1.234,56`, `1,234.56-`, `(12.50)`, `€ 12`; None where there is none.

    `mark` is the decimal mark of the column; a number that can't be of it is read by itself.
    """
    plain = unicodedata.normalize("NFKC", text).strip()[:_LONGEST]
    digits = _digits(plain)
    if not digits:
        return None
    own = _mark(digits) or mark
    other = "," if own == "." else "."
    bare = digits.replace("'", "").replace("’", "")
    bare = bare.replace(other, "").replace(own, ".") if own else bare.replace(".", "").replace(",", "")
    try:
        value = Decimal(bare)
    except InvalidOperation:
        return None
    if value >= _MOST:
        return None
    return -value if _NEGATIVE.match(plain) else value
