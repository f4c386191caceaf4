"""OFX and QFX, 1.x (SGML) and 2.x (XML): the transactions of every account in a file.

The library parses header and tags; its strict models are not asked, since banks leave out what they require.
"""

from __future__ import annotations

import html
import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from cancelproof.bank.line import CARD, DIRECT_DEBIT, BankFile, Line, clean, taken_on
from cancelproof.model import Fault

_MOST = 200_000
_RAILS = {"DIRECTDEBIT": DIRECT_DEBIT, "POS": CARD}
_DAY = 8  # YYYYMMDD; a time and a zone may follow


def read(raw: bytes, name: str) -> BankFile:
    """The movements of a file; what cannot be read is a fault."""
    from ofxtools.header import OFXHeaderError  # noqa: PLC0415  # 80 ms
    from ofxtools.Parser import OFXTree  # noqa: PLC0415

    if b"<!DOCTYPE" in raw[:100_000].upper() or b"<!ENTITY" in raw.upper():
        return BankFile(form="OFX", faults=(Fault(where=name, what="declares a document type, which OFX never does"),))
    tree = OFXTree()
    try:
        tree.parse(io.BytesIO(_without_sections(raw)))
    except (OFXHeaderError, SyntaxError, AssertionError, ValueError, LookupError) as error:
        why = clean(str(error))[:120]
        return BankFile(form="OFX", faults=(Fault(where=name, what=f"no OFX that can be read: {why}"),))
    lines: list[Line] = []
    faults: list[Fault] = []
    for number, (node, currency, card) in enumerate(_transactions(tree), 1):
        if number > _MOST:
            faults.append(Fault(where=name, what=f"not read: more than {_MOST} transactions"))
            break
        line = _line(node, number, currency, card=card)
        if line is None:
            faults.append(Fault(where=f"{name}, transaction {number}", what="no day or no sum"))
        else:
            lines.append(line)
    return BankFile(form="OFX", lines=tuple(lines), faults=tuple(faults))


def _without_sections(raw: bytes) -> bytes:
    """The bytes with CDATA sections as plain text: the library looks for the end of each over and over."""
    first, *sections = raw.split(b"<![CDATA[")
    inside = [section.partition(b"]]>") for section in sections]
    return first + b"".join(text.replace(b"&", b"&amp;").replace(b"<", b"&lt;") + rest for text, _, rest in inside)


def _transactions(tree: Any) -> Iterator[tuple[Any, str, bool]]:
    """Each transaction with its account's currency, and whether the account is a card's."""
    for kind in ("STMTRS", "CCSTMTRS"):
        for account in tree.iter(kind):
            currency = _text(account, "CURDEF")
            for node in account.iter("STMTTRN"):
                yield node, currency, kind == "CCSTMTRS"


def _line(node: Any, number: int, currency: str, *, card: bool) -> Line | None:
    booked, amount = _day(_text(node, "DTPOSTED")), _amount(_text(node, "TRNAMT"))
    if booked is None or amount is None:
        return None
    return Line(
        place=f"transaction {number}",
        day=taken_on(booked, _day(_text(node, "DTUSER"))),
        amount=amount,
        currency=(_text(node, "CURRENCY/CURSYM") or currency)[:3].upper(),
        party=clean(_text(node, "NAME"), _text(node, "PAYEE/NAME")),
        text=clean(_text(node, "MEMO")),
        rail=_RAILS.get(_text(node, "TRNTYPE").upper(), CARD if card else ""),
    )


def _text(node: Any, place: str) -> str:
    return html.unescape(node.findtext(place) or "").strip()


def _day(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:_DAY]))
    except ValueError:
        return None


def _amount(text: str) -> Decimal | None:
    """A signed sum; some banks write a decimal comma though the standard has a point."""
    try:
        value = Decimal(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text.replace(",", ""))
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < 10**12 else None
