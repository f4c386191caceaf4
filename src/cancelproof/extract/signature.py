"""Who signed a mail: small firms write under a person's name, and sign with the firm's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cancelproof.classify import Line
from cancelproof.domains import label
from cancelproof.extract.vendor import Sender
from cancelproof.model import Fact, Place
from cancelproof.words import cut

_LAST = 8  # statements at the end of a mail among which a signature stands
_MOST_WORDS = 6
_FEWEST_LETTERS = 4  # of a word that is looked for in the domain
_PIECES = re.compile(r"\s*[,|•·]\s*|\s+[-–—]\s+|\s*\n\s*")
_NO_NAME = re.compile(r"[\d@:;!?…\"()]|//|www\.")


def signed(sender: Sender, lines: Sequence[Line]) -> Fact[str] | None:
    """The firm's name as the mail is signed, where its words stand in the sender's own domain.

    A From that bears the firm's name already is better. `Helen Marsh <office@rosewellnursery.co.uk>` who signs
    `Helen, Rosewell Nursery` writes for the nursery.
    """
    own = "".join(cut(label(sender.domain)).folded)
    if _stands_in(sender.name, own):
        return None
    body = [line for line in lines if line.statement.place is Place.BODY][-_LAST:]
    for line in reversed(body):
        for piece in _pieces(line.statement.text):
            if _stands_in(piece, own):
                return Fact(value=piece, raw=piece, statement=line.index)
    return None


def _stands_in(name: str, own: str) -> bool:
    return any(len(word) >= _FEWEST_LETTERS and word in own for word in cut(name).folded)


def _pieces(text: str) -> Iterable[str]:
    """The parts of a line that are written as names are: few words, the first and the last with a capital."""
    for piece in _PIECES.split(text):
        words = piece.strip(" .").split()
        named = 1 <= len(words) <= _MOST_WORDS and not _NO_NAME.search(piece)
        if named and words[0][:1].isupper() and words[-1][:1].isupper():
            yield " ".join(words)
