"""Who sells what, by the vendor files: for what the owner told under another name than the mails bear.

People say ChatGPT, the mails come from OpenAI. What is on file for several vendors says nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from cancelproof.judge.names import joined, words
from cancelproof.rules.values import Vendor


class Listed(NamedTuple):
    """Whose a name is, by the domains that it writes from. `product`: it is what is sold, or a part of its name."""

    domains: frozenset[str]
    product: bool


@dataclass(frozen=True, slots=True)
class Directory:
    """What the vendor files say of a name, by the name as one folded word."""

    by_name: Mapping[str, Listed] = field(default_factory=dict)

    def of(self, name: str) -> Listed | None:
        return self.by_name.get(joined(name))


def directory(vendors: Iterable[Vendor]) -> Directory:
    """The names and services that are on file for one vendor alone."""
    found: dict[str, dict[str, Listed]] = defaultdict(dict)
    for vendor in vendors:
        domains = frozenset(domain.lower() for domain in vendor.domains)
        sold = [words(service) for service in vendor.services]
        for name in (vendor.name, *vendor.names, *vendor.services):
            own = words(name)
            product = name != vendor.name and any(own <= service for service in sold)
            if key := joined(name):
                found[key][vendor.id] = Listed(domains, product)
    return Directory({name: next(iter(of.values())) for name, of in found.items() if len(of) == 1})
