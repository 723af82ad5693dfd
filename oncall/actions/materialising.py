"""The final plan into duty rows: 400 days ahead, after each change and every quarter hour."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from oncall import plan, planned
from oncall.models import Duty, Schedule
from oncall.plan import Place
from oncall.rota import Person
from oncall.spans import Span, gaps, merged
from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.messaging import outbox
from supportdesk.worktime.arithmetic import resolve

AHEAD = timedelta(days=400)
TOLD_OF = 20  # duties in a letter about a change: more than that is a new plan


@dataclass(frozen=True)
class Shifted:
    """What a change takes from a person, and gives them."""

    person: int
    gone: list[Span]
    came: list[Span]


@transaction.atomic
def build_duties(schedule: Schedule, *, by: User) -> None:
    """Bring the schedule's duties in line with its plan, from the database's now on.

    Safe to repeat: what already is as planned stays untouched. What has been stays as it was.
    """
    access.require(by, "roster.build")
    rebuild(schedule)


def rebuild(schedule: Schedule) -> list[Shifted]:
    """Within the caller's transaction, which holds or gets the lock of the schedule."""
    schedule = lock(schedule)
    now = database_now()
    _move_swaps(schedule, now)
    window = Span(now, horizon(schedule, now))
    known = list(Duty.objects.filter(schedule=schedule).to_come(now).order_by("during"))
    before = [(duty.person_id, duty.span) for duty in known]
    wanted = planned.duties(schedule, window)
    _write(schedule, known, wanted, now)
    seen = Span(now, max((span.end for _person, span in before), default=window.end))
    shifted = differences(before, wanted, seen)
    if shifted:
        _announce(schedule, shifted, now)
    return shifted


def lock(schedule: Schedule) -> Schedule:
    rows = Schedule.objects.select_for_update(no_key=True).prefetch_related("rotations__members")
    return rows.get(pk=schedule.pk)


def database_now() -> datetime:
    """Of this transaction, and the clock by which the past is told."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        return cursor.fetchone()[0]


def horizon(schedule: Schedule, now: datetime) -> datetime:
    """A midnight, so that building again on the same day changes nothing."""
    day = (now + AHEAD).astimezone(schedule.clock).date()
    return resolve(datetime.combine(day, time()), schedule.clock)


def differences(
    before: Iterable[tuple[Person, Span]], after: Iterable[tuple[Person, Span]], window: Span
) -> list[Shifted]:
    """Per person what is on duty no longer, and what is so newly, within the window."""
    had, has = planned.by_person(before), planned.by_person(after)
    found = []
    for person in sorted({*had, *has}, key=str):
        gone = _without(had.get(person, []), has.get(person, []), window)
        came = _without(has.get(person, []), had.get(person, []), window)
        if gone or came:
            found.append(Shifted(int(person), gone, came))
    return found


def preview(schedule: Schedule, change: Callable[[], object]) -> list[Shifted]:
    """What a verb would change for whom: done in earnest, looked at, and undone."""
    with transaction.atomic():
        before, window = _coming(schedule)
        change()
        after, _later = _coming(schedule)
        transaction.set_rollback(True)
    return differences(before, after, window)


def _coming(schedule: Schedule) -> tuple[list[tuple[Person, Span]], Span]:
    now = database_now()
    rows = Duty.objects.filter(schedule=schedule).to_come(now)
    return [(duty.person_id, duty.span) for duty in rows], Span(now, horizon(schedule, now))


def _without(these: list[Span], those: list[Span], window: Span) -> list[Span]:
    mine = [cut for span in merged(these) if (cut := span.within(window))]
    return [free for span in mine for free in gaps(_inside(those, span), span)]


def _inside(spans: list[Span], window: Span) -> list[Span]:
    return [cut for span in spans if (cut := span.within(window))]


def _write(
    schedule: Schedule, known: list[Duty], wanted: list[tuple[Person, Span]], now: datetime
) -> None:
    """First what goes, then what ends or lasts, then what is new: no two ever collide."""
    running = [duty for duty in known if duty.span.start < now]
    lasting = {person: span.end for person, span in wanted if span.start == now}
    ends = {duty.person_id: lasting.get(duty.person_id, now) for duty in running}
    held = [
        Place(duty.position, duty.person_id, Span(now, ends[duty.person_id]))
        for duty in running
        if ends[duty.person_id] > now
    ]
    begins = [duty for duty in wanted if duty[1].start > now or duty[0] not in ends]
    places = {(one.person, one.position, one.span) for one in plan.places(begins, held)}
    coming = {(d.person_id, d.position, d.span): d.pk for d in known if d.span.start >= now}
    gone = [pk for facts, pk in coming.items() if facts not in places]
    Duty.objects.filter(pk__in=gone).delete()
    _end(running, ends)
    Duty.objects.bulk_create(
        Duty(
            schedule=schedule,
            person_id=int(person),
            position=position,
            during=DateTimeTZRange(*span),
        )
        for person, position, span in sorted(places - coming.keys(), key=lambda place: place[2])
    )


def _end(running: list[Duty], ends: dict[int, datetime]) -> None:
    for duty in sorted(running, key=lambda duty: ends[duty.person_id]):
        if ends[duty.person_id] != duty.span.end:
            duty.during = DateTimeTZRange(duty.span.start, ends[duty.person_id])
            duty.save(update_fields=["during"])


def _move_swaps(schedule: Schedule, now: datetime) -> None:
    """Swaps stay with their turn when hand-offs move."""
    swaps = schedule.changes.valid().filter(rotation__isnull=False, during__endswith__gt=now)
    for swap in swaps.select_related("rotation__schedule"):
        span = planned.moved(swap)
        if span != swap.span:
            swap.during = DateTimeTZRange(*span)
            swap.save(update_fields=["during"])


def _announce(schedule: Schedule, shifted: list[Shifted], now: datetime) -> None:
    def written(spans: list[Span]) -> list[list[str]]:
        return [[edge.isoformat() for edge in span] for span in spans[:TOLD_OF]]

    for one in shifted:
        outbox.emit(
            "duty.changed",
            schedule=schedule.pk,
            person=one.person,
            gone=written(one.gone),
            came=written(one.came),
            at=now.isoformat(),
        )
