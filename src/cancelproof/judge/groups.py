"""Sets that grow together (union-find)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T", str, tuple[str, str])


@dataclass(slots=True)
class Groups(Generic[T]):
    """Which things were joined; the smallest of a set stands for it, so that the order of joining changes nothing."""

    parents: dict[T, T] = field(default_factory=dict)

    def of(self, thing: T) -> T:
        """What stands for the set that a thing belongs to."""
        root = thing
        while (parent := self.parents.get(root, root)) != root:
            root = parent
        while thing != root:
            self.parents[thing], thing = root, self.parents.get(thing, root)
        return root

    def join(self, one: T, other: T) -> None:
        """Make the sets of two things one."""
        first, second = sorted((self.of(one), self.of(other)))
        self.parents[second] = first
