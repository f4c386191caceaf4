"""The vendors on file against those who pose as them: no false domain is taken for theirs, and each of their own is."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import pytest

from cancelproof.authenticity import authenticate
from cancelproof.domains import canonical, label, registrable
from cancelproof.model import Address, Authenticity, KnownSenders, KnownVendor, Message, Statement, Verdict
from rules_fixture import compiled_rules

RECEIVED = "from out.sender.example (out.sender.example [192.0.2.9]) by mx.example.org (Postfix) with ESMTPS id 1; x"

VENDORS = [
    "1password", "1und1", "a1", "adobe", "allianz", "amazon", "american-express", "apple", "axa", "basic-fit",
    "bol", "booking", "bouygues-telecom", "bt", "canal-plus", "cez", "claro", "dazn", "deezer", "dell", "deutsche-bahn",
    "disney-plus", "dna", "docomo", "dropbox", "edf", "ee", "el-pais", "eon", "free", "google-play",
    "helsana", "hp", "iliad", "ing", "kpn", "lequipe", "mailbox-org", "medium", "meta", "microsoft", "monday",
    "n26", "netflix", "norton", "nos", "now-tv", "o2", "orange", "paypal", "plus-pl", "ring", "sfr", "sky",
    "sosh", "spotify", "square", "stripe", "sueddeutsche", "t-mobile-cz", "telia", "three", "tim", "uber",
    "virgin-media", "vodafone", "wordpress-com", "x-twitter", "ziggo", "zoom"
]  # fmt: skip


@lru_cache(maxsize=1)
def senders() -> KnownSenders:
    return compiled_rules().senders


def vendor(ident: str) -> KnownVendor:
    return next(known for known in senders().vendors if known.id == ident)


def judged(name: str, mailbox: str, text: str = "") -> Verdict:
    """The verdict on a mail whose own domain passes DMARC."""
    domain = mailbox.rpartition("@")[2]
    sender = f'"{name}" <{mailbox}>'
    message = Message(
        senders=(Address(name=name, mailbox=mailbox),),
        recipients=(Address(mailbox="me@example.org"),),
        headers=(
            ("delivered-to", "me@example.org"),
            ("received", RECEIVED),
            ("authentication-results", f"mx.example.org; dmarc=pass header.from={domain}"),
            ("from", sender),
        ),
        statements=tuple(Statement(text=line) for line in text.splitlines()),
    )
    return authenticate(message, senders())


# ---------------------------------------------------------------- every vendor

CYRILLIC = str.maketrans("aceopxy", "асеорху")
DIGITS = str.maketrans("oleastibg", "013457189")


def _first(word: str, table: dict[int, int]) -> str:
    """The word with its first letter that the table knows replaced."""
    at = next((place for place, char in enumerate(word) if ord(char) in table), 0)
    return word[:at] + word[at].translate(table) + word[at + 1 :]


FALSE: dict[str, Callable[[str, str], str]] = {
    # the registered word and the domain of a vendor, to the address of somebody else
    "brand and a word": lambda word, _: f"info@{word}-billing.top",
    "domain inside": lambda _, domain: f"info@{domain}.account-check.top",
    "letters of another script": lambda word, _: f"info@{canonical(_first(word, CYRILLIC) + '.com')}",
    "a digit for a letter": lambda word, _: f"info@{_first(word, DIGITS)}.net",
    "a hyphen": lambda word, _: f"info@{word[:1]}-{word[1:]}.com",
    "another suffix": lambda word, _: f"info@{word}.top",
    "free mail": lambda word, _: f"{word.replace('-', '.')}.billing@gmail.com",
    "a customer of a host": lambda word, _: f"info@{word}.myshopify.com",
    "another vendor's domain": lambda word, _: f"{word}@squarespace.com",
    "far below": lambda word, _: f"info@{word}.secure.login.customer-area.top",
    "a word before": lambda word, _: f"info@secure-{word}.com",
    "two letters changed about": lambda word, _: f"info@{word[:1]}{word[2:3]}{word[1:2]}{word[3:]}.com",
    "a letter too many": lambda word, _: f"info@{word[:2]}{word[1:]}.com",
    "another vendor's free mail": lambda word, _: f"{word}@laposte.net",
}


def false_addresses(known: KnownVendor) -> list[tuple[str, str]]:
    """Those that differ from the vendor's: not every word has a letter to be replaced."""
    domain = known.domains[0]
    made = [(kind, make(label(domain), domain)) for kind, make in FALSE.items()]
    own = {f"{label(domain)}.com", f"{label(domain)}.net"}
    return [(kind, mailbox) for kind, mailbox in made if mailbox.rpartition("@")[2] not in own]


@pytest.mark.parametrize("ident", VENDORS)
def test_no_false_domain_is_the_vendors(ident: str) -> None:
    """Name and text of the vendor from somebody else's domain are never authentic, though that domain passes."""
    known = vendor(ident)
    text = f"Your {known.name} subscription has been cancelled."
    taken = [
        (name, kind, mailbox)
        for kind, mailbox in false_addresses(known)
        for name in (known.name, f"{known.name} Customer Service", f"Your {known.name}", f"{known.name} Refund Dpt 24")
        if judged(name, mailbox, text).word.authentic is True
    ]
    assert taken == []


@pytest.mark.parametrize("kind", FALSE)
def test_no_vendor_on_file_is_taken_for_its_look_alikes(kind: str) -> None:
    """Every vendor's name and text from a false domain of each kind: none is authentic, so none can prove anything."""
    taken = [
        (known.id, mailbox)
        for known in senders().vendors
        for made, mailbox in false_addresses(known)
        if made == kind and _is_strangers(mailbox, known)
        if judged(known.name, mailbox, f"Your {known.name} subscription has been cancelled.").word.authentic is True
    ]
    assert taken == []


def _is_strangers(mailbox: str, known: KnownVendor) -> bool:
    """Whether the made address is neither the vendor's own nor of the same house: `one.com` is near to `on.com`."""
    domain = registrable(mailbox.rpartition("@")[2])
    owner = owners().get(domain, "")
    return owner not in {known.id, *known.related}


@lru_cache(maxsize=1)
def owners() -> dict[str, str]:
    return {domain: vendor.id for vendor in senders().vendors for domain in vendor.domains}


@pytest.mark.parametrize("ident", VENDORS)
def test_the_vendors_own_domains_are_attested(ident: str) -> None:
    """The same mail from each of the vendor's domains is the vendor's."""
    known = vendor(ident)
    text = f"Your {known.name} subscription has been cancelled."
    names = (known.name, f"{known.name} Customer Service", *known.names[:2])
    for name in names:
        for domain in known.domains:
            for mailbox in (f"no-reply@{domain}", f"info@mail.{domain}"):
                verdict = judged(name, mailbox, text)
                assert verdict.word is Authenticity.ATTESTED, (name, mailbox, verdict)
                assert set(known.domains) <= verdict.owned


# ---------------------------------------------------------------- names on file

ENDED = "Your {} subscription has been cancelled."
NAMED = [
    # From name, mailbox, text, expected
    # the longest name of a vendor counts, and it is exact if any is
    ("Norton LifeLock", "x@gmail.com", "", "suspect"),
    ("LifeLock by Norton Support", "x@gmail.com", "", "suspect"),
    ("Norton LifeLock", "x@nortonlifelock-billing.com", "", "suspect"),
    # the longest name between vendors
    ("Netflix Premium Refunds", "x1@gmail.com", ENDED.format("Netflix"), "suspect"),
    ("Square Enix", "info@square-enix.com", ENDED.format("Square Enix"), "attested"),
    ("Orange Bank", "info@orangebank.fr", ENDED.format("Orange Bank"), "attested"),
    # another vendor's domain, a carrier's, a free-mail one
    ("Netflix", "x@wordpress.com", "", "unauthenticated"),
    ("Netflix", "x@squarespace.com", "", "unauthenticated"),
    ("Netflix Billing", "x@mail.squarespace.com", ENDED.format("Netflix"), "unauthenticated"),
    ("Netflix", "netflix@zendesk.com", "", "unauthenticated"),
    ("Netflix", "invoice@stripe.com", "", "unauthenticated"),
    ("Netflix via Stripe", "invoice@stripe.com", "Netflix took 9.99.", "attested"),
    ("Netflix", "x@orange.fr", "", "suspect"),
    ("Netflix", "x@netflix.myshopify.com", "", "suspect"),
    ("Sky", "info@sky.uk", "Netflix is part of your plan.", "attested"),
    ("Squarespace", "info@squarespace.com", "Netflix uses us.", "attested"),
    # a free-mail vendor does not vouch for its customers
    ("Orange", "jean.dupont75@orange.fr", "", "unauthenticated"),
    ("Service Client Orange", "marie.info@orange.fr", ENDED.format("Orange"), "unauthenticated"),
    ("Orange", "info@orange.fr", ENDED.format("Orange"), "attested"),
    ("Orange", "x9@info.orange.fr", ENDED.format("Orange"), "attested"),
    ("SFR", "resiliation@sfr.fr", ENDED.format("SFR"), "attested"),
    ("Free Haut Débit", "facture@adsl.free.fr", ENDED.format("Free"), "attested"),
    ("MEO", "naoresponder@meo.pt", ENDED.format("MEO"), "attested"),
    ("Jean Dupont", "jean.dupont75@orange.fr", "Orange a coupé ma ligne.", "attested"),
    ("Service Client", "jean.dupont75@orange.fr", ENDED.format("Netflix"), "unauthenticated"),
    # people and firms who bear a vendor's word
    ("L'Orange Bleue", "info@orangebleue-mail.fr", "L'Orange Bleue vous confirme la fin.", "attested"),
    ("L'Orange Bleue Quimper", "quimper@orangebleue-mail.fr", "Votre contrat Orange Bleue est résilié.", "attested"),
    ("Accueil", "info@orange-bleue.fr", "Votre contrat Orange Bleue est résilié.", "attested"),
    ("Orange Bleue", "orangebleue.quimper@gmail.com", "Votre contrat Orange Bleue est résilié.", "attested"),
    ("Free Spirit Yoga", "freespirit@gmail.com", "Your Free Spirit Yoga pass has ended.", "attested"),
    ("Tim Baker", "tbaker@gmail.com", "See you, Tim", "attested"),
    ("Norton Smith", "norton.s@gmail.com", "Norton", "attested"),
    ("Plus Fitness", "hello@plusfitness.example", "Your Plus Fitness membership has ended.", "attested"),
    ("Three Peaks Gym", "hello@threepeaks.example", "Your Three Peaks Gym membership ended.", "attested"),
    ("Steam Cleaning", "info@steam-cleaning.example", "Steam Cleaning is cancelled.", "attested"),
    ("Info", "info@steam-cleaning.example", "Steam Cleaning is cancelled.", "attested"),
    ("Medium Rare", "medium.rare@gmail.com", "Your table is cancelled.", "attested"),
    ("Claro Dental", "info@clarodental.example", "Your Claro Dental plan has ended.", "attested"),
    ("Marie Orange", "m.orange@free.fr", "", "attested"),
    ("Max Orange", "max@free.fr", "", "attested"),
    ("Sky Garden Ltd", "info@skygarden.example", "Your Sky Garden lease has ended.", "attested"),
    ("Agence AXA Dupont", "info@axa-dupont.fr", "L'agence AXA Dupont vous écrit.", "attested"),
    ("Agence AXA Dupont", "info@axa-dupont.fr", "Votre contrat AXA est résilié.", "unauthenticated"),
    ("Agence AXA Dupont", "agence.dupont@gmail.com", "Votre contrat AXA est résilié.", "unauthenticated"),
    ("Tim", "tim1988@gmail.com", "Ciao!", "unauthenticated"),
    # who takes the name alone, or signs with it, poses all the same
    ("TIM Servizio Clienti", "x@gmail.com", "", "suspect"),
    ("Orange", "x@orange-facturation.top", "", "suspect"),
    ("Norton", "x@gmail.com", ENDED.format("Norton"), "suspect"),
    ("Netflix Refund Dpt", "x@gmail.com", "Your Netflix Team", "suspect"),
    ("Netflix Inc", "x@netflix-billing.top", ENDED.format("Netflix"), "suspect"),
    ("Netflix Inc", "x@netflix-billing.top", "", "unauthenticated"),
    ("Netflix", "x@net-flix.com", "", "suspect"),
    # related vendors
    ("1&1 Kundenservice", "1und1.vertragsservice@gmx.net", "Ihr Vertrag bei 1&1 ist beendet.", "suspect"),
    ("Sosh", "info@orange.fr", ENDED.format("Sosh"), "attested"),
    ("Sosh", "x@news.orange.com", ENDED.format("Sosh"), "attested"),
    ("Sosh", "jean.dupont75@orange.fr", ENDED.format("Sosh"), "unauthenticated"),
    ("RED by SFR", "resiliation@sfr.fr", ENDED.format("RED by SFR"), "attested"),
    ("YouTube Premium", "x@google.com", ENDED.format("YouTube"), "attested"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "mailbox", "text", "expected"), NAMED)
def test_what_a_name_claims(name: str, mailbox: str, text: str, expected: str) -> None:
    """The longest name of one vendor alone is a claim; a word of a language or a person's name is not."""
    verdict = judged(name, mailbox, text)
    assert verdict.word.value == expected, verdict.reasons
