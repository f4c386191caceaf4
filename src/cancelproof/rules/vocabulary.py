"""Every word that a language's patterns ask for, with a number each; a word of a mail is looked up once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cancelproof.rules.pattern import Word

_LONGEST = 40  # letters of a word that are looked at; longer "words" are tokens of machines
_KEPT = 32768  # words of mails whose numbers are remembered; a language is mostly made of fewer


class Numbering:
    """Numbers the words of patterns while a language is compiled."""

    def __init__(self) -> None:
        self._numbers: dict[Word, int] = {}
        self._words: list[Word] = []

    def number(self, word: Word) -> int:
        if word not in self._numbers:
            self._numbers[word] = len(self._words)
            self._words.append(word)
        return self._numbers[word]

    def letters(self, number: int) -> int:
        """How long the word of a number is: long words are rarer."""
        return len(self._words[number].text)

    def tables(self) -> tuple[dict[str, tuple[int, ...]], ...]:
        """For whole words, beginnings, ends and insides: the numbers that each text stands for."""
        tables: tuple[dict[str, tuple[int, ...]], ...] = ({}, {}, {}, {})
        for word, number in self._numbers.items():
            table = tables[word.after + 2 * word.before]
            table[word.text] = (*table.get(word.text, ()), number)
        return tables


class Vocabulary:
    """Finds the numbers of a word of a text (`find`), by the tables of a `Numbering`."""

    def __init__(self, tables: tuple[Mapping[str, tuple[int, ...]], ...]) -> None:
        self._exact, self._starts, self._ends, self._inside = tables
        # By the first two letters: a text of a few thousand words asks for thousands of beginnings.
        self._insides_by_pair: dict[str, list[tuple[str, tuple[int, ...]]]] = defaultdict(list)
        for text, numbers in self._inside.items():
            self._insides_by_pair[text[:2]].append((text, numbers))
        self.find: Any = lru_cache(maxsize=_KEPT)(self._find)

    def _find(self, token: str) -> frozenset[int]:
        found = list(self._exact.get(token, ()))
        token = token[:_LONGEST]
        size = len(token)
        for i in range(1, size + 1):
            found += self._starts.get(token[:i], ())
            found += self._ends.get(token[size - i :], ())
        for pair in {token[i : i + 2] for i in range(size)}:
            for text, numbers in self._insides_by_pair.get(pair, ()):
                if text in token:
                    found += numbers
        return frozenset(found)
