"""A vendor file to begin with, made of one mail: who wrote it, and a rule of the sentence that should have decided."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from cancelproof import mentions
from cancelproof.model import Kind
from cancelproof.rules.compiled import Compiled
from cancelproof.rules.schema import schema_line
from cancelproof.words import Words, cut, fold

MAX_ID = 64
_MOST_WORDS = 12
_FEWEST_WORDS = 4
_GAP = ".."
#: Words tied together of which one holds a digit (LL-55120): all of them are somebody's number.
_NUMBERED = re.compile(r"(?:[^\W\d_]+[-/._])+\w*\d\w*")


@dataclass(frozen=True, slots=True)
class DraftRule:
    """A rule made of one sentence, which is already redacted; `despite` names the guards that would turn it off."""

    sentence: str
    pattern: str
    despite: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is known for a vendor file, and the rules that are wanted."""

    vendor: str
    domain: str
    service: str = ""
    number: str = ""
    language: str = ""
    kind: Kind = Kind.OTHER
    rules: tuple[DraftRule, ...] = ()

    def statements(self, indent: str = "") -> str:
        """The rules, as they stand under `reads`."""
        lines = [f"{self.language}:", "  statements:", f"    {self.kind}:"]
        for count, rule in enumerate(self.rules, 1):
            fields = {
                "id": "draft" if count == 1 else f"draft-{count}",
                "say": [rule.pattern],
                **({"despite": list(rule.despite)} if rule.despite else {}),
                "examples": [rule.sentence],
                "silent": [_asked(rule.sentence)],
            }
            for place, (key, value) in enumerate(fields.items()):
                lines.append(f"      {'  ' if place else '- '}{key}: {json.dumps(value, ensure_ascii=False)}")
        return "".join(f"{indent}{line}\n" for line in lines)


def draft(seen: Draft, today: date) -> str:
    """The text of a new vendor file."""
    ident = slug(seen.vendor)
    lines = [schema_line(f"vendors/{ident}.yaml"), f"vendor: {_text(seen.vendor)}", f"id: {_text(ident)}"]
    lines.append(f"domains: [{_text(seen.domain)}]")
    if seen.service:
        lines.append(f"services: [{_text(seen.service)}]")
    if shape := _shape(seen.number):
        lines.append(f"numbers: [{_text(shape)}]")
    if seen.rules:
        lines += ["reads:", seen.statements("  ").rstrip()]
    lines += ["expects: {confirmation: unknown}", 'sources: ["one mail"]', f"checked: {today}"]
    return "\n".join(lines) + "\n"


def in_file(seen: Draft, original: str, today: date) -> str:
    """The text of the vendor file with the draft: of a vendor on file what stands there, and the rules at its end.

    Where it has rules of its own already, ours go below it as a remark, for a person to put among them.
    """
    if not original:
        return draft(seen, today)
    if not seen.rules:
        return original
    if re.search(r"^reads:", original, re.MULTILINE):
        remark = ["draft, to be put under `reads`:", *seen.statements("  ").splitlines()]
        return original + "".join(f"# {line}\n" for line in remark)
    return f"{original.rstrip()}\nreads:\n{seen.statements('  ')}"


def slug(name: str) -> str:
    """The id of a vendor: its name in a-z, 0-9 and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")[:MAX_ID].strip("-") or "vendor"


def pattern_of(sentence: str, language: Compiled, names: Collection[str] = ()) -> str:
    """A pattern that finds the sentence: days, sums and numbers by what they are, names of its vendor by a gap.

    A day that stands farther on belongs to it: it may be that of the end.
    """
    words = cut(sentence, language.conjunctions)
    spans = [(m.start, m.end, "{date}") for m in mentions.dates(words.text, language.dates)]
    spans += [(m.start, m.end, "{money}") for m in mentions.sums(words.text, language.money)]
    hidden = {word for name in names for word in cut(name).folded}
    first, last = _main_part(words, language.conjunctions)
    numbered = [found.span() for found in _NUMBERED.finditer(words.text)]
    items: list[str] = []
    for word, start in list(zip(words.folded, words.starts, strict=True))[first:last]:
        item = next((name for first, last, name in spans if first <= start < last), "")
        if not item and any(c.isdigit() for c in word):
            item = "{number}"
        elif not item and (word in hidden or any(first <= start < last for first, last in numbered)):
            item = _GAP
        item = item or word
        if not (items and items[-1] == item and item.startswith(("{", "."))):
            items.append(item)
    kept = list(_trimmed(items))
    dated = "{date}" not in kept and any(name == "{date}" for _, _, name in spans)
    return " ".join((*kept, "&", "{date}") if kept and dated else kept)


def _main_part(words: Words, conjunctions: Collection[str]) -> tuple[int, int]:
    """From the first clause that is long enough to say something until a conjunction begins another thought."""
    sizes = Counter(words.clauses)
    clause = next((c for c in sizes if sizes[c] >= _FEWEST_WORDS), 0)
    first = next((place for place, c in enumerate(words.clauses) if c == clause), 0)
    ends = (place for place in range(first + 1, len(words)) if words.folded[place] in conjunctions)
    return first, next(ends, len(words))


def _trimmed(items: list[str]) -> Iterable[str]:
    """Without gaps at the edges, and not longer than a reader can check."""
    kept = items[:_MOST_WORDS]
    while kept and kept[0] == _GAP:
        kept = kept[1:]
    while kept and kept[-1] == _GAP:
        kept = kept[:-1]
    return kept


def _asked(sentence: str) -> str:
    """The nearest miss that there always is: the same as a question."""
    return sentence.rstrip(" .!?…。！") + "?"


def _shape(number: str) -> str:
    return re.sub(r"[A-Za-z]", "A", re.sub(r"\d", "9", number))


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
