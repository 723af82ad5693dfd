"""When a promise that runs out reaches the next level: a rule over what a clock has used up.

Pure. A level is passed when so much of the clock's target, in hundredths of its working time, is
used up; below 100 is before the deadline, above it after. Each is passed once per promise: a new
exchange is a new promise. What was passed unseen, as when a priority is raised, is one notice
(Zammad and OTRS fire once per deadline, GLPI once per level and loses those passed in between).

A level may also take the ticket away from whoever let the promise pass it in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tickets.clocks import Clock, Reading

A_CHANCE = 25  # hundredths of the target that somebody must have had it for, to have been silent


@dataclass(frozen=True)
class Threshold:
    """At so many hundredths of this clock's target the ticket is on this level."""

    clock: Clock
    share: int
    level: int
    takes_away: bool = False


@dataclass(frozen=True)
class Passing:
    """A threshold of one promise, which began `since`, and when it is passed.

    Whoever has the ticket only from after `fair_until` on had no chance to keep the promise.
    """

    threshold: Threshold
    since: datetime
    at: datetime
    fair_until: datetime

    @property
    def key(self) -> tuple[Clock, int, datetime]:
        return self.threshold.clock, self.threshold.share, self.since


def passings(readings: Mapping[Clock, Reading], thresholds: Iterable[Threshold]) -> list[Passing]:
    """When each threshold of the running clocks is passed, the earliest first."""
    found = []
    for threshold in thresholds:
        run = readings[threshold.clock].run
        if run is not None:
            at = run.instant(run.target * threshold.share / 100)
            fair = run.target * max(0, threshold.share - A_CHANCE) / 100
            found.append(Passing(threshold, run.since, at, run.instant(fair)))
    return sorted(found, key=lambda passing: (passing.at, passing.threshold.level))


def news(
    found: Iterable[Passing], known: set[tuple[Clock, int, datetime]], at: datetime
) -> list[Passing]:
    """Those passed by now that nobody was told of."""
    return [passing for passing in found if passing.at <= at and passing.key not in known]


def taking_away(passed: Iterable[Passing], assigned_at: datetime) -> Passing | None:
    """The one that takes the ticket from whoever has had it since then; None for no fault of
    theirs.
    """
    silent = (one for one in passed if one.threshold.takes_away and assigned_at <= one.fair_until)
    return max(silent, key=lambda one: one.at, default=None)


def next_after(found: Iterable[Passing], at: datetime) -> datetime | None:
    """When to look again; None while nothing comes."""
    return min((passing.at for passing in found if passing.at > at), default=None)
