"""Who really sent a mail: the receiving server's word, the From header, look-alikes and replays."""

import time
from dataclasses import replace
from email.header import Header

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cancelproof.authenticity import authenticate
from cancelproof.authenticity.lookalike import lookalike
from cancelproof.authenticity.receiver import read_received
from cancelproof.authenticity.register import register
from cancelproof.authenticity.results import parse
from cancelproof.message import addresses
from cancelproof.model import Address, Authenticity, KnownSenders, KnownVendor, Message, Place, Statement, Voice

KNOWN = KnownSenders(
    vendors=(
        KnownVendor(id="flixora", name="Flixora", domains=("flixora.com",)),
        KnownVendor(id="liber", name="Liber", names=("Liber Mobile",), domains=("liber.fr",), common_word=True),
        KnownVendor(id="liber-bank", name="Liber Bank", domains=("liberbank.fr",)),
        KnownVendor(id="joss", name="Joss", domains=("joss.fr",), related=("liber",)),
        KnownVendor(id="tem", name="TEM", domains=("tem.it",), common_word=True),
        KnownVendor(id="nordon", name="Nordon", names=("LockLife", "Nordon LockLife"), domains=("nordon.com",)),
        KnownVendor(id="sitepress", name="Sitepress", domains=("sitepress.com",), services=("Sitepress Flixora Kit",)),
        KnownVendor(id="canta-plus", name="Canta+", names=("Canta Plus",), domains=("canta-plus.com",)),
        KnownVendor(id="paymate", name="Paymate", domains=("paymate.com",)),
        KnownVendor(id="ipostal", name="iPostal", domains=("postal.example",)),
    ),
    freemail=frozenset({"freebox.example", "gmail.com", "liber.fr"}),
    carriers=frozenset({"paymate.com", "mailhop.net"}),
    desk_words=frozenset(
        [
            "billing",
            "service",
            "facturation",
            "kundenservice",
            "assistance",
            "servizio",
            "clienti",
            "info",
            "resiliation",
        ]
    ),
    small_words=frozenset({"your", "votre", "the", "via"}),
    lures=frozenset({"account"}),
)

RECEIVED = "from out1.sender.example (out1.sender.example [192.0.2.9]) by mx.example.org (Postfix) with ESMTPS id 1; x"
FOREIGN = (
    "from www (localhost [127.0.0.1]) by vps.cloud.example (Postfix) with ESMTP id 2; Mon, 05 Jan 2026 22:40:00 +0000"
)


def passed(domain: str) -> str:
    return (
        f"mx.example.org; dkim=pass header.d={domain}; spf=pass smtp.mailfrom={domain}; dmarc=pass header.from={domain}"
    )


def mail(
    sender: str,
    *results: str,
    headers: tuple[tuple[str, str], ...] = (),
    subject: str = "",
    text: str = "",
    to: str = "me@example.org",
    forwarded: Message | None = None,
) -> Message:
    """A mail that mx.example.org received, with its results below its Received, and more headers below those."""
    own = [("received", RECEIVED), *(("authentication-results", result) for result in results)]
    return Message(
        senders=tuple(addresses.read(sender)[0]),
        recipients=tuple(addresses.read(to)[0]),
        subject=subject,
        headers=(("delivered-to", "me@example.org"), *own, *headers, ("from", sender)),
        statements=tuple(Statement(text=line) for line in text.splitlines()),
        forwarded=forwarded,
    )


def word(message: Message, known: KnownSenders = KNOWN) -> str:
    return authenticate(message, known).word.value


# ---------------------------------------------------------------- the receiving server's word

AR = "authentication-results"
DKIM = "mx.example.org; dkim=pass header.d=club.fr"
RESULTS = [
    # results by mx.example.org for a mail of a@news.club.fr, expected word, authenticated domain
    ([passed("club.fr")], "attested", "club.fr"),
    (["mx.example.org; dmarc=pass header.from=news.club.fr"], "attested", "club.fr"),
    (["mx.example.org 1; dmarc = pass (p=reject) header.from = club.fr"], "attested", "club.fr"),
    (["mx.example.org; dmarc=pass"], "attested", "club.fr"),
    ([DKIM], "attested", "club.fr"),
    (["mx.example.org; dkim=pass header.i=@mail.club.fr"], "attested", "club.fr"),
    (["mx.example.org; dkim=pass header.d=mailhop.net; dkim=pass header.d=club.fr"], "attested", "club.fr"),
    (["mx.example.org (amavis); dkim=pass header.d=club.fr", "mx.example.org; dmarc=pass"], "attested", "club.fr"),
    (["mx.example.org; dkim=pass header.d=mailhop.net"], "unauthenticated", ""),
    (["mx.example.org; dkim=pass header.d=mailhop.net; dmarc=none"], "unauthenticated", ""),
    (["mx.example.org; spf=pass smtp.mailfrom=club.fr"], "not_checkable", ""),
    (["mx.example.org; dkim=fail header.d=club.fr; spf=fail"], "unauthenticated", ""),
    (["mx.example.org; dkim=fail header.d=club.fr; dmarc=fail (p=none)"], "suspect", ""),
    ([passed("club.fr"), "mx2.example.org; dmarc=fail"], "suspect", ""),
    ([DKIM, "mx.example.org; dkim=fail header.d=club.fr"], "unauthenticated", ""),
    (["mx.example.org; dmarc=pass header.from=other.fr"], "unauthenticated", ""),
    (["mx.example.org; dmarc=permerror; spf=none"], "unauthenticated", ""),
    (["mx.example.org; none"], "unauthenticated", ""),
    ([], "unauthenticated", ""),
    # not by our server
    (["mx.google.com; dmarc=pass header.from=club.fr"], "unauthenticated", ""),
    (["mx.example.com; dmarc=pass header.from=club.fr"], "unauthenticated", ""),
    (["mx.example.org.evil.example; dmarc=pass header.from=club.fr"], "unauthenticated", ""),
    (["spf=pass smtp.mailfrom=club.fr; dkim=pass header.d=club.fr; dmarc=pass"], "not_checkable", ""),
    # an envelope sender who tries to write results
    (
        ['mx.example.org; spf=fail smtp.mailfrom="x; dmarc=pass header.from=club.fr"@evil.net'],
        "unauthenticated",
        "",
    ),
    ([DKIM + "; spf=none (of a( b@evil.example)"], "unauthenticated", ""),
]


@pytest.mark.parametrize(("results", "expected", "domain"), RESULTS)
def test_results_of_the_receiving_server(results: list[str], expected: str, domain: str) -> None:
    """Only the receiving server's own results count, aligned with the From domain, the worst one winning."""
    verdict = authenticate(mail("Club <a@news.club.fr>", *results), KNOWN)
    assert (verdict.word.value, verdict.domain) == (expected, domain)
    assert all(reason.endswith((".", ")")) for reason in verdict.reasons)


def test_results_below_the_first_foreign_received_were_brought_along() -> None:
    """A pass that borrows our id lies below a hop that we did not write: it changes nothing, for better or worse."""
    borrowed = (("received", FOREIGN), (AR, passed("flixora.com")))
    assert word(mail("Flixora <a@flixora.com>", headers=borrowed)) == "unauthenticated"
    failed = (("received", FOREIGN), (AR, "mx.example.org; dmarc=fail header.from=flixora.com"))
    assert word(mail("Flixora <a@flixora.com>", passed("flixora.com"), headers=failed)) == "attested"


def received(*hosts: str, results: str) -> Message:
    """A mail with these Received on top of each other and the results below them, all above a foreign hop."""
    hops = tuple(("received", host) for host in hosts)
    headers = (*hops, (AR, results), ("received", FOREIGN), ("from", "Club <a@club.fr>"))
    return Message(senders=(Address(name="Club", mailbox="a@club.fr"),), headers=headers)


HOPS = [
    # Received from the top, authserv-id, trusted ids, whether the pass counts
    (["from mx.example.org by store.example.org with LMTP; x", RECEIVED], "mx.example.org", (), True),
    (["from mx.example.org ([127.0.0.1]) by localhost (filter); x", RECEIVED], "mx.example.org", (), True),
    (["from mx.example.org by store with LMTP id 1; x", RECEIVED], "mx.example.org", (), True),
    (["by 2002:a05:6a10::1 with SMTP id a1; x", "from a.example by mx.host.net; x"], "mx.host.net", (), True),
    (["from evil.example ([192.0.2.1]) by 10.0.0.5; x", "from a by mx.evil.example; x"], "mx.evil.example", (), False),
    (["from x([127.0.0.1]) (a [192.0.2.1]) by localhost; x", "from a by mx.evil.net; x"], "mx.evil.net", (), False),
    (["from a by mail.other.net; x"], "mx.example.org", (), False),
    (["from by (unknown [192.0.2.1]) by mx.example.org; x"], "mx.example.org", (), True),
    (["from evil( (unknown [192.0.2.1]) by mx.example.org (Postfix); x"], "mx.example.org", (), True),
    (["from a by mailbox; x"], "mailbox", (), True),
    (["from a by ms1.post.example; x"], "check.post-office.example", ("check.post-office.example",), True),
    (["from a by ms1.post.example; x"], "dkim.check.example", ("@check.example",), True),
    (["from a by ms1.post.example; x"], "ms1.post.example", ("@check.example",), False),
]  # fmt: skip


@pytest.mark.parametrize(("hops", "server", "trusted", "counts"), HOPS)
def test_the_receiving_server_is_known_by_the_topmost_received(
    hops: list[str], server: str, trusted: tuple[str, ...], counts: bool
) -> None:
    """Without settings the top hop's organisation is the owner's; with settings only the ids that they name."""
    verdict = authenticate(received(*hops, results=f"{server}; dmarc=pass header.from=club.fr"), KNOWN, trusted)
    assert (verdict.word is Authenticity.ATTESTED) is counts


def test_a_signature_over_part_of_the_text_does_not_attest() -> None:
    """With `l=` anybody may append to the text, and it still passes (RFC 6376 section 8.2)."""
    signature = ("dkim-signature", "v=1; a=rsa-sha256; d=club.fr; l=120; bh=x; b=y")
    assert word(mail("Club <a@club.fr>", passed("club.fr"), headers=(signature,))) == "not_checkable"
    whole = (signature, ("dkim-signature", "v=1; d=club.fr; b=z"))
    assert word(mail("Club <a@club.fr>", passed("club.fr"), headers=whole)) == "attested"


def test_sent_mail_speaks_for_nothing() -> None:
    """A mail without any Received is the owner's own copy or a draft."""
    message = Message(senders=(Address(mailbox="me@example.org"),), headers=(("from", "me@example.org"),))
    assert word(message) == "unauthenticated"


def test_results_speak_of_the_forwarder_only() -> None:
    """What was forwarded cannot be told, unless the forwarder is forged already."""
    inside = Message(senders=(Address(mailbox="a@flixora.com"),))
    assert word(mail("Ann <ann@gmail.com>", passed("gmail.com"), forwarded=inside)) == "unauthenticated"
    assert word(mail("Ann <ann@gmail.com>", "mx.example.org; dmarc=fail", forwarded=inside)) == "suspect"


# ---------------------------------------------------------------- the From header

BROKEN = [
    "Flixora <a@flixora.com>, Other <x@evil.example>",
    "a@club.fr, b@club.fr",
    "info@flixora.com <x@evil.example>",
    '"info@flixora.com" <x@evil.example>',
    '"Flixora (info\uff20flixora.com)" <x@evil.example>',
    "x@evil.example (info@flixora.com)",
    "Flixora",
    "Flixora <>",
    "Flixora <@club.fr>",
    "Flixora <a@club..fr>",
    "x" * 3000 + " <a@club.fr>",
]
PLAIN = [
    "info@club.fr <info@news.club.fr>",
    '"Club.fr" <info@club.fr>',
    '"Club.de" <info@club.fr>',
    '"Dr.Max" <info@club.fr>',
    "Club & Co. <info@club.fr> (Paris)",
]


@pytest.mark.parametrize("sender", BROKEN)
def test_a_broken_from_is_suspect_whatever_passes(sender: str) -> None:
    """More or less than one author, or another organisation's address in the name."""
    assert word(mail(sender, passed("evil.example"), passed("club.fr"))) == "suspect"


@pytest.mark.parametrize("sender", PLAIN)
def test_a_plain_from_is_not_suspect(sender: str) -> None:
    """The sender's own address or domain in the name, and words that only look like domains."""
    assert word(mail(sender, passed("club.fr"))) == "attested"


def test_two_from_headers_are_suspect() -> None:
    """The server judged one of them, the reader sees the other (RFC 5322 section 3.6)."""
    message = mail("Flixora <a@flixora.com>", passed("hub.example"), headers=(("from", "Flixora <x@hub.example>"),))
    assert word(message) == "suspect"


def test_an_encoded_name_is_judged_decoded() -> None:
    """An address that only the decoded display name shows counts too."""
    raw = str(Header("info@flixora.com", "utf-8").encode()) + " <x@evil.example>"
    senders = (Address(name="info@flixora.com", mailbox="x@evil.example"),)
    message = Message(senders=senders, headers=(("received", RECEIVED), ("from", raw)))
    assert word(message) == "suspect"


# ---------------------------------------------------------------- look-alikes

POSING = [
    # From, text
    ("Flixora <flixora.help@gmail.com>", ""),
    ("Flixora Billing <bill9921@gmail.com>", "Your Flixora plan has ended."),
    ("Service Facturation FLIXORA <nrt.2207@gmail.com>", "Votre abonnement Flixora Premium est terminé."),
    ("Flixora <a@flixora-billing.com>", ""),
    ("Flixora <a@billing-flixora.top>", ""),
    ("Flixora Kundenservice <a@flixorakundenservice.com>", "Ihr Flixora-Vertrag endet."),
    ("Flixora <a@f1ixora.com>", ""),
    ("Flixora <a@flixorra.com>", ""),
    ("Flixora <a@fllxora.com>", ""),
    ("Flixora <a@xn--flixra-m0e.com>", ""),  # o in Cyrillic
    ("Customer Care <a@flixora-account.top>", "Your Flixora subscription was cancelled."),
    ("Customer Care <a@flixora.com.account-billing.top>", ""),
    ("Liber Assistance <a@liber-espace-client.com>", "Votre abonnement Liber est résilié."),
    ("TEM Servizio Clienti <a@tem-areaclienti119.com>", "Il contratto TEM è cessato."),
    ("Canta+ <a@cantaplus-restaurar.com>", ""),
    ("CANTA PLUS <a@canta-plus-service.com>", ""),
    ("flixora.com <a@bakery.example>", ""),
    ("Flixora Portugal <flixora.billing.pt2026@gmail.com>", "Your plan has ended."),
    ("Flixora Kundenservice <a@flixora-myaccount.somebody.example>", "Your plan has ended."),
    ("Flixora <someone@liber.fr>", ""),  # a vendor that is a free-mail provider too
]
NAMESAKES = [
    ("Flixora <a@flixora.com>", "Your Flixora plan has ended.", "attested"),
    ("Flixora <a@mail.flixora.com>", "", "attested"),
    ("Flixora <a@flixora.de>", "Flixora", "attested"),  # its domain in another country
    ("Liber <a@liber.com>", "Liber", "attested"),
    ("Flixora <a@flixora.mailer.example>", "Flixora", "unauthenticated"),
    ("Canta Plus <a@canta.es>", "", "attested"),
    ("Flixora <a@flixora.top>", "Flixora", "unauthenticated"),
    ("Canta+ <a@cantaplus.top>", "", "unauthenticated"),
    ("Flixora <a@bakery.example>", "", "unauthenticated"),
    ("Flixora via Paymate <a@paymate.com>", "Flixora took 9.99.", "attested"),
    ("Flixora <flixora@mailhop.net>", "", "unauthenticated"),  # anybody can have a carrier write under any name
    ("Paymate <a@paymate.com>", "", "attested"),
    ("Liber Rossi <liber.rossi@gmail.com>", "See you on Sunday.\nLiber", "attested"),
    ("Liber Rossi <lrossi@gmail.com>", "Here is Liber Rossi of the choir.", "attested"),
    ("Tem Street Dance <temstreetdance@gmail.com>", "Your place at Tem Street Dance is cancelled.", "attested"),
    ("Ann Smith <ann@gmail.com>", "I left Flixora last week.", "attested"),
    ("Liber Yoga <hello@liberyoga.com>", "Your Liber Yoga pass has ended.", "attested"),
    ("Studio <a@temple-yoga.com>", "TEM is a phone company.", "attested"),
    ("Newsletter <a@cantata.org>", "Canta+ raises its prices.", "attested"),
    ("Orchestra <a@club.fr>", "The Flixora hall is closed.", "attested"),
    ("Liber TEM <a@mobile.liber.fr>", "Liber TEM", "attested"),  # nobody else has a sub-domain of a free-mail provider
    ("Liber <info@liber.fr>", "Votre abonnement Liber est résilié.", "attested"),
]


@pytest.mark.parametrize(("sender", "text"), POSING)
def test_a_lookalike_is_suspect_though_it_passes_for_itself(sender: str, text: str) -> None:
    """Posing as a vendor on file from a free-mail address or from a domain that only resembles the vendor's."""
    message = mail(sender, passed(sender.rpartition("@")[2].strip(">")), text=text)
    verdict = authenticate(message, KNOWN)
    assert verdict.word is Authenticity.SUSPECT
    assert verdict.domain == ""


@pytest.mark.parametrize(("sender", "text", "expected"), NAMESAKES)
def test_a_namesake_is_no_lookalike(sender: str, text: str, expected: str) -> None:
    """Vendors' own domains, carriers, people and clubs that share a word with a vendor."""
    assert word(mail(sender, passed(sender.rpartition("@")[2].strip(">")), text=text)) == expected


def test_without_vendors_on_file_only_the_address_in_the_name_is_known() -> None:
    """A mail from a domain of its own poses as nobody that we know."""
    message = mail("Flixora <a@flixora-billing.com>", passed("flixora-billing.com"))
    assert word(message, KnownSenders()) == "attested"


STATEMENTS = [
    (Statement(text="Your Flixora contract ended.", place=Place.LETTER), "suspect"),
    (Statement(text="Your Flixora contract ended.", voice=Voice.QUOTED), "attested"),
]


@pytest.mark.parametrize(("statement", "expected"), STATEMENTS)
def test_only_the_mails_own_words_claim(statement: Statement, expected: str) -> None:
    """A name in the attached letter is the sender's claim; one that is quoted is not."""
    message = mail("Service <x@flixora-end.com>", passed("flixora-end.com"))
    assert word(replace(message, statements=(statement,))) == expected


# ---------------------------------------------------------------- replays

REPLAYS = [
    # To, more headers, expected
    ("me@example.org", (), "attested"),
    ("Me <ME+shop@example.org>", (), "attested"),
    ("accounts@example.org", (), "attested"),  # the owner's own domain
    ("k.lind1188@gmail.com", (), "suspect"),
    ("list@group.example", (), "suspect"),
    ("list@group.example", (("list-id", "<list.group.example>"),), "unauthenticated"),
    ("me@old-mailbox.example", (), "unauthenticated"),  # the same name elsewhere: an alias, perhaps
    ("", (), "attested"),
]


@pytest.mark.parametrize(("to", "headers", "expected"), REPLAYS)
def test_a_carriers_mail_made_out_to_somebody_else_was_passed_on(
    to: str, headers: tuple[tuple[str, str], ...], expected: str
) -> None:
    """Anybody can have a carrier write to himself with a note of his own, and send that on."""
    message = mail("Paymate <a@paymate.com>", passed("paymate.com"), to=to, headers=headers)
    assert word(message) == expected


def test_the_owners_aliases_are_the_owners() -> None:
    """A mail to an alias that the owner named was not passed on by a stranger."""
    message = mail("Paymate <a@paymate.com>", passed("paymate.com"), to="x7k2@relay.example")
    assert word(message) == "suspect"
    assert authenticate(message, KNOWN, owner=("x7k2@relay.example",)).word is Authenticity.ATTESTED


def test_a_vendors_own_mail_may_come_by_an_alias() -> None:
    """A vendor's domain carries no strangers' notes, so its mail may be made out to any address."""
    assert word(mail("Flixora <a@flixora.com>", passed("flixora.com"), to="alumni@college.example")) == "attested"


def test_a_free_mailbox_in_reply_to_is_only_told() -> None:
    """It is said in the reasons and changes no verdict."""
    message = replace(mail("Club <a@club.fr>", passed("club.fr")), reply_to=(Address(mailbox="c@gmail.com"),))
    verdict = authenticate(message, KNOWN)
    assert verdict.word is Authenticity.ATTESTED
    assert verdict.reasons[-1] == "Replies would go to a free mailbox at gmail.com."


# ---------------------------------------------------------------- any text

HOSTILE = [
    "(" * 16_000,
    '"' * 16_000,
    "a=" * 8_000,
    "a " * 8_000,
    ";" * 16_000,
    "(" * 8_000 + ")" * 8_000,
    "\\" * 16_000,
    "=" * 16_000,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_headers_take_linear_time(text: str) -> None:
    """Forged headers of full length are read in no time."""
    start = time.process_time()
    parse(f"mx.example.org; {text}")
    read_received(text)
    authenticate(mail("Club <a@club.fr>", *[text] * 20, headers=(("from", text),)), KNOWN)
    assert time.process_time() - start < 2


@given(st.text(max_size=200), st.text(alphabet='();=" \\ab.@mxdkimpassrc', max_size=200))
def test_no_header_value_breaks_the_verdict(sender: str, results: str) -> None:
    """Any From and any Authentication-Results lead to a verdict."""
    message = mail(
        "Club <a@club.fr>", "mx.example.org" + results, headers=(("received", results), ("dkim-signature", results))
    )
    odd = replace(message, headers=(*message.headers[:-1], ("from", sender)))
    assert authenticate(odd, KNOWN).word in Authenticity
    assert authenticate(message, KNOWN).word in Authenticity


DISGUISED = {
    "rn for m": ("Seznam Premium", "podpora@seznarn-premium.example", True),
    "one for l": ("Velolux", "billing@ve1olux.example", True),
    "a stroke left out": ("Øresund Kort", "info@oresundkort.example", False),
    "itself": ("Modernisme", "info@modernisme.example", False),
    "another word": ("Helen Marsh", "office@rosewell.example", False),
}


@pytest.mark.parametrize(("name", "address", "forged"), DISGUISED.values(), ids=DISGUISED)
def test_a_domain_that_only_looks_like_its_own_senders_name(name: str, address: str, forged: bool) -> None:
    """Nobody spells their own name with letters that merely look like it; no vendor need be on file to tell."""
    message = Message(senders=(Address(name=name, mailbox=address),))
    assert bool(lookalike(message, register(KnownSenders())).suspect) == forged


LURES = {
    "two words beside the name": ("Velolux", "notice@velolux-account-center.example", "suspect"),
    "two words, one of them in the name": ("Velolux Billing", "notice@velolux-billing-center.example", "doubt"),
    "another in the name": ("Velolux Billing", "notice@velolux-account-center.example", "suspect"),
    "run together": ("Velolux", "notice@velolux-accountcenter24.example", "suspect"),
    "before the name": ("Velolux", "notice@secure-login-velolux.example", "suspect"),
    "one, and the end of the domain": ("Velolux", "notice@velolux-account.center", "suspect"),
    "one word": ("Velolux", "no-reply@velolux-billing.example", ""),
    "one word that begins like another": ("Velolux", "no-reply@velolux-accountants.example", ""),
    "the end of the domain alone": ("Velolux", "no-reply@velolux.center", ""),
    "of its own": ("Secure Account Services", "info@secure-account-services.example", ""),
    "the name and another word": ("Velolux", "info@velolux-account-online-paris.example", ""),
}


@pytest.mark.parametrize(("name", "address", "found"), LURES.values(), ids=LURES)
def test_a_name_with_words_that_tell_people_to_act(name: str, address: str, found: str) -> None:
    """Whoever may register such a domain: what is written from there proves nothing, its seals notwithstanding."""
    known = KnownSenders(lures=frozenset({"account", "center", "secure", "login", "billing", "services", "online"}))
    message = Message(senders=(Address(name=name, mailbox=address),))
    finding = lookalike(message, register(known))
    assert (bool(finding.suspect), bool(finding.doubt)) == (found == "suspect", found == "doubt")


SHOWN = {
    "its domain below a stranger's": ("Velolux Paris", "info@velolux-paris.fr.contract-desk.net", "", True),
    "a country's desk below its own": ("Velolux News", "info@news.fr.velolux.com", "", False),
    "words that are no name of its own": ("Velolux", "info@mail.fr.sendgrid.net", "", False),
    "spelt out": ("Velolux", "info@velolux-fr.com", "Velolux SARL, www.velolux.fr", True),
    "spelt out, and linked to": ("Velolux", "info@velolux-fr.com", "<https://www.velolux.fr/account>", True),
    "spelt out by a part of the suffix": ("Velolux", "info@velolux-br.net", "www.velolux.com.br", True),
    "a letter more": ("Velolux Bikes", "info@veloluxbikess.com", "www.veloluxbikes.fr", True),
    "the same under another suffix": ("Velolux Bikes", "info@veloluxbikes.com", "www.veloluxbikes.fr", False),
    "a short word": ("Velolux", "info@veloluxe.com", "www.velolux.fr", False),
    "spelt out, and named nowhere": ("Velolux", "info@velolux-fr.com", "See velolux-fr.com.", False),
    "another of its domains": ("Velolux", "info@velolux-mail.com", "See www.velolux.fr.", False),
    "with words to act on": ("Velolux", "info@velolux-accountcenter.com", "See www.velolux.fr.", True),
    "with such words and a number": ("Velolux", "info@velolux-center-24.com", "See www.velolux.fr.", True),
    "with a number alone": ("Velolux", "info@velolux-24.com", "See www.velolux.fr.", False),
    "with such words, in the same country": ("Velolux", "info@velolux-center.fr", "See www.velolux.fr.", False),
}


@pytest.mark.parametrize(("name", "address", "text", "forged"), SHOWN.values(), ids=SHOWN)
def test_a_domain_that_poses_as_another_which_the_mail_shows(name: str, address: str, text: str, forged: bool) -> None:
    """Nobody needs their own domain as a prefix of another, or spelt out beside the true one."""
    link = text.strip("<>") if text.startswith("<") else ""
    message = Message(
        senders=(Address(name=name, mailbox=address),),
        statements=() if link else (Statement(text=text),),
        links=(link,) if link else (),
    )
    known = KnownSenders(lures=frozenset({"account", "center"}))
    assert bool(lookalike(message, register(known)).suspect) == forged


NAMED_AFTER = {
    "at a stranger's domain": ("Velolux Billing", "billing.velolux@minpost.example", True),
    "a desk at a stranger's domain": ("Velolux Billing", "billing@minpost.example", False),
    "a person": ("Helen Marsh", "helen.velolux@minpost.example", False),
    "at its own": ("Velolux Billing", "velolux@velolux.example", False),
}


@pytest.mark.parametrize(("name", "address", "forged"), NAMED_AFTER.values(), ids=NAMED_AFTER)
def test_a_mailbox_named_after_a_vendor(name: str, address: str, forged: bool) -> None:
    """Whoever opens a mailbox may choose a vendor's name for it: with the vendor's name beside it, that is posing."""
    velolux = KnownVendor(id="velolux", name="Velolux", domains=("velolux.example",))
    known = KnownSenders(vendors=(velolux,), desk_words=frozenset({"billing"}))
    message = Message(senders=(Address(name=name, mailbox=address),))
    assert bool(lookalike(message, register(known)).suspect) == forged


def test_a_mail_that_names_thousands_of_domains_takes_bounded_time() -> None:
    """Each could be one that the sender's imitates; so many are compared, letter by letter, and no more."""
    texts = (" ".join(f"{n:04d}{'ab' * 25}{line:04d}.com" for n in range(30)) for line in range(400))
    message = Message(
        senders=(Address(name="Velolux", mailbox=f"info@{'ba' * 28}.com"),),
        statements=tuple(Statement(text=text) for text in texts),
    )
    start = time.process_time()
    lookalike(message, register(KnownSenders()))
    assert time.process_time() - start < 3


# ---------------------------------------------------------------- mails that ask for secrets

BEGGING = [
    # From, results for, the last line, expected word where the mail asks for secrets
    ("Northmoor Energy <care@northmoor-energy-desk.com>", "Northmoor Energy, northmoorenergy.co.uk", "suspect"),
    ("Northmoor Energy <care@northmoor-energy-desk.com>", "Help: help@northmoor-energy.co.uk", "suspect"),
    ("Northmoor Energy <care@northmoorenergy.co.uk>", "Northmoor Energy, www.northmoorenergy.co.uk", "attested"),
    ("Northmoor Energy <care@northmoorenergy-desk.com>", "https://www.northmoorenergy.co.uk/refund?to=me", "suspect"),
    ("北原電力 <care@kitahara-denryoku-desk.com>", "北原電力 https://www.kitahara-denryoku.co.jp/", "suspect"),
    ("Northmoor Energy <care@northmoor-energy-desk.com>", "Read about it at moors.example.co.uk", "attested"),
    ("Northmoor Energy <care@northmoor-energy-desk.com>", "Made with sitepress.com", "attested"),
    ("Northmoor Energy <northmoor@gmail.com>", "Northmoor Energy", "suspect"),
]


@pytest.mark.parametrize(("sender", "last", "expected"), BEGGING)
def test_who_asks_for_secrets_writes_from_the_domain_that_it_names(sender: str, last: str, expected: str) -> None:
    """A firm that names its own domain asks for a card's number nowhere else."""
    message = mail(sender, passed(sender.partition("@")[2].rstrip(">")), text=f"Your contract has ended.\n{last}")
    assert authenticate(message, KNOWN, asks_secrets=True).word.value == expected
    assert authenticate(message, KNOWN).word.value == "attested"


LINKS = {
    "an address for mail": ("mailto:care@northmoorenergy.co.uk", "attested"),
    "a number": ("https://192.0.2.1/pay", "attested"),
    "its own pages": ("https://www.northmoorenergy.co.uk/pay", "attested"),
    "a short word that its own begins with": ("https://north.com/", "attested"),
    "the firm's pages under another domain": ("https://northmoor-energy.co.uk/pay", "suspect"),
}


@pytest.mark.parametrize(("link", "expected"), LINKS.values(), ids=LINKS)
def test_who_asks_for_secrets_may_link_to_what_is_nobodys(link: str, expected: str) -> None:
    """Only a link to a domain that bears the sender's name tells of another firm."""
    sender = "Northmoor Energy <care@northmoorenergy.co.uk>"
    message = mail(sender, passed("northmoorenergy.co.uk"), text="Your contract has ended.")
    message = replace(message, links=(link,))
    assert authenticate(message, KNOWN, asks_secrets=True).word.value == expected


def test_who_cannot_be_told_and_asks_for_secrets_is_forged() -> None:
    """A name with words to act on may be anybody's domain: a doubt, until a card's number is wanted there."""
    known = KnownSenders(lures=frozenset({"account", "center"}))
    sender = "Velo Account <care@velo-account-center.com>"
    message = mail(sender, passed("velo-account-center.com"), text="It has ended.")
    assert authenticate(message, known).word.value == "unauthenticated"
    assert authenticate(message, known, asks_secrets=True).word.value == "suspect"
