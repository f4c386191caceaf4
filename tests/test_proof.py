"""The first element of a proof: the mail is from the vendor that it speaks of, by the domain that was authenticated."""

import pytest

from cancelproof.model import Authenticity, Decision, Fact, Facts, Hit, Kind, Message, Verdict
from cancelproof.proof import grade

CLOSED = Decision(
    kind=Kind.CLOSURE, language="en", hit=Hit(rule="r", kind=Kind.CLOSURE, statement=0, words="has been cancelled")
)
OWNED = frozenset({"paymate.example", "paymate.fr"})
FROM = [
    # the vendor's name: where it stands (-1: the From), its own domain, the domain authenticated, those on file, E1
    ("Flixora", -1, "flixora.com", "flixora.com", frozenset({"flixora.com"}), True),
    ("Flixora", -1, "flixora.com", "flixora.co", frozenset(), False),
    ("Flixora", -1, "flixora.com", "gmail.com", frozenset(), False),
    ("Joss", -1, "joss.fr", "liber.fr", frozenset({"liber.fr", "joss.fr"}), True),
    ("Yoga am See", -1, "yoga-am-see.de", "yoga-am-see.de", frozenset(), True),
    ("Yoga am See", -1, None, "gmail.com", frozenset(), False),
    ("Flixora", 3, "flixora.com", "paymate.example", OWNED, True),
    ("Flixora", 3, None, "paymate.example", OWNED, True),
    ("Flixora", 3, "flixora.com", "mailhop.net", frozenset(), False),
    ("", -1, None, "gmail.com", frozenset(), False),
]


@pytest.mark.parametrize(("name", "statement", "own", "domain", "owned", "expected"), FROM)
def test_the_domain_authenticated_is_the_vendors(
    name: str, statement: int, own: str | None, domain: str, owned: frozenset[str], *, expected: bool
) -> None:
    """Its own, a related vendor's, or that of the platform on file that wrote; for a small vendor, that of the From."""
    verdict = Verdict(word=Authenticity.ATTESTED, domain=domain, owned=owned)
    facts = Facts(
        vendor=Fact(value=name, statement=statement) if name else None,
        vendor_domain=Fact(value=own) if own else None,
    )
    assert grade(Message(), verdict, CLOSED, facts).elements["E1"] is expected
