"""How far long work has come: mails, bytes and time left, on a terminal alone; and how Ctrl-C ends it politely."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import click

from cancelproof.model import Coverage

if TYPE_CHECKING:
    from rich.progress import Progress


class Shown(Protocol):
    """Told what was seen so far of a source, and how many mails are expected in all, None where nobody knows."""

    def __call__(self, seen: Coverage, expected: int | None) -> None: ...

    def clear(self) -> None:
        """Make room for a line of text: what is shown goes away until the next mails are seen."""


class _Nothing:
    def __call__(self, seen: Coverage, expected: int | None) -> None: ...

    def clear(self) -> None: ...


@contextmanager
def progress() -> Iterator[Shown]:
    """Show a line for each source that is read; in a pipe nothing is shown."""
    if not sys.stderr.isatty():
        yield _Nothing()
        return
    shown = _Bars()
    try:
        yield shown
    finally:
        shown.clear()


class _Bars:
    """A bar for each source, made when it first says something: a night without news loads none."""

    def __init__(self) -> None:
        self._bars: Progress | None = None
        self._tasks: dict[str, Any] = {}
        self._lock = threading.Lock()

    def __call__(self, seen: Coverage, expected: int | None) -> None:
        if not seen.seen:
            return
        with self._lock:
            bars = self._bars = self._bars or _made()
            if seen.name not in self._tasks:
                self._tasks[seen.name] = bars.add_task(seen.name, total=None, size="")
            size = f"{seen.fetched / 1e6:.1f} MB" if seen.fetched else ""
            total = max(expected, seen.seen) if expected else None
            bars.update(self._tasks[seen.name], completed=seen.seen, total=total, size=size)

    def clear(self) -> None:
        with self._lock:
            if self._bars:
                self._bars.stop()
            self._bars, self._tasks = None, {}


def _made() -> Progress:
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("mails {task.fields[size]}"),
    )
    bars = Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True)
    bars.start()
    return bars


@contextmanager
def stops_at_once() -> Iterator[None]:
    """Let the first Ctrl-C raise KeyboardInterrupt; from then on another ends the program without a word."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def heard(_number: int, _frame: object) -> None:
        signal.signal(signal.SIGINT, lambda *_: os._exit(130))  # for good: processes are being ended, up to the exit
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, heard)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGINT) is heard:
            signal.signal(signal.SIGINT, before)


@contextmanager
def stops_politely() -> Iterator[threading.Event]:
    """Turn the first Ctrl-C (or SIGTERM) into a wish to stop; the second ends the program where it is."""
    wish = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield wish
        return

    def heard(_number: int, _frame: object) -> None:
        if wish.is_set():
            os._exit(130)  # what was committed is whole, as after a power cut; threads that wait cannot be ended else
        wish.set()
        click.echo("cancelproof: stopping after this batch; once more stops at once", err=True)

    before = {number: signal.signal(number, heard) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield wish
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
