"""The cases as lines of a terminal: number, name, where it stands and by when to act, none wider than the screen."""

from __future__ import annotations

from cancelproof.model import Case, Report
from cancelproof.report import sentences
from cancelproof.report.audit import by_urgency
from cancelproof.report.escape import Shown, shown
from cancelproof.report.layout import aligned, columns
from cancelproof.report.words import Words

_GAP = 2
_NARROWEST = 12  # columns of a name on a screen that is too small for all


def listing(words: Words, report: Report, width: int) -> tuple[str, ...]:
    """Return a line a case, the most urgent first; names are cut with a sign, and never within a number."""
    cases = by_urgency(report)
    sides = [
        (
            f"{number:3}",
            sentences.status(words, case),
            words.day(case.due_on, report.today) if case.due_on else Shown(""),
        )
        for number, case in enumerate(cases, 1)
    ]
    taken = [max((columns(side[place]) for side in sides), default=0) for place in range(3)]
    room = max(_NARROWEST, width - sum(taken) - 3 * _GAP)
    rows = [
        (number, _name(words, case, room), status, due)
        for case, (number, status, due) in zip(cases, sides, strict=True)
    ]
    return aligned(rows, widest=(taken[0], room, *taken[1:]))


def _name(words: Words, case: Case, room: int) -> str:
    """Vendor and service, and the contract's own number whole, where half of the room holds it, or not at all."""
    name, number = sentences.names(words, case), shown(case.number, 60)
    if not number or number.casefold() in name.casefold():
        return name
    left = room - columns(number) - 1
    if columns(name) <= left:
        return f"{name} {number}"
    if left < room // 2:
        return f"{name} …"
    return f"{next(iter(aligned([(name,)], widest=(left,))))} {number}"
