"""A language file, read: its words, guards, statements, dates and sums become patterns."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import chain

from cancelproof.model import Kind, Marks, Place
from cancelproof.rules.currencies import read_money
from cancelproof.rules.inflection import Grammar, thing_forms, verb_forms
from cancelproof.rules.pattern import Gap, Pattern, PatternFault, Sequence, parse
from cancelproof.rules.values import DateForms, Guard, Language, MoneyForms, Rule
from cancelproof.rules.yamlfile import Faults, Reader, Table, load
from cancelproof.words import fold

_LAST_DAY = 31  # of a month
_FIELDS = (
    "language", "name", "common", "conjunctions", "endings", "compounds", "conjugation", "irregular", "things", "verbs",
    "words", "concepts", "guards", "statements", "topics", "dates", "money", "cues", "sender_words", "marks",
)  # fmt: skip
_RULE_FIELDS = ("id", "say", "despite", "needs", "unless", "where", "firm", "reach", "status", "examples", "silent")
GUARD_REACH = ("clause", "sentence", "far")
RELATIVE_DAYS = (
    "today", "tomorrow", "yesterday", "month_end", "next_month_end", "year_end", "in_days", "in_weeks", "in_months",
    "period_end", "named_month_end", "spelt_day", "same_day", "day_of_month", "this_weekday",
)  # fmt: skip
CUES = (
    "end", "asked", "charged", "renews", "other_date", "period", "total", "part",
    "case_number", "cancellation_number", "contract_number", "order_number", "line_number", "other_number",
    "service", "service_head", "service_alone", "service_kind", "service_link", "service_of", "vendor",
    "final_bill", "one_off", "no_more_billing", "effects", "month_first", "vendor_of",
)  # fmt: skip
#: What sentences of such mails speak of, whatever they say of it; which of them a mail has words of is a sign of its
#: kind (docs/rules.md). First what may end or be cancelled and is no contract of the owner's …
THINGS = (
    "event", "appointment", "order", "pay_way", "fine", "paper", "staff", "premises", "supplier", "feature",
    "other_people", "fiction", "document", "mailing", "application", "credit", "ticket",
)  # fmt: skip
#: … then how matters stand, money, and manners of speaking.
CONCEPTS = (
    *THINGS,
    "goes_on", "no_effect", "too_late", "bound", "lacks", "examined", "your_step", "not_yet", "taken_back", "on_again",
    "paused", "switched_off", "over", "settled", "last", "leaving", "hand_back", "moved_away", "by_us", "to_free",
    "lower_plan", "trial", "nothing_due", "access_until",
    "overdue", "failed", "received", "will_charge", "pays_back", "mistake", "price", "renews", "offer", "survey",
    "welcome", "export",
    "wish", "if", "planned", "general", "reported", "only", "instead", "but", "earlier", "at_once", "denies",
)  # fmt: skip


class _Source:
    """The lists of a language while they are being built, with what parses a pattern against them."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.lists: dict[str, tuple[Sequence, ...]] = {}

    def near(self, name: str) -> Iterable[str]:
        return difflib.get_close_matches(name, self.lists, 1)

    def pattern(self, text: str, line: int) -> Pattern | None:
        try:
            return parse(text, self.lists, self.near)
        except PatternFault as fault:
            self.faults.add(line, str(fault))
            return None

    def patterns(self, reader: Reader, key: str) -> tuple[Pattern, ...]:
        read = (self.pattern(text, line) for text, line in reader.lined_texts(key))
        return tuple(pattern for pattern in read if pattern)


def read_language(text: str, path: str, common_money: MoneyForms) -> tuple[Language | None, list[str]]:
    """The language of a file's text, and every fault as `path:line: what`."""
    faults = Faults(path)
    table = load(text, faults)
    if table is None:
        return None, faults.found
    reader = Reader(table, faults, "a language")
    reader.only(*_FIELDS)
    source = _Source(faults)
    _read_lists(reader, source)
    code = reader.text("language")
    forms, money = _dates(reader), read_money(reader, "money", common_money)
    language = Language(
        code=code,
        name=reader.text("name", code),
        common=frozenset(fold(word) for word in reader.text("common", "").split()),
        conjunctions=frozenset(fold(word) for word in reader.text("conjunctions", "").split()),
        lists=source.lists,
        guards=tuple(_guards(reader, source)),
        rules=tuple(_rules(reader, source, code)),
        dates=forms,
        relative=_relative(reader, source, forms),
        money=money,
        cues=_cues(reader, source),
        concepts=_concepts(reader, source),
        sender_words=frozenset(fold(word) for word in reader.text("sender_words", "").split()),
        marks=_marks(reader),
    )
    return language, faults.found


# ---------------------------------------------------------------- word lists


def _read_lists(reader: Reader, source: _Source) -> None:
    grammar = Grammar(
        endings=("", *reader.texts("endings")),
        compounds=reader.flag("compounds", default=False),
        conjugations=_forms_table(reader, "conjugation"),
        irregular=_forms_table(reader, "irregular"),
    )
    for name, phrase, line in _entries(reader, "things"):
        _extend(source, name, line, lambda p=phrase: thing_forms(p, grammar))  # type: ignore[misc]  # bound default
    for name, lemma, line in _entries(reader, "verbs"):
        _add_verb(source, name, lemma, line, grammar)
    for name, phrase, line in _entries(reader, "words"):
        pattern = source.pattern(phrase, line)
        if pattern and len(pattern.parts) == 1:
            _extend(source, name, line, lambda p=pattern: p.parts)  # type: ignore[misc]  # bound default
        elif pattern:
            source.faults.add(line, f"{phrase!r}: no & in a word list")


def _add_verb(source: _Source, name: str, lemma: str, line: int, grammar: Grammar) -> None:
    try:
        forms = verb_forms(lemma, grammar)
    except PatternFault as fault:
        source.faults.add(line, str(fault))
        return
    for form, sequences in forms.items():
        _extend(source, f"{name}.{form}", line, lambda s=sequences: s)  # type: ignore[misc]  # bound default
        _extend(source, name, line, lambda s=sequences: s)  # type: ignore[misc]  # bound default


def _extend(source: _Source, name: str, line: int, forms: Callable[[], tuple[Sequence, ...]]) -> None:
    try:
        source.lists[name] = source.lists.get(name, ()) + tuple(s for s in forms() if not _starts_loose(s))
    except PatternFault as fault:
        source.faults.add(line, str(fault))


def _starts_loose(sequence: Sequence) -> bool:
    return not sequence or isinstance(sequence[0], Gap)


def _entries(reader: Reader, key: str) -> Iterable[tuple[str, str, int]]:
    if sub := reader.sub(key, f"{key!r}"):
        for name in sub.keys():  # noqa: SIM118  # a Reader, not a dict
            for phrase, line in sub.lined_texts(name):
                yield name, phrase, line


def _forms_table(reader: Reader, key: str) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """`{er: {done: é ée}}`: for each ending or verb, the endings or words of each form."""
    table: dict[str, dict[str, tuple[str, ...]]] = {}
    if sub := reader.sub(key, f"{key!r}"):
        for name, value in sub.table.values.items():
            if isinstance(value, Table):
                forms = Reader(value, reader.faults, f"{key} {name!r}")
                table[name] = {form: tuple(forms.text(form).replace(",", " ").split()) for form in forms.keys()}  # noqa: SIM118  # a Reader
            else:
                reader.faults.add(sub.line(name), f"{key} {name!r} must be a mapping of forms")
    return table


# ---------------------------------------------------------------- guards and statements


def _guards(reader: Reader, source: _Source) -> Iterable[Guard]:
    sub = reader.sub("guards", "'guards'")
    for name in sub.keys() if sub else ():
        guard = sub.sub(name, f"the guard {name!r}") if sub else None
        if guard:
            guard.only("words", "reach", "topics", "kinds")
            _among(guard, "kinds", frozenset(Kind), "kind")
            kinds = frozenset(guard.texts("kinds"))
            reach = guard.one_of("reach", GUARD_REACH, GUARD_REACH[0])
            yield Guard(
                name=name,
                patterns=source.patterns(guard, "words"),
                sentence_wide=reach == "sentence",
                far=reach == "far",
                topics=guard.flag("topics", default=not kinds),
                kinds=kinds,
            )


def _rules(reader: Reader, source: _Source, code: str) -> Iterable[Rule]:
    guards = reader.sub("guards", "'guards'")
    names = frozenset({"question", *(guards.keys() if guards else ())})
    topics = reader.sub("topics", "'topics'")
    for topic in topics.keys() if topics else ():
        if topics:
            yield _topic(topics, topic, source, code, names)
    known = frozenset(topics.keys()) if topics else frozenset()
    yield from statements(reader, source.patterns, f"lang/{code}", names, known)


def _topic(topics: Reader, name: str, source: _Source, code: str, guards: frozenset[str]) -> Rule:
    """A topic: a list of patterns, or a mapping of `say` and what goes for them."""
    where = f"{topics.faults.path}:{topics.line(name)}"
    topic = Rule(id=f"{code} topic {name}", kind=None, topic=name, patterns=(), where_defined=where)
    if not isinstance(topics.table.values.get(name), Table):
        return replace(topic, patterns=source.patterns(topics, name))
    sub = topics.sub(name, f"the topic {name!r}")
    if sub is None:
        return topic
    sub.only("say", "silences", "despite", "where")
    _among(sub, "despite", guards, "guard")
    _among(sub, "where", frozenset(Place), "place")
    return replace(
        topic,
        patterns=source.patterns(sub, "say"),
        silences=sub.flag("silences", default=False),
        despite=frozenset(sub.texts("despite")),
        where=frozenset(map(Place, sub.texts("where"))),
    )


def statements(
    reader: Reader,
    patterns: Callable[[Reader, str], tuple[Pattern, ...]],
    prefix: str,
    guards: frozenset[str],
    topics: frozenset[str],
) -> Iterable[Rule]:
    """The rules under `statements`, by kind; used by language, vendor and platform files alike."""
    sub = reader.sub("statements", "'statements'")
    for kind in sub.keys() if sub else ():
        if sub is None or kind not in list(Kind):
            reader.faults.add(reader.line("statements"), f"{kind!r} is no kind: {', '.join(Kind)}")
            continue
        for entry in sub.subs(kind, f"a statement of {kind}"):
            entry.only(*_RULE_FIELDS)
            yield _rule(entry, Kind(kind), patterns(entry, "say"), prefix, guards, topics)


def _rule(
    entry: Reader,
    kind: Kind,
    patterns: tuple[Pattern, ...],
    prefix: str,
    guards: frozenset[str],
    topics: frozenset[str],
) -> Rule:
    _among(entry, "despite", guards, "guard")
    _among(entry, "needs", topics, "topic")
    _among(entry, "unless", topics, "topic")
    _among(entry, "where", frozenset(Place), "place")
    for key in ("needs", "unless"):
        if kind is Kind.OTHER and key in entry.keys():  # noqa: SIM118  # a Reader
            entry.faults.add(
                entry.line(key), f"a statement of {kind} asserts nothing, whatever the mail says: no {key!r}"
            )
    return Rule(
        id=f"{prefix} {kind} {entry.text('id')}",
        kind=kind,
        patterns=patterns,
        despite=frozenset(entry.texts("despite")),
        needs=entry.texts("needs"),
        unless=entry.texts("unless"),
        where=frozenset(Place(p) for p in entry.texts("where") if p in list(Place)),
        firm=entry.flag("firm", default=True),
        sentence_wide=entry.one_of("reach", ("clause", "sentence"), "clause") == "sentence",
        experimental=entry.one_of("status", ("stable", "experimental"), "experimental") == "experimental",
        examples=entry.texts_whole("examples"),
        silent=entry.texts_whole("silent"),
        where_defined=f"{entry.faults.path}:{entry.table.line}",
    )


def _among(entry: Reader, key: str, allowed: frozenset[str], what: str) -> None:
    for name, line in entry.lined_texts(key):
        if name not in allowed:
            near = difflib.get_close_matches(name, allowed, 1)
            entry.faults.add(line, f"{name!r} is no {what} here" + (f", did you mean {near[0]!r}?" if near else ""))


# ---------------------------------------------------------------- dates, sums, cues, marks


def _dates(reader: Reader) -> DateForms:
    dates = reader.sub("dates", "'dates'")
    if dates is None:
        return DateForms()
    dates.only(
        "order", "order_varies", "months", "weekdays", "ordinals", "joiners", "count_words", "day_words", *RELATIVE_DAYS
    )
    months = tuple(tuple(m.split("|")) for m in dates.texts("months"))
    if len(months) != 12:
        dates.faults.add(dates.line("months"), f"{len(months)} months; twelve are needed, in order")
    weekdays = tuple(tuple(day.split("|")) for day in dates.texts("weekdays"))
    if len(weekdays) not in (0, 7):
        dates.faults.add(dates.line("weekdays"), f"{len(weekdays)} days; seven are needed, from Monday")
    order = dates.one_of("order", ("dmy", "mdy", "ymd"), "dmy").upper()
    return DateForms(
        order=order,
        order_varies=dates.flag("order_varies", default=False),
        months=months,
        weekdays=weekdays,
        ordinals=dates.texts("ordinals"),
        joiners=dates.texts("joiners"),
        counts=tuple((fold(word), number) for word, number in _numbered(dates, "count_words")),
        day_words=tuple(_numbered(dates, "day_words", _LAST_DAY)),
    )


def _numbered(dates: Reader, key: str, most: int = sys.maxsize) -> Iterable[tuple[str, int]]:
    """The words for numbers, `{2: two}`, none of them above `most`."""
    sub = dates.sub(key, f"{key!r}")
    for number in sub.keys() if sub else ():
        if sub and number.isdigit() and int(number) > most:
            dates.faults.add(dates.line(key), f"{number} is too much: {most} at most")
        elif sub and number.isdigit():
            yield from ((word, int(number)) for word in sub.texts(number))
        else:
            dates.faults.add(dates.line(key), f"{number!r} is no number in digits, as in 2: two")


def _relative(reader: Reader, source: _Source, forms: DateForms) -> Mapping[str, tuple[Pattern, ...]]:
    """The patterns of days told in words; there `{number}` may be a word for one, too: *in two weeks*.

    `{day}` and `{month}` are any of the language's words for them: *the {day} of {month}*.
    """
    dates = reader.sub("dates", "'dates'")
    found: dict[str, tuple[Pattern, ...]] = {}
    days = "|".join(word.replace(" ", "_") for word, _ in forms.day_words) or "{day}"  # a fault, as any unknown
    months = "|".join(chain.from_iterable(forms.months)) or "{month}"
    for key in RELATIVE_DAYS if dates else ():
        lined = dates.lined_texts(key) if dates else ()
        filled = (
            (text.replace("{number}", "{count}").replace("{day}", days).replace("{month}", months), line)
            for text, line in lined
        )
        if patterns := tuple(pattern for text, line in filled if (pattern := source.pattern(text, line))):
            found[key] = patterns
    return found


def _cues(reader: Reader, source: _Source) -> Mapping[str, tuple[Pattern, ...]]:
    if sub := reader.sub("cues", "'cues'"):
        sub.only(*CUES)
    return _patterns(sub, source, CUES)


def _concepts(reader: Reader, source: _Source) -> Mapping[str, tuple[Pattern, ...]]:
    if sub := reader.sub("concepts", "'concepts'"):
        sub.only(*CONCEPTS)
    return _patterns(sub, source, CONCEPTS)


def _patterns(sub: Reader | None, source: _Source, names: tuple[str, ...]) -> Mapping[str, tuple[Pattern, ...]]:
    """The lists of patterns that have one of these names."""
    return {name: source.patterns(sub, name) for name in sub.keys() if name in names} if sub else {}  # noqa: SIM118  # a Reader


def _marks(reader: Reader) -> Marks:
    sub = reader.sub("marks", "'marks'")
    if sub is None:
        return Marks()
    sub.only("wrote", "original", "forwarded", "reply", "from", "date", "subject", "to", "abbreviations")
    low = {key: tuple(text.lower() for text in sub.texts(key)) for key in sub.keys()}  # noqa: SIM118  # a Reader
    return Marks(
        wrote=low.get("wrote", ()),
        original=low.get("original", ()),
        forwarded=low.get("forwarded", ()),
        replied=low.get("reply", ()),
        from_names=low.get("from", ()),
        date_names=low.get("date", ()),
        subject_names=low.get("subject", ()),
        to_names=low.get("to", ()),
        abbreviations=frozenset(low.get("abbreviations", ())),
    )
