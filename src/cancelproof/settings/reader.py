"""Small readers that take one table of a TOML file apart and gather every fault with the path of its key."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

_KINDS = {bool: "true or false", int: "a whole number", str: "a text", list: "a list", dict: "a table"}
_TELLTALE = re.compile(r"pass(word|wd|phrase)|secret|token", re.IGNORECASE)
_PLAIN = re.compile(r"(.*_)?(pass|password|passwd|passphrase|secret|token)", re.IGNORECASE)
_SOURCES = "use password_command, password_file, keyring = true or the environment"
ADDRESS = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+")


@dataclass(frozen=True, slots=True)
class Section:
    """One table: its key path, its keys, and the list that its faults go to. Values are never shown in a fault."""

    path: str
    table: Mapping[str, Any]
    faults: list[str] = field(repr=False)

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def fault(self, key: str, what: str) -> None:
        fault = f"{self.at(key)}: {what}"
        if fault not in self.faults:  # a key may be looked at twice
            self.faults.append(fault)

    def only(self, *known: str) -> None:
        """Refuse every other key, with the nearest one that there is; a password is refused under any name."""
        for key in self.table:
            if key in known:
                continue
            near = difflib.get_close_matches(key, known, n=1)
            if _PLAIN.fullmatch(key):
                self.fault(_shown(key), f"a password is never kept in this file: {_SOURCES}")
            else:
                self.fault(_shown(key), "no such setting" + (f"; did you mean {near[0]}?" if near else ""))

    def value(self, key: str, kind: type, default: Any) -> Any:
        """Give a value of exactly this type (a bool is no int), else the default and a fault."""
        found = self.table.get(key, default)
        if found is default or type(found) is kind:
            return found
        self.fault(key, _wrong(kind, found))
        return default

    def text(self, key: str, default: str = "") -> str:
        found = str(self.value(key, str, default))
        if key in self.table and not found.isprintable():
            self.fault(key, "holds a character that cannot be printed")
        return found

    def required(self, key: str) -> str:
        found = self.text(key)
        if not found and (key not in self.table or type(self.table[key]) is str):
            self.fault(key, "is needed")
        return found

    def texts(self, key: str) -> tuple[str, ...]:
        found = self.value(key, list, [])
        for number, item in enumerate(found):
            if type(item) is not str:
                self.fault(f"{key}[{number}]", _wrong(str, item))
        return tuple(item for item in found if type(item) is str)

    def address(self, key: str) -> str:
        found = self.text(key)
        return self._checked(key, found) if found else ""

    def addresses(self, key: str) -> tuple[str, ...]:
        return tuple(self._checked(f"{key}[{number}]", item) for number, item in enumerate(self.texts(key)))

    def _checked(self, key: str, address: str) -> str:
        if not ADDRESS.fullmatch(address):
            self.fault(key, "is no mail address")
        return address.lower()

    def choice(self, key: str, words: Sequence[str]) -> str:
        found = self.text(key, words[0])
        if found not in words:
            self.fault(key, f"must be one of {', '.join(words)}")
            return words[0]
        return found

    def number(self, key: str, default: int, least: int, most: int) -> int:
        found = int(self.value(key, int, default))
        if key in self.table and not least <= found <= most:
            self.fault(key, f"must lie between {least} and {most}")
            return default
        return found

    def port(self, default: int) -> int:
        return self.number("port", default, 1, 65_535)

    def day(self, key: str) -> date | None:
        """Give a TOML date, or the same as text."""
        found = self.table.get(key)
        if found is None or type(found) is date:
            return found
        try:
            return date.fromisoformat(found) if isinstance(found, str) else date.fromisoformat("")
        except ValueError:
            self.fault(key, "must be a day such as 2026-11-01")
            return None

    def section(self, key: str) -> Section | None:
        """Give a table below this one, None where it is not there."""
        found = self.value(key, dict, None)
        return None if found is None else Section(self.at(key), found, self.faults)

    def sections(self, key: str) -> tuple[Section, ...]:
        found = self.value(key, list, [])
        for number, item in enumerate(found):
            if type(item) is not dict:
                self.fault(f"{key}[{number}]", _wrong(dict, item))
        return tuple(
            Section(self.at(f"{key}[{number}]"), item, self.faults)
            for number, item in enumerate(found)
            if type(item) is dict
        )


def speaks_of_passwords(value: Any) -> bool:
    """Tell whether any key, at any depth, is about a password: such a file is for its owner's eyes only."""
    if isinstance(value, dict):
        return any(_TELLTALE.search(key) or speaks_of_passwords(below) for key, below in value.items())
    return isinstance(value, list) and any(speaks_of_passwords(item) for item in value)


def _wrong(kind: type, found: object) -> str:
    return f"must be {_KINDS[kind]}, not {_KINDS.get(type(found), 'a ' + type(found).__name__)}"


def _shown(key: str) -> str:
    return key if key.isprintable() else ascii(key)
