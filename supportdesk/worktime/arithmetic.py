"""Working time as arithmetic: when is it due, how much has passed, when does it open.

Pure: no database, no clock. Elapsed seconds, not wall clock, across clock changes; a local time
that happens twice means its first occurrence, one that is skipped the first instant after the gap.
Time used up exactly at closing is due at closing (RT's rule; Zammad would say the next opening).
Days are summed once a year and then found by bisection, so two years cost about as much as a day.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import accumulate
from typing import Protocol
from zoneinfo import ZoneInfo

Blocks = tuple[tuple[int, int], ...]  # minutes after local midnight, 1440 is the next midnight
DAY = 1440
FURTHEST = 400  # years: the calendar repeats, so a calendar closed this long never opens


class Closed(ValueError):
    """The calendar never opens again, so no working time ever passes on it."""


class Holidays(Protocol):
    def __call__(self, year: int) -> Mapping[date, Blocks]:
        """The days of this year that differ, each with the blocks it has instead; () is closed."""


def no_holidays(year: int) -> Mapping[date, Blocks]:
    return {}


@dataclass(frozen=True)
class Calendar:
    """Weekly blocks in a zone, Monday first, and the days that differ. `version` names these facts.

    Raises ValueError for blocks that are empty, overlap, or do not lie within their day.
    """

    zone: ZoneInfo
    weekly: tuple[Blocks, ...]
    different: Holidays = no_holidays
    version: str = field(default="", compare=False)
    _years: dict[int, _Year] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.weekly) != 7:
            raise ValueError("A week has seven days.")
        for blocks in self.weekly:
            check(blocks)

    def year(self, number: int) -> _Year:
        if number not in self._years:
            self._years[number] = _Year(self, number)
        return self._years[number]


def check(blocks: Blocks) -> None:
    """Raise ValueError unless the blocks of a day follow each other and lie within it."""
    edges = [edge for block in blocks for edge in block]
    if any(start >= end for start, end in blocks) or edges != sorted(edges):
        raise ValueError(f"Blocks must follow each other: {blocks}")
    if edges and not (edges[0] >= 0 and edges[-1] <= DAY):
        raise ValueError(f"Blocks must lie within a day: {blocks}")


ALWAYS = Calendar(ZoneInfo("UTC"), (((0, DAY),),) * 7, version="always")


def add(calendar: Calendar, start: datetime, working_time: timedelta) -> datetime:
    """The instant when `working_time` after `start` is used up, in UTC.

    No time at all is due at once when open, else at the next opening. Raises Closed for a calendar
    that does not open, ValueError for a negative length.
    """
    if working_time < timedelta(0):
        raise ValueError("Working time does not run backwards.")
    if not working_time:
        return next_opening(calendar, start)
    target = _position(calendar, start) + working_time
    day = start.astimezone(calendar.zone).date()
    year, before = day.year, timedelta(0)
    for number in range(year, year + FURTHEST):
        total = before + calendar.year(number).total
        if target <= total:
            return calendar.year(number).instant(target - before)
        before = total
    raise Closed("This calendar never opens again.")


def between(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """The working time from `start` to `end`; none for a swapped span."""
    if end <= start:
        return timedelta(0)
    first, last = (at.astimezone(calendar.zone).year for at in (start, end))
    years = sum((calendar.year(number).total for number in range(first, last)), timedelta(0))
    return years + _position(calendar, end) - _position(calendar, start)


def next_opening(calendar: Calendar, start: datetime) -> datetime:
    """The first working instant at or after `start`, in UTC; exactly at closing it is closed."""
    moment = timedelta.resolution
    return add(calendar, start, moment) - moment


def is_open(calendar: Calendar, at: datetime) -> bool:
    day = at.astimezone(calendar.zone).date()
    return any(opens <= at < closes for opens, closes in calendar.year(day.year).spans_of(day))


def _position(calendar: Calendar, at: datetime) -> timedelta:
    """The working time from the beginning of the local year to `at`."""
    day = at.astimezone(calendar.zone).date()
    year = calendar.year(day.year)
    so_far = year.before(day)
    for opens, closes in year.spans_of(day):
        so_far += max(timedelta(0), min(at, closes) - opens)
    return so_far


class _Year:
    """One local year of a calendar: the working time of its days, summed up from the first."""

    def __init__(self, calendar: Calendar, number: int) -> None:
        self.zone, self.weekly = calendar.zone, calendar.weekly
        self.different = calendar.different(number)
        for blocks in self.different.values():
            check(blocks)
        self.first = date(number, 1, 1)
        self.length = (date(number + 1, 1, 1) - self.first).days

    @cached_property
    def sums(self) -> list[timedelta]:
        """Working time of all days before the nth; the last one is the whole year's."""
        days = (self.first + timedelta(days=n) for n in range(self.length))
        lengths = (self._length(day) for day in days)
        return list(accumulate(lengths, initial=timedelta(0)))

    @property
    def total(self) -> timedelta:
        return self.sums[-1]

    def before(self, day: date) -> timedelta:
        return self.sums[(day - self.first).days]

    def instant(self, position: timedelta) -> datetime:
        """When so much of the year's working time (more than none) is used up."""
        n = bisect_left(self.sums, position) - 1
        left = position - self.sums[n]
        for opens, closes in self.spans_of(self.first + timedelta(days=n)):
            if left <= closes - opens:
                return opens + left
            left -= closes - opens
        raise AssertionError("The day is as long as its sum says.")

    def spans_of(self, day: date) -> list[tuple[datetime, datetime]]:
        """The blocks of a local day as spans of instants in UTC."""
        return [
            (instant(day, opens, self.zone), instant(day, closes, self.zone))
            for opens, closes in self._blocks(day)
        ]

    def _blocks(self, day: date) -> Blocks:
        return self.different.get(day, self.weekly[day.weekday()])

    def _length(self, day: date) -> timedelta:
        blocks = self._blocks(day)
        midnights = (datetime.combine(day + timedelta(days=n), time(), self.zone) for n in (0, 1))
        if len({midnight.utcoffset() for midnight in midnights}) == 1:
            return timedelta(minutes=sum(closes - opens for opens, closes in blocks))
        return sum((end - start for start, end in self.spans_of(day)), timedelta(0))


def instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """A local time of day as an instant in UTC."""
    return resolve(datetime.combine(day, time()) + timedelta(minutes=minute), zone)


def resolve(local: datetime, zone: ZoneInfo) -> datetime:
    """A local wall time without a zone as an instant in UTC: the first occurrence of an ambiguous
    one, the first instant after the gap (to the second) for one that is skipped.
    """
    first = local.replace(tzinfo=zone).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == local:
        return first
    return _after_gap(local.replace(tzinfo=zone, fold=1).astimezone(UTC), first, zone)


def _after_gap(early: datetime, late: datetime, zone: ZoneInfo) -> datetime:
    """The clock change between two instants around a skipped local time, to the second."""
    before = early.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late
