"""Which package may follow what runs on a system: levels only rise, and another line begins with
its big release.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import NamedTuple

FIRST = 0  # the level of the big release


class Place(NamedTuple):
    """A level of a line."""

    line: int
    level: int


class Objection(StrEnum):
    NOT_LATER = "not_later"
    FOREIGN_LINE = "foreign_line"
    NOT_THE_FIRST = "not_the_first"


def objection(runs: Place, package: Place, ancestors: Collection[int]) -> Objection | None:
    """Why the package cannot follow what runs. `ancestors`: of the package's line."""
    if runs.line == package.line:
        return None if package.level > runs.level else Objection.NOT_LATER
    if runs.line not in ancestors:
        return Objection.FOREIGN_LINE
    return None if package.level == FIRST else Objection.NOT_THE_FIRST


def ancestors(line: int, parents: Mapping[int, int | None]) -> set[int]:
    """The lines it descends from, however far back."""
    found: set[int] = set()
    above = parents.get(line)
    while above is not None and above not in found:
        found.add(above)
        above = parents.get(above)
    return found
