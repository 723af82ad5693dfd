"""A schedule's rows as the final plan reads them: shifts of its rotations, and all changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time

from oncall import plan, rota
from oncall.models import Change, Rotation, Schedule
from oncall.plan import Planned
from oncall.rota import Person
from oncall.spans import Span
from supportdesk.worktime.arithmetic import resolve
from supportdesk.worktime.models import Absence


def duties(schedule: Schedule, window: Span) -> list[tuple[Person, Span]]:
    """The final plan, by start; who begins together, in the order of the rotations' groups."""
    base = shifts(schedule, window)
    final = plan.final(base, changes(schedule, base, window), window)
    order: dict[Person, list[tuple[int, Span]]] = defaultdict(list)
    for number, planned in enumerate(base):
        order[planned.person].append((number, planned.span))

    def rank(duty: tuple[Person, Span]) -> tuple[datetime, int, str]:
        person, span = duty
        numbers = (number for number, shift in order[person] if shift.holds(span.start))
        return span.start, next(numbers, len(base)), str(person)

    return sorted(final, key=rank)


def shifts(schedule: Schedule, window: Span) -> list[Planned]:
    """Who is on duty by the rotations alone. Whoever asks for many fetches `rotations__members`."""
    found = []
    for rotation in schedule.rotations.all():
        rotation.schedule = schedule
        rule = rotation.rule()
        for shift in rota.shifts(rule, window) if rule else ():
            for person, span in rota.on_duty(shift):
                found.append(Planned(person, span, rotation.layer))
    return found


def changes(schedule: Schedule, base: Iterable[Planned], window: Span) -> list[plan.Change]:
    rows = schedule.changes.valid().within(window).prefetch_related("instead")
    people = {planned.person for planned in base}
    people |= {one for row in rows for one in (row.person_id, row.stand_in_id) if one}
    return [_change(row) for row in rows] + list(_absences(schedule, people, window))


def turn_of(schedule: Schedule, person: int, span: Span) -> tuple[Rotation, int] | None:
    """The rotation and turn in which this person is on duty for exactly this span."""
    around = Span(span.start, span.end)
    for rotation in schedule.rotations.all():
        rotation.schedule = schedule
        rule = rotation.rule()
        for shift in rota.shifts(rule, around) if rule else ():
            if shift.span == span and (person, span) in set(rota.on_duty(shift)):
                return rotation, shift.index
    return None


def moved(swap: Change) -> Span:
    """Where the turn of a swap lies now; its old hours where the turn is not to be found there."""
    if swap.rotation is None:
        return swap.span
    rule = swap.rotation.rule()
    around = Span(swap.span.start - 7 * rota.DAY, swap.span.end + 7 * rota.DAY)
    for shift in rota.shifts(rule, around) if rule else ():
        if shift.index == swap.turn and shift.span.within(swap.span):
            return shift.span
    return swap.span


def _change(row: Change) -> plan.Change:
    instead = tuple(Planned(one.person_id, one.span) for one in row.instead.all())
    return plan.Change(
        plan.Kind(row.kind),
        row.span,
        person=row.person_id,
        by=row.stand_in_id,
        rank=row.rank,
        instead=instead,
    )


def _absences(schedule: Schedule, people: set[Person], window: Span) -> Iterator[plan.Change]:
    """Whole local days, from the calendar of absences."""
    days = [edge.astimezone(schedule.clock).date() for edge in window]
    ids = [int(person) for person in people]
    rows = Absence.objects.filter(person__in=ids, during__overlap=(days[0], days[1] + rota.DAY))
    for row in rows:
        start = _midnight(schedule, row.during.lower) if row.during.lower else window.start
        end = _midnight(schedule, row.during.upper) if row.during.upper else window.end
        if span := Span(start, end).within(window):
            yield plan.Change(plan.Kind.ABSENCE, span, person=row.person_id)


def _midnight(schedule: Schedule, day: date) -> datetime:
    return resolve(datetime.combine(day, time()), schedule.clock)


def by_person(found: Iterable[tuple[Person, Span]]) -> dict[Person, list[Span]]:
    spans: dict[Person, list[Span]] = defaultdict(list)
    for person, span in found:
        spans[person].append(span)
    return spans
