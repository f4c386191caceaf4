"""`make bench`: a generated mailbox on a real Dovecot, read by cancelproof and by others, in one run.

The last line is one JSON object, name to figure; benchmarks/README.md says what each means.
"""

from __future__ import annotations

import argparse
import json
import os
import pwd
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests")]

import boxes  # noqa: E402
import core  # noqa: E402

import dovecot  # noqa: E402  # the server of the tests

FOLDERS = 50


@dataclass(frozen=True)
class Run:
    """A process that ended: seconds by the clock and of computing, its largest resident memory in MB, its words."""

    seconds: float
    cpu: float
    peak_mb: float
    out: str


@dataclass
class Bench:
    """The figures so far, and where things lie."""

    server: dovecot.Server
    folder: Path
    count: int
    figures: dict[str, float | None] = field(default_factory=dict)

    def say(self, text: str) -> None:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()

    def box(self, user: str, found: object, *folders: str) -> int:
        """Give a user a mailbox; returns its bytes."""
        us = pwd.getpwuid(os.geteuid())
        owner = pwd.getpwnam("nobody") if us.pw_uid == 0 else us
        home = self.server.mail / user
        size = boxes.maildir(home, found, (owner.pw_uid, owner.pw_gid))  # type: ignore[arg-type]
        for name in folders:
            self.server.append(user, name, [b"Subject: x\r\nMessage-ID: <%s@x>\r\n\r\nx\r\n" % name.encode()])
        run(peer("floor", self.server, user))  # the server builds its index
        with self.server.client(user) as imap:
            imap.select("INBOX", readonly=True)
            imap.uid("FETCH", "1:*", "(RFC822.SIZE)")
        return size

    def settings(self, user: str, fresh: bool = True) -> list[str]:
        """The command that scans a user's mailbox."""
        home = self.folder / user
        if fresh:
            shutil.rmtree(home, ignore_errors=True)
        home.mkdir(exist_ok=True)
        file = home / "settings.toml"
        (home / "password").write_text(dovecot.PASSWORD)
        (home / "password").chmod(0o600)
        file.write_text(
            f'data = "data"\n[[accounts]]\nname = "bench"\nhost = "127.0.0.1"\nport = {self.server.port}\n'
            f'tls = "none"\nuser = "{user}"\naddresses = ["me@home.example"]\npassword_file = "password"\n'
        )
        file.chmod(0o600)
        return [sys.executable, "-m", "cancelproof", "--settings", str(file), "scan"]

    def noted(self, user: str) -> dict[str, float]:
        """What the last run of a user's scan counted."""
        with sqlite3.connect(self.folder / user / "data" / "ledger.sqlite") as ledger:
            found: dict[str, float] = json.loads(
                ledger.execute("SELECT outcome FROM runs ORDER BY id DESC").fetchone()[0]
            )
            return found


def run(command: Sequence[str], **environment: str) -> Run:
    # Compiled modules are kept, as everywhere but where somebody forbids it.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.NamedTemporaryFile("r") as out:
        runner = [sys.executable, "-S", str(HERE / "runner.py"), out.name, *command]
        done = subprocess.run(runner, capture_output=True, text=True, check=True, env={**kept, **environment})
        told, text = json.loads(done.stdout), out.read()
    if told["code"]:
        raise SystemExit(f"{command[:4]} failed: {text[-2000:]}")
    return Run(told["seconds"], told["cpu"], told["peak_mb"], text)


def best(command: Sequence[str], rounds: int) -> float:
    """Seconds of the fastest round: the others were disturbed."""
    return min(run(command).seconds for _ in range(rounds))


def peer(name: str, server: dovecot.Server, user: str) -> list[str]:
    return [sys.executable, str(HERE / "peers.py"), name, str(server.port), user, dovecot.PASSWORD]


def first_scan(bench: Bench) -> None:
    size = bench.box("big", boxes.mails(bench.count))
    bench.say(f"{bench.count} mails, {size / 1e6:.0f} MB; Python {sys.version.split()[0]}, {os.cpu_count()} cores")
    bench.box("warm", boxes.small_mails(20))
    run(bench.settings("warm"))  # the rules are compiled once, at the first run ever
    wire = min(run(peer("wire", bench.server, "big")).seconds for _ in range(2))
    ours = run(bench.settings("big"))
    noted = bench.noted("big")
    bench.say(f"cancelproof scan   {ours.seconds:8.2f} s  peak {ours.peak_mb:.0f} MB   {ours.out.strip()}")
    bench.say(f"bare wire          {wire:8.2f} s")
    fetched = float(run(peer("fetch", bench.server, "big")).out)
    bench.say(f"fetching alone     {fetched:8.2f} s")
    script = run(peer("script", bench.server, "big"))
    bench.say(f"script             {script.seconds:8.2f} s  peak {script.peak_mb:.0f} MB")
    bench.figures |= {
        "first_scan_s": ours.seconds,
        "first_scan_vs_script": script.seconds / ours.seconds,
        "first_scan_vs_wire": ours.seconds / wire,
        "fetch_vs_wire": fetched / wire,
        "peak_mb_20k": ours.peak_mb,
        "bytes_fetched_share": noted["fetched"] / noted["held"],
    }
    others = _mbsync_notmuch(bench)
    bench.figures["first_scan_vs_mbsync_notmuch"] = others and others / ours.seconds


def _mbsync_notmuch(bench: Bench) -> float | None:
    """Seconds of a full pull with mbsync and the index of notmuch; None where they are not installed."""
    if not (shutil.which("mbsync") and shutil.which("notmuch")):
        bench.say("mbsync, notmuch    skipped: not installed (Debian: apt install isync notmuch)")
        return None
    home = bench.folder / "mbsync"
    (home / "mail").mkdir(parents=True)
    (home / "mbsyncrc").write_text(
        f"IMAPAccount a\nHost 127.0.0.1\nPort {bench.server.port}\nUser big\nPass {dovecot.PASSWORD}\nSSLType None\n"
        f"AuthMechs LOGIN\n\nIMAPStore far\nAccount a\n\nMaildirStore near\nPath {home}/mail/\n"
        f"Inbox {home}/mail/INBOX\n\nChannel c\nFar :far:\nNear :near:\nPatterns INBOX\nCreate Near\nSyncState *\n"
    )
    (home / "notmuch").write_text(
        f"[database]\npath={home}/mail\n[user]\nname=x\nprimary_email=x@example.org\n[new]\ntags=new\n"
    )
    pull = run(["mbsync", "-q", "-c", str(home / "mbsyncrc"), "c"])
    index = run(["notmuch", "new", "--quiet"], NOTMUCH_CONFIG=str(home / "notmuch"))
    bench.say(f"mbsync, notmuch    {pull.seconds + index.seconds:8.2f} s  ({pull.seconds:.1f} + {index.seconds:.1f})")
    shutil.rmtree(home)
    return pull.seconds + index.seconds


def nothing_new(bench: Bench) -> None:
    bench.box("many", boxes.small_mails(200), *(f"Folder {n}" for n in range(FOLDERS - 3)))
    scan = bench.settings("many")
    run(scan)
    ours, least = best(scan, 7), best(peer("floor", bench.server, "many"), 7)
    bench.say(f"nothing new        {ours * 1000:8.0f} ms, the least {least * 1000:.0f} ms, in {FOLDERS} folders")
    version, python = (
        best([sys.executable, "-m", "cancelproof", "--version"], 7),
        best([sys.executable, "-c", "pass"], 7),
    )
    bench.say(f"--version          {version * 1000:8.0f} ms, python alone {python * 1000:.0f} ms")
    bench.figures |= {"nothing_new_vs_floor": ours / least, "startup_vs_python": version / python}


def memory(bench: Bench) -> None:
    """Small mails, so that 100,000 of them do not take an hour; what grows with their number shows as well."""
    peaks = []
    for times in (1, 5):
        user = f"small{times}"
        bench.box(user, boxes.small_mails(bench.count * times))
        peaks.append(run(bench.settings(user)).peak_mb)
    bench.say(
        f"peak memory        {peaks[0]:8.0f} MB for {bench.count} small mails, {peaks[1]:.0f} MB for five times as many"
    )
    bench.figures["peak_100k_vs_20k"] = peaks[1] / peaks[0]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--mails", type=int, default=20_000)
    options.add_argument("--only", choices=["first", "night", "memory", "mbox", "core"], action="append")
    chosen = options.parse_args()
    parts: dict[str, Callable[[Bench], None]] = {
        "first": first_scan,
        "night": nothing_new,
        "memory": memory,
        "mbox": lambda bench: bench.figures.update(core.mbox(bench.folder, bench.count, bench.say)),
        "core": lambda bench: bench.figures.update(core.reading(bench.say)),
    }
    with tempfile.TemporaryDirectory(prefix="bench-") as name, dovecot.dovecot(Path(name)) as server:
        bench = Bench(server, Path(name), chosen.mails)
        for part, measure in parts.items():
            if not chosen.only or part in chosen.only:
                measure(bench)
    sys.stdout.write(json.dumps({k: v if v is None else round(v, 3) for k, v in bench.figures.items()}) + "\n")


if __name__ == "__main__":
    main()
