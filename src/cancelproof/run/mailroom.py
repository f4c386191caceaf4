"""How one mail is read: through every stage from its bytes to its proof, with its letters opened elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from typing import TypeVar

from cancelproof import letters
from cancelproof.authenticity import authenticate
from cancelproof.classify import Classifier, Read
from cancelproof.classify.gate import Gate
from cancelproof.corrections import put_over
from cancelproof.entries import day_of
from cancelproof.extract import Sender, extract, people_of, prefer, sender_of
from cancelproof.message import PDF, TNEF, with_contents, with_letters
from cancelproof.message import read as read_message
from cancelproof.message.skim import skim
from cancelproof.model import Correction, Fault, Kind, Loss, Message, RawMail, Reading
from cancelproof.proof import grade
from cancelproof.rules import Laws, Rules

T = TypeVar("T")

#: That whoever handed a mail in had logged in (RFC 3848, RFC 6531); Gmail's copies of sent mail say so.
_SUBMITTED = re.compile(r"\bwith\s+(?:UTF8)?E?(?:SMTP|LMTP)S?A\b", re.IGNORECASE)
#: What else servers leave in a mail that they sent or received; a copy of a sent mail bears none of it, but for a
#: return path to its author's own address, which some servers note when it is handed in.
_TRACES = ("dkim-signature", "authentication-results", "delivered-to")
_RETURN = "return-path"

_HEAD = 8192  # bytes in which the header of nearly every mail ends
_FROM = re.compile(r"^from:[^\n]*(?:\n[ \t][^\n]*)*", re.MULTILINE)
_MAX_LETTERS = 5  # documents of one mail that are read: each costs a process and some seconds at worst
_MAX_NAMED = 20


@dataclass(frozen=True, slots=True)
class Classified:
    """A mail as it was classified: whether the owner wrote it, and its other side."""

    message: Message
    by_owner: bool
    sender: Sender
    read: Read

    @property
    def people(self) -> frozenset[str]:
        """The words of the names of those who are no vendor: whom it was written to, or the owner who wrote it.

        A firm that writes to many puts its own address there.
        """
        mail = self.message.judged
        strangers = (to for to in mail.recipients if to.domain != mail.sender.domain)
        return people_of(mail.senders if self.by_owner else strangers)


@dataclass(frozen=True, slots=True)
class Mailroom:
    """Reads mails one by one. `owner` holds the owner's addresses, lower case; `trusted` the receiving servers' ids.

    `corrections` hold the owner's word on mails, by their hash.
    """

    rules: Rules
    owner: frozenset[str] = frozenset()
    trusted: tuple[str, ...] = ()
    corrections: Mapping[str, Correction] = field(default_factory=dict)
    laws: Laws = field(default_factory=Laws)
    classifier: Classifier = field(init=False)
    gate: Gate = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "classifier", Classifier(self.rules))
        object.__setattr__(self, "gate", Gate(self.rules))

    def sift(self, mail: RawMail) -> list[tuple[RawMail, Reading]]:
        """What `read_each` gives for a mail; nothing where its words alone tell that it says nothing of a contract."""
        if self.corrections and mail.sha256 in self.corrections:
            return self.read_each(mail)
        pieces = skim(mail.raw, self.rules.marks.abbreviations)
        if pieces is None:
            return self.read_each(mail)
        if not self.gate.may_say(pieces, by_owner=self._may_be_owners(mail.raw)):
            return []
        message = read_message(mail.raw, self.rules.marks)
        classified = self.classify(message)
        more = message.attachments or message.carried or message.forwarded or _losses(message) or classified.read.left
        return self._each(mail, classified) if more or classified.read.decision.kind is not Kind.OTHER else []

    def _may_be_owners(self, raw: bytes) -> bool:
        """Whether `_is_owners` may say so of a mail, told from its header's bytes."""
        head = raw[:_HEAD].decode("utf-8", "replace").lower()
        if not self.owner:
            return "received:" not in head or _SUBMITTED.search(head) is not None
        found = _FROM.search(head)
        return found is None or any(address in found[0] for address in self.owner)

    def sift_all(self, mails: Iterable[RawMail]) -> list[list[tuple[RawMail, Reading]]]:
        """What `sift` gives for each mail."""
        return [self.sift(mail) for mail in mails]

    def with_corrections(self, corrections: Mapping[str, Correction]) -> Mailroom:
        """The same rules, made ready once, with other words of the owner's."""
        other = copy(self)
        object.__setattr__(other, "corrections", corrections)
        return other

    def read(self, mail: RawMail) -> Reading:
        """All that is understood of one mail. What can't be read is named in `faults`; nothing raises.

        Of a mail that carries several others it is what the strongest of them says.
        """
        readings = [reading for _, reading in self.read_each(mail)]
        strongest = min(readings, key=lambda reading: list(Kind).index(reading.decision.kind))
        return replace(strongest, origin=mail.origin, sha256=mail.sha256)

    def read_each(self, mail: RawMail) -> list[tuple[RawMail, Reading]]:
        """Read a mail, and each further one that it carries (a digest, several forwarded at once) on its own."""
        return self._each(mail, self.classify(read_message(mail.raw, self.rules.marks)))

    def _each(self, mail: RawMail, classified: Classified) -> list[tuple[RawMail, Reading]]:
        read = [(mail, self._read(mail, classified))]
        for number, raw in enumerate(classified.message.carried, 2):
            inner = RawMail(raw=raw, origin=mail.origin.carried(number))
            read.append((inner, self._read(inner, self.classify(read_message(raw, self.rules.marks)))))
        return read

    def classify(self, message: Message) -> Classified:
        """Which kind a mail is, and whose."""
        by_owner = self._is_owners(message)
        sender = self._vendor_side(message.judged, by_owner=by_owner)
        return Classified(message, by_owner, sender, self._decided(message, sender, by_owner=by_owner))

    def _decided(self, message: Message, sender: Sender, *, by_owner: bool) -> Read:
        return self.classifier.read(message.judged, vendor_id=sender.id, by_owner=by_owner)

    def _read(self, mail: RawMail, classified: Classified) -> Reading:
        source = mail.origin.source
        contents, faults = _opened(classified.message, source, TNEF, letters.unpacked)
        if contents:  # which may forward another mail
            classified = self.classify(with_contents(classified.message, contents, self.rules.marks))
        if classified.read.decision.kind in {Kind.OTHER, Kind.CLOSURE}:
            texts, unread = _opened(classified.message, source, PDF, letters.text_of)
            faults += unread
            classified = self._with_letters(classified, texts) if texts else classified
        reading = self._understood(mail, classified)
        return self._corrected(replace(reading, faults=(*reading.faults, *faults)))

    def _with_letters(self, classified: Classified, texts: Sequence[str]) -> Classified:
        """The mail with its letters, which change nothing of who wrote it."""
        message = with_letters(classified.message, texts, self.rules.marks)
        read = self._decided(message, classified.sender, by_owner=classified.by_owner)
        return replace(classified, message=message, read=read)

    def _corrected(self, reading: Reading) -> Reading:
        """The reading with the owner's word over it, where there is one."""
        correction = self.corrections.get(reading.sha256)
        if correction is None:
            return reading
        new = put_over(reading, correction)
        return replace(new, proof=grade(new.message, new.verdict, new.decision, new.facts, self.owner))

    def _understood(self, mail: RawMail, classified: Classified) -> Reading:
        message, judged, read = classified.message, classified.message.judged, classified.read
        verdict = authenticate(
            message,
            self.rules.senders,
            self.trusted,
            tuple(sorted(self.owner)),
            asks_secrets=self.rules.together.asks_secrets in read.topics,
        )
        mailed = day_of(judged if judged.date else message, mail.origin.received)
        facts = extract(read, classified.sender, self.rules, mailed, classified.people)
        facts = prefer(facts, judged.items, read.decision.kind)
        return Reading(
            origin=mail.origin,
            sha256=mail.sha256,
            message=message,
            verdict=verdict,
            decision=read.decision,
            facts=facts,
            proof=grade(message, verdict, read.decision, facts, self.owner),
            by_owner=classified.by_owner,
            faults=tuple(_fault(mail, defect) for defect in _defects(message, read)),
        )

    def _is_owners(self, message: Message) -> bool:
        """Whether the owner wrote it (and forwards nothing): by address; if none is known, as nobody received it."""
        if message.forwarded:
            return False
        if self.owner:
            return message.sender.mailbox in self.owner
        hops, returns = message.header("received"), message.header(_RETURN)
        own = message.sender.mailbox if hops else ""
        handed_in = all(map(_SUBMITTED.search, hops)) and all(path.strip(" <>").lower() == own for path in returns)
        return handed_in and not any(message.header(name) for name in _TRACES)

    def _vendor_side(self, message: Message, *, by_owner: bool) -> Sender:
        """The other side of a mail: of what the owner wrote, whom it was written to."""
        if by_owner and message.recipients:
            return sender_of(replace(message, senders=message.recipients[:1]), self.rules)
        return sender_of(message, self.rules)


def _losses(message: Message) -> bool:
    return any(isinstance(defect, Loss) for defect in message.defects)


def _defects(message: Message, read: Read) -> list[str]:
    """What is wrong with a mail, what was lost of the one that it forwards, and what was too much to look at."""
    inner = message.forwarded.defects if message.forwarded else ()
    left = [Loss(f"too many statements: {read.left} were not looked at")] if read.left else []
    return [*message.defects, *(defect for defect in inner if isinstance(defect, Loss)), *left]


def _fault(mail: RawMail, defect: str) -> Fault:
    return Fault(where=mail.origin.source, what=defect, lost=isinstance(defect, Loss))


def _opened(
    message: Message, source: str, kind: str, opener: Callable[[bytes], T | Fault]
) -> tuple[list[T], list[Fault]]:
    """What the documents of a kind hold, and why others could not be opened."""
    opened: list[T] = []
    faults: list[Fault] = []
    documents = [a for a in message.judged.attachments if a.content_type == kind]
    for attachment in documents[:_MAX_LETTERS]:
        found = opener(attachment.payload)
        if isinstance(found, Fault):
            faults.append(Fault(where=f"{source}, {attachment.name}", what=found.what))
        else:
            opened.append(found)
    unread = documents[_MAX_LETTERS:]
    if unread:
        names = ", ".join(attachment.name for attachment in unread[:_MAX_NAMED])
        more = f" and {len(unread) - _MAX_NAMED} more" if len(unread) > _MAX_NAMED else ""
        what = f"not read, only the first {_MAX_LETTERS} documents of a mail are: {names}{more}"
        faults.append(Fault(where=f"{source}, attached documents", what=what))
    return opened, faults
