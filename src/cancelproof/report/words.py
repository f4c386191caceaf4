"""The words of a report from its catalogue (templates/words.LANGUAGE.toml), and dates and amounts in its language."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from cancelproof.errors import UsageError
from cancelproof.report.contract import decimal_string
from cancelproof.report.escape import Shown, shown

_SLOT = re.compile(r"\{([a-z_]+)\}")
_PLAIN_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Words:
    """A catalogue, its keys joined by points ("step.none"), and the lists of its grammar."""

    texts: Mapping[str, str]
    months: tuple[str, ...]
    one: frozenset[int]

    def say(self, key: str, n: int | None = None, /, **values: Shown | int) -> Shown:
        """Return the text under `key`, its {names} filled in. `n` chooses between one and other.

        Raises UsageError where the catalogue lacks the key or names a value that is not given.
        """
        if n is not None:
            values["n"] = n
            key = f"{key}.{'one' if n in self.one else 'other'}"
        if key not in self.texts:
            raise UsageError(f"the words lack {key}", remedy="see words.en.toml")
        filled = {name: self.count(value) if isinstance(value, int) else value for name, value in values.items()}

        def fill(slot: re.Match[str]) -> str:
            if slot[1] not in filled:
                raise UsageError(f"the words name an unknown {{{slot[1]}}} in {key}", remedy="see words.en.toml")
            return filled[slot[1]]

        # A value is put in once and never read again for slots: a mail cannot name one.
        return Shown(_SLOT.sub(fill, self.texts[key]))

    def has(self, key: str) -> bool:
        return key in self.texts

    def count(self, number: int) -> Shown:
        return Shown(f"{number:,}".replace(",", self.texts["grammar.thousands"]))

    def day(self, day: date, today: date | None = None) -> Shown:
        """Return the day in words, without its year where that is the year of `today`."""
        this_year = today is not None and day.year == today.year
        first = self.texts["grammar.first"]
        return self.say(
            "grammar.day_this_year" if this_year else "grammar.day",
            day=Shown(first if day.day == 1 else str(day.day)),
            month=Shown(self.months[day.month - 1]),
            year=Shown(str(day.year)),
        )

    def time(self, moment: datetime) -> Shown:
        """Return day and time of the moment, in its own time zone."""
        hour, minute = Shown(f"{moment:%H}"), Shown(f"{moment:%M}")
        return self.say("seen.time", day=self.day(moment.date()), hour=hour, minute=minute)

    def money(self, amount: Decimal, currency: str) -> Shown:
        """Return the amount with the currency's sign, else its code; nothing is rounded."""
        number = self._number(decimal_string(amount))
        sign = self.texts.get(f"sign.{currency}")
        if sign:
            return self.say("grammar.money", sign=Shown(sign), number=number)
        code = shown(currency, 12)
        return self.say("grammar.money_code", number=number, code=code) if code else number

    def _number(self, plain: str) -> Shown:
        if not _PLAIN_NUMBER.fullmatch(plain):
            return shown(plain, 40)
        whole, point, cents = plain.partition(".")
        grouped = f"{int(whole):,}".replace(",", self.texts["grammar.thousands"])
        return Shown(grouped + (self.texts["grammar.decimal"] + cents.ljust(2, "0") if point else ""))

    def listed(self, parts: Sequence[Shown]) -> Shown:
        """Return "a, b and c"."""
        if len(parts) < 2:
            return Shown("".join(parts))
        return Shown(self.texts["grammar.comma"].join(parts[:-1]) + self.texts["grammar.and"] + parts[-1])


def parse(texts: Sequence[str], where: str) -> Words:
    """Return the words of catalogues in TOML; where two name the same key, the later wins. Faults raise UsageError."""
    merged: dict[str, Any] = {}
    for text in texts:
        try:
            merged.update(_flat(tomllib.loads(text)))
        except tomllib.TOMLDecodeError as error:
            raise UsageError(f"is no word catalogue: {error}", where=where, remedy="see words.en.toml") from error
    months, one = merged.pop("grammar.months", []), merged.pop("grammar.one", [])
    wrong = sorted(key for key, value in merged.items() if not isinstance(value, str))
    if wrong or len(months) != 12:
        what = f"{wrong[0]} is no text" if wrong else "grammar.months are not twelve"
        raise UsageError(what, where=where, remedy="see words.en.toml")
    return Words(texts=merged, months=tuple(map(str, months)), one=frozenset(one))


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in table.items():
        flat.update(_flat(value, f"{prefix}{key}.") if isinstance(value, Mapping) else {f"{prefix}{key}": value})
    return flat
