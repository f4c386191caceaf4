"""The third part of `make weights`: how much each sign of a name tells that it is the contract's (rules/services.yaml).

Hardly any of these signs is a rule's, so that today's are taken of all mails; of rounds that rules were mended for they
count half. Needs scikit-learn (and its SciPy).
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from logit import Lesson, learned

from cancelproof.extract import seller_of
from cancelproof.extract.choice import NONE, likeliest
from cancelproof.extract.service_signs import candidates
from cancelproof.message import read as read_message
from cancelproof.rules import Rules, load
from cancelproof.run import Mailroom
from cancelproof.words import cut
from rounds import CORPUS, LEAST, ROUNDS, RULES, TRAPS, keep_plain, labels, without

FILE = RULES / "services.yaml"
FIRST_UNSEEN = 37  # the first of the rounds that no rule was mended for before its services were learned from
OLD = 0.5  # what mails of the others count
UNNAMED = 0.5  # how much a mail counts that names no contract: labels differ in what is a name
STRENGTH = 2.0  # of what is assumed (nothing) against what is learned; from leaving one round out

_TELLING = 5  # letters of a name that are found within another's

HEAD = """\
# yaml-language-server: $schema=schema/services.json
# How much each sign of a name in a mail tells that it is the contract's (extract/which_service.py). A conditional
# logit, learned by `make weights` from {count} mails; never edited by hand.
"""


@dataclass(frozen=True)
class Named:
    """A mail's names with their signs, the service that is right (None: it names none), and how much it counts."""

    names: Mapping[str, frozenset[str]]
    right: str | None
    counts: float

    def lesson(self) -> Lesson | None:
        """What is learned from it; nothing where the right name was not found at all."""
        options = list(self.names.values())
        if self.right is None:
            return Lesson(options, (len(options),), self.counts * UNNAMED)
        places = [place for place, name in enumerate(self.names) if is_same(name, self.right)]
        places = places or [place for place, name in enumerate(self.names) if is_alike(name, self.right)]
        return Lesson(options, places, self.counts) if places else None


def is_same(name: str, right: str) -> bool:
    return cut(name).folded == cut(right).folded


def is_alike(name: str | None, right: str) -> bool:
    """Whether one says no more than the other: `Dell Support` and `Support`."""
    some, others = cut(name or "").folded, cut(right).folded
    joined = sorted(("".join(some), "".join(others)), key=len)
    said = set(some) <= set(others) or set(others) <= set(some)
    return bool(some) and (said or (len(joined[0]) >= _TELLING and joined[0] in joined[1]))


def named(folder: Path, rules: Rules, counts: float) -> Iterator[Named]:
    """The names of each mail that is about a contract."""
    room = Mailroom(rules)
    for label in labels(folder):
        if label["kind"] == "other" or label["authentic"] is False or "service" not in label:
            continue
        heard = room.classify(read_message((folder / str(label["file"])).read_bytes(), rules.marks))
        seller = seller_of(heard.sender, heard.read.lines, rules)
        found = candidates(heard.read, seller, heard.people)
        yield Named({one.name: one.signs for one in found}, label["service"], counts)


def weights_of(known: Sequence[Named]) -> dict[str, float]:
    found = learned(filter(None, (mail.lesson() for mail in known)), STRENGTH)
    return {sign: weight for sign, weight in sorted(found.items()) if abs(weight) >= LEAST or sign == NONE}


def figures(name: str, mails: Collection[Named], weights: Mapping[str, float]) -> None:
    found = [(mail.right, likeliest(mail.names, lambda sign: weights.get(sign, 0.0))) for mail in mails]
    right = sum(is_alike(given, asked) for asked, given in found if asked)
    told = sum(1 for asked, _ in found if asked)
    unasked = sum(1 for asked, given in found if asked is None and given)
    sys.stdout.write(f"{name:12} right {right}/{told}  named where none is {unasked}/{len(found) - told}\n")


def main() -> None:
    rules = load([RULES])
    numbers = sorted(int(folder.name) for folder in ROUNDS.iterdir() if folder.is_dir())
    rounds = {n: list(named(ROUNDS / str(n), rules, 1.0 if n >= FIRST_UNSEEN else OLD)) for n in numbers}
    old = list(named(CORPUS, rules, OLD))
    for number in (n for n in numbers if n >= FIRST_UNSEEN):
        figures(f"round {number}", rounds[number], weights_of([*old, *without(number, rounds, TRAPS)]))
    known = [*old, *without(0, rounds, TRAPS)]
    keep_plain(FILE, HEAD, len(known), weights_of(known))


if __name__ == "__main__":
    main()
