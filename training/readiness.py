"""How many of a customer's people are trained on a release before it is imported."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from releases.models import Line
from training.models import Enrolment, SessionState, State


@dataclass(frozen=True)
class Ready:
    trained: int = 0
    booked: int = 0  # with a seat to come, and not trained yet


def of(line: Line, organisations: list[int]) -> dict[int, Ready]:
    """By organisation: people, each once, in courses that accompany the release. One query."""
    rows = Enrolment.objects.filter(session__course__line=line, organisation__in=organisations)
    came = Q(state=State.ATTENDED)
    comes = Q(state=State.BOOKED, session__state=SessionState.OPEN)
    came_already = Enrolment.objects.filter(
        session__course__line=line, state=State.ATTENDED
    ).values("person")
    found = (
        rows.order_by()
        .values("organisation")
        .annotate(
            trained=Count("person", distinct=True, filter=came),
            booked=Count("person", distinct=True, filter=comes & ~Q(person__in=came_already)),
        )
    )
    return {row["organisation"]: Ready(row["trained"], row["booked"]) for row in found}


def people(line: Line, organisations: list[int]) -> list[Enrolment]:
    """Who of them is trained, or has a seat to come."""
    rows = Enrolment.objects.filter(session__course__line=line, organisation__in=organisations)
    comes = Q(state=State.BOOKED, session__state=SessionState.OPEN)
    return list(
        rows.filter(Q(state=State.ATTENDED) | comes).for_lists().order_by("person__name", "pk")
    )
