"""The clocks of the demo's tickets, read by the same rule as those of real ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from demo.year import Story
from supportdesk.worktime.arithmetic import Calendar
from tickets import clocks, promises
from tickets.clocks import Clock, Kind, Moment, Reading
from tickets.models import HistoryEntry
from tickets.moments import HAPPENED


def of(story: Story, hours: Calendar) -> dict[Clock, Reading]:
    opening = promises.terms(story.customer_priority, hours)
    return clocks.read(_moments(story, hours), opening)


def rows(story: Story) -> Iterator[dict[str, Any]]:
    for clock, reading in story.readings.items():
        yield {
            "ticket_id": story.number,
            "clock": clock.value,
            "state": reading.state.value,
            "due_at": reading.due_at,
            "used": reading.figure and reading.figure.used,
            "target": reading.figure and reading.figure.target,
            "calendar_id": reading.figure and reading.figure.calendar,
            "ended": reading.kept.ended,
            "missed": reading.kept.missed,
        }


def _moments(story: Story, hours: Calendar) -> Iterator[Moment]:
    """A message comes before the step written with it; the first is the report itself."""
    yield Moment(story.opened_at, Kind.OPENED_BY_CUSTOMER)
    for step in story.steps[1:]:
        if step.text and not step.internal:
            yield Moment(step.at, Kind.WE_WROTE if step.by.is_vendor else Kind.CUSTOMER_WROTE)
        if step.priority:
            yield Moment(step.at, Kind.TERMS_CHANGED, promises.terms(step.priority, hours))
        if step.kind in HAPPENED:
            yield Moment(step.at, HAPPENED[HistoryEntry.Kind(step.kind)])
