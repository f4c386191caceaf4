"""What mails do not cover: the long times without any, which an audit must name before it says that nothing came."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise
from statistics import median_high

from cancelproof.model import Gap

#: A time without mail is long from so many days on, and from so many times the usual distance between two days of mail.
_FEWEST_DAYS = 14
_TIMES_USUAL = 20
_FEWEST_MAIL_DAYS = 10


def gaps(days: Iterable[date]) -> tuple[Gap, ...]:
    """The times between the first and the last day that bear no mail though mail is frequent, oldest first.

    Of a few mails nothing is said: whoever exports one label has gaps everywhere.
    """
    ordered = sorted(set(days))
    if len(ordered) < _FEWEST_MAIL_DAYS:
        return ()
    usual = median_high([(after - before).days for before, after in pairwise(ordered)])
    longest = max(_FEWEST_DAYS, _TIMES_USUAL * usual)
    day = timedelta(days=1)
    return tuple(Gap(a + day, b - day) for a, b in pairwise(ordered) if (b - a).days > longest)
