"""Evidence mails kept byte for byte under their SHA-256, with a log that shows changes."""

from cancelproof.evidence.store import Evidence

__all__ = ["Evidence"]
