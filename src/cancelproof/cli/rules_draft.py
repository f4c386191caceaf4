"""The rule for a misread mail: drafted of the sentence that should have decided, and tried before anybody sees it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cancelproof.errors import UsageError
from cancelproof.model import Hit, Kind, Message, OffBy, Origin, Place, RawMail, Reading, Voice

if TYPE_CHECKING:
    from cancelproof.drafts import Draft, DraftRule
    from cancelproof.run import Mailroom

_MOST_RULES = 4  # sentences of one mail that are said to assert nothing, and guards that a rule is said to despite
_MOST_TRIED = 6  # sentences; each trial takes half a second
_FEWEST_WORDS = 4  # of a pattern; fewer stand in many a mail ("the customer service")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A draft, and how the redacted mail is read by it; `missing` are the facts that the owner told and it misses.

    `reading` is None where there is no draft to try.
    """

    draft: Draft
    reading: Reading | None = None
    missing: tuple[str, ...] = ()

    @property
    def kind(self) -> Kind:
        return self.reading.decision.kind if self.reading else Kind.OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Reads a redacted mail by one language and one vendor file alone: all files would take ten seconds each time."""

    texts: Mapping[str, str]
    name: str  # of the vendor file, below the rules folder
    original: str  # what stands in it before the draft, "" for a new one
    raw: bytes
    told: Mapping[str, Any]  # the facts that the owner told, as `classify --json` says them

    def read(self, draft: Draft) -> Reading:
        from cancelproof.drafts import in_file  # noqa: PLC0415
        from cancelproof.rules import parse  # noqa: PLC0415
        from cancelproof.run import Mailroom  # noqa: PLC0415

        original = "" if re.search("^reads:", self.original, re.MULTILINE) else self.original
        texts = {**self.texts, self.name: in_file(draft, original, date.min)}
        rules, _ = parse(texts, own=frozenset((self.name,)))
        return Mailroom(rules).read(RawMail(raw=self.raw, origin=Origin(source="draft")))

    def of(self, draft: Draft) -> Tried:
        """How the draft fares; a guard that turns its rule off is what the rule has to despite."""
        reading = self.read(draft)
        for _ in range(_MOST_RULES):
            hit = _own_hit(reading)
            if hit is None or hit.off is None or hit.off.what is not OffBy.GUARD:
                break
            *earlier, last = draft.rules
            draft = replace(draft, rules=(*earlier, replace(last, despite=(*last.despite, hit.off.name))))
            reading = self.read(draft)
        return Tried(draft=draft, reading=reading, missing=self._missing(reading))

    def _missing(self, reading: Reading) -> tuple[str, ...]:
        from cancelproof.report import classify_json  # noqa: PLC0415

        found = classify_json(reading)
        return tuple(name for name, value in self.told.items() if name in found and found[name] != value)


def _own_hit(reading: Reading) -> Hit | None:
    """What the newest drafted rule found."""
    return next((hit for hit in reversed(reading.decision.hits) if " draft" in hit.rule), None)


def drafted(seen: Draft, trial: Trial, room: Mailroom, reading: Reading, sentence: int | None) -> Tried:
    """The draft by which the redacted mail is read best: as the kind, then with most of the facts that were told."""
    judged = reading.message.judged
    if seen.language not in room.rules.compiled:
        return Tried(draft=seen, missing=tuple(trial.told))
    if seen.kind is Kind.OTHER:
        return _silenced(seen, trial, room, reading)
    rules = [_rule(seen, trial, room, judged, index) for index in _candidates(judged, reading, room, sentence)]
    telling = [rule for rule in rules if _words(rule) >= _FEWEST_WORDS] or [rule for rule in rules if rule.pattern]
    tries = [trial.of(replace(seen, rules=(rule,))) for rule in telling[:_MOST_TRIED]]
    if not tries:
        return Tried(draft=seen, missing=tuple(trial.told))
    return min(tries, key=lambda tried: (tried.kind is not seen.kind, len(tried.missing)))


def _words(rule: DraftRule) -> int:
    """How many words of a pattern are words, and no mention, gap or sign."""
    return sum(item.isalnum() for item in rule.pattern.split())


def _silenced(seen: Draft, trial: Trial, room: Mailroom, reading: Reading) -> Tried:
    """A draft that says of each sentence which asserts something that it asserts nothing."""
    judged = reading.message.judged
    tried = trial.of(seen)
    for _ in range(_MOST_RULES):
        hit = tried.reading.decision.hit if tried.reading else None
        if hit is None or tried.kind is Kind.OTHER or not 0 <= hit.statement < len(judged.statements):
            break
        rule = _rule(seen, trial, room, judged, hit.statement)
        if not rule.pattern or rule in tried.draft.rules:
            break
        tried = trial.of(replace(tried.draft, rules=(*tried.draft.rules, rule)))
    return tried


def _rule(seen: Draft, trial: Trial, room: Mailroom, judged: Message, index: int) -> DraftRule:
    """A rule of one statement, in the words of the redacted mail."""
    from cancelproof.drafts import DraftRule  # noqa: PLC0415
    from cancelproof.drafts.vendorfile import pattern_of  # noqa: PLC0415
    from cancelproof.message import read as read_message  # noqa: PLC0415

    own = [s for s in judged.statements if s.voice is Voice.OWN]
    original = judged.statements[index]
    same = read_message(trial.raw, room.rules.marks).statements
    place = own.index(original) if original in own else len(same)
    text = same[place].text if place < len(same) else original.text
    return DraftRule(text, pattern_of(text, room.rules.compiled[seen.language], (seen.vendor, seen.service)))


def _candidates(judged: Message, reading: Reading, room: Mailroom, sentence: int | None) -> Sequence[int]:
    """The statements a rule may be made of: the one asked for, else the likeliest first."""
    if sentence is not None:
        if not 1 <= sentence <= len(judged.statements):
            raise UsageError(f"the mail has no sentence {sentence}", remedy="`cancelproof explain` numbers them")
        return (sentence - 1,)
    return list(dict.fromkeys(_likely(judged, reading, room)))


def _likely(judged: Message, reading: Reading, room: Mailroom) -> Iterator[int]:
    """What decided, those that name a day where one was told, the first that speaks of a contract, the longest."""
    hit = reading.decision.hit
    if hit and hit.statement >= 0 and "kind" not in reading.corrected:
        yield hit.statement
    lines = room.classifier.read(judged).lines
    own = [i for i, s in enumerate(judged.statements) if s.voice is Voice.OWN and s.place is not Place.SUBJECT]
    if any(name.endswith("_on") for name in reading.corrected):
        yield from (line.index for line in lines if line.index in own and line.looked.mentions["date"])
    yield from [i.index for i in lines if i.index in own and i.reader.notion(i.looked, "contract")][:1]
    yield max(own, key=lambda index: len(judged.statements[index].text), default=0)


def texts(read: Iterable[Mapping[Path, bytes]], folders: Sequence[Path], code: str) -> dict[str, str]:
    """The texts of the shared rule files and of one language, by their path below the rules folder."""
    found = {
        path.relative_to(folder).as_posix(): content.decode("utf-8", "replace")
        for folder, files in zip(folders, read, strict=True)
        for path, content in files.items()
    }
    return {name: text for name, text in found.items() if "/" not in name or name == f"lang/{code}.yaml"}
