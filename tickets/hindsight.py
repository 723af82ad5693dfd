"""What the present rule would have answered in situations of the past, and whether it fits better.

Each decision is asked again for itself, with everything it saw then: what a different answer would
have changed for later tickets stays out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tickets import routing
from tickets.models import RoutingDecision

AT_A_TIME = 1000


@dataclass(frozen=True)
class Second:
    """One decision and the present rule's answer to the same situation."""

    module: str
    then: int | None  # who was chosen, if anybody was
    now: int | None
    in_the_end: int | None  # who has the ticket, or solved it


@dataclass
class Tally:
    decisions: int = 0
    other_person: int = 0
    found_now: int = 0  # nobody then, somebody now
    nobody_now: int = 0
    fitted_then: int = 0  # chosen whoever had it in the end
    fits_now: int = 0

    def count(self, one: Second) -> None:
        self.decisions += 1
        if one.then != one.now:
            self.found_now += one.then is None
            self.nobody_now += one.now is None
            self.other_person += one.then is not None and one.now is not None
        self.fitted_then += one.then is not None and one.then == one.in_the_end
        self.fits_now += one.now is not None and one.now == one.in_the_end

    @property
    def changed(self) -> int:
        return self.other_person + self.found_now + self.nobody_now

    def share(self, part: int) -> float:
        return 100 * part / self.decisions if self.decisions else 0.0


def count(since: datetime) -> int:
    return RoutingDecision.objects.filter(at__gte=since).count()


def asked_again(since: datetime) -> Iterator[Second | None]:
    """Oldest first; None for a decision whose situation the present rule cannot read any more."""
    rows = RoutingDecision.objects.filter(at__gte=since).order_by("at", "pk")
    facts = rows.values_list("situation", "chosen", "ticket__assignee", "ticket__module__name")
    for situation, then, in_the_end, module in facts.iterator(AT_A_TIME):
        yield _asked(situation, module, then, in_the_end)


def _asked(situation: Any, module: str, then: int | None, in_the_end: int | None) -> Second | None:
    try:
        seen = routing.Situation.from_json(situation)
    except (KeyError, TypeError, ValueError):
        return None
    return Second(module, then, routing.decide(seen).chosen, in_the_end)
