"""Whole mailboxes as their mails were read by a person, and where each of their cases stands.

A line is a mail: day, kind, facts. `@` names the vendor and domain of the lines below it. The expectations are those of
the scenarios' expect.json: vendor, service, status, requested_on, the proof's day, ends_on, charges after the end.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from cancelproof.model import Case, Entry, Told
from judge_fixture import OWNER, cases, mail, told

SECOND_ADDRESS = "studio@owner.example"
_FLAGS = {"final_bill", "one_off", "forged", "forwarded", "bare"}


@dataclass(frozen=True)
class Scenario:
    today: str
    mails: str
    expected: list[tuple[str, str, str, str, str, str, int]]
    said: tuple[Told, ...] = ()


def read(text: str) -> list[Entry]:
    """The table's lines as entries; `k=v` are facts, a bare word is a flag, `_` stands for a space in a value."""
    entries, vendor, domain = [], "", ""
    for line in text.strip().splitlines():
        first, *rest = line.split()
        if first == "@":
            vendor, domain = rest[0].replace("_", " "), rest[1] if len(rest) > 1 else ""
            continue
        facts = dict(word.split("=", 1) for word in rest[1:] if "=" in word)
        facts = {key: value.replace("_", " ") for key, value in facts.items()}
        flags = set(rest[1:]) & _FLAGS
        known: dict[str, object] = dict.fromkeys(flags - {"forged", "bare"}, True)
        if "domains" in facts:
            known["domains"] = tuple(facts.pop("domains").split(","))
        if "amount" in facts:
            facts["amount"], facts["currency"] = facts["amount"][:-3], facts["amount"][-3:]
        if flags & {"forged", "bare"}:
            known["authentic"] = False if "forged" in flags else None
        entries.append(mail(rest[0], first, vendor, domain, **facts, **known))
    return entries


def row(case: Case) -> tuple[str, str, str, str, str, str, int]:
    proof = case.proof.day.isoformat() if case.proof else ""
    asked, ends = (str(day) if day else "" for day in (case.requested_on, case.ends_on))
    return case.vendor, case.service or case.number, case.status.value, asked, proof, ends, len(case.charges_after_end)


SCENARIOS: dict[str, Scenario] = {
    "acknowledged-only": Scenario(
        "2026-05-20",
        """
        @ Windkater_Energie windkater-energie.example
        2025-06-02 reactivation number=WE-308812 service=Windkater_Daheim
        2026-02-03 receipt number=WE-308812 amount=62.00EUR charged_on=2026-02-03
        2026-03-03 receipt number=WE-308812 amount=62.00EUR charged_on=2026-03-03
        2026-04-02 receipt number=WE-308812 amount=62.00EUR charged_on=2026-04-02
        2026-04-27 acknowledgement number=WE-308812 reference=26-04-7719
        2026-05-04 receipt number=WE-308812 amount=62.00EUR charged_on=2026-05-04
        2026-05-06 retention
        """,
        [("Windkater Energie", "Windkater Daheim", "awaiting_proof", "2026-04-27", "", "", 0)],
    ),
    "acknowledged-then-closed": Scenario(
        "2026-06-15",
        """
        @ Fibrélia fibrelia.example
        2026-02-01 receipt service=Fibrélia_Maison amount=34.99EUR charged_on=2026-02-05 period_end=2026-02-28
        2026-03-01 receipt service=Fibrélia_Maison amount=34.99EUR charged_on=2026-03-05 period_end=2026-03-31
        2026-04-01 receipt service=Fibrélia_Maison amount=34.99EUR charged_on=2026-04-05 period_end=2026-04-30
        2026-04-02 request service=Fibrélia_Maison
        2026-04-02 acknowledgement reference=D-90417
        2026-04-09 closure service=Fibrélia_Maison effective_on=2026-04-30 reference=D-90417
        """,
        [("Fibrélia", "Fibrélia Maison", "proven", "2026-04-02", "2026-04-09", "2026-04-30", 0)],
    ),
    "charge-refunded-in-full": Scenario(
        "2026-07-15",
        """
        @ Alborada_Audiolibros alborada-audiolibros.example
        2026-03-20 receipt service=Alborada_Ilimitado amount=11.99EUR period_end=2026-04-19
        2026-04-20 receipt service=Alborada_Ilimitado amount=11.99EUR period_end=2026-05-19
        2026-05-04 closure service=Alborada_Ilimitado effective_on=2026-05-19
        2026-05-20 receipt service=Alborada_Ilimitado amount=11.99EUR period_end=2026-06-19
        2026-05-25 refund amount=11.99EUR charged_on=2026-05-25
        2026-06-30 retention
        """,
        [("Alborada Audiolibros", "Alborada Ilimitado", "proven", "", "2026-05-04", "2026-05-19", 0)],
    ),
    "charged-after-end": Scenario(
        "2026-06-20",
        """
        @ Marquee_Lane marqueelane.example
        2025-12-28 receipt service=Marquee_Lane_Standard amount=13.99USD period_end=2026-01-27
        2026-01-28 receipt service=Marquee_Lane_Standard amount=13.99USD period_end=2026-02-27
        2026-02-28 receipt service=Marquee_Lane_Standard amount=13.99USD period_end=2026-03-27
        2026-03-02 closure service=Marquee_Lane_Standard effective_on=2026-03-27
        2026-03-28 receipt service=Marquee_Lane_Standard amount=13.99USD period_end=2026-04-27
        2026-04-10 retention
        2026-04-28 receipt service=Marquee_Lane_Standard amount=13.99USD period_end=2026-05-27
        2026-05-28 receipt service=Marquee_Lane_Standard amount=13.99USD period_end=2026-06-27
        """,
        [("Marquee Lane", "Marquee Lane Standard", "charged_after_end", "", "2026-03-02", "2026-03-27", 3)],
    ),
    "charged-through-paypal-apple-google-stripe": Scenario(
        "2026-09-15",
        """
        @ Fernbank_Notes
        2026-05-17 receipt service=Fernbank_Pro amount=8.00USD charged_on=2026-05-17
        2026-06-17 receipt service=Fernbank_Pro amount=8.00USD charged_on=2026-06-17
        2026-07-17 receipt service=Fernbank_Pro amount=8.00USD charged_on=2026-07-17
        @ Fernbank_Notes fernbanknotes.example
        2026-07-29 closure service=Fernbank_Free effective_on=2026-07-29
        @ Wimpletide_Maps_Ltd
        2026-06-01 receipt service=Wimpletide_Skipper amount=6.50GBP charged_on=2026-06-01
        2026-07-01 receipt service=Wimpletide_Skipper amount=6.50GBP charged_on=2026-07-01
        2026-08-01 receipt service=Wimpletide_Skipper amount=6.50GBP charged_on=2026-08-01
        2026-09-01 receipt service=Wimpletide_Skipper amount=6.50GBP charged_on=2026-09-01
        @ Wimpletide_Maps wimpletide.example
        2026-07-06 closure service=Wimpletide_Skipper effective_on=2026-07-31
        @ Nightjar
        2026-07-09 receipt service=Nightjar_Premium_(Monthly) amount=4.99GBP
        2026-08-09 receipt service=Nightjar_Premium_(Monthly) amount=4.99GBP
        2026-09-09 receipt service=Nightjar_Premium_(Monthly) amount=4.99GBP
        2026-09-11 closure service=Nightjar_Premium effective_on=2026-10-09
        @ Cadence_Runner_Ltd
        2026-07-22 receipt service=Cadence_Runner_Coach amount=7.99GBP reference=GPA.3371
        2026-08-22 receipt service=Cadence_Runner_Coach amount=7.99GBP reference=GPA.3371..0
        """,
        [
            ("Wimpletide Maps Ltd", "Wimpletide Skipper", "charged_after_end", "", "2026-07-06", "2026-07-31", 2),
            ("Nightjar", "Nightjar Premium (Monthly)", "ending", "", "2026-09-11", "2026-10-09", 0),
            ("Cadence Runner Ltd", "Cadence Runner Coach", "running", "", "", "", 0),
            ("Fernbank Notes", "Fernbank Pro", "proven", "", "2026-07-29", "2026-07-29", 0),
        ],
    ),
    "closure-letter-as-pdf": Scenario(
        "2026-07-15",
        """
        @ Mutuelle_Chantefleur mutuelle-chantefleur.example
        2026-01-08 renewal number=0551-778-C service=Sérénité amount=48.20EUR
        2026-03-16 request number=0551-778-C service=Sérénité
        2026-03-19 acknowledgement number=0551-778-C
        2026-04-02 closure number=0551-778-C effective_on=2026-06-30
        2026-04-10 receipt number=0551-778-C amount=48.20EUR
        2026-05-10 receipt number=0551-778-C amount=48.20EUR
        2026-06-10 receipt number=0551-778-C amount=48.20EUR
        """,
        [("Mutuelle Chantefleur", "Sérénité", "proven", "2026-03-16", "2026-04-02", "2026-06-30", 0)],
    ),
    "ending-and-later-proven": Scenario(
        "2026-08-10",
        """
        @ Polderfoon polderfoon.example
        2026-05-01 receipt service=Sim_Only_12_GB number=06-00000117 amount=14.50EUR charged_on=2026-05-08
        2026-06-01 receipt service=Sim_Only_12_GB number=06-00000117 amount=14.50EUR charged_on=2026-06-08
        2026-06-18 closure service=Sim_Only number=06-00000117 effective_on=2026-07-31
        2026-07-01 receipt service=Sim_Only_12_GB number=06-00000117 amount=14.50EUR charged_on=2026-07-08
        @ Grachtennet grachtennet.example
        2026-06-03 receipt service=Internet_200 amount=42.00EUR
        2026-07-03 receipt service=Internet_200 amount=42.00EUR
        2026-08-03 receipt service=Internet_200 amount=42.00EUR
        2026-08-03 closure service=Internet_200 effective_on=2026-08-31
        """,
        [
            ("Grachtennet", "Internet 200", "ending", "2026-08-01", "2026-08-03", "2026-08-31", 0),
            ("Polderfoon", "Sim Only 12 GB", "proven", "", "2026-06-18", "2026-07-31", 0),
        ],
        (told("Grachtennet", "2026-08-01", service="Internet 200", channel="phone"),),
    ),
    "final-bill-for-the-time-before": Scenario(
        "2026-04-20",
        """
        @ Ondine_Télécom ondine-telecom.example
        2026-01-03 receipt number=0639984017 amount=19.99EUR charged_on=2026-01-12 period_end=2025-12-31
        2026-01-30 closure number=0639984017 service=Forfait_Horizon effective_on=2026-02-28 reference=R-2026-118207
        2026-02-03 receipt number=0639984017 amount=21.40EUR charged_on=2026-02-12 period_end=2026-01-31
        2026-03-04 receipt number=0639984017 amount=20.65EUR charged_on=2026-03-12 period_end=2026-02-28
        2026-03-18 refund amount=50.00EUR
        """,
        [("Ondine Télécom", "Forfait Horizon", "proven", "2026-01-26", "2026-01-30", "2026-02-28", 0)],
        (told("Ondine Télécom", "2026-01-26", service="Forfait Horizon", channel="letter"),),
    ),
    "forged-closures-only": Scenario(
        "2026-06-10",
        """
        @ Cinepalco cinepalco.example
        2026-03-22 receipt service=Cinepalco_Galleria amount=9.99EUR
        2026-04-22 receipt service=Cinepalco_Galleria amount=9.99EUR
        2026-05-14 closure forged effective_on=2026-05-14
        2026-05-22 receipt service=Cinepalco_Galleria amount=9.99EUR
        @ Nuvoletta nuvoletta.example
        2026-04-02 receipt service=Nuvoletta_200_GB amount=2.49EUR
        2026-05-02 receipt service=Nuvoletta_200_GB amount=2.49EUR
        2026-06-02 receipt service=Nuvoletta_200_GB amount=2.49EUR
        @ Nuvoletta nuvoletta-spazio.example
        2026-05-28 closure effective_on=2026-05-31
        """,
        [
            ("Cinepalco", "Cinepalco Galleria", "awaiting_proof", "2026-05-12", "", "", 0),
            ("Nuvoletta", "Nuvoletta 200 GB", "running", "", "", "", 0),
        ],
        (told("Cinepalco", "2026-05-12", channel="web"),),
    ),
    "forged-then-genuine-closure": Scenario(
        "2026-08-20",
        """
        @ Larkfield_Post larkfieldpost.example
        2026-05-01 receipt service=Digital_Daily number=0077412 amount=9.00GBP
        2026-06-01 receipt service=Digital_Daily number=0077412 amount=9.00GBP
        2026-07-01 receipt service=Digital_Daily number=0077412 amount=9.00GBP
        2026-07-07 closure forged effective_on=2026-07-07
        2026-07-10 closure service=Digital_Daily number=0077412 effective_on=2026-07-31
        """,
        [("Larkfield Post", "Digital Daily", "proven", "2026-07-06", "2026-07-10", "2026-07-31", 0)],
        (told("Larkfield Post", "2026-07-06", service="Digital Daily", channel="phone"),),
    ),
    "new-contract-after-old-closure": Scenario(
        "2026-10-05",
        """
        @ Lindenfunk lindenfunk.example
        2023-12-21 closure service=Lindenfunk_DSL_50 number=L-2019-0077 effective_on=2024-01-31
        2024-02-06 receipt number=L-2019-0077 amount=29.95EUR charged_on=2024-02-13 period_end=2024-01-31
        2025-03-18 reactivation service=Lindenfunk_DSL_100 number=L-2025-4410
        2026-07-06 receipt service=Lindenfunk_DSL_100 number=L-2025-4410 amount=39.95EUR charged_on=2026-07-14
        2026-08-06 receipt service=Lindenfunk_DSL_100 number=L-2025-4410 amount=39.95EUR charged_on=2026-08-14
        2026-09-07 receipt service=Lindenfunk_DSL_100 number=L-2025-4410 amount=39.95EUR charged_on=2026-09-14
        2026-09-16 request service=DSL_100 number=L-2025-4410
        2026-09-22 retention
        """,
        [
            ("Lindenfunk", "Lindenfunk DSL 100", "awaiting_proof", "2026-09-16", "", "", 0),
            ("Lindenfunk", "Lindenfunk DSL 50", "proven", "", "2023-12-21", "2024-01-31", 0),
        ],
    ),
    "order-cancelled-contract-unproven": Scenario(
        "2026-03-31",
        """
        @ Molino_Zurito molinozurito.example
        2026-01-15 receipt service=Club_del_Molino amount=17.50EUR
        2026-02-15 receipt service=Club_del_Molino amount=17.50EUR
        2026-03-01 other amount=64.00EUR
        2026-03-05 other
        2026-03-06 refund one_off amount=64.00EUR
        2026-03-15 receipt service=Club_del_Molino amount=17.50EUR
        """,
        [("Molino Zurito", "Club del Molino", "awaiting_proof", "2026-03-03", "", "", 0)],
        (told("Molino Zurito", "2026-03-03", service="Club del Molino", channel="web"),),
    ),
    "pause-is-no-closure": Scenario(
        "2026-10-10",
        """
        @ Greenwicket greenwicket.example
        2026-05-01 receipt amount=58.00GBP
        2026-06-05 receipt amount=58.00GBP
        2026-06-28 other
        2026-09-01 renewal effective_on=2026-09-04 amount=58.00GBP
        2026-09-04 receipt amount=58.00GBP
        2026-10-02 receipt amount=58.00GBP
        @ Harbour_Row_Gym harbourrowgym.example
        2026-07-27 receipt service=Off-Peak number=1183 amount=31.00GBP
        2026-08-27 receipt service=Off-Peak number=1183 amount=31.00GBP
        2026-09-02 other number=1183
        """,
        [
            ("Harbour Row Gym", "Off-Peak", "awaiting_proof", "2026-08-24", "", "", 0),
            ("Greenwicket", "", "running", "", "", "", 0),
        ],
        (told("Harbour Row Gym", "2026-08-24", channel="phone"),),
    ),
    "refused-minimum-term-and-wrong-account": Scenario(
        "2026-03-01",
        """
        @ Eisenhof_Fitness eisenhof-fitness.example
        2025-11-03 receipt service=Eisen_Flex_24 number=EH-55-1029 amount=39.90EUR
        2025-12-01 receipt service=Eisen_Flex_24 number=EH-55-1029 amount=39.90EUR
        2026-01-02 receipt service=Eisen_Flex_24 number=EH-55-1029 amount=39.90EUR
        2026-01-12 request number=EH-55-1029
        2026-01-15 refusal service=Eisen_Flex_24
        2026-02-02 receipt service=Eisen_Flex_24 number=EH-55-1029 amount=39.90EUR
        @ Rührlöffelei ruehrloeffelei.example
        2026-02-03 refusal service=Rührlöffelei_Plus reference=331870
        """,
        [
            ("Eisenhof Fitness", "Eisen Flex 24", "refused", "2026-01-12", "", "", 0),
            ("Rührlöffelei", "Rührlöffelei Plus", "refused", "2026-02-02", "", "", 0),
        ],
        (told("Rührlöffelei", "2026-02-02", service="Rührlöffelei Plus", channel="app"),),
    ),
    "refused-then-closed": Scenario(
        "2026-05-10",
        """
        @ Rivebelette rivebelette-assurances.example
        2025-11-20 renewal number=H_7740-219 effective_on=2026-01-01 amount=312.00EUR
        2026-01-05 receipt number=H_7740-219 amount=312.00EUR period_end=2026-12-31
        2026-01-20 request number=H_7740-219
        2026-01-27 refusal number=H_7740-219
        2026-01-29 request number=H_7740-219
        2026-02-12 closure number=H_7740-219 effective_on=2026-02-28
        2026-03-06 refund number=H_7740-219 amount=261.57EUR
        """,
        [("Rivebelette", "H 7740-219", "proven", "2026-01-20", "2026-02-12", "2026-02-28", 0)],
    ),
    "renewal-warning-while-unproven": Scenario(
        "2026-10-20",
        """
        @ Lucchetto lucchetto-antivirus.example
        2024-11-03 receipt service=Lucchetto_Antivirus_Famiglia amount=49.90EUR period_end=2025-11-02
        2025-11-03 receipt service=Lucchetto_Antivirus_Famiglia amount=49.90EUR period_end=2026-11-02
        2026-10-18 renewal service=Lucchetto_Antivirus_Famiglia amount=54.90EUR effective_on=2026-11-03
        """,
        [("Lucchetto", "Lucchetto Antivirus Famiglia", "awaiting_proof", "2026-09-25", "", "", 0)],
        (told("Lucchetto", "2026-09-25", service="Lucchetto Antivirus Famiglia", channel="web"),),
    ),
    "request-from-second-address": Scenario(
        "2026-05-01",
        f"""
        @ Pixelmoor pixelmoor.example
        2026-01-28 receipt service=Pixelmoor_Studio amount=29.00EUR
        2026-02-28 receipt service=Pixelmoor_Studio amount=29.00EUR
        2026-03-28 receipt service=Pixelmoor_Studio amount=29.00EUR
        2026-04-03 request service=Pixelmoor_Studio sender={SECOND_ADDRESS}
        2026-04-20 closure forwarded service=Pixelmoor_Studio effective_on=2026-04-20 sender=aoife@example.net
        2026-04-28 receipt service=Pixelmoor_Studio amount=29.00EUR
        """,
        [("Pixelmoor", "Pixelmoor Studio", "awaiting_proof", "2026-04-03", "", "", 0)],
    ),
    "request-without-answer": Scenario(
        "2026-04-15",
        """
        @ Lumachella_Nuoto lumachella-nuoto.example
        2025-12-05 receipt service=Nuoto_Libero number=2071 amount=45.00EUR
        2026-01-05 receipt service=Nuoto_Libero number=2071 amount=45.00EUR
        2026-02-05 receipt service=Nuoto_Libero number=2071 amount=45.00EUR
        2026-02-10 request service=Nuoto_Libero number=2071
        2026-03-05 receipt service=Nuoto_Libero number=2071 amount=45.00EUR
        2026-03-06 request service=Nuoto_Libero number=2071
        2026-04-07 receipt service=Nuoto_Libero number=2071 amount=45.00EUR
        """,
        [("Lumachella Nuoto", "Nuoto Libero", "awaiting_proof", "2026-02-10", "", "", 0)],
    ),
    "resumed-after-closure": Scenario(
        "2026-05-05",
        """
        @ Orchard_&_Ink orchardandink.example
        2025-06-30 receipt service=Correspondence amount=54.00GBP
        2026-04-12 closure service=Correspondence reference=OI-7731
        2026-04-13 reactivation service=Correspondence reference=OI-7731
        @ Pressed_Leaf pressedleaf.example
        2025-11-14 receipt service=Leaf_Club amount=16.00GBP
        2025-12-14 receipt service=Leaf_Club amount=16.00GBP
        2026-01-14 receipt service=Leaf_Club amount=16.00GBP
        2026-01-19 closure service=Leaf_Club
        2026-02-02 retention
        2026-02-14 reactivation service=Leaf_Club amount=16.00GBP
        2026-03-14 receipt service=Leaf_Club amount=16.00GBP
        2026-04-14 receipt service=Leaf_Club amount=16.00GBP
        """,
        [
            ("Orchard & Ink", "Correspondence", "resumed", "", "2026-04-12", "", 0),
            ("Pressed Leaf", "Leaf Club", "resumed", "", "2026-01-19", "", 0),
        ],
    ),
    "same-mail-in-two-folders": Scenario(
        "2026-06-28",
        """
        @ Kinolaube kinolaube.example
        2026-03-15 receipt amount=7.50EUR period_end=2026-04-14 message_id=<a> source=archive/1
        2026-03-15 receipt amount=7.50EUR period_end=2026-04-14 message_id=<a> source=inbox/1
        2026-04-15 receipt amount=7.50EUR period_end=2026-05-14 source=inbox/2
        2026-04-20 closure service=Laube_für_eine effective_on=2026-05-14
        2026-05-15 receipt amount=7.50EUR period_end=2026-06-14 message_id=<b> source=archive/2
        2026-05-15 receipt amount=7.50EUR period_end=2026-06-14 message_id=<b> source=inbox/3
        2026-06-15 receipt amount=7.50EUR period_end=2026-07-14 source=inbox/4
        """,
        [("Kinolaube", "Laube für eine", "charged_after_end", "", "2026-04-20", "2026-05-14", 2)],
    ),
    "stopped-silently": Scenario(
        "2026-09-30",
        """
        @ La_Azotea_de_Papel azotea-de-papel.example
        2025-12-05 receipt amount=5.50EUR
        2026-01-05 receipt amount=5.50EUR
        2026-02-05 receipt amount=5.50EUR
        2026-03-05 receipt amount=5.50EUR
        2026-04-05 receipt amount=5.50EUR
        2026-05-05 receipt amount=5.50EUR
        2026-08-27 other
        @ Club_Náutico_Brisamar brisamar.example
        2025-03-10 receipt amount=66.00EUR
        2025-06-10 receipt amount=66.00EUR
        2025-09-10 receipt amount=66.00EUR
        2025-12-10 receipt amount=66.00EUR
        @ Pan_de_Barrio pandebarrio.example
        2026-05-20 receipt amount=14.00EUR
        2026-06-20 receipt amount=14.00EUR
        2026-07-20 receipt amount=14.00EUR
        2026-08-20 receipt amount=14.00EUR
        """,
        [
            ("Club Náutico Brisamar", "", "stopped_silently", "", "", "", 0),
            ("La Azotea de Papel", "", "stopped_silently", "", "", "", 0),
            ("Pan de Barrio", "", "running", "", "", "", 0),
        ],
    ),
    "told-and-nothing-since": Scenario(
        "2026-11-01",
        """
        @ Brackwell_Computers brackwell.example
        2024-10-08 receipt service=Premium_Care_Plus number=LN7Q2K4 amount=1247.00GBP period_end=2026-10-07
        2026-03-12 other number=LN7Q2K4
        2026-09-08 renewal service=Premium_Care_Plus number=LN7Q2K4 amount=129.00GBP effective_on=2026-10-08
        """,
        [("Brackwell", "Premium Care Plus", "awaiting_proof", "2026-09-14", "", "", 0)],
        (told("Brackwell", "2026-09-14", service="Premium Care Plus", channel="web"),),
    ),
    "trial-cancelled": Scenario(
        "2026-02-25",
        """
        @ Taalvonk taalvonk.example
        2026-02-01 renewal service=Taalvonk_Plus amount=8.99EUR effective_on=2026-02-15
        2026-02-10 closure service=Taalvonk_Plus effective_on=2026-02-15
        2026-02-20 retention
        """,
        [("Taalvonk", "Taalvonk Plus", "proven", "", "2026-02-10", "2026-02-15", 0)],
    ),
    "two-lines-and-a-box-of-one-vendor": Scenario(
        "2026-03-20",
        """
        @ Mobilune mobilune.example
        2026-01-04 receipt service=Forfait_50_Go number=06_39_98_12_34 amount=12.99EUR charged_on=2026-01-08
        2026-01-04 receipt service=Forfait_50_Go number=06_39_98_56_78 amount=12.99EUR charged_on=2026-01-08
        2026-01-04 receipt service=Luna_Box number=LB-204418 amount=29.99EUR charged_on=2026-01-08
        2026-01-28 closure service=Forfait_50_Go number=06_39_98_56_78 effective_on=2026-02-28
        2026-02-04 receipt service=Forfait_50_Go number=06_39_98_12_34 amount=12.99EUR charged_on=2026-02-08
        2026-02-04 receipt service=Forfait_50_Go number=06_39_98_56_78 amount=12.99EUR charged_on=2026-02-08
        2026-02-04 receipt service=Luna_Box number=LB-204418 amount=29.99EUR charged_on=2026-02-08
        2026-03-04 receipt service=Forfait_50_Go number=06_39_98_12_34 amount=12.99EUR charged_on=2026-03-08
        2026-03-04 receipt service=Luna_Box number=LB-204418 amount=29.99EUR charged_on=2026-03-08
        """,
        [
            ("Mobilune", "Luna Box", "awaiting_proof", "2026-03-02", "", "", 0),
            ("Mobilune", "Forfait 50 Go", "running", "", "", "", 0),
            ("Mobilune", "Forfait 50 Go", "proven", "", "2026-01-28", "2026-02-28", 0),
        ],
        (told("Mobilune", "2026-03-02", service="Luna Box", channel="web"),),
    ),
    "vendor-with-two-domains": Scenario(
        "2026-04-30",
        """
        @ Moselbote moselbote.example
        2025-12-15 receipt amount=14.80EUR domains=svz-leserservice.example
        2026-01-15 receipt amount=14.80EUR domains=svz-leserservice.example
        2026-02-16 receipt amount=14.80EUR domains=svz-leserservice.example
        @ Moselbote svz-leserservice.example
        2026-02-24 request
        2026-03-03 closure effective_on=2026-03-31
        """,
        [("Moselbote", "", "proven", "2026-02-24", "2026-03-03", "2026-03-31", 0)],
    ),
    "yearly-not-yet-due": Scenario(
        "2026-08-01",
        """
        @ Hollins_Domains hollinsdomains.example
        2023-10-05 renewal amount=11.88GBP effective_on=2023-11-02
        2023-11-02 receipt amount=11.88GBP charged_on=2023-11-02
        2024-10-05 renewal amount=11.88GBP effective_on=2024-11-02
        2024-11-02 receipt amount=11.88GBP charged_on=2024-11-02
        2025-10-05 renewal amount=11.88GBP effective_on=2025-11-02
        2025-11-02 receipt amount=11.88GBP charged_on=2025-11-02
        @ Dell dell.com
        2024-11-18 receipt service=ProSupport number=8XQ41M3 amount=86.40GBP period_end=2025-11-17
        2025-11-18 receipt service=ProSupport number=8XQ41M3 amount=86.40GBP period_end=2026-11-17
        @ Castlebar_Atlas_Society castlebar-atlas.example
        2025-09-30 receipt number=612 amount=38.00GBP
        """,
        [
            ("Castlebar Atlas Society", "612", "running", "", "", "", 0),
            ("Dell", "ProSupport", "running", "", "", "", 0),
            ("Hollins Domains", "", "running", "", "", "", 0),
        ],
    ),
}


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS.keys())
def test_scenario(scenario: Scenario) -> None:
    """Every case of the mailbox stands where a person says that it stands."""
    found = cases(read(scenario.mails), scenario.today, scenario.said, (OWNER, SECOND_ADDRESS))
    assert [row(case) for case in found] == scenario.expected


def test_the_step_before_a_renewal() -> None:
    """Told four weeks ago and renewing in two: the proof should have been asked for by now."""
    scenario = SCENARIOS["renewal-warning-while-unproven"]
    (case,) = cases(read(scenario.mails), scenario.today, scenario.said)
    assert (case.step.value, str(case.due_on), str(case.next_charge_on)) == (
        "ask_for_proof",
        "2026-10-02",
        "2026-11-03",
    )
