"""The roster as a calendar: days of a month or a week, with who is on duty and where nobody is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from oncall import plan, planned
from oncall.models import Duty, Schedule
from oncall.rota import DAY
from oncall.spans import Span, gaps, merged
from supportdesk.worktime.arithmetic import resolve
from supportdesk.worktime.calendars import public_holidays


@dataclass(frozen=True)
class Chip:
    """Somebody on duty on a day, or a gap: `name` is empty. Times where it is not the whole day."""

    mark: str
    schedule: str
    name: str
    start: datetime
    end: datetime
    whole: bool
    changed: bool = False

    @property
    def is_gap(self) -> bool:
        return not self.name

    @property
    def short(self) -> str:
        """The family name: a day is narrow, and the whole name is one hover away."""
        return self.name.rsplit(" ", 1)[-1]


@dataclass(frozen=True)
class Day:
    day: date
    inside: bool
    free: bool  # weekend or holiday
    today: bool
    chips: list[Chip]
    periods: list[str]


def weeks_of(first: date, last: date) -> list[list[date]]:
    """Whole weeks, Monday first, that hold these days."""
    monday = first - timedelta(days=first.weekday())
    days = [monday + n * DAY for n in range((last - monday).days + 7 - last.weekday())]
    return [days[n : n + 7] for n in range(0, len(days), 7)]


def window_of(schedule: Schedule, first: date, last: date) -> Span:
    return Span(_midnight(schedule, first), _midnight(schedule, last + DAY))


def read(
    schedules: Iterable[Schedule], first: date, last: date, periods: dict[date, list[str]]
) -> list[tuple[int, list[Day]]]:
    """Weeks with their number; a schedule's days are those of its own clock."""
    weeks, schedules = weeks_of(first, last), list(schedules)
    states = {one.team.calendar.state for one in schedules if one.team}
    chips: dict[date, list[Chip]] = {day: [] for week in weeks for day in week}
    for schedule in schedules:
        for day, chip in sorted(_chips(schedule, list(chips)), key=lambda one: one[1].start):
            chips[day].append(chip)
    today = timezone.localdate()

    def made(day: date) -> Day:
        holiday = any(day in public_holidays(state, day.year) for state in states)
        free = day.weekday() >= 5 or holiday
        inside = first <= day <= last
        return Day(day, inside, free, day == today, chips[day], periods.get(day, []))

    return [(week[0].isocalendar().week, [made(day) for day in week]) for week in weeks]


def _chips(schedule: Schedule, days: list[date]) -> list[tuple[date, Chip]]:
    window = window_of(schedule, days[0], days[-1])
    rows = Duty.objects.filter(schedule=schedule).within(window).select_related("person")
    duties = [(row.person.name, row.person_id, row.span) for row in rows.order_by("position")]
    regular = planned.by_person(plan.final(planned.shifts(schedule, window), (), window))
    found = []
    for day in days:
        whole = window_of(schedule, day, day)
        for name, person, span in duties:
            if cut := span.within(whole):
                changed = not _covered(cut, regular.get(person, []))
                found.append((day, _chip(schedule, name, cut, whole, changed=changed)))
        found += [(day, _chip(schedule, "", gap, whole)) for gap in _gaps(schedule, duties, whole)]
    return found


def _gaps(schedule: Schedule, duties: list[tuple[str, int, Span]], day: Span) -> list[Span]:
    """Of what is still to come; a schedule that nobody ever is on duty in has none."""
    if not schedule.around_the_clock or not duties:
        return []
    rest = Span(max(day.start, timezone.now()), day.end)
    if rest.start >= rest.end:
        return []
    return gaps((cut for _n, _p, span in duties if (cut := span.within(rest))), rest)


def _covered(span: Span, spans: list[Span]) -> bool:
    return any(one.start <= span.start and span.end <= one.end for one in merged(spans))


def _chip(schedule: Schedule, name: str, span: Span, day: Span, *, changed: bool = False) -> Chip:
    start, end = (edge.astimezone(schedule.clock) for edge in span)
    return Chip(schedule.name[:1], schedule.name, name, start, end, span == day, changed)


def _midnight(schedule: Schedule, day: date) -> datetime:
    return resolve(datetime.combine(day, time()), schedule.clock)
