"""The final plan as duty rows: built once, built again, and never into the past."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange

from oncall import actions, planned
from oncall.actions.materialising import AHEAD, database_now, horizon
from oncall.duties import on_duty
from oncall.models import Change, Duty
from oncall.spans import Span, gaps
from oncall.tasks import build_duties
from supportdesk.errors import NotAllowed
from supportdesk.messaging.models import Event
from supportdesk.worktime.models import Absence
from tests.oncall.conftest import planned_for, turns, week

pytestmark = pytest.mark.django_db


def rows(schedule):
    return list(Duty.objects.filter(schedule=schedule).order_by("pk").values_list())


def test_a_rotation_fills_400_days_without_a_gap(schedule, weekly):
    now = database_now()
    window = Span(now, horizon(schedule, now))

    assert window.end - now > AHEAD - timedelta(days=1)
    assert gaps((duty.span for duty in Duty.objects.all()), window) == []
    assert max(duty.span.end for duty in Duty.objects.all()) == window.end


def test_weeks_follow_each_other_on_the_wall_clock(schedule, weekly):
    coming = Span(week(schedule, 1).start, week(schedule, 4).start)

    assert planned_for(schedule, coming) == [
        ("Lea", week(schedule, 1)),
        ("Dev", week(schedule, 2)),
        ("Sam", week(schedule, 3)),
    ]


def test_building_again_touches_no_row(schedule, weekly):
    before = rows(schedule)

    build_duties()

    assert rows(schedule) == before


def test_the_desk_builds_and_agents_do_not(schedule, weekly, sam):
    with pytest.raises(NotAllowed):
        actions.build_duties(schedule, by=sam)


def test_a_group_is_on_duty_together_in_its_order(schedule, sam, lea, dev, now):
    turns(schedule, [[dev, lea], [sam, dev]], by=lea)

    assert on_duty(schedule, now) == [dev, lea]
    assert on_duty(schedule, week(schedule, 1).start) == [dev, sam]  # dev keeps the first place


def test_a_running_duty_ends_now_when_another_takes_over_and_its_past_stays(
    schedule, weekly, sam, lea, dev, now
):
    began = now - timedelta(days=2)
    Duty.objects.filter(schedule=schedule).to_come(now).delete()
    running = Duty.objects.create(
        schedule=schedule, person=sam, during=DateTimeTZRange(began, week(schedule, 1).start)
    )

    turns(schedule, [[dev], [lea]], by=lea, rotation=weekly)

    running.refresh_from_db()
    assert (running.span.start, running.person) == (began, sam)
    assert running.span.end == database_now()
    assert on_duty(schedule, database_now()) == [dev]


def test_a_running_duty_goes_on_under_the_same_number(schedule, weekly, sam, lea, dev, now):
    Duty.objects.filter(schedule=schedule).to_come(now).delete()
    running = Duty.objects.create(
        schedule=schedule,
        person=sam,
        position=2,
        during=DateTimeTZRange(now - timedelta(days=1), now + timedelta(hours=1)),
    )

    turns(schedule, [[sam], [dev]], by=lea, rotation=weekly)

    running.refresh_from_db()
    assert running.span.end == week(schedule, 1).start
    assert running.position == 2
    assert Duty.objects.get(during__contains=week(schedule, 1).start).position == 1


def test_an_absence_in_the_calendar_takes_whole_local_days(schedule, weekly, lea):
    monday = week(schedule, 1).start.date()
    Absence.objects.create(
        person=lea, during=DateRange(monday + timedelta(days=2), monday + timedelta(days=3))
    )

    build_duties()

    coming = week(schedule, 1)
    away = coming.start.replace(hour=0) + timedelta(days=2)
    assert planned_for(schedule, coming) == [
        ("Lea", Span(coming.start, away)),
        ("Lea", Span(away + timedelta(days=1), coming.end)),
    ]


def test_members_come_and_go_at_hand_offs(schedule, lea, sam, dev):
    from_third = DateRange(week(schedule, 3).start.date(), None)
    places = [actions.Place(sam), actions.Place(lea, from_third), actions.Place(dev)]
    start = week(schedule, 0).start
    asked = actions.Turns("Weekly", start.date(), start.time(), [[place] for place in places])
    actions.set_rotation(schedule, asked, by=lea)

    assert planned_for(schedule, week(schedule, 1)) == []
    assert planned_for(schedule, week(schedule, 4)) == [("Lea", week(schedule, 4))]


def test_each_person_concerned_is_told_once_of_what_changes(schedule, weekly, sam, lea, dev):
    Event.objects.all().delete()
    wish = actions.Wish(Change.Kind.REPLACE, week(schedule, 1), lea, dev)

    actions.change_plan(schedule, wish, by=lea)

    told = {event.body["person"]: event.body for event in Event.objects.filter(name="duty.changed")}
    assert told.keys() == {lea.pk, dev.pk}
    assert len(told[lea.pk]["gone"]) == len(told[dev.pk]["came"]) == 1
    assert told[lea.pk]["came"] == told[dev.pk]["gone"] == []


def test_reaching_a_day_further_tells_nobody(schedule, weekly):
    last = Duty.objects.order_by("-during").first()
    Event.objects.all().delete()
    last.delete()

    build_duties()

    assert Duty.objects.order_by("-during").first().span == last.span
    assert not Event.objects.filter(name="duty.changed").exists()


def test_a_preview_says_what_would_change_and_changes_nothing(schedule, weekly, lea, dev):
    before, told = rows(schedule), Event.objects.count()
    wish = actions.Wish(Change.Kind.REPLACE, week(schedule, 1), lea, dev)

    shifted = actions.preview(schedule, lambda: actions.change_plan(schedule, wish, by=lea))

    assert {one.person: (one.gone, one.came) for one in shifted} == {
        lea.pk: ([week(schedule, 1)], []),
        dev.pk: ([], [week(schedule, 1)]),
    }
    assert rows(schedule) == before
    assert Event.objects.count() == told
    assert not Change.objects.exists()


def test_rows_are_what_the_rule_says_whatever_is_changed(schedule, weekly, sam, lea, dev):
    half = timedelta(days=3, hours=5)
    one, two, three = (week(schedule, n) for n in (1, 2, 3))
    for wish in (
        actions.Wish(Change.Kind.ADD, Span(one.start + half, two.start + half), sam),
        actions.Wish(Change.Kind.REMOVE, Span(two.start, two.start + half), dev),
        actions.Wish(Change.Kind.EXCLUSIVE, Span(three.start + half, three.end), lea),
        actions.Wish(Change.Kind.ABSENCE, Span(one.start, three.end), lea),
        actions.Wish(
            Change.Kind.TEMPORARY,
            Span(three.end, three.end + 2 * half),
            instead=[(dev, Span(three.end, three.end + half))],
        ),
    ):
        actions.change_plan(schedule, wish, by=lea)

    now = database_now()
    wanted = planned.duties(schedule, Span(now, horizon(schedule, now)))
    duties = Duty.objects.filter(schedule=schedule).order_by("during")
    assert sorted((d.person_id, d.span) for d in duties) == sorted(wanted)
