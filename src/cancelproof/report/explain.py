"""Why a mail was read so, as values: who wrote it, the deciding sentence in its place, matches, facts, grade."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from cancelproof.model import (
    STRUCTURED,
    Authenticity,
    Decision,
    Fact,
    Facts,
    Grade,
    Hit,
    Kind,
    Message,
    Off,
    OffBy,
    Place,
    Reading,
    Statement,
    Voice,
)
from cancelproof.report.audit import Element, elements
from cancelproof.report.contract import classify_json, decimal_string
from cancelproof.report.escape import Shown, shown
from cancelproof.report.layout import columns
from cancelproof.report.signs import how_much, in_words, why
from cancelproof.report.words import Words

#: So many sentences are shown on each side of the deciding one.
_NEIGHBOURS = 2
#: So many are shown where none decided.
_MOST_SHOWN = 12
_BY_TOPIC = frozenset({OffBy.NEEDS, OffBy.UNLESS, OffBy.SILENCED})
_GENUINE = frozenset({Authenticity.VERIFIED, Authenticity.ATTESTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence of the mail; `number` counts from 1, as people do. The deciding one has its matched words marked."""

    number: int
    text: Shown
    place: Shown
    deciding: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What a rule found: `*` decided, `+` says so as well, `-` does not count; `by` names the rule, or why not."""

    sign: Shown
    said: Shown
    by: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """One fact: its name, padded so that values stand below each other, and its value with the words that state it."""

    name: Shown
    said: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """All that a person needs to see why a mail was read so; each list may be empty."""

    kind: Shown
    grade: Shown
    sender: Shown
    subject: Shown
    date: Shown
    source: Shown
    sure: Shown
    reasons: tuple[Shown, ...]
    shape: tuple[Shown, ...]
    decided: bool
    sentences: tuple[Sentence, ...]
    rule: Shown
    matches: tuple[Match, ...]
    why: Shown
    signs: tuple[Shown, ...]
    facts: tuple[Stated, ...]
    dropped: tuple[Shown, ...]
    elements: tuple[Element, ...]
    raising: tuple[Shown, ...]
    faults: tuple[Shown, ...]
    remedy: Shown


def explain(words: Words, reading: Reading) -> Explanation:
    """Return why the mail was read so, in words."""
    message, verdict, decision, proof = reading.message, reading.verdict, reading.decision, reading.proof
    return Explanation(
        kind=words.say(f"kind.{decision.kind.value}"),
        grade=words.say(f"grade.{proof.grade.value if proof.grade else 'none'}"),
        sender=shown(f"{message.sender.name} <{message.sender.mailbox}>".strip()),
        subject=shown(message.subject),
        date=words.time(message.date) if message.date else Shown("?"),
        source=shown(reading.origin.source),
        sure=words.say(f"authenticity.{verdict.word.value}"),
        reasons=tuple(shown(reason, 400) for reason in verdict.reasons),
        shape=tuple(_shape(words, message)),
        decided=decision.hit is not None and (bool(decision.hit.words) or decision.hit.statement >= 0),
        sentences=tuple(_neighbourhood(words, reading)),
        rule=shown(decision.hit.rule) if decision.hit and "kind" not in reading.corrected else Shown(""),
        matches=tuple(_match(words, hit, decision.hit) for hit in _by_weight(decision)),
        why=words.say("explain.told") if "kind" in reading.corrected else why(words, decision),
        signs=() if "kind" in reading.corrected else tuple(_signs(words, decision)),
        facts=tuple(_facts(words, reading.facts)),
        dropped=tuple(words.say("explain.dropped", what=shown(what)) for what in reading.facts.dropped),
        elements=elements(words, (code for code, has in proof.elements.items() if has)) if proof.grade else (),
        raising=tuple(words.say(f"raise.{key}") for key in raising(reading)),
        faults=tuple(shown(str(fault), 400) for fault in reading.faults),
        remedy=_remedy(words, reading),
    )


def _remedy(words: Words, reading: Reading) -> Shown:
    """What to do about a mail that is misread, or was said to be."""
    if reading.corrected:
        return words.say("explain.remedy_told", mail=_name(reading))
    return words.say("explain.remedy", mail=_name(reading), kinds=Shown(", ".join(Kind)))


def _signs(words: Words, decision: Decision) -> Iterable[Shown]:
    """What told most for the kind, or against it, where the whole mail was weighed."""
    for sign, weight in decision.signs:
        key = "explain.sign_for" if weight > 0 else "explain.sign_against"
        yield words.say(key, much=how_much(words, weight), sign=in_words(words, sign))


def _name(reading: Reading) -> Shown:
    """What `correct` finds the mail by: the file that holds nothing else, or its hash in the ledger."""
    origin = reading.origin
    return shown(shlex.quote(origin.source if origin.alone else reading.sha256[:12]))


def _shape(words: Words, message: Message) -> Iterable[Shown]:
    """What was judged of the mail, where that is not simply its text."""
    inner = message.forwarded
    if inner:
        yield words.say("explain.forwarded", sender=shown(f"{inner.sender.name} <{inner.sender.mailbox}>".strip()))
    statements = message.judged.statements
    if quoted := sum(statement.voice is Voice.QUOTED for statement in statements):
        yield words.say("explain.quoted", quoted)
    if letters := sum(statement.place is Place.LETTER for statement in statements):
        yield words.say("explain.letter", letters)


def _by_weight(decision: Decision) -> list[Hit]:
    """The deciding match, then the others that stand, then those that were turned off."""
    return sorted(decision.hits, key=lambda hit: (hit is not decision.hit, bool(hit.off)))


def _neighbourhood(words: Words, reading: Reading) -> Iterable[Sentence]:
    hit = reading.decision.hit
    statements = reading.message.judged.statements
    if hit is None or not (hit.words or hit.statement >= 0):
        own = [(number, s) for number, s in enumerate(statements, 1) if s.voice is Voice.OWN]
        for number, statement in own[:_MOST_SHOWN]:
            yield Sentence(
                number=number, text=shown(statement.text, 400), place=_place(words, statement), deciding=False
            )
        return
    if not 0 <= hit.statement < len(statements):
        yield Sentence(number=hit.statement + 1, text=shown(hit.words, 400), place=Shown(""), deciding=True)
        return
    first = max(0, hit.statement - _NEIGHBOURS)
    for number, statement in enumerate(statements[first : hit.statement + _NEIGHBOURS + 1], first):
        yield Sentence(
            number=number + 1,
            text=_marked(words, statement, hit) if number == hit.statement else shown(statement.text, 400),
            place=_place(words, statement),
            deciding=number == hit.statement,
        )


def _marked(words: Words, statement: Statement, hit: Hit) -> Shown:
    """The deciding sentence, its matched words marked."""
    before, found, after = statement.text.partition(hit.words) if hit.words else (statement.text, "", "")
    if not found:
        return shown(statement.text, 400)
    marked = words.say("explain.marked", words=shown(found, 400))
    space_before, space_after = " " * before.endswith(" "), " " * after.startswith(" ")
    return Shown(f"{shown(before, 400)}{space_before}{marked}{space_after}{shown(after, 400)}")


def _place(words: Words, statement: Statement) -> Shown:
    if statement.place is Place.BODY:
        return Shown("")
    return words.say(f"explain.{statement.place.value}_place")


def _match(words: Words, hit: Hit, deciding: Hit | None) -> Match:
    notes = [shown(hit.rule)]
    if hit.off:
        notes.append(words.say("explain.off", guard=_off(words, hit.off)))
    notes += [words.say("explain.hint")] if not hit.firm else []
    notes += [words.say("explain.experimental")] if hit.experimental else []
    kind = words.say(f"kind.{hit.kind.value}")
    return Match(
        sign=Shown("-" if hit.off else "*" if hit is deciding else "+"),
        said=words.say("explain.match", kind=kind, words=shown(hit.words, 160), at=hit.statement + 1),
        by=Shown("; ".join(notes)),
    )


def _off(words: Words, off: Off) -> Shown:
    """What turned a match off: a topic that lacks or stands against it, or the guard by its name in the rule file."""
    if off.what in _BY_TOPIC:
        return words.say(f"explain.{off.what}", topic=shown(off.name))
    if off.what is OffBy.DENIED:
        return words.say("explain.denied", rule=shown(off.name))
    known = f"guard.{off}"
    return words.say(known) if words.has(known) else shown(str(off))


def _facts(words: Words, facts: Facts) -> Iterable[Stated]:
    stated = [(words.say(f"name.{name}"), fact) for name, fact in _stated(facts)]
    width = max((columns(name) for name, _ in stated), default=0)
    for name, fact in stated:
        said = _said(words, fact)
        said = words.say("explain.ambiguous", fact=said) if fact.ambiguous else said
        yield Stated(name=Shown(name + " " * (width - columns(name))), said=said)


def _said(words: Words, fact: Fact[Any]) -> Shown:
    """A fact's value, the words for it and where they stand."""
    value, raw = _in_words(words, fact.value), shown(fact.raw, 160)
    if fact.told:
        return words.say("explain.fact_told", value=value)
    if fact.statement == STRUCTURED:
        return words.say("explain.fact_data", value=value, words=raw)
    if fact.statement < 0:
        return words.say("explain.fact_header", value=value) if raw else value
    same = str(fact.value) == fact.raw
    return words.say("explain.fact_at" if same else "explain.fact", value=value, words=raw, at=fact.statement + 1)


def _stated(facts: Facts) -> Iterable[tuple[str, Fact[Any]]]:
    values = ((field.name, getattr(facts, field.name)) for field in fields(facts))
    return ((name, value) for name, value in values if isinstance(value, Fact))


def _in_words(words: Words, value: object) -> Shown:
    if isinstance(value, date):
        return words.day(value)
    return shown(decimal_string(value) if isinstance(value, Decimal) else str(value))


def raising(reading: Reading) -> tuple[str, ...]:
    """Return what would raise the grade (keys of the catalogue's `raise`), by the rules of docs/proof.md section 2."""
    grade, elements = reading.proof.grade, reading.proof.elements
    if grade is None or reading.decision.kind not in {Kind.CLOSURE, Kind.ACKNOWLEDGEMENT}:
        return ()
    if grade is Grade.A:
        return ("none",)
    if grade is Grade.X:
        return ("genuine",)
    needs = [
        ("authentic", reading.verdict.word not in _GENUINE),
        ("settled", not elements.get("E5")),
        ("dated", not elements.get("E6")),
        ("tied", not (elements.get("E2") or elements.get("E3"))),
        ("told" if "kind" in reading.corrected else "rule", _experimental(reading)),
    ]
    return tuple(key for key, needed in needs if needed)


def _experimental(reading: Reading) -> bool:
    hit = reading.decision.hit
    return hit is not None and hit.experimental


def explain_json(reading: Reading) -> dict[str, Any]:
    """Return the explanation for programs: the line of `classify --json`, and what led to it."""
    return {
        **classify_json(reading),
        "authenticity_reasons": list(reading.verdict.reasons),
        "authenticated_domain": reading.verdict.domain or None,
        "why": reading.decision.why,
        "corrected": list(reading.corrected),
        "forwarded": reading.message.forwarded is not None,
        "statements": [_statement(statement) for statement in reading.message.judged.statements],
        "decided_by": reading.decision.hit.statement if reading.decision.hit else None,
        "hits": [_hit(hit) for hit in reading.decision.hits],
        "signs": [{"sign": sign, "weight": weight} for sign, weight in reading.decision.signs],
        "facts": {name: _fact(fact) for name, fact in _stated(reading.facts)},
        "dropped": list(reading.facts.dropped),
        "raise": list(raising(reading)),
    }


def _statement(statement: Statement) -> Mapping[str, Any]:
    return {"text": statement.text, "place": statement.place.value, "voice": statement.voice.value}


def _hit(hit: Hit) -> Mapping[str, Any]:
    return {
        "kind": hit.kind.value,
        "rule": hit.rule,
        "statement": hit.statement,
        "words": hit.words,
        "guard": str(hit.off) if hit.off else None,
        "firm": hit.firm,
        "experimental": hit.experimental,
    }


def _fact(fact: Fact[Any]) -> Mapping[str, Any]:
    value = decimal_string(fact.value) if isinstance(fact.value, Decimal) else str(fact.value)
    return {
        "value": value,
        "words": fact.raw,
        "statement": fact.statement,
        "ambiguous": fact.ambiguous,
        "told": fact.told,
    }
