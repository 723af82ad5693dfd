"""A second opinion on clocks: every minute of a time looked at once, and then only counted.

Shares no line with the desk's own arithmetic; what it knows of a calendar it is told.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from zoneinfo import ZoneInfo

from supportdesk.worktime.arithmetic import ALWAYS
from tests.tickets.test_clocks import Counter
from tickets.clocks import Clock, Figure, Moment, Terms

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE = timedelta(minutes=1)
AHEAD = 110  # days that are looked at


@dataclass(frozen=True)
class Week:
    """The same hours from Monday to Friday, in Berlin, and days on which nobody works."""

    opens: int = 7
    closes: int = 17
    closed: frozenset[date] = frozenset()

    def is_open(self, local: datetime) -> bool:
        works = local.weekday() < 5 and local.date() not in self.closed
        return works and self.opens <= local.hour < self.closes


AROUND_THE_CLOCK = None


@lru_cache(maxsize=60)
def counted(week: Week | None, first: datetime) -> list[int]:
    """How many working minutes have passed before each minute from `first` on."""
    minutes = range(AHEAD * 1440)
    if week is None:
        return list(range(AHEAD * 1440 + 1))
    locals_ = ((first + n * MINUTE).astimezone(BERLIN) for n in minutes)
    return list(accumulate((week.is_open(local) for local in locals_), initial=0))


@dataclass(frozen=True)
class Promised(Terms):
    """Terms whose calendar is a table of minutes."""

    calendar: object = ALWAYS
    table: list[int] = field(default_factory=list, compare=False, repr=False)


def promised(targets: dict[Clock, timedelta], week: Week | None, first: datetime) -> Promised:
    return Promised(targets, table=counted(week, first))


class Minutes(Counter):
    """Counts in the table; moments lie on whole minutes."""

    def __init__(self, terms: Promised, first: datetime) -> None:
        super().__init__(terms)
        self.first = first

    def at(self, moment: datetime) -> int:
        return self.terms.table[(moment - self.first) // MINUTE]

    def stop(self, clock: Clock) -> None:
        spans, target = self.on.pop(clock, None), self.terms.targets.get(clock)
        if spans is not None and target is not None:
            used = sum(self.at(end) - self.at(start) for start, end in spans)
            self.figures[clock].append(Figure(used * MINUTE, target))

    def due(self, clock: Clock, last: datetime) -> datetime | None:
        if clock not in self.on or self.waiting or self.resolved:
            return None
        left = self.terms.targets[clock] // MINUTE
        for start, end in [*self.on[clock], (last, None)]:
            worked = left if end is None else self.at(end) - self.at(start)
            if left <= worked:
                table = self.terms.table
                return self.first + bisect_left(table, self.at(start) + left) * MINUTE
            left -= worked
        raise AssertionError("The last span is open.")

    def read(self, moments: list[Moment]) -> dict[str, tuple]:
        """As the desk stores it: due time, and the longest of what has ended."""
        self.count(moments)
        found = {}
        for clock in Clock:
            longest = max(self.figures[clock], key=lambda figure: figure.used, default=None)
            ended = (longest.used, longest.target) if longest else (None, None)
            found[clock.value] = (self.due(clock, moments[-1].at), *ended)
        return found


def utc(*when: int) -> datetime:
    return datetime(*when, tzinfo=BERLIN).astimezone(UTC)
