"""Many mails read at once, on every processor: each process has a mailroom of its own.

Few mails are read here: another process costs half a second and the memory of the rules.
"""

from __future__ import annotations

import atexit
import gc
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import chain
from threading import Thread
from types import TracebackType
from typing import TYPE_CHECKING, Self

from cancelproof.model import RawMail, Reading
from cancelproof.rules import Laws, Rules
from cancelproof.run.mailroom import Mailroom

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

log = logging.getLogger(__name__)

_MANY = 150  # mails; below, a second process would cost more than it saves
_AT_A_TIME = 16  # mails that a process is given at once
#: Values after which a reading process looks for garbage: of rules all stay, of a mail next to none is cyclic.
_GARBAGE = 10_000

Sifted = list[tuple[RawMail, Reading]]


def _processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass
class Crew:
    """Reads with a mailroom that it `make`s when one is asked for; where mails are many, other processes make theirs.

    `make` is called in other processes, so it must be a function of a module, or a `functools.partial` of one;
    `elsewhere` stands for it there where these are to have another.
    """

    make: Callable[[], Mailroom]
    elsewhere: Callable[[], Mailroom] | None = None
    processes: int = field(default_factory=_processors)
    many: int = _MANY
    _read: int = 0
    _pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @cached_property
    def mailroom(self) -> Mailroom:
        return self.make()

    @property
    def owner(self) -> frozenset[str]:
        return self.mailroom.owner

    @property
    def laws(self) -> Laws:
        return self.mailroom.laws

    @property
    def rules(self) -> Rules:
        return self.mailroom.rules

    def sift_all(self, mails: Sequence[RawMail]) -> list[Sifted]:
        """What `Mailroom.sift` gives for each mail, in their order."""
        return self.begin(mails)()

    def begin(self, mails: Sequence[RawMail]) -> Callable[[], list[Sifted]]:
        """Let the other processes read mails, where there are any; what is given back waits for what they read."""
        self._read += len(mails)
        if self.processes < 2 or self._read < self.many:
            return lambda: self.mailroom.sift_all(mails)
        try:
            read = self._shared(mails)
        except BrokenExecutor as error:
            return partial(self._alone, mails, error)

        def awaited() -> list[Sifted]:
            try:
                return [
                    [(mail, found[0][1]), *found[1:]] if found else [] for mail, found in zip(mails, read, strict=True)
                ]
            except (BrokenExecutor, CancelledError) as error:
                return self._alone(mails, error)

        return awaited

    def _alone(self, mails: Sequence[RawMail], error: BaseException) -> list[Sifted]:
        """Go on here when a process was killed, or had no memory left."""
        if self.processes > 1:
            log.warning("a reading process ended: %s; reading goes on without", error)
        self.close()
        self.processes = 1
        return self.mailroom.sift_all(mails)

    def read_each(self, mail: RawMail) -> Sifted:
        return self.mailroom.read_each(mail)

    def close(self) -> None:
        """End the other processes."""
        if self._pool:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def _shared(self, mails: Sequence[RawMail]) -> Iterator[Sifted]:
        from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415  # 30 ms that few mails need not pay
        from multiprocessing import get_context  # noqa: PLC0415

        if self._pool is None:
            with _semaphores_unmentioned():
                self._pool = ProcessPoolExecutor(
                    self.processes,
                    mp_context=get_context("spawn"),
                    initializer=_begin,
                    initargs=(self.elsewhere or self.make,),
                )
        bare = [RawMail(raw=mail.raw, origin=mail.origin) for mail in mails]  # how to fetch the rest stays here
        parts = [bare[start : start + _AT_A_TIME] for start in range(0, len(bare), _AT_A_TIME)]
        with _deaf_when_born():
            return chain.from_iterable(self._pool.map(_sift, parts))


@contextmanager
def _semaphores_unmentioned() -> Iterator[None]:
    """Start the process that removes what a killed program leaves behind, so that it does not warn of it to people."""
    sys.warnoptions.append("ignore:resource_tracker:UserWarning")
    try:
        yield
    finally:
        sys.warnoptions.pop()


@contextmanager
def _deaf_when_born() -> Iterator[None]:
    """Processes begun here do not hear Ctrl-C before `_begin` says so: they inherit the signals that are blocked."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_here: list[Mailroom] = []  # of a reading process, made once


def _begin(make: Callable[[], Mailroom]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that keeps what was read
    Thread(target=_end_with_parent, daemon=True).start()
    gc.set_threshold(_GARBAGE)
    atexit.register(os._exit, 0)  # nothing is open here; to take the rules apart would take as long as to read them
    _here[:] = [make()]
    gc.freeze()  # nor is anything of the rules looked at again


def _sift(mails: Sequence[RawMail]) -> list[Sifted]:
    return _here[0].sift_all(mails)


def _end_with_parent() -> None:
    """End this process when the one that keeps what was read is no more: killed, it ends nobody."""
    from multiprocessing import parent_process  # noqa: PLC0415  # as above

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
