"""Calendar rows as values for the arithmetic, with the public holidays of the federal state."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

import holidays as public

from supportdesk.worktime import arithmetic
from supportdesk.worktime.arithmetic import Blocks
from supportdesk.worktime.models import Calendar, CalendarVersion

Special = tuple[tuple[date, bool, Blocks], ...]
NAME_LENGTH = 32
# What stands behind the name of each version this process has made.
FACTS: dict[str, dict[str, Any]] = {
    arithmetic.ALWAYS.version: {"zone": "UTC", "weekly": arithmetic.ALWAYS.weekly}
}


def of(row: Calendar) -> arithmetic.Calendar:
    """The calendar as the rules read it. Two queries; keep it for as long as one piece of work."""
    weekly: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for hours in row.hours.all():
        weekly[hours.weekday].append((hours.opens_minute, hours.closes_minute))
    special = tuple(
        (special.day, special.yearly, tuple((span.lower, span.upper) for span in special.hours))
        for special in row.special_days.all()
    )
    blocks = tuple(tuple(sorted(day)) for day in weekly)
    return _made(row.zone, blocks, special, row.state, row.regional_days)


def keep(versions: Iterable[str]) -> None:
    """Store the facts behind these versions, for whoever asks later by what a figure was measured.

    Versions are named by their facts, so a known one is the same one.
    """
    rows = [
        CalendarVersion(name=name, facts=FACTS[name]) for name in sorted(versions) if name in FACTS
    ]
    if rows:
        CalendarVersion.objects.bulk_create(rows, ignore_conflicts=True)


def _named(facts: dict[str, Any]) -> str:
    name = sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:NAME_LENGTH]
    FACTS[name] = facts
    return name


@lru_cache(maxsize=100)
def _made(
    zone: str, blocks: tuple[Blocks, ...], special: Special, state: str, regional: bool
) -> arithmetic.Calendar:
    """One value for equal facts, so that the days of a year are summed once and not per ticket."""
    days_off = [[day.isoformat(), yearly, spans] for day, yearly, spans in sorted(special)]
    facts = {"zone": zone, "weekly": blocks, "special": days_off}
    version = _named({**facts, "state": state, "regional": regional})
    once = {day: spans for day, yearly, spans in special if not yearly}
    each_year = {(day.month, day.day): spans for day, yearly, spans in special if yearly}

    def different(year: int) -> Mapping[date, Blocks]:
        days: dict[date, Blocks] = dict.fromkeys(public_holidays(state, year, regional), ())
        days |= {day: spans for key, spans in each_year.items() if (day := _date(year, *key))}
        return days | {day: spans for day, spans in once.items() if day.year == year}

    return arithmetic.Calendar(ZoneInfo(zone), blocks, different, version)


@lru_cache(maxsize=500)
def public_holidays(state: str, year: int, regional: bool = False) -> frozenset[date]:
    """Statutory holidays of a federal state; none without a state.

    `regional` adds what holds in Catholic municipalities only, by the library's own category.
    """
    if not state:
        return frozenset()
    kinds = (public.PUBLIC, public.CATHOLIC) if regional else (public.PUBLIC,)
    return frozenset(public.country_holidays("DE", subdiv=state, years=year, categories=kinds))


def _date(year: int, month: int, number: int) -> date | None:
    """29 February only where there is one."""
    try:
        return date(year, month, number)
    except ValueError:
        return None
