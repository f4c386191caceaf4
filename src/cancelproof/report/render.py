"""Values in, strings out: the templates, the words of a language, and the one object that holds them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cancelproof.errors import UsageError
from cancelproof.model import Case, Reading, Report
from cancelproof.report import audit as audit_page
from cancelproof.report import cancelling, contract, sentences
from cancelproof.report.calendar import calendar
from cancelproof.report.cancelling import Cancelling
from cancelproof.report.digest import Digest, digest, subject
from cancelproof.report.escape import Shown
from cancelproof.report.explain import explain
from cancelproof.report.findings import Line, table
from cancelproof.report.layout import WIDTH, aligned, wrap
from cancelproof.report.listing import listing
from cancelproof.report.step import next_step
from cancelproof.report.words import Words, parse

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

_ENGLISH = "en"


def load_words(folders: Sequence[Path], language: str) -> Words:
    """Return the words of a language; a file in an earlier folder wins, line by line, over the same in a later one."""
    name = f"words.{language}.toml"
    files = [folder / name for folder in reversed(folders) if (folder / name).is_file()]
    if not language.isalpha() or not files:
        known = sorted({path.name.split(".")[1] for folder in folders for path in folder.glob("words.*.toml")})
        raise UsageError(f"no reports in the language {language!r}", remedy=f"known: {', '.join(known)}")
    try:
        texts = [path.read_text(encoding="utf-8") for path in files]
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot be read: {error}", where=name) from error
    return parse(texts, name)


class Renderer:
    """Renders reports by the templates and words of `folders` (the owner's own first, the package's last).

    `language` is that of the words for people; JSON is always in English. Raises UsageError where a template or a
    catalogue is missing or wrong.
    """

    def __init__(self, folders: Sequence[Path], language: str = _ENGLISH) -> None:
        self.language, self.words = language, load_words(folders, language)
        self._english = self.words if language == _ENGLISH else load_words(folders, _ENGLISH)
        self._environment = _environment(folders)
        self._environment.globals.update(say=self.words.say, wrap=wrap, width=WIDTH)

    def digest(self, report: Report, since: date | None = None) -> Digest:
        """Return the digest as values, for a sink that styles it itself (a terminal)."""
        return digest(self.words, report, since)

    def subject(self, report: Report) -> str:
        """Return the subject of the digest as a mail."""
        return subject(self.words, report)

    def digest_text(self, report: Report, since: date | None = None) -> str:
        return self._render("digest.txt", digest=self.digest(report, since))

    def digest_html(self, report: Report, since: date | None = None) -> str:
        return self._render("digest.html", digest=self.digest(report, since))

    def audit_html(self, report: Report) -> str:
        return self._render("audit.html", audit=audit_page.audit(self.words, report))

    def audit_text(self, report: Report) -> str:
        """Return the audit for a terminal: every contract in a line, what is missing, what the mail does not cover."""
        page = audit_page.audit(self.words, report)
        return self._render("audit.txt", audit=page, rows=_aligned(self.words, page.findings.contracts))

    def audit_csv(self, report: Report) -> str:
        """Return the cases as CSV, the most urgent first."""
        return table(audit_page.by_urgency(report))

    def audit_json(self, report: Report) -> dict[str, Any]:
        return contract.audit_json(report, lambda case: self._said(case, report.today))

    def _said(self, case: Case, today: date) -> contract.Said:
        english = self._english
        return contract.Said(
            next_step(english, case, today),
            tuple(sentences.lines(english, case, today)),
            sentences.change(english, case),
        )

    def case_line(self, case: Case) -> str:
        """A case in a line: its name and where it stands."""
        return f"{sentences.title(self.words, case)}: {sentences.status(self.words, case)}"

    def case_text(self, case: Case, today: date, how: Cancelling | None = None, *, every: bool = False) -> str:
        """One case whole; `how` one cancels at its vendor, where that is on file; `every` mail on its own, if asked."""
        ways = cancelling.lines(self.words, how) if how else ()
        head = cancelling.heading(self.words, how) if how else ""
        return self._render(
            "case.txt", card=audit_page.card(self.words, case, today, every=every), ways=ways, ways_heading=head
        )

    def case_json(self, case: Case, today: date, how: Cancelling | None = None) -> dict[str, Any]:
        """One case as in `audit_json`, with how one cancels at its vendor."""
        return contract.case_json(case, self._said(case, today)) | {"cancelling": cancelling.as_json(how)}

    def cases_table(self, report: Report) -> tuple[audit_page.Row, ...]:
        return audit_page.rows(self.words, report)

    def status(self, case: Case) -> Shown:
        """Return where a case stands, in a few words."""
        return sentences.status(self.words, case)

    def listing(self, report: Report, width: int) -> tuple[str, ...]:
        """Return the cases as lines of a terminal of that many columns."""
        return listing(self.words, report, width)

    def calendar(self, report: Report) -> bytes:
        """Return the days of all cases as an iCalendar file (RFC 5545)."""
        return calendar(self.words, report)

    def explain_text(self, reading: Reading) -> str:
        return self._render("explain.txt", mail=explain(self.words, reading))

    def _render(self, name: str, **values: object) -> str:
        from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError  # noqa: PLC0415 - see _environment

        try:
            return self._environment.get_template(name).render(values)
        except TemplateSyntaxError as error:
            raise UsageError(error.message or "is no template", where=f"{name}:{error.lineno}") from error
        except TemplateNotFound as error:
            raise UsageError(f"no template {error.name}", where=name) from error
        except TemplateError as error:
            raise UsageError(f"the template fails: {error.message}", where=name) from error


def _aligned(words: Words, contracts: Sequence[Line]) -> tuple[str, ...]:
    names = ("name", "status", "first", "last", "cadence", "cost")
    heads = [words.say("table.vendor"), words.say("table.status"), *(words.say(f"findings.{n}") for n in names[2:])]
    rows = [(line.name, line.status, line.first, line.last, line.cadence, line.yearly) for line in contracts]
    return aligned([tuple(heads), *rows], widest=(34, 30, 10, 10, 18, 12))


def _environment(folders: Sequence[Path]) -> SandboxedEnvironment:
    # jinja2 takes 25 ms to load, and whoever wants JSON needs none of it.
    from jinja2 import FileSystemLoader, StrictUndefined  # noqa: PLC0415
    from jinja2.sandbox import SandboxedEnvironment  # noqa: PLC0415

    return SandboxedEnvironment(
        loader=FileSystemLoader(list(folders)),
        autoescape=lambda name: name is None or not name.endswith(".txt"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
