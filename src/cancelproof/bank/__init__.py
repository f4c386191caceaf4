"""Bank statements: bytes to movements (CSV, OFX, CAMT, MT940), and which movements are a vendor's charges.

Pure: no file is opened here, and nothing of a statement is kept. `match` knows the cases, the readers know none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from cancelproof.bank.line import BankFile, Line
from cancelproof.bank.match import Match, Sureness, matches
from cancelproof.bank.table import Wishes
from cancelproof.model import Fault

__all__ = ["MOST_BYTES", "BankFile", "Line", "Match", "Sureness", "Wishes", "matches", "read_file"]

MOST_BYTES = 50_000_000
_HEAD = 4_096
_CAMT = re.compile(rb"camt\.05[234]|<(?:\w+:)?BkToCstmr")
_SWIFT = re.compile(rb"(?m)^\s*(?:\{1:|:20:)")


def read_file(raw: bytes, name: str, wishes: Wishes, today: date, languages: Sequence[str] = ()) -> BankFile:
    """The movements of a statement, whatever its format; what cannot be read is named in `faults`, nothing raises."""
    from cancelproof.bank import camt, ofx, swift, table  # noqa: PLC0415  # each loads its library where it is needed

    if len(raw) > MOST_BYTES:
        return BankFile(form="", faults=(Fault(where=name, what=f"larger than {MOST_BYTES // 1_000_000} MB"),))
    head = raw[:_HEAD]
    if b"OFXHEADER" in head or b"<OFX>" in head.upper():
        return ofx.read(raw, name)
    if _CAMT.search(head) or head.lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t").startswith((b"<?xml", b"<\x00?\x00")):
        return camt.read(raw, name)
    if _SWIFT.search(head) and b":61:" in raw:
        return swift.read(raw, name)
    return table.read(raw, name, wishes, today, languages)
