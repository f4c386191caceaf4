"""The nouns of the program, frozen. Words mean what docs/handbook.md says.

The way of a mail: RawMail → Message → Verdict → Decision → Facts → Proof → Entry (what the ledger keeps) → Case.
"""

from cancelproof.model.case import Case, Charge, Correction, Coverage, Entry, Report, Told
from cancelproof.model.mail import (
    Address,
    Attachment,
    Batch,
    Fault,
    FolderState,
    Item,
    Loss,
    Message,
    Origin,
    RawMail,
    Statement,
)
from cancelproof.model.reading import (
    STRUCTURED,
    Decision,
    Fact,
    Facts,
    Hit,
    KnownSenders,
    KnownVendor,
    Marks,
    Proof,
    Reading,
    Verdict,
)
from cancelproof.model.words import LACKING_PROOF, Authenticity, Grade, Kind, Place, Status, Step, Voice

__all__ = [
    "LACKING_PROOF",
    "STRUCTURED",
    "Address",
    "Attachment",
    "Authenticity",
    "Batch",
    "Case",
    "Charge",
    "Correction",
    "Coverage",
    "Decision",
    "Entry",
    "Fact",
    "Facts",
    "Fault",
    "FolderState",
    "Grade",
    "Hit",
    "Item",
    "Kind",
    "KnownSenders",
    "KnownVendor",
    "Loss",
    "Marks",
    "Message",
    "Origin",
    "Place",
    "Proof",
    "RawMail",
    "Reading",
    "Report",
    "Statement",
    "Status",
    "Step",
    "Told",
    "Verdict",
    "Voice",
]
