"""`make weights`: learn how much each sign of a mail tells for each kind, into rules/weights.yaml.

`weights.py note ROUND…` notes what the present rules find in rounds of fresh mail (tests/rounds/ROUND/signs.jsonl).
That is done once, before anybody looks at a mistake: a rule that was mended for a mail says nothing of how far it can
be trusted on others. Of what the rules were made for (the shared corpus, golden mails, vendors' sample sentences), and
of lessons, which they were not made for, today's signs are taken. Those of rounds 23 to 52 were noted anew when signs
were added, each with the rules that had read it at first sight, and the signs of concepts were added to those of 23 to
57 when people who had seen none of them had written the concepts' words. The rules that read earlier rounds no longer
load, so that these are not learned from.

Needs scikit-learn, which nothing else of the project does.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from lessons import lessons
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from cancelproof.classify import Classifier
from cancelproof.classify.signs import ALWAYS, as_decided, of_form, of_strongest
from cancelproof.classify.weighing import likeliest
from cancelproof.extract.samples import as_mail
from cancelproof.message import read as read_message
from cancelproof.model import Kind, Message, Voice
from cancelproof.rules import Rules, load
from rounds import LEAST, MADE_FOR, RULES, TRAPS, keep, labels, note, noted, without

FILE, NOTED = RULES / "weights.yaml", "signs.jsonl"
STRENGTH = 0.4  # of what is learned against what is assumed (nothing); from leaving rounds out
OF_TRAPS = 0.3  # what a mail of a round of traps counts, which are rarer in life
OF_SAMPLES = 0.05  # what a sample sentence of a vendor's file counts: a thousand say much the same
OF_LESSONS = 1.0  # what a lesson counts that is no trap: as much as a mail
SEEN = 5  # mails that have a sign, at least, for it to be learned from

HEAD = """\
# yaml-language-server: $schema=schema/weights.json
# How much each sign of a mail tells for each kind (a logistic regression; classify/weighing.py). Learned by
# `make weights` from what the rules found in {count} mails; never edited by hand. A sign is what the strongest
# statement says (`decided`), a statement of a kind (`firm`, `hint`, `guarded`, `in subject`), a topic, a list's word.
"""


@dataclass(frozen=True)
class Mail:
    """A labelled mail: its signs, the kinds that are right, and how much it counts."""

    signs: frozenset[str]
    kinds: tuple[str, ...]
    counts: float = 1.0


def signs_now(folder: Path, rules: Rules) -> dict[str, list[str]]:
    """The signs that the present rules find in each mail of a folder."""
    classifier = Classifier(rules)
    return {str(label["file"]): sorted(classifier.signs(_message(folder, label, rules))) for label in labels(folder)}


def signs_to_note(folder: Path, rules: Rules) -> Iterator[dict[str, object]]:
    """The signs of each mail of a folder but those of what it speaks of together, which are told anew each time."""
    classifier = Classifier(rules)
    for label in labels(folder):
        message = _message(folder, label, rules)
        signs = sorted(classifier.signs(message).keys() - classifier.pair_signs(message))
        yield {"file": str(label["file"]), "signs": signs}


def _message(folder: Path, label: Mapping[str, Any], rules: Rules) -> Message:
    return read_message((folder / str(label["file"])).read_bytes(), rules.marks).judged


def signs_noted(folder: Path, rows: Sequence[Mapping[str, Any]], rules: Rules) -> dict[str, list[str]]:
    """The signs that were noted of a round, with those that no rule has a part in, as they are told today.

    A mail that no rule came near has no others. What is spoken of together is never noted: a mail has hundreds of them.
    """
    classifier = Classifier(rules)
    noted_of = {row["file"]: row["signs"] for row in rows}
    found = {}
    for label in labels(folder):
        message, signs = _message(folder, label, rules), noted_of[label["file"]]
        own = [one for one in message.statements if one.voice is Voice.OWN]
        told = {*of_form(own), *of_strongest(signs), *classifier.pair_signs(message)} if signs else ()
        found[label["file"]] = sorted({*signs, *told} if signs else classifier.far_signs(message))
    return found


def mails(folder: Path, signs: Mapping[str, Sequence[str]], counts: float = 1.0) -> list[Mail]:
    """The mails that are weighed at all; what the owner wrote is not."""
    return [
        Mail(frozenset(found), (str(label["kind"]), *label["accept"]), counts)
        for label in labels(folder)
        if (found := signs[str(label["file"])]) and label["kind"] != Kind.REQUEST
    ]


def samples(rules: Rules) -> list[Mail]:
    """The sample sentences of vendors' files: a mail may say no more than one of these."""
    classifier = Classifier(rules)
    found = []
    for vendor in rules.vendors:
        silent = ((code, Kind.OTHER.value, text) for code, text in vendor.silent)
        for _, kind, text in (*vendor.examples, *silent):
            if (signs := classifier.signs(as_mail(vendor, text))) and kind != Kind.REQUEST:
                found.append(Mail(frozenset(signs), (kind,), OF_SAMPLES))
    return found


def taught(rules: Rules) -> list[Mail]:
    """The lessons, as today's rules read them: they were made for none. What the owner writes is not weighed."""
    classifier = Classifier(rules)
    found = []
    for lesson in lessons():
        if lesson.kinds[0] == Kind.REQUEST:
            continue
        message = read_message(lesson.raw, rules.marks).judged
        signs = classifier.signs(message) or classifier.far_signs(message)
        found.append(Mail(frozenset(signs), lesson.kinds, OF_TRAPS if lesson.is_trap else OF_LESSONS))
    return found


def learned(known: Sequence[Mail]) -> dict[str, dict[str, float]]:
    """The weights by sign and kind."""
    vectors = DictVectorizer()
    seen = Counter(chain.from_iterable(mail.signs for mail in known))
    often = {sign for sign, count in seen.items() if count >= SEEN}
    table = vectors.fit_transform([dict.fromkeys(mail.signs & often, 1) for mail in known])
    model = LogisticRegression(C=STRENGTH, max_iter=5000)
    model.fit(table, [mail.kinds[0] for mail in known], sample_weight=[mail.counts for mail in known])
    kinds = [str(kind) for kind in model.classes_]
    weights = {ALWAYS: dict(zip(kinds, model.intercept_, strict=True))}
    for column, sign in enumerate(vectors.feature_names_):
        weights[sign] = dict(zip(kinds, model.coef_[:, column], strict=True))
    return {
        sign: kept
        for sign, each in weights.items()
        if (kept := {kind: round(float(w), 2) for kind, w in each.items() if abs(w) >= LEAST or sign == ALWAYS})
    }


def kind_of(signs: Collection[str], weights: Mapping[str, Mapping[str, float]]) -> str:
    """The kind that signs speak for, as the program takes it."""
    return likeliest(signs, {sign: {Kind(kind): w for kind, w in each.items()} for sign, each in weights.items()})


def figures(name: str, asked: Sequence[Mail], weights: Mapping[str, Mapping[str, float]] | None) -> None:
    """Print how many kinds are right; by the strongest statement alone where there are no weights."""
    right = given = truly = 0
    for mail in asked:
        decided = next(kind for kind in Kind if as_decided(kind) in mail.signs)
        kind = kind_of(mail.signs, weights) if weights else decided
        right += kind in mail.kinds
        given += kind == "closure"
        truly += kind == "closure" and "closure" in mail.kinds
    closures = sum(mail.kinds[0] == "closure" for mail in asked)
    sys.stdout.write(
        f"{name:22} {len(asked)} mails  kind {right / len(asked):.3f}  closures: recall {truly / closures:.3f} "
        f"precision {truly / max(given, 1):.3f}\n"
    )


def main(words: Sequence[str]) -> None:
    rules = load([RULES])
    if words[:1] == ["note"]:
        note(words[1:], NOTED, lambda folder: signs_to_note(folder, rules))
        return
    made_for = (
        samples(rules)
        + taught(rules)
        + [mail for folder in MADE_FOR for mail in mails(folder, signs_now(folder, rules))]
    )
    rounds = {
        number: mails(folder, signs_noted(folder, rows, rules), OF_TRAPS if number in TRAPS else 1.0)
        for number, (folder, rows) in noted(NOTED).items()
    }
    for number, asked in rounds.items():
        weights = learned([*made_for, *without(number, rounds)])
        figures(f"round {number}, strongest", asked, None)
        figures(f"round {number}, weighed", asked, weights)
    known = [*made_for, *chain.from_iterable(rounds.values())]
    keep(FILE, HEAD, len(known), learned(known))


if __name__ == "__main__":
    main(sys.argv[1:])
