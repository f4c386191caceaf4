"""Vendor and platform files, read; the lists of free-mail providers and mail carriers too."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from cancelproof.model import Kind
from cancelproof.rules import cancelling
from cancelproof.rules.language import statements
from cancelproof.rules.pattern import Pattern, PatternFault, parse
from cancelproof.rules.values import Language, Rule, Vendor
from cancelproof.rules.yamlfile import Faults, Reader, load

_FIELDS = (
    "vendor", "id", "names", "domains", "services", "country", "sector", "numbers", "cancel", "expects", "sold_through",
    "statement_names", "labels", "reads", "examples", "silent", "sources", "checked", "related", "common_word",
    "note",
)  # fmt: skip
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
CONFIRMATION = ("usual", "seldom", "never", "unknown")
SECTORS = (
    "ai", "association", "books", "dating", "education", "energy", "finance", "fitness", "food", "games", "hardware",
    "health", "hosting", "insurance", "music", "press", "retail", "saas", "security", "services", "social", "streaming",
    "support", "telecom", "transport", "travel", "tv", "utility", "vpn",
)  # fmt: skip


def read_vendor(
    text: str, path: str, languages: Mapping[str, Language], *, platform: bool
) -> tuple[Vendor | None, list[str]]:
    """The vendor of a file's text, and every fault as `path:line: what`."""
    faults = Faults(path)
    table = load(text, faults)
    if table is None:
        return None, faults.found
    reader = Reader(table, faults, "a vendor")
    reader.only(*_FIELDS)
    ident = _ident(reader, path)
    checked = reader.text("checked", "")
    if checked and not _DAY.fullmatch(checked):
        faults.add(reader.line("checked"), f"{checked!r} is no day: write 2026-11-22")
    expects = reader.sub("expects", "'expects'")
    cancel = cancelling.read(reader)
    vendor = Vendor(
        id=ident,
        name=reader.text("vendor"),
        names=reader.texts("names"),
        domains=tuple(domain.lower() for domain in reader.texts("domains")),
        services=reader.texts("services"),
        country=reader.text("country", ""),
        number_shapes=tuple(reader.texts("numbers")),
        platform=platform,
        labels=reader.texts("labels"),
        related={other: f"{path}:{line}" for other, line in reader.lined_texts("related")},
        common_word=reader.flag("common_word", default=False),
        sector=_sector(reader),
        confirmation=expects.one_of("confirmation", CONFIRMATION, "unknown") if expects else "unknown",
        confirmed_within=_days(expects) if expects else None,
        cancel=cancel.addresses,
        cancel_steps=cancel.steps,
        cancel_notes=cancel.notes,
        cancel_registered=cancel.registered,
        sold_through=reader.texts("sold_through"),
        statement_names=reader.texts("statement_names"),
        note=reader.text("note", ""),
        examples=tuple(_examples(reader, languages)),
        silent=tuple(_silent(reader, languages)),
        rules=dict(_own_rules(reader, languages, ident, "platforms" if platform else "vendors")),
        sources=reader.texts_whole("sources"),
        checked=checked,
        where_defined=f"{path}:1",
    )
    if not vendor.domains:
        faults.add(reader.table.line, "a vendor needs `domains`: a proof must be authenticated for one of them")
    return vendor, faults.found


def _ident(reader: Reader, path: str) -> str:
    ident, stem = reader.text("id"), path.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    if not _ID.fullmatch(ident) or ident != stem:
        reader.faults.add(reader.line("id"), f"the id {ident!r} must be the file's name, of a-z, 0-9 and -")
    return ident


def _sector(reader: Reader) -> str:
    return reader.one_of("sector", SECTORS, "") if "sector" in reader.keys() else ""  # noqa: SIM118  # a Reader


def _days(expects: Reader) -> int | None:
    text = expects.text("within_days", "")
    if text and not text.isdecimal():
        expects.faults.add(expects.line("within_days"), f"{text!r} is no number of days")
    return int(text) if text.isdecimal() else None


def _examples(reader: Reader, languages: Mapping[str, Language]) -> Iterable[tuple[str, str, str]]:
    """Sentences of the vendor, by language and kind: language, kind, sentence."""
    for code, kinds in _by_language(reader, "examples", languages):
        kinds.only(*(kind for kind in Kind if kind is not Kind.OTHER))
        for kind in kinds.keys():  # noqa: SIM118  # a Reader
            yield from ((code, kind, text) for text in kinds.texts_whole(kind))


def _silent(reader: Reader, languages: Mapping[str, Language]) -> Iterable[tuple[str, str]]:
    """Sentences of the vendor that assert nothing: language, sentence."""
    silent = reader.sub("silent", "'silent'")
    for code in _languages_of(silent, languages):
        yield from ((code, text) for text in silent.texts_whole(code)) if silent else ()


def _by_language(reader: Reader, key: str, languages: Mapping[str, Language]) -> Iterable[tuple[str, Reader]]:
    table = reader.sub(key, f"'{key}'")
    for code in _languages_of(table, languages):
        if table and (inside := table.sub(code, f"'{key}' in {code}")):
            yield code, inside


def _languages_of(table: Reader | None, languages: Mapping[str, Language]) -> Iterable[str]:
    """The languages that a table names; a fault for each that has no file."""
    for code in table.keys() if table else ():
        if code in languages:
            yield code
        elif table:
            table.faults.add(table.line(code), f"no language file is called {code!r}")


def _own_rules(
    reader: Reader, languages: Mapping[str, Language], ident: str, tier: str
) -> Iterable[tuple[str, tuple[Rule, ...]]]:
    """The vendor's own statements, by language; their patterns may use the language's lists."""
    reads = reader.sub("reads", "'reads'")
    for code in reads.keys() if reads else ():
        language = languages.get(code)
        own = reads.sub(code, f"'reads' in {code}") if reads else None
        if language is None:
            reader.faults.add(reader.line("reads"), f"no language file is called {code!r}")
        elif own is not None:
            own.only("statements")
            guards = frozenset({"question", *(guard.name for guard in language.guards)})
            topics = frozenset(rule.topic for rule in language.rules if rule.topic)
            found = statements(own, _parser(language), f"{tier}/{ident}", guards, topics)
            yield code, tuple(found)


def _parser(language: Language) -> Callable[[Reader, str], tuple[Pattern, ...]]:
    """What reads a vendor's patterns: they may use the language's lists."""

    def patterns(reader: Reader, key: str) -> tuple[Pattern, ...]:
        found = []
        for text, line in reader.lined_texts(key):
            try:
                found.append(parse(text, language.lists))
            except PatternFault as fault:
                reader.faults.add(line, str(fault))
        return tuple(found)

    return patterns
