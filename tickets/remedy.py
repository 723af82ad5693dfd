"""How a ticket goes on with the correction that mends it: a rule over verdicts.

Pure: no database, no clock. It looks at what is, not at what happened, so the same news told twice
or in another order leads to the same end.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from releases.validity import Verdict


class Way(StrEnum):
    AWAIT = "await"  # a package brings it, which the customer does not have yet
    IMPORT = "import"  # they have it: the next move is theirs
    SOLVED = "solved"  # it runs there
    NOWHERE = "nowhere"  # no package brings it
    NEEDLESS = "needless"  # this system does not need it
    UNKNOWN = "unknown"  # nobody can tell


WAYS = {
    Verdict.FIX_PLANNED: Way.AWAIT,
    Verdict.RELEASED_NOT_DELIVERED: Way.AWAIT,
    Verdict.DELIVERED_NOT_IMPORTED: Way.IMPORT,
    Verdict.FIXED_BY_PACKAGE: Way.SOLVED,
    Verdict.FIXED_INDIVIDUALLY: Way.SOLVED,
    Verdict.NO_FIX: Way.NOWHERE,
    Verdict.NOT_AFFECTED: Way.NEEDLESS,
    Verdict.NOT_RELEVANT: Way.NEEDLESS,
    Verdict.NOT_ASSESSED: Way.UNKNOWN,
    Verdict.UNKNOWN_INVENTORY: Way.UNKNOWN,
}
# A ticket about several systems goes as the one that is farthest from the solution.
FARTHEST = [Way.NOWHERE, Way.UNKNOWN, Way.AWAIT, Way.IMPORT, Way.SOLVED, Way.NEEDLESS]


class Step(StrEnum):
    STAY = "stay"
    AWAIT = "await"
    IMPORT = "import"
    RESOLVE = "resolve"
    GIVE_BACK = "give_back"  # to the specialist


def farthest(verdicts: Iterable[Verdict]) -> int | None:
    """Which of them decides, by its place; None of none."""
    ways = [FARTHEST.index(WAYS[one]) for one in verdicts]
    return ways.index(min(ways)) if ways else None


def step(way: Way, *, had_package: bool) -> Step:
    """What becomes of a ticket that waits. One that was told of no package loses none."""
    if way in (Way.NOWHERE, Way.NEEDLESS):
        return Step.GIVE_BACK if had_package else Step.STAY
    steps = {Way.AWAIT: Step.AWAIT, Way.IMPORT: Step.IMPORT, Way.SOLVED: Step.RESOLVE}
    return steps.get(way, Step.STAY)


def promised(planned: date | None, before: date | None, today: date) -> date | None:
    """The day we promise. One that has passed is no promise; what was promised before stays one."""
    if planned is not None and planned < today:
        return before
    return planned
