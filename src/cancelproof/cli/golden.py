"""Golden mails of the owner's: `mails/x.eml` in the rules folder is read as the `x.json` beside it says."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cancelproof.model import Origin, RawMail

if TYPE_CHECKING:
    from cancelproof.run import Mailroom

#: What the reading of a golden mail must say again.
KEPT = (
    "kind", "vendor", "vendor_domain", "service", "language", "effective_on", "charged_on", "amount", "currency",
    "reference", "authentic",
)  # fmt: skip


def read(path: Path, raw: bytes, room: Mailroom) -> dict[str, Any]:
    """How a mail is read, as its golden file holds it."""
    from cancelproof.report import classify_json  # noqa: PLC0415

    found = classify_json(room.read(RawMail(raw=raw, origin=Origin(source=path.name))))
    return {key: found[key] for key in KEPT}


def text(golden: dict[str, Any]) -> str:
    return json.dumps(golden, ensure_ascii=False, indent=1) + "\n"


def failures(folders: Iterable[Path], room: Mailroom) -> Iterable[str]:
    """What of each golden mail is read otherwise than its file says, a line a mail; "" for one that is right."""
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
        found = read(path, path.read_bytes(), room)
        wrong = [f"{key} is {found[key]!r}, not {wanted.get(key)!r}" for key in KEPT if found[key] != wanted.get(key)]
        yield f"{path}: {'; '.join(wrong)}" if wrong else ""
