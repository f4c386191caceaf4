"""The firm in whose name a person signs: "Helen, Rosewell Nursery" under a mail from Helen Marsh."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from cancelproof.classify import Line
from cancelproof.domains import label
from cancelproof.extract.vendor import Sender
from cancelproof.model import Fact, Place
from cancelproof.words import as_spelt, cut

_LAST = 12  # statements of a mail's own, at whose end it is signed
_FEWEST_LETTERS = 5
_MOST_WORDS = 7
_MOST_SMALL = 4  # letters of the words that names hold within: "of the", "des", "voor"
_PIECES = re.compile(r"[,;|/()\[\]<>*·•–—]+|\s-\s|\.\s|\s{2,}")
_NO_NAME = re.compile(r"[@:?!]|https?|www\.|\.\w{2,}$")
_ELIDED = re.compile(r"^\w['’]")  # l'AMAP


def signed(sender: Sender, lines: Sequence[Line]) -> Fact[str] | None:
    """The firm's name as the mail is signed, where its words stand in the sender's own domain.

    A From that bears as much of it already is better. `Helen Marsh <office@rosewellnursery.co.uk>` who signs
    `Helen, for the Rosewell Nursery` writes for the nursery.
    """
    own = "".join(cut(label(sender.domain)).folded)
    known = 0 if sender.guessed else _in_domain(sender.name, own)
    if 2 * known >= len(own):
        return None
    body = [line for line in lines if line.statement.place is Place.BODY][-_LAST:]
    found = ((name, line) for line in reversed(body) for name in _names(line.statement.text))
    name, line = max(found, key=lambda named: _in_domain(named[0], own), default=("", None))
    if line is None or _in_domain(name, own) <= known:
        return None
    return Fact(value=name, raw=name, statement=line.index)


def _in_domain(name: str, own: str) -> int:
    """How many letters of a name's longer words stand in the domain's own word, however it spells them."""
    spelt = (min(as_spelt(word), key=lambda letters: letters not in own) for word in name.split())
    return sum(len(letters) for letters in spelt if len(letters) >= _FEWEST_LETTERS and letters in own)


def _names(text: str) -> Iterator[str]:
    """The stretches of a line that are written as names are: few words, the first and the last with a capital."""
    for piece in _PIECES.split(text):
        if not _NO_NAME.search(piece):
            yield from _runs(piece.strip(" .").split())


def _is_capital(word: str) -> bool:
    return word[:1].isupper() and not any(map(str.isdigit, word))


def _runs(words: Iterable[str]) -> Iterator[str]:
    run: list[str] = []
    for word in (*words, ""):
        bare = _ELIDED.sub("", word)
        if _is_capital(bare) or (run and bare.islower() and len(bare) <= _MOST_SMALL):
            run.append(word if run else bare)
            continue
        while run and not _is_capital(run[-1]):
            run.pop()
        if 1 <= len(run) <= _MOST_WORDS:
            yield " ".join(run)
        run = []
