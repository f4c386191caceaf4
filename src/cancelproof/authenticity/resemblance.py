"""Whether a registered word imitates a brand: holds it, misspells it, or looks like it at a glance."""

from __future__ import annotations

import unicodedata


def resembles(word: str, brand: str, *, named: bool) -> bool:
    """Whether a registered word holds the brand, in plain letters or in such as look like them.

    `named`: the display name bears the brand too, so that a short brand at the edge of the word, or a misspelt one, is
    no chance. Without that only a part of its own counts, or a long brand.
    """
    wanted = skeleton(brand)
    parts = skeleton(word).split("-")
    joined, bare = "".join(parts), wanted.replace("-", "")
    if bare in parts or wanted in _runs(parts):
        return named or len(bare) >= 5
    shortest = 4 if named else 6
    if len(bare) >= shortest and (joined.startswith(bare) or joined.endswith(bare)):
        return True
    if not named or len(bare) < 5:
        return False
    slips = 1 if len(bare) < _LONG else 2
    return (len(bare) >= 6 and bare in joined) or any(_within_slips(part, bare, slips) for part in (*parts, joined))


_LONG = 9  # letters of a word that may be misspelt


def misspells(word: str, other: str) -> bool:
    """Whether a long registered word is another with a letter or two added, dropped, changed or swapped.

    A hyphen more or less is none: firms own both.
    """
    one, another = word.replace("-", ""), other.replace("-", "")
    return one != another and min(len(one), len(another)) >= _LONG and _within_slips(one, another, 2)


def _runs(parts: list[str]) -> set[str]:
    """Neighbouring parts joined again, so that `canal-plus` is found in `canal-plus-service`."""
    return {"-".join(parts[start:end]) for start in range(len(parts)) for end in range(start + 1, len(parts) + 1)}


#: What readers take for a letter (after UTS 39; the few that are used for this). `i` counts as `l`: `1` may be either.
_LOOKS = {
    "a": "4аα", "b": "8бвβ", "c": "с", "d": "дԁδđ", "e": "3еε", "h": "нһ", "j": "ј", "k": "кκ",
    "l": "1iіїӏιıł", "m": "м", "n": "ոη", "o": "0оοø", "p": "рρ", "q": "ԛզ", "r": "г", "s": "5ѕ",
    "t": "7тτ", "u": "սцυ", "v": "ν", "w": "ԝω", "x": "хχ", "y": "уγ", "z": "ζ",
}  # fmt: skip
_CONFUSABLE = str.maketrans({look: letter for letter, looks in _LOOKS.items() for look in looks})


def skeleton(word: str) -> str:
    """The word as it looks at a glance: `xn--…` decoded, accents off, look-alike letters and digits made one."""
    with_letters = _decoded(word)
    plain = unicodedata.normalize("NFKD", with_letters).casefold()
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return plain.translate(_CONFUSABLE).replace("rn", "m").replace("vv", "w")


def _decoded(word: str) -> str:
    if not word.startswith("xn--"):
        return word
    try:
        return word[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return word


def _within_slips(one: str, other: str, slips: int) -> bool:
    """Whether two words differ by at most so many letters added, dropped, changed or swapped (at most 63 each)."""
    if abs(len(one) - len(other)) > slips:
        return False
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        oldest, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, oldest[j - 2] + 1)
            row.append(cost)
    return row[-1] <= slips
