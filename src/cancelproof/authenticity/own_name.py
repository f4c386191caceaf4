"""Whether a domain poses as that of the sender's own name: of a firm that no file need know.

Who registers `velolux-fr.com` passes DMARC for it, and may call itself Velolux. What gives such a domain away is that
it imitates another one: in letters, in labels, or the one that the mail itself names as the firm's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain, islice
from urllib.parse import urlsplit

from cancelproof.authenticity.author import domains_in
from cancelproof.authenticity.claims import MAX_NAME, MAX_STATEMENT, MAX_STATEMENTS
from cancelproof.authenticity.register import Register, tokens
from cancelproof.authenticity.resemblance import misspells, skeleton
from cancelproof.domains import is_listed, label, registered_in, registrable, suffix
from cancelproof.model import Message, Voice
from cancelproof.words import as_spelt

MAX_LABELS = 12
_FEWEST_LURES = 2
_SHORTEST_PART = 4  # letters of a lure that is run together with another
_MOST_NAMED = 50  # different domains in one mail that are compared with the sender's, letter by letter
_FEWEST_DISGUISED = 5  # letters of a name that is looked for in disguise


def posing(message: Message, domain: str, lures: frozenset[str]) -> str:
    """Why a domain surely poses as another that bears the sender's name, in a sentence, or ""."""
    return _inside(message, domain) or _imitated(message, domain, lures) or _disguised(message, domain)


def runs_before(domain: str) -> Iterator[str]:
    """Neighbouring labels before the registered domain, two and more (`netflix.com` of `netflix.com.billing.top`)."""
    before = domain.removesuffix(registrable(domain)).rstrip(".").split(".")[:MAX_LABELS]
    return (".".join(before[start:end]) for start in range(len(before)) for end in range(start + 2, len(before) + 1))


def _name(message: Message) -> set[str]:
    return {as_spelt(word.written)[0] for word in tokens(message.sender.name)[:MAX_NAME]}


def _inside(message: Message, domain: str) -> str:
    """The sender's name as a whole domain below a stranger's: Velolux, from `velolux.fr.contract-desk.net`."""
    name = _name(message)
    if name & set(label(domain).split("-")):
        return ""
    for run in runs_before(domain):
        if is_listed(run) and registrable(run) == run and set(label(run).split("-")) <= name:
            return f"The sender's domain {domain} only begins like {run}; it belongs to {registrable(domain)}."
    return ""


def _imitated(message: Message, domain: str, lures: frozenset[str]) -> str:
    """A domain that imitates the one which the mail names as the firm's: `velolux-fr.com`, and `velolux.fr` below.

    It spells that one out, is a letter or two away from it, or goes on under another suffix with words to act on.
    """
    own, named = label(domain), islice(dict.fromkeys(_named(message)), _MOST_NAMED)
    likes = (
        found
        for found in named
        if _spells_out(own, found) or misspells(own, label(found)) or _lures_on(domain, found, lures)
    )
    shown = next(likes, "")
    return (
        f"The mail names {shown} as the sender's; {domain}, which it comes from, only imitates that." if shown else ""
    )


def _spells_out(own: str, named: str) -> bool:
    """Whether a registered word is another domain's word and its suffix, or a part of that: `velolux-br`, `.com.br`."""
    stem, _, tail = own.rpartition("-")
    return own == named.replace(".", "-") or (stem == label(named) and tail in suffix(named).split("."))


def _lures_on(domain: str, named: str, lures: frozenset[str]) -> bool:
    """Whether a domain is another with words to act on behind it, and another suffix: a firm's desks share its own."""
    own, shown = label(domain), label(named)
    tail = _parts(own.removeprefix(f"{shown}-"))
    foreign = _goes_on(own, shown) and suffix(domain) != suffix(named)
    return foreign and bool(tail) and all(_lures(part, lures) for part in tail)


def _named(message: Message) -> Iterator[str]:
    """The registered domains that a mail names in its own words or links to."""
    yield from (registrable(found) for text in _own_texts(message) for found in domains_in(text))
    yield from _linked(message)


def _linked(message: Message) -> Iterator[str]:
    """The registered domains that a mail links to or shows in addresses; `mailto:` and bare numbers have none."""
    for link in message.links[:MAX_STATEMENTS]:
        with suppress(ValueError):  # no address of the web
            if found := registrable(urlsplit(link).hostname or ""):
                yield found


def begging(message: Message, domain: str) -> str:
    """Of a mail that asks for secrets: which domain it shows or links to as its own that it does not come from, or "".

    Whoever names `northmoorenergy.co.uk` as the firm's and wants a card's number from elsewhere is not the firm; nor is
    `northmoorenergy-care.com`, in whatever script the name is written.
    """
    name, own = _name(message), registrable(domain)
    in_text = (found for text in _own_texts(message) for found in registered_in(text))
    named = chain(in_text, _linked(message))
    for shown in islice(dict.fromkeys(named), _MOST_NAMED):
        if shown != own and (is_made_of(label(shown), name) or _goes_on(label(own), label(shown))):
            return f"The mail asks for secrets and names {shown} as the sender's, but comes from {own}."
    return ""


def _goes_on(own: str, shown: str) -> bool:
    """Whether a registered word is another with more behind it; a short one many begin with by chance."""
    return len(shown) >= _FEWEST_DISGUISED and own.startswith(f"{shown}-")


def _own_texts(message: Message) -> Iterator[str]:
    own = (statement.text for statement in message.statements[:MAX_STATEMENTS] if statement.voice is Voice.OWN)
    return (text[:MAX_STATEMENT] for text in own)


def is_made_of(word: str, names: Iterable[str]) -> bool:
    """Whether a registered word is made of words of a name alone: a firm's own."""
    left = word.replace("-", "")
    for name in sorted(names, key=len, reverse=True):
        left = left.replace(name, "")
    return not left


def _disguised(message: Message, domain: str) -> str:
    """A domain that spells the sender's name in letters that only look like it: Velolux, from `ve1olux.com`."""
    own = label(domain)
    for word in tokens(message.sender.name)[:MAX_NAME]:
        plain = as_spelt(word.written)[0]
        if len(plain) >= _FEWEST_DISGUISED and plain not in own and skeleton(plain) in skeleton(own):
            return f"The sender calls itself {word.written}, but its domain {domain} only looks like that."
    return ""


def lure(message: Message, domain: str, register: Register) -> tuple[str, bool]:
    """Why a domain may pose, in a sentence, or "", and whether it surely does: the sender's name and two lures.

    `velolux-account-center.com`, `velolux-accounts.support`: anybody may register that. A firm has its desks under its
    own domain; one such word (`velolux-billing.com`) some firms do have, and two some whose name holds one
    (Home Assistance, from `home-assistance-service.com`).
    """
    known, registered = register.known.lures, registrable(domain)
    parts = _parts(label(registered))
    lures = {lure for part in parts for lure in _lures(part, known)}
    lures |= {suffix(registered)} & known if lures else set()
    called = {word.folded for word in tokens(message.sender.name)[:MAX_NAME]}
    own = {part for part in parts if not _lures(part, known)}
    if len(lures) < _FEWEST_LURES or not own or not own <= called:
        return "", False
    sentence = f"Anybody could register {domain}: the sender's name, with words that tell people to act."
    return sentence, len(lures - called) >= _FEWEST_LURES


def _parts(registered: str) -> list[str]:
    """The parts of a registered word that are no mere numbers."""
    return [part for part in registered.split("-") if not part.isdigit()]


def _lures(word: str, known: frozenset[str]) -> set[str]:
    """The lures that a part of a domain is made of, run together or with a number behind them: `accountservice24`."""
    bare = word.rstrip("0123456789")
    if bare in known:
        return {bare}
    for cut in range(_SHORTEST_PART, len(bare) - _SHORTEST_PART + 1):
        if {bare[:cut], bare[cut:]} <= known:
            return {bare[:cut], bare[cut:]}
    return set()
