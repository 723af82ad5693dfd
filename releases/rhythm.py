"""Whether the plan keeps the rhythm: two big releases a year, support packages every four to five
weeks. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

# Days from one support package to the next, and from one big release to the next, both included.
SUPPORT = (28, 35)
RELEASE = (154, 210)  # 22 to 30 weeks: half a year, four weeks to either side


class Break(StrEnum):
    TOO_SOON = "too_soon"
    TOO_LATE = "too_late"
    OUT_OF_ORDER = "out_of_order"  # a later level on an earlier day, or on the same


@dataclass(frozen=True)
class Step:
    """A package and the day it came or is to come. Level 0 is the big release."""

    package: int
    line: int
    level: int
    day: date


@dataclass(frozen=True)
class Broken:
    kind: Break
    step: Step
    before: Step
    least: int
    most: int

    @property
    def days(self) -> int:
        return (self.step.day - self.before.day).days


def warnings(steps: Iterable[Step]) -> list[Broken]:
    """By day. Where a level is missing in between, the day of nobody is judged."""
    found = list(steps)
    lines = sorted({one.line for one in found})
    pairs = [pair for line in lines for pair in _levels(one for one in found if one.line == line)]
    broken = [_judged(before, step, SUPPORT) for before, step in pairs]
    releases = sorted((one for one in found if one.level == 0), key=lambda one: one.day)
    broken += [_judged(before, step, RELEASE) for before, step in pairwise(releases)]
    return sorted(filter(None, broken), key=lambda one: (one.step.day, one.step.package))


def _levels(steps: Iterable[Step]) -> Iterator[tuple[Step, Step]]:
    """Each level with the one right below it."""
    in_order = sorted(steps, key=lambda one: one.level)
    return ((a, b) for a, b in pairwise(in_order) if b.level == a.level + 1)


def _judged(before: Step, step: Step, within: tuple[int, int]) -> Broken | None:
    least, most = within
    days = (step.day - before.day).days
    if least <= days <= most:
        return None
    kind = Break.TOO_LATE if days > most else Break.TOO_SOON if days > 0 else Break.OUT_OF_ORDER
    return Broken(kind, step, before, least, most)
