"""Whether a mail poses as a vendor on file, from an address that is not the vendor's.

Its own DMARC says nothing here: who registers `vendor-billing.top` passes for it. Two things must come together: the
mail *claims* to be the vendor (by its display name, or in its text), and its address is a free-mail one or *resembles*
the vendor's. A namesake (a person called Dell, the Orange Street Gym) claims only its own, longer name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cancelproof.authenticity.author import foreign_domain
from cancelproof.authenticity.register import Register, Token, brands, tokens
from cancelproof.authenticity.resemblance import resembles
from cancelproof.domains import canonical, label, registrable, suffix
from cancelproof.model import KnownVendor, Message, Voice

MAX_STATEMENTS = 400
MAX_STATEMENT = 2_000
MAX_LABELS = 12
MAX_NAME = 30  # words of a display name


@dataclass(frozen=True, slots=True)
class Finding:
    """`suspect` says why the mail is forged, `doubt` why it cannot count as the vendor's; each "" or a sentence."""

    suspect: str = ""
    doubt: str = ""


def lookalike(message: Message, register: Register) -> Finding:
    domain = canonical(message.sender.domain)
    if not registrable(domain) or register.is_carrier(domain):
        return Finding()
    inside = _vendor_domain_inside(domain, register)
    if inside:
        return Finding(f"The sender's domain {domain} only begins like {inside}; it belongs to {registrable(domain)}.")
    owners, freemail = register.vendors_of(domain), register.is_freemail(domain)
    if owners and not freemail:
        return Finding()
    claims = tuple(_claims(message, register))
    if any(claim.named and claim.vendor in owners for claim in claims):
        return Finding()
    findings = [_judge(claim, domain, freemail=freemail) for claim in claims]
    findings.append(_shown_domain(message, domain, register, freemail=freemail))
    suspects, doubts = [f for f in findings if f.suspect], [f for f in findings if f.doubt]
    return (suspects or doubts or [Finding()])[0]


def _vendor_domain_inside(domain: str, register: Register) -> str:
    """A vendor's whole domain among the labels before the registered one (`netflix.com.account-billing.top`)."""
    before = domain.removesuffix(registrable(domain)).rstrip(".").split(".")[:MAX_LABELS]
    runs = (".".join(before[start:end]) for start in range(len(before)) for end in range(start + 2, len(before) + 1))
    return next((run for run in runs if run in register.by_domain), "")


def _shown_domain(message: Message, domain: str, register: Register, *, freemail: bool) -> Finding:
    shown = foreign_domain(message.sender.name, domain, register)
    if not shown:
        return Finding()
    sentence = f"The display name shows {shown}, but the mail is from {domain}."
    return Finding(suspect=sentence) if freemail or register.vendors_of(shown) else Finding(doubt=sentence)


# ---------------------------------------------------------------- what a mail claims


@dataclass(frozen=True, slots=True)
class _Claim:
    """How a mail claims to be a vendor.

    `exact`: the display name is the vendor's name and nothing more. `named`: it holds it. `said`: subject or text name
    the vendor other than as part of the sender's own longer name. `stranger`: the address spells nothing of what the
    display name adds, as a person's or a club's does.
    """

    vendor: KnownVendor
    exact: bool = False
    named: bool = False
    said: bool = False
    stranger: bool = False

    @property
    def is_made(self) -> bool:
        return self.exact or self.said


def _claims(message: Message, register: Register) -> Iterator[_Claim]:
    name = tokens(message.sender.name)[:MAX_NAME]
    named = {claim.vendor.id: claim for claim in register.claims(name, as_name=True)}
    said, mentioned = _said(message, register, name)
    local = "".join(word.folded for word in tokens(message.sender.mailbox.rpartition("@")[0]))
    for ident, found in named.items():
        rest = [word.folded for word in (*name[: found.start], *name[found.end :])]
        stranger = ident in mentioned and not all(word in local for word in rest if len(word) > 2)
        yield _Claim(found.vendor, exact=not rest, named=True, said=ident in said, stranger=stranger)
    for ident, vendor in said.items():
        if ident not in named:
            yield _Claim(vendor, said=True)


def _said(message: Message, register: Register, name: tuple[Token, ...]) -> tuple[dict[str, KnownVendor], set[str]]:
    """The vendors that the text names outside the sender's own name, and the ids of all that it names."""
    said: dict[str, KnownVendor] = {}
    mentioned: set[str] = set()
    own = tuple(word.folded for word in name)
    for text in _texts(message):
        words = tokens(text)
        if {word.folded for word in words} <= set(own):  # a signature
            continue
        for claim in register.claims(words):
            mentioned.add(claim.vendor.id)
            if not _is_own_name(words, claim.start, claim.end, own):
                said[claim.vendor.id] = claim.vendor
    return said, mentioned


def _texts(message: Message) -> Iterable[str]:
    yield message.subject
    for statement in message.statements[:MAX_STATEMENTS]:
        if statement.voice is Voice.OWN:
            yield statement.text[:MAX_STATEMENT]


def _is_own_name(words: tuple[Token, ...], start: int, end: int, own: tuple[str, ...]) -> bool:
    """Whether the words from `start` to `end` stand there as part of the sender's whole longer name."""
    size = len(own)
    if size <= end - start:
        return False
    first = max(0, end - size)
    spans = (tuple(word.folded for word in words[at : at + size]) for at in range(first, start + 1))
    return own in spans


# ---------------------------------------------------------------- whether the address imitates the vendor's


def _judge(claim: _Claim, domain: str, *, freemail: bool) -> Finding:
    vendor, registered = claim.vendor, registrable(domain)
    if freemail:
        poses = claim.named and (claim.is_made or claim.stranger)
        return Finding(f"The mail poses as {vendor.name}, but {registered} is a free-mail domain." if poses else "")
    own = ", ".join(vendor.domains[:3])
    likeness = _likeness(registered, vendor, named=claim.named)
    if likeness == "same":  # vendors have a domain in each country, and one for the world
        top = suffix(registered).rpartition(".")[2]
        usual = len(top) == 2 or top == "com"
        return Finding(doubt="" if usual else f"{registered} is not on file for {vendor.name} ({own}).")
    if likeness == "like" and claim.is_made:
        return Finding(f"The mail poses as {vendor.name}, but {registered} only resembles {own}.")
    if claim.named and claim.is_made:
        return Finding(
            doubt=f"The mail bears the name of {vendor.name}, but {registered} is not on file for it ({own})."
        )
    return Finding()


def _likeness(registered: str, vendor: KnownVendor, *, named: bool) -> str:
    """`same` (the vendor's own word under another suffix), `like` (an imitation), or ""."""
    word = label(registered)
    if word.replace("-", "") in {brand.replace("-", "") for brand in brands(vendor)}:
        return "same"
    return "like" if any(resembles(word, brand, named=named) for brand in brands(vendor)) else ""
