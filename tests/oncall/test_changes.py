"""Changes of a plan: who may, what is refused, and what is taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from oncall import actions
from oncall.actions.materialising import database_now
from oncall.duties import on_duty
from oncall.models import Change, Duty
from oncall.spans import Span
from supportdesk.audit.models import Entry
from supportdesk.errors import Invalid, NotAllowed, Refused, WrongState
from tests.oncall.conftest import planned_for, turns, week

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def christmas(schedule) -> Span:
    return week(schedule, 1)


def test_a_lead_lets_somebody_step_in(schedule, weekly, lea, dev, christmas):
    wish = actions.Wish(Change.Kind.REPLACE, christmas, lea, dev, reason="A family matter")

    change = actions.change_plan(schedule, wish, by=lea)

    assert on_duty(schedule, christmas.start) == [dev]
    assert Entry.objects.filter(verb="roster.changed", subject_id=change.pk).count() == 1


def test_taken_back_everything_is_as_planned(schedule, weekly, lea, dev, christmas):
    wish = actions.Wish(Change.Kind.REPLACE, christmas, lea, dev)
    change = actions.change_plan(schedule, wish, by=lea)

    actions.withdraw_change(change, by=lea)

    assert planned_for(schedule, christmas) == [("Lea", christmas)]
    with pytest.raises(WrongState):
        actions.withdraw_change(change, by=lea)


@pytest.mark.parametrize("who", ["sam", "dev", "ada", "audrey", "carol"])
def test_only_leads_plan(schedule, weekly, lea, request, who, christmas):
    other = request.getfixturevalue(who)
    wish = actions.Wish(Change.Kind.REMOVE, christmas, lea)

    with pytest.raises(NotAllowed):
        actions.change_plan(schedule, wish, by=other)
    change = actions.change_plan(schedule, wish, by=lea)
    with pytest.raises(NotAllowed):
        actions.withdraw_change(change, by=other)


def test_two_orders_about_one_person_at_a_time_are_a_contradiction(schedule, weekly, lea, sam, dev):
    span = week(schedule, 1)
    actions.change_plan(schedule, actions.Wish(Change.Kind.ADD, span, sam), by=lea)
    before = Duty.objects.count()

    with pytest.raises(actions.Contradiction):
        actions.change_plan(schedule, actions.Wish(Change.Kind.REPLACE, span, sam, dev), by=lea)

    assert Change.objects.count() == 1
    assert Duty.objects.count() == before


@pytest.mark.parametrize(
    ("field", "wish"),
    [
        ("person", lambda s, p: actions.Wish(Change.Kind.ADD, s)),
        ("stand_in", lambda s, p: actions.Wish(Change.Kind.REPLACE, s, p)),
        ("stand_in", lambda s, p: actions.Wish(Change.Kind.REPLACE, s, p, p)),
        ("ends", lambda s, p: actions.Wish(Change.Kind.ADD, Span(s.end, s.start), p)),
        ("ends", lambda s, p: actions.Wish(Change.Kind.ADD, Span(s.start, s.start), p)),
        (None, lambda s, p: actions.Wish(Change.Kind.SWAP, s, p)),
    ],
)
def test_a_change_says_who_and_when(schedule, weekly, lea, sam, field, wish):
    with pytest.raises(Invalid) as refusal:
        actions.change_plan(schedule, wish(week(schedule, 1), sam), by=lea)

    assert refusal.value.field == field


def test_what_has_been_is_not_changed(schedule, weekly, lea, sam, now):
    wish = actions.Wish(Change.Kind.ADD, Span(now - 2 * HOUR, now - HOUR), sam)

    with pytest.raises(Invalid):
        actions.change_plan(schedule, wish, by=lea)


def test_a_change_that_runs_counts_from_now_and_once_over_stays(schedule, weekly, lea, dev, now):
    wish = actions.Wish(Change.Kind.ADD, Span(now - HOUR, now + HOUR), dev)
    change = actions.change_plan(schedule, wish, by=lea)
    [added] = Duty.objects.filter(person=dev).at(now + HOUR / 2)
    assert added.span.start == database_now()

    Change.objects.update(during=(now - 2 * HOUR, now - HOUR))
    with pytest.raises(Refused, match="over"):
        actions.withdraw_change(change, by=lea)


def test_customers_and_closed_accounts_are_not_on_call(schedule, weekly, lea, alice, audrey, dev):
    dev.is_active = False
    dev.save()
    for person in (alice, audrey, dev):
        with pytest.raises(Invalid, match="cannot be on call"):
            actions.change_plan(
                schedule, actions.Wish(Change.Kind.ADD, week(schedule, 1), person), by=lea
            )


def test_a_temporary_plan_hides_everything_in_its_time(schedule, weekly, lea, sam, christmas):
    night = Span(christmas.start + 10 * HOUR, christmas.start + 20 * HOUR)
    wish = actions.Wish(Change.Kind.TEMPORARY, christmas, instead=[(sam, night)])

    actions.change_plan(schedule, wish, by=lea)

    assert planned_for(schedule, christmas) == [("Sam", night)]


@pytest.mark.parametrize(
    "facts",
    [
        {"name": " "},
        {"groups": []},
        {"groups": [[]]},
        {"every": 0},
        {"slot_minutes": 0},
        {"weekdays": []},
        {"counts_days": True},
        {"ends_on": "start"},
    ],
)
def test_a_rotation_that_could_not_turn_is_refused(schedule, sam, lea, facts):
    if facts.get("ends_on"):
        facts = {"ends_on": week(schedule, 0).start.date()}

    with pytest.raises(Invalid):
        turns(schedule, [[sam]], by=lea, **facts)


def test_a_rotation_ends_before_a_day(schedule, weekly, lea):
    actions.end_rotation(weekly, by=lea, on=week(schedule, 2).start.date())

    assert planned_for(schedule, week(schedule, 1)) == [("Lea", week(schedule, 1))]
    assert planned_for(schedule, week(schedule, 2)) == []
    with pytest.raises(Invalid):
        actions.end_rotation(weekly, by=lea, on=weekly.starts_on)


def test_a_higher_layer_hides_the_lower_where_it_is_present(schedule, weekly, lea, dev):
    weekend = {"layer": 1, "weekdays": [5, 6], "hands_off_at": week(schedule, 0).start.time()}
    turns(schedule, [[dev]], by=lea, name="Weekends", **weekend)

    saturday = week(schedule, 1).start + timedelta(days=5)
    assert on_duty(schedule, saturday) == [dev]
    assert on_duty(schedule, saturday - timedelta(days=1)) != [dev]
