"""Which mails may move a case: every mail once, the owner's own requests, nothing forged and nothing that poses.

A mail that moves nothing is still shown with its case; what was found suspect here bears `authentic` false.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from operator import attrgetter

from cancelproof.domains import registrable
from cancelproof.judge.billing import interval
from cancelproof.judge.days import shifted
from cancelproof.model import Authenticity, Entry, Grade, Kind

#: Mails of the same time show whether the receiving server stamps what it takes in.
_NEIGHBOURHOOD = timedelta(days=180)
_FEWEST_NEIGHBOURS = 3
_STAMPED_SHARE = 0.8
#: So many bills at one interval are no chance.
_FEWEST_REGULAR = 3
_YEAR = 355  # days; to the day a year apart, two are none
#: The ledger's days are those of the sender's time zone, which may be ahead of the owner's.
_AHEAD = timedelta(days=1)


def order(entry: Entry) -> tuple[int, float, str, str]:
    """Oldest first; of one day by the time it was sent, where that is known, else by what it is, not where it lay."""
    moment = entry.sent_at.timestamp() if entry.sent_at and entry.sent_at.tzinfo else 0.0
    return entry.day.toordinal(), moment, entry.sha256, entry.source


def sifted(entries: Iterable[Entry], owner: Collection[str], today: date) -> list[Entry]:
    """The mails that say something about a contract of the owner's, each once, in no order; suspects are marked."""
    last = shifted(today, _AHEAD)
    past = [entry for entry in entries if entry.kind is not Kind.OTHER and entry.day <= last]
    said = [entry for entry in past if _says_something(entry, owner)]
    if any(entry.one_off for entry in said):
        regular = _regular(past)
        said = [entry for entry in said if not entry.one_off or _what(entry) in regular]
    return _with_stamps_checked(_each_once(said), owner)


def by_owner(entry: Entry, owner: Collection[str]) -> bool:
    """Whether the owner wrote it."""
    return not entry.forwarded and (entry.sent or (entry.sender.lower() in owner))


def forged(entry: Entry) -> bool:
    """Whether the mail moves nothing."""
    return entry.authentic is False


def suspect(entry: Entry) -> Entry:
    """The mail, marked as one that only poses as the vendor's."""
    grade = Grade.X if entry.grade else None
    return replace(entry, authentic=False, authenticity=Authenticity.SUSPECT, grade=grade)


def _says_something(entry: Entry, owner: Collection[str]) -> bool:
    owners = entry.sent or entry.sender.lower() in owner
    if entry.forwarded:
        return owners  # what others forward speaks of their contracts
    if owners:
        return entry.kind is Kind.REQUEST
    if entry.kind is Kind.REQUEST:  # the copy of a form; another person's request is none of the owner's
        return bool(entry.vendor_domain) and registrable(entry.sender.rpartition("@")[2]) == entry.vendor_domain
    return True


def _what(entry: Entry) -> tuple[str, str, str]:
    """What was bought: the vendor and the service by name; nothing where no service is named."""
    return (entry.vendor, entry.vendor_domain.lower(), entry.service) if entry.service else ("", "", "")


def _regular(entries: Sequence[Entry]) -> frozenset[tuple[str, str, str]]:
    """What was read as bought once, and is a contract: other mails speak of it as one, or its bills keep an interval.

    An article that is ordered now and then keeps none.
    """
    days: dict[tuple[str, str, str], set[date]] = defaultdict(set)
    for entry in entries:
        if entry.one_off and entry.service and not forged(entry):
            days[_what(entry)].add(entry.day)
    if not days:
        return frozenset()
    other = (e for e in entries if not e.one_off and e.service and e.kind is not Kind.REFUND and not forged(e))
    spoken = {_what(entry) for entry in other}
    often = {what for what, found in days.items() if _keeps_an_interval(found)}
    return frozenset(often | (spoken & days.keys()))


def _keeps_an_interval(days: Collection[date]) -> bool:
    usual = interval(days)
    return usual is not None and (len(days) >= _FEWEST_REGULAR or usual >= _YEAR)


def _each_once(entries: Iterable[Entry]) -> list[Entry]:
    """One mail of all copies: the best authenticated, then the first by its source."""
    kept: dict[tuple[str, date, Kind], Entry] = {}
    for entry in entries:
        key = entry.message_id or entry.sha256, entry.day, entry.kind
        other = kept.setdefault(key, entry)
        if other is not entry and _best_first(entry) < _best_first(other):
            kept[key] = entry
    return list(kept.values())


def _best_first(entry: Entry) -> tuple[int, tuple[int, float, str, str]]:
    return (True, None, False).index(entry.authentic), order(entry)


# ---------------------------------------------------------------- stamps


def _with_stamps_checked(entries: Sequence[Entry], owner: Collection[str]) -> list[Entry]:
    """Mark the mails that bear no stamp of the receiving server where their neighbours do."""
    if not any(entry.authentic is None and _is_bare(entry, owner) for entry in entries):
        return list(entries)
    received = [e for e in entries if not forged(e) and not by_owner(e, owner) and not e.forwarded]
    received.sort(key=_DAY)
    days = [entry.day for entry in received]
    stamped = [0]
    for entry in received:
        stamped.append(stamped[-1] + (entry.authentic is True))
    out = []
    for entry in entries:
        if _is_bare(entry, owner) and _stands_out(entry, days, stamped):
            out.append(suspect(entry))
        else:
            out.append(entry)
    return out


_DAY = attrgetter("day")


def _is_bare(entry: Entry, owner: Collection[str]) -> bool:
    """Whether a received mail bears no stamp at all."""
    if entry.authentic is not None or entry.authenticity is not Authenticity.UNAUTHENTICATED:
        return False
    return not by_owner(entry, owner) and not entry.forwarded


def _stands_out(entry: Entry, days: Sequence[date], stamped: Sequence[int]) -> bool:
    first = bisect_left(days, shifted(entry.day, -_NEIGHBOURHOOD))
    last = bisect_right(days, shifted(entry.day, _NEIGHBOURHOOD))
    neighbours = last - first - 1  # without itself
    true = stamped[last] - stamped[first]
    return neighbours >= _FEWEST_NEIGHBOURS and true >= _STAMPED_SHARE * neighbours
