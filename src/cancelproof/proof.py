"""How strong a proof of closure one mail is: the elements E1 to E9, and the grade (docs/proof.md).

The union of what three laws ask of a confirmation: § 312k(4) BGB, C. conso L215-1-1, DMCC Act 2024 s.261. A later
charge or a restart changes the case, never the grade of its proof.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from cancelproof.model import Authenticity, Decision, Facts, Grade, Kind, Message, Proof, Verdict

_INDIRECT = frozenset({Kind.REQUEST, Kind.RETENTION})


def grade(message: Message, verdict: Verdict, decision: Decision, facts: Facts, owner: Collection[str] = ()) -> Proof:
    """The grade of a mail that was read. `owner` holds the owner's addresses, lower case; empty: its recipient."""
    elements = _elements(message, verdict, decision, facts, owner)
    return Proof(grade=_grade(verdict, decision, elements), elements=elements)


def _elements(
    message: Message, verdict: Verdict, decision: Decision, facts: Facts, owner: Collection[str]
) -> Mapping[str, bool]:
    if decision.kind not in (Kind.CLOSURE, Kind.ACKNOWLEDGEMENT):
        return {}
    hit = decision.hit
    return {
        "E1": verdict.word.authentic is True and _is_from_vendor(verdict, facts) and not _is_list_post(message),
        "E2": _names_owner(message, owner),
        "E3": bool(facts.service or facts.number),
        "E4": bool(facts.requested_on) or decision.kind is Kind.ACKNOWLEDGEMENT,
        "E5": decision.kind is Kind.CLOSURE and bool(hit and hit.firm),
        "E6": bool(facts.effective_on),
        "E7": facts.billing_stopped or facts.final_bill,
        "E8": bool(facts.reference),
        "E9": facts.effects,
    }


def _is_from_vendor(verdict: Verdict, facts: Facts) -> bool:
    """Whether the domain that was authenticated is the vendor's, a related one's, or that of a platform on file."""
    if facts.vendor is None:
        return False
    if facts.vendor.statement >= 0:  # the text names the vendor, not the From: somebody else wrote for it
        return bool(verdict.owned)
    own = facts.vendor_domain  # None at a free-mail provider, where anybody may be anybody
    return own is not None and (own.value == verdict.domain or own.value in verdict.owned)


def _is_list_post(message: Message) -> bool:
    """Whether it came over a mailing list that members write to (RFC 2369 3.4); none posts to a vendor's bulk mail."""
    return any(value.strip().upper() != "NO" for value in message.header("list-post"))


def _names_owner(message: Message, owner: Collection[str]) -> bool:
    """Whether the mail was written to the owner: one of the named addresses, else the mailbox that it came to."""
    written_to = {address.mailbox for address in message.recipients}
    mine = set(owner) or {value.strip("<> ").lower() for value in message.header("delivered-to")}
    return not written_to.isdisjoint(mine) if mine else len(written_to) == 1


def _grade(verdict: Verdict, decision: Decision, has: Mapping[str, bool]) -> Grade | None:
    if decision.kind not in (Kind.CLOSURE, Kind.ACKNOWLEDGEMENT):
        return Grade.D if decision.kind in _INDIRECT else None
    if verdict.word is Authenticity.SUSPECT:
        return Grade.X
    if decision.kind is Kind.ACKNOWLEDGEMENT or not has["E1"] or not has["E5"]:
        return Grade.C
    trusted = decision.hit is not None and not decision.hit.experimental
    if has["E6"] and (has["E2"] or has["E3"]) and trusted:
        return Grade.A
    return Grade.B if any(has[e] for e in ("E2", "E3", "E6", "E7")) else Grade.C
