"""Which language a statement is in, by its small common words and its letters; the mail around it counts a little."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from cancelproof.words import Words

_MAIL_WEIGHT = 6  # common words that the rest of the mail is worth: a short line is in its mail's language


def of_statements(cuts: Sequence[Words], common: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """The language code of each statement, "" where no language on file shares a word with the mail."""
    different = {id(words): words for words in cuts}
    counted = {key: _counts(words, common) for key, words in different.items()}
    counts = [counted[id(words)] for words in cuts]
    mail: Counter[str] = Counter()
    for count in counts:
        mail.update(count)
    total = sum(mail.values()) or 1
    return tuple(_best(count, mail, total) for count in counts)


def of_mail(codes: Sequence[str], cuts: Sequence[Words]) -> str:
    """The language that most words of the mail stand in."""
    weights: Counter[str] = Counter()
    for code, words in zip(codes, cuts, strict=True):
        weights[code] += len(words)
    del weights[""]
    return weights.most_common(1)[0][0] if weights else ""


def _counts(words: Words, common: Mapping[str, frozenset[str]]) -> Counter[str]:
    """For each language the number of its common words."""
    counts: Counter[str] = Counter()
    for code, small in common.items():
        hits = sum(1 for word in words.folded if word in small)
        if hits:
            counts[code] = hits
    return counts


def _best(own: Counter[str], mail: Counter[str], total: int) -> str:
    scores = {code: own[code] + _MAIL_WEIGHT * mail[code] / total for code in mail}
    return max(scores, key=lambda code: (scores[code], code), default="")
