"""What the owner should do next about a case and by when, in one sentence."""

from __future__ import annotations

from datetime import date

from cancelproof.model import Case, Kind, Step
from cancelproof.report import sentences
from cancelproof.report.escape import Shown, shown
from cancelproof.report.words import Words

#: What a chaser asks for where it is missing (docs/proof.md, elements E4 to E8).
_ASKED_FOR = ("E4", "E5", "E6", "E7", "E8")
_ANSWERS = frozenset({Kind.CLOSURE, Kind.ACKNOWLEDGEMENT})


def next_step(words: Words, case: Case, today: date) -> Shown:
    """Return what the owner should do and by when, in one sentence; "" where there is nothing to do."""
    proof_day = words.day(case.proof.day, today) if case.proof else Shown("?")
    bound = _bound_until(case) if case.step is Step.ANSWER_REFUSAL else None
    return words.say(
        "step.answer_refusal_until" if bound else f"step.{case.step.value}",
        vendor=shown(case.vendor, 80),
        by=_by(words, case, today),
        bank=_bank(words, case, today) if case.step is Step.DISPUTE_CHARGE else Shown(""),
        until=words.say("due.until", day=words.day(case.due_on, today)) if case.due_on else words.say("due.none"),
        missing=_missing(words, case),
        bound=words.day(bound, today) if bound else Shown(""),
        sum=sentences.summed(words, case.charges_after_end) or words.say("fact.unknown_sum"),
        proof_day=proof_day,
    )


def _bound_until(case: Case) -> date | None:
    """The last day of the term that the standing refusal names."""
    refusal = sentences.newest(case, Kind.REFUSAL)
    return refusal.period_end if refusal else None


def _by(words: Words, case: Case, today: date) -> Shown:
    due = case.due_on
    if due is None:
        return words.say("due.none")
    if due == today and case.step is Step.DISPUTE_CHARGE:
        return words.say("due.now")
    return words.say("due.overdue" if due < today else "due.by", day=words.day(due, today))


def _bank(words: Words, case: Case, today: date) -> Shown:
    """What remains where the vendor refuses: the bank, for the charges whose usual terms are not over."""
    if not case.lapsed:
        return words.say("bank.all")
    still = [charge for charge in case.charges_after_end if charge not in case.lapsed]
    each = words.listed([sentences.one_charge(words, charge, today) for charge in still])
    return words.say("bank.some", charges=each) if still else words.say("bank.none")


def _missing(words: Words, case: Case) -> Shown:
    """Return what no genuine answer since the request shows."""
    since = case.requested_on or date.min
    answers = [e for e in case.entries if e.kind in _ANSWERS and e.authentic is not False and e.day >= since]
    shows = {code for answer in answers for code, has in answer.elements.items() if has}
    missing = [code for code in _ASKED_FOR if code not in shows]
    return words.listed([words.say(f"missing.{code}") for code in missing or _ASKED_FOR])
