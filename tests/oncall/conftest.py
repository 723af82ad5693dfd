"""A schedule of the team, with sam, lea and dev to take turns by the week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from oncall import actions
from oncall.models import Duty, Rotation, Schedule
from oncall.spans import Span
from supportdesk.accounts.models import User

BERLIN = "Europe/Berlin"


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def schedule(team) -> Schedule:
    return Schedule.objects.create(name="Leistungen", team=team)


@pytest.fixture
def weekly(schedule, sam, lea, dev) -> Rotation:
    """Since the Monday before last, handing off at nine."""
    return turns(schedule, [[sam], [lea], [dev]], by=lea)


def last_monday(schedule: Schedule, weeks: int = 0) -> datetime:
    """The hand-off of the week we are in, as an instant, plus so many weeks on the wall clock."""
    local = timezone.now().astimezone(schedule.clock)
    day = local.date() - timedelta(days=local.weekday())
    start = datetime.combine(day, time(9), schedule.clock)
    if start > local:
        start -= timedelta(days=7)
    return start + timedelta(days=7 * weeks)


def turns(
    schedule: Schedule, people: Sequence[Sequence[User]], /, *, by: User, **facts: Any
) -> Rotation:
    rotation = facts.pop("rotation", None)
    asked = actions.Turns(
        **{
            "name": "Weekly",
            "starts_on": last_monday(schedule).date(),
            "hands_off_at": time(9),
            "groups": [[actions.Place(person) for person in group] for group in people],
            **facts,
        }
    )
    return actions.set_rotation(schedule, asked, by=by, rotation=rotation)


def week(schedule: Schedule, n: int) -> Span:
    """The span of the n-th turn from now; 0 is the one that runs."""
    return Span(last_monday(schedule, n), last_monday(schedule, n + 1))


def planned_for(schedule: Schedule, window: Span) -> list[tuple[str, Span]]:
    """First names and spans of the duties that meet the window, by start and position."""
    rows = Duty.objects.filter(schedule=schedule).within(window).select_related("person")
    return [(duty.person.name.split()[0], duty.span) for duty in rows]
