"""How one cancels at a vendor: the ways on file, and their steps in a reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from cancelproof.rules.values import Vendor
from cancelproof.rules.yamlfile import Reader

#: Where one cancels: `account_page` of the vendor's site, its `app`, the `store` that sold the contract, and so on.
WAYS = ("account_page", "app", "store", "form", "chat", "phone", "email", "letter", "in_person")
#: Those that a post office can register.
REGISTERED = ("letter",)
_FALLBACK = "en"
_T = TypeVar("_T")


class Way(NamedTuple):
    """One way to cancel: what it is, an address or number ("" where none is on file), steps and a note.

    `registered`: the letter is to be registered, with a receipt, as far as is known.
    """

    way: str
    address: str
    steps: tuple[str, ...]
    note: str
    registered: bool = False


@dataclass(frozen=True, slots=True)
class Ways:
    """The table `cancel` of a vendor file as plain values, by way; steps and notes by language."""

    addresses: Mapping[str, str] = field(default_factory=dict)
    steps: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    notes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    registered: tuple[str, ...] = ()


def ways(vendor: Vendor, language: str) -> tuple[Way, ...]:
    """The ways to cancel, each with its steps in the language, else in English, else in the first on file."""
    return tuple(
        Way(
            way,
            address,
            _in(vendor.cancel_steps.get(way, {}), language, ()),
            _in(vendor.cancel_notes.get(way, {}), language, ""),
            way in vendor.cancel_registered,
        )
        for way, address in vendor.cancel.items()
    )


def _in(table: Mapping[str, _T], language: str, default: _T) -> _T:
    return next((table[code] for code in (language, _FALLBACK, *table) if code in table), default)


def read(reader: Reader) -> Ways:
    """The ways to cancel that a vendor file names."""
    cancel = reader.sub("cancel", "'cancel'")
    if cancel is None:
        return Ways()
    cancel.only(*WAYS)
    tables = {way: table for way in cancel.keys() if (table := cancel.sub(way, f"the way {way!r}"))}  # noqa: SIM118
    for way, table in tables.items():
        table.only("address", "steps", "note", *(("registered",) if way in REGISTERED else ()))
    return Ways(
        {way: table.text("address", "") for way, table in tables.items()},
        {way: _texts(table, "steps") for way, table in tables.items()},
        {way: {code: ", ".join(said) for code, said in _texts(table, "note").items()} for way, table in tables.items()},
        tuple(way for way, table in tables.items() if way in REGISTERED and table.flag("registered", default=False)),
    )


def _texts(table: Reader, key: str) -> dict[str, tuple[str, ...]]:
    by_language = table.sub(key, f"{key!r}")
    return {code: by_language.texts_whole(code) for code in by_language.keys()} if by_language else {}  # noqa: SIM118
