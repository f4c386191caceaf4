"""Authentication-Results as servers write them, more tolerant than RFC 8601 section 2.2.

One pass, no recursion. A header whose comments or quotes do not close is `broken`: text that a stranger chose (the
envelope sender) may have opened them, so what it says in favour of a mail must not count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cancelproof.domains import canonical

MAX_HEADER = 16_000  # characters of a header that are read
MAX_RESULTS = 100
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|[=;]|[^\s=;"]+', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Result:
    """One method's result, in lower case: `dkim`, `pass`, and its properties such as `header.d`."""

    method: str
    value: str
    properties: tuple[tuple[str, str], ...] = ()

    def property(self, name: str) -> str:
        return next((value for key, value in self.properties if key == name), "")


@dataclass(frozen=True, slots=True)
class Results:
    """A whole header. `server` is its authserv-id as a domain name, "" where it has none."""

    server: str
    results: tuple[Result, ...] = ()
    broken: bool = False

    def of(self, method: str) -> tuple[Result, ...]:
        return tuple(result for result in self.results if result.method == method)


def parse(value: str) -> Results:
    """Any text to results; what cannot be read is left out."""
    text, broken = without_comments(value[:MAX_HEADER])
    segments = _segments(text)
    head = segments[0] if segments else []
    server = "" if any(text == "=" for _, text in head[1:2]) or not head else head[0][1].strip('"')
    found = (_result(segment) for segment in (segments[1:] if server else segments)[:MAX_RESULTS])
    return Results(canonical(server), tuple(result for result in found if result), broken or text.count('"') % 2 == 1)


def without_comments(text: str) -> tuple[str, bool]:
    """The text without `(…)` (RFC 5322 section 3.2.2), and whether one of them does not close."""
    opened: list[int] = []
    cuts: list[tuple[int, int]] = []
    position, quoted = 0, False
    while position < len(text):
        char = text[position]
        if char == "\\":
            position += 1
        elif char == '"' and not opened:
            quoted = not quoted
        elif char == "(" and not quoted:
            opened.append(position)
        elif char == ")" and opened:
            cuts.append((opened.pop(), position + 1))
        position += 1
    return _cut(text, cuts), bool(opened) or quoted


def _cut(text: str, cuts: list[tuple[int, int]]) -> str:
    """The text with a space for each outermost stretch."""
    kept: list[str] = []
    done = 0
    for start, end in sorted(cuts):
        if start >= done:
            kept += (text[done:start], " ")
            done = end
    return "".join([*kept, text[done:]])


def _segments(text: str) -> list[list[tuple[int, str]]]:
    """The tokens between the semicolons, each with the place where it starts."""
    segments: list[list[tuple[int, str]]] = [[]]
    for found in _TOKEN.finditer(text):
        if found[0] == ";":
            segments.append([])
        else:
            segments[-1].append((found.start(), found[0]))
    return segments


def _result(tokens: list[tuple[int, str]]) -> Result | None:
    pairs = _pairs(tokens)
    if not pairs:
        return None
    method, value = pairs[0]
    return Result(method.partition("/")[0], value.lower(), tuple(pairs[1:]))


def _pairs(tokens: list[tuple[int, str]]) -> list[tuple[str, str]]:
    """`key=value` pairs; blanks around `=` are allowed, and a value may hold more of them (`header.b=aB=`)."""
    pairs: list[tuple[str, str]] = []
    place = 0
    while place + 1 < len(tokens):
        if tokens[place + 1][1] != "=" or tokens[place][1] == "=":
            place += 1
            continue
        key, start = tokens[place][1].lower(), place + 2
        end = start
        while end < len(tokens) and (end == start or _touches(tokens[end - 1], tokens[end])):
            end += 1
        value = "".join(text for _, text in tokens[start:end])
        pairs.append((key, value.replace('"', "").replace("\\", "")))
        place = end
    return pairs


def _touches(one: tuple[int, str], other: tuple[int, str]) -> bool:
    return one[0] + len(one[1]) == other[0]


def parse_tags(value: str) -> dict[str, str]:
    """The tags of a DKIM-Signature (RFC 6376 section 3.2): name to value, blanks left out."""
    pairs = (part.partition("=") for part in value[:MAX_HEADER].split(";"))
    return {name.strip().lower(): "".join(text.split()) for name, _, text in pairs if text}
