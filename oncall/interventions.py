"""When somebody on call worked: from taking a page until it left their hand.

Pure. A page may go from hand to hand, so its timeline says it, not where the page stands now.
Instants carry their zone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from oncall.spans import Span

REST = timedelta(hours=11)  # uninterrupted, after any work (§ 5 (1) ArbZG)


class Turn(Enum):
    TAKEN = auto()
    LEFT = auto()


@dataclass(frozen=True)
class Moved:
    """A page came into a hand, or left the one it was in; `person` counts for TAKEN alone."""

    turn: Turn
    at: datetime
    person: int | None = None


@dataclass(frozen=True)
class Worked:
    person: int
    span: Span
    is_running: bool = False

    @property
    def rests_until(self) -> datetime:
        return self.span.end + REST


def worked(timeline: Iterable[Moved], now: datetime) -> list[Worked]:
    """One page's times of work, oldest first; what is still in hand runs until now."""
    found: list[Worked] = []
    taken: tuple[int, datetime] | None = None
    for moved in timeline:
        if taken and moved.at > taken[1]:
            found.append(Worked(taken[0], Span(taken[1], moved.at)))
        taken = None
        if moved.turn is Turn.TAKEN and moved.person is not None:
            taken = moved.person, moved.at
    if taken and now > taken[1]:
        found.append(Worked(taken[0], Span(taken[1], now), is_running=True))
    return found


def minutes(spans: Iterable[Span]) -> int:
    """Begun minutes count; of two pages at once the time counts once, so give merged spans."""
    whole = sum((span.end - span.start for span in spans), timedelta())
    return -(-whole // timedelta(minutes=1))
