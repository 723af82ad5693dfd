"""What we promise per priority: the published defaults of the four clocks.

Pure. A day is ten working hours. Priority 1 runs around the clock, the others in the working hours
of the team in charge.
"""

from __future__ import annotations

from datetime import timedelta

from supportdesk.worktime.arithmetic import ALWAYS, Calendar
from tickets.clocks import Clock, Terms

HOUR = timedelta(hours=1)
DAY = 10 * HOUR
AROUND_THE_CLOCK = {1}
# By priority: first response, answer, next word, resolution.
PROMISED = {
    1: (1 * HOUR, 4 * HOUR, 4 * HOUR, 2 * DAY),
    2: (4 * HOUR, 1 * DAY, 1 * DAY, 4 * DAY),
    3: (8 * HOUR, 2 * DAY, 2 * DAY, 8 * DAY),
    4: (16 * HOUR, 4 * DAY, 4 * DAY, 16 * DAY),
}


def terms(priority: int, hours: Calendar) -> Terms:
    """The terms of a priority; `hours` are those of the team, which priority 1 does not ask."""
    targets = dict(zip(Clock, PROMISED[priority], strict=True))
    return Terms(targets, ALWAYS if priority in AROUND_THE_CLOCK else hours)
