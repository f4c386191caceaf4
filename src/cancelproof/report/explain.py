"""Why a mail was read so, as values: who wrote it, the deciding sentence in its place, matches, facts, grade."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from cancelproof.model import Authenticity, Fact, Facts, Grade, Hit, Kind, Place, Reading, Statement
from cancelproof.report.audit import Element, elements
from cancelproof.report.contract import classify_json, decimal_string, judged
from cancelproof.report.escape import Shown, shown
from cancelproof.report.words import Words

#: So many sentences are shown on each side of the deciding one.
_NEIGHBOURS = 2
_GENUINE = frozenset({Authenticity.VERIFIED, Authenticity.ATTESTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence of the mail; `number` counts from 1, as people do."""

    number: int
    text: Shown
    place: Shown
    deciding: bool


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
    sentences: tuple[Sentence, ...]
    rule: Shown
    matches: tuple[Shown, ...]
    why: Shown
    facts: tuple[Shown, ...]
    dropped: tuple[Shown, ...]
    elements: tuple[Element, ...]
    raising: tuple[Shown, ...]
    faults: tuple[Shown, ...]


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
        sentences=tuple(_neighbourhood(words, reading)),
        rule=shown(decision.hit.rule) if decision.hit else Shown(""),
        matches=tuple(_match(words, hit) for hit in decision.hits),
        why=shown(decision.why, 400),
        facts=tuple(_facts(words, reading.facts)),
        dropped=tuple(words.say("explain.dropped", what=shown(what)) for what in reading.facts.dropped),
        elements=elements(words, (code for code, has in proof.elements.items() if has)) if proof.grade else (),
        raising=tuple(words.say(f"raise.{key}") for key in raising(reading)),
        faults=tuple(shown(str(fault), 400) for fault in reading.faults),
    )


def _neighbourhood(words: Words, reading: Reading) -> Iterable[Sentence]:
    hit = reading.decision.hit
    if hit is None:
        return
    statements = judged(reading.message).statements
    if not 0 <= hit.statement < len(statements):
        yield Sentence(number=hit.statement + 1, text=shown(hit.words, 400), place=Shown(""), deciding=True)
        return
    first = max(0, hit.statement - _NEIGHBOURS)
    for number, statement in enumerate(statements[first : hit.statement + _NEIGHBOURS + 1], first):
        yield Sentence(
            number=number + 1,
            text=shown(statement.text, 400),
            place=_place(words, statement),
            deciding=number == hit.statement,
        )


def _place(words: Words, statement: Statement) -> Shown:
    if statement.place is Place.BODY:
        return Shown("")
    return words.say(f"explain.{statement.place.value}_place")


def _match(words: Words, hit: Hit) -> Shown:
    said = words.say(
        "explain.guarded" if hit.guard else "explain.match",
        kind=words.say(f"kind.{hit.kind.value}"),
        words=shown(hit.words, 160),
        at=hit.statement + 1,
        rule=shown(hit.rule),
        guard=shown(hit.guard),
    )
    said = said if hit.firm else words.say("explain.hint", match=said)
    return words.say("explain.experimental", match=said) if hit.experimental else said


def _facts(words: Words, facts: Facts) -> Iterable[Shown]:
    for name, fact in _stated(facts):
        named, value = words.say(f"name.{name}"), _in_words(words, fact.value)
        raw = shown(fact.raw, 160)
        said = words.say("explain.fact" if raw else "explain.fact_bare", name=named, value=value, words=raw)
        yield words.say("explain.ambiguous", fact=said) if fact.ambiguous else said


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
        ("rule", _experimental(reading)),
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
        "statements": [_statement(statement) for statement in judged(reading.message).statements],
        "decided_by": reading.decision.hit.statement if reading.decision.hit else None,
        "hits": [_hit(hit) for hit in reading.decision.hits],
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
        "guard": hit.guard or None,
        "firm": hit.firm,
        "experimental": hit.experimental,
    }


def _fact(fact: Fact[Any]) -> Mapping[str, Any]:
    value = decimal_string(fact.value) if isinstance(fact.value, Decimal) else str(fact.value)
    return {"value": value, "words": fact.raw, "statement": fact.statement, "ambiguous": fact.ambiguous}
