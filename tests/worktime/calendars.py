"""Calendars as the cases write them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from supportdesk.worktime.arithmetic import Blocks, Calendar
from tests.cases import day

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def minute(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def calendar(told: dict[str, Any]) -> Calendar:
    holidays = {day(text) for text in told.get("holidays", [])}
    yearly = [text.split("-") for text in told.get("yearly_holidays", [])]

    def different(year: int) -> Mapping[date, Blocks]:
        again = {date(year, int(month), int(number)) for month, number in yearly}
        return {closed: () for closed in again | holidays if closed.year == year}

    weekly = tuple(
        tuple((minute(opens), minute(closes)) for opens, closes in told["weekly"].get(name, []))
        for name in WEEKDAYS
    )
    return Calendar(ZoneInfo(told["tz"]), weekly, different)
