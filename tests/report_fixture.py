"""A household on 26 October 2026, by hand: ten cases in all eight statuses, and a mail explained."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

from cancelproof.model import (
    Address,
    Authenticity,
    Case,
    Charge,
    Coverage,
    Decision,
    Entry,
    Fact,
    Facts,
    Fault,
    Grade,
    Hit,
    Kind,
    Message,
    Off,
    OffBy,
    Origin,
    Place,
    Proof,
    Reading,
    Report,
    Statement,
    Status,
    Step,
    Verdict,
)

TEMPLATES = Path(__file__).parent.parent / "templates"
TODAY = date(2026, 10, 26)


def entry(day: date, kind: Kind, vendor: str, **more: object) -> Entry:
    """A genuine mail of a vendor; its file is named after its day and vendor."""
    slug = vendor.lower().replace(" ", "-")
    values: dict[str, object] = {
        "sha256": f"{day:%Y%m%d}{slug}"[:64],
        "message_id": f"<{day}.{slug}@mail.example>",
        "source": f"box/{day}-{slug}.eml",
        "sender": f"service@{slug}.example",
        "subject": f"{vendor}: {kind.value}",
        "vendor": vendor,
        "authentic": True,
        "authenticity": Authenticity.ATTESTED,
    }
    return Entry(day=day, kind=kind, **(values | more))  # type: ignore[arg-type]


def bill(day: date, vendor: str, amount: str, **more: object) -> Entry:
    return entry(day, Kind.RECEIPT, vendor, amount=Decimal(amount), currency="EUR", charged_on=day, **more)


def charge(day: date, amount: str | None, currency: str = "EUR") -> Charge:
    return Charge(day=day, amount=Decimal(amount) if amount else None, currency=currency, source=f"box/{day}.eml")


def case(vendor: str, status: Status, *entries: Entry, **more: object) -> Case:
    return Case(vendor=vendor, status=status, entries=entries, **more)  # type: ignore[arg-type]


TERVANE = case(
    "Tervane",
    Status.AWAITING_PROOF,
    bill(date(2026, 1, 4), "Tervane", "59.00", subject="Votre facture Tervane n° 4471"),
    entry(
        date(2026, 9, 29),
        Kind.ACKNOWLEDGEMENT,
        "Tervane",
        subject="Nous avons bien reçu votre demande",
        elements={"E4": True},
        grade=Grade.C,
    ),
    vendor_domain="tervane.example",
    service="Assistance Premium Plus",
    number="TV-44718",
    requested_on=date(2026, 9, 28),
    channel="web",
    told=True,
    step=Step.ASK_FOR_PROOF,
    due_on=date(2026, 10, 5),
    next_charge_on=date(2027, 1, 4),
)
PEBBLEDRIVE = case(
    "Pebbledrive",
    Status.AWAITING_PROOF,
    entry(date(2026, 7, 3), Kind.REQUEST, "Pebbledrive", sent=True, subject="Please cancel my plan", authentic=None),
    entry(
        date(2026, 7, 5),
        Kind.CLOSURE,
        "Pebbledrive",
        subject="Your subscription is cancelled",
        sender="billing@pebb1edrive-mail.example",
        authentic=False,
        authenticity=Authenticity.SUSPECT,
        grade=Grade.X,
    ),
    service="Pebbledrive 2 TB",
    requested_on=date(2026, 7, 3),
    step=Step.ASK_FOR_PROOF,
    due_on=date(2026, 10, 30),
)
GRIMPOUILLE = case(
    "Grimpouille",
    Status.REFUSED,
    entry(
        date(2026, 8, 31),
        Kind.REFUSAL,
        "Grimpouille",
        subject="Votre demande de résiliation",
        sentence="Votre contrat comporte une période minimale de douze mois : nous ne pouvons pas y mettre fin.",
    ),
    service="Salle d'escalade, formule annuelle",
    requested_on=date(2026, 8, 24),
    channel="letter",
    told=True,
    step=Step.ANSWER_REFUSAL,
    due_on=date(2026, 11, 7),
)
SPADE = case(
    "The Unhurried Spade",
    Status.STOPPED_SILENTLY,
    *(bill(date(2025, month, 11), "The Unhurried Spade", "4.50") for month in range(3, 10)),
    service="Seed letter",
    last_charge=charge(date(2025, 9, 11), "4.50", "GBP"),
    step=Step.FIND_OUT,
)
LANTERNBOX_PROOF = entry(
    date(2026, 5, 4),
    Kind.CLOSURE,
    "Lanternbox",
    subject="We have cancelled Lanternbox Duo",
    sentence="Your Lanternbox Duo membership has been cancelled and will end on 22 May 2026.",
    effective_on=date(2026, 5, 22),
    grade=Grade.A,
    elements={"E1": True, "E2": True, "E3": True, "E4": False, "E5": True, "E6": True},
    rule="lang/en closure cancelled",
)
LANTERNBOX = case(
    "Lanternbox",
    Status.CHARGED_AFTER_END,
    LANTERNBOX_PROOF,
    bill(date(2026, 6, 22), "Lanternbox", "13.99"),
    bill(date(2026, 7, 22), "Lanternbox", "13.99"),
    service="Lanternbox Duo",
    requested_on=date(2026, 5, 4),
    ends_on=date(2026, 5, 22),
    proof=LANTERNBOX_PROOF,
    charges_after_end=(charge(date(2026, 6, 22), "13.99"), charge(date(2026, 7, 22), "13.99")),
    step=Step.DISPUTE_CHARGE,
    due_on=date(2026, 10, 26),
)
ONDOLINE_PROOF = entry(
    date(2026, 10, 14),
    Kind.CLOSURE,
    "Ondoline Mobile",
    subject="Confirmation de résiliation",
    sentence="Votre ligne 06 39 98 27 46 sera résiliée le 30 novembre 2026.",
    grade=Grade.A,
    elements={"E1": True, "E3": True, "E5": True, "E6": True},
)
ONDOLINE = case(
    "Ondoline Mobile",
    Status.ENDING,
    ONDOLINE_PROOF,
    service="ligne 06 39 98 27 46",
    requested_on=date(2026, 10, 12),
    ends_on=date(2026, 11, 30),
    proof=ONDOLINE_PROOF,
    step=Step.WATCH_BILLING,
    due_on=date(2027, 1, 31),
)
MURMELO_PROOF = entry(
    date(2026, 2, 3),
    Kind.CLOSURE,
    "Murmelo",
    subject="Votre abonnement est annulé",
    sender="no_reply@store.example",
    grade=Grade.B,
    elements={"E1": True, "E5": True, "E3": True},
)
MURMELO = case("Murmelo", Status.PROVEN, MURMELO_PROOF, ends_on=date(2026, 2, 18), proof=MURMELO_PROOF)
OAKLEAF_PROOF = entry(
    date(2026, 10, 9),
    Kind.CLOSURE,
    "Oakleaf Gym",
    sentence="We are sorry to see you go: your membership ended today.",
    grade=Grade.C,
    authentic=None,
    authenticity=Authenticity.UNAUTHENTICATED,
    elements={"E5": True},
)
OAKLEAF = case(
    "Oakleaf Gym",
    Status.PROVEN,
    OAKLEAF_PROOF,
    requested_on=date(2026, 10, 1),
    proof=OAKLEAF_PROOF,
    ends_on=date(2026, 10, 9),
    step=Step.ASK_AGAIN_WEAK_PROOF,
    due_on=date(2026, 10, 30),
)
COURRIER_PROOF = entry(date(2025, 5, 20), Kind.CLOSURE, "Le Courrier des Deux Fleuves", grade=Grade.B)
COURRIER = case(
    "Le Courrier des Deux Fleuves",
    Status.RESUMED,
    COURRIER_PROOF,
    entry(date(2026, 10, 2), Kind.REACTIVATION, "Le Courrier des Deux Fleuves"),
    proof=COURRIER_PROOF,
)
HYDROLUNE = case(
    "Hydrolune",
    Status.RUNNING,
    *(bill(date(2026, month, 5), "Hydrolune", "41.20") for month in range(1, 11)),
    last_charge=charge(date(2026, 10, 5), "41.20"),
    next_charge_on=date(2026, 11, 5),
)
TUILIERE = case(
    "La Tuilière",
    Status.RUNNING,
    bill(date(2025, 11, 20), "La Tuilière", "1218.00"),
    service="Assurance habitation",
    last_charge=charge(date(2025, 11, 20), "1218.00"),
    next_charge_on=date(2026, 11, 20),
)

CASES = (
    TERVANE,
    PEBBLEDRIVE,
    GRIMPOUILLE,
    SPADE,
    LANTERNBOX,
    ONDOLINE,
    MURMELO,
    OAKLEAF,
    COURRIER,
    HYDROLUNE,
    TUILIERE,
)
COVERAGE = (
    Coverage(
        name="jeanne@mail.example",
        seen=18442,
        new=37,
        last_good_run=datetime(2026, 10, 26, 3, 10, tzinfo=UTC),
        unreadable=(Fault(where="box/2024-02-11.eml", what="nested deeper than 50 parts"),),
    ),
    Coverage(
        name="atelier@mail.example",
        blind="the server refused the log-in",
        last_good_run=datetime(2026, 10, 19, 3, 10, tzinfo=UTC),
    ),
)
HOUSEHOLD = Report(today=TODAY, cases=CASES, mails=18442, coverage=COVERAGE, owner=("jeanne@mail.example",))
CALM = Report(
    today=TODAY,
    cases=(MURMELO, HYDROLUNE),
    mails=212,
    coverage=(Coverage(name="archive.mbox", seen=212, new=212, passed_over=3),),
)

STATEMENTS = (
    Statement(text="Votre résiliation", place=Place.SUBJECT),
    Statement(text="Bonjour Madame Aubry,"),
    Statement(text="Votre contrat Assistance Premium Plus n° TV-44718 prend fin le 31 octobre 2026."),
    Statement(text="Vous pouvez revenir à tout moment."),
    Statement(text="L'équipe Tervane"),
)
POSSIBLE = Off(OffBy.GUARD, "possibility")
_HIT = Hit(rule="lang/fr closure end-dated", kind=Kind.CLOSURE, statement=2, words="prend fin le")
READING = Reading(
    origin=Origin(source="box/tervane.eml", alone=True),
    sha256="ab" * 32,
    message=Message(
        message_id="<1@tervane.example>",
        date=datetime(2026, 10, 20, 9, 30, tzinfo=UTC),
        subject="Votre résiliation",
        senders=(Address(name="Tervane", mailbox="service@tervane.example"),),
        statements=STATEMENTS,
    ),
    verdict=Verdict(
        word=Authenticity.ATTESTED, domain="tervane.example", reasons=("mx.mail.example attests DMARC: pass",)
    ),
    decision=Decision(
        kind=Kind.CLOSURE,
        language="fr",
        hit=_HIT,
        hits=(
            _HIT,
            Hit(rule="lang/fr reactivation", kind=Kind.REACTIVATION, statement=3, words="revenir", off=POSSIBLE),
        ),
        why="the only match that nothing turned off",
    ),
    facts=Facts(
        vendor=Fact(value="Tervane", raw="Tervane", statement=4),
        vendor_domain=Fact(value="tervane.example"),
        service=Fact(value="Assistance Premium Plus", raw="Assistance Premium Plus", statement=2),
        number=Fact(value="TV-44718", raw="n° TV-44718", statement=2),
        reference=Fact(value="TV-44718", raw="n° TV-44718", statement=2),
        effective_on=Fact(value=date(2026, 10, 31), raw="31 octobre 2026", statement=2),
        amount=Fact(value=Decimal("59.90"), raw="59,90 €", statement=2),
        currency=Fact(value="EUR", raw="€", statement=2),
    ),
    proof=Proof(grade=Grade.B, elements={"E1": True, "E2": False, "E5": True, "E6": True, "E3": False}),
    faults=(Fault(where="box/tervane.eml", what="an attachment was not read"),),
)
UNREAD = Reading(
    origin=Origin(source="box/broken.eml"),
    sha256="",
    message=Message(),
    verdict=Verdict(word=Authenticity.UNAUTHENTICATED),
    decision=Decision(kind=Kind.OTHER, language=""),
    facts=Facts(),
    proof=Proof(),
    faults=(Fault(where="", what="too deep"),),
)
BLIND = Coverage(name="jeanne@mail.example", blind="the server refused the log-in")


def report(*cases: Case, **more: object) -> Report:
    """A report of these cases on the day of the household."""
    values: dict[str, object] = {"today": TODAY, "cases": cases, "mails": 12}
    return Report(**(values | more))  # type: ignore[arg-type]


class Text(HTMLParser):
    """The text of a page without its styles."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.skipping = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.skipping = tag in {"style", "title"}

    def handle_endtag(self, tag: str) -> None:
        self.skipping = False

    def handle_data(self, data: str) -> None:
        if not self.skipping:
            self.words += data.split()


def words_of(page: str) -> list[str]:
    """The words of a page as a person sees them, in order."""
    read = Text()
    read.feed(page)
    return read.words
