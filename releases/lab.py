"""Which lab system comes nearest to a customer's: a rule. Pure.

Levels count on one line only; lines are never compared with each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """What a lab system runs."""

    code: str
    line: int
    level: int


@dataclass(frozen=True)
class Near:
    place: Place
    distance: int  # in levels; 0: just as the customer's


def nearest(line: int, level: int, labs: Sequence[Place]) -> Near | None:
    """The one at the smallest distance; of two, the lower: what is fixed later still fails there.

    None where no lab system runs the line.
    """
    near = [Near(one, abs(one.level - level)) for one in labs if one.line == line]
    return min(near, key=lambda one: (one.distance, one.place.level, one.place.code), default=None)
