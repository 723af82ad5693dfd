"""Duties: who is on call at an instant, and what the database holds whoever writes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from oncall.duties import on_duty
from oncall.models import Duty, Schedule
from oncall.models.schedule import known_zone

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def duty(schedule, person, start, hours=1, position=1) -> Duty:
    during = DateTimeTZRange(start, start + hours * HOUR)
    return Duty.objects.create(schedule=schedule, person=person, during=during, position=position)


def test_who_is_on_duty_is_asked_in_the_order_of_positions(schedule, sam, lea, now):
    duty(schedule, sam, now, position=2)
    duty(schedule, lea, now, position=1)

    assert on_duty(schedule, now) == [lea, sam]
    assert on_duty(schedule, now + HOUR) == []  # half-open
    assert on_duty(schedule, now - HOUR) == []


def test_a_closed_account_is_nobody(schedule, sam, now):
    duty(schedule, sam, now)
    sam.is_active = False
    sam.save()

    assert on_duty(schedule, now) == []


def test_a_position_belongs_to_one_person_at_a_time(schedule, sam, lea, now):
    duty(schedule, sam, now, hours=2)
    duty(schedule, lea, now + 2 * HOUR)  # touches

    with pytest.raises(IntegrityError, match="one_person_on_a_position"):
        duty(schedule, lea, now + HOUR)


def test_nobody_holds_two_positions_of_a_schedule(schedule, sam, now):
    duty(schedule, sam, now)

    with pytest.raises(IntegrityError, match="nobody_twice_in_a_schedule"):
        duty(schedule, sam, now, position=2)


@pytest.mark.parametrize("during", [(None, 1), (1, None), (1, 1)])
def test_a_duty_begins_and_ends(schedule, sam, now, during):
    ends = [None if end is None else now + end * HOUR for end in during]

    with pytest.raises(IntegrityError, match="a_duty_begins_and_ends"):
        Duty.objects.create(schedule=schedule, person=sam, during=DateTimeTZRange(*ends))


def refused(change) -> bool:
    try:
        with transaction.atomic():
            change()
    except IntegrityError:
        return True
    return False


def test_what_has_been_on_duty_stays(schedule, sam, lea, now):
    past = duty(schedule, sam, now - 3 * HOUR)
    rows = Duty.objects.filter(pk=past.pk)

    assert refused(rows.delete)
    assert refused(lambda: rows.update(person=lea))
    assert refused(lambda: rows.update(during=DateTimeTZRange(now, now + HOUR)))
    assert refused(lambda: rows.update(during=DateTimeTZRange(now - 3 * HOUR, now + HOUR)))
    assert on_duty(schedule, now - 2.5 * HOUR) == [sam]


def test_a_running_duty_may_end_earlier_or_later_and_is_not_handed_on(schedule, sam, lea, now):
    running = duty(schedule, sam, now - HOUR, hours=3)
    rows = Duty.objects.filter(pk=running.pk)

    assert not refused(lambda: rows.update(during=DateTimeTZRange(now - HOUR, now + 9 * HOUR)))
    assert not refused(lambda: rows.update(during=DateTimeTZRange(now - HOUR, now + HOUR)))
    assert refused(lambda: rows.update(during=DateTimeTZRange(now - HOUR, now - 0.5 * HOUR)))
    assert refused(lambda: rows.update(during=DateTimeTZRange(now, now + HOUR)))
    assert refused(lambda: rows.update(person=lea))
    assert refused(lambda: rows.update(position=2))
    assert refused(rows.delete)


def test_a_duty_to_come_is_free_to_change(schedule, sam, lea, now):
    coming = duty(schedule, sam, now + 3 * HOUR)
    rows = Duty.objects.filter(pk=coming.pk)

    sooner = DateTimeTZRange(now + HOUR, now + 2 * HOUR)
    assert not refused(lambda: rows.update(person=lea, during=sooner))
    assert not refused(rows.delete)


def test_rosters_are_the_vendors_own(schedule, sam, alice, now):
    duty(schedule, sam, now)

    assert Schedule.objects.visible_to(sam).get() == schedule
    assert Duty.objects.visible_to(sam).count() == 1
    assert not Schedule.objects.visible_to(alice).exists()
    assert not Duty.objects.visible_to(alice).exists()


def test_a_module_is_answered_for_by_name_or_as_its_teams(schedule, module, other_team):
    by_name = Schedule.objects.create(name="Zahllauf")
    by_name.modules.add(module)
    Schedule.objects.create(name="Beiträge", team=other_team)

    assert set(Schedule.objects.of_module(module)) == {schedule, by_name}


@pytest.mark.parametrize("name", ["", "Berlin", "../etc/passwd", "Mars/Base"])
def test_a_zone_that_is_none_is_refused_in_words(name):
    with pytest.raises(ValidationError, match="no such time zone"):
        known_zone(name)
