"""Where mail comes from. Every source yields batches of raw bytes with their origin; none parses a mail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from cancelproof.model import Batch

__all__ = ["Source", "open_path"]


class Source(Protocol):
    """Mail in batches. `name` is what people call it: a path as given, or an account."""

    @property
    def name(self) -> str: ...

    def batches(self) -> Iterator[Batch]: ...


def open_path(path: str) -> Source:
    """An archive, a folder or a mail by its path; see `tree`. Raises SourceError where it cannot be read."""
    from cancelproof.sources import tree  # noqa: PLC0415  # 12 ms that a mailbox on a server need not pay

    return tree.open_path(path)
