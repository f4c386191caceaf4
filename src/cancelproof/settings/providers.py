"""Where the mail of an address is, by what providers publish for mail programs; nobody is asked over the network."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

#: How one logs in: the account's own password, one made for a program, OAuth, or by a program on this machine.
Login = Literal["password", "app_password", "microsoft", "google", "bridge"]
LOGINS: tuple[Login, ...] = get_args(Login)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A mail provider; see providers.toml for what each field means. `daily_mb` is None where no limit is known."""

    name: str
    domains: tuple[str, ...]
    host: str
    port: int = 0
    tls: Literal["imaps", "starttls"] = "imaps"
    user: Literal["address", "local"] = "address"
    login: Login = "password"
    page: str = ""
    note: str = ""
    connections: int = 2
    daily_mb: int | None = None

    def user_of(self, address: str) -> str:
        """The log-in name of an address."""
        return address.rpartition("@")[0] if self.user == "local" else address


@cache
def providers() -> dict[str, Provider]:
    """Every provider on file, by each of its domains."""
    table = tomllib.loads(Path(__file__).with_name("providers.toml").read_text(encoding="utf-8"))
    found = [Provider(**{**fields, "domains": tuple(fields["domains"])}) for fields in table.values()]
    return {domain: provider for provider in found for domain in provider.domains}


def provider_of(address: str) -> Provider | None:
    """The provider of a mail address, or None for a domain that is not on file."""
    return providers().get(address.rpartition("@")[2].lower())
