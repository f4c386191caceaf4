"""What the ledger keeps of a reading: the facts as plain values, none of the mail's text but the deciding sentence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import TypeVar

from cancelproof.domains import registrable
from cancelproof.model import Entry, Fact, Kind, Message, Reading, Voice

T = TypeVar("T")
_HOST = re.compile(
    r"(?<![\w.@-])(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,24}(?![\w-])|(?<=@)(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,24}"
)
_MOST_DOMAINS = 20
#: A postal code before the name of a town, and the last digits of a card behind its mask.
_PLACE = re.compile(r"(?<![\w.,-])(\d{4,5})\s+[^\W\d_a-z][^\W\d_]{2}")
_CARD = re.compile(r"(?:[*•·∙×]{2,12}|\b[xX]{3,12})[ -]?(\d{4})(?!\d)")
_MOST_MARKS = 6
_TO = "to:"  # before whom a mail is to, among its marks


def keeps(reading: Reading) -> bool:
    """Whether a mail says anything about a contract; of all others the ledger keeps the hash alone."""
    return reading.decision.kind is not Kind.OTHER


#: The day of a mail that bears none, so that it has a place in the order of mails; no fact is computed from it.
UNDATED = date(1970, 1, 1)


def day_of(message: Message, received: datetime | None) -> date | None:
    """The mail's calendar day where it was written; without a Date that of its arrival; None where nothing tells."""
    when = message.date or received
    return when.date() if when else None


def entry_of(reading: Reading) -> Entry:
    """The ledger's record of a mail."""
    outer, facts, hit = reading.message, reading.facts, reading.decision.hit
    message = outer.judged
    return Entry(
        sha256=reading.sha256,
        message_id=outer.message_id,
        source=reading.origin.source,
        sent_at=outer.date,
        day=day_of(message if message.date else outer, reading.origin.received) or UNDATED,
        sender=outer.sender.mailbox,
        subject=outer.subject,
        kind=reading.decision.kind,
        vendor=_value(facts.vendor) or "",
        vendor_domain=_value(facts.vendor_domain) or "",
        service=_value(facts.service) or "",
        number=_value(facts.number) or "",
        reference=_value(facts.reference) or "",
        language=reading.decision.language,
        effective_on=_value(facts.effective_on),
        requested_on=_value(facts.requested_on),
        charged_on=_value(facts.charged_on),
        period_end=_value(facts.period_end),
        amount=_value(facts.amount),
        currency=_value(facts.currency) or "",
        final_bill=facts.final_bill,
        one_off=facts.one_off,
        sent=reading.by_owner,
        forwarded=outer.forwarded is not None,
        authentic=reading.verdict.word.authentic,
        authenticity=reading.verdict.word,
        grade=reading.proof.grade,
        elements=dict(reading.proof.elements),
        domains=_domains(message),
        marks=_marks(message),
        rule=hit.rule if hit else "",
        sentence=reading.sentence,
        corrected=reading.corrected,
    )


def _value(fact: Fact[T] | None) -> T | None:
    return fact.value if fact else None


def _domains(message: Message) -> tuple[str, ...]:
    """The registrable domains that the mail's own text names, in order; links are not asked, they lead anywhere."""
    named: dict[str, None] = {}
    for statement in message.statements:
        if statement.voice is Voice.OWN:
            for host in _HOST.finditer(statement.text.lower()):
                if domain := registrable(host[0]):
                    named[domain] = None
                if len(named) == _MOST_DOMAINS:
                    return tuple(named)
    return tuple(named)


def _marks(message: Message) -> tuple[str, ...]:
    """What may tell contracts apart that bear no number; which of them does is seen beside other mails alone."""
    own = [statement.text for statement in message.statements if statement.voice is Voice.OWN]
    places = {f"place:{code}": None for text in own for code in _PLACE.findall(text)}
    cards = {f"card:{digits}": None for text in own for digits in _CARD.findall(text)}
    to = {f"{_TO}{address.mailbox}": None for address in message.recipients[:1] if address.mailbox}
    return (*list(places)[:_MOST_MARKS], *list(cards)[:_MOST_MARKS], *to)


def written_to(entries: Iterable[Entry]) -> dict[str, int]:
    """How many mails each address is the first recipient of, each mail once; the owner's requests go elsewhere."""
    marks = {entry.sha256: entry.marks for entry in entries if entry.kind is not Kind.REQUEST}
    return dict(
        Counter(mark.removeprefix(_TO).lower() for own in marks.values() for mark in own if mark.startswith(_TO))
    )
