"""Which case a person means: by its number in `cases`, or by words of its name."""

from __future__ import annotations

from dataclasses import replace

from cancelproof.errors import UsageError
from cancelproof.model import Case, Report, Ruling
from cancelproof.words import fold


def matching(report: Report, meant: str) -> list[Case]:
    """The cases that are meant, the most urgent first. UsageError where there is none."""
    from cancelproof.report import by_urgency  # noqa: PLC0415

    wanted = fold(meant)
    found = [
        case
        for number, case in enumerate(by_urgency(report), 1)
        if meant == str(number)
        or (not meant.isdigit() and wanted in fold(f"{case.vendor} {case.service} {case.number}"))
    ]
    if not found:
        raise UsageError(f"no case is called {meant!r}", remedy="`cancelproof cases` lists all")
    return found


def only(report: Report, meant: str) -> Case:
    """The one case that is meant. UsageError where there are several: a ruling is no guess."""
    from cancelproof.report import called  # noqa: PLC0415

    found = matching(report, meant)
    if len(found) > 1:
        names = ", ".join(map(called, found[:5]))
        raise UsageError(
            f"{meant!r} may be {len(found)} cases: {names}", remedy="give its number in `cancelproof cases`"
        )
    return found[0]


def anchored(case: Case, ruling: Ruling) -> Ruling:
    """The ruling, on this case too: named by one of its mails (the proof, else the newest), else by what was told."""
    own = [entry for entry in case.entries if entry.authentic is not False]
    mail = case.proof or (own[-1] if own else None)
    if mail:
        return replace(ruling, mails=(*ruling.mails, mail.sha256))
    return replace(ruling, told=(*ruling.told, *case.cancellations))
