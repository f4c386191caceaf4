"""Which table rows are data, to be read across, and which only lay out a page."""

from __future__ import annotations

from dataclasses import replace

from cancelproof.message import sentences
from cancelproof.message.blocks import Block, row

MAX_CELLS = 20
MAX_CELL = 160  # characters; a longer cell is a column of running text
MAX_CELL_LINES = 3
_SENTENCE_WORDS = 4
_LABEL_WORDS = 4


def row_blocks(cells: list[list[Block]]) -> list[Block]:
    """One block with cells for a row of data; the blocks of its cells one after another for a row of layout.

    Data is: two to twenty cells with text, each a few short lines, none of them a `label: value` or a table itself.
    """
    filled = _whole_values([cell for cell in cells if cell])
    if not _is_data(filled):
        return [block for cell in filled for block in cell]
    first = filled[0][0]
    labels = len(filled[0])
    if labels > 1 and all(len(cell) == labels for cell in filled) and filled[0][0].text.endswith(":"):
        return [
            row(tuple(block.text for block in line), first.depth, aside=first.aside)
            for line in zip(*filled, strict=True)
        ]
    return [row(tuple(_one(cell) for cell in filled), first.depth, aside=first.aside)]


def _whole_values(filled: list[list[Block]]) -> list[list[Block]]:
    """Take the cell beside a short label as its value, though it looks like a pair itself: `App | Name: what`."""
    if len(filled) != 2 or len(filled[0]) != 1 or filled[0][0].cells or len(filled[0][0].text.split()) > _LABEL_WORDS:
        return filled
    value = [replace(b, text=": ".join(b.cells), cells=()) if len(b.cells) == 2 else b for b in filled[1]]
    return [filled[0], value]


def _is_data(filled: list[list[Block]]) -> bool:
    if not 2 <= len(filled) <= MAX_CELLS:
        return False
    if any(block.cells for cell in filled for block in cell) or len({block.depth for c in filled for block in c}) > 1:
        return False
    return all(len(cell) <= MAX_CELL_LINES and len(_one(cell)) <= MAX_CELL and _is_phrase(cell) for cell in filled)


def _is_phrase(cell: list[Block]) -> bool:
    """Not running text: at most one sentence of several words."""
    pieces = (piece for block in cell for piece in sentences.split(block.text))
    return sum(len(piece.split()) >= _SENTENCE_WORDS for piece in pieces) <= 1


def _one(cell: list[Block]) -> str:
    return ", ".join(block.text.rstrip(",;") for block in cell[:-1]) + (", " if len(cell) > 1 else "") + cell[-1].text
