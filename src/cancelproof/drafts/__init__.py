"""From one mail to what makes it general: a vendor file to mend, and the mail without its people and numbers."""

from cancelproof.drafts.redaction import redacted
from cancelproof.drafts.vendorfile import Draft, DraftRule, draft, in_file, slug

__all__ = ["Draft", "DraftRule", "draft", "in_file", "redacted", "slug"]
