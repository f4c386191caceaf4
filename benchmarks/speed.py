"""How long it takes to read a mail, stage by stage, on the bundled mailbox: `make bench`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from cancelproof.authenticity import authenticate
from cancelproof.classify import Classifier
from cancelproof.message import read
from cancelproof.model import Origin, RawMail
from cancelproof.rules import load
from cancelproof.run import Mailroom
from cancelproof.settings import rules_folders

BOX = Path(__file__).parents[1] / "src" / "cancelproof" / "demo" / "household"
ROUNDS = 3


def fastest(work: Callable[[], object]) -> float:
    """Seconds of the fastest of a few rounds: the others were disturbed."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    raws: Sequence[bytes] = [path.read_bytes() for path in sorted(BOX.glob("*.eml"))]
    rules = load(rules_folders())
    messages = [read(raw, rules.marks) for raw in raws]
    classifier, mailroom = Classifier(rules), Mailroom(rules)
    mails = [RawMail(raw=raw, origin=Origin(source=str(number))) for number, raw in enumerate(raws)]
    stages: dict[str, Callable[[], object]] = {
        "rules, loaded": lambda: load(rules_folders()),
        "message": lambda: [read(raw, rules.marks) for raw in raws],
        "authenticity": lambda: [authenticate(message, rules.senders) for message in messages],
        "classify": lambda: [classifier.read(message) for message in messages],
        "a mail, whole": lambda: [mailroom.read(mail) for mail in mails],
    }
    size = sum(map(len, raws)) / 1024
    sys.stdout.write(f"{len(raws)} mails, {size:.0f} KiB, Python {sys.version.split()[0]}\n")
    for name, work in stages.items():
        seconds = fastest(work)
        each = seconds if name.startswith("rules") else seconds / len(raws)
        sys.stdout.write(f"{name:<16}{each * 1000:9.2f} ms\n")


if __name__ == "__main__":
    main()
