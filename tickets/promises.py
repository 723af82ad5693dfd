"""What we promise per priority: the published defaults of the four clocks, and of closing.

Pure. A day is ten working hours. Priority 1 runs around the clock, the others in the working hours
of the team in charge. Closing counts calendar days; they are those of SAP's automatic confirmation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from supportdesk.worktime.arithmetic import ALWAYS, Calendar
from tickets.clocks import Clock, Terms

HOUR = timedelta(hours=1)
DAY = 10 * HOUR
TIGHTENED = 2  # times as soon, on critical days


@dataclass(frozen=True)
class Pledge:
    """What one priority is promised, and after how long in resolved it closes by itself."""

    targets: dict[Clock, timedelta]
    closes_after: timedelta
    around_the_clock: bool = False


def _published(
    first: timedelta, word: timedelta, solution: timedelta, days: int, **facts: bool
) -> Pledge:
    targets = dict(zip(Clock, (first, word, word, solution), strict=True))
    return Pledge(targets, timedelta(days=days), **facts)


PUBLISHED = {
    1: _published(1 * HOUR, 4 * HOUR, 2 * DAY, 14, around_the_clock=True),
    2: _published(4 * HOUR, 1 * DAY, 4 * DAY, 21),
    3: _published(8 * HOUR, 2 * DAY, 8 * DAY, 45),
    4: _published(16 * HOUR, 4 * DAY, 16 * DAY, 45),
}


def terms(
    priority: int,
    hours: Calendar,
    pledge: Pledge | None = None,
    solution_by: datetime | None = None,
    *,
    is_critical: bool = False,
) -> Terms:
    """The terms of a priority, as published or as pledged; `hours` are those of the team, which
    nobody asks around the clock. On critical days we speak twice as soon.
    """
    pledge = pledge or PUBLISHED[priority]
    targets = _tightened(pledge.targets) if is_critical else pledge.targets
    return Terms(targets, ALWAYS if pledge.around_the_clock else hours, solution_by)


def _tightened(targets: dict[Clock, timedelta]) -> dict[Clock, timedelta]:
    """A solution takes the work it takes; a word does not."""
    return {
        clock: target if clock is Clock.RESOLUTION else target / TIGHTENED
        for clock, target in targets.items()
    }
