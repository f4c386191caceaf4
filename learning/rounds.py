"""What both halves of `make weights` share: labelled mails, what was noted of the rounds, and the files they write."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

HERE = Path(__file__).resolve().parents[1]
RULES = HERE / "rules"
ROUNDS = HERE / "tests" / "rounds"
CORPUS = HERE.parent / "shared" / "corpus" / "mails"
#: What the rules were made for.
MADE_FOR = (CORPUS, HERE / "tests" / "mails")
#: Rounds of traps alone, and of mail that is of no contract, where words mislead far oftener than in life.
TRAPS = frozenset(
    {4, 41, 44, 45, 53, 55, 57, *range(58, 64), *range(67, 72), 74, 76, 78, 79, 81, 84, 86, 91, 97, 98, 101}
)
LEAST = 0.05  # a weight below tells nothing


def labels(folder: Path) -> list[dict[str, Any]]:
    """What is right of the mails of a folder; of golden mails what is recorded beside each."""
    if not (folder / "labels.jsonl").exists():
        golden = ((file, json.loads(file.read_text("utf-8"))) for file in sorted(folder.rglob("*.json")))
        return [{"accept": [], **right, "file": str(f.relative_to(folder).with_suffix(".eml"))} for f, right in golden]
    return _rows(folder / "labels.jsonl")


def note(rounds: Iterable[str], name: str, found: Callable[[Path], Iterable[Mapping[str, object]]]) -> None:
    """Write what is found in each round into its file of a name."""
    for each in rounds:
        lines = map(json.dumps, found(ROUNDS / each))
        (ROUNDS / each / name).write_text("\n".join(lines) + "\n", "utf-8")


def noted(name: str) -> dict[int, tuple[Path, list[dict[str, Any]]]]:
    """What was noted in the rounds' files of a name, by their number, each with its folder."""
    files = {int(file.parent.name): file for file in ROUNDS.glob(f"*/{name}")}
    return {number: (file.parent, _rows(file)) for number, file in sorted(files.items())}


def without(number: int, rounds: Mapping[int, Sequence[T]], leave_out: Collection[int] = ()) -> list[T]:
    """The mails of all rounds but one, and but some others."""
    return [mail for other, of in rounds.items() if other != number and other not in leave_out for mail in of]


def keep(file: Path, head: str, count: int, weights: Mapping[str, Mapping[str, float]]) -> None:
    """Write weights by kind as `keep_plain` does."""
    rows = {sign: f"{{{', '.join(f'{k}: {w}' for k, w in each.items())}}}" for sign, each in weights.items()}
    keep_plain(file, head, count, rows)


def keep_plain(file: Path, head: str, count: int, weights: Mapping[str, object]) -> None:
    """Write weights as YAML, a sign a line, under a head that says of how many mails they are."""
    rows = (f'"{sign}": {weight}' for sign, weight in weights.items())
    file.write_text(head.format(count=count) + "\n".join(rows) + "\n", "utf-8")


def _rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines() if line]
