"""What a mail costs in memory of its own: the gate, the careful reading, judging, and an mbox from the disk."""

from __future__ import annotations

import email.policy
import mailbox
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from email.parser import BytesParser
from pathlib import Path

import boxes

from cancelproof.cli.common import mailroom
from cancelproof.entries import entry_of, keeps
from cancelproof.judge import judge
from cancelproof.model import Origin, RawMail
from cancelproof.sources import open_path

_MBOX_SHARE = 4  # the standard library reads one mail in so many: it is that slow
_JUDGED = 50_000


def reading(say: Callable[[str], None]) -> dict[str, float]:
    room = mailroom(("me@home.example",))
    found = [RawMail(raw=raw, origin=Origin(source=str(n))) for n, raw in enumerate(boxes.mails(1500, seed=11))]
    start = time.perf_counter()
    readings = [room.read(mail) for mail in found]
    all_of_them = time.perf_counter() - start
    told = [mail for mail, read in zip(found, readings, strict=True) if keeps(read)]
    silent = [mail for mail, read in zip(found, readings, strict=True) if not keeps(read)]
    gate, careful = _fastest(room.sift, silent), _fastest(room.sift, told)  # as a scan reads them
    say(f"reading            {gate * 1000:8.3f} ms a silent mail, {careful * 1000:.2f} ms one about a contract")
    say(f"                   {all_of_them:8.2f} s for {len(found)} mails the first time")
    judged = _judging([entry_of(room.read(mail)) for mail in told])
    say(f"judging            {judged:8.2f} s for {_JUDGED} entries")
    return {"gate_ms": gate * 1000, "careful_ms": careful * 1000, "judge_50k_s": judged}


def _fastest(read: Callable[[RawMail], object], found: list[RawMail]) -> float:
    """Seconds for one of these mails, in the fastest of three rounds."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        for mail in found:
            read(mail)
        times.append((time.perf_counter() - start) / max(1, len(found)))
    return min(times)


def _judging(entries: list) -> float:  # type: ignore[type-arg]
    many = [
        replace(entry, sha256=f"{n:064x}", vendor=f"{entry.vendor} {n % 400}", vendor_domain=f"v{n % 400}.example",
                day=entry.day + timedelta(days=n % 1500))
        for n, entry in ((n, entries[n % len(entries)]) for n in range(_JUDGED))
    ]  # fmt: skip
    start = time.perf_counter()
    judge(many, (), ["me@home.example"], date(2026, 11, 1))
    return time.perf_counter() - start


def mbox(folder: Path, count: int, say: Callable[[str], None]) -> dict[str, float]:
    """Megabytes a second of our reader and of the standard library's, over the same file."""
    file = folder / "big.mbox"
    size = boxes.mbox(file, count)
    start = time.perf_counter()
    ours = sum(len(batch.mails) for batch in open_path(str(file)).batches())
    seconds = time.perf_counter() - start
    file.unlink()
    part = boxes.mbox(file, count // _MBOX_SHARE)
    start = time.perf_counter()
    theirs = len(list(_standard(file)))
    standard = (time.perf_counter() - start) * size / part
    file.unlink()
    assert ours >= theirs > 0
    rate = size / seconds / 1e6
    say(f"mbox, {size / 1e6:.0f} MB      {seconds:8.2f} s, {rate:.0f} MB/s; the standard library {standard:.2f} s")
    return {"mbox_vs_stdlib": standard / seconds}


def _standard(file: Path) -> list[str]:
    parser = BytesParser(policy=email.policy.default)
    return [str(mail["subject"]) for mail in mailbox.mbox(file, factory=parser.parse)]  # type: ignore[arg-type]
