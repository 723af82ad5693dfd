"""What a system has of a correction: ten verdicts from levels alone, never from dates.

Levels are whole numbers on one line; lines are never compared with each other. The algorithm for
one line is that of the OSV schema (introduced, fixed), the words follow SAP's SNOTE where it has
one. `releases/verdicts.py` says the same in SQL for many systems at once; a test holds both
together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

Interval = tuple[int, int | None]  # affected from, fixed in; None: no fix known


class Verdict(StrEnum):
    """In the order they are tried: the first that fits."""

    UNKNOWN_INVENTORY = "unknown_inventory"
    NOT_RELEVANT = "not_relevant"
    FIXED_INDIVIDUALLY = "fixed_individually"
    NOT_ASSESSED = "not_assessed"
    FIXED_BY_PACKAGE = "fixed_by_package"
    NOT_AFFECTED = "not_affected"
    DELIVERED_NOT_IMPORTED = "delivered_not_imported"
    RELEASED_NOT_DELIVERED = "released_not_delivered"
    FIX_PLANNED = "fix_planned"
    NO_FIX = "no_fix"


@dataclass(frozen=True)
class Offer:
    """A package of the installed line that is not withdrawn, as one customer has it."""

    level: int
    released: bool = False
    delivered: bool = False  # to this customer, who may import it


@dataclass(frozen=True)
class Facts:
    known: bool  # an inventory was reported, and lately enough
    level: int | None  # installed; None: the product is not
    intervals: Sequence[Interval] | None  # on the installed line; None: nobody has assessed it
    relevant: bool = True  # the correction's module is in use
    applied: bool = False  # brought in by itself
    offers: Sequence[Offer] = ()


@dataclass(frozen=True)
class Finding:
    """The verdict with the numbers it came from."""

    verdict: Verdict
    since: int | None = None  # the interval that holds the level, or the last one behind it
    fixed_in: int | None = None
    import_level: int | None = None  # the package to import, wait for or ask for


def is_affected(intervals: Sequence[Interval], level: int) -> bool:
    return any(low <= level and (high is None or level < high) for low, high in intervals)


def judge(facts: Facts) -> Finding:
    if (silent := _without_levels(facts)) or facts.level is None or facts.intervals is None:
        return Finding(silent or Verdict.NOT_RELEVANT)
    begun = [one for one in joined(facts.intervals) if one[0] <= facts.level]
    if not begun:
        return Finding(Verdict.NOT_AFFECTED)
    since, fixed_in = begun[-1]
    if fixed_in is not None and fixed_in <= facts.level:
        return Finding(Verdict.FIXED_BY_PACKAGE, since, fixed_in)
    fix = fix_of(facts.intervals, fixed_in, facts.offers)
    return Finding(_remedy(fix), since, fixed_in, fix.level if fix else None)


def _without_levels(facts: Facts) -> Verdict | None:
    """What stands before any level is compared."""
    if not facts.known:
        return Verdict.UNKNOWN_INVENTORY
    if facts.level is None or not facts.relevant:
        return Verdict.NOT_RELEVANT
    if facts.applied:
        return Verdict.FIXED_INDIVIDUALLY
    return Verdict.NOT_ASSESSED if facts.intervals is None else None


def joined(intervals: Sequence[Interval]) -> list[Interval]:
    """In order, those that touch made one: fixed in 4 and back in 4 is affected all along."""
    found: list[Interval] = []
    for low, high in sorted(intervals, key=lambda one: one[0]):
        if found and found[-1][1] == low:
            found[-1] = (found[-1][0], high)
        else:
            found.append((low, high))
    return found


def fix_of(
    intervals: Sequence[Interval], fixed_in: int | None, offers: Sequence[Offer]
) -> Offer | None:
    """The package that mends it: delivered before released before planned, then the lowest."""
    if fixed_in is None:
        return None
    fits = [
        one for one in offers if one.level >= fixed_in and not is_affected(intervals, one.level)
    ]
    return min(fits, key=lambda one: (not one.delivered, not one.released, one.level), default=None)


def _remedy(fix: Offer | None) -> Verdict:
    if fix is None:
        return Verdict.NO_FIX
    if fix.delivered:
        return Verdict.DELIVERED_NOT_IMPORTED
    return Verdict.RELEASED_NOT_DELIVERED if fix.released else Verdict.FIX_PLANNED


class Return(StrEnum):
    """What a new report about something resolved is."""

    REGRESSION = "regression"
    OLDER_COPY = "older_copy"  # from a level that does not have the fix yet
    NOT_RESOLVED = "not_resolved"


def came_back(fixed_in: int | None, reported_from: int | None, *, later: bool = False) -> Return:
    """Whether a report from a level of the same line tells of a regression.

    Equality is one: that level has the fix. With `later` the fix came in some level after
    `fixed_in`. Without a level it counts as older. After Sentry's group resolution, but by levels
    only: its dates are the source of its false alarms.
    """
    if fixed_in is None:
        return Return.NOT_RESOLVED
    if reported_from is None or reported_from < fixed_in + later:
        return Return.OLDER_COPY
    return Return.REGRESSION
