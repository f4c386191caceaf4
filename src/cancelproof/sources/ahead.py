"""Reading ahead: threads that fetch while their mails are read, within a bound on memory.

A connection belongs to one thread at a time. What a thread yields comes out in its order; an error comes out after what
came before it, and ends the others.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

T = TypeVar("T")
W = TypeVar("W")

_PATIENCE = 0.2  # seconds after which a waiting thread looks whether anybody still wants its work


def ahead(
    works: Sequence[Callable[[W], Iterator[T]]], workers: Sequence[W], give_up: Callable[[W], None]
) -> Iterator[T]:
    """Do the works in order, each by the next free worker in a thread of its own; yield what they yield.

    `give_up` ends a worker's wait for its server, called from outside its thread.
    """
    todo: queue.SimpleQueue[Callable[[W], Iterator[T]]] = queue.SimpleQueue()
    for work in works:
        todo.put(work)
    done: queue.Queue[tuple[T | None, int]] = queue.Queue(maxsize=len(workers))
    stop = threading.Event()
    with ThreadPoolExecutor(max_workers=len(workers)) as pool:
        ends = [pool.submit(_run, worker, number, todo, done, stop) for number, worker in enumerate(workers)]
        try:
            running = len(ends)
            while running:
                item, number = done.get()
                if item is None:
                    ends[number].result()  # raises what ended that thread
                    running -= 1
                else:
                    yield item
        finally:
            stop.set()
            _, stuck = wait(ends, _PATIENCE * 2)
            for worker, end in zip(workers, ends, strict=True):
                if end in stuck:
                    give_up(worker)


def _run(
    worker: W,
    number: int,
    todo: queue.SimpleQueue[Callable[[W], Iterator[T]]],
    done: queue.Queue[tuple[T | None, int]],
    stop: threading.Event,
) -> None:
    """Work until nothing is left; the last thing put is None, also after an error."""
    try:
        while not stop.is_set():
            try:
                work = todo.get_nowait()
            except queue.Empty:
                return
            for item in work(worker):
                if not _put(done, (item, number), stop):
                    return
    finally:
        _put(done, (None, number), stop)


def _put(done: queue.Queue[tuple[T | None, int]], item: tuple[T | None, int], stop: threading.Event) -> bool:
    while not stop.is_set():
        try:
            done.put(item, timeout=_PATIENCE)
        except queue.Full:
            continue
        return True
    return False
