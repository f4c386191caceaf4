"""MT940 (SWIFT): the movements of every statement in a file, German structured purpose fields among them."""

from __future__ import annotations

import re
import warnings
from datetime import date
from decimal import Decimal
from typing import Any

from cancelproof.bank.line import CARD, DIRECT_DEBIT, BankFile, Line, clean, taken_on
from cancelproof.model import Fault

_MOST_BYTES = 20_000_000  # the library reads by regular expressions over the whole file
_TAG = re.compile(r"^:\d\d[A-Z]?:", re.MULTILINE)
#: German business transaction codes (GVC) of what is taken from private accounts, and their English letters.
_RAILS = {"104": DIRECT_DEBIT, "105": DIRECT_DEBIT, "005": DIRECT_DEBIT, "106": CARD, "107": CARD, "110": CARD}
_NAMES = ("applicant_name", "recipient_name", "deviate_applicant", "deviate_recipient")
_TEXTS = ("purpose", "additional_purpose", "posting_text", "extra_details", "transaction_details")


def read(raw: bytes, name: str) -> BankFile:
    """The movements of a file; a statement that cannot be read is a fault, and the others are read."""
    if len(raw) > _MOST_BYTES:
        return BankFile(form="MT940", faults=(Fault(where=name, what=f"larger than {_MOST_BYTES // 1_000_000} MB"),))
    text = _decoded(raw)
    lines: list[Line] = []
    faults: list[Fault] = []
    for number, statement in enumerate(_statements(text), 1):
        try:
            found = _parsed(statement)
        except (ValueError, ArithmeticError, LookupError, TypeError, AttributeError, RuntimeError, RecursionError) as e:
            why = clean(str(e))[:120] or type(e).__name__
            faults.append(Fault(where=f"{name}, statement {number}", what=f"cannot be read: {why}"))
            continue
        for row in found:
            place = f"movement {len(lines) + len(faults) + 1}"
            line = _line(row.data, place)
            if line is None:
                faults.append(Fault(where=f"{name}, {place}", what="no day or no sum"))
            else:
                lines.append(line)
    return BankFile(form="MT940", lines=tuple(lines), faults=tuple(faults))


def _decoded(raw: bytes) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def _statements(text: str) -> list[str]:
    """Each statement alone: one that is damaged takes no other with it. A statement begins with :20:."""
    parts = re.split(r"(?m)^(?=:20:)", text)
    return [part for part in parts if _TAG.search(part) and ":61:" in part]


def _parsed(statement: str) -> list[Any]:
    import mt940  # noqa: PLC0415  # 60 ms

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return list(mt940.parse(statement, options=mt940.Options.all()))


def _line(data: dict[str, Any], place: str) -> Line | None:
    amount, booked = data.get("amount"), _day(data.get("entry_date")) or _day(data.get("date"))
    value = getattr(amount, "amount", None)
    if not isinstance(value, Decimal) or not value.is_finite() or booked is None:
        return None
    return Line(
        place=place,
        day=taken_on(booked, _day(data.get("date"))),
        amount=value,
        currency=str(getattr(amount, "currency", "") or data.get("currency") or "")[:3].upper(),
        party=clean(*(str(data[key]) for key in _NAMES if data.get(key))),
        text=clean(*(str(data[key]) for key in _TEXTS if data.get(key))),
        rail=_RAILS.get(str(data.get("transaction_code") or ""), ""),
    )


def _day(value: Any) -> date | None:
    return date(value.year, value.month, value.day) if isinstance(value, date) else None
