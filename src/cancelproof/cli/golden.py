"""Golden mails of the owner's: `mails/x.eml` in the rules folder is read as the `x.json` beside it says."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cancelproof.model import Origin, RawMail, Reading

if TYPE_CHECKING:
    from cancelproof.run import Mailroom

#: What the reading of a golden mail must say again.
KEPT = (
    "kind", "vendor", "vendor_domain", "service", "language", "effective_on", "charged_on", "amount", "currency",
    "reference", "authentic",
)  # fmt: skip


def read(name: str, raw: bytes, room: Mailroom) -> dict[str, Any]:
    """How a mail is read, as its golden file holds it."""
    return facts(room.read(RawMail(raw=raw, origin=Origin(source=name))))


def facts(reading: Reading) -> dict[str, Any]:
    """What a golden file holds of a reading."""
    from cancelproof.report import classify_json  # noqa: PLC0415

    found = classify_json(reading)
    return {key: found[key] for key in KEPT}


def text(golden: Mapping[str, Any]) -> str:
    return json.dumps(golden, ensure_ascii=False, indent=1) + "\n"


def failures(folders: Iterable[Path], room: Mailroom) -> Iterable[str]:
    """What of each golden mail is read otherwise than its file says, a line a mail; "" for one that is right.

    A field that the file leaves out may be anything, but for the kind.
    """
    for path in sorted(path for folder in folders for path in (folder / "mails").rglob("*.eml")):
        golden = path.with_suffix(".json")
        if not golden.is_file():
            yield f"{path}: no {golden.name} beside it"
            continue
        try:
            wanted = json.loads(golden.read_text(encoding="utf-8"))
        except ValueError:
            yield f"{golden}: no JSON"
            continue
        if not isinstance(wanted, dict) or "kind" not in wanted:
            yield f"{golden}: no object with a kind"
            continue
        found = read(path.name, path.read_bytes(), room)
        asked = [key for key in KEPT if key in wanted]
        wrong = [f"{key} is {found[key]!r}, not {wanted[key]!r}" for key in asked if found[key] != wanted[key]]
        yield f"{path}: {'; '.join(wrong)}" if wrong else ""
