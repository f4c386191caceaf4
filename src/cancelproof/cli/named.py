"""A mail as people name it: a file, a Message-ID, or the beginning of the hash under which the ledger keeps it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cancelproof.cli.common import settings
from cancelproof.errors import UsageError
from cancelproof.model import Correction, Entry, Fault, RawMail

if TYPE_CHECKING:
    from cancelproof.evidence import Evidence
    from cancelproof.ledger import Ledger

_HASH = re.compile(r"[0-9a-f]{6,64}")
_REMEDY = "name a file, a Message-ID, or its key; `cancelproof show --all` says them"


@dataclass(frozen=True, slots=True)
class Named:
    """The mails meant, and the owner's words on those of the ledger."""

    mails: tuple[RawMail, ...]
    corrections: dict[str, Correction]
    faults: tuple[Fault, ...] = ()


def find(ctx: click.Context, named: str) -> Named:
    """The mails of a file, or the one of the ledger; UsageError where there is none or more than one."""
    if Path(named).exists() or not (is_id(named) or _HASH.fullmatch(named.lower())):
        from cancelproof.sources import open_path  # noqa: PLC0415

        batches = list(open_path(named).batches())
        mails = tuple(mail for batch in batches for mail in batch.mails)
        return Named(mails, _corrections(ctx), tuple(fault for batch in batches for fault in batch.faults))
    from cancelproof.evidence import Evidence  # noqa: PLC0415
    from cancelproof.ledger import open_ledger  # noqa: PLC0415

    own = settings(ctx)
    with open_ledger(own.ledger) as ledger:
        return Named((kept(named, ledger, Evidence(own.evidence)),), ledger.corrections())


def is_id(named: str) -> bool:
    return "@" in named and not any(c.isspace() for c in named)


def kept(named: str, ledger: Ledger, evidence: Evidence) -> RawMail:
    """The mail of the ledger that is named by its Message-ID or the beginning of its hash."""
    from cancelproof import run  # noqa: PLC0415

    found = [entry for entry in ledger.entries() if _is_meant(entry, named)]
    if len(found) != 1:
        what = f"no mail in the ledger is called {named!r}" if not found else f"{len(found)} mails are called {named!r}"
        some = ", ".join(entry.sha256[:12] for entry in found[:5])
        raise UsageError(what, remedy=f"one of {some}" if found else _REMEDY)
    return run.stored(found[0], ledger, evidence)


def _is_meant(entry: Entry, named: str) -> bool:
    if is_id(named):
        return entry.message_id.strip("<>") == named.strip("<>")
    return entry.sha256.startswith(named.lower())


def _corrections(ctx: click.Context) -> dict[str, Correction]:
    """The owner's words, where there is a ledger; reading a file needs none."""
    own = settings(ctx)
    if not own.has_ledger:
        return {}
    from cancelproof.ledger import open_ledger  # noqa: PLC0415

    with open_ledger(own.ledger) as ledger:
        return ledger.corrections()
