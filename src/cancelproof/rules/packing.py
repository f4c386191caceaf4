"""The rules as bytes and back: one section for all vendors, one a language, unpacked when it is needed.

`marshal` holds plain values only and runs nothing; it differs between versions of Python, which `rulebook` heeds.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from functools import cache
from typing import Any

from cancelproof.model import Kind, KnownSenders, Marks, Place
from cancelproof.rules.compiled import Choice, Compiled, Say, Says, Waits, compile_language
from cancelproof.rules.directory import directory
from cancelproof.rules.values import (
    SENDER_FIELDS,
    DateForms,
    Guard,
    Language,
    MoneyForms,
    Rule,
    Rules,
    Saying,
    Shares,
    Tier,
    Together,
    Vendor,
    Weights,
)
from cancelproof.rules.waits import waits


class CompiledOnDemand(Mapping[str, Compiled]):
    """The compiled languages of rules that were parsed: each is compiled when it is first asked for."""

    def __init__(
        self, languages: Mapping[str, Language], vendors: tuple[Vendor, ...], together: Together, everyday: Shares
    ) -> None:
        self._languages, self._vendors, self._telling = languages, vendors, together.telling
        self._sayings = [frozenset(saying.every) for saying in together.sayings]
        self._everyday = everyday
        self._done: dict[str, Compiled] = {}

    def __getitem__(self, code: str) -> Compiled:
        if code not in self._done:
            compiled = compile_language(self._languages[code], self._vendors, self._telling)
            waiting = waits(compiled, self._sayings, self._everyday.get(code, {}))
            self._done[code] = replace(compiled, waits=waiting)
        return self._done[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._languages)

    def __len__(self) -> int:
        return len(self._languages)


class _Packed(Mapping[str, Compiled]):
    """The compiled languages of packed rules: each is unpacked when it is first asked for."""

    def __init__(self, sections: Mapping[str, bytes]) -> None:
        self._sections = sections
        self._done: dict[str, Compiled] = {}

    def __getitem__(self, code: str) -> Compiled:
        if code not in self._done:
            self._done[code] = _compiled(marshal.loads(self._sections[code]))  # noqa: S302  # runs nothing; see above
        return self._done[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sections)

    def __len__(self) -> int:
        return len(self._sections)


def pack(rules: Rules) -> bytes:
    """All that reading needs of the rules; samples and the patterns as written stay behind."""
    sections = {
        code: marshal.dumps(_shared(_plain_compiled(compiled), {})) for code, compiled in rules.compiled.items()
    }
    vendors = [_plain(vendor, rules={}, examples=(), silent=()) for vendor in rules.vendors]
    senders = {key: getattr(rules.senders, key) for key in SENDER_FIELDS}
    sayings = [_plain(saying, kind=str(saying.kind)) for saying in rules.together.sayings]
    said = rules.together
    together = _plain(said, never=dict(said.never), unsaid=dict(said.unsaid), sayings=sayings)
    marks = _plain(rules.marks)
    weights = _plain_weights(rules.weights), _plain_weights(rules.days), dict(rules.services)
    common = dict(rules.common)
    return marshal.dumps((sections, vendors, senders, rules.sender_words, marks, common, together, weights))


def unpack(packed: bytes) -> Rules:
    """The rules that were packed, without `languages`. For bytes that `pack` made, alone."""
    sections, vendors, senders, desk_words, marks, common, together, weights = marshal.loads(packed)  # noqa: S302
    every = tuple(Vendor(*vendor) for vendor in vendors)
    book = directory(
        every,
        KnownSenders(**senders, desk_words=desk_words),
        languages={},
        compiled=_Packed(sections),
        common=common,
        marks=_made(Marks, marks),
    )
    said = _made(Together, together)
    said = replace(said, sayings=tuple(map(_saying, said.sayings)))
    of_kinds, of_days, services = weights
    return replace(book, together=said, weights=_weights(of_kinds), days=_weights(of_days), services=services)


# ---------------------------------------------------------------- values to plain tuples, and back


def _plain_weights(weights: Weights) -> dict[str, dict[str, float]]:
    return {sign: {str(kind): weight for kind, weight in each.items()} for sign, each in weights.items()}


def _weights(plain: Mapping[str, Mapping[str, float]]) -> Weights:
    return {sign: {Kind(kind): weight for kind, weight in each.items()} for sign, each in plain.items()}


def _plain(value: Any, **instead: Any) -> tuple[Any, ...]:
    return tuple(instead.get(name, getattr(value, name)) for name in _names(value.__class__))


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _made(kind: Any, plain: tuple[Any, ...], **instead: Any) -> Any:
    return kind(**(dict(zip(_names(kind), plain, strict=True)) | instead))


def _shared(value: Any, known: dict[Any, Any]) -> Any:
    """The same plain value, of which what is equal is one object: `marshal` writes it once, and makes one of it.

    Half of a language is the same few steps and word numbers.
    """
    if isinstance(value, dict):
        return {_shared(key, known): _shared(each, known) for key, each in value.items()}
    if isinstance(value, list):
        return [_shared(each, known) for each in value]
    if isinstance(value, tuple | frozenset):
        inner = value.__class__(_shared(each, known) for each in value)
        places = map(id, inner if isinstance(value, tuple) else sorted(inner))
        return known.setdefault((value.__class__, *places), inner)
    return known.setdefault((value.__class__, value), value)


def _plain_rule(rule: Rule) -> tuple[Any, ...]:
    return _plain(rule, kind=rule.kind and str(rule.kind), where=frozenset(map(str, rule.where)))


def _rule(plain: tuple[Any, ...]) -> Rule:
    given = dict(zip(_names(Rule), plain, strict=True))
    kind, where = given["kind"], given["where"]
    return Rule(**{**given, "kind": kind and Kind(kind), "where": frozenset(map(Place, where))})


def _saying(plain: tuple[Any, ...]) -> Saying:
    given = dict(zip(_names(Saying), plain, strict=True))
    return Saying(**{**given, "kind": Kind(given["kind"])})


def _plain_compiled(compiled: Compiled) -> dict[str, Any]:
    plain = {name: getattr(compiled, name) for name in _names(Compiled)}
    return plain | {
        "tier": int(compiled.tier),
        "waits": (dict(compiled.waits.needs), compiled.waits.of, compiled.waits.mentions),
        "dates": _plain(compiled.dates),
        "money": _plain(compiled.money),
        "choices": [(c.optional, c.singles, dict(c.by_first), c.loose) for c in compiled.choices],
        "rules": [_plain_rule(rule) for rule in compiled.rules],
        "rule_says": _plain_says(compiled.rule_says),
        "concept_says": _plain_says(compiled.concept_says),
        "telling": _plain_says(compiled.telling),
        "guards": [_plain(guard) for guard in compiled.guards],
        "guard_says": _plain_says(compiled.guard_says),
        "cues": {name: _plain_says(says) for name, says in compiled.cues.items()},
        "relative": {name: _plain_says(says) for name, says in compiled.relative.items()},
        "notions": {name: _plain_says(says) for name, says in compiled.notions.items()},
        "own": {
            vendor: (int(tier), [_plain_rule(rule) for rule in rules], _plain_says(says))
            for vendor, (tier, rules, says) in compiled.own.items()
        },
    }


def _compiled(plain: dict[str, Any]) -> Compiled:
    return Compiled(
        **plain
        | {
            "tier": Tier(plain["tier"]),
            "waits": Waits._make(plain["waits"]),
            "dates": _made(DateForms, plain["dates"]),
            "money": _made(MoneyForms, plain["money"]),
            "choices": tuple(map(Choice._make, plain["choices"])),
            "rules": _rules(plain["rules"]),
            "rule_says": _says(plain["rule_says"]),
            "concept_says": _says(plain["concept_says"]),
            "telling": _says(plain["telling"]),
            "guards": tuple(_made(Guard, guard) for guard in plain["guards"]),
            "guard_says": _says(plain["guard_says"]),
            "cues": {name: _says(says) for name, says in plain["cues"].items()},
            "relative": {name: _says(says) for name, says in plain["relative"].items()},
            "notions": {name: _says(says) for name, says in plain["notions"].items()},
            "own": {
                vendor: (Tier(tier), _rules(rules), _says(says)) for vendor, (tier, rules, says) in plain["own"].items()
            },
        }
    )


def _rules(plain: Iterable[tuple[Any, ...]]) -> tuple[Rule, ...]:
    return tuple(map(_rule, plain))


def _plain_says(says: Says) -> tuple[Any, ...]:
    return (tuple(map(tuple, says.says)), dict(says.by_number), says.always)


def _says(plain: tuple[Any, ...]) -> Says:
    says, by_number, always = plain
    return Says(tuple(map(Say._make, says)), by_number, always)
