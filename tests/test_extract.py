"""Facts: dates in many forms, sums in many forms, which of them is which, names and numbers. Dates are read offline."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cancelproof.extract import Sender, extract, sender_of
from cancelproof.extract.dates import read_day
from cancelproof.extract.money import read_amount
from cancelproof.model import Address, Facts, Message, Statement
from rules_fixture import compiled_rules, project_classifier

MAILED = date(2026, 3, 11)

DAYS = {
    "iso": ("2026-04-11", "en", "DMY", date(2026, 4, 11)),
    "day first": ("04/11/2026", "fr", "DMY", date(2026, 11, 4)),
    "month first": ("04/11/2026", "en", "MDY", date(2026, 4, 11)),
    "month first can't be": ("25/11/2026", "en", "MDY", date(2026, 11, 25)),
    "two digits": ("31.12.26", "fr", "DMY", date(2026, 12, 31)),
    "worded": ("1er mai 2025", "fr", "DMY", date(2025, 5, 1)),
    "worded, American": ("March 31st, 2026", "en", "MDY", date(2026, 3, 31)),
    "without a year, to come": ("31 August", "en", "DMY", date(2026, 8, 31)),
    "without a year, gone by": ("20 December", "en", "DMY", date(2025, 12, 20)),
    "Japanese": ("2026年4月30日", "ja", "YMD", date(2026, 4, 30)),
    "no such day": ("31/02/2026", "fr", "DMY", None),
    "long ago": ("1/1/1912", "fr", "DMY", None),
}


@pytest.mark.parametrize(("raw", "language", "order", "day"), DAYS.values(), ids=DAYS)
def test_days(raw: str, language: str, order: str, day: date | None) -> None:
    """A date is read by its language and order; what is no day is none."""
    read = read_day(raw, compiled_rules().compiled[language].dates, language, order, MAILED)
    assert (read[0] if read else None) == day


AMOUNTS = [
    ("€ 9,99", "9.99"),
    ("1 089,90 €", "1089.90"),
    ("CHF 1'089.90", "1089.90"),
    ("1.089,90 EUR", "1089.90"),
    ("$1,812.00", "1812.00"),
    ("25,-", "25"),
    ("1.000 Ft", "1000"),
    ("12 kr", "12"),
    ("-$240.00", "240.00"),
    ("12\u202f990 Ft", "12990"),
]


@pytest.mark.parametrize(("raw", "amount"), AMOUNTS)
def test_amounts(raw: str, amount: str) -> None:
    """Thousands and cents, however a country parts them."""
    assert read_amount(raw) == Decimal(amount)


@given(st.text(max_size=60))
def test_amounts_never_raise(raw: str) -> None:
    """No text is too odd to be asked for its amount."""
    assert read_amount(raw) is None or read_amount(raw) >= 0  # type: ignore[operator]  # not None here


PEOPLE = frozenset({"rosalind", "marchbanks"})


def facts_of(*lines: str, sender: str = "Acme <hello@acme.example>") -> Facts:
    """The facts of a mail of these lines; ` | ` parts the cells of a row."""
    name, _, mailbox = sender.rstrip(">").partition(" <")
    statements = tuple(Statement(text=line, cells=tuple(line.split(" | ")) if " | " in line else ()) for line in lines)
    message = Message(statements=statements, senders=(Address(name=name, mailbox=mailbox),))
    read = project_classifier().read(message)
    return extract(read, sender_of(message, compiled_rules()), compiled_rules(), MAILED, PEOPLE)


ENDS = {
    "among four dates": (
        (
            "Votre demande de résiliation reçue le 4 juin 2026 a bien été prise en compte.",
            "Votre contrat prend fin le 14 juin 2026.",
            "28 juin 2026 | Émission de la facture de clôture",
            "14 juillet 2026 | Date limite de retour du matériel",
        ),
        date(2026, 6, 14),
    ),
    "at once": (("Your membership was cancelled with immediate effect.",), MAILED),
    "today, though a request is named": (
        ("We received your request of 2 March 2026.", "We have closed your account today."),
        MAILED,
    ),
    "end of the month": (("Votre abonnement est résilié à la fin du mois en cours.",), date(2026, 3, 31)),
    "until": (("We've canceled your plan.", "You can use it until April 9, 2026."), date(2026, 4, 9)),
    "the day named last": (
        ("Your number moves to your new provider on 14 May 2026.", "On the same day your contract ends."),
        date(2026, 5, 14),
    ),
    "a day without its month": (
        ("We've canceled your plan.", "You can keep using it until the 31st."),
        date(2026, 3, 31),
    ),
    "a weekday with a day": (
        ("As you asked, we've cancelled your membership.", "Saturday 14th is your last day."),
        date(2026, 3, 14),
    ),
    "a day and a month before a comma": (
        ("Deine Kündigung haben wir eingetragen, dein letzter Tag ist der 31.8., bis dahin darfst du kommen.",),
        date(2026, 8, 31),
    ),
    "weeks told in a word": (("Your contract has been cancelled and ends in two weeks.",), date(2026, 3, 25)),
    "days told in a word, in Swedish": (
        ("Vi har avslutat ditt abonnemang, det upphör om sju dagar.",),
        date(2026, 3, 18),
    ),
    "days told in a word, in French": (
        ("Votre abonnement est résilié et prendra fin dans quinze jours.",),
        date(2026, 3, 26),
    ),
    "a day whose month is not named": (
        ("Votre abonnement est résilié.", "Votre abonnement reste actif jusqu'au 31, ensuite plus rien."),
        date(2026, 3, 31),
    ),
    "such a day that is over this month": (
        ("Tu suscripción está cancelada y termina a partir del día 5.",),
        date(2026, 4, 5),
    ),
    "no day, but so many places": (("Votre abonnement est résilié, il reste jusqu'au 31 places.",), None),
    "a day in words": (("Your membership has been cancelled and ends on the first of July.",), date(2026, 7, 1)),
    "the longer of two words for a day": (
        ("Your membership has been cancelled with effect from the thirty-first of August.",),
        date(2026, 8, 31),
    ),
    "a day in words with its year": (
        ("Il suo abbonamento è stato disdetto e termina il primo luglio 2027.",),
        date(2027, 7, 1),
    ),
    "a day in words, declined": (("Ihre Mitgliedschaft ist gekündigt und endet zum ersten Juli.",), date(2026, 7, 1)),
    "a day in several words": (("A sua assinatura foi cancelada e termina a trinta e um de maio.",), date(2026, 5, 31)),
    "a day in words behind its month": (("Előfizetését lemondtuk, és július elsején megszűnik.",), date(2026, 7, 1)),
    "a day in words that no month has": (
        ("Your membership has been cancelled and ends on the thirty-first of June.",),
        None,
    ),
    "no day, but what came first": (("Your membership has been cancelled; the first may be refunded.",), None),
    "this weekday": (("Hemos cancelado tu suscripción y termina este viernes.",), date(2026, 3, 13)),
    "yesterday": (("We cancelled your membership yesterday.",), date(2026, 3, 10)),
    "last night": (("Your trial has been cancelled and ended last night.",), date(2026, 3, 10)),
    "a relative day with its date in brackets": (
        ("Votre abonnement est résilié et prend fin jeudi prochain (19 mars).",),
        date(2026, 3, 19),
    ),
    "the end of a month by its short name": (
        ("We've cancelled your membership, which runs until the end of Mar.",),
        date(2026, 3, 31),
    ),
    "the last day of the year by its name": (
        ("Je abonnement is opgezegd en loopt tot en met oudjaarsdag.",),
        date(2026, 12, 31),
    ),
    "a label of its own": (("Your membership has been cancelled.", "Leave date | 31 May 2026"), date(2026, 5, 31)),
    "among the words that assert it": (("Ihr Konto wird automatisch am 14.4.2026 gelöscht.",), date(2026, 4, 14)),
    "the one to come of two in a line": (
        ("Your cancellation reached us on 1 March 2026 and your contract ends, as agreed, on 30 April 2026.",),
        date(2026, 4, 30),
    ),
    "not the day it began": (("Your hosting plan, activated on Mar 3, 2025, is now cancelled.",), None),
    "named nowhere": (("We have cancelled your subscription.",), None),
    "only other dates": (
        ("We have cancelled your subscription.", "Please return the router by 3 April 2026."),
        None,
    ),
    "years ahead": (("Your subscription has been cancelled and ends on 1 May 2031.",), None),
}


@pytest.mark.parametrize(("lines", "day"), ENDS.values(), ids=ENDS)
def test_end(lines: tuple[str, ...], day: date | None) -> None:
    """The day of the end among the days that a mail names; none is invented."""
    effective = facts_of(*lines).effective_on
    assert (effective.value if effective else None) == day


RENEWALS = {
    "today": (("Votre abonnement Duo sera renouvelé aujourd'hui au prix de 12 €.",), MAILED),
    "told in days": (("Your plan renews in 7 days.",), date(2026, 3, 18)),
    "after the term ends": (
        (
            "Your car policy is due for renewal and runs out at midnight on 8 June 2026.",
            "So that you're never without cover we'll automatically renew it on 9 June 2026.",
        ),
        date(2026, 6, 9),
    ),
    "not the last day to say no": (
        (
            "Your free trial ends on 26 June 2026 and your subscription then renews for £15.",
            "Cancel before 25 June 2026 and nothing will be taken.",
        ),
        date(2026, 6, 26),
    ),
    "the first day of the new term": (
        (
            "Your membership renews automatically, as your current term ends on 31 May 2026.",
            "Start of the new term: 1 June 2026",
        ),
        date(2026, 6, 1),
    ),
}


@pytest.mark.parametrize(("lines", "day"), RENEWALS.values(), ids=RENEWALS)
def test_renewal(lines: tuple[str, ...], day: date) -> None:
    """The day of the next charge, where the term's last day stands beside it."""
    effective = facts_of(*lines).effective_on
    assert effective is not None
    assert effective.value == day


CHARGES = {
    "just now, whatever comes next": (
        ("We took £39 for your club today.", "Your next payment is due on 2 August 2026."),
        date(2026, 3, 11),
    ),
    "a day beside the sum": (
        ("We took £39 for your club on 8 March 2026.", "Look at today's classes."),
        date(2026, 3, 8),
    ),
}


@pytest.mark.parametrize(("lines", "day"), CHARGES.values(), ids=CHARGES)
def test_charged(lines: tuple[str, ...], day: date) -> None:
    """The day on which money was taken, not that of the next time."""
    charged = facts_of(*lines).charged_on
    assert charged is not None
    assert charged.value == day


def test_month_first_by_the_country_on_file() -> None:
    """An American vendor numbers months first, in English alone."""
    american = facts_of(
        "Here is what we have on file for you now.",
        "Status | Cancelled",
        "Coverage through | 04/11/2026",
        sender="Dell <no-reply@dell.com>",
    )
    assert american.effective_on is not None
    assert american.effective_on.value == date(2026, 4, 11)


@pytest.mark.parametrize(("written", "day"), [("4/1/2026", date(2026, 4, 1)), ("10/5/2026", date(2026, 5, 10))])
def test_month_first_by_where_the_day_lies(written: str, day: date) -> None:
    """In a mail of March the 4th of January is long past; the 10th of May is to come, and so is the 5th of October."""
    facts = facts_of("Your subscription was cancelled.", f"You have access until {written}.")
    assert facts.effective_on is not None
    assert facts.effective_on.value == day


def test_total_not_tax() -> None:
    """Of net, tax and total the total is the amount."""
    facts = facts_of("Thank you for your payment.", "Net | £1,510.00", "VAT @ 20% | £302.00", "Total | £1,812.00")
    assert facts.amount is not None
    assert facts.currency is not None
    assert (facts.amount.value, facts.currency.value) == (Decimal("1812.00"), "GBP")


DOLLARS = {
    "its code beside it": ("Reembolso procesado: devolvimos $1,899.00 MXN a tu tarjeta.", "acme.example", "MXN"),
    "of the sender's country": ("Your refund of $18.00 was paid today.", "acme.com.au", "AUD"),
    "of the mail's own word": ("Your refund of $18.00 was paid today. All prices are in NZD.", "acme.com", "NZD"),
    "of the mail's own word, abroad": ("Your refund of $18.00 was paid today (in USD).", "acme.com.au", "USD"),
    "of two words, the country's": ("Your refund of $18.00 was paid: AUD, not USD.", "acme.com.au", "AUD"),
    "a name that is like a code": ("Your refund of $18.00 for Cuttle CAD Pro was paid.", "acme.com", "USD"),
    "of no country": ("Your refund of $18.00 was paid today.", "acme.com", "USD"),
    "of the United States at home": ("Your refund of US$18.00 was paid today.", "acme.com.au", "USD"),
}


@pytest.mark.parametrize(("text", "domain", "currency"), DOLLARS.values(), ids=DOLLARS)
def test_a_dollar_of_another_country(text: str, domain: str, currency: str) -> None:
    found = facts_of(text, sender=f"Acme <hello@{domain}>").currency
    assert found
    assert found.value == currency


@pytest.mark.parametrize(
    ("sentence", "bound"),
    [
        ("We cannot cancel your contract: you are bound until 4 November 2027.", date(2027, 11, 4)),
        ("We cannot cancel your contract before 4 November 2027 or 5 May 2028.", None),
        ("We cannot cancel your contract, which began on 4 November 2025.", None),
    ],
)
def test_the_day_that_a_refusal_names(sentence: str, bound: date | None) -> None:
    """The one day to come in the sentence that refuses; of two, none."""
    facts = facts_of(sentence)
    assert (facts.period_end.value if facts.period_end else None) == bound
    assert facts.effective_on is None


def test_period_end() -> None:
    """The last day of the period that a bill pays for."""
    facts = facts_of("Thanks for your payment of £12.99", "Service period | 15/03/26 – 14/04/26")
    assert facts.period_end is not None
    assert facts.period_end.value == date(2026, 4, 14)


REFERENCES = {
    "cancellation before contract": (
        ("Your contract no. 998877 has been cancelled.", "Your cancellation reference is HYP-C-30218."),
        "HYP-C-30218",
    ),
    "case before contract": (("Your contract C-0418 has been closed, see our ticket 66120.",), "66120"),
    "not an invoice's": (("Your subscription was cancelled. Invoice number 10472299018",), None),
    "with spaces": (("Votre contrat n° 512 884 019 a pris fin le 28 novembre 2025.",), "512 884 019"),
    "not a time of day": (("Your contract was cancelled, come by at 5:30pm.",), None),
    "not a year": (("Your membership 2027 has been cancelled.",), None),
    "not a date": (("Your contract of 12.03.2026 was cancelled.",), None),
    "an only code of which nothing is said": (
        ("We have closed vault VLT-20931.", "Product: Cloud S (VLT-20931)"),
        "VLT-20931",
    ),
    "two codes of which nothing is said": (("We have closed vault VLT-20931.", "It was bought with VLT-4471."), None),
    "a code before which a number is named": (("Vault VLT-20931 is closed.", "Your contract no. 998877."), "998877"),
    "no sum, though its letters are a currency": (("Your contract no. FT-909113 has been cancelled.",), "FT-909113"),
    "no postal or register number": (
        ("We have closed your account.", "Brightpath, Round Rock, TX 78664, HRB 114080"),
        None,
    ),
}


@pytest.mark.parametrize(("lines", "reference"), REFERENCES.values(), ids=REFERENCES)
def test_reference(lines: tuple[str, ...], reference: str | None) -> None:
    """The vendor's own number, by type."""
    found = facts_of(*lines).reference
    assert (found.value if found else None) == reference


SHAPED = {
    "no words say so": (("Your support for 9HWK3R2 was cancelled.",), "9HWK3R2"),
    "beside another": (("Your contract 80031 was cancelled.", "Contract 9HWK3R2"), "9HWK3R2"),
    "of another use": (("Your support was cancelled. Invoice number 9HWK3R2",), None),
    "digits alone": (("Your support for 2099413 was cancelled.",), None),
    "letters alone": (("Your support for OPTIPLE was cancelled.",), None),
    "one digit": (("Your support for ABCDEF1 was cancelled.",), "ABCDEF1"),
}


@pytest.mark.parametrize(("lines", "number"), SHAPED.values(), ids=SHAPED)
def test_a_number_of_the_vendors_shape(lines: tuple[str, ...], number: str | None) -> None:
    """It counts as the contract's where no words say otherwise, and before others."""
    found = facts_of(*lines, sender="Dell <no-reply@dell.com>").number
    assert (found.value if found else None) == number


STAYING = {
    "another one stays": (
        "Your Velvet Gold subscription has been cancelled. Your Premium plan stays active.",
        "Velvet Gold",
    ),
    "what is on file ended": (
        "Your Premium plan has been cancelled. Your Velvet Gold subscription stays active.",
        "Premium",
    ),
}


@pytest.mark.parametrize(("text", "service"), STAYING.values(), ids=STAYING)
def test_a_service_on_file_that_only_stays_is_not_the_one_that_ended(text: str, service: str) -> None:
    lines = [f"{sentence}." for sentence in text.rstrip(".").split(". ")]
    found = facts_of(*lines, sender="Netflix <info@account.netflix.com>").service
    assert found is not None
    assert found.value == service


HOSTILE = {
    "one name everywhere": ["your Acme Plus subscription, " * 150] * 300,
    "many names": [
        " ".join(f"your N{n}ame Plus subscription," for n in range(40 * k, 40 * k + 40)) for k in range(300)
    ],
    "rows of digits": [f"Plan | {'1' * 140}!, a"] * 300,
}


@pytest.mark.parametrize("lines", HOSTILE.values(), ids=HOSTILE)
def test_names_without_end_take_bounded_time(lines: list[str]) -> None:
    """So many names of a line and of a mail are looked at, and each place once."""
    start = time.process_time()
    facts_of("Your subscription has been cancelled.", *lines)
    assert time.process_time() - start < 6


def test_a_shape_is_of_one_vendor() -> None:
    """The same words of another say nothing of a contract's number."""
    assert facts_of(*SHAPED["no words say so"][0], sender="Acme <no-reply@acme.example>").number is None


SERVICES = {
    "before the word": ("We've cancelled your Claude Pro subscription.", "Claude Pro"),
    "after the word": ("Votre offre Bbox Must est résiliée.", "Bbox Must"),
    "after a short word": ("Votre abonnement à Lumiglot Plus est résilié.", "Lumiglot Plus"),
    "in a row": ("Plan | Premium Support Plus", "Premium Support Plus"),
    "after a qualifying word": ("Il tuo abbonamento annuale Volatempo Più è stato disdetto.", "Volatempo Più"),
    "in brackets after a number": ("Ihr Vertrag V-33019842 (Heimkino Plus) wurde gekündigt.", "Heimkino Plus"),
    "in corner quotes": ("「スタンダードプラン」の解約手続きが完了しました。", "スタンダードプラン"),
    "a domain": ("Tu dominio marta-ilustra.es ha sido cancelado.", "marta-ilustra.es"),
    "after words that end": ("Tak for din mail om opsigelse af FlexEl Plus.", "FlexEl Plus"),
    "less the word for a contract": ("Votre formule Illimitée est résiliée.", "Illimitée"),
    "no company": ("Votre abonnement Hydrolune Énergie SCIC est résilié.", None),
    "in the column of its heading": ("Seats | Product | Ends\n3 | Pinecone Studio | 31 May 2026", "Pinecone Studio"),
    "below its heading": ("Product | Seats | Ends\nPinecone Studio | 3 | 31 May 2026", "Pinecone Studio"),
    "a code before the name": ("Contract | 5507/2018, Warm Home 24h", "Warm Home 24h"),
    "a qualified contract": ("I'd like to cancel my monthly membership.", "monthly membership"),
    "a contract and what it is for": ("Votre contrat de télésurveillance est résilié.", "télésurveillance"),
    "a compound": ("Din villahemförsäkring hos oss har nu avslutats.", "villahemförsäkring"),
    "a count with its unit": ("Votre carte 10 séances est résiliée.", "carte 10 séances"),
    "with its size": ("Vi bekräftar uppsägningen av ditt Bredband 250/250 hos oss.", "Bredband 250/250"),
    "with its number": ("Vi bekräftar uppsägningen av ditt Bredband 77120431 hos oss.", "Bredband"),
    "nothing but a contract": ("Your subscription has been cancelled.", None),
    "not whom it is written to": ("Hello Rosalind Marchbanks, your subscription has been cancelled.", None),
    "no month": ("Se ha cobrado su plan de marzo.", None),
    "not a title": ("Your Membership Cancellation Request", None),
    "not a heading": ("Item | Amount", None),
    "not a number": ("Votre contrat TK-18830 est résilié.", None),
}


@pytest.mark.parametrize(("line", "service"), SERVICES.values(), ids=SERVICES)
def test_service(line: str, service: str | None) -> None:
    """The contract as the mail names it."""
    found = facts_of(*line.split("\n"), "Your subscription has been cancelled.").service
    assert (found.value if found else None) == service


SENDERS = {
    "as it stands": ("Fibrélia <info@fibrelia.example>", "Fibrélia", "fibrelia.example"),
    "a desk": (
        "Halberton Mutual Policy Services <x@halbertonmutual.example>",
        "Halberton Mutual",
        "halbertonmutual.example",
    ),
    "a person of it": ("Tilly from Sproutbox <tilly@sproutbox.example>", "Sproutbox", "sproutbox.example"),
    "a desk behind a dash": (
        "La Gazette du Vexin - Abonnements <a@gazette-vexin.example>",
        "La Gazette du Vexin",
        "gazette-vexin.example",
    ),
    "no name": (" <noreply@acme-energy.example>", "Acme Energy", "acme-energy.example"),
    "a person alone": ("Nadège <nadege@terre-cuite.example>", "Terre Cuite", "terre-cuite.example"),
    "a person by initials": ("Tom Reed <t.reed@logipilot.example>", "Logipilot", "logipilot.example"),
    "a person at a desk": ("T. Reed <treasurer@logipilot.example>", "Logipilot", "logipilot.example"),
    "a person with free mail": ("Tom Reed <tom.reed@gmail.com>", "Tom Reed", "gmail.com"),
    "letters written out": ("Büro Küchenzwerg <info@kuechenzwerg.example>", "Küchenzwerg", "kuechenzwerg.example"),
    "a desk alone": ("No Reply <noreply@paperhaul.example>", "Paperhaul", "paperhaul.example"),
    "a club with free mail": ("Judo Club <judoclub@gmail.com>", "Judo Club", "gmail.com"),
    "written for by another": (
        "'Trellis Uptime' via Paylane <invoices@paylane.example>",
        "Trellis Uptime",
        "paylane.example",
    ),
    "by a road of that name": ("Bikes via Roma <info@bikes.example>", "Bikes", "bikes.example"),
    "on file by domain": ("Service client <x@info.dell.com>", "Dell", "dell.com"),
    "on file by name": ("ChatGPT Support <x@helpdesk.example>", "OpenAI", "helpdesk.example"),
}


@pytest.mark.parametrize(("written", "name", "domain"), SENDERS.values(), ids=SENDERS)
def test_sender(written: str, name: str, domain: str) -> None:
    """A vendor is named by its file, else from its own From."""
    display, _, mailbox = written.rstrip(">").partition("<")
    message = Message(senders=(Address(name=display.strip(), mailbox=mailbox),))
    sender: Sender = sender_of(message, compiled_rules())
    assert (sender.name, sender.domain) == (name, domain)


SIGNED = {
    # From, the last line, the vendor
    "for the firm": (
        "Helen Marsh <office@rosewellnursery.example>",
        "Helen, for the Rosewell Nursery",
        "Rosewell Nursery",
    ),
    "in brackets": ("Birgit Kassel <kasse@tv-hellern.example>", "Birgit (TV Hellern)", "TV Hellern"),
    "with its year": ("H. Brock <kasse@tv-osterwiede.example>", "TV Osterwiede von 1903 e.V., Kasse", "TV Osterwiede"),
    "elided": (
        "Josiane <contact@amap3ruisseaux.example>",
        "pour l'AMAP des Trois Ruisseaux",
        "AMAP des Trois Ruisseaux",
    ),
    "another's": (
        "Helen Marsh <office@rosewellnursery.example>",
        "Greetings to the Chelsea Flower Show",
        "Helen Marsh",
    ),
    "From says it": ("Rosewell <office@rosewellnursery.example>", "Rosewell Holdings Ltd", "Rosewell"),
    "as the domain spells it": (
        "Odile <odile@choeur-brevannes.example>",
        "le Chœur de Brévannes",
        "Chœur de Brévannes",
    ),
}


@pytest.mark.parametrize(("sender", "last", "vendor"), SIGNED.values(), ids=SIGNED)
def test_who_signs_for_a_firm(sender: str, last: str, vendor: str) -> None:
    """A person's mail is the firm's whose name stands in the signature and in the domain."""
    facts = facts_of("Your membership has been cancelled.", last, sender=sender)
    assert facts.vendor is not None
    assert facts.vendor.value == vendor


def test_platform_names_the_vendor() -> None:
    """What a store writes is about the app's contract."""
    facts = facts_of(
        "You canceled the following subscription.",
        "App | Slumberfox",
        "Subscription | Slumberfox Unlimited (1 Year)",
        sender="Apple <no_reply@email.apple.com>",
    )
    assert facts.vendor is not None
    assert facts.vendor.value == "Slumberfox"
    assert facts.vendor_domain is None


@pytest.mark.parametrize(
    ("sender", "row"),
    [
        ("Trellis Uptime via Paylane <invoices@paylane.example>", "Total | $5.00"),
        ("Paylane <invoices@paylane.example>", "Content provider | Trellis Uptime"),
    ],
)
def test_a_billing_service_names_whom_it_writes_for(sender: str, row: str) -> None:
    """Its domain stays its own, whatever the mail shows: who wrote is not who is named."""
    facts = facts_of("We received your payment of $5.", row, "Questions? help@trellis-uptime.com", sender=sender)
    assert facts.vendor is not None
    assert facts.vendor.value == "Trellis Uptime"
    assert facts.vendor_domain is not None
    assert facts.vendor_domain.value == "paylane.example"


def test_a_store_names_the_app_in_brackets() -> None:
    facts = facts_of(
        "Has cancelado tu suscripción a Zancada Runner Pro (Zancada: plan de carrera), de Estudio Zancada.",
        sender="Google Play <googleplay-noreply@google.com>",
    )
    assert facts.vendor is not None
    assert facts.vendor.value == "Zancada"


DROPPED = {
    "an end years ahead": (
        "Your subscription has been cancelled and ends on 1 June 2028.",
        ("end 1 June 2028: years ahead",),
    ),
    "a request after the end": (
        "We received your request of 9 March 2026: your subscription was cancelled and ended on 1 February 2026.",
        ("request 9 March 2026: after the end",),
    ),
    "a request on the eve of the end": (
        "We received your request of 1 March 2026: your subscription was cancelled and ended on 2 March 2026.",
        (),
    ),
}


@pytest.mark.parametrize(("line", "dropped"), DROPPED.values(), ids=DROPPED)
def test_facts_that_contradict_each_other_are_dropped(line: str, dropped: tuple[str, ...]) -> None:
    """And what was dropped is said."""
    facts = facts_of(line)
    assert facts.dropped == dropped
    assert (facts.effective_on is None) == any("end" in what.split()[0] for what in dropped)
    assert facts.requested_on is None or not dropped


def test_a_sum_without_a_currency_is_none() -> None:
    """Nobody can tell what was paid."""
    facts = facts_of("You have paid 12.90 for your subscription.", "Receipt", "Total: 12.90")
    assert (facts.amount, facts.currency) == (None, None)
    facts = facts_of("You have paid €12.90 for your subscription.")
    assert facts.amount
    assert facts.currency


def test_the_service_that_stays_is_not_the_one_that_ended() -> None:
    """What a mail says goes on is another contract of the same vendor."""
    facts = facts_of(
        "Your subscription Nuagerie Pro stays exactly as it is.",
        "Your subscription Nuagerie Backup has been cancelled.",
    )
    assert facts.service is not None
    assert facts.service.value == "Nuagerie Backup"
