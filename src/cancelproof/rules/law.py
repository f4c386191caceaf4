"""By country: what a vendor must confirm, by when, and the days that the owner's deadlines are counted from.

Facts of law bear a source and the day on which they were checked; the days of `chase` and the alarms of `dispute` are
ours, inferred from them (docs/proof.md). A law that is not in force on a day is not cited on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from cancelproof.errors import RulesInvalid
from cancelproof.rules.dispute import UNKNOWN, Right, read_rights
from cancelproof.rules.yamlfile import Faults, Reader
from cancelproof.rules.yamlfile import load as load_yaml

_FIELDS = ("country", "language", "confirms", "renewal_notice", "notice", "chase", "dispute", "sources", "checked")
#: What a law may want to stand in a confirmation.
MUST_SAY = ("received", "received_at", "end_date", "effects", "refund")
_COUNTRY = re.compile("any|[A-Z]{2}")
#: Country-code domains that are not the country's ISO 3166 code in lower case.
_DOMAINS = {"uk": "GB"}
#: Country-code domains that vendors of any country bear.
_ANYBODYS = frozenset({"ai", "cc", "co", "eu", "fm", "gg", "io", "ly", "me", "sh", "so", "to", "tv"})
_UNKNOWN = "unknown"
ANY = "any"


@dataclass(frozen=True, slots=True)
class Chase:
    """Days after the request by which to ask, to ask again, and to send a formal letter."""

    first: int
    second: int
    formal: int


_DAYS, _DAYS_BY_LETTER = Chase(7, 14, 30), Chase(10, 20, 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """What is on file for a country. `confirms` is the rule that makes vendors confirm an end, "" where none is known.

    `since` is the first day on which it is in force (None: not yet known). `dispute` are the rights to have a charge
    taken back. `checked` is the day on which somebody last read the law, in the file and line `where_defined`. What a
    file says of notices and of what a confirmation must say is for people; it is read to be checked, and moves no day.
    """

    country: str = ANY
    language: str = ""
    confirms: str = ""
    online_only: bool = False
    since: date | None = None
    online: Chase = _DAYS
    other: Chase = _DAYS
    letter: Chase = _DAYS_BY_LETTER
    dispute: tuple[Right, ...] = UNKNOWN
    checked: date | None = None
    where_defined: str = ""

    def cited(self, today: date, *, online: bool) -> str:
        """The rule that makes the vendor confirm, "" where none is in force that day for this way of asking."""
        in_force = self.since is not None and self.since <= today
        return self.confirms if in_force and (online or not self.online_only) else ""


@dataclass(frozen=True, slots=True)
class Laws:
    """The laws on file, by country."""

    by_country: Mapping[str, Law] = field(default_factory=dict)

    def of(self, domain: str, languages: Iterable[str]) -> Law:
        """The law that a contract is taken to stand under: by the vendor's country domain, else by the mails' language.

        A guess that moves days alone; nothing is proven by it.
        """
        top = domain.rpartition(".")[2].lower()
        found = self.by_country.get(_DOMAINS.get(top, top.upper()))
        elsewhere = len(top) == 2 and top not in _ANYBODYS
        for language in languages if not (found or elsewhere) else ():
            found = found or next((law for law in self.by_country.values() if law.language == language), None)
        return found or self.by_country.get(ANY) or Law()


def load_laws(folders: Sequence[Path]) -> Laws:
    """Read the law files alone, a few milliseconds; a file of a later folder replaces that of the same name.

    Raises RulesInvalid with every fault.
    """
    texts: dict[str, str] = {}
    for folder in folders:
        for path in sorted((folder / "law").glob("*.yaml")):
            texts[f"law/{path.name}"] = path.read_text(encoding="utf-8", errors="replace")
    laws, faults = parse_laws(texts, {})
    if faults:
        raise RulesInvalid(faults)
    return laws


def parse_laws(texts: Mapping[str, str], shown: Mapping[str, str]) -> tuple[Laws, list[str]]:
    """The laws of these texts by their path below the rules, and every fault as `path:line: what`."""
    found: dict[str, Law] = {}
    faults: list[str] = []
    for path in sorted(texts):
        law, wrong = _read(texts[path], shown.get(path, path))
        faults += wrong
        if law:
            found[law.country] = law
    return Laws({country: _with_rights(law, found.get(ANY)) for country, law in found.items()}), faults


def _with_rights(law: Law, any_law: Law | None) -> Law:
    """The law with the rights that hold everywhere or are said to hold there, where its file names none of its own.

    Where no country is known all of them stand.
    """
    everywhere = any_law.dispute if any_law else ()
    fair = law.dispute or tuple(r for r in everywhere if not r.countries or law.country in r.countries)
    return replace(law, dispute=fair or UNKNOWN)


def _read(text: str, path: str) -> tuple[Law | None, list[str]]:
    faults = Faults(path)
    table = load_yaml(text, faults)
    if table is None:
        return None, faults.found
    reader = Reader(table, faults, "a law")
    reader.only(*_FIELDS)
    country = reader.text("country")
    if not _COUNTRY.fullmatch(country):
        faults.add(reader.line("country"), f"{country!r} is no country: write two capitals (ISO 3166), or any")
    confirms, chase = _confirms(reader), _part(reader, "chase")
    _check_notices(reader)
    if not reader.texts_whole("sources"):
        faults.add(reader.table.line, "a law needs `sources`")
    if chase:
        chase.only("online", "other", "letter")
    law = Law(
        country=country,
        language=reader.text("language", ""),
        confirms=confirms.text("rule") if confirms else "",
        online_only=confirms.flag("online_only", default=False) if confirms else False,
        since=_day(confirms, "since") if confirms else None,
        online=_chase(chase, "online", _DAYS),
        other=_chase(chase, "other", _DAYS),
        letter=_chase(chase, "letter", _DAYS_BY_LETTER),
        dispute=read_rights(_part(reader, "dispute")),
        checked=_day(reader, "checked"),
        where_defined=f"{path}:{reader.line('checked')}",
    )
    return law, faults.found


def _confirms(reader: Reader) -> Reader | None:
    """The duty to confirm; what a confirmation must say and by when is checked here, and nowhere counted with."""
    part = _part(reader, "confirms")
    if part:
        part.only("rule", "must_say", "within", "online_only", "since")
        part.text("within", "")
        for word, line in part.lined_texts("must_say"):
            if word not in MUST_SAY:
                part.faults.add(line, f"{word!r} is nothing that a confirmation must say: {', '.join(MUST_SAY)}")
    return part


def _check_notices(reader: Reader) -> None:
    """What a law says of notices: the most days that a contract may ask for, and when a renewal is to be announced."""
    if notice := _part(reader, "notice"):
        notice.only("rule", "most")
        notice.text("rule")
        _days(notice, "most")
    if renewal := _part(reader, "renewal_notice"):
        renewal.only("rule", "earliest", "latest", "since")
        renewal.text("rule")
        latest = _days(renewal, "latest")
        if "earliest" in renewal.table.values and _days(renewal, "earliest") < latest:
            renewal.faults.add(
                renewal.line("earliest"), "`earliest` and `latest` are days before the renewal: swap them"
            )
        if "since" in renewal.table.values:
            _day(renewal, "since")


def _part(reader: Reader, key: str) -> Reader | None:
    return reader.sub(key, f"'{key}'")


def _day(reader: Reader, key: str) -> date | None:
    text = reader.text(key)
    try:
        return None if text in (_UNKNOWN, "") else date.fromisoformat(text)
    except ValueError:
        reader.faults.add(reader.line(key), f"{text!r} is no day: write 2026-11-22, or unknown")
        return None


def _days(reader: Reader, key: str) -> int:
    text = reader.text(key)
    if not text.isascii() or not text.isdigit() or len(text) > 3:
        reader.faults.add(reader.line(key), f"{text!r} is no number of days")
        return 0
    return int(text)


def _chase(reader: Reader | None, key: str, default: Chase) -> Chase:
    part = reader.sub(key, f"'{key}'") if reader else None
    if part is None:
        return default
    part.only("first", "second", "formal")
    return Chase(_days(part, "first"), _days(part, "second"), _days(part, "formal"))
