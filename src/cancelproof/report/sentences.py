"""One case in sentences: what was asked and when, what came, what is missing, what to do next and by when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from cancelproof import model
from cancelproof.model import LACKING_PROOF, Authenticity, Case, Charge, Entry, Grade, Kind, Recourse, Status, Step
from cancelproof.report.escape import Shown, quoted, shown
from cancelproof.report.words import Words

_ORDER = (
    Status.CHARGED_AFTER_END,
    Status.REFUSED,
    Status.AWAITING_PROOF,
    Status.STOPPED_SILENTLY,
    Status.RESUMED,
    Status.ENDING,
    Status.PROVEN,
    Status.RUNNING,
)
#: Steps that need nothing of the owner today.
_CALM = frozenset({Step.NONE, Step.WAIT_FOR_PROOF, Step.WATCH_BILLING, Step.SAVE_DATA, Step.DECIDE})


def status(words: Words, case: Case) -> Shown:
    """Return where the case stands, in a few words."""
    if case.closed:
        return words.say("status.closed")
    return words.say("status.weak" if weak(case) else f"status.{case.status.value}")


def weak(case: Case) -> bool:
    """Say whether the closure on file is weak: nothing shows who wrote it."""
    return case.step is Step.ASK_AGAIN_WEAK_PROOF and case.status not in LACKING_PROOF


def urgent(case: Case) -> bool:
    """Say whether the owner has something to do about the case."""
    return case.step not in _CALM or charged(case)


def charged(case: Case) -> bool:
    """Say whether money was taken after the end, and the owner has not closed the case."""
    return case.status is Status.CHARGED_AFTER_END and case.closed is None


def urgency(case: Case) -> tuple[bool, int, date, str]:
    """Order the cases: what lacks or needs something first, then by status, due day and name."""
    return (
        not (urgent(case) or case.lacks_proof),
        _ORDER.index(case.status),
        _due(case),
        case.vendor.casefold(),
    )


def _due(case: Case) -> date:
    return case.due_on or case.ends_on or date.max


def names(words: Words, case: Case) -> Shown:
    """Return vendor and service; the vendor not twice where the service begins with it."""
    return Shown(words.texts["grammar.comma"].join(_names(case)))


def _names(case: Case) -> list[Shown]:
    names_vendor = case.service.casefold().startswith(case.vendor.casefold())
    return [shown(name, 80) for name in ("" if names_vendor else case.vendor, case.service) if name]


def called(case: Case) -> Shown:
    """Return vendor, service and number as a command names a case, in no language."""
    return Shown(" ".join([*_names(case), *([shown(case.number, 60)] if case.number else [])]))


def title(words: Words, case: Case) -> Shown:
    """Return vendor, service and number, as far as they are known and differ."""
    parts = [names(words, case)]
    if case.number and case.number.casefold() not in f"{case.vendor} {case.service}".casefold():
        parts.append(words.say("fact.number", number=shown(case.number, 60)))
    return Shown(", ".join(part for part in parts if part))


def lines(words: Words, case: Case, today: date) -> tuple[Shown, ...]:
    """Return what is known of the case in sentences; the next step stands apart (`next_step`)."""
    return tuple(line for line in _LINES[case.status](words, case, today) if line)


def _awaiting(words: Words, case: Case, today: date) -> Iterable[Shown]:
    yield asked(words, case, today)
    acknowledged, forged = newest(case, Kind.ACKNOWLEDGEMENT), newest(case, Kind.CLOSURE, forged=True)
    earlier = _earlier_closure(case)
    if acknowledged and (case.requested_on is None or acknowledged.day >= case.requested_on):
        day = words.day(acknowledged.day, today)
        yield words.say("fact.acknowledged", vendor=shown(case.vendor, 80), day=day)
    elif earlier is None:
        yield words.say("fact.silence")
    if earlier:
        yield words.say("fact.earlier_closure", day=words.day(earlier.day, today))
    if forged:
        yield words.say("fact.forged", vendor=shown(case.vendor, 80), day=words.day(forged.day, today))
    yield from _banked_since(words, case, today)
    yield from _next_charge(words, case, today)


def _earlier_closure(case: Case) -> Entry | None:
    """The newest closure where it came before the request, and so is of another one."""
    closure = newest(case, Kind.CLOSURE)
    return closure if closure and case.requested_on and closure.day < case.requested_on else None


def _banked_since(words: Words, case: Case, today: date) -> Iterable[Shown]:
    """What bank statements show since it was asked for: no proof, but what the owner wants to know."""
    since = case.requested_on
    found = [e for e in case.entries if since and e.banked and e.kind is Kind.RECEIPT and e.day > since]
    charges = [Charge(day=e.day, amount=e.amount, currency=e.currency, source=e.source) for e in found]
    if charges:
        each = words.listed([one_charge(words, charge, today) for charge in charges])
        yield words.say("fact.banked", len(charges), charges=each, sum=summed(words, charges))


def _refused(words: Words, case: Case, today: date) -> Iterable[Shown]:
    yield asked(words, case, today)
    refusal, vendor = newest(case, Kind.REFUSAL), shown(case.vendor, 80)
    if refusal is None:
        yield words.say("fact.refused_bare", vendor=vendor)
    else:
        sentence = quoted(refusal.sentence or refusal.subject, 240)
        yield words.say("fact.refused", vendor=vendor, day=words.day(refusal.day, today), sentence=sentence)
    yield from _banked_since(words, case, today)
    yield from _next_charge(words, case, today)


def _next_charge(words: Words, case: Case, today: date) -> Iterable[Shown]:
    if case.next_charge_on and case.next_charge_on >= today:
        yield words.say("fact.next_charge", day=words.day(case.next_charge_on, today))


def _stopped(words: Words, case: Case, today: date) -> Iterable[Shown]:
    last = case.last_charge
    if last is None:
        yield words.say("fact.bills_stopped")
    elif last.amount is None:
        yield words.say("fact.last_bill", day=words.day(last.day, today))
    else:
        money = words.money(last.amount, last.currency)
        yield words.say("fact.last_bill_of", money=money, day=words.day(last.day, today))


def _charged(words: Words, case: Case, today: date) -> Iterable[Shown]:
    yield from _ended(words, case, today)
    charges = case.charges_after_end
    if charges:
        each = words.listed([one_charge(words, charge, today) for charge in charges])
        yield words.say("fact.charged", len(charges), charges=each, sum=summed(words, charges))
    if case.lapsed:
        yield words.say("right_until.over", len(case.lapsed), days=_days_of(words, case.lapsed, today))
    yield from disputable(words, case.recourses, today)


def _days_of(words: Words, charges: Iterable[Charge], today: date) -> Shown:
    return words.listed([words.day(day, today) for day in dict.fromkeys(charge.day for charge in charges)])


def disputable(words: Words, recourses: Sequence[Recourse], today: date) -> Iterable[Shown]:
    """Say until when the charges can be taken back, a sentence for each right: of the charge whose ends first."""
    for name in dict.fromkeys(recourse.name for recourse in recourses):
        first, *later = [recourse for recourse in recourses if recourse.name == name]
        yield words.say(
            _of_right(words, "right_until", first),
            charged=words.day(first.charged_on, today),
            until=words.day(first.until, today),
            term=words.say(f"term.{first.term.unit}", first.term.count),
        )
        if later:
            yield words.say("right_until.more", len(later), last=words.day(later[-1].until, today))


def right(words: Words, recourse: Recourse) -> Shown:
    """Return what can be done about a charge, in a few words."""
    return words.say(_of_right(words, "right", recourse))


def _of_right(words: Words, table: str, recourse: Recourse) -> str:
    """The key of a right; one of the owner's own law file has no words of its own."""
    return f"{table}.{recourse.name if words.has(f'right.{recourse.name}') else 'other'}"


def _ending(words: Words, case: Case, today: date) -> Iterable[Shown]:
    if case.ends_on:
        days = (case.ends_on - today).days
        ahead = words.say("fact.ahead", days) if days > 0 else words.say("fact.today")
        yield words.say("fact.ends", day=words.day(case.ends_on, today), ahead=ahead)
    yield confirmed(words, case, today)


def _ended(words: Words, case: Case, today: date) -> Iterable[Shown]:
    ended = case.ends_on
    yield words.say("fact.ended", day=words.day(ended, today)) if ended else words.say("fact.ended_undated")
    yield confirmed(words, case, today)


def _resumed(words: Words, case: Case, today: date) -> Iterable[Shown]:
    started = newest(case, Kind.REACTIVATION)
    if started and case.proof:
        days = {"day": words.day(started.day, today), "proof_day": words.day(case.proof.day, today)}
        yield words.say("fact.resumed", **days)
    else:
        yield words.say("fact.resumed_bare")
    if case.next_charge_on and case.next_charge_on >= today:
        yield _renewal(words, case, case.next_charge_on, today)


def _running(words: Words, case: Case, today: date) -> Iterable[Shown]:
    last = case.last_charge
    if case.next_charge_on and case.next_charge_on >= today:
        yield _renewal(words, case, case.next_charge_on, today)
    elif last and last.amount is not None:
        money = words.money(last.amount, last.currency)
        yield words.say("fact.running_bill", money=money, day=words.day(last.day, today))
    else:
        yield words.say("fact.running")


def _renewal(words: Words, case: Case, on: date, today: date) -> Shown:
    days = (on - today).days
    ahead = words.say("fact.ahead", days) if days else words.say("fact.today")
    day, last = words.day(on, today), case.last_charge
    if last is None or last.amount is None:
        return words.say("fact.renews", day=day, ahead=ahead)
    return words.say("fact.renews_at", day=day, ahead=ahead, money=words.money(last.amount, last.currency))


_LINES = {
    Status.AWAITING_PROOF: _awaiting,
    Status.REFUSED: _refused,
    Status.STOPPED_SILENTLY: _stopped,
    Status.CHARGED_AFTER_END: _charged,
    Status.ENDING: _ending,
    Status.PROVEN: _ended,
    Status.RESUMED: _resumed,
    Status.RUNNING: _running,
}


def asked(words: Words, case: Case, today: date) -> Shown:
    """Return when the end was asked for, and by what, as far as the owner told or the mails show."""
    if case.requested_on is None:
        return words.say("fact.asked_unknown")
    days = (today - case.requested_on).days
    when = {
        "day": words.day(case.requested_on, today),
        "ago": words.say("fact.ago", days) if days > 0 else words.say("fact.today"),
    }
    if case.channel:
        return words.say("fact.asked_by", channel=_channel(words, case.channel), **when)
    if any(entry.sent and entry.kind is Kind.REQUEST for entry in case.entries):
        return words.say("fact.asked_sent", **when)
    if not case.told and newest(case, Kind.ACKNOWLEDGEMENT):
        return words.say("fact.asked_acknowledged", vendor=shown(case.vendor, 80), **when)
    return words.say("fact.asked", **when)


def _channel(words: Words, channel: str) -> Shown:
    key = f"channel.{channel.strip().casefold()}"
    return words.say(key) if words.has(key) else Shown(f"({shown(channel, 40)})")


def confirmed(words: Words, case: Case, today: date) -> Shown:
    """Return since when the end is confirmed in writing, and how well."""
    proof = case.proof
    if proof is None:
        return Shown("")
    day = words.day(proof.day, today)
    if proof.grade is None:
        return words.say("fact.confirmed_ungraded", day=day)
    unsure = proof.grade is Grade.C and proof.authentic is None
    return words.say("fact.weak" if unsure else "fact.confirmed", day=day, grade=Shown(proof.grade.value))


def newest(case: Case, kind: Kind, *, forged: bool = False) -> Entry | None:
    """Return the case's newest mail of a kind that is (not) forged."""
    fitting = [
        entry
        for entry in case.entries
        if entry.kind is kind and (entry.authentic is False or entry.authenticity is Authenticity.SUSPECT) == forged
    ]
    return max(fitting, key=lambda entry: entry.day, default=None)


def one_charge(words: Words, charge: Charge, today: date) -> Shown:
    day = words.day(charge.day, today)
    if charge.amount is None:
        return words.say("fact.charge_unknown", day=day)
    return words.say("fact.charge", money=words.money(charge.amount, charge.currency), day=day)


def summed(words: Words, charges: Sequence[Charge]) -> Shown:
    """Return the sum of the charges, one for each currency; unknown amounts are named."""
    sums: dict[str, Decimal] = {}
    for charge in charges:
        if charge.amount is not None:
            sums[charge.currency] = sums.get(charge.currency, Decimal(0)) + charge.amount
    parts = [words.money(amount, currency) for currency, amount in sorted(sums.items())]
    if any(charge.amount is None for charge in charges):
        parts.append(words.say("fact.unknown_sum"))
    return words.listed(parts)


# ---------------------------------------------------------------- beside the status


def change(words: Words, case: Case) -> Shown:
    """Return what would change where the case stands."""
    return words.say(f"change.{case.status.value}", vendor=shown(case.vendor, 80))


def watch(words: Words, case: Case, today: date) -> Shown:
    """Return until when bills are watched after an end: proof and end of billing are two things. "" where none is."""
    until, billing = case.billing.watched_until, case.billing
    if until is None:
        return Shown("")
    day = words.day(until, today)
    if not billing.every:
        return words.say("watch.plain", day=day) if until >= today else Shown("")
    return words.say("watch.on" if until >= today else "watch.over", billing.quiet_cycles, day=day)


def cadence(words: Words, every: int | None) -> Shown:
    """Return how often bills come."""
    if every is None:
        return words.say("cadence.none")
    found = model.cadence(every)
    return words.say(f"cadence.{found.name}") if found else words.say("cadence.days", n=every)


def bills(words: Words, case: Case, today: date) -> Shown:
    """Return what the bills say: how many, how often, from when to when, and what a year costs; "" without a bill."""
    billing = case.billing
    if billing.first is None or billing.last is None:
        return Shown("")
    money = _sum(words, billing.last)
    first, last = words.day(billing.first.day, today), words.day(billing.last.day, today)
    if billing.count == 1:
        return words.say("bills.one", money=money, first=first)
    every = cadence(words, billing.every)
    told = words.say("bills.some", n=billing.count, cadence=every, first=first, last=last, money=money)
    if billing.yearly is None:
        return told
    return Shown(f"{told} {words.say('bills.year', money=words.money(billing.yearly, billing.last.currency))}")


def _sum(words: Words, charge: Charge) -> Shown:
    return words.say("fact.unknown_sum") if charge.amount is None else words.money(charge.amount, charge.currency)


def closed(words: Words, case: Case, today: date) -> Shown:
    """Return that the owner closed the case, and why; "" where it is open."""
    if case.closed is None:
        return Shown("")
    return words.say("show.closed", day=words.day(case.closed.on, today), reason=shown(case.closed.text, 200))
