"""The nouns of the program, frozen. Words mean what docs/handbook.md says.

The way of a mail: RawMail → Message → Verdict → Decision → Facts → Proof → Entry (what the ledger keeps) → Case.
"""

from cancelproof.model.case import Billing, Case, Charge, Coverage, Deadline, Entry, Gap, Report, Ruling, Told
from cancelproof.model.mail import Address, Attachment, Batch, Fault, FolderState, Message, Origin, RawMail, Statement
from cancelproof.model.reading import (
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
from cancelproof.model.words import LACKING_PROOF, Act, Authenticity, Due, Grade, Kind, Place, Status, Step, Voice

__all__ = [
    "LACKING_PROOF",
    "Act",
    "Address",
    "Attachment",
    "Authenticity",
    "Batch",
    "Billing",
    "Case",
    "Charge",
    "Coverage",
    "Deadline",
    "Decision",
    "Due",
    "Entry",
    "Fact",
    "Facts",
    "Fault",
    "FolderState",
    "Gap",
    "Grade",
    "Hit",
    "Kind",
    "KnownSenders",
    "KnownVendor",
    "Marks",
    "Message",
    "Origin",
    "Place",
    "Proof",
    "RawMail",
    "Reading",
    "Report",
    "Ruling",
    "Statement",
    "Status",
    "Step",
    "Told",
    "Verdict",
    "Voice",
]
