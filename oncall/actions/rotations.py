"""Rotations of a schedule: set up, changed, ended; the duties follow in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from oncall.actions.changes import require_fit
from oncall.actions.materialising import lock, rebuild
from oncall.models import Member, Rotation, Schedule
from oncall.models.rotation import every_day
from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit
from supportdesk.errors import Invalid


@dataclass(frozen=True)
class Place:
    """Somebody in a group; `during` are local days, None is always."""

    person: User
    during: DateRange | None = None


@dataclass(frozen=True)
class Turns:
    """A rotation as it is asked for. Times are local to the schedule; a slot is in minutes."""

    name: str
    starts_on: date
    hands_off_at: time
    groups: Sequence[Sequence[Place]]
    unit: str = Rotation.Unit.WEEK
    every: int = 1
    layer: int = 0
    ends_on: date | None = None
    weekdays: Sequence[int] | None = None
    slot_minutes: int | None = None
    counts_days: bool = False


@transaction.atomic
def set_rotation(
    schedule: Schedule, turns: Turns, *, by: User, rotation: Rotation | None = None
) -> Rotation:
    """Set up a rotation, or give one other turns. Raises Invalid for one that could not turn."""
    access.require(by, "roster.plan")
    _check(turns)
    schedule = lock(schedule)
    if rotation is not None:
        rotation = schedule.rotations.select_for_update().get(pk=rotation.pk)
        rotation.members.all().delete()
    row = rotation or Rotation(schedule=schedule)
    row.name, row.layer = turns.name.strip(), turns.layer
    row.starts_on, row.ends_on = turns.starts_on, turns.ends_on
    row.hands_off_at, row.unit, row.every = turns.hands_off_at, turns.unit, turns.every
    row.weekdays = sorted(turns.weekdays) if turns.weekdays is not None else every_day()
    row.slot_minutes, row.counts_days = turns.slot_minutes, turns.counts_days
    row.save()
    Member.objects.bulk_create(
        Member(rotation=row, group=number, person=place.person, during=place.during)
        for number, group in enumerate(turns.groups)
        for place in group
    )
    audit.record("rotation.set", row, by=by, name=row.name, groups=_names(turns))
    rebuild(schedule)
    return row


@transaction.atomic
def end_rotation(rotation: Rotation, *, by: User, on: date) -> Rotation:
    """No turn begins on this local day or later."""
    access.require(by, "roster.plan")
    schedule = lock(rotation.schedule)
    rotation = schedule.rotations.select_for_update().get(pk=rotation.pk)
    if on <= rotation.starts_on:
        raise Invalid(_("It ends after its first day."), "on")
    rotation.ends_on = on
    rotation.save(update_fields=["ends_on"])
    audit.record("rotation.ended", rotation, by=by, on=on.isoformat())
    rebuild(schedule)
    return rotation


def _check(turns: Turns) -> None:
    if not turns.name.strip():
        raise Invalid.blank("name")
    if not any(turns.groups) or not all(turns.groups):
        raise Invalid(_("A rotation needs somebody in each turn."), "groups")
    if turns.ends_on is not None and turns.ends_on <= turns.starts_on:
        raise Invalid(_("It ends after its first day."), "ends_on")
    _check_steps(turns)
    for group in turns.groups:
        for place in group:
            require_fit(place.person)


def _check_steps(turns: Turns) -> None:
    if turns.every < 1 or (turns.slot_minutes is not None and turns.slot_minutes < 1):
        raise Invalid(_("Please give a number from 1 on."), "every")
    if turns.weekdays is not None and not turns.weekdays:
        raise Invalid(_("Please choose a weekday."), "weekdays")
    if turns.counts_days and turns.unit != Rotation.Unit.DAY:
        raise Invalid(_("Only a rotation by days counts weekdays."), "counts_days")


def _names(turns: Turns) -> list[list[int]]:
    return [[place.person.pk for place in group] for group in turns.groups]
