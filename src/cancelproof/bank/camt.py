"""CAMT.052, .053 and .054 (ISO 20022), every version: entries by the local names of their elements.

The XML is read without document types, entities or network, entry by entry, so that a large file takes little memory.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from cancelproof.bank.line import CARD, DIRECT_DEBIT, BankFile, Line, clean, taken_on
from cancelproof.model import Fault

_MOST_ENTRIES = 200_000
_MOST_PARTS = 5_000  # movements within one booking
_RAILS = {"CCRD": CARD, "MCRD": CARD, "POSD": CARD, "RDDT": DIRECT_DEBIT, "IDDT": DIRECT_DEBIT}


def read(raw: bytes, name: str) -> BankFile:
    """The movements of a file; what is no movement or cannot be read is a fault."""
    from lxml import etree  # noqa: PLC0415  # 30 ms

    lines: list[Line] = []
    faults: list[Fault] = []
    try:
        entries = etree.iterparse(
            io.BytesIO(raw),
            events=("end",),
            tag="{*}Ntry",
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
        )
        for number, (_, entry) in enumerate(entries, 1):
            if number > _MOST_ENTRIES:
                faults.append(Fault(where=name, what=f"not read: more than {_MOST_ENTRIES} entries"))
                break
            found = list(_lines(entry, number))
            lines += found
            if not found:
                faults.append(Fault(where=f"{name}, entry {number}", what="no day or no sum"))
            entry.clear()
            while entry.getprevious() is not None:
                del entry.getparent()[0]
    except etree.XMLSyntaxError as error:
        faults.append(Fault(where=name, what=f"no XML from line {error.lineno or 1} on: {error.msg}"))
    return BankFile(form="CAMT", lines=tuple(lines), faults=tuple(faults))


def _lines(entry: Any, number: int) -> Iterator[Line]:
    """The movements of a booking: its parts where each has a sum, else the whole."""
    booked = _day(entry, "{*}BookgDt") or _day(entry, "{*}ValDt")
    direction = {"DBIT": -1, "CRDT": 1}.get(_text(entry, "{*}CdtDbtInd"), 0)  # of a reversal too: its own direction
    if booked is None or not direction:
        return
    day = taken_on(booked, _day(entry, "{*}ValDt"))
    rail = _rail(entry)
    parts = entry.findall("{*}NtryDtls/{*}TxDtls")[:_MOST_PARTS]
    several = len(parts) > 1 and all(_amount(part) for part in parts)
    for index, part in enumerate(parts if several else [*parts[:1], entry][:1], 1):
        found = _amount(part if several else entry)
        if found is None:
            continue
        yield Line(
            place=f"entry {number}" + (f".{index}" if several else ""),
            day=taken_on(day, _purchase(part)),
            amount=direction * found[0],
            currency=found[1],
            party=_party(part, taken=direction < 0),
            text=clean(*_words(part), _text(entry, "{*}AddtlNtryInf")),
            rail=_rail(part) or rail,
        )


def _amount(node: Any) -> tuple[Decimal, str] | None:
    places = ("{*}Amt", "{*}AmtDtls/{*}TxAmt/{*}Amt")
    found = next((amount for place in places if (amount := node.find(place)) is not None), None)
    if found is None:
        return None
    try:
        value = Decimal((found.text or "").strip())
    except InvalidOperation:
        return None
    return (abs(value), str(found.get("Ccy") or "")[:3].upper()) if value.is_finite() and abs(value) < 10**12 else None


def _day(node: Any, place: str) -> date | None:
    text = _text(node, f"{place}/{{*}}Dt") or _text(node, f"{place}/{{*}}DtTm")
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _purchase(part: Any) -> date | None:
    """The day of a purchase by card, where the bank passes it on."""
    return _day(part, "{*}CardTx/{*}Tx/{*}TxDt") or _day(part, "{*}RltdDts/{*}TxDtTm")


def _party(part: Any, *, taken: bool) -> str:
    who = ("Cdtr", "UltmtCdtr") if taken else ("Dbtr", "UltmtDbtr")
    places = [
        place
        for role in who
        for place in (f"{{*}}RltdPties/{{*}}{role}/{{*}}Nm", f"{{*}}RltdPties/{{*}}{role}/{{*}}Pty/{{*}}Nm")
    ]
    merchant = "{*}CardTx/{*}POI/{*}Id/{*}Id"
    return clean(*dict.fromkeys(_text(part, place) for place in (*places, merchant)))


def _words(part: Any) -> list[str]:
    told = [node.text for node in part.findall("{*}RmtInf/{*}Ustrd")[:20]]
    return [text for text in (*told, _text(part, "{*}AddtlTxInf")) if text]


def _rail(node: Any) -> str:
    domain = node.find("{*}BkTxCd/{*}Domn/{*}Fmly")
    return _RAILS.get(_text(domain, "{*}Cd"), "") if domain is not None else ""


def _text(node: Any, place: str) -> str:
    return (node.findtext(place) or "").strip()
