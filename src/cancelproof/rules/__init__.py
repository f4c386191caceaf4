"""The rule files: what languages, vendors and platforms say, as data. Faults name file and line; all are gathered.

Read `load` first. Text becomes values in `language` and `vendors`; `review` says what is readable but not good.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from cancelproof.errors import RulesInvalid
from cancelproof.model import KnownSenders, Marks
from cancelproof.rules.columns import PATH as COLUMNS
from cancelproof.rules.columns import read_columns
from cancelproof.rules.currencies import read_common_money
from cancelproof.rules.directory import directory
from cancelproof.rules.language import read_language
from cancelproof.rules.law import Law, Laws, load_laws, parse_laws
from cancelproof.rules.packing import CompiledOnDemand
from cancelproof.rules.places import MONEY, SENDERS, TOGETHER, files, is_rule_file, misplaced
from cancelproof.rules.together import read_together
from cancelproof.rules.values import SENDER_FIELDS, Language, MoneyForms, Rules, Shares, Together, Vendor, Weights
from cancelproof.rules.vendors import read_vendor
from cancelproof.rules.weights import DAYS, EVERYDAY, KINDS, SERVICES, read_shares, read_tells, read_weights
from cancelproof.rules.yamlfile import Faults, Reader
from cancelproof.rules.yamlfile import load as load_yaml

__all__ = ["Law", "Laws", "Rules", "checked", "files", "load", "load_laws", "parse", "parse_folders"]

T = TypeVar("T")

Texts = Mapping[str, str]  # path below the rules folder to the file's text


def load(folders: Sequence[Path]) -> Rules:
    """Read every rule file of the folders; a file of a later folder replaces the one of the same path before it.

    Raises RulesInvalid with every fault of every file: a rule that is missing is a mail that is missed.
    """
    return checked(folders, [files(folder) for folder in folders])


def checked(folders: Sequence[Path], read: Sequence[Mapping[Path, bytes]]) -> Rules:
    """The rules of files that were read from these folders; raises as `load` does."""
    rules, faults = _parsed(folders, read)
    if faults:
        raise RulesInvalid(faults)
    return rules


def parse_folders(folders: Sequence[Path]) -> tuple[Rules, list[str]]:
    """Like `load`, but gives the faults beside what could be read."""
    return _parsed(folders, [files(folder) for folder in folders])


def _parsed(folders: Sequence[Path], read: Sequence[Mapping[Path, bytes]]) -> tuple[Rules, list[str]]:
    texts: dict[str, str] = {}
    shown: dict[str, str] = {}
    own: set[str] = set()
    for folder, found in zip(folders, read, strict=True):
        for path, content in found.items():
            below = path.relative_to(folder).as_posix()
            texts[below] = content.decode("utf-8", "replace")
            # Ours by a short name; an owner must find the file.
            shown[below] = f"{folder.name}/{below}" if folder == folders[0] else path.as_posix()
            if folder != folders[0]:
                own.add(below)
    return parse(texts, shown, own)


def parse(
    texts: Texts, shown: Mapping[str, str] | None = None, own: AbstractSet[str] = frozenset()
) -> tuple[Rules, list[str]]:
    """The rules of these texts, and all faults. Pure: `shown` names the paths that faults bear, `own` the owner's."""
    names = shown or {}
    faults = list(misplaced({path: names.get(path, path) for path in texts}))
    texts = {path: text for path, text in texts.items() if is_rule_file(path)}
    money = _common_money(texts, names, faults)
    languages: dict[str, Language] = {}
    for path in _below(texts, "lang"):
        language, wrong = read_language(texts[path], names.get(path, path), money)
        faults += wrong
        if language:
            languages[language.code] = replace(language, own=path in own)
    vendors: list[Vendor] = []
    for folder in ("vendors", "platforms"):
        for path in _below(texts, folder):
            where = names.get(path, path)
            vendor, wrong = read_vendor(texts[path], where, languages, platform=folder == "platforms")
            faults += wrong
            vendors += [replace(vendor, own=path in own)] if vendor else []
    faults += (*_twice(vendors), *_related_to_nobody(vendors))
    faults += parse_laws({path: texts[path] for path in _below(texts, "law")}, names)[1]
    if COLUMNS in texts:
        faults += read_columns(texts[COLUMNS], names.get(COLUMNS, COLUMNS))[1]
    senders = _senders(texts, names, faults)
    together = _together(texts, names, languages.values(), faults)
    unknown: dict[str, dict[str, float]] = {}
    everyday = _read(texts, EVERYDAY, names, faults, read_shares, unknown)
    nothing: Weights = {}
    weights, days = (_read(texts, path, names, faults, read_weights, nothing) for path in (KINDS, DAYS))
    book = replace(_rules(languages, tuple(vendors), senders, together, everyday), weights=weights, days=days)
    return replace(book, services=_read(texts, SERVICES, names, faults, read_tells, {})), faults


def _read(
    texts: Texts,
    path: str,
    names: Mapping[str, str],
    faults: list[str],
    reader: Callable[[str, str], tuple[T, list[str]]],
    otherwise: T,
) -> T:
    """What a file says, which need not be there."""
    if path not in texts:
        return otherwise
    found, wrong = reader(texts[path], names.get(path, path))
    faults += wrong
    return found


def _below(texts: Texts, folder: str) -> list[str]:
    return sorted(path for path in texts if path.startswith(f"{folder}/"))


def _rules(
    languages: Mapping[str, Language],
    vendors: tuple[Vendor, ...],
    senders: KnownSenders,
    together: Together,
    everyday: Shares,
) -> Rules:
    platforms = frozenset(domain for vendor in vendors if vendor.platform for domain in vendor.domains)
    desk_words = frozenset(word for language in languages.values() for word in language.sender_words)
    book = directory(
        vendors,
        replace(senders, carriers=senders.carriers | platforms, desk_words=desk_words),
        languages=languages,
        compiled=CompiledOnDemand(languages, vendors, together, everyday),
        common={code: language.common for code, language in languages.items()},
        marks=_all_marks(languages.values()),
    )
    return replace(book, together=together)


def _all_marks(languages: Collection[Language]) -> Marks:
    every = [language.marks for language in languages]
    months = (pair for language in languages for pair in enumerate(language.dates.months, 1))
    return Marks(
        wrote=tuple(w for m in every for w in m.wrote),
        original=tuple(w for m in every for w in m.original),
        forwarded=tuple(w for m in every for w in m.forwarded),
        replied=tuple(w for m in every for w in m.replied),
        from_names=tuple(w for m in every for w in m.from_names),
        date_names=tuple(w for m in every for w in m.date_names),
        subject_names=tuple(w for m in every for w in m.subject_names),
        to_names=tuple(w for m in every for w in m.to_names),
        abbreviations=frozenset(w for m in every for w in m.abbreviations),
        months={name.casefold().rstrip("."): number for number, names in months for name in names},
    )


def _twice(vendors: Iterable[Vendor]) -> list[str]:
    """Two files that claim one domain or one id: neither may win in silence."""
    faults: list[str] = []
    seen: dict[str, Vendor] = {}
    for vendor in vendors:
        for claim in (vendor.id, *vendor.domains):
            if claim in seen:
                faults.append(f"{vendor.where_defined}: {claim!r} stands in {seen[claim].where_defined} too")
            seen.setdefault(claim, vendor)
    return faults


def _related_to_nobody(vendors: Iterable[Vendor]) -> list[str]:
    """An id that no file bears: a related vendor's mail would be taken for a forgery."""
    ids = {vendor.id for vendor in vendors}
    named = ((other, where) for vendor in vendors for other, where in vendor.related.items())
    return [f"{where}: no vendor has the id {other!r}" for other, where in named if other not in ids]


def _common_money(texts: Texts, names: Mapping[str, str], faults: list[str]) -> MoneyForms:
    found = Faults(names.get(MONEY, MONEY))
    table = load_yaml(texts.get(MONEY, "currencies: {}"), found)
    reader = Reader(table, found, "the currencies") if table else None
    forms = read_common_money(reader) if reader else MoneyForms()
    faults += found.found
    return forms


def _together(texts: Texts, names: Mapping[str, str], languages: Iterable[Language], faults: list[str]) -> Together:
    topics = frozenset(rule.topic for language in languages for rule in language.rules if rule.topic)
    return _read(texts, TOGETHER, names, faults, partial(read_together, topics=topics), Together())


def _senders(texts: Texts, names: Mapping[str, str], faults: list[str]) -> KnownSenders:
    found = Faults(names.get(SENDERS, SENDERS))
    table = load_yaml(texts.get(SENDERS, "freemail: []"), found)
    senders = KnownSenders()
    if table:
        reader = Reader(table, found, "the senders")
        reader.only(*SENDER_FIELDS)
        freemail, carriers, lures, through = (frozenset(reader.texts(key)) for key in SENDER_FIELDS)
        senders = KnownSenders(freemail=freemail, carriers=carriers, lures=lures, through=through)
    faults += found.found
    return senders
