"""Proper names in running text: beside a word for a contract, after the vendor's own name, in brackets, anywhere."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from cancelproof.classify import Line
from cancelproof.domains import registrable
from cancelproof.words import LEGAL_FORMS, cut

_MOST_WORDS = 7
_PROPER = re.compile(r"[A-ZÀ-ÖØ-ÞĀ-ſ\d+&][\w+&'’./]*")
#: A number, then the name in brackets: `Vertrag V-3301 (Entertainment Plus)`, `póliza n.º 12 (Hogar)`.
_BRACKETED = re.compile(r"\s*(?:\w{0,3}[°º.]{0,2}\s*)?[\w./ -]{0,20}\d[\w./-]*\s*\(\s*([A-ZÀ-ÖØ-Þ][^()]{1,60})\)")
_BETWEEN_SIGNS = re.compile(r"[«\"„“»‚‘「『]\s?([^«»\"„“”’「」『』]{2,50}?)\s?[»\"“”«’」』]")
_QUOTED = re.compile(r"\s*[「『]([^」』]{1,40})[」』]")
_CODE = re.compile(
    r"(?:[A-Z]{1,2} )?(?:[A-Z./_-]*\d){3}[A-Z0-9./_ -]*|[A-Z]{1,2}(?: \d{1,4}){3,6}"
)  # a number of something, not its name: `DE-1188`, `MV 1183`, `HR 4 118 773`
#: A mark for a number ("Nr"), and a span of time, which only goes with a name: `12-month`.
_NO_NAME = re.compile(r"[B-DF-HJ-NP-TV-Z][b-df-hj-np-tv-z]|\d+-[a-z]+")
_LONG_TAIL = re.compile(r"(?<=\w)\s+\d{5,}$")  # `Bredband 77120431`
_NOTED = re.compile(r" \([^()]{1,60}\)$")  # `NLH-338104 (hofladen.example)`
# Where a number begins: a sign for one, or a short abbreviation before digits, in whatever language.
_NUMBERED = re.compile(r"\s+(?:\w{0,2}[°º]|#|–|—|\w{1,3}\.\s?(?=\d))|\s\((?=[A-Z0-9]+\))")
_LONGEST, _MOST_LETTERS = 60, 400  # letters of a name, and of a cell that holds one
_FEWEST_BESIDE = 3
_TELLING = 6  # letters of a name's first word that alone means the vendor
_SHORT, _FEWEST_TITLED = 3, 3
_ADDRESS = re.compile(r"\s*((?:[a-z0-9-]{1,63}\.){1,3}[a-z]{2,24})(?![\w.@-])")


def clean(cell: str) -> str:
    """`Tarif Bleu n° 5 082 117 440` names the tariff; a number beside it is another fact. "" where no name is."""
    first, *rest = _NUMBERED.split(cell[:_MOST_LETTERS], maxsplit=1)[0].split(", ")
    name = ", ".join(rest) if rest and _CODE.fullmatch(first) else ", ".join((first, *rest))
    name = _LONG_TAIL.sub("", _before_remarks(name).strip(" .,:;"))
    telling = any(len(word) > 1 and not word.isdigit() for word in cut(name).folded) or not name.isascii()
    fair = 0 < len(name) <= _LONGEST and telling and not _CODE.fullmatch(_NOTED.sub("", name))
    fair = fair and not _NO_NAME.fullmatch(name)
    return name if fair else ""


def _before_remarks(name: str) -> str:
    """`Marée 80 Go, du 1er au 31 mai` is Marée 80 Go: after a comma a name goes on with a capital or a number."""
    first, *rest = re.split(r",\s+", name)
    kept = [first]
    for part in rest:
        if not part[:1].isupper() and not part[:1].isdigit():
            break
        kept.append(part)
    return ", ".join(kept)


def beside_contract(line: Line) -> Iterator[str]:
    """`your Claude Pro subscription`, `votre offre Bbox Must`: the proper name on either side of such a word."""
    kinds = {start for start, end in line.reader.cues(line.looked, "service_kind") if end == start + 1}
    for span in line.reader.notion(line.looked, "contract"):
        first, last = _over_kinds(line, kinds, *span)
        yield proper_after(line, last, over="service_link")
        yield _before(line, first)
        yield _beyond(line, first, last)


def told_by_cue(line: Line) -> Iterator[str]:
    """`opsigelse af Flex El`: the proper name after words that end a contract, or sign one."""
    for _, last in line.reader.cues(line.looked, "service_of"):
        yield proper_after(line, last)


def after_vendor(line: Line, vendor_names: Iterable[str], desk: Collection[str]) -> Iterator[str]:
    """`Kinofil Premium`: the vendor's own name with more beside it that is no desk and no legal form."""
    own = {folded for written in vendor_names if (folded := cut(written).folded)}
    own |= {name[:1] for name in own if len(name) > 1 and len(name[0]) >= _TELLING}  # Figleaf Draw sells Figleaf Pro
    for start in range(len(line.looked.words)):
        for name in sorted(own):
            if _stands(line, start, name):
                yield _with_more(line, start, len(name), own, desk)


def runs(line: Line) -> Iterator[str]:
    """Words with capitals that stand together, wherever they do; also without a small word or a line's first before."""
    words, first = line.looked.words, 0
    while first < len(words):
        last = over_proper(line, first, first)
        if last > first:
            yield words.between(first, last)
            named = first
            while named < last - 1 and (named == 0 or _is_common(line, named)):
                named += 1
            if named > first:
                yield words.between(named, last)
        first = max(last, first + 1)


def quoted(line: Line) -> Iterator[str]:
    """What stands between signs of quotation."""
    return (found[1].strip() for found in _BETWEEN_SIGNS.finditer(line.looked.words.text))


def over_proper(line: Line, place: int, start: int) -> int:
    """Where the proper name ends that begins at `start`: over each word from `place` on that goes on with it."""
    words = line.looked.words
    while (
        place < len(words)
        and place - start < _MOST_WORDS
        and is_proper(line, place)
        and (place == start or is_joined(line, place - 1))
    ):
        place += 1
    return place


def _over_kinds(line: Line, kinds: Collection[int], first: int, last: int) -> tuple[int, int]:
    """From a word for a contract over small words that qualify it: `abbonamento annuale Io viaggio`."""
    while first - 1 in kinds and not is_proper(line, first - 1) and is_joined(line, first - 1):
        first -= 1
    while last in kinds and not is_proper(line, last) and is_joined(line, last - 1):
        last += 1
    return first, last


def is_titled(line: Line) -> bool:
    """Whether every longer word has a capital, as in titles: there a capital says nothing."""
    words = line.looked.words
    long = [
        words.text[start:][:1] for start, word in zip(words.starts, words.folded, strict=True) if len(word) > _SHORT
    ]
    return len(long) >= _FEWEST_TITLED and all(letter.isupper() for letter in long)


def _beyond(line: Line, first: int, place: int) -> str:
    """What stands in brackets after a number, in corner quotes, or is a domain: `dominio arbol.es`."""
    words = line.looked.words
    rest = words.text[words.ends[place - 1] :]
    for shape in (_BRACKETED, _QUOTED):
        if found := shape.match(rest):
            return found[1].strip()
    for found in _QUOTED.finditer(words.text):
        if found.start() <= words.starts[first] < found.end():
            return found[1].strip()
    found = _ADDRESS.match(rest)
    return found[1] if found and registrable(found[1]) == found[1] else ""


def _stands(line: Line, start: int, name: tuple[str, ...]) -> bool:
    return line.looked.words.folded[start : start + len(name)] == name


def _with_more(line: Line, start: int, size: int, own: Collection[tuple[str, ...]], desk: Collection[str]) -> str:
    words = line.looked.words
    end = over_proper(line, start + size, start)
    more = words.folded[start + size : end]
    plain = not more or words.folded[start:end] in own or any(word in desk or word in LEGAL_FORMS for word in more)
    plain = plain or end - start + _FEWEST_BESIDE > len(words)  # a signature, not a sentence
    plain = plain or _digits(more) or len(more[-1]) == 1 or not is_proper(line, start)
    return "" if plain else words.between(start, end)


def _digits(words: Iterable[str]) -> bool:
    """Whether nothing but numbers stands there: a street, a year, an account."""
    return all(word.isdigit() for word in words)


def proper_after(line: Line, place: int, over: str = "") -> str:
    """The proper name that stands at a place of a line, one short word skipped; "" where none does.

    `over` names the cue that lists the words that may be skipped; any short one where it is empty.
    """
    words = line.looked.words
    start = place
    if (
        start + 1 < len(words)
        and ((start, start + 1) in line.reader.cues(line.looked, over) if over else len(words.folded[start]) <= _SHORT)
        and not is_proper(line, start)
        and is_joined(line, start)
    ):
        start += 1  # "abonnement à Lumiglot Plus", "subscription to …"
    if (start > 0 and not is_joined(line, start - 1)) or (_is_common(line, start) and not _goes_on(line, start)):
        return ""
    return words.between(start, over_proper(line, start, start))


def _before(line: Line, place: int) -> str:
    words = line.looked.words
    start = place
    while start > 0 and place - start < _MOST_WORDS and is_joined(line, start - 1) and is_proper(line, start - 1):
        start -= 1
    while start < place and (start == 0 or _is_common(line, start)):  # a capital at the beginning says nothing
        start += 1
    return words.between(start, place)


def _goes_on(line: Line, start: int) -> bool:
    """Whether a small word with a capital begins a longer name: `pakiet Bez Limitu`."""
    return is_proper(line, start) and is_joined(line, start) and is_proper(line, start + 1)


def _is_common(line: Line, place: int) -> bool:
    """Whether a word is one of the language's small common ones, whatever its capital: `Your`, `Ihrem`."""
    words = line.looked.words
    return place < len(words) and words.folded[place] in line.reader.language.common


def is_proper(line: Line, place: int) -> bool:
    """A word that begins like a name or a number and is no date or sum; `year` of `2-year` goes with its number."""
    words = line.looked.words
    if place >= len(words):
        return False
    for what in ("date", "money"):
        if any(first <= place < max(ends) for first, ends in line.looked.mentions[what].items()):
            return False
    text = words.text
    hyphened = place > 0 and text[words.ends[place - 1] : words.starts[place]] == "-"
    return bool(_PROPER.fullmatch(text[words.starts[place] : words.ends[place]])) or hyphened


def is_joined(line: Line, place: int) -> bool:
    """Whether nothing but spaces and joining signs stands between a word and the next."""
    words = line.looked.words
    if place + 1 >= len(words):
        return True
    between = words.text[words.ends[place] : words.starts[place + 1]]
    return not between.strip(" \u00a0&+/'’-\"«»“”„*")
