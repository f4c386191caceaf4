"""The digest as values: what lacks proof first, then money, then what comes, then the rest. Three sinks render it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from cancelproof.model import Case, Coverage, FolderSeen, Kind, Report, Status, Step
from cancelproof.report import sentences
from cancelproof.report.escape import Shown, header_value, shown
from cancelproof.report.step import next_step
from cancelproof.report.words import Words

#: Confirmations and restarts of so many days are listed one by one, older ones only counted.
LATELY = timedelta(days=31)
#: A renewal is announced so long before, where a renewal notice or a long term makes it worth telling.
_SOON = timedelta(days=45)
_LONG_TERM = timedelta(days=80)
_NAMED = 5
_FAULTS = 5


class Tone(StrEnum):
    """How a section or a case wants to be coloured."""

    OPEN = "open"
    MONEY = "money"
    SOON = "soon"
    GOOD = "good"
    CALM = "calm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One case: `lines` say what is known, `action` what to do next ("" for nothing)."""

    title: Shown
    status: Shown
    lines: tuple[Shown, ...]
    action: Shown
    overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and its cases."""

    tone: Tone
    title: Shown
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was read of one account or archive, in sentences; `blind` where it could not be read."""

    lines: tuple[Shown, ...]
    faults: tuple[Shown, ...] = ()
    blind: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """The answer to the one question, and what else needs the owner's eye.

    `quiet` is True where nothing needs the owner. `sections` holds no empty one; the first may be the answer's items.
    """

    language: str
    day: Shown
    subject: str
    question: Shown
    answer: Shown
    warning: Shown
    sections: tuple[Section, ...]
    rest: tuple[Shown, ...]
    seen: tuple[Seen, ...]
    creed: Shown
    quiet: bool


def digest(words: Words, report: Report, since: date | None = None) -> Digest:
    """Return the digest of the day; what was confirmed before `since` (default: 31 days ago) is only counted."""
    since = since or report.today - min(LATELY, report.today - date.min)
    listed = list(_listed(report, since))
    return Digest(
        language=words.texts["language"],
        day=words.day(report.today),
        subject=subject(words, report),
        question=words.say("digest.question"),
        answer=answer(words, report),
        warning=warning(words, report),
        sections=tuple(_section(words, key, tone, cases, report.today) for key, tone, cases in listed),
        rest=tuple(_rest(words, [case for case in report.cases if not any(case in cases for _, _, cases in listed)])),
        seen=seen(words, report),
        creed=words.say("digest.creed"),
        quiet=not needs_owner(report),
    )


def needs_owner(report: Report) -> bool:
    """Say whether something waits for the owner: a step that is due or to come, or mail that could not be read."""
    return any(map(sentences.urgent, report.cases)) or _blind(report)


def _blind(report: Report) -> bool:
    return any(not account.complete for account in report.coverage)


def warning(words: Words, report: Report) -> Shown:
    """Return the warning that not all could be read, or ""."""
    return words.say("digest.blind") if _blind(report) else Shown("")


def lacking(report: Report) -> list[Case]:
    """Return the cases that lack written proof, the most urgent first."""
    return sorted((case for case in report.cases if case.lacks_proof), key=sentences.urgency)


def answer(words: Words, report: Report) -> Shown:
    """Return the answer to the digest's question in one sentence."""
    cases = lacking(report)
    if cases:
        names = list(dict.fromkeys(shown(case.vendor, 60) for case in cases))
        if len(names) > _NAMED:
            names = [*names[: _NAMED - 1], words.say("digest.others", len(names) - _NAMED + 1)]
        listed = words.listed(names)
        return words.say("digest.open", len(cases), all=len(report.cases), vendors=listed)
    if _blind(report):
        return words.say("digest.none_blind")
    if not (report.cases or report.mails or report.coverage):
        return words.say("digest.nothing_yet")
    return words.say("digest.none" if report.cases else "digest.no_cases")


def subject(words: Words, report: Report) -> str:
    """Return the subject of the digest mail: the counts that matter, no word of any mail."""
    count = len(lacking(report))
    charged = sum(map(sentences.charged, report.cases))
    parts = [words.say("digest.subject_open", count) if count else words.say("digest.subject_quiet")]
    if charged:
        parts.append(words.say("digest.subject_charged", charged))
    if _blind(report):
        parts.append(words.say("digest.subject_blind"))
    return header_value(words.listed(parts))


def _listed(report: Report, since: date) -> Iterator[tuple[str, Tone, list[Case]]]:
    """The cases of each section that has any; a case stands in the first that it belongs to, and nowhere else."""
    today = report.today
    kinds: Sequence[tuple[Tone, str, Callable[[Case], bool]]] = (
        (Tone.OPEN, "", lambda case: case.lacks_proof),
        (Tone.MONEY, "digest.charged", sentences.charged),
        (Tone.OPEN, "digest.weak", sentences.weak),
        (Tone.SOON, "digest.resumed", lambda case: _resumed_since(case, since)),
        (Tone.SOON, "digest.soon", lambda case: _comes_up(case, today)),
        (Tone.GOOD, "digest.proven", lambda case: _proven_since(case, since)),
    )
    left = list(report.cases)
    for tone, key, belongs in kinds:
        cases = sorted(filter(belongs, left), key=_soonest if tone is Tone.SOON else sentences.urgency)
        left = [case for case in left if not belongs(case)]
        if cases:
            yield key, tone, cases


def _section(words: Words, key: str, tone: Tone, cases: Iterable[Case], today: date) -> Section:
    items = tuple(item(words, case, today, quiet=tone in {Tone.SOON, Tone.GOOD}) for case in cases)
    return Section(tone=tone, title=words.say(key) if key else Shown(""), items=items)


def item(words: Words, case: Case, today: date, *, quiet: bool = False) -> Item:
    """Return one case in sentences; a `quiet` one tells its next step only where it needs the owner."""
    told = sentences.urgent(case) or not quiet or case.step in (Step.SAVE_DATA, Step.DECIDE)
    return Item(
        title=sentences.title(words, case),
        status=sentences.status(words, case),
        lines=sentences.lines(words, case, today),
        action=next_step(words, case, today) if told else Shown(""),
        overdue=case.due_on is not None and case.due_on < today,
    )


def _soonest(case: Case) -> tuple[date, str]:
    return case.ends_on or case.next_charge_on or date.max, case.vendor.casefold()


def _resumed_since(case: Case, since: date) -> bool:
    started = sentences.newest(case, Kind.REACTIVATION)
    return case.status is Status.RESUMED and (started is None or started.day >= since)


def _proven_since(case: Case, since: date) -> bool:
    return case.status is Status.PROVEN and case.proof is not None and case.proof.day >= since


def _comes_up(case: Case, today: date) -> bool:
    if case.closed:
        return False
    if case.status is Status.ENDING or case.step is Step.DECIDE:
        return True
    on = case.next_charge_on
    if case.status not in {Status.RUNNING, Status.RESUMED} or on is None or not today <= on <= today + _SOON:
        return False
    announced = any(entry.kind is Kind.RENEWAL and entry.effective_on == on for entry in case.entries)
    return announced or (case.last_charge is not None and on - case.last_charge.day >= _LONG_TERM)


def _rest(words: Words, cases: Sequence[Case]) -> Iterator[Shown]:
    """What stands in no section, counted."""
    kinds: Sequence[tuple[str, Callable[[Case], bool]]] = (
        ("earlier", lambda case: case.status is Status.PROVEN),
        ("resumed_earlier", lambda case: case.status is Status.RESUMED),
        ("running", lambda case: case.status is Status.RUNNING),
    )
    for key, belongs in kinds:
        if number := sum(case.closed is None and belongs(case) for case in cases):
            yield words.say(f"digest.{key}", number)
    if closed := sum(case.closed is not None for case in cases):
        yield words.say("digest.closed", closed)


def seen(words: Words, report: Report) -> tuple[Seen, ...]:
    """Return what was read and what was not: silence is never "all clear"."""
    if not report.coverage:
        total = words.say("seen.total", report.mails) if report.mails else words.say("seen.nothing")
        return (Seen(lines=(total,), blind=not report.mails),)
    return tuple(_account(words, account) for account in report.coverage)


def _account(words: Words, account: Coverage) -> Seen:
    name = shown(account.name, 100)
    if account.blind:
        lines = [words.say("seen.blind", name=name, reason=shown(account.blind, 300))]
    elif not account.seen:
        lines = [words.say("seen.empty", name=name)]
    else:
        lines = [words.say("seen.account", account.seen, name=name, new=account.new)]
    lines += _on_server(words, account)
    if account.last_good_run:
        lines.append(words.say("seen.last_good", time=words.time(account.last_good_run)))
    elif not account.complete:
        lines.append(words.say("seen.never_good" if account.blind else "seen.never_whole"))
    if account.passed_over:
        lines.append(words.say("seen.passed_over", account.passed_over))
    faults: list[Shown] = []
    if account.unreadable:
        lines.append(words.say("seen.unreadable", len(account.unreadable)))
        faults = [
            words.say("seen.fault", where=shown(fault.where, 120), what=shown(fault.what, 160))
            for fault in account.unreadable[:_FAULTS]
        ]
    if len(account.unreadable) > _FAULTS:
        faults.append(words.say("seen.more", len(account.unreadable) - _FAULTS))
    return Seen(lines=tuple(lines), faults=tuple(faults), blind=not account.complete or not account.seen)


def _on_server(words: Words, account: Coverage) -> Iterator[Shown]:
    """Say what was seen of what exists, folder by folder where something was not."""
    if account.stopped:
        yield words.say("seen.stopped", reason=shown(account.stopped, 300))
    known = [folder for folder in account.folders if folder.exists is not None and not _passed_over(folder)]
    if known:
        exist = sum(folder.exists or 0 for folder in known)
        read = max(0, exist - sum(folder.unread for folder in known))
        yield words.say("seen.on_server", exist, read=read, folders=len(known))
    left = [folder for folder in account.folders if folder.unread or not folder.complete]
    for folder in left[:_FAULTS]:
        name = shown(folder.folder, 80)
        if folder.why:
            yield words.say("seen.folder_why", folder.unread, name=name, reason=shown(folder.why, 160))
        else:
            yield words.say("seen.folder", folder.unread, name=name)
    if len(left) > _FAULTS:
        yield words.say("seen.more_folders", len(left) - _FAULTS)
    if account.vanished:
        yield words.say("seen.vanished", len(account.vanished))


def _passed_over(folder: FolderSeen) -> bool:
    """Whether a folder need not be read: a label whose mails lie elsewhere, or none of those asked for."""
    return bool(folder.why) and folder.complete and not folder.unread
