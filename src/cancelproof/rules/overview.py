"""What the vendor files hold, as a page of Markdown: by country and line of business, confirmations, golden mails."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from cancelproof.rules.values import Vendor

_COLUMNS = (
    "*Confirms*: of so many it is known whether they confirm a cancellation in writing. "
    "*Proven*: so many have golden mails."
)
_NO_COUNTRY, _NO_SECTOR = "several countries", "others"


def overview(vendors: Sequence[Vendor], golden: Mapping[str, int]) -> str:
    """The page. `golden` holds how many golden mails there are, by the name of their vendor."""
    own = [vendor for vendor in vendors if not vendor.platform]
    platforms = [vendor for vendor in vendors if vendor.platform]
    proven = sorted((v for v in vendors if golden.get(v.name)), key=lambda v: (-golden[v.name], v.name.casefold()))
    known = [vendor for vendor in vendors if vendor.confirmation != "unknown"]
    read = [vendor for vendor in vendors if any("not read" not in source for source in vendor.sources)]
    return "\n".join(
        (
            "# The vendors on file",
            "",
            "Made from `rules/vendors` and `rules/platforms` by `cancelproof rules vendors --mails tests/mails`;",
            "a test holds it to them.",
            "",
            f"- {len(own)} vendors, {len(platforms)} platforms that write for others;",
            f"- of {len([v for v in vendors if v.services])} the names of their contracts are on file,",
            f"  of {len([v for v in vendors if v.cancel])} the ways to cancel;",
            f"- {len(read)} rest on something that was read, the others on general knowledge alone, and say so;",
            f"- {len(proven)} are proven by golden mails.",
            "",
            "## By country",
            "",
            _COLUMNS,
            "",
            "| country | vendors | confirms | proven | lines of business |",
            "| --- | --- | --- | --- | --- |",
            *_by_country(own, golden),
            "",
            "## Who confirms a cancellation in writing",
            "",
            "Of all others it is not known.",
            "",
            "| vendor | confirmation | within |",
            "| --- | --- | --- |",
            *(f"| {v.name} | {v.confirmation} | {_days(v)} |" for v in _by_name(known)),
            "",
            "## Proven by golden mails",
            "",
            "| vendor | mails |",
            "| --- | --- |",
            *(f"| {vendor.name} | {golden[vendor.name]} |" for vendor in proven),
            "",
            "## Platforms",
            "",
            ", ".join(vendor.name for vendor in _by_name(platforms)) + ".",
            "",
        )
    )


def _by_name(vendors: Iterable[Vendor]) -> list[Vendor]:
    return sorted(vendors, key=lambda vendor: (vendor.name.casefold(), vendor.id))


def _by_country(vendors: Iterable[Vendor], golden: Mapping[str, int]) -> list[str]:
    by_country: dict[str, list[Vendor]] = defaultdict(list)
    for vendor in vendors:
        by_country[vendor.country or _NO_COUNTRY].append(vendor)
    ordered = sorted(by_country, key=lambda country: (-len(by_country[country]), country))
    return [_row(country, by_country[country], golden) for country in ordered]


def _row(country: str, vendors: Sequence[Vendor], golden: Mapping[str, int]) -> str:
    known = sum(vendor.confirmation != "unknown" for vendor in vendors)
    proven = sum(golden.get(vendor.name, 0) > 0 for vendor in vendors)
    sectors = Counter(vendor.sector or _NO_SECTOR for vendor in vendors)
    return f"| {country} | {len(vendors)} | {known or ''} | {proven or ''} | {_counts(sectors)} |"


def _counts(sectors: Counter[str]) -> str:
    ordered = sorted(sectors.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{sector} {count}" for sector, count in ordered)


def _days(vendor: Vendor) -> str:
    if vendor.confirmed_within is None:
        return ""
    return "a day" if vendor.confirmed_within == 1 else f"{vendor.confirmed_within} days"
