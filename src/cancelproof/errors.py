"""What can go wrong so that the program cannot go on.

A fault in a mail, a rule or a row of the owner's list is a *value* (`model.Fault`), collected and shown. An exception
here means "cannot go on"; only `cli.main` catches it, prints one line and returns its exit code.

    CancelproofError            1 is never used: it means "something needs the owner"
     ├─ UsageError        2     the command line or a setting asks for what cannot be
     ├─ SourceError       3     a mailbox, archive or folder cannot be read
     ├─ LoginRefused      4     the server refused the name or the password
     ├─ ConnectionFailed  5     no connection, refused TLS, time-out
     ├─ RulesInvalid      6     a rule file is wrong; every fault is named
     ├─ LedgerError       7     the ledger or the evidence folder cannot be used
     ├─ DeliveryError     8     the digest could not be sent or written
     └─ Throttled         9     the server or the daily limit lets no more be read today; the next run goes on
"""

from __future__ import annotations

import sys
from collections.abc import Sequence


class CancelproofError(Exception):
    """What happened, where, and what to do about it: shown as one line."""

    exit_code = 2

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what, self.where, self.remedy = what, where, remedy
        super().__init__(str(self))

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        remedy = f" ({self.remedy})" if self.remedy else ""
        return f"{place}{self.what}{remedy}"


class UsageError(CancelproofError):
    exit_code = 2


class SourceError(CancelproofError):
    exit_code = 3


class LoginRefused(CancelproofError):
    exit_code = 4


class ConnectionFailed(CancelproofError):
    exit_code = 5


class RulesInvalid(CancelproofError):
    """All faults of all rule files, one a line, each with its file and line."""

    exit_code = 6

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        more = f" and {len(self.faults) - 1} more" if len(self.faults) > 1 else ""
        super().__init__(f"{self.faults[0]}{more}", remedy="`cancelproof rules check` lists all")


class LedgerError(CancelproofError):
    exit_code = 7


class DeliveryError(CancelproofError):
    exit_code = 8


class Throttled(CancelproofError):
    exit_code = 9


def installing(library: str) -> str:
    """The remedy where an optional library is missing: into the Python that runs, wherever the program came from."""
    return f"pipx inject cancelproof '{library}', or: {sys.executable} -m pip install '{library}'"
