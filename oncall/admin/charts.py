"""Bars of each person's load, placed for an SVG."""

from __future__ import annotations

from dataclasses import dataclass

from oncall.check import Shared
from oncall.fairness import HOLIDAY, NIGHT, WEEKEND_DAY, Load
from supportdesk.accounts.models import User

ROW, LEFT, FULL = 26, 150, 420  # a person's row, where bars begin, and the longest


@dataclass(frozen=True)
class Part:
    x: float
    width: float
    series: int


@dataclass(frozen=True)
class Bar:
    row: int
    person: User
    load: Load
    parts: list[Part]

    @property
    def y(self) -> int:
        return self.row * ROW + 4

    @property
    def baseline(self) -> int:
        return self.row * ROW + 16


@dataclass(frozen=True)
class Chart:
    """`mean` is where the line of the mean stands."""

    shared: Shared
    bars: list[Bar]
    mean: float

    @property
    def height(self) -> int:
        return len(self.bars) * ROW


def chart(shared: Shared) -> Chart:
    most = max(load.points for _person, load in shared.loads)
    unit = FULL / most if most else 0.0
    found = [
        Bar(row, person, load, _parts(load, unit))
        for row, (person, load) in enumerate(shared.loads)
    ]
    return Chart(shared, found, round(LEFT + shared.mean * unit, 1))


def _parts(load: Load, unit: float) -> list[Part]:
    x, parts = float(LEFT), []
    weighed = [load.nights * NIGHT, load.weekend_days * WEEKEND_DAY, load.holidays * HOLIDAY]
    for series, points in enumerate(weighed, 1):
        if points:
            parts.append(Part(round(x, 1), round(points * unit - 1.5, 1), series))
            x += points * unit
    return parts
