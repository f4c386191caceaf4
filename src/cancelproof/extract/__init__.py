"""What a mail states beside its kind: vendor, service, numbers, days and sums, each with its words.

Nothing is guessed: a fact is there because words of the mail say so. Facts that contradict each other are dropped, and
`Facts.dropped` says which.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice

from cancelproof.classify import Line, Read
from cancelproof.extract import dates, money, numbers
from cancelproof.extract.dates import Day
from cancelproof.extract.day_signs import asserting
from cancelproof.extract.service_names import Seller
from cancelproof.extract.signature import signed
from cancelproof.extract.structured import prefer
from cancelproof.extract.vendor import Sender, behind_platform, labelled, named_domain, sender_of
from cancelproof.extract.which_day import which_day
from cancelproof.extract.which_service import which_service
from cancelproof.model import Address, Fact, Facts, Kind
from cancelproof.rules.values import Rules, Vendor
from cancelproof.words import cut

__all__ = ["Sender", "extract", "named_days", "people_of", "prefer", "seller_of", "sender_of"]

_PAID = frozenset({Kind.RECEIPT, Kind.REFUND, Kind.RENEWAL, Kind.PAYMENT_FAILED, Kind.REACTIVATION})
_ENDS = frozenset({Kind.CLOSURE, Kind.RENEWAL})  # that name the day of an end or of a new term
_CHARGED = frozenset({Kind.RECEIPT, Kind.REFUND})
_MONTH_FIRST_COUNTRY, _MONTH_FIRST_CURRENCY = "US", "USD"
_LONGEST_NOTICE = timedelta(days=26 * 31)  # an end later than 26 months after the mail is a misreading (docs/proof.md)


def extract(
    read: Read, sender: Sender, rules: Rules, mailed: date | None, people: frozenset[str] = frozenset()
) -> Facts:
    """The facts of a mail that `classify` has read.

    `mailed` is the mail's day in its sender's time zone, `people` the words of its readers' names, folded.
    """
    lines, kind = read.lines, read.decision.kind
    deciding = read.decision.hit.statement if read.decision.hit else -1
    asserts = asserting(read)
    found_sums = money.sums(lines, sender.domain)
    days = _dates(read, sender, found_sums, mailed)
    asked = _asked_for(read, days, mailed, rules) if kind in _ENDS | _CHARGED else None
    found = numbers.numbers(lines, sender.vendor.number_shapes if sender.vendor else ())
    vendor, domain = _vendor(sender, lines, rules)
    total = money.choose(found_sums, deciding) if kind in _PAID else None
    facts = Facts(
        vendor=vendor,
        vendor_domain=domain,
        service=which_service(read, _seller(sender, vendor, rules), people, rules.services),
        number=numbers.contract_number(found, deciding),
        reference=numbers.reference(found, deciding),
        effective_on=asked if kind in _ENDS else None,
        requested_on=_fact(dates.requested(days, asserts)),
        charged_on=asked if kind in _CHARGED else None,
        period_end=_bound_until(days, deciding, mailed) if kind is Kind.REFUSAL else _period_end(days),
        amount=money.amount_fact(total) if total else None,
        currency=money.currency_fact(total) if total else None,
        final_bill=kind in _PAID and _cued(lines, "final_bill"),
        one_off=kind in _PAID and _is_one_off(lines),
        billing_stopped=_cued(lines, "no_more_billing"),
        effects=_cued(lines, "effects"),
        dropped=(f"days: only the first {dates.MOST_DAYS} are looked at",) if len(days) == dates.MOST_DAYS else (),
    )
    return _consistent(facts, mailed)


def people_of(addresses: Iterable[Address]) -> frozenset[str]:
    """The words of people's names, folded."""
    return frozenset(word for address in addresses for word in cut(address.name).folded)


def seller_of(sender: Sender, lines: Sequence[Line], rules: Rules) -> Seller:
    """Who the contract is with, for telling its name from theirs."""
    return _seller(sender, _vendor(sender, lines, rules)[0], rules)


def _seller(sender: Sender, vendor: Fact[str] | None, rules: Rules) -> Seller:
    name = vendor.value if vendor else ""
    if sender.domain in rules.senders.carriers and name != sender.name:
        return Seller(_on_file(name, rules), name, rules.sender_words, carrier=sender.name)
    return Seller(sender.vendor, name, rules.sender_words)


def _vendor(sender: Sender, lines: Sequence[Line], rules: Rules) -> tuple[Fact[str] | None, Fact[str] | None]:
    """The vendor's name and own domain. What a platform writes for another bears no domain of that other."""
    carried = sender.domain in rules.senders.carriers
    if carried and (behind := behind_platform(sender, lines)):
        known = _on_file(behind.value, rules)
        domain = known.domains[0] if known else named_domain(behind)
        return behind, Fact(value=domain, raw=behind.raw) if domain else None
    name = Fact(value=sender.name, raw=sender.name) if sender.name else None
    if sender.vendor:
        return name, Fact(value=sender.domain if sender.domain in sender.vendor.domains else sender.vendor.domains[0])
    own = sender.domain and not carried and sender.domain not in rules.senders.freemail
    # Whom a stranger writes for is named, but the domain stays the one that wrote.
    name = labelled(sender, lines) or (signed(sender, lines) if own else None) or name
    return name, Fact(value=sender.domain, raw=sender.domain) if own else None


def _on_file(name: str, rules: Rules) -> Vendor | None:
    return next((vendor for vendor in rules.vendors if vendor.name == name), None)


def _writes_month_first(sender: Sender, lines: Sequence[Line], found: Sequence[money.Sum], mailed: date | None) -> bool:
    """Whether 04/11/2026 is the 11th of April, in a language whose order varies: by what the mail itself shows.

    A number above 12 in the second place or a month before its day; else the vendor's country on file; else a spelling
    or words that the language file lists, or sums in that country's currency; else where the days lie.
    """
    if not any(line.reader.language.dates.order_varies for line in lines):
        return False
    shown = dates.shows_month_first(lines)
    if shown is not None:
        return shown
    if sender.vendor and sender.vendor.country:
        return sender.vendor.country == _MONTH_FIRST_COUNTRY
    if _cued(lines, "month_first") or any(s.currency == _MONTH_FIRST_CURRENCY for s in found):
        return True
    return dates.lies_month_first(lines, mailed) is True


# ---------------------------------------------------------------- days


def named_days(read: Read, sender: Sender, mailed: date | None) -> list[Day]:
    """Every day that a mail names, by date or by words such as "today"."""
    return _with_worded(read, _dates(read, sender, money.sums(read.lines, sender.domain), mailed), mailed)


def _dates(read: Read, sender: Sender, sums: Sequence[money.Sum], mailed: date | None) -> list[Day]:
    return dates.days(read.lines, mailed, "MDY" if _writes_month_first(sender, read.lines, sums, mailed) else "")


def _with_worded(read: Read, days: Sequence[Day], mailed: date | None) -> list[Day]:
    worded = (day for line in read.lines for day in dates.relative_days(line, mailed, days))
    return [*days, *islice(worded, dates.MOST_DAYS)]


def _asked_for(read: Read, days: Sequence[Day], mailed: date | None, rules: Rules) -> Fact[date] | None:
    """The day that a mail of its kind is about."""
    return _fact(which_day(read, _with_worded(read, days, mailed), mailed, rules.days))


def _period_end(days: Sequence[Day]) -> Fact[date] | None:
    """The last day of the period that a bill names: the later of two days of one line that speaks of a period."""
    by_line: dict[int, list[Day]] = {}
    for day in days:
        by_line.setdefault(day.found.line.index, []).append(day)
    for same in by_line.values():
        if len(same) >= 2 and any(day.role == "period" for day in same):
            return _fact(max(same, key=lambda day: day.value))
    return None


def _bound_until(days: Sequence[Day], deciding: int, mailed: date | None) -> Fact[date] | None:
    """The last day of the term that a refusal names: the one day to come in the sentence that refuses."""
    coming = [day for day in days if mailed and day.found.line.index == deciding and day.value > mailed]
    return _fact(coming[0]) if len({day.value for day in coming}) == 1 else None


def _fact(day: Day | None) -> Fact[date] | None:
    return day.fact() if day else None


# ---------------------------------------------------------------- the rest


def _cued(lines: Sequence[Line], name: str) -> bool:
    return any(line.reader.cues(line.looked, name) for line in lines)


def _is_one_off(lines: Sequence[Line]) -> bool:
    """An order of things, with no word for a contract in the mail, is a purchase."""
    return _cued(lines, "one_off") and not any(line.reader.notion(line.looked, "contract") for line in lines)


def _consistent(facts: Facts, mailed: date | None) -> Facts:
    """Drop what cannot be: an end years ahead, else a request after an end that is past.

    A sum without a currency is no sum, neither in words (`money.sums`) nor in a page's data (`structured.prefer`).
    """
    end, asked = facts.effective_on, facts.requested_on
    if mailed is None:
        return facts
    if end and end.value > mailed + _LONGEST_NOTICE:
        facts = replace(facts, effective_on=None, dropped=(*facts.dropped, f"end {end.raw}: years ahead"))
    elif end and asked and end.value < asked.value - timedelta(days=1) and end.value < mailed:
        facts = replace(facts, requested_on=None, dropped=(*facts.dropped, f"request {asked.raw}: after the end"))
    return facts
