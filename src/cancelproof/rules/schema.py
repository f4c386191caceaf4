"""JSON Schema of the rule files, made of the fields that their readers take, for editors (`rules/schema/`).

It checks names, shapes and choices while one types; what only a reader can know (patterns, lists, topics) `rules check`
says. Scalars are text to us, and may be numbers or days to an editor.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cancelproof.model import Channel, Kind, Place
from cancelproof.rules import cancelling, columns, dispute, language, law, together, vendors
from cancelproof.rules.values import SENDER_FIELDS

Schema = Mapping[str, Any]

_DRAFT = "http://json-schema.org/draft-07/schema#"  # what editors know
_TEXT: Schema = {"type": ["string", "number", "boolean"]}
_WORDS: Schema = {"oneOf": [_TEXT, {"type": "array", "items": _TEXT}, {"type": "null"}]}
_DAYS: Schema = {"type": ["integer", "string"], "pattern": r"^\d{1,3}$", "minimum": 0, "maximum": 999}
_FLAG: Schema = {"enum": [True, False, "yes", "no", "true", "false"]}


def _of(values: Mapping[str, Schema], required: Iterable[str] = ()) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": dict(values), "required": list(required)}


def _lists(value: Schema = _WORDS) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": dict(value)}


def _one_of(choices: Iterable[str]) -> dict[str, Any]:
    return {"enum": list(choices)}


def _shapes(fields: Iterable[str], known: Mapping[str, Schema]) -> dict[str, Schema]:
    """A shape for each field that the reader takes; one without a shape of its own here may hold anything."""
    return {field: known.get(field, {}) for field in fields}


_PLACES: Schema = {"oneOf": [_TEXT, {"type": "array", "items": _one_of(Place)}]}
_RULE = _of(
    _shapes(
        language._RULE_FIELDS,  # noqa: SLF001 - one package
        {
            "id": _TEXT,
            "firm": _FLAG,
            "reach": _one_of(("clause", "sentence")),
            "status": _one_of(("stable", "experimental")),
            "where": _PLACES,
            **dict.fromkeys(("say", "despite", "needs", "unless", "examples", "silent"), _WORDS),
        },
    ),
    ("id", "say"),
)
_STATEMENTS = _of({kind.value: {"type": "array", "items": {"$ref": "#/definitions/rule"}} for kind in Kind})
_GUARD = _of({"words": _WORDS, "reach": _one_of(language.GUARD_REACH), "topics": _FLAG, "kinds": _WORDS})
_TOPIC: Schema = {"oneOf": [_WORDS, _of({"say": _WORDS, "silences": _FLAG, "despite": _WORDS, "where": _PLACES})]}
_DATE_FORMS = _of(
    {
        "order": _one_of(("dmy", "mdy", "ymd")),
        "order_varies": _FLAG,
        "count_words": _lists(),
        "day_words": _lists(),
        **dict.fromkeys(("months", "weekdays", "ordinals", "joiners", *language.RELATIVE_DAYS), _WORDS),
    }
)


def language_schema() -> Schema:
    """The schema of `lang/*.yaml`."""
    known: dict[str, Schema] = {
        **dict.fromkeys(("language", "name", "common", "conjunctions"), _TEXT),
        **dict.fromkeys(("endings", "sender_words"), _WORDS),
        **dict.fromkeys(("things", "verbs", "words", "money"), _lists()),
        **dict.fromkeys(("conjugation", "irregular"), _lists(_lists(_TEXT))),
        "compounds": _FLAG,
        "guards": _lists(_GUARD),
        "topics": _lists(_TOPIC),
        "statements": _STATEMENTS,
        "dates": _DATE_FORMS,
        "cues": _of(dict.fromkeys(language.CUES, _WORDS)),
        "concepts": _of(dict.fromkeys(language.CONCEPTS, _WORDS)),
        "marks": _lists(),
    }
    fields = _shapes(language._FIELDS, known)  # noqa: SLF001
    return _document("A language file of cancelproof", _of(fields, ("language",)))


_LISTS_OF_WORDS = ("names", "services", "numbers", "labels", "sources", "related", "statement_names", "sold_through")
_WAY: dict[str, Schema] = {"address": _TEXT, "steps": _lists(), "note": _lists()}
_REGISTERED: dict[str, Schema] = {"registered": _FLAG}


def vendor_schema() -> Schema:
    """The schema of `vendors/*.yaml` and `platforms/*.yaml`."""
    known: dict[str, Schema] = {
        **dict.fromkeys(("vendor", "country", "note"), _TEXT),
        "sector": _one_of(vendors.SECTORS),
        **dict.fromkeys(_LISTS_OF_WORDS, _WORDS),
        "id": {"type": ["string", "number"], "pattern": f"^{vendors._ID.pattern}$"},  # noqa: SLF001
        "domains": _WORDS,
        "cancel": _of(
            {way: _of(_WAY | _REGISTERED if way in cancelling.REGISTERED else _WAY) for way in cancelling.WAYS}
        ),
        "examples": _lists(_of(dict.fromkeys((kind.value for kind in Kind if kind is not Kind.OTHER), _WORDS))),
        "silent": _lists(),
        "expects": _of({"confirmation": _one_of(vendors.CONFIRMATION), "within_days": {"type": ["integer", "string"]}}),
        "common_word": _FLAG,
        "checked": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"},
        "reads": _lists({"type": "object", "properties": {"statements": _STATEMENTS}}),
    }
    fields = _shapes(vendors._FIELDS, known)  # noqa: SLF001
    return _document("A vendor or platform file of cancelproof", _of(fields, ("vendor", "id", "domains")))


def law_schema() -> Schema:
    """The schema of `law/*.yaml`."""
    day: Schema = {"type": "string", "pattern": r"^(\d{4}-\d\d-\d\d|unknown)$"}
    since: dict[str, Schema] = {"rule": _TEXT, "since": day}
    said: Schema = {"type": "array", "items": {"enum": list(law.MUST_SAY)}}
    chase = _of({"first": _DAYS, "second": _DAYS, "formal": _DAYS}, ("first", "second", "formal"))
    right = _of(
        _shapes(
            dispute.FIELDS,
            {
                "alarms": {"type": "array", "items": _DAYS},
                "limit": {"type": "string", "pattern": f"^{dispute.TERM.pattern}$"},
                "countries": _WORDS,
                "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
                "sources": _WORDS,
            },
        ),
        ("limit", "sources"),
    )
    known: dict[str, Schema] = {
        "country": {"type": "string", "pattern": f"^({law._COUNTRY.pattern})$"},  # noqa: SLF001
        "language": _TEXT,
        "confirms": _of({**since, "must_say": said, "within": _TEXT, "online_only": _FLAG}, ("rule", "since")),
        "renewal_notice": _of({**since, "earliest": _DAYS, "latest": _DAYS}, ("rule", "latest")),
        "notice": _of({"rule": _TEXT, "most": _DAYS}, ("rule", "most")),
        "chase": _of(dict.fromkeys(("online", "other", "letter"), chase)),
        "dispute": _of(dict.fromkeys(columns.RAILS, _lists(right))),
        "sources": _WORDS,
        "checked": day,
    }
    fields = _shapes(law._FIELDS, known)  # noqa: SLF001
    return _document("A law file of cancelproof", _of(fields, ("country", "sources")))


def together_schema() -> Schema:
    """The schema of `together.yaml`."""
    saying = _of({"id": _TEXT, "all": _WORDS, "unless": _WORDS, "strong": _FLAG}, ("id", "all"))
    kind = _of(
        {
            "never_beside": _WORDS,
            "never_unsaid_beside": _WORDS,
            "unless": _WORDS,
            "say": {"type": "array", "items": saying},
        }
    )
    known: dict[str, Schema] = {"quoted_request": _TEXT, "by_owner": _TEXT, "names_end": _TEXT}
    fields = {field: known.get(field, _WORDS) for field in together.FIELDS} | {kind_.value: kind for kind_ in Kind}
    return _document("What statements say together, for cancelproof", _of(fields))


def columns_schema() -> Schema:
    """The schema of `columns.yaml`."""
    heads = {"told": columns.TOLD, "statement": columns.STATEMENT, "rails": columns.RAILS, "channels": tuple(Channel)}
    fields: dict[str, Schema] = {name: _of(dict.fromkeys(names, _WORDS)) for name, names in heads.items()}
    return _document(
        "Headings of tables for cancelproof", _of({**fields, "either_order": _WORDS, "taken": _WORDS, "given": _WORDS})
    )


def senders_schema() -> Schema:
    """The schema of `senders.yaml`."""
    return _document("Who writes for many, for cancelproof", _of(dict.fromkeys(SENDER_FIELDS, _WORDS)))


def currencies_schema() -> Schema:
    """The schema of `currencies.yaml`."""
    codes: Schema = {"type": "object", "patternProperties": {"^[A-Z]{3}$": _WORDS}, "additionalProperties": False}
    at_home = {"type": "object", "additionalProperties": codes}
    fields = {"currencies": codes, "at_home": at_home}
    return _document("Signs of currencies for cancelproof", _of(fields, ("currencies",)))


def weights_schema() -> Schema:
    """The schema of `weights.yaml` and `days.yaml`: for each sign how much it tells in or for which kind."""
    by_kind = {str(kind): {"type": "number"} for kind in Kind}
    tells: Schema = {"type": "object", "properties": by_kind, "additionalProperties": False}
    return _document("How much each sign tells", {"type": "object", "additionalProperties": tells})


def tells_schema() -> Schema:
    """The schema of `services.yaml`: for each sign how much it tells."""
    return _document("How much each sign tells", {"type": "object", "additionalProperties": {"type": "number"}})


def shares_schema() -> Schema:
    """The schema of `everyday.yaml`: for each language how often its words are said."""
    shares: Schema = {"type": "object", "additionalProperties": {"type": "number"}}
    return _document("How often words are said", {"type": "object", "additionalProperties": shares})


def _document(title: str, body: Mapping[str, Any]) -> Schema:
    return {"$schema": _DRAFT, "title": title, **body, "definitions": {"rule": _RULE}}


#: The files below `rules/schema/`, and what makes them.
SCHEMAS = {
    "language.json": language_schema,
    "vendor.json": vendor_schema,
    "law.json": law_schema,
    "together.json": together_schema,
    "columns.json": columns_schema,
    "senders.json": senders_schema,
    "currencies.json": currencies_schema,
    "weights.json": weights_schema,
    "days.json": weights_schema,
    "services.json": tells_schema,
    "everyday.json": shares_schema,
}
_BY_FOLDER = {"lang": "language.json", "vendors": "vendor.json", "platforms": "vendor.json", "law": "law.json"}


def schema_line(path: str) -> str:
    """The first line of a rule file, by its path below the rules folder: what an editor checks it by."""
    folder, _, name = path.rpartition("/")
    return f"# yaml-language-server: $schema={'../' * bool(folder)}schema/{_BY_FOLDER.get(folder, f'{name[:-5]}.json')}"
