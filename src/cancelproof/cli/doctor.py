"""`cancelproof doctor`: settings, folders, clock, rules, ledger, evidence, log-in and last good run, a line each."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from cancelproof.cli.common import imap_account, rule_book, settings
from cancelproof.errors import CancelproofError

if TYPE_CHECKING:
    from cancelproof.ledger import Ledger
    from cancelproof.settings import Account, Settings

_NIGHTS = timedelta(days=2)  # without a good run something is wrong with the schedule
_ROOM = 200_000_000  # bytes that should be free
_EXAMPLES = (".example.org", "example.org")  # the hosts of the file that `init` writes
_BUILT = datetime(2026, 1, 1, tzinfo=UTC)  # no clock of a machine that runs this is before


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: how it is, and what to do about it; a remedy means that it is not well."""

    topic: str
    what: str
    remedy: str = ""


@click.command(name="doctor")
@click.option("--login", is_flag=True, help="Log in to every account, too.")
@click.pass_context
def command(ctx: click.Context, *, login: bool) -> int:
    """Look at all that a nightly scan stands on, and say what is not as it should be; exit 1 where something is not.

    Nothing is altered. Without --login nothing leaves this machine.
    """
    from cancelproof.report import shown  # noqa: PLC0415

    ill = 0
    for finding in _findings(ctx, login=login):
        mark, more = ("!!", f" → {shown(finding.remedy)}") if finding.remedy else ("ok", "")
        ill += bool(finding.remedy)
        click.echo(f"{mark}  {finding.topic:<9} {shown(finding.what)}{more}")
    return int(bool(ill))


def _findings(ctx: click.Context, *, login: bool) -> Iterator[Finding]:
    now = datetime.now(UTC)
    try:
        own = settings(ctx)
    except CancelproofError as error:
        yield from (Finding("settings", line, "mend the file") for line in str(error).splitlines())
        return
    yield from _settings(own)
    yield from _data(own)
    yield _rules(own)
    yield from _kept(own, now)
    if login:
        yield from (_login(account, own) for account in own.accounts)


def _settings(own: Settings) -> Iterator[Finding]:
    if own.file is None:
        yield Finding("settings", "there is no settings file", "cancelproof init")
        return
    yield Finding("settings", str(own.file))
    if not own.accounts:  # who reads archives alone needs none
        remedy = "" if own.has_ledger else "cancelproof init, or for an archive: cancelproof scan FILE"
        yield Finding("accounts", "none in the settings" + ("" if remedy else "; archives are read by name"), remedy)
    for account in own.accounts:
        unfilled = account.host.endswith(_EXAMPLES)
        what = f"{account.name}: {account.user} at {account.host}"
        yield Finding("account", what, f"fill in host and user in {own.file}" if unfilled else "")
    if not own.owner:
        yield Finding("owner", "none of your addresses is known", "set owner, or addresses of the account")
    sends = own.digest.smtp or own.digest.append_to
    yield Finding("digest", "goes out with digest --send" if sends else "is printed only: no [digest] in the settings")


def _data(own: Settings) -> Iterator[Finding]:
    """The data folder: there, ours, with room."""
    there = next(folder for folder in (own.data, *own.data.absolute().parents) if folder.exists())
    if not os.access(there, os.W_OK | os.X_OK):
        yield Finding("data", f"{there} cannot be written", "make it writable for you, or set data in the settings")
        return
    free = shutil.disk_usage(there).free
    what = f"{own.data}: {free // 1_000_000:,} MB free"
    yield Finding("data", what, "make room, or set data in the settings to another disk" if free < _ROOM else "")


def _rules(own: Settings) -> Finding:
    try:
        rules = rule_book(own.rules)
    except CancelproofError as error:
        return Finding("rules", str(error), "cancelproof rules check")
    return Finding("rules", f"{len(rules.vendors)} vendors and platforms on file")


def _kept(own: Settings, now: datetime) -> Iterator[Finding]:
    """Ledger, evidence, clock and runs. A ledger that was never made is no fault: the first scan makes it."""
    from cancelproof.ledger import open_ledger  # noqa: PLC0415

    if not own.has_ledger:
        yield Finding("ledger", "none yet", "cancelproof scan")
        yield _clock(now, None)
        return
    try:
        with open_ledger(own.ledger, patience=5) as ledger:
            entries = ledger.entries()
            told, charges = len(ledger.told()), len(ledger.charges())
            what = f"{ledger.mails():,} mails read, {len(entries):,} about contracts, {told} told, {charges} charges"
            yield Finding("ledger", what)
            yield from _evidence(own, {entry.sha256 for entry in entries})
            yield _clock(now, max((run.finished_at for run in ledger.last_runs().values()), default=None))
            yield from (_last_run(ledger, account, now) for account in own.accounts)
            yield from _archives(ledger, {account.name for account in own.accounts})
    except CancelproofError as error:
        yield Finding("ledger", error.what, error.remedy or "cancelproof restore brings back a backup")


def _evidence(own: Settings, kept: set[str]) -> Iterator[Finding]:
    """Whether the evidence is whole, and of every mail that the ledger knows."""
    from cancelproof.evidence import Evidence  # noqa: PLC0415

    try:
        faults = Evidence(own.evidence).verify()
    except CancelproofError as error:
        yield Finding("evidence", error.what, error.remedy or "cancelproof restore brings back a backup")
        return
    names = {path.name[:64] for path in own.evidence.glob("*/*")}
    lacking = len(kept - names)
    if faults:
        yield Finding("evidence", f"{len(faults)} files or rows were changed or lost", "cancelproof verify lists them")
    if lacking:
        yield Finding("evidence", f"{lacking} mails of the ledger are not in it", "put back a backup of both")
    if not faults and not lacking:
        yield Finding("evidence", f"{len(kept):,} mails, all whole")


def _clock(now: datetime, last: datetime | None) -> Finding:
    what = f"{now.astimezone():%Y-%m-%d %H:%M %Z}"
    if now < _BUILT:
        return Finding("clock", what, "set the clock of this machine")
    if last and last > now + timedelta(minutes=5):
        return Finding(
            "clock", f"{what}, before the last run on {last:%Y-%m-%d %H:%M}", "set the clock of this machine"
        )
    return Finding("clock", what)


def _last_run(ledger: Ledger, account: Account, now: datetime) -> Finding:
    good, last = ledger.last_good_run(account.name), ledger.last_runs().get(account.name)
    if last is None:
        return Finding("last run", f"{account.name}: never read", "cancelproof scan")
    if good is None or not last.good:
        why = str(last.outcome.get("blind") or "not all could be read")
        return Finding("last run", f"{account.name}: failed on {last.finished_at:%Y-%m-%d}: {why}", "cancelproof scan")
    late = now - good > _NIGHTS
    what = f"{account.name}: good on {good.astimezone():%Y-%m-%d %H:%M}"
    return Finding("last run", what, "is the nightly scan still scheduled? see README" if late else "")


def _archives(ledger: Ledger, accounts: Collection[str]) -> Iterator[Finding]:
    """Archives that could not be read whole when they were last: a digest says so until they are, or are forgotten."""
    for name, last in ledger.last_runs().items():
        if name not in accounts and not last.good:
            why = str(last.outcome.get("blind") or "not all could be read").removeprefix(f"{name}: ")
            remedy = f"cancelproof scan '{name}', or if it is no more: cancelproof scan --forget '{name}'"
            yield Finding("archive", f"{name}: {why}", remedy)


def _login(account: Account, own: Settings) -> Finding:
    """Log in, and see whether the folders to read are there."""
    from cancelproof.sources.session import Session  # noqa: PLC0415

    try:
        session = Session(imap_account(account, own), time.sleep)
        try:
            folders, _ = session.folders()
        finally:
            session.close()
    except CancelproofError as error:
        return Finding("log-in", f"{account.name}: {error.what}", error.remedy or "look at the settings of the account")
    gone = set(account.folders) - {folder.name for folder in folders}
    if gone:
        return Finding(
            "folders", f"{account.name}: not there: {', '.join(sorted(gone))}", "mend folders in the settings"
        )
    return Finding("log-in", f"{account.name}: {len(folders)} folders")
