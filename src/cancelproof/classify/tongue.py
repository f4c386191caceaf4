"""Which language a statement is in, by its small common words; the mail around it counts a little.

A word tells the more the fewer languages share it: `your` is English, `is` is English, Dutch and Hungarian.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from cancelproof.words import Words

_MAIL_WEIGHT = 6  # common words that the rest of the mail is worth: a short line is in its mail's language
_WHOLE = 60  # the weight of a word that one language alone has; most shares of it are whole numbers

#: The languages of each common word.
Tongues = Mapping[str, tuple[str, ...]]


def tongues(common: Mapping[str, frozenset[str]]) -> Tongues:
    """The languages of each word that is common in any."""
    found: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for code, small in common.items():
        for word in small:
            found[word] += (code,)
    return dict(found)


def of_statements(cuts: Sequence[Words], known: Tongues) -> tuple[str, ...]:
    """The language code of each statement, "" where no language on file shares a word with the mail."""
    different = {id(words): words for words in cuts}
    counted = {key: weights(known.get(word, ()) for word in words.folded) for key, words in different.items()}
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


def weights(shared: Iterable[Sequence[str]]) -> Counter[str]:
    """For each language what words say for it, each given by the languages that share it."""
    counts: Counter[str] = Counter()
    for codes in shared:
        for code in codes:
            counts[code] += _WHOLE // len(codes)
    return counts


def _best(own: Counter[str], mail: Counter[str], total: int) -> str:
    scores = {code: own[code] + _MAIL_WEIGHT * _WHOLE * mail[code] / total for code in mail}
    return max(scores, key=lambda code: (scores[code], code), default="")
