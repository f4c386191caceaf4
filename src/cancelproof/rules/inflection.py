"""From the dictionary form of a word to all its forms, by the tables that a language file gives.

A conjugation names the ending of a dictionary form and, for each form, the endings that replace it; `~` marks the stem
where something also stands before it: `ge~t`. A bar marks a separable prefix: `ab|melden`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice, product

from cancelproof.rules.pattern import Gap, PatternFault, Sequence, Word, words_of
from cancelproof.words import fold

MOST_FORMS = 64


@dataclass(frozen=True, slots=True)
class Grammar:
    """How a language inflects. `endings` are those of nouns; `compounds` lets words stand before a noun."""

    endings: tuple[str, ...] = ("",)
    compounds: bool = False
    conjugations: Mapping[str, Mapping[str, tuple[str, ...]]] = ()  # type: ignore[assignment]  # an empty table
    irregular: Mapping[str, Mapping[str, tuple[str, ...]]] = ()  # type: ignore[assignment]  # an empty table


def thing_forms(phrase: str, grammar: Grammar) -> tuple[Sequence, ...]:
    """All forms of a noun phrase; `=` before a phrase, or a `*` in it, keeps it as it stands."""
    if phrase.startswith("=") or "*" in phrase:
        return (words_of(phrase.removeprefix("=")),)
    words = words_of(phrase)
    forms = [[_ended(word, ending) for ending in grammar.endings] for word in words]
    if grammar.compounds and len(words[0].text) > 3:
        forms[0] = [Word(word.text, before=True) for word in forms[0]]
    return tuple(islice(product(*forms), MOST_FORMS))


def _ended(word: Word, ending: str) -> Word:
    """A word with an ending; an ending `y>ies` replaces the end of the word where it has it."""
    if ">" in ending:
        old, new = map(fold, ending.split(">", 1))
        return Word(word.text.removesuffix(old) + new if word.text.endswith(old) else word.text)
    return Word(word.text + fold(ending))


def verb_forms(lemma: str, grammar: Grammar) -> dict[str, tuple[Sequence, ...]]:
    """The forms of a verb or verbal phrase by name; raises PatternFault where no table fits."""
    first, _, rest = lemma.partition(" ")
    prefix, bar, verb = first.rpartition("|")
    tail = words_of(rest) if rest else ()
    forms: dict[str, tuple[Sequence, ...]] = {}
    for name, words in _conjugated(verb, prefix if bar else "", grammar).items():
        gap: Sequence = (Gap(3),) if tail else ()
        forms[name] = tuple((*sequence, *gap, *tail) for sequence in words)
    return forms


def _conjugated(verb: str, prefix: str, grammar: Grammar) -> dict[str, tuple[Sequence, ...]]:
    if verb in grammar.irregular:
        table = grammar.irregular[verb]
        return {name: _placed([fold(form) for form in forms], prefix) for name, forms in table.items()}
    ending = next((e for e in sorted(grammar.conjugations, key=len, reverse=True) if verb.endswith(e)), None)
    if ending is None:
        raise PatternFault(f"{verb!r} ends like no conjugation here: add one, or its forms under `irregular`")
    stem = verb.removesuffix(ending)
    table = grammar.conjugations[ending]
    return {name: _placed([_formed(stem, end) for end in ends], prefix) for name, ends in table.items()}


def _formed(stem: str, ending: str) -> str:
    return fold(ending.replace("~", stem) if "~" in ending else stem + ending)


def _placed(forms: list[str], prefix: str) -> tuple[Sequence, ...]:
    """Forms with a separable prefix: joined to the verb, or after it at the end of the clause."""
    if not prefix:
        return tuple(words_of(form) for form in forms)
    joined = tuple(words_of(fold(prefix) + form) for form in forms)
    return joined + tuple((*words_of(form), Gap(8), *words_of(prefix)) for form in forms)
