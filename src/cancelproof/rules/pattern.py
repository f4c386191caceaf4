"""The pattern language of the rule files, read into values. docs/rules.md explains it to translators.

    votre <contract> .. <end.done>     words, lists, up to three words between
    <contract> & <end.done>            parts that stand in one sentence in any order
    bien? annul*  plan|offre           an optional word, a beginning, alternatives
    {date} {when} {money} {number}     a mention of a date, a date or a word for one, a sum, a number
    {count}                            a number in digits, or a word for a small one
    {name}                             words written with capitals, as names are
    ^ $                                the beginning and the end of the statement

Everything is bounded: a match takes time linear in the statement for a given pattern, whatever text or rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

from cancelproof.words import cut

MENTIONS = ("date", "when", "money", "number", "count", "name")
_GAP = re.compile(r"\.\.(\d{0,2})")
_NAME = re.compile(r"<([a-z_]+)(?:\.([a-z_,]+))?>")


@dataclass(frozen=True, slots=True)
class Word:
    """A word to find: exactly, or by its beginning, end or middle (`annul*`, `*vertrag`, `*kündig*`)."""

    text: str
    before: bool = False  # letters may stand before it
    after: bool = False  # letters may stand after it


@dataclass(frozen=True, slots=True)
class Gap:
    """Up to `most` words of any kind."""

    most: int


@dataclass(frozen=True, slots=True)
class Mention:
    """A date, a sum or a number, found by `mentions`."""

    what: str


@dataclass(frozen=True, slots=True)
class Edge:
    """The beginning or the end of the statement."""

    end: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several sequences. `name` is the list that it came from, or ""."""

    name: str
    options: tuple[Sequence, ...]
    optional: bool = False

    def __hash__(self) -> int:
        """Of a list its name alone: it may hold thousands of sequences, and is looked up for every pattern."""
        return hash((self.name or self.options, self.optional))


Item = Word | Gap | Mention | Edge | Choice
Sequence = tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern as written, and its parts: each must match, in one sentence, without overlapping."""

    source: str
    parts: tuple[Sequence, ...]


class PatternFault(ValueError):
    """What is wrong with a pattern, in words for the person who wrote it."""


Lists = Mapping[str, tuple[Sequence, ...]]


def words_of(text: str) -> tuple[Word, ...]:
    """The words of a phrase without operators; `*` marks an open end."""
    open_start, open_end = text.startswith("*"), text.endswith("*")
    bare = text.strip("*")
    found = (bare.lower(),) if bare.isascii() and bare.isalpha() else cut(bare).folded  # the most are one plain word
    if not found or "*" in bare:
        raise PatternFault(f"{text!r} holds no word, or a * inside a word")
    last = len(found) - 1
    return tuple(Word(w, before=open_start and i == 0, after=open_end and i == last) for i, w in enumerate(found))


def parse(source: str, lists: Lists, known: Callable[[str], Iterable[str]] = lambda _: ()) -> Pattern:
    """Read a pattern; raises PatternFault. `known` offers names alike for "did you mean"."""
    parts = tuple(tuple(_items(part, lists, known)) for part in source.split(" & "))
    for part in parts:
        if not any(isinstance(i, Word | Mention) or (isinstance(i, Choice) and not i.optional) for i in part):
            raise PatternFault(f"{source!r}: each part needs at least one word that must stand there")
    if len(parts) > 4:
        raise PatternFault(f"{source!r}: more than four parts")
    return Pattern(source, parts)


def _items(part: str, lists: Lists, known: Callable[[str], Iterable[str]]) -> Iterable[Item]:
    for written in part.split():
        optional = written.endswith("?")
        token = written.removesuffix("?")
        yield from _item(token, lists, known, optional=optional)


def _item(token: str, lists: Lists, known: Callable[[str], Iterable[str]], *, optional: bool) -> Iterable[Item]:
    options = [tuple(_option(option, lists, known)) for option in token.split("|")]
    if len(options) == 1 and not optional:
        yield from options[0]
    elif any(isinstance(option[0], Gap | Edge) for option in options):
        raise PatternFault(f"{token!r}: a gap, ^ or $ is no alternative and not optional")
    else:
        yield Choice("", tuple(options), optional)


def _option(token: str, lists: Lists, known: Callable[[str], Iterable[str]]) -> Iterable[Item]:
    if gap := _GAP.fullmatch(token):
        yield Gap(int(gap[1] or 3))
    elif token in {"^", "$"}:
        yield Edge(end=token.endswith("$"))
    elif token.startswith("{"):
        if token.strip("{}") not in MENTIONS:
            raise PatternFault(f"{token} is none of {', '.join('{' + m + '}' for m in MENTIONS)}")
        yield Mention(token.strip("{}"))
    elif token.startswith("<"):
        yield _named(token, lists, known)
    else:
        yield from words_of(token)


def _named(token: str, lists: Lists, known: Callable[[str], Iterable[str]]) -> Choice:
    found = _NAME.fullmatch(token)
    if not found:
        raise PatternFault(f"{token!r} is no list: write <contract> or <end.done>")
    names = [f"{found[1]}.{form}" for form in found[2].split(",")] if found[2] else [found[1]]
    for name in names:
        if name not in lists:
            near = next(iter(known(name)), "")
            raise PatternFault(f"no list is called {name!r}" + (f", did you mean {near!r}?" if near else ""))
    return Choice(token.strip("<>"), lists[names[0]] if len(names) == 1 else tuple(chain(*(lists[n] for n in names))))
