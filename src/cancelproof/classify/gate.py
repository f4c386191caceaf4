"""The gate: whether a mail could say anything about a contract, told from its text alone.

Reading is dear, and of a hundred mails three speak of contracts. The gate asks what the careful reading would ask, but
less: does any rule match, if every guard were silent and a statement any stretch of words?
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain

from cancelproof.classify import tongue
from cancelproof.classify.sieve import MOST_KEPT, Sieve
from cancelproof.rules.values import Rules
from cancelproof.words import cut

_FEWEST_COMMON = 3  # different common words that make a language one of the mail's …
_LEAST_SHARE = 4  # … and at least a quarter as many as its main language has
_MANY = 12  # common words of a language beside which the few that only one language has count for little
_BETWEEN = "\x1e"  # pieces; no text has it in it (`message.skim`)
_APART = bytes(
    c if chr(c).isalnum() or c > 127 or c in {ord("$"), ord(_BETWEEN)} else 32 for c in range(256)
)  # ASCII letters and digits stay; so does UTF-8


@dataclass(frozen=True)
class Gate:
    """Built once from the rules; `may_say` is asked for each mail."""

    rules: Rules
    _tongues: dict[bytes, tuple[str, ...]] = field(default_factory=dict)
    _sieves: dict[str, Sieve] = field(default_factory=dict)
    _common: tongue.Tongues = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_common", tongue.tongues(self.rules.common))

    def may_say(self, pieces: Sequence[str], *, by_owner: bool = False) -> bool:
        """Whether the careful reading of a mail with these pieces of text could find more than `other`.

        `by_owner` says that the owner may have written it.
        """
        words = _BETWEEN.join(pieces).encode("utf-8", "replace").lower().translate(_APART).split(_BETWEEN.encode())
        if len(words) != len(pieces):  # a mail with the mark in it is for the careful reading
            return True
        cuts = [(piece, found.split()) for piece, found in zip(pieces, words, strict=True)]
        different = frozenset(chain.from_iterable(words for _, words in cuts))
        return any(self.sieve(code).may_say(cuts, different, by_owner=by_owner) for code in self._languages(different))

    def _languages(self, words: frozenset[bytes]) -> list[str]:
        tongues = self._tongues
        if len(tongues) > MOST_KEPT:
            tongues.clear()
        for word in words.difference(tongues):
            tongues[word] = self._tongues_of(word)
        shared = [found for word in words if (found := tongues[word])]
        counts = Counter(chain.from_iterable(shared))
        most = max(counts.values(), default=0)
        fewest = min(most, max(_FEWEST_COMMON, most // _LEAST_SHARE))
        codes = [code for code, count in counts.most_common() if count >= fewest]
        if most < _MANY:
            weights = tongue.weights(shared)
            least = max(weights.values(), default=0) // _LEAST_SHARE
            codes += [code for code, weight in weights.most_common() if weight >= least and code not in codes]
        return [code for code in codes if most - counts[code] < _FEWEST_COMMON or _is_apart(code, codes[0], shared)]

    def _tongues_of(self, word: bytes) -> tuple[str, ...]:
        folded = cut(word.decode("utf-8", "replace")).folded
        return tuple(dict.fromkeys(code for part in folded for code in self._common.get(part, ())))

    def sieve(self, code: str) -> Sieve:
        if code not in self._sieves:
            self._sieves[code] = Sieve(code, self.rules)
        return self._sieves[code]


def _is_apart(code: str, main: str, shared: Sequence[tuple[str, ...]]) -> bool:
    """Whether a mail has a common word of a language that is none of its main language's.

    Without one no statement is in it, what is quoted aside: in each the main one counts as much, and in the mail
    around it more (`tongue.of_statements`).
    """
    return any(code in codes and main not in codes for codes in shared)
