"""Who really sent a mail: Message → Verdict, by what the owner's own server found and what the mail poses as.

Nothing is asked of the network; the results of the receiving server are the evidence (docs/proof.md, RFC 8601, 9989).
The worst thing known wins: a broken From, a failed DMARC, a look-alike or a replay is `suspect` whatever passes.
"""

from __future__ import annotations

from dataclasses import replace

from cancelproof.authenticity.author import broken
from cancelproof.authenticity.lookalike import Finding, lookalike
from cancelproof.authenticity.receiver import Arrival, arrival
from cancelproof.authenticity.register import Register, register
from cancelproof.authenticity.replay import addressee
from cancelproof.authenticity.results import Result, Results, parse_tags
from cancelproof.domains import registrable
from cancelproof.model import Authenticity, KnownSenders, Message, Verdict

__all__ = ["authenticate"]

MAX_SIGNATURES = 10


def authenticate(
    message: Message,
    known: KnownSenders,
    trusted: tuple[str, ...] = (),
    owner: tuple[str, ...] = (),
    *,
    asks_secrets: bool = False,
) -> Verdict:
    """The verdict on one mail.

    `trusted` are the ids of the owner's servers in Authentication-Results, exact or `@suffix`; without them the server
    is known by the topmost Received. `owner` are the owner's addresses, aliases too, where they are known.
    `asks_secrets` tells that the mail wants what only the owner may know or pay with (a card's number, a password).
    """
    noted = arrival(message, trusted)
    if not noted.received:
        return Verdict(word=Authenticity.UNAUTHENTICATED, reasons=("The mail was never received: sent, or a draft.",))
    senders = register(known)
    suspicion = broken(message, senders) or _failure(message, noted)
    posing = Finding() if suspicion else lookalike(message, senders, asks_secrets=asks_secrets)
    passed_on = _passed_on(message, noted, senders, owner)
    suspicion = suspicion or posing.suspect or passed_on.suspect
    signals = _signals(message, senders)
    if suspicion:
        return Verdict(word=Authenticity.SUSPECT, reasons=(suspicion, *signals))
    verdict = _attested(message, noted, senders)
    doubt = posing.doubt or passed_on.doubt
    if message.forwarded is not None:
        doubt = "The results are of the one who forwarded the mail, not of its first sender."
    if doubt and verdict.word is Authenticity.ATTESTED:
        verdict = Verdict(word=Authenticity.UNAUTHENTICATED, reasons=(*verdict.reasons, doubt))
    return replace(verdict, reasons=(*verdict.reasons, *signals))


def _failure(message: Message, noted: Arrival) -> str:
    failed = next((found for found in noted.results if _worst_dmarc((found,)) == "fail"), None)
    return f"{failed.server} found dmarc=fail for {message.sender.domain}." if failed else ""


def _passed_on(message: Message, noted: Arrival, senders: Register, owner: tuple[str, ...]) -> Finding:
    """Whether a carrier's mail was made out to somebody else; a vendor's own mail may well come by an alias."""
    to = addressee(message, noted.recipients, owner, senders)
    if not to.stranger or not senders.is_carrier(message.sender.domain):
        return Finding()
    sentence = f"{message.sender.domain} made the mail out to {to.stranger}; it was passed on."
    return Finding(suspect=sentence) if to.sure else Finding(doubt=sentence)


# ---------------------------------------------------------------- what the receiving server found


def _attested(message: Message, noted: Arrival, senders: Register) -> Verdict:
    """The verdict by the results alone, none of which is a failed DMARC."""
    domain = registrable(message.sender.domain)
    fit = tuple(found for found in noted.results if not found.broken)
    passed = _passes(message, fit, domain) if domain and len(fit) == len(noted.results) else ""
    if not passed:
        return _unattested(message, noted, domain)
    if _is_open_ended(message, domain):
        reason = f"The signature of {domain} covers only part of the text (l=)."
        return Verdict(word=Authenticity.NOT_CHECKABLE, reasons=(passed, reason))
    owned = frozenset(name for vendor in senders.owners(message.sender.domain) for name in vendor.domains)
    return Verdict(word=Authenticity.ATTESTED, domain=domain, owned=owned, reasons=(passed,))


def _passes(message: Message, results: tuple[Results, ...], domain: str) -> str:
    """What passes for the author's domain, as a sentence, or ""."""
    server = results[0].server if results else ""
    dmarc = [result for found in results for result in found.of("dmarc")]
    if dmarc and _worst_dmarc(results) == "pass" and all(_is_for(result, domain) for result in dmarc):
        return f"{server} found dmarc=pass for {message.sender.domain}."
    signed = [found for found in results if any(_aligned(result, domain) for result in found.of("dkim"))]
    if signed and all(any(r.value == "pass" and _aligned(r, domain) for r in found.of("dkim")) for found in signed):
        return f"{server} found a valid signature of {domain}."
    return ""


def _worst_dmarc(results: tuple[Results, ...]) -> str:
    """`fail` over anything undecided over `pass`; "" where DMARC was not looked at."""
    values = {result.value for found in results for result in found.of("dmarc")}
    if "fail" in values:
        return "fail"
    return ("pass" if values == {"pass"} else "undecided") if values else ""


def _is_for(result: Result, domain: str) -> bool:
    """Whether a DMARC result is of the author's domain; a server that names none judged the only From there is."""
    judged = result.property("header.from").rpartition("@")[2]
    return not judged or registrable(judged) == domain


def _aligned(result: Result, domain: str) -> bool:
    """Relaxed alignment of a signature with the author's domain (RFC 9989)."""
    signer = result.property("header.d") or result.property("header.i").rpartition("@")[2]
    return bool(signer) and registrable(signer) == domain


def _unattested(message: Message, noted: Arrival, domain: str) -> Verdict:
    """Why nothing counts: there is something that could be checked, or nothing at all."""
    signed = domain and any(registrable(tags.get("d", "")) == domain for tags in _signatures(message))
    if noted.nameless and not noted.results:
        reason = "The server's results bear no name, so anybody may have written them."
    elif signed and not any(found.of("dkim") for found in noted.results):
        reason = f"The mail is signed by {domain}, but the receiving server did not say whether the signature holds."
    elif any(result.value == "pass" for found in noted.results for result in found.of("spf")):
        reason = f"Only the sending host was checked (SPF), not the mail of {message.sender.domain}."
    else:
        server = noted.organisation or "the receiving server"
        reason = f"Nothing that {server} noted speaks for or against {message.sender.domain or 'the sender'}."
        return Verdict(word=Authenticity.UNAUTHENTICATED, reasons=(reason,))
    return Verdict(word=Authenticity.NOT_CHECKABLE, reasons=(reason,))


def _signatures(message: Message) -> list[dict[str, str]]:
    return [parse_tags(value) for value in message.header("dkim-signature")[:MAX_SIGNATURES]]


def _is_open_ended(message: Message, domain: str) -> bool:
    """Whether every signature of the domain has `l=`: anyone may then append visible text (RFC 6376 section 8.2)."""
    own = [tags for tags in _signatures(message) if registrable(tags.get("d", "")) == domain]
    return bool(own) and all("l" in tags for tags in own)


# ---------------------------------------------------------------- signals: said, but never a verdict


def _signals(message: Message, senders: Register) -> tuple[str, ...]:
    """A reply that would go to a free mailbox while the mail is from a company."""
    domain = message.sender.domain
    replies = [address.domain for address in message.reply_to if senders.is_freemail(address.domain)]
    if not replies or senders.is_freemail(domain) or registrable(replies[0]) == registrable(domain):
        return ()
    return (f"Replies would go to a free mailbox at {replies[0]}.",)
