"""Arrivals as a map: a row per weekday, a square per hour, the darker the more came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.dates import WEEKDAYS as WEEKDAY_NAMES
from django.utils.dates import WEEKDAYS_ABBR

from tickets import arrivals
from tickets.arrivals import Arrivals

LEFT, TOP, ROW = 34, 20, 28  # margins and row height, in SVG units
WIDTH = 1022


@dataclass(frozen=True)
class Square:
    """One hour of one weekday in the heat map, placed."""

    x: int
    y: int
    width: int
    shade: int
    count: int
    weekday: str
    hour: int

    @property
    def middle(self) -> int:
        return self.x + self.width // 2

    @property
    def baseline(self) -> int:
        return self.y + 17

    @property
    def dark(self) -> bool:
        return self.shade >= arrivals.RAMP - 1


def shown(found: Arrivals) -> dict[str, Any]:
    """What `tickets/_heat.html` draws and lists."""
    return {"arrivals": found, "heat": _placed(found), "peak": _named(found.peak)}


def _placed(found: Arrivals) -> list[tuple[str, list[Square]]]:
    """Rows of placed squares, Monday first."""
    if not found.hours:
        return []
    step = (WIDTH - LEFT) // len(found.hours)
    return [
        (
            str(WEEKDAYS_ABBR[day - 1]),
            [
                Square(
                    x=LEFT + column * step,
                    y=TOP + (day - 1) * ROW,
                    width=step - 2,
                    shade=found.shade(day, hour),
                    count=found.at(day, hour),
                    weekday=str(WEEKDAY_NAMES[day - 1]),
                    hour=hour,
                )
                for column, hour in enumerate(found.hours)
            ],
        )
        for day in arrivals.WEEKDAYS
    ]


def _named(peak: tuple[int, int] | None) -> dict[str, Any]:
    if peak is None:
        return {}
    day, hour = peak
    return {"weekday": str(WEEKDAY_NAMES[day - 1]), "hour": hour, "until": hour + 1}
