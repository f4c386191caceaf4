"""What a mail states beside its kind: vendor, service, numbers, days and sums, each with its words.

Nothing is guessed: a fact is there because words of the mail say so. Facts that contradict each other are dropped, and
`Facts.dropped` says which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from cancelproof.classify import Line, Read
from cancelproof.extract import dates, money, numbers
from cancelproof.extract.dates import Day
from cancelproof.extract.service import service_of
from cancelproof.extract.signature import signed
from cancelproof.extract.structured import prefer
from cancelproof.extract.vendor import Sender, behind_platform, named_domain, sender_of
from cancelproof.model import Fact, Facts, Kind
from cancelproof.rules.values import Rules

__all__ = ["Sender", "extract", "prefer", "sender_of"]

_PAID = frozenset({Kind.RECEIPT, Kind.REFUND, Kind.RENEWAL, Kind.PAYMENT_FAILED, Kind.REACTIVATION})
_MONTH_FIRST_COUNTRY, _MONTH_FIRST_CURRENCY = "US", "USD"
_LONGEST_AFTER = timedelta(days=92)  # a confirmation that comes later than this after the end is one of a quarrel
_LONGEST_NOTICE = timedelta(days=26 * 31)  # an end later than 26 months after the mail is a misreading (docs/proof.md)


def extract(read: Read, sender: Sender, rules: Rules, mailed: date | None) -> Facts:
    """The facts of a mail that `classify` has read. `mailed` is the mail's day in its sender's time zone."""
    lines, kind = read.lines, read.decision.kind
    deciding = read.decision.hit.statement if read.decision.hit else -1
    asserting = _asserting(read)
    found_sums = money.sums(lines)
    order = "MDY" if _writes_month_first(sender, lines, found_sums) else ""
    days = dates.days(lines, mailed, order)
    found = numbers.numbers(lines, sender.vendor.number_shapes if sender.vendor else ())
    vendor, domain = _vendor(sender, lines, rules)
    total = money.choose(found_sums, deciding) if kind in _PAID else None
    facts = Facts(
        vendor=vendor,
        vendor_domain=domain,
        service=service_of(lines, asserting, sender.vendor, vendor.value if vendor else "", rules.sender_words),
        number=numbers.contract_number(found, deciding),
        reference=numbers.reference(found, deciding),
        effective_on=_effective_on(read, days, mailed, asserting),
        requested_on=_fact(dates.choose(days, ("asked",), asserting)),
        charged_on=_charged_on(read, days, mailed, asserting),
        period_end=_period_end(days),
        amount=money.amount_fact(total) if total else None,
        currency=money.currency_fact(total) if total else None,
        final_bill=kind in _PAID and _cued(lines, "final_bill"),
        one_off=kind in _PAID and _is_one_off(lines),
        billing_stopped=_cued(lines, "no_more_billing"),
        effects=_cued(lines, "effects"),
    )
    return _consistent(facts, mailed)


def _vendor(sender: Sender, lines: Sequence[Line], rules: Rules) -> tuple[Fact[str] | None, Fact[str] | None]:
    """The vendor's name and own domain. What a platform writes for another bears no domain of that other."""
    carried = sender.domain in rules.senders.carriers
    if carried and (behind := behind_platform(sender, lines)):
        known = next((v for v in rules.vendors if v.name == behind.value), None)
        domain = known.domains[0] if known else named_domain(behind)
        return behind, Fact(value=domain, raw=behind.raw) if domain else None
    name = Fact(value=sender.name, raw=sender.name) if sender.name else None
    if sender.vendor:
        return name, Fact(value=sender.domain if sender.domain in sender.vendor.domains else sender.vendor.domains[0])
    own = sender.domain and not carried and sender.domain not in rules.senders.freemail
    name = (signed(sender, lines) if own else None) or name
    return name, Fact(value=sender.domain, raw=sender.domain) if own else None


def _asserting(read: Read) -> frozenset[int]:
    """The lines that assert the kind that was decided."""
    hits = read.decision.hits
    return frozenset(hit.statement for hit in hits if hit.kind is read.decision.kind and not hit.guard)


def _writes_month_first(sender: Sender, lines: Sequence[Line], found: Sequence[money.Sum]) -> bool:
    """Whether 04/11/2026 is the 11th of April, in a language whose order varies: by what the mail itself shows.

    A number above 12 in the second place or a month before its day; else the vendor's country on file; else a spelling
    or words that the language file lists, or sums in that country's currency.
    """
    if not any(line.reader.language.dates.order_varies for line in lines):
        return False
    shown = dates.shows_month_first(lines)
    if shown is not None:
        return shown
    if sender.vendor and sender.vendor.country:
        return sender.vendor.country == _MONTH_FIRST_COUNTRY
    return _cued(lines, "month_first") or any(s.currency == _MONTH_FIRST_CURRENCY for s in found)


# ---------------------------------------------------------------- days


def _effective_on(read: Read, days: Sequence[Day], mailed: date | None, asserting: frozenset[int]) -> Fact[date] | None:
    kind = read.decision.kind
    if kind is Kind.CLOSURE:
        return _fact(_end(read, [day for day in days if _may_end(day, mailed)], mailed, asserting))
    if kind is Kind.RENEWAL:
        return _fact(_renewed(days, asserting) or _only(days, mailed) or _coming(read, days, mailed, asserting))
    return None


def _end(read: Read, days: Sequence[Day], mailed: date | None, asserting: frozenset[int]) -> Day | None:
    """The day of the end that a closure names: in the line that asserts it, else in one that tells the last day.

    A line that tells the last day and names one day only means that one, whatever else its words may say of it; so
    does a day among the very words that assert the closure.
    """
    worded = [day for day in _relatives(read, days, mailed, asserting) if day.role == "end" and day.relative != "today"]
    named = dates.choose([*days, *worded], ("end",), asserting, mailed)
    if named and named.found.line.index in asserting:
        return named
    telling = [day for day in days if day.found.line.index in read.ends]
    told = dates.choose(telling, ("end", "", "renews"), read.ends, mailed)
    relative = _relative(read, days, mailed, asserting) or _relative(read, days, mailed, read.ends)
    here = _in(dates.choose(days, ("", "renews"), asserting, mailed), asserting)
    alone = [day for day in telling if sum(day.found.line is other.found.line for other in days) == 1]
    spoken = [day for day in days if day.role != "asked" and _is_asserted(day, read)]
    spoken += [day for day in _relatives(read, days, mailed, asserting) if _is_asserted(day, read)]
    return told or relative or next(iter((*alone, *spoken)), None) or named or here or _ahead(read, days, mailed)


def _ahead(read: Read, days: Sequence[Day], mailed: date | None) -> Day | None:
    """The day to come that some line names as the end in words: "you can use it until the end of the month"."""
    everywhere = _relatives(read, days, mailed, frozenset(line.index for line in read.lines))
    return next((day for day in everywhere if mailed and day.role == "end" and day.value > mailed), None)


def _renewed(days: Sequence[Day], asserting: frozenset[int]) -> Day | None:
    """The day on which a contract renews; that words call so, wherever, unless it lies before the end of the term.

    Of the last day of a term and the day after it, both named, the new term begins on the latter.
    """
    here = dates.choose(days, ("renews", "end", "charged", ""), asserting)
    renews = dates.choose(days, ("renews",), asserting)
    chosen = renews if renews and here and renews.value >= here.value else here
    return next((day for day in days if chosen and day.value == chosen.value + timedelta(days=1)), chosen)


def _is_asserted(day: Day, read: Read) -> bool:
    """Whether a day stands among the words by which the mail asserts its kind."""
    kind, index = read.decision.kind, day.found.line.index
    return any(
        hit.kind is kind and hit.statement == index and not hit.guard and day.found.raw in hit.words
        for hit in read.decision.hits
    )


def _may_end(day: Day, mailed: date | None) -> bool:
    """A closure written months after a day does not mean that one, unless words say that it is the end."""
    return day.role == "end" or mailed is None or day.value >= mailed - _LONGEST_AFTER


def _in(day: Day | None, asserting: frozenset[int]) -> Day | None:
    return day if day and day.found.line.index in asserting else None


def _only(days: Sequence[Day], mailed: date | None) -> Day | None:
    """The one day to come that the mail names, where no words speak of any."""
    ahead = [day for day in days if mailed and day.value >= mailed and not day.role]
    return ahead[0] if len({day.value for day in ahead}) == 1 else None


def _coming(read: Read, days: Sequence[Day], mailed: date | None, asserting: frozenset[int]) -> Day | None:
    """The day to come that words such as "in a week" name where a mail says that a contract renews."""
    ahead = (day for day in _relatives(read, days, mailed, asserting) if mailed and day.value > mailed)
    return next((day for day in ahead if day.role not in ("asked", "other_date")), None)


def _lone(days: Sequence[Day]) -> Day | None:
    """The one day that a mail names at all, unless words speak of another use of it."""
    fair = {day.value: day for day in days if day.role not in ("other_date", "period")}
    return next(iter(fair.values())) if len({day.value for day in days}) == len(fair) == 1 else None


def _relative(read: Read, days: Sequence[Day], mailed: date | None, asserting: frozenset[int]) -> Day | None:
    """A relative day in a line that asserts the closure, unless it is that of the request: "as you asked today"."""
    return next((day for day in _relatives(read, days, mailed, asserting) if day.role != "asked"), None)


def _relatives(read: Read, days: Sequence[Day], mailed: date | None, asserting: frozenset[int]) -> list[Day]:
    return [d for line in read.lines if line.index in asserting for d in dates.relative_days(line, mailed, days)]


def _charged_on(read: Read, days: Sequence[Day], mailed: date | None, asserting: frozenset[int]) -> Fact[date] | None:
    if read.decision.kind not in (Kind.RECEIPT, Kind.REFUND):
        return None
    named = dates.choose(days, ("charged", "asked", ""), asserting)
    here = _in(dates.choose(days, ("renews", "end"), asserting), asserting)
    if read.decision.kind is Kind.REFUND and not _in(named, asserting):  # "paid back today. Your next debit is on …"
        named = _relative(read, days, mailed, asserting) or named
    paying = frozenset(line.index for line in read.lines if line.looked.mentions["money"])
    just_now = [d for d in _relatives(read, days, mailed, asserting) if d.relative in ("today", "yesterday")]
    return _fact(
        _in(named, asserting)
        or next((day for day in just_now if day.role != "asked"), None)
        or named
        or here
        or _relative(read, days, mailed, asserting)
        or _lone(days)
        or _relative(read, days, mailed, paying)
    )


def _period_end(days: Sequence[Day]) -> Fact[date] | None:
    """The last day of the period that a bill names: the later of two days of one line that speaks of a period."""
    for day in days:
        same = [d for d in days if d.found.line.index == day.found.line.index]
        if len(same) >= 2 and any(d.role == "period" for d in same):
            return _fact(max(same, key=lambda d: d.value))
    return None


def _fact(day: Day | None) -> Fact[date] | None:
    return day.fact() if day else None


# ---------------------------------------------------------------- the rest


def _cued(lines: Sequence[Line], name: str) -> bool:
    return any(line.reader.cues(line.looked, name) for line in lines)


def _is_one_off(lines: Sequence[Line]) -> bool:
    """An order of things, with no word for a contract in the mail, is a purchase."""
    return _cued(lines, "one_off") and not any(line.reader.notion(line.looked, "contract") for line in lines)


def _consistent(facts: Facts, mailed: date | None) -> Facts:
    """Drop what cannot be: an end long before the mail's request or years ahead, a sum without a currency."""
    end, asked = facts.effective_on, facts.requested_on
    if mailed is None:
        return facts
    if end and end.value > mailed + _LONGEST_NOTICE:
        facts = replace(facts, effective_on=None, dropped=(*facts.dropped, f"end {end.raw}: years ahead"))
    elif end and asked and end.value < asked.value - timedelta(days=1) and end.value < mailed:
        facts = replace(facts, requested_on=None, dropped=(*facts.dropped, f"request {asked.raw}: after the end"))
    return facts
