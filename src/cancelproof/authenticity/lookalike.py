"""Whether a mail poses as a vendor on file, from an address that is not the vendor's.

Its own DMARC says nothing here: who registers `vendor-billing.top` passes for it. Two things come together: what the
mail claims (`claims`) and whose the address is: anybody's at a free-mail provider, another vendor's or a carrier's, or
one that somebody registered and that may imitate the vendor's. What cannot be told is a doubt, and no proof.
"""

from __future__ import annotations

from dataclasses import dataclass

from cancelproof.authenticity.author import foreign_domain
from cancelproof.authenticity.claims import MAX_NAME, Claim, Claims, claims, named_services, own_words
from cancelproof.authenticity.own_name import MAX_LABELS, begging, is_made_of, lure, posing, runs_before
from cancelproof.authenticity.register import Register, brands, own_labels, spellings, tokens
from cancelproof.authenticity.resemblance import resembles
from cancelproof.domains import canonical, is_hosted, label, registrable, suffix
from cancelproof.model import KnownVendor, Message

_SHORTEST_LURE = 5  # letters of one that may end a longer word
MAX_LOCAL = 64  # characters before the @, RFC 5321 section 4.5.3.1.1


@dataclass(frozen=True, slots=True)
class Finding:
    """`suspect` says why the mail is forged, `doubt` why it cannot count as the vendor's; each "" or a sentence."""

    suspect: str = ""
    doubt: str = ""


def lookalike(message: Message, register: Register, *, asks_secrets: bool = False) -> Finding:
    """What gives a mail away; `asks_secrets` tells that it wants what only the owner may know or pay with."""
    domain = canonical(message.sender.domain)
    if not registrable(domain):
        return Finding()
    carrier = register.is_carrier(domain)
    inside = "" if carrier else _vendor_domain_inside(domain, register)
    if inside:
        return Finding(f"The sender's domain {domain} only begins like {inside}; it belongs to {registrable(domain)}.")
    made = claims(message, register)
    if register.is_freemail(domain):
        findings = [_at_freemail(claim, made, message, register) for claim in made.made]
        findings.append(_shown_domain(message, domain, register, freemail=True))
        if asks_secrets:
            findings.append(Finding(f"The mail asks for secrets, and anybody can have an address at {domain}."))
    elif carrier or register.vendors_of(domain):
        findings = _at_another(made, message, register, carrier=carrier)
    else:
        findings = [_at_own(claim, message, register) for claim in made.made]
        findings.append(_shown_domain(message, domain, register, freemail=False))
        luring, surely = lure(message, domain, register)
        findings += [Finding(posing(message, domain, register.known.lures))]
        findings += [Finding(luring) if surely else Finding(doubt=luring)]
        findings.append(Finding(begging(message, domain) if asks_secrets else ""))
    suspects, doubts = [f for f in findings if f.suspect], [f for f in findings if f.doubt]
    found = (suspects or doubts or [Finding()])[0]
    if asks_secrets and found.doubt:  # whose mail it is cannot be told, and it wants what only the owner may know
        return Finding(f"{found.doubt} And it asks for secrets.")
    return found


def _vendor_domain_inside(domain: str, register: Register) -> str:
    """A vendor's whole domain among the labels before the registered one (`netflix.com.account-billing.top`)."""
    return next((run for run in runs_before(domain) if run in register.by_domain), "")


def _shown_domain(message: Message, domain: str, register: Register, *, freemail: bool) -> Finding:
    shown = foreign_domain(message.sender.name, domain, register)
    if not shown:
        return Finding()
    sentence = f"The display name shows {shown}, but the mail is from {domain}."
    return Finding(suspect=sentence) if freemail or register.vendors_of(shown) else Finding(doubt=sentence)


# ---------------------------------------------------------------- where anybody can have an address


def _at_freemail(claim: Claim, made: Claims, message: Message, register: Register) -> Finding:
    vendor, local = claim.vendor, message.sender.mailbox.rpartition("@")[0]
    domain = canonical(message.sender.domain)
    sentence = f"The mail poses as {vendor.name}, but {domain} is a free-mail domain."
    doubt = Finding(doubt=f"The mail bears the name of {vendor.name}, but anybody can have an address at {domain}.")
    if vendor in register.owners(domain):
        return _at_relative(claim, message, register, Finding(sentence), doubt)
    if claim.exact:
        return doubt if claim.personal else Finding(sentence)
    if claim.named and not claim.common and _is_vendors_desk(message.sender.mailbox, vendor, register):
        return Finding(sentence)
    spelt = all(word in _letters(local) for word in claim.rest if len(word) > 2)
    if not claim.named:
        return doubt if made.anonymous else Finding()
    if claim.signed and not (claim.common and spelt):
        return Finding(sentence)
    # Whoever bears a vendor's word as a name has an address that spells the rest of the name.
    return Finding() if spelt and not claim.said else doubt


def _at_relative(claim: Claim, message: Message, register: Register, suspect: Finding, doubt: Finding) -> Finding:
    """What to think where a vendor, or one related to it, gives addresses to anybody, and writes from there itself.

    A relative's domain is nobody's own: who puts the vendor's name before the @ there needs to show it, and poses.
    """
    vendor, mailbox = claim.vendor, message.sender.mailbox
    if not claim.exact:
        return Finding()
    if registrable(canonical(message.sender.domain)) not in vendor.domains and _is_named_after(mailbox, vendor):
        return suspect
    return Finding() if _is_desk(mailbox.rpartition("@")[0], vendor, register) else doubt


def _is_desk(local: str, vendor: KnownVendor, register: Register) -> bool:
    """Whether the address is a desk's (`info`, `no-reply`, `billing`) and not a customer's."""
    words = {word.folded for word in tokens(local.replace("_", " "))}
    desk = {word for word in words if _is_made_of(word, register.known.desk_words)}
    return bool(desk) and words - desk <= own_words(vendor) | register.known.small_words


def _is_vendors_desk(mailbox: str, vendor: KnownVendor, register: Register) -> bool:
    """Whether an address bears a vendor's name and a desk's, whatever else: `velolux.support.pt2026`."""
    desks = (_is_made_of(word, register.known.desk_words) for word in _local_words(mailbox))
    return _is_named_after(mailbox, vendor) and any(desks)


def _is_made_of(word: str, desk: frozenset[str]) -> bool:
    """Whether words for a desk are run together here (`donotreply`); each needs two letters, and one of them four."""
    ends = {0: False}  # where such words may end, and whether a long one is among them
    for end in range(2, min(len(word), MAX_LOCAL) + 1):
        starts = [start for start in ends if end - start >= 2 and word[start:end] in desk]
        if starts:
            ends[end] = any(ends[start] or end - start >= 4 for start in starts)
    return word in desk or ends.get(len(word), False)


def _letters(local: str) -> str:
    return "".join(word.folded for word in tokens(local))


# ---------------------------------------------------------------- at another vendor's or a carrier's domain


def _at_another(made: Claims, message: Message, register: Register, *, carrier: bool) -> list[Finding]:
    """A vendor may write about others, and a carrier for others; the name alone must not be somebody else's."""
    domain = canonical(message.sender.domain)
    owners = register.owners(domain)
    if made.named & {owner.id for owner in owners}:  # also `Netflix via Stripe`
        return []
    name = tokens(message.sender.name)[:MAX_NAME]
    if any(named_services(name, owner) for owner in owners):
        return []
    findings = []
    for claim in made.made:
        likeness = _likeness(domain, claim.vendor, named=claim.named)
        foreign = claim.exact or (claim.named and claim.said and not carrier)
        if foreign and likeness != "same":
            findings.append(Finding(doubt=_not_on_file(claim.vendor, registrable(domain))))
    if not carrier and (shown := foreign_domain(message.sender.name, domain, register)):
        findings.append(Finding(doubt=f"The display name shows {shown}, but the mail is from {domain}."))
    return findings


# ---------------------------------------------------------------- at a domain that somebody registered


def _at_own(claim: Claim, message: Message, register: Register) -> Finding:
    """Whether the address imitates the vendor's."""
    vendor, domain = claim.vendor, canonical(message.sender.domain)
    registered, made = registrable(domain), claim.exact or claim.said
    inside = claim.exact and _lures_inside(domain, vendor, register)
    likeness = _likeness(domain, vendor, named=claim.named) or ("like" if inside else "")
    doubt = Finding(doubt=_not_on_file(vendor, registered))
    imitation = Finding(f"The mail poses as {vendor.name}, but {registered} only resembles {_domains(vendor)}.")
    if likeness == "same":
        return Finding()
    if claim.exact and is_hosted(domain):
        return Finding(f"The mail poses as {vendor.name}, but {suffix(domain)} gives names to its customers.")
    own_name = bool(claim.rest) and is_made_of(label(registered), {word.folded for word in tokens(message.sender.name)})
    if likeness == "like" and made:
        sure = claim.exact or claim.signed or not (own_name or claim.common)
        return imitation if sure else doubt
    if claim.exact and not likeness and not claim.personal and _is_named_after(message.sender.mailbox, vendor):
        return Finding(f"The mail poses as {vendor.name}, but comes from a mailbox of that name at {registered}.")
    if likeness == "near" or (claim.named and made):
        return doubt
    return doubt if likeness == "like" and claim.named and not own_name else Finding()


def _lures_inside(domain: str, vendor: KnownVendor, register: Register) -> bool:
    """Whether below a stranger's domain a name stands beside a word to act on: `velolux-myaccount.somebody.example`."""
    lures = tuple(lure for lure in register.known.lures if len(lure) >= _SHORTEST_LURE)
    for own in domain.removesuffix(registrable(domain)).split(".")[:MAX_LABELS]:
        parts = own.split("-")
        if not brands(vendor).isdisjoint(parts) and any(part.endswith(lures) for part in parts):
            return True
    return False


def _is_named_after(mailbox: str, vendor: KnownVendor) -> bool:
    """Whether what stands before the @ bears the vendor's name, as whoever opens a mailbox may choose it."""
    return not brands(vendor).isdisjoint(_local_words(mailbox))


def _local_words(mailbox: str) -> list[str]:
    return [word.folded for word in tokens(mailbox.rpartition("@")[0].replace("_", " "))]


def _not_on_file(vendor: KnownVendor, registered: str) -> str:
    return f"The mail bears the name of {vendor.name}, but {registered} is not on file for it ({_domains(vendor)})."


def _domains(vendor: KnownVendor) -> str:
    return ", ".join(vendor.domains[:3])


def _likeness(domain: str, vendor: KnownVendor, *, named: bool) -> str:
    """How a domain is like a vendor's.

    `same`: its own word in another country, or under com; `near`: another spelling of its name, or another suffix;
    `like`: an imitation; else "".
    """
    registered = registrable(domain)
    word, top = label(registered), suffix(registered).rpartition(".")[2]
    if is_hosted(registered):
        return "like" if resembles(word, vendor.name, named=named) or word in brands(vendor) else ""
    if word in own_labels(vendor):
        return "same" if len(top) == 2 or top == "com" else "near"
    if word in spellings(vendor):
        return "near"
    return "like" if any(resembles(word, brand, named=named) for brand in brands(vendor)) else ""
