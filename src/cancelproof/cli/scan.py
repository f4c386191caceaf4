"""`cancelproof scan`: what is new since last time, all accounts, all folders with mail."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import click

from cancelproof.cli.addresses import tell_stranger
from cancelproof.cli.books import Shelf
from cancelproof.cli.common import Day, counted, imap_account, settings, today
from cancelproof.cli.progress import Shown, progress, stops_politely
from cancelproof.errors import CancelproofError, UsageError
from cancelproof.model import Batch, Coverage, Fault

if TYPE_CHECKING:
    from cancelproof.settings import Account, Settings
    from cancelproof.sources import Source

_AT_A_TIME = 4  # accounts
_STOPPED = "stopped by its owner; the next run goes on from there"


@dataclass(frozen=True)
class Job:
    """A source to scan. `waiting` are its mails that could not be had and are not asked for yet.

    An `archive` is named on the command line; one that was never read and cannot be is a slip of the pen, not noted.
    """

    name: str
    opened: Callable[[], Source]
    waiting: tuple[Fault, ...] = ()
    noted: bool = True
    archive: bool = False


@click.command(name="scan")
@click.argument("sources", nargs=-1, metavar="[SOURCE…]")
@click.option("--account", "only", multiple=True, metavar="NAME", help="Only this account; may be given again.")
@click.option("--again", is_flag=True, help="Read what is kept anew, by the rules as they are now.")
@click.option("--yes", is_flag=True, help="With --again: keep what changed without asking.")
@click.option("--folder", "folders", multiple=True, metavar="NAME", help="Only this folder; may be given again.")
@click.option("--since", type=Day(), help="Leave out mails that arrived before this day; a later scan reads them.")
@click.option("--forget", multiple=True, metavar="SOURCE", help="No more miss this archive; its mails stay.")
@click.pass_context
def command(  # noqa: PLR0913  # one a command-line option
    ctx: click.Context,
    sources: tuple[str, ...],
    only: tuple[str, ...],
    folders: tuple[str, ...],
    since: date | None,
    forget: tuple[str, ...],
    *,
    again: bool,
    yes: bool,
) -> int:
    """Read what is new in every account of the settings, or in archives, into the ledger.

    The mailbox is never altered. A SOURCE is an archive, as for `audit`. Ctrl-C stops after the batch at hand; what was
    read is kept, and the next scan goes on from there. With --again no mailbox is read: the mails that are kept are,
    and what came out differently is shown before it is kept.
    """
    own = settings(ctx)
    if again:
        from cancelproof.cli.again import read_again  # noqa: PLC0415

        return read_again(own, keep=yes)
    if forget:
        return _forget(own, forget)
    shelf = Shelf(own, today())
    accounts = () if sources else _accounts(own, only)
    if folders or since:
        accounts = tuple(
            replace(account, folders=folders or account.folders, since=since or account.since) for account in accounts
        )
    jobs: list[Job] = [Job(path, _archive(path), archive=True) for path in sources]
    failed: list[int] = []
    for account in accounts:  # one after the other: somebody may be asked for passwords
        try:
            jobs.append(_account(account, own, shelf, noted=not (folders or since)))
        except CancelproofError as error:
            failed.append(_failed(account.name, error, shelf))
    try:
        with stops_politely() as stop, progress() as shown:
            codes = _scan_all(jobs, shelf, stop, shown)
        if shelf.read_new:
            from cancelproof.entries import written_to  # noqa: PLC0415  # with what it imports

            remedy = f"owner = [{', '.join(map(json.dumps, [*own.owner, '{}']))}] in {own.file or 'the settings'}"
            tell_stranger(written_to(shelf.ledger.entries()), own.owner, remedy)
    finally:
        shelf.close()
    return next((code for code in reversed([*failed, *codes]) if code), 0)


def _accounts(own: Settings, only: tuple[str, ...]) -> tuple[Account, ...]:
    known = {account.name: account for account in own.accounts}
    if not known:
        raise UsageError("no account in the settings", remedy="`cancelproof init` sets one up")
    for name in only:
        if name not in known:
            raise UsageError(f"no account is called {name!r}", remedy=f"known: {', '.join(known)}")
    return tuple(known[name] for name in only) or own.accounts


def _archive(path: str) -> Callable[[], Source]:
    def opened() -> Source:
        from cancelproof.sources import open_path  # noqa: PLC0415

        return open_path(path)

    return opened


def _account(account: Account, own: Settings, shelf: Shelf, *, noted: bool) -> Job:
    """The account's mailbox, with what was read of it before."""
    from cancelproof.sources.imap import Budget, ImapSource  # noqa: PLC0415

    place = imap_account(account, own)
    before = shelf.remembered(account.name)
    left = account.daily_mb * 1_000_000 - before.fetched_today if account.daily_mb else None
    source = ImapSource(place, before.states, before, before.quarantined, Budget(left))
    waiting = tuple(Fault(where=one.origin.source, what=one.why) for one, due in before.quarantined if not due)
    return Job(account.name, lambda: source, waiting, noted=noted)


def _scan_all(jobs: Sequence[Job], shelf: Shelf, stop: threading.Event, shown: Shown) -> list[int]:
    """Scan several sources at a time; their mails are read in turn."""
    turn = threading.Lock()
    if len(jobs) == 1:
        return [_scan_one(jobs[0], shelf, stop, shown, turn)]
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    with ThreadPoolExecutor(max_workers=_AT_A_TIME) as pool:
        return list(pool.map(lambda job: _scan_one(job, shelf, stop, shown, turn), jobs))


def _scan_one(job: Job, shelf: Shelf, stop: threading.Event, shown: Shown, turn: threading.Lock) -> int:
    """Scan one source; a failure is told and noted, and the others go on. The exit code."""
    from cancelproof.scan import outcome, scan  # noqa: PLC0415

    try:
        source = job.opened()

        def tell(so_far: Coverage) -> None:
            shown(so_far, getattr(source, "expected", None))

        seen = scan(_Until(source, stop), shelf, lambda: datetime.now(UTC), tell, turn)
    except CancelproofError as error:
        shown.clear()
        return _failed(job.name, error, shelf, noted=not job.archive or shelf.knows(job.name))
    if stop.is_set() and not seen.stopped:
        seen = replace(seen, stopped=_STOPPED, code=130)
    with turn:
        seen, earlier = shelf.with_last(replace(seen, unreadable=(*seen.unreadable, *job.waiting)))
        if job.noted:
            shelf.note_run(job.name, datetime.now(UTC), outcome(seen, earlier), good=seen.complete)
    shown.clear()
    _tell(seen)
    return seen.code


def _forget(own: Settings, names: Sequence[str]) -> int:
    """Take archives, and accounts that are no longer in the settings, off the list of what a digest says was read."""
    from cancelproof.ledger import open_ledger  # noqa: PLC0415
    from cancelproof.report import shown  # noqa: PLC0415

    accounts = {account.name for account in own.accounts}
    with open_ledger(own.ledger) as ledger:
        for name in names:
            if name in accounts:
                raise UsageError("is an account of the settings", where=name, remedy="take it out of them first")
            if not ledger.forget_runs(name):
                known = ", ".join(sorted(ledger.last_runs().keys() - accounts)) or "none"
                raise UsageError("no such source was ever read", where=name, remedy=f"known: {known}")
            click.echo(f"{shown(name)} is forgotten; the mails read from it stay", err=True)
    return 0


def _failed(name: str, error: CancelproofError, shelf: Shelf, *, noted: bool = True) -> int:
    from cancelproof.scan import outcome  # noqa: PLC0415

    told = str(error) if str(error).startswith(name) else f"{name}: {error}"
    click.echo(f"cancelproof: {told}", err=True)
    if not noted:
        return error.exit_code
    seen, earlier = shelf.with_last(Coverage(name=name, blind=str(error)))
    shelf.note_run(name, datetime.now(UTC), outcome(seen, earlier), good=False)
    return error.exit_code


@dataclass(frozen=True)
class _Until:
    """A source that ends where its owner wishes to stop: between two batches."""

    source: Source
    stop: threading.Event

    @property
    def name(self) -> str:
        return self.source.name

    def batches(self) -> Iterator[Batch]:
        for batch in self.source.batches():
            yield batch
            if self.stop.is_set():
                return


def _tell(seen: Coverage) -> None:
    name = seen.name
    if seen.unreadable or seen.stopped or not name.isalnum():
        from cancelproof.report import shown  # noqa: PLC0415  # 40 ms

        name = shown(seen.name)
        for fault in seen.unreadable[:20]:
            click.echo(f"cancelproof: {shown(str(fault))}", err=True)
        if seen.stopped:
            click.echo(f"cancelproof: {name}: {shown(seen.stopped)}", err=True)
    click.echo(f"{name}: {', '.join(_counts(seen))}", err=True)


def _counts(seen: Coverage) -> Iterator[str]:
    yield f"{seen.new} new mail" + ("" if seen.new == 1 else "s")
    yield f"{seen.kept} about contracts"
    if seen.unreadable:
        yield f"{len(seen.unreadable)} not understood"
    if seen.passed_over:
        yield f"{counted(seen.passed_over, 'file')} passed over"
    if seen.unread:
        yield f"{seen.unread} of {sum(folder.exists or 0 for folder in seen.folders)} on the server not read"
    if seen.held:
        yield f"{seen.fetched / 1e6:.1f} of {seen.held / 1e6:.1f} MB fetched"
