"""Where mail comes from. Every source yields batches of raw bytes with their origin; none parses a mail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from cancelproof.model import Batch
from cancelproof.sources.tree import open_path

__all__ = ["Source", "open_path"]


class Source(Protocol):
    """Mail in batches. `name` is what people call it: a path as given, or an account."""

    @property
    def name(self) -> str: ...

    def batches(self) -> Iterator[Batch]: ...
