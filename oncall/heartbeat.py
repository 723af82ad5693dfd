"""When a job must have reported, and which of its beats a report answers.

Pure: no database, no clock. A beat is a local day; its deadline is a time on the job's own wall
clock, so that it stands at 05:00 through clock changes (an ambiguous time is its first occurrence,
a missing one the first instant after the gap).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from supportdesk.worktime.arithmetic import resolve

DAY = timedelta(days=1)
LONGEST_GRACE = timedelta(hours=3)
# A report counts for the deadline within so many hours. With the grace less than a day, so that
# no report answers two beats: 23 hours is the shortest one.
LONGEST_EARLY = timedelta(hours=19)


@dataclass(frozen=True)
class Expected:
    """On these weekdays (0 is Monday) a report by `by`, at most `early` before it."""

    zone: ZoneInfo
    by: time
    weekdays: frozenset[int]
    grace: timedelta = timedelta()
    early: timedelta = timedelta(hours=12)

    def deadline(self, day: date) -> datetime:
        return resolve(datetime.combine(day, self.by), self.zone)

    def limit(self, day: date) -> datetime:
        """From this instant on the beat is missed."""
        return self.deadline(day) + self.grace

    def opens(self, day: date) -> datetime:
        """A report from this instant on answers the beat."""
        return self.deadline(day) - self.early


def first(expected: Expected, now: datetime) -> date:
    """The first beat that can still be answered in time."""
    day = now.astimezone(expected.zone).date() - 2 * DAY  # a grace may pass midnight
    day = following(expected, day)
    while expected.limit(day) <= now:
        day = following(expected, day)
    return day


def following(expected: Expected, day: date) -> date:
    """The next beat after this day."""
    day += DAY
    while day.weekday() not in expected.weekdays:
        day += DAY
    return day


def answered(expected: Expected, awaited: date, at: datetime) -> date:
    """The beat awaited once a report came: one that is early answers none, a late one no other."""
    while expected.opens(awaited) <= at:
        awaited = following(expected, awaited)
    return awaited


def missed(expected: Expected, awaited: date, now: datetime) -> tuple[date, date]:
    """The last beat that was missed, and the one awaited then. After a silence of the desk itself
    those in between call nobody: they are over.
    """
    then = following(expected, awaited)
    while expected.limit(then) <= now:
        awaited, then = then, following(expected, then)
    return awaited, then
