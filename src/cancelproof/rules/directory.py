"""Who writes: the vendors on file and what is known of senders, arranged for looking up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from cancelproof.model import KnownSenders, KnownVendor, Marks
from cancelproof.rules.values import Language, Rules, Vendor
from cancelproof.words import cut

if TYPE_CHECKING:
    from cancelproof.rules.compiled import Compiled


def directory(
    vendors: tuple[Vendor, ...],
    senders: KnownSenders,
    *,
    languages: Mapping[str, Language],
    compiled: Mapping[str, Compiled],
    common: Mapping[str, frozenset[str]],
    marks: Marks,
) -> Rules:
    """The rules, with every vendor by domain and by name; `senders` as known without the vendors."""
    return Rules(
        languages=languages,
        compiled=compiled,
        common=common,
        vendors=vendors,
        by_domain={domain: vendor for vendor in vendors for domain in vendor.domains},
        by_name=_by_first_word(vendors),
        sender_words=senders.desk_words,
        senders=replace(
            senders,
            vendors=tuple(_known(vendor) for vendor in vendors),
            small_words=frozenset[str]().union(*common.values()),
        ),
        marks=marks,
    )


def _known(vendor: Vendor) -> KnownVendor:
    return KnownVendor(
        id=vendor.id,
        name=vendor.name,
        names=vendor.names,
        domains=vendor.domains,
        services=vendor.services,
        related=tuple(vendor.related),
        common_word=vendor.common_word,
        confirmation=vendor.confirmation,
        confirmed_within=vendor.confirmed_within,
    )


def _by_first_word(vendors: Iterable[Vendor]) -> dict[str, tuple[tuple[tuple[str, ...], Vendor], ...]]:
    names: dict[str, list[tuple[tuple[str, ...], Vendor]]] = defaultdict(list)
    for vendor in vendors:
        for written in (vendor.name, *vendor.names):
            if name := cut(written).folded:
                names[name[0]].append((name, vendor))
    return {first: tuple(named) for first, named in names.items()}
