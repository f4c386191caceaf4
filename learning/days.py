"""The second half of `make weights`: how much each sign of a day tells that it is the one asked for (rules/days.yaml).

`days.py note ROUND…` notes the signs that the present rules find in rounds of fresh mail, once, before anybody looks at
a mistake (tests/rounds/ROUND/days.jsonl; see weights.py). Needs scikit-learn (and its SciPy).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from logit import Lesson, learned

from cancelproof.entries import day_of
from cancelproof.extract import named_days, sender_of
from cancelproof.extract.choice import NONE, likeliest
from cancelproof.extract.day_signs import candidates
from cancelproof.extract.which_day import tells_in
from cancelproof.message import read as read_message
from cancelproof.model import Kind
from cancelproof.rules import Rules, load
from cancelproof.run import Mailroom
from rounds import LEAST, MADE_FOR, ROUNDS, RULES, TRAPS, keep, labels, note, noted, without

FILE, NOTED = RULES / "days.yaml", "days.jsonl"
ASKED = {"closure": "effective_on", "renewal": "effective_on", "receipt": "charged_on", "refund": "charged_on"}
FIRST_NOTED = 14  # the rounds before were mended for before days were noted: they count half
OLD = 0.5
STRENGTH = 1.0  # of what is assumed (nothing) against what is learned; from leaving one round out
UNSTATED = 2.0  # how much a mail counts that names no such day: there are few
WITHHELD = 0.05  # … and how much one from which the right day was taken, to learn that no other is it

HEAD = """\
# yaml-language-server: $schema=schema/days.json
# How much each sign of a day tells that it is the one a mail of a kind is about (extract/which_day.py): the end of a
# closure, the day of a renewal, the debit of a receipt or refund. A conditional logit, learned by `make weights` from
# {count} mails; never edited by hand.
"""


@dataclass(frozen=True)
class Asked:
    """A mail whose kind was read right: the signs of each day that it names, the right one ("": none), its weight."""

    kind: str
    days: Mapping[str, Sequence[str]]
    right: str
    counts: float = 1.0


def days_now(folder: Path, rules: Rules) -> Iterable[dict[str, object]]:
    """The signs of the days of each mail whose kind the present rules read right."""
    room = Mailroom(rules)
    for label in labels(folder):
        kind = str(label["kind"])
        if kind not in ASKED:
            continue
        whole = read_message((folder / str(label["file"])).read_bytes(), rules.marks)
        message = whole.judged
        read = room.classifier.read(message)
        if read.decision.kind != kind:
            continue
        mailed = day_of(message if message.date else whole, None)
        found = candidates(read, named_days(read, sender_of(message, rules), mailed), mailed)
        days = {candidate.value.isoformat(): sorted(candidate.signs) for candidate in found}
        yield {"file": label["file"], "kind": kind, "days": days}


def asked(folder: Path, rows: Iterable[Mapping[str, object]], counts: float) -> list[Asked]:
    right = {label["file"]: label[ASKED[str(label["kind"])]] for label in labels(folder) if label["kind"] in ASKED}
    return [Asked(str(row["kind"]), row["days"], str(right[row["file"]] or ""), counts) for row in rows]  # type: ignore[arg-type]


def lessons(known: Sequence[Asked]) -> Iterable[Lesson]:
    """What is learned from."""
    for mail in known:
        if mail.right and mail.right not in mail.days:
            continue  # the day was not read at all: nothing to choose
        place = list(mail.days).index(mail.right) if mail.right else len(mail.days)
        yield Lesson(list(mail.days.values()), (place,), mail.counts * (1 if mail.right else UNSTATED))
        others = [signs for day, signs in mail.days.items() if day != mail.right]
        if mail.right and others:
            yield Lesson(others, (len(others),), mail.counts * WITHHELD)


def weights_of(known: Sequence[Asked]) -> dict[str, dict[str, float]]:
    """The weights by sign and kind."""
    weights: dict[str, dict[str, float]] = {}
    for kind in ASKED:
        for sign, weight in learned(lessons([mail for mail in known if mail.kind == kind]), STRENGTH).items():
            if abs(weight) >= LEAST or sign == NONE:
                weights.setdefault(sign, {})[kind] = weight
    return dict(sorted(weights.items()))


def figures(name: str, mails: Sequence[Asked], weights: Mapping[str, Mapping[str, float]]) -> None:
    by_kind = {sign: {Kind(kind): w for kind, w in each.items()} for sign, each in weights.items()}
    told = []
    for kind in ASKED:
        tells = tells_in(Kind(kind), by_kind)
        those = [mail for mail in mails if mail.kind == kind and mail.right]
        right = sum(likeliest(mail.days, tells) == mail.right for mail in those)
        told.append(f"{kind} {right}/{len(those)}")
    sys.stdout.write(f"{name:12} {'  '.join(told)}\n")


def _taught(number: int, mails: Sequence[Asked]) -> list[Asked]:
    """What is learned from a round: of traps the ends alone, which they teach to tell; other days they only blur."""
    return [mail for mail in mails if number not in TRAPS or mail.kind == Kind.CLOSURE]


def main(words: Sequence[str]) -> None:
    rules = load([RULES])
    if words[:1] == ["note"]:
        note(words[1:], NOTED, lambda folder: days_now(folder, rules))
        return
    rounds = {number: asked(folder, rows, 1.0) for number, (folder, rows) in noted(NOTED).items()}
    taught = {number: _taught(number, mails) for number, mails in rounds.items()}
    before = (ROUNDS / str(number) for number in range(1, FIRST_NOTED))
    made_for = dict.fromkeys((*MADE_FOR, *before))
    old = [mail for folder in made_for for mail in asked(folder, days_now(folder, rules), OLD)]
    for number, mails in rounds.items():
        figures(f"round {number}", mails, weights_of([*old, *without(number, taught)]))
    known = [*old, *without(0, taught)]
    keep(FILE, HEAD, len(known), weights_of(known))


if __name__ == "__main__":
    main(sys.argv[1:])
