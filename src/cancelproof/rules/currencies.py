"""Words and signs for currencies: those of one language, and those that every language shares."""

from __future__ import annotations

from dataclasses import replace

from cancelproof.rules.values import MoneyForms
from cancelproof.rules.yamlfile import Reader


def read_money(reader: Reader, key: str, common: MoneyForms = MoneyForms()) -> MoneyForms:  # noqa: B008  # frozen
    """The words for currencies under `key`, before those that every language shares."""
    sub = reader.sub(key, f"{key!r}")
    own = tuple((word, code) for code in sub.keys() for word in sub.texts(code)) if sub else ()  # noqa: SIM118  # a Reader
    return MoneyForms(currencies=own + common.currencies, at_home=common.at_home)


def read_common_money(reader: Reader) -> MoneyForms:
    """The signs that every language shares, and what they mean in the countries that have a currency of their own."""
    reader.only("currencies", "at_home")
    signs = reader.sub("at_home", "'at_home'")
    at_home = tuple(
        (sign, code, frozenset(codes.texts(code)))
        for sign in (signs.keys() if signs else ())
        if signs and (codes := signs.sub(sign, f"{sign!r}"))
        for code in codes.keys()  # noqa: SIM118  # a Reader
    )
    return replace(read_money(reader, "currencies"), at_home=at_home)
