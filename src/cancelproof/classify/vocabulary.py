"""Every word that a language's patterns ask for, with a number each; a word of a mail is looked up once."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache

from cancelproof.rules.pattern import Word

_LONGEST = 40  # letters of a word that are looked at; longer "words" are tokens of machines


class Vocabulary:
    """Numbers the words of patterns (`number`), then finds which of them a word of a text is (`find`)."""

    def __init__(self) -> None:
        self._numbers: dict[Word, int] = {}
        self._exact: dict[str, list[int]] = defaultdict(list)
        self._starts: dict[str, list[int]] = defaultdict(list)
        self._ends: dict[str, list[int]] = defaultdict(list)
        self._inside: dict[str, list[int]] = defaultdict(list)
        self.find = lru_cache(maxsize=32768)(self._find)

    def number(self, word: Word) -> int:
        if word not in self._numbers:
            number = self._numbers[word] = len(self._numbers)
            table = {
                (False, False): self._exact,
                (False, True): self._starts,
                (True, False): self._ends,
                (True, True): self._inside,
            }[word.before, word.after]
            table[word.text].append(number)
        return self._numbers[word]

    def _find(self, token: str) -> frozenset[int]:
        found = list(self._exact.get(token, ()))
        token = token[:_LONGEST]
        size = len(token)
        for i in range(1, size + 1):
            found += self._starts.get(token[:i], ())
            found += self._ends.get(token[size - i :], ())
        if self._inside:
            for word, numbers in self._inside.items():
                if word in token:
                    found += numbers
        return frozenset(found)
