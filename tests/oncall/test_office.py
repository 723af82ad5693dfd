"""The roster in the back office: looked at before it is saved, and readable as a calendar."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from oncall.duties import on_duty
from oncall.models import Change, Duty, Rotation
from oncall.spans import Span
from supportdesk.worktime.models import Absence
from tests.oncall.conftest import week

pytestmark = pytest.mark.django_db
ADD = reverse("admin:oncall_change_add")
ROSTER = reverse("admin:oncall_duty_changelist")
MINE = reverse("admin:oncall_duty_mine")


@pytest.fixture
def typed(schedule, weekly, lea, dev):
    span = week(schedule, 1)
    return {
        "schedule": schedule.pk,
        "kind": "replace",
        "person": lea.pk,
        "stand_in": dev.pk,
        "starts": f"{span.start:%Y-%m-%dT%H:%M}",
        "ends": f"{span.end:%Y-%m-%dT%H:%M}",
        "reason": "A family matter",
    }


def test_a_look_shows_who_is_told_and_saves_nothing(client, lea, typed):
    client.force_login(lea)

    answer = client.post(ADD, {**typed, "look": "1"})

    assert {one.person.name for one in answer.context["told"]} == {"Dev Okafor", "Lea Hoffmann"}
    assert "A family matter" in answer.content.decode()
    assert not Change.objects.exists()


def test_saving_does_what_was_looked_at(client, lea, dev, schedule, typed):
    client.force_login(lea)

    assert client.post(ADD, typed).status_code == 302

    assert on_duty(schedule, week(schedule, 1).start) == [dev]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"stand_in": ""}, "choose who steps in"),
        ({"starts": "2099-01-02T09:00", "ends": "2099-01-01T09:00"}, "before the beginning"),
        ({"starts": "2001-01-01T09:00", "ends": "2001-01-02T09:00"}, "is over"),
        ({"starts": "soon"}, "valid date"),
        ({"kind": "swap"}, "valid choice"),
    ],
)
@pytest.mark.parametrize("button", [{}, {"look": "1"}])
def test_a_mistake_is_named_and_nothing_typed_is_lost(client, lea, typed, wrong, says, button):
    client.force_login(lea)

    answer = client.post(ADD, {**typed, **wrong, **button})

    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert "A family matter" in answer.content.decode()


def test_a_contradiction_is_told_in_the_form(client, lea, typed):
    client.force_login(lea)
    client.post(ADD, typed)

    answer = client.post(ADD, typed)

    assert answer.status_code == 409
    assert "already is a change" in answer.content.decode()


def test_times_are_the_schedules_own(client, lea, sam, dev, schedule, typed):
    schedule.zone = "America/New_York"
    schedule.save()
    client.force_login(lea)

    client.post(ADD, typed)

    change = Change.objects.get()
    assert f"{change.span.start.astimezone(schedule.clock):%Y-%m-%dT%H:%M}" == typed["starts"]


def shift(n, person, span):
    times = {
        f"from_{n}": f"{span.start:%Y-%m-%dT%H:%M}",
        f"until_{n}": f"{span.end:%Y-%m-%dT%H:%M}",
    }
    return {f"who_{n}": person.pk, **times}


def test_a_temporary_plan_is_entered_with_its_shifts(client, schedule, lea, sam, dev, typed):
    client.force_login(lea)
    span = week(schedule, 1)
    middle = span.start + timedelta(days=3)
    shifts = shift(1, sam, Span(span.start, middle)) | shift(2, dev, Span(middle, span.end))
    incomplete = {**typed, "kind": "temporary", **shifts, "until_2": ""}

    answer = client.post(ADD, incomplete)
    assert answer.status_code == 422
    assert "A shift needs somebody" in answer.content.decode()
    client.post(ADD, {**typed, "kind": "temporary", **shifts})

    assert on_duty(schedule, span.start) == [sam]
    assert on_duty(schedule, middle) == [dev]


def rotation(schedule, people, **facts):
    turns = {f"turn_{n}_1": person.pk for n, person in enumerate(people, 1)}
    return {
        "schedule": schedule.pk,
        "name": "Weekly",
        "starts_on": f"{week(schedule, 0).start:%Y-%m-%d}",
        "hands_off_at": "09:00",
        "every": 1,
        "unit": "week",
        "layer": 0,
        "weekdays": list(range(7)),
        **turns,
        **facts,
    }


def test_a_rotation_is_set_up_and_changed_in_a_form(client, lea, sam, dev, schedule):
    client.force_login(lea)
    client.post(reverse("admin:oncall_rotation_add"), rotation(schedule, [sam, lea]))
    assert on_duty(schedule, week(schedule, 1).start) == [lea]

    row = Rotation.objects.get()
    page = reverse("admin:oncall_rotation_change", args=[row.pk])
    shown = client.get(page).context["form"]
    assert (shown["turn_1_1"].value(), shown["turn_2_1"].value()) == (sam.pk, lea.pk)
    answer = client.post(page, {**rotation(schedule, [sam, dev]), "look": "1"})
    assert {one.person for one in answer.context["told"]} == {lea, dev}
    client.post(page, rotation(schedule, [sam, dev], turn_2_2=lea.pk))

    assert on_duty(schedule, week(schedule, 1).start) == [dev, lea]
    assert Rotation.objects.count() == 1


def test_a_rotation_without_anybody_is_told_in_the_form(client, lea, schedule):
    client.force_login(lea)

    answer = client.post(reverse("admin:oncall_rotation_add"), rotation(schedule, []))

    assert answer.status_code == 422
    assert "somebody in each turn" in answer.content.decode()


def chips(answer):
    return [
        (day.day, chip)
        for _number, days in answer.context["weeks"]
        for day in days
        for chip in day.chips
    ]


def test_the_calendar_shows_who_is_on_duty_what_is_changed_and_where_nobody_is(
    client, lea, dev, schedule, typed
):
    client.force_login(lea)
    client.post(ADD, typed)
    away = week(schedule, 2).start.date() + timedelta(days=2)
    Absence.objects.create(person=dev, during=(away, away + timedelta(days=1)))
    client.post(
        reverse("admin:oncall_schedule_change", args=[schedule.pk]),
        {
            "name": schedule.name,
            "zone": schedule.zone,
            "team": schedule.team_id,
            "around_the_clock": "on",
        },
    )

    first = chips(
        client.get(ROSTER, {"view": "week", "day": f"{week(schedule, 1).start:%Y-%m-%d}"})
    )
    second = chips(client.get(ROSTER, {"view": "week", "day": f"{away:%Y-%m-%d}"}))

    assert {(chip.name, chip.changed) for _day, chip in first if chip.start.hour == 9} == {
        ("Dev Okafor", True)
    }
    gap = [(day, chip.whole) for day, chip in second if chip.is_gap]
    assert gap == [(away, True)]


@pytest.mark.parametrize(("state", "free"), [("BY", True), ("NW", False), ("", False)])
def test_holidays_are_those_of_the_teams_state(client, sam, schedule, team, state, free):
    team.calendar.state = state
    team.calendar.save()
    client.force_login(sam)

    weeks = client.get(ROSTER, {"day": "2026-01-06"}).context["weeks"]

    [epiphany] = [day for _n, days in weeks for day in days if f"{day.day}" == "2026-01-06"]
    assert epiphany.free == free


@pytest.mark.parametrize("asked", ["2026-02-31", "soon", "2026-13-01", "'--", "2099-12-01", ""])
@pytest.mark.parametrize("view", ["month", "week", "x"])
def test_whatever_day_is_asked_for_there_is_a_calendar(client, sam, weekly, asked, view):
    client.force_login(sam)

    assert client.get(ROSTER, {"day": asked, "view": view, "schedule": asked}).status_code == 200


def test_an_offer_is_made_and_taken_on_the_pages(client, schedule, weekly, sam, dev):
    duty = Duty.objects.get(person=dev, during__contains=week(schedule, 2).start)
    client.force_login(dev)
    client.post(reverse("admin:oncall_duty_offer", args=[duty.pk]), {"reason": "A wedding"})
    client.force_login(sam)
    page = client.get(MINE)
    [offer] = page.context["offers"]

    client.post(reverse("admin:oncall_change_take", args=[offer.pk]))

    assert "A wedding" in page.content.decode()
    assert on_duty(schedule, duty.span.start) == [sam]


def test_a_calendars_address_is_shown_once(client, weekly, sam):
    client.force_login(sam)

    shown = client.post(reverse("admin:oncall_duty_feed")).content.decode()
    again = client.get(MINE).content.decode()

    assert ".ics" in shown
    assert ".ics" not in again
