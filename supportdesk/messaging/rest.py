"""When mail may reach a person: quiet hours, and the time of day at which it comes gathered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Rest:
    """Times of day on the wall of one zone. Quiet from `begins` until before `ends`, over midnight
    where `ends` is the earlier; neither set is never quiet. `gathers_at` set: all of a day in one.
    """

    zone: ZoneInfo
    begins: time | None = None
    ends: time | None = None
    gathers_at: time | None = None


def not_before(at: datetime, rest: Rest) -> datetime:
    """The first instant, not before `at`, at which a mail written at `at` may go. UTC.

    A gathering that falls into the quiet hours comes at their end. A time of day that comes twice
    is its first occurrence; one that the clock change skips comes as much later as is skipped.
    """
    if rest.gathers_at is not None:
        at = _next(at, rest.gathers_at, rest.zone)
    if rest.ends is None or not _is_quiet(at, rest):
        return at
    return _next(at, rest.ends, rest.zone)


def _is_quiet(at: datetime, rest: Rest) -> bool:
    if rest.begins is None or rest.ends is None:
        return False
    now = at.astimezone(rest.zone).time()
    if rest.begins <= rest.ends:
        return rest.begins <= now < rest.ends
    return now >= rest.begins or now < rest.ends


def _next(at: datetime, wanted: time, zone: ZoneInfo) -> datetime:
    """The next time the wall shows `wanted`, strictly after `at`."""
    today = at.astimezone(zone).date()
    days = (today + n * DAY for n in range(3))
    instants = (datetime.combine(day, wanted, zone).astimezone(UTC) for day in days)
    return next(instant for instant in instants if instant > at)
