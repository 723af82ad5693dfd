"""Calendar rows as values for the arithmetic, with the public holidays of the federal state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from supportdesk.worktime import arithmetic
from supportdesk.worktime.arithmetic import Blocks
from supportdesk.worktime.models import Calendar


def of(row: Calendar) -> arithmetic.Calendar:
    """The calendar as the rules read it. Two queries; keep it for as long as one piece of work."""
    weekly: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for hours in row.hours.all():
        weekly[hours.weekday].append((hours.opens_minute, hours.closes_minute))
    once = {holiday.day for holiday in row.holidays.all() if not holiday.yearly}
    again = {
        (holiday.day.month, holiday.day.day) for holiday in row.holidays.all() if holiday.yearly
    }

    def different(year: int) -> Mapping[date, Blocks]:
        own = {day for day in once if day.year == year}
        yearly = {day for month, number in again if (day := _date(year, month, number))}
        return dict.fromkeys(own | yearly | public_holidays(row.state, year), ())

    blocks = tuple(tuple(sorted(day)) for day in weekly)
    return arithmetic.Calendar(ZoneInfo(row.zone), blocks, different)


@lru_cache(maxsize=500)
def public_holidays(state: str, year: int) -> frozenset[date]:
    """Statutory holidays of a federal state; none without a state."""
    if not state:
        return frozenset()
    return frozenset(holidays.country_holidays("DE", subdiv=state, years=year))


def _date(year: int, month: int, number: int) -> date | None:
    """29 February only where there is one."""
    try:
        return date(year, month, number)
    except ValueError:
        return None
