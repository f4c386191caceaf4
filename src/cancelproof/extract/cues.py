"""Which date, sum or number is which: the nearest words that say so decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cancelproof.classify import Line

Span = tuple[int, int]
_FAR = 12  # words between a cue and what it speaks of
_AFTER = 4  # what stands after its cue's thing must be this much nearer to count


@dataclass(frozen=True, slots=True)
class Found:
    """Something in a line: the words it covers, and the name of the cue that speaks of it ("" where none does).

    `fits`: a number has a shape of its vendor's contract numbers.
    """

    line: Line
    first: int
    last: int
    raw: str
    role: str = ""
    distance: int = _FAR
    fits: bool = False


def mentioned(line: Line, what: str, names: Sequence[str]) -> list[Found]:
    """Every date ("date") or sum ("money") of a line, with the cue that speaks of it."""
    spans = sorted((first, max(ends)) for first, ends in line.looked.mentions[what].items())
    raws = [line.looked.raw[what, first] for first, _ in spans]
    return spoken_of(line, spans, names, raws)


def spoken_of(
    line: Line, spans: Sequence[Span], names: Sequence[str], raws: Sequence[str] | None = None
) -> list[Found]:
    """Each span of a line with the cue nearest to it; of two as near, the longer one, then the earlier name."""
    texts = raws or [line.looked.words.between(*span) for span in spans]
    cues = [(name, *span) for name in names for span in line.reader.cues(line.looked, name)]
    return [_nearest(line, span, raw, cues, names) for span, raw in zip(spans, texts, strict=True)]


def _nearest(line: Line, span: Span, raw: str, cues: Sequence[tuple[str, int, int]], names: Sequence[str]) -> Found:
    first, last = span
    best: tuple[int, int, int] | None = None
    role = ""
    for name, start, end in cues:
        distance = _distance(line, span, start, end)
        if distance is None:
            continue
        rank = (distance, -(end - start), names.index(name))
        if best is None or rank < best:
            best, role = rank, name
    return Found(line, first, last, raw, role, best[0] if best else _FAR)


def _distance(line: Line, span: Span, start: int, end: int) -> int | None:
    """Words between a cue and a span; None where they are too far apart to belong together."""
    first, last = span
    if start < first:
        away = max(0, first - end)
    elif start >= last and line.looked.words.clauses[start] == line.looked.words.clauses[last - 1]:
        away = start - last + _AFTER
    else:
        return None
    return away if away < _FAR else None
