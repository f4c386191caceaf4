"""What a mail claims to be: the vendors on file that its display name names, and those that its text names.

A name that goes on with words of its own (a person called Dell, the Orange Street Gym) claims only its own, longer
name. Words for a desk (`Netflix Billing`), a language's smallest words and the vendor's own words add nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from cancelproof.authenticity.register import Mention, Register, Token, brands, tokens
from cancelproof.domains import label
from cancelproof.model import KnownVendor, Message, Voice

MAX_STATEMENTS = 400
MAX_STATEMENT = 2_000
MAX_NAME = 30  # words of a display name
MAX_SIGNATURE = 12  # words


@dataclass(frozen=True, slots=True)
class Claim:
    """How a mail claims to be a vendor.

    `named`: the display name holds the vendor's; `rest` are the words beyond it (folded). `said`: subject or text name
    the vendor other than as part of the sender's own longer name. `signed`: a line of the text is its name alone.
    `common`: it is named by a common word alone. `personal`: that may be a person's own name, with no desk beside it.
    """

    vendor: KnownVendor
    common: bool = False
    named: bool = False
    rest: tuple[str, ...] = ()
    said: bool = False
    signed: bool = False
    personal: bool = False

    @property
    def exact(self) -> bool:
        return self.named and not self.rest


@dataclass(frozen=True, slots=True)
class Claims:
    """All claims of a mail; `named` are the ids of all vendors that the display name names, as a claim or not.

    `anonymous`: the display name says only which desk wrote.
    """

    made: tuple[Claim, ...] = ()
    named: frozenset[str] = frozenset()
    anonymous: bool = False


@dataclass(slots=True)
class _Said:
    said: dict[str, Mention] = field(default_factory=dict)
    signed: set[str] = field(default_factory=set)

    def knows(self, mention: Mention) -> bool:
        """Whether the vendor was said before, by a name no more common than this."""
        said = self.said.get(mention.vendor.id)
        return said is not None and (mention.common or not said.common)


def claims(message: Message, register: Register) -> Claims:
    name = tokens(message.sender.name)[:MAX_NAME]
    mentions: dict[str, list[Mention]] = {}
    for mention in register.mentions(name, as_name=True):
        mentions.setdefault(mention.vendor.id, []).append(mention)
    rests = {ident: _rest(name, found, register) for ident, found in mentions.items()}
    beside = {ident: _neighbours(name, mentions[ident], set(rest) - register.idle) for ident, rest in rests.items()}
    text = _said(message, register, name, beside)
    made = [_named(name, found, rests[ident], text, register) for ident, found in mentions.items()]
    made += [
        Claim(mention.vendor, said=True, signed=ident in text.signed, common=mention.common)
        for ident, mention in text.said.items()
        if ident not in mentions
    ]
    return Claims(
        # Of a common word only the name alone claims, unless the text speaks of the vendor.
        made=tuple(claim for claim in made if claim.exact or claim.said or not claim.common),
        named=frozenset(mentions),
        anonymous=bool(name) and all(word.folded in register.idle for word in name),
    )


def _named(
    name: tuple[Token, ...], found: list[Mention], rest: tuple[str, ...], text: _Said, register: Register
) -> Claim:
    vendor, ident = found[0].vendor, found[0].vendor.id
    desk = any(word.folded in register.known.desk_words for word in name)
    said = ident in text.said
    common = all(mention.common for mention in found)
    return Claim(
        vendor,
        common=common,
        named=True,
        rest=rest,
        said=said,
        signed=ident in text.signed,
        personal=common and not desk and not said,
    )


# ---------------------------------------------------------------- the display name


def _rest(name: tuple[Token, ...], found: list[Mention], register: Register) -> tuple[str, ...]:
    """The words beside the vendor's that are a name of somebody's own."""
    vendor = found[0].vendor
    covered = {place for mention in found for place in range(mention.start, mention.end)}
    covered |= named_services(name, vendor)
    # Beside a common name every word tells: `Max Orange` is no `Livebox Max`, `L'Orange` not `Orange`.
    common = all(mention.common for mention in found)
    idle, own = (register.known.desk_words, frozenset()) if common else (register.idle, own_words(vendor))
    words = (word.folded for place, word in enumerate(name) if place not in covered)
    return tuple(word for word in words if word not in own and word not in idle)


def named_services(name: tuple[Token, ...], vendor: KnownVendor) -> set[int]:
    """The places of the display name where a service of the vendor is named."""
    folded = tuple(word.folded for word in name)
    places: set[int] = set()
    for service in vendor.services:
        words = tuple(word.folded for word in tokens(service))
        for start in range(len(folded) - len(words) + 1):
            if words and folded[start : start + len(words)] == words:
                places |= set(range(start, start + len(words)))
    return places


def own_words(vendor: KnownVendor) -> frozenset[str]:
    """Every word of the vendor's names and services, and its names run together."""
    texts = (vendor.name, *vendor.names, *vendor.services)
    return brands(vendor) | {word.folded for text in texts for word in tokens(text)}


@dataclass(frozen=True, slots=True)
class _Own:
    """A sender's own longer name around a vendor's: the words right before and after that one, and the whole name."""

    before: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()
    whole: tuple[str, ...] = ()


def _neighbours(name: tuple[Token, ...], found: list[Mention], rest: set[str]) -> _Own:
    before = {name[mention.start - 1].folded for mention in found if mention.start}
    after = {name[mention.end].folded for mention in found if mention.end < len(name)}
    whole = tuple(word.folded for word in name) if rest else ()
    return _Own(frozenset(before & rest), frozenset(after & rest), whole)


# ---------------------------------------------------------------- the text


def _said(message: Message, register: Register, name: tuple[Token, ...], beside: dict[str, _Own]) -> _Said:
    """The vendors that the text names outside the sender's own name."""
    found = _Said()
    own = {word.folded for word in name}
    registered = label(message.sender.domain).replace("-", "")
    for text in _texts(message):
        words = tokens(text)
        if {word.folded for word in words} <= own:  # a signature of the sender's own
            continue
        for mention in register.mentions(words):
            ident, longer = mention.vendor.id, beside.get(mention.vendor.id, _Own())
            if found.knows(mention) and len(words) > MAX_SIGNATURE:  # a text may repeat a name thousands of times
                continue
            if _is_own_name(words, mention, longer) or _is_registered_name(words, mention, registered):
                continue
            if not found.knows(mention):
                found.said[ident] = mention
            if text is not message.subject and _is_signature(words, mention, register):
                found.signed.add(ident)
    return found


def _texts(message: Message) -> Iterator[str]:
    yield message.subject
    for statement in message.statements[:MAX_STATEMENTS]:
        if statement.voice is Voice.OWN:
            yield statement.text[:MAX_STATEMENT]


def _is_own_name(words: tuple[Token, ...], mention: Mention, own: _Own) -> bool:
    """Whether the mention is part of the sender's longer name: the whole of it, or with its next word."""
    start, end = mention.start, mention.end
    if start and words[start - 1].folded in own.before:
        return True
    if end < len(words) and words[end].folded in own.after:
        return True
    size = len(own.whole)
    first = max(0, end - size)
    spans = (tuple(word.folded for word in words[at : at + size]) for at in range(first, start + 1))
    return size > end - start and own.whole in spans


def _is_registered_name(words: tuple[Token, ...], mention: Mention, registered: str) -> bool:
    """Whether a common word and the next are what the sender registered: `Steam Cleaning` of steam-cleaning.example."""
    if not mention.common:
        return False
    bare = "".join(word.folded for word in words[mention.start : mention.end])
    after = "".join(word.folded for word in words[mention.end : mention.end + 1])
    before = "".join(word.folded for word in words[max(0, mention.start - 1) : mention.start])
    return bool((after and registered.startswith(bare + after)) or (before and registered.endswith(before + bare)))


def _is_signature(words: tuple[Token, ...], mention: Mention, register: Register) -> bool:
    if len(words) > MAX_SIGNATURE:
        return False
    own = own_words(mention.vendor)
    return all(word.folded in own or word.folded in register.idle for word in words)
