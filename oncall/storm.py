"""When a storm of alarms is over, so that its digest may go out.

Pure: no database, no clock. Only alarms that were counted on an open page are in a storm: the
first one has called people by itself, at once.
"""

from __future__ import annotations

from datetime import datetime, timedelta

QUIET = timedelta(minutes=10)
LONGEST = timedelta(hours=1)  # a storm that does not end is told of every hour


def is_over(now: datetime, since: datetime, last: datetime) -> bool:
    """`since` its first and `last` its latest counted alarm."""
    return now - last >= QUIET or now - since >= LONGEST
