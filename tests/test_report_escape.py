"""All sinks times all hostile values (docs/proof.md, section 6): nothing that a mail says acts, hides or breaks out."""

from __future__ import annotations

import dataclasses
import json
import re
import unicodedata
from collections.abc import Callable
from datetime import date
from enum import Enum
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cancelproof.model import Address, Case, Coverage, Fact, Fault, Origin, Reading, Report
from cancelproof.report import Renderer, classify_json, explain_json, header_value, json_text, shown
from cancelproof.report.layout import WIDTH, columns, wrap
from report_fixture import HOUSEHOLD, LANTERNBOX, READING, TEMPLATES, TODAY

HOSTILE = {
    "header by encoded word": "Hello\r\nBcc: evil@x.example\r\n\r\nbody",
    "line separators": "one\u2028two\u2029three\x85four\vfive\ffix",
    "erase line": "good\x1b[2K\rbad",
    "OSC 8 link": "\x1b]8;;http://x.example\x07click\x1b]8;;\x07",
    "C1 OSC": "\x9d0;owned\x9c",
    "bell and backspace": "a\x07\x08\x00b\x7f",
    "bidi override": "invoice\u202efdp.exe",
    "bidi isolates": "\u2066a\u2069\u2067b\u2069",
    "zero width": "pay\u200bpal\u200d\u2060\ufeff",
    "tags": "\U000e0041\U000e0042x",
    "blank letters": "\u3164\u115f\u2800x",
    "script": "<script>alert(1)</script>",
    "attribute": '" onmouseover="alert(1)" x="',
    "single quotes": "' onload='alert(1)",
    "link in plain text": 'http://x.example?"onmouseover="alert(1)',
    "comment and CDATA": "--><![CDATA[</style></title></table><b>",
    "entity": "&lt;script&gt;&amp;&#60;",
    "style": "</style><style>@import url(http://x.example)</style>",
    "jinja": "{{7*7}}{% for x in y %}{#",
    "format": "{0.__class__}{vendor}%s%(x)s$HOME",
    "formula": "=HYPERLINK(1)+@\t",
    "lone surrogate": "\ud800x\udfff",
    "markdown": "](javascript:alert(1)) **x**",
    "long word": "x" * 5000,
    "long line": "wide 界 " * 900,
    "combining marks": "e" + "\u0301" * 50,
    "empty": "",
}


def poisoned(value: Any, poison: str) -> Any:
    """The same value with every text in it replaced; file names, numbers and dates stay."""
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return poison
    if isinstance(value, tuple):
        return tuple(poisoned(item, poison) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: poisoned(getattr(value, field.name), poison) for field in dataclasses.fields(value)}
        return dataclasses.replace(value, **fields)
    return value


ENGLISH, FRENCH = Renderer([TEMPLATES]), Renderer([TEMPLATES], "fr")

TEXT_SINKS: dict[str, Callable[[str], str]] = {
    "digest": lambda poison: ENGLISH.digest_text(poisoned(HOUSEHOLD, poison)),
    "digest in French": lambda poison: FRENCH.digest_text(poisoned(HOUSEHOLD, poison)),
    "case": lambda poison: ENGLISH.case_text(poisoned(LANTERNBOX, poison), TODAY),
    "explanation": lambda poison: ENGLISH.explain_text(poisoned(READING, poison)),
    "table": lambda poison: "\n".join(
        str(value)
        for row in ENGLISH.cases_table(poisoned(HOUSEHOLD, poison))
        for value in (row.vendor, row.service, row.number, row.status, row.proof)
    ),
    "value": shown,
}
PAGES: dict[str, Callable[[str], str]] = {
    "digest": lambda poison: ENGLISH.digest_html(poisoned(HOUSEHOLD, poison)),
    "digest in French": lambda poison: FRENCH.digest_html(poisoned(HOUSEHOLD, poison)),
    "audit": lambda poison: ENGLISH.audit_html(poisoned(HOUSEHOLD, poison)),
}
JSON_SINKS: dict[str, Callable[[str], Any]] = {
    "classify": lambda poison: classify_json(poisoned(READING, poison)),
    "explain": lambda poison: explain_json(poisoned(READING, poison)),
    "audit": lambda poison: ENGLISH.audit_json(poisoned(HOUSEHOLD, poison)),
}


def steers(text: str) -> set[str]:
    """The characters of the text that move a cursor, turn text, or are drawn as nothing."""
    bad = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    blank = "\u3164\u115f\u2800"
    return {c for c in text if (unicodedata.category(c) in bad or c in blank) and c != "\n"}


@pytest.mark.parametrize("sink", TEXT_SINKS)
@pytest.mark.parametrize("poison", HOSTILE)
def test_no_text_steers_a_terminal_or_is_wider_than_it(poison: str, sink: str) -> None:
    """Only line breaks of our own remain, and no line of a report is longer than 78 columns."""
    text = TEXT_SINKS[sink](HOSTILE[poison])
    assert steers(text) == set()
    if sink not in {"table", "value"}:
        assert max(map(columns, text.splitlines())) <= WIDTH


class Skeleton(HTMLParser):
    """The tags of a page with their attributes, without what mails and words put between and into them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(sorted(name for name, _ in attrs))))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def skeleton(page: str) -> Skeleton:
    read = Skeleton()
    read.feed(page)
    read.close()
    return read


@pytest.mark.parametrize("sink", PAGES)
@pytest.mark.parametrize("poison", [name for name in HOSTILE if name != "empty"])
def test_no_value_changes_the_tags_of_a_page(poison: str, sink: str) -> None:
    """A page has the same elements and attributes whatever the mails say: nothing breaks out of its place."""
    page = PAGES[sink](HOSTILE[poison])
    assert skeleton(page).tags == skeleton(PAGES[sink]("harmless")).tags
    assert steers(page) == set()


@pytest.mark.parametrize("sink", PAGES)
@pytest.mark.parametrize("poison", ["script", "jinja", "format", "entity", "link in plain text", "markdown"])
def test_a_page_shows_what_the_mail_says_to_the_letter(poison: str, sink: str) -> None:
    """A template mark, an entity or a link in a mail is shown as text, never evaluated."""
    assert HOSTILE[poison] in "".join(skeleton(PAGES[sink](HOSTILE[poison])).text)


@pytest.mark.parametrize("sink", PAGES)
def test_a_page_fetches_nothing_and_runs_nothing(sink: str) -> None:
    """No script, no image, no link out, no address in a style; the policy of the page forbids all but its styles."""
    page = PAGES[sink](HOSTILE["style"])
    read = skeleton(page)
    assert {tag for tag, _ in read.tags}.isdisjoint(
        {"script", "img", "link", "iframe", "object", "embed", "svg", "base", "form", "input", "video", "audio"}
    )
    names = {name for _, attributes in read.tags for name in attributes}
    assert not {name for name in names if name.startswith("on")} | names & {"src", "background", "srcset", "action"}
    assert all(target.startswith("#") for target in re.findall(r'href="([^"]*)', page))
    styles = "".join(re.findall(r"<style>(.*?)</style>", page, re.DOTALL)) + "".join(re.findall(r'style="[^"]*', page))
    assert "url(" not in styles
    assert "@import" not in styles
    assert "content=\"default-src 'none'; style-src 'unsafe-inline'\"" in page


@pytest.mark.parametrize("sink", JSON_SINKS)
@pytest.mark.parametrize("poison", HOSTILE)
def test_json_is_valid_keeps_the_value_and_does_not_steer_a_terminal(poison: str, sink: str) -> None:
    """What is read back is the value itself, lone surrogates replaced; what is printed is plain."""
    value = JSON_SINKS[sink](HOSTILE[poison])
    text = json_text(value)
    assert steers(text) == set()
    assert "\n" not in text
    text.encode("utf-8")
    expected = re.sub("[\ud800-\udfff]", "\ufffd", json.dumps(value, ensure_ascii=False))
    assert json.loads(text) == json.loads(expected)


@pytest.mark.parametrize("poison", HOSTILE)
def test_a_header_is_one_line(poison: str) -> None:
    """No value adds a header or holds what a mail library refuses."""
    value = header_value(HOSTILE[poison])
    assert value.isprintable()
    assert len(value) <= 150


SHOWN = {
    "invoice\u202efdp.exe": "invoice‹U+202E›fdp.exe",
    "pay\u200bpal": "pay‹U+200B›pal",
    "a\x1b[31mb": "a\ufffd[31mb",
    "a\r\nb\u2028c": "a b c",
    "trans\u00adparent": "transparent",
    "12\u202f345,00\u00a0€": "12 345,00 €",
    "Crème brûlée 🍮": "Crème brûlée 🍮",
    "מנוי": "מנוי",
    "\ud800": "\ufffd",
    "\U000e0041": "‹U+E0041›",
}


@pytest.mark.parametrize(("value", "expected"), SHOWN.items())
def test_what_hides_is_shown_and_what_is_harmless_stays(value: str, expected: str) -> None:
    """Accents, emoji and other scripts stay; what acts or hides is visible."""
    assert shown(value) == expected


@given(st.text(st.characters(), max_size=400), st.integers(2, 80))
def test_shown_never_steers_and_keeps_its_limit(value: str, limit: int) -> None:
    """Whatever the text."""
    result = shown(value, limit)
    assert steers(result) == set()
    assert "\n" not in result
    assert len(result) <= limit


@given(st.text(st.characters(), max_size=300))
def test_wrapped_lines_fit_and_lose_nothing(value: str) -> None:
    """Whatever the script, no line is wider than the page, and all but spaces comes out again."""
    text = shown(value)
    wrapped = wrap(text, "  - ")
    assert max(map(columns, wrapped.splitlines()), default=0) <= WIDTH
    assert "".join(wrapped.split()) == "-" + "".join(text.split())


def test_the_poison_reaches_every_kind_of_value() -> None:
    """The tests above are only worth something if `poisoned` gets into nested values."""
    report: Report = poisoned(HOUSEHOLD, "P")
    reading: Reading = poisoned(READING, "P")
    case: Case = report.cases[0]
    account: Coverage = report.coverage[0]
    assert case.entries[0].subject == case.mails[0] == account.unreadable[0].what == "P"
    assert reading.origin == Origin(source="P", account="P", folder="P")
    assert reading.message.senders == (Address(name="P", mailbox="P"),)
    assert reading.facts.vendor == Fact(value="P", raw="P", statement=4)
    assert reading.facts.effective_on is not None
    assert reading.facts.effective_on.value == date(2026, 10, 31)
    assert reading.faults == (Fault(where="P", what="P"),)
