"""From which day to which day a report looks, in calendar days of the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
KINDS = ["month", "last_month", "quarter", "year", "custom"]


@dataclass(frozen=True)
class Period:
    """From the first day to before `until`."""

    since: date
    until: date

    @property
    def last(self) -> date:
        return self.until - ONE_DAY


def of(kind: str, today: date, first: date | None = None, last: date | None = None) -> Period:
    """One of KINDS, up to today; `custom` has a first and a last day, swapped where need be."""
    if kind == "custom" and first and last:
        return Period(min(first, last), max(first, last) + ONE_DAY)
    month = today.replace(day=1)
    if kind == "last_month":
        return Period((month - ONE_DAY).replace(day=1), month)
    starts = {
        "month": month,
        "year": today.replace(month=1, day=1),
    }
    quarter = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    return Period(starts.get(kind, quarter), today + ONE_DAY)
