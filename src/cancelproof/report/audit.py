"""The audit as values: a table of all cases, and a card for each with its mails, proof, charges and next step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from cancelproof.model import BANK, Case, Charge, Deadline, Entry, Grade, Kind, Report, Status
from cancelproof.report import sentences
from cancelproof.report.calendar import about
from cancelproof.report.digest import Seen, Tone, answer, seen, warning
from cancelproof.report.escape import Shown, quoted, shown
from cancelproof.report.findings import Findings, findings
from cancelproof.report.step import next_step
from cancelproof.report.words import Words

#: So many bills in a row stand in one line of the timeline.
_MANY_BILLS = 4
_SHORT = 12
_NOTHING = Shown("")
_ELEMENTS = ("E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8", "E9")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One case as a row of a table; `anchor` is unique on the page."""

    anchor: Shown
    tone: Tone
    vendor: Shown
    service: Shown
    number: Shown
    status: Shown
    requested_on: Shown
    ends_on: Shown
    proof: Shown
    due_on: Shown
    overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One mail of a case, or several bills in a row; `sha256` is long enough to name it by, "" for several."""

    day: Shown
    kind: Shown
    subject: Shown
    sender: Shown
    sure: Shown
    grade: Shown
    forged: bool
    proof: bool
    sha256: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One element of a proof (docs/proof.md), in words, and whether the mail shows it."""

    code: Shown
    words: Shown
    shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofCard:
    """The mail that proves the end, the words that decided, and how strong it is."""

    day: Shown
    sender: Shown
    subject: Shown
    sentence: Shown
    grade: Shown
    sure: Shown
    source: Shown
    sha256: Shown
    elements: tuple[Element, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeRow:
    """Money taken after the end."""

    day: Shown
    money: Shown
    source: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRow:
    """A day that the case has coming."""

    day: Shown
    about: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """All that is known of one case."""

    row: Row
    title: Shown
    lines: tuple[Shown, ...]
    proof: ProofCard | None
    lacks_proof: bool
    charges: tuple[ChargeRow, ...]
    charged_sum: Shown
    next_step: Shown
    bills: Shown
    watch: Shown
    change: Shown
    basis: tuple[Shown, ...]
    days: tuple[DayRow, ...]
    law: Shown
    closed: Shown
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A figure on top of the page."""

    number: Shown
    words: Shown
    tone: Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The whole page."""

    language: str
    day: Shown
    question: Shown
    answer: Shown
    warning: Shown
    counts: tuple[Count, ...]
    cards: tuple[Card, ...]
    total: Shown
    seen: tuple[Seen, ...]
    findings: Findings
    creed: Shown


def audit(words: Words, report: Report) -> Audit:
    """Return the page of the day, the most urgent case first."""
    cases = by_urgency(report)
    return Audit(
        language=words.texts["language"],
        day=words.day(report.today),
        question=words.say("digest.question"),
        answer=answer(words, report),
        warning=warning(words, report),
        counts=tuple(_counts(words, report)),
        cards=tuple(card(words, case, report.today, f"case-{n}") for n, case in enumerate(cases, 1)),
        total=words.say("seen.total", report.mails),
        seen=seen(words, report),
        findings=findings(words, report, cases),
        creed=words.say("digest.creed"),
    )


def rows(words: Words, report: Report) -> tuple[Row, ...]:
    """Return the cases as rows of a table, the most urgent first."""
    return tuple(row(words, case, report.today, f"case-{n}") for n, case in enumerate(by_urgency(report), 1))


def by_urgency(report: Report) -> tuple[Case, ...]:
    """Return the cases as every list of them is ordered: the most urgent first."""
    return tuple(sorted(report.cases, key=sentences.urgency))


def _counts(words: Words, report: Report) -> Iterable[Count]:
    kinds: Sequence[tuple[str, Tone, Callable[[Case], bool]]] = (
        ("lacking", Tone.OPEN, lambda case: case.lacks_proof),
        ("charged", Tone.MONEY, sentences.charged),
        ("proven", Tone.GOOD, lambda case: case.status in {Status.PROVEN, Status.ENDING}),
        ("running", Tone.CALM, lambda case: case.status is Status.RUNNING),
        ("resumed", Tone.SOON, lambda case: case.status is Status.RESUMED),
    )
    for key, tone, belongs in kinds:
        number = sum(map(belongs, report.cases))
        if key == "resumed" and not number:
            continue
        yield Count(number=words.count(number), words=words.say(f"audit.{key}"), tone=tone if number else Tone.CALM)


def tone(case: Case) -> Tone:
    """Return how the case wants to be coloured."""
    if case.status is Status.CHARGED_AFTER_END:
        return Tone.MONEY
    if case.lacks_proof or sentences.weak(case):
        return Tone.OPEN
    if case.status in {Status.ENDING, Status.RESUMED}:
        return Tone.SOON
    return Tone.GOOD if case.status is Status.PROVEN else Tone.CALM


def row(words: Words, case: Case, today: date, anchor: str = "") -> Row:
    proof = case.proof
    return Row(
        anchor=Shown(anchor),
        tone=tone(case),
        vendor=shown(case.vendor, 80),
        service=shown(case.service, 80),
        number=shown(case.number, 60),
        status=sentences.status(words, case),
        requested_on=_day(words, case.requested_on),
        ends_on=_day(words, case.ends_on),
        proof=_grade(proof.grade) if proof else _NOTHING,
        due_on=_day(words, case.due_on),
        overdue=case.due_on is not None and case.due_on < today and sentences.urgent(case),
    )


def card(words: Words, case: Case, today: date, anchor: str = "", *, every: bool = False) -> Card:
    """Return all that is known of the case, long rows of bills drawn together unless `every` mail is to be shown."""
    return Card(
        row=row(words, case, today, anchor),
        title=sentences.title(words, case),
        lines=sentences.lines(words, case, today),
        proof=_proof(words, case.proof) if case.proof else None,
        lacks_proof=case.lacks_proof,
        charges=tuple(_charge(words, charge) for charge in case.charges_after_end),
        charged_sum=sentences.summed(words, case.charges_after_end),
        next_step=next_step(words, case, today),
        bills=sentences.bills(words, case, today),
        watch=sentences.watch(words, case, today),
        change=sentences.change(words, case),
        basis=tuple(_named(words, entry, today) for entry in case.basis[-_MANY_BILLS:]),
        days=tuple(_day_row(words, case, deadline, today) for deadline in case.deadlines),
        law=_duty(words, case),
        closed=sentences.closed(words, case, today),
        events=tuple(_events(words, case, every=every)),
    )


def _day_row(words: Words, case: Case, deadline: Deadline, today: date) -> DayRow:
    day = words.day(deadline.on)
    late = deadline.on < today
    return DayRow(day=words.say("show.overdue", day=day) if late else day, about=about(words, case, deadline))


def _duty(words: Words, case: Case) -> Shown:
    """Which letter comes next, and the rule that it may name."""
    letter = words.say(f"show.letter_{case.letter}") if case.letter and case.lacks_proof else _NOTHING
    rule = words.say("show.law", rule=shown(case.rule, 80)) if case.rule and case.lacks_proof else _NOTHING
    return Shown(" ".join(part for part in (letter, rule) if part))


def _named(words: Words, entry: Entry, today: date) -> Shown:
    """A mail in half a line: its day, kind and subject; of a line of a bank statement where it stands."""
    kind = words.say(f"kind.{entry.kind.value}")
    when = Shown(f"{words.day(entry.day, today)}, {kind}")
    said = _sender(words, entry) if entry.banked else shown(entry.subject, 100)
    return words.say("show.label", name=when, value=said)


def _day(words: Words, day: date | None) -> Shown:
    return words.day(day) if day else _NOTHING


def _grade(grade: Grade | None) -> Shown:
    return Shown(grade.value) if grade else _NOTHING


def elements(words: Words, has: Iterable[str]) -> tuple[Element, ...]:
    """Return the nine elements and which of them the mail shows."""
    codes = frozenset(has)
    return tuple(Element(code=Shown(c), words=words.say(f"element.{c}"), shown=c in codes) for c in _ELEMENTS)


def _proof(words: Words, entry: Entry) -> ProofCard:
    return ProofCard(
        day=words.day(entry.day),
        sender=shown(entry.sender, 120),
        subject=shown(entry.subject, 200),
        sentence=quoted(entry.sentence, 400),
        grade=words.say(f"grade.{entry.grade.value if entry.grade else 'none'}"),
        sure=words.say(f"authenticity.{entry.authenticity.value}"),
        source=shown(entry.source, 200),
        sha256=shown(entry.sha256, 64),
        elements=elements(words, (code for code, has in entry.elements.items() if has)),
    )


def _charge(words: Words, charge: Charge) -> ChargeRow:
    money = words.say("fact.unknown_sum") if charge.amount is None else words.money(charge.amount, charge.currency)
    return ChargeRow(day=words.day(charge.day), money=money, source=shown(charge.source, 200))


def _events(words: Words, case: Case, *, every: bool) -> Iterable[Event]:
    """Yield the mails, oldest first, with long rows of bills drawn together unless `every` one is to be shown."""
    entries = sorted(case.entries, key=lambda entry: entry.day)
    for bills, group in groupby(entries, key=lambda entry: entry.kind is Kind.RECEIPT and entry.authentic is not False):
        run = list(group)
        if bills and len(run) >= _MANY_BILLS and not every:
            yield _bills(words, run, case.bills)
        else:
            yield from (_event(words, entry, case.proof) for entry in run)


def _event(words: Words, entry: Entry, proof: Entry | None) -> Event:
    kind = words.say(f"kind.{entry.kind.value}")
    return Event(
        day=words.day(entry.day),
        kind=words.say("show.told", kind=kind) if entry.corrected else kind,
        subject=shown(entry.sentence if entry.banked else entry.subject, 160),
        sender=_sender(words, entry),
        sure=_NOTHING if entry.sent or entry.banked else words.say(f"authenticity.{entry.authenticity.value}"),
        grade=_grade(entry.grade),
        forged=entry.authentic is False,
        proof=proof is not None and entry.sha256 == proof.sha256,
        sha256=shown(entry.sha256[:_SHORT]),
    )


def _sender(words: Words, entry: Entry) -> Shown:
    """Who wrote it: the owner, a vendor, or the bank in a statement."""
    if entry.banked:
        return words.say("audit.statement", file=shown(entry.source.removeprefix(BANK), 120))
    return words.say("audit.you") if entry.sent else shown(entry.sender, 120)


def _bills(words: Words, run: Sequence[Entry], counted: frozenset[str]) -> Event:
    """A row of bills in a line. A mail and its debit, or a bill and its receipt, are one charge."""
    own = [entry for entry in run if entry.sha256 in counted] or run
    charges = [Charge(day=entry.day, amount=entry.amount, currency=entry.currency) for entry in own]
    bills = words.say("audit.bills", len(own))
    return Event(
        day=words.say("audit.span", first=words.day(run[0].day), last=words.day(run[-1].day)),
        kind=words.say("kind.receipt"),
        subject=words.say("audit.bills_of", bills=bills, sum=sentences.summed(words, charges)),
        sender=words.listed(list(dict.fromkeys(_sender(words, entry) for entry in run))[:3]),
        sure=_NOTHING,
        grade=_NOTHING,
        forged=False,
        proof=False,
        sha256=_NOTHING,
    )
