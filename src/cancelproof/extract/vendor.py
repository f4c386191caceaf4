"""Who the contract is with: by the domain that wrote, by the names on file, else by how the mail names its sender.

A platform (a store, a payment service) writes about a contract with another: the mail names that one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from cancelproof.classify import Line
from cancelproof.domains import registrable
from cancelproof.extract.names import proper_after
from cancelproof.model import Address, Fact, Message
from cancelproof.rules.values import Rules, Vendor
from cancelproof.words import as_spelt, cut, fold

_PARTS = re.compile(r"\s+[-–—|·:/]\s+|[()\[\],|]|\s*[–—]\s*")
_ADDRESS = re.compile(r"\S+@\S+")
_LABELS = ("service", "total", "part", "charged", "renews", "order_number", "case_number", "other_number", "one_off")
_APP = re.compile(r"\(([^():–|]{2,40}?)\s*[:–|][^()]{1,60}\)")
_FITS = 100  # how well a name fits that stands in the domain, at least
_FEWEST = 3  # letters of a name that may be looked for inside a domain


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose words a mail is, before it is read: the vendor on file (if any), a name and the registrable domain.

    `guessed` where the name is only the domain's word.
    """

    vendor: Vendor | None
    name: str
    domain: str
    guessed: bool = False

    @property
    def id(self) -> str:
        return self.vendor.id if self.vendor else ""


def sender_of(message: Message, rules: Rules) -> Sender:
    """Name the sender of a mail, from its From alone."""
    address = message.sender
    domain = registrable(address.domain)
    if name := _written_for(address.name, fold(_label(domain, rules)), rules.senders.through):
        return Sender(None, name, domain)  # which is the carrier's: nothing shows that it may speak for the other
    # Anybody can have an address at a provider that is a vendor too: there the name decides.
    owner = None if domain in rules.senders.freemail else rules.by_domain.get(domain)
    vendor = owner or _by_name(address.name, rules)
    if vendor:
        return Sender(vendor, _as_called(address.name, vendor) if owner else vendor.name, domain)
    name = _own_name(address, domain, rules)
    return Sender(None, name or _title(_label(domain, rules)), domain, guessed=not name)


def _written_for(display: str, label: str, through: Collection[str]) -> str:
    """Whom the owner of the domain writes for, as lists and billing services say: `Trellis Uptime via Paylane`."""
    words = display.split()
    place = next((n for n, word in enumerate(words) if word in through), 0)
    carrier = cut(" ".join(words[place + 1 :])).folded if place else ()
    own = any(len(word) >= _FEWEST and word in label for word in carrier)
    return " ".join(words[:place]).strip("\"' ") if own else ""


def _by_name(display: str, rules: Rules) -> Vendor | None:
    """A vendor whose name the display name bears, with nothing beside it but its services and words for a desk.

    `Adobe Creative Cloud <…@outlook.com>` poses as Adobe; `Sky Garden Ltd` and `Tim Baker` are nobody's but their own.
    """
    words = cut(display).folded
    named = rules.by_name.get(words[0], ()) if words else ()
    fair = [
        (len(name), vendor)
        for name, vendor in named
        if words[: len(name)] == name and set(words[len(name) :]) <= rules.sender_words | _own_words(vendor)
    ]
    return max(fair, key=lambda pair: pair[0])[1] if fair else None


def _as_called(display: str, vendor: Vendor) -> str:
    """The vendor's name on file that the display name is; its usual name where that only has more behind it.

    `RED by SFR <…@red-by-sfr.fr>` is what the owner has a contract with, whoever stands behind it.
    """
    called, usual = cut(display).folded, cut(vendor.name).folded
    same = (name for name in vendor.names if cut(name).folded == called)
    return vendor.name if called[: len(usual)] == usual else next(same, vendor.name)


def _own_words(vendor: Vendor) -> frozenset[str]:
    return frozenset(word for name in (*vendor.names, *vendor.services) for word in cut(name).folded)


def _own_name(address: Address, domain: str, rules: Rules) -> str:
    """The display name without what only says which desk or whose hand wrote; "" where no more is left."""
    noise = rules.sender_words
    parts = [part.strip() for part in _PARTS.split(_ADDRESS.sub("", address.name).strip("\"' ")) if part.strip()]
    target = fold(_label(domain, rules)).replace("-", "")
    fit, named = max((_named(part, target, noise) for part in parts), default=(0, ""), key=lambda pair: pair[0])
    return "" if fit < _FITS and target and _is_person(address) else named


def _label(domain: str, rules: Rules) -> str:
    """The domain's own word; "" where the domain is a provider's or carrier's."""
    strange = domain in rules.senders.freemail or domain in rules.senders.carriers
    return "" if strange else domain.split(".", maxsplit=1)[0]


def _is_person(address: Address) -> bool:
    """Whether a mailbox is a person's own, and no more is said: `Tom <tom@…>`, `Tom Reed <t.reed@…>`, `T. Reed`."""
    if any(word.islower() for word in address.name.split()):  # Marta from Fieldnotes
        return False
    words = ["".join(cut(word).folded) for word in address.name.split()]
    local = fold(address.mailbox.rpartition("@")[0])
    first, last = (words[0], words[-1]) if words else ("", "")
    spelt = {first[:1] + last, first + last} if len(words) > 1 else set()
    initials = len(words) > 1 and all(len(word) == 1 for word in words[:-1]) and len(last) > 1
    return initials or local in words or re.sub(r"[._-]", "", local) in spelt


def _named(part: str, label: str, noise: frozenset[str]) -> tuple[int, str]:
    """How well a part of a display name fits the domain, and the words of it that name the vendor."""
    words = part.split()
    folded = [next((w for w in as_spelt(word) if w in label), "".join(cut(word).folded)) for word in words]
    inside = [i for i, word in enumerate(folded) if len(word) >= _FEWEST and word in label]
    if inside and label:
        first, last = _stretch(folded, inside, noise)
        fit = sum(len(folded[i]) for i in inside)
        return _FITS + fit, " ".join(words[first:last])
    first, last = 0, len(words)
    while first < last and (folded[first] in noise or not folded[first]):
        first += 1
    while last > first and (folded[last - 1] in noise or not folded[last - 1]):
        last -= 1
    kept = words[first:last] if first < last else []
    return (1 + len(kept) if kept else 0), " ".join(kept)


def _stretch(folded: Sequence[str], inside: Sequence[int], noise: frozenset[str]) -> tuple[int, int]:
    """From the words found in the domain outwards to the whole name: the desk's words end it."""
    first, last = inside[0], inside[-1] + 1
    while (
        first > 0 and folded[first - 1] and (folded[first - 1] not in noise or (first - 1 == 0 and len(folded[0]) <= 3))
    ):
        if folded[first - 1] in noise and len(folded[first - 1]) > 3:
            break
        first -= 1
    while last < len(folded) and folded[last] and folded[last] not in noise:
        last += 1
    return first, last


def _title(label: str) -> str:
    return " ".join(word.capitalize() for word in label.split("-"))


# ---------------------------------------------------------------- platforms


def labelled(sender: Sender, lines: Sequence[Line]) -> Fact[str] | None:
    """The vendor in a row labelled so, whom a store sells for: `App | Tidewatch - tide tables`."""
    rows = [(rank, line) for line in lines if (rank := _rank(line, sender)) is not None]
    for _, line in sorted(rows, key=lambda row: (row[0], row[1].index)):
        cell = line.statement.cells[1]
        if (name := _product(cell)) and not _is_own(name, sender):
            return Fact(value=name, raw=cell, statement=line.index)
    return None


def behind_platform(sender: Sender, lines: Sequence[Line]) -> Fact[str] | None:
    """The vendor that a platform's mail names: in a row labelled so, else after words such as "your payment to"."""
    if found := labelled(sender, lines):
        return found
    for line in lines:
        if (app := _app_in(line.statement.text)) and not _is_own(app, sender):
            return Fact(value=app, raw=app, statement=line.index)
    for line in lines:
        for _, last in line.reader.cues(line.looked, "vendor_of"):
            name = proper_after(line, last)
            if name and not _is_own(name, sender):
                return Fact(value=name, raw=name, statement=line.index)
    described = (_described(line) or _sold(line) for line in lines)
    return next((row for row in described if row and not _is_own(row.value, sender)), None)


def _app_in(text: str) -> str:
    """The app in brackets behind what it sells: `Zancada Runner Pro (Zancada: plan de carrera)`."""
    return next((app[1] for app in _APP.finditer(text) if app[1].split()[0] in text[: app.start()].split()), "")


def _is_own(name: str, sender: Sender) -> bool:
    """Whether a platform sells this itself: `Google One`, `Microsoft 365 Family`."""
    own = (sender.vendor.name, *sender.vendor.names, *sender.vendor.services) if sender.vendor else (sender.name,)
    words = cut(name).folded
    return any(words[: len(mine)] == mine for written in own if (mine := cut(written).folded))


def _described(line: Line) -> Fact[str] | None:
    """A row that only says what a product is: `Nightjar | Sleep & Night Sounds`; no number, no address, no label."""
    cells = line.statement.cells
    plain = len(cells) == 2 and not any(c.isdigit() or c == "@" for cell in cells for c in cell)
    if not plain or any(line.reader.cues(line.looked, cue) for cue in _LABELS):
        return None
    return Fact(value=_product(cells[0]), raw=cells[0], statement=line.index)


def _sold(line: Line) -> Fact[str] | None:
    """A row that puts a price to a product that it describes: `Randoroc - maps and tracks | 34,99 €`."""
    cells = line.statement.cells
    named = len(cells) == 2 and bool(line.looked.mentions["money"]) and _product(cells[0]) != cells[0].strip()
    if not named or any(line.reader.cues(line.looked, cue) for cue in ("total", "part")):
        return None
    return Fact(value=_product(cells[0]), raw=cells[0], statement=line.index)


def named_domain(fact: Fact[str]) -> str:
    """The registrable domain of an address beside a vendor's name: `Wimpletide Maps, help@wimpletide.example`."""
    found = _ADDRESS.search(fact.raw)
    return registrable(found[0].rpartition("@")[2].rstrip(".,;)>")) if found else ""


def _rank(line: Line, sender: Sender) -> int | None:
    """How well a row's label fits: by its place among the platform's, then the language's; None if not."""
    cells = line.statement.cells
    if len(cells) < 2:
        return None
    labels = [fold(label) for label in sender.vendor.labels] if sender.vendor else []
    label = fold(cells[0].strip(" :"))
    if label in labels:
        return labels.index(label)
    words = len(line.reader.cut(cells[0]))
    return len(labels) if (0, words) in line.reader.cues(line.looked, "vendor") else None


def _product(cell: str) -> str:
    """`Slumberfox: Sleep Stories` is Slumberfox; the rest describes it."""
    return re.split(r"\s*[:(–—|]\s*|\s-\s|,?\s+\S+@", cell, maxsplit=1)[0].strip(" ,;")
