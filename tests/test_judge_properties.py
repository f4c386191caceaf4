"""What holds for any entries whatever: no order, no copy and no nonsense changes or stops the judge; it is fast."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from cancelproof.judge import judge
from cancelproof.model import Authenticity, BankCharge, Case, Entry, Grade, Kind, Told
from judge_fixture import OWNER

TODAY = date(2026, 6, 15)
NAMES = st.sampled_from(["", "Foo", "Foo Bank", "FOO Ltd", "Bar", "é!", "  ", "Foo Bar Baz"])
DOMAINS = st.sampled_from(["", "foo.example", "foobank.example", "foo-help.example", "bar.example", "FOO.example"])
SERVICES = st.sampled_from(["", "Plan", "Plan Duo", "Box", "Foo Plan", "Line 06 39 98 12 34", "¨"])
NUMBERS = st.sampled_from(["", "06 39 98 12 34", "06 39 98 56 78", "0639", "A-1", "000000000000"])
#: Few days, mostly: what comes together on one day, and what comes monthly or yearly, is what the judge looks at.
_USUAL = [date(2025, month, 5) for month in (1, 2, 3, 4, 5, 6)] + [date(2026, month, 5) for month in (1, 2, 6)]
DAYS = st.sampled_from(_USUAL) | st.dates(date(2024, 1, 1), date(2026, 7, 1)) | st.sampled_from([date.min, date.max])
SUMS = st.sampled_from([None, Decimal("9.99"), Decimal(5), Decimal("NaN"), Decimal("1e999999"), Decimal(-3)])
TEXTS = st.sampled_from(["", "Your Foo plan ends", "Plan Box", "06 39 98 12 34"])


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    word = draw(st.sampled_from(Authenticity))
    optional = st.none() | DAYS
    return Entry(
        sha256=draw(st.text("0123456789abcdef", min_size=8, max_size=8)),
        message_id=draw(st.sampled_from(["", "<1@x>", "<2@x>", "<3@x>"])),
        source=draw(st.text("abc", max_size=4)),
        day=draw(DAYS),
        sender=draw(st.sampled_from(["", OWNER, "desk@foo.example", "@", "no address"])),
        subject=draw(TEXTS),
        kind=draw(st.sampled_from(Kind)),
        vendor=draw(NAMES),
        vendor_domain=draw(DOMAINS),
        service=draw(SERVICES),
        number=draw(NUMBERS),
        reference=draw(NUMBERS),
        effective_on=draw(optional),
        requested_on=draw(optional),
        charged_on=draw(optional),
        period_end=draw(optional),
        amount=draw(SUMS),
        currency=draw(st.sampled_from(["", "EUR", "USD"])),
        final_bill=draw(st.booleans()),
        one_off=draw(st.integers(0, 4)) == 0,
        sent=draw(st.booleans()),
        forwarded=draw(st.booleans()),
        authentic=word.authentic,
        authenticity=word,
        grade=draw(st.none() | st.sampled_from(Grade)),
        domains=tuple(draw(st.lists(DOMAINS, max_size=2))),
        sentence=draw(TEXTS),
    )


@st.composite
def cancellations(draw: st.DrawFn) -> Told:
    return Told(
        vendor=draw(NAMES),
        service=draw(SERVICES),
        requested_on=draw(st.none() | DAYS),
        channel=draw(st.sampled_from(["", "web", "letter"])),
        reference=draw(NUMBERS),
    )


@st.composite
def of_one_vendor(draw: st.DrawFn) -> Entry:
    """A mail of a vendor whose mails are all stamped, but for those that bear no stamp at all; each one counts."""
    entry = draw(entries())
    word = draw(st.sampled_from([*[Authenticity.ATTESTED] * 5, Authenticity.UNAUTHENTICATED]))
    return replace(
        entry,
        kind=draw(st.sampled_from(_WEIGHTY)),
        day=draw(st.sampled_from(_USUAL)),
        charged_on=None,
        vendor="Foo",
        vendor_domain="foo.example",
        domains=(),
        service=entry.service and "Plan",
        number="",
        reference="",
        sent=False,
        forwarded=False,
        sender="desk@foo.example",
        authentic=word.authentic,
        authenticity=word,
    )


_WEIGHTY = [Kind.RECEIPT, Kind.RECEIPT, Kind.CLOSURE, Kind.REACTIVATION, Kind.REFUSAL, Kind.ACKNOWLEDGEMENT]
MAILBOXES = st.lists(entries(), max_size=25, unique_by=lambda entry: entry.sha256) | st.lists(
    of_one_vendor(), max_size=25, unique_by=lambda entry: entry.sha256
)
LISTS = st.lists(cancellations(), max_size=4)


def _seen(cases: tuple[Case, ...]) -> list[Case]:
    """Cases without the mails that only stand beside them."""
    return [replace(case, entries=()) for case in cases]


def _forged(entry: Entry) -> Entry:
    word, sender = Authenticity.SUSPECT, "desk@foo.example"
    return replace(entry, authentic=False, authenticity=word, sent=False, sender=sender)


@st.composite
def forgeries(draw: st.DrawFn, found: list[Entry]) -> list[Entry]:
    """Forged mails: of anything, or made after genuine ones, their Message-ID too."""
    forged = []
    for number, entry in enumerate(draw(MAILBOXES)):
        model = draw(st.sampled_from([entry, *found]))
        kind, day = draw(st.sampled_from([(model.kind, model.day), (model.kind, entry.day), (entry.kind, model.day)]))
        forged.append(_forged(replace(model, sha256=f"forged{number}", kind=kind, day=day)))
    return forged


def _twin(entry: Entry, word: Authenticity) -> Entry:
    """The same mail from another folder: other bytes and place, stamped otherwise."""
    sha256, source = entry.sha256[::-1] + "~", f"twin/{entry.source}"
    return replace(entry, sha256=sha256, source=source, authentic=word.authentic, authenticity=word)


@settings(max_examples=300, deadline=None)
@given(MAILBOXES, LISTS, DAYS, st.lists(st.sampled_from(Authenticity), max_size=3), st.randoms(use_true_random=False))
def test_order_and_copies_change_nothing(
    found: list[Entry], told: list[Told], today: date, stamps: list[Authenticity], chance: random.Random
) -> None:
    """Whatever the mails say, the judge does not raise, and finds the same in any order and twice over.

    Of two copies of a mail that are not stamped alike it takes the same one, whichever comes first.
    """
    found = [replace(entry, message_id=entry.message_id or f"<{entry.sha256}@x>") for entry in found]
    found += [_twin(entry, word) for entry, word in zip(list(found), stamps, strict=False)]
    first = judge(found, told, [OWNER], today)
    shuffled, again = [*found, *chance.sample(found, len(found) // 2)], list(told)
    chance.shuffle(shuffled)
    chance.shuffle(again)
    assert judge(shuffled, again, [OWNER.upper()], today) == first


@settings(max_examples=150, deadline=None)
@given(MAILBOXES, LISTS)
def test_every_case_is_sound(found: list[Entry], told: list[Told]) -> None:
    """A proof is a closure that nobody forged; charges come with `charged_after_end` alone; told is never lost."""
    cases = judge(found, told, [OWNER], TODAY)
    for case in cases:
        assert case.proof is None or (case.proof.kind is Kind.CLOSURE and case.proof.authentic is not False)
        assert bool(case.charges_after_end) == (case.status == "charged_after_end")
        assert (case.proof is not None) or case.status not in {"ending", "proven", "charged_after_end", "resumed"}
        assert case.mails == tuple(entry.source for entry in case.entries)
    assert any(case.told for case in cases) == bool(told)


def test_a_forged_name_at_the_vendors_domain_makes_nobody_pose() -> None:
    """What is forged lends its name to no domain, so that no genuine mail of another one becomes suspect by it."""
    bar = Entry(
        sha256="00000005",
        day=date(2025, 1, 5),
        kind=Kind.REFUSAL,
        vendor="Bar",
        vendor_domain="foobank.example",
        authentic=True,
        authenticity=Authenticity.VERIFIED,
    )
    passed_on = replace(bar, sha256="00000006", vendor="Foo", vendor_domain="foo.example", sender=OWNER, forwarded=True)
    both = replace(bar, sha256="00000002", vendor="Foo Bar Baz", vendor_domain="", domains=("", "foo.example"))
    forged = replace(bar, sha256="forged0", sender="desk@foo.example", vendor="Foo", authentic=False)
    found = [replace(bar, sha256="00000000", vendor="", vendor_domain="", one_off=True), bar, passed_on, both]
    assert _seen(judge([*found, forged], [], [OWNER], TODAY)) == _seen(judge(found, [], [OWNER], TODAY))


@settings(max_examples=150, deadline=None)
@given(MAILBOXES, LISTS, st.data())
def test_forged_mails_move_nothing(found: list[Entry], told: list[Told], data: st.DataObject) -> None:
    """However many forged mails come, every case stands as it stood."""
    forged = data.draw(forgeries(found))
    assert _seen(judge([*found, *forged], told, [OWNER], TODAY)) == _seen(judge(found, told, [OWNER], TODAY))


@settings(max_examples=150, deadline=None)
@given(MAILBOXES, LISTS, st.data())
def test_where_the_mails_lay_changes_nothing(found: list[Entry], told: list[Told], data: st.DataObject) -> None:
    """One archive, or its mails and copies spread over several folders and accounts: the verdicts are the same."""
    places = [data.draw(st.sampled_from(["a", "b/c", "imap:x;UID=7"])) for _ in found]
    spread = [replace(entry, source=f"{place}/{n}") for n, (entry, place) in enumerate(zip(found, places, strict=True))]
    doubled = [replace(entry, source=f"copy/{n}") for n, entry in enumerate(found)]
    assert _verdicts(judge([*spread, *doubled], told, [OWNER], TODAY)) == _verdicts(judge(found, told, [OWNER], TODAY))


def _verdicts(cases: tuple[Case, ...]) -> list[tuple[object, ...]]:
    """What is said of each case, without the places of its mails."""
    return sorted(
        (
            *(case.vendor, case.service, case.number, case.status, str(case.requested_on), str(case.ends_on)),
            *(case.proof.sha256 if case.proof else "", len(case.charges_after_end), case.step, str(case.due_on)),
            len(case.entries),
        )
        for case in cases
    )


def _noise(entry: Entry, number: int) -> Entry:
    """A genuine mail that is none of these contracts' business: another vendor's, or one that says nothing."""
    stranger = {"vendor": "Zyxel Quarb", "vendor_domain": "zyxelquarb.example", "service": "", "domains": ()}
    fields = {"message_id": f"<noise-{number}@x>", "sender": "desk@zyxelquarb.example", "sent": False}
    facts = {"number": "", "reference": "", "subject": "", "sentence": "", "authentic": True, "forwarded": False}
    about = stranger if number % 2 else {"kind": Kind.OTHER}
    word = Authenticity.ATTESTED
    return replace(entry, sha256=f"noise{number}", authenticity=word, **{**fields, **facts, **about})  # type: ignore[arg-type]


@settings(max_examples=150, deadline=None)
@given(MAILBOXES, LISTS, MAILBOXES)
def test_noise_loses_no_proof(found: list[Entry], told: list[Told], more: list[Entry]) -> None:
    """Mails of another vendor, and mails that say nothing, take no genuine proof away and change no verdict.

    Only what nothing authenticates may become suspect where more mails bear a stamp.
    """
    found = [replace(entry, authentic=True, authenticity=Authenticity.ATTESTED) for entry in found]
    noise = [_noise(entry, number) for number, entry in enumerate(more * 4)]
    theirs = set(_verdicts(judge(noise, [], [OWNER], TODAY)))
    kept = [case for case in _verdicts(judge([*found, *noise], told, [OWNER], TODAY)) if case not in theirs]
    assert kept == _verdicts(judge(found, told, [OWNER], TODAY))


# ---------------------------------------------------------------- speed

MANY = 10_000
SECONDS = 6.0  # five times what it takes on a slow machine; a comparison of all with all takes minutes


def _entry(place: int, kind: Kind, **facts: object) -> Entry:
    day = date(2010, 1, 1) + timedelta(days=place % 5000)
    named = {"vendor": "Foobar", "vendor_domain": "foobar.example", "amount": Decimal("9.99"), **facts}
    return Entry(sha256=f"{place:08x}", day=day, kind=kind, authentic=True, **named)  # type: ignore[arg-type]  # facts by name


def _mailboxes() -> dict[str, list[Entry]]:
    kinds = list(Kind)
    places = range(MANY)
    return {
        "many vendors": [
            _entry(i, Kind.RECEIPT, vendor=f"V{i % 2000}", vendor_domain=f"v{i % 2000}.example") for i in places
        ],
        "names that share a word": [_entry(i, Kind.RECEIPT, vendor=f"The V{i}", vendor_domain="") for i in places],
        "one domain, many names": [_entry(i, Kind.RECEIPT, vendor=f"Desk {i}") for i in places],
        "one vendor, many numbers": [
            _entry(i, kinds[i % 12], number=f"N-{i // 2}", reference=f"N-{i // 3}") for i in places
        ],
        "one vendor, many services": [_entry(i, kinds[i % 12], service=f"Plan {i // 2}") for i in places],
        "one contract": [_entry(i, kinds[i % 12]) for i in places],
    }


def test_refunds_and_statements_take_seconds() -> None:
    """Thousands of charges after an end, each with a refund of another sum and a line of a statement."""
    end = _entry(0, Kind.CLOSURE, effective_on=date(2010, 1, 1), grade=Grade.A)
    billed = [_entry(i, Kind.RECEIPT, amount=Decimal(i), currency="EUR") for i in range(1, 5000)]
    refunds = [_entry(5000 + i, Kind.REFUND, amount=Decimal(i) + 10**6, currency="EUR") for i in range(1, 5000)]
    lines = [
        BankCharge(
            id=f"line {bill.sha256}", day=bill.day, amount=bill.amount or Decimal(0), currency="EUR",
            vendor="Foobar", words="FOOBAR", source=f"bank:a.csv#{bill.sha256}",
        )
        for bill in billed
    ]  # fmt: skip
    started = time.process_time()
    (case,) = judge([end, *billed, *refunds], [], [OWNER], date(2024, 1, 1), charges=lines)
    assert time.process_time() - started < SECONDS
    assert len(case.charges_after_end) == len(billed)


def test_large_mailboxes_take_seconds() -> None:
    """Ten thousand mails, in the shapes that a comparison of all with all would drown in."""
    for name, mailbox in _mailboxes().items():
        started = time.process_time()
        judge(mailbox, [Told(vendor="Foobar")], [OWNER], date(2024, 1, 1))
        assert time.process_time() - started < SECONDS, name
