"""What a customer has of a package, as one word for a cell of a matrix: a rule. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Stand(StrEnum):
    """In the order they are tried: the first that fits."""

    NOTHING = "nothing"
    FAILED = "failed"
    IMPORTED = "imported"
    PARTLY = "partly"
    PLANNED = "planned"
    DELIVERED = "delivered"
    PREPARED = "prepared"


@dataclass(frozen=True)
class Place:
    """A customer's system on the line. `level` is None where nobody has said lately what runs."""

    system: int
    level: int | None


@dataclass(frozen=True)
class Cell:
    stand: Stand
    has: int  # so many of their systems are known to run it
    of: int


def cell(
    level: int,
    places: Sequence[Place],
    given: bool | None,
    failed: Collection[int],
    planned: Collection[int],
) -> Cell:
    """`given`: delivered, or False: prepared only; None: neither. `failed` and `planned` are the
    systems whose last import of this package ended so. Levels are cumulative, so a higher one has
    it; a system that is not known never counts as having it.
    """
    lacking = [one.system for one in places if one.level is None or one.level < level]
    has = len(places) - len(lacking)
    return Cell(_stand(lacking, has, given, failed, planned), has, len(places))


def _stand(
    lacking: Sequence[int],
    has: int,
    given: bool | None,
    failed: Collection[int],
    planned: Collection[int],
) -> Stand:
    if not has and given is None:
        return Stand.NOTHING
    if any(one in failed for one in lacking):
        return Stand.FAILED
    if has:
        return Stand.PARTLY if lacking else Stand.IMPORTED
    if any(one in planned for one in lacking):
        return Stand.PLANNED
    return Stand.DELIVERED if given else Stand.PREPARED
