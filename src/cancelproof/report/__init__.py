"""Stage report: cases and readings in, strings out. Nothing here prints, sends, or asks the clock."""

from cancelproof.report.audit import Row, by_urgency
from cancelproof.report.cancelling import Cancelling
from cancelproof.report.contract import classify_json
from cancelproof.report.digest import Digest, Item, Section, Seen, Tone, needs_owner
from cancelproof.report.escape import header_value, json_text, shown
from cancelproof.report.explain import explain_json
from cancelproof.report.render import Renderer
from cancelproof.report.sentences import called

__all__ = [
    "Cancelling",
    "Digest",
    "Item",
    "Renderer",
    "Row",
    "Section",
    "Seen",
    "Tone",
    "by_urgency",
    "called",
    "classify_json",
    "explain_json",
    "header_value",
    "json_text",
    "needs_owner",
    "shown",
]
