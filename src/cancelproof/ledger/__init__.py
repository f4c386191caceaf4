"""What is known: the mails kept, how far each folder is read, what the owner told. SQL lives only here.

SQLAlchemy (260 ms) is loaded with the first name that needs it; `glance` never does.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cancelproof.ledger.mailbox import Mailbox
    from cancelproof.ledger.store import Ledger, RulingRow, Run, Seen, ToldRow, open_ledger

__all__ = ["Ledger", "Mailbox", "RulingRow", "Run", "Seen", "ToldRow", "open_ledger"]

_HOMES = {"Mailbox": "mailbox"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(name)
    return getattr(import_module(f"cancelproof.ledger.{_HOMES.get(name, 'store')}"), name)
