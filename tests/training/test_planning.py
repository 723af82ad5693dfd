"""Sessions: planned, published, moved, resized, cancelled, over; trainers are in one place."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from supportdesk.accounts.access import Role
from supportdesk.audit.models import Entry
from supportdesk.errors import Invalid, NotAllowed, Refused, WrongState
from supportdesk.messaging.models import Event
from supportdesk.worktime.models import Absence
from tests.factories import UserFactory, a_session
from training import actions
from training.models import Assignment, Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(tom):
    start = timezone.now().replace(microsecond=0) + timedelta(days=21)
    return actions.Plan(start, start + timedelta(hours=6), 2, place="Essen", trainers=[tom])


@pytest.fixture
def draft(course, plan, tom):
    return actions.plan_session(course, plan, by=tom)


def later(plan, **by):
    step = timedelta(**by)
    return replace(plan, starts_at=plan.starts_at + step, ends_at=plan.ends_at + step)


def test_a_session_is_ours_until_it_is_published(draft, alice, tom):
    assert not Session.objects.visible_to(alice).exists()

    actions.publish_session(draft, by=tom)

    assert Session.objects.visible_to(alice).get() == draft
    assert Entry.objects.filter(verb__startswith="session.").count() == 2
    with pytest.raises(WrongState):
        actions.publish_session(draft, by=tom)


def test_only_trainers_plan(course, plan, sam, alice, draft):
    for one in (sam, alice):
        with pytest.raises(NotAllowed):
            actions.plan_session(course, plan, by=one)
        with pytest.raises(NotAllowed):
            actions.cancel_session(draft, by=one, reason="No.")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"place": " "}, "place"),
        ({"minimum": 3}, "minimum"),
        ({"ends_at": timezone.now()}, "ends_at"),
        ({"booking_until": timezone.now() + timedelta(days=400)}, "booking_until"),
    ],
)
def test_a_plan_that_cannot_be_says_where(course, plan, tom, wrong, field):
    with pytest.raises(Invalid) as refused:
        actions.plan_session(course, replace(plan, **wrong), by=tom)

    assert refused.value.field == field
    assert not Session.objects.exists()


def test_no_trainer_is_in_two_places(course, draft, plan, tom):
    with pytest.raises(Invalid, match="another session"):
        actions.plan_session(course, later(plan, hours=5), by=tom)
    actions.plan_session(course, later(plan, hours=6), by=tom)

    other = Session.objects.exclude(pk=draft.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        other.update(during=draft.during)


def test_a_trainer_who_is_away_gives_nothing(course, plan, tom):
    day = timezone.localdate(plan.starts_at)
    Absence.objects.create(person=tom, during=DateRange(day, day + timedelta(days=1)))

    with pytest.raises(Invalid, match="away"):
        actions.plan_session(course, plan, by=tom)
    actions.plan_session(course, later(plan, days=1), by=tom)


def test_customers_give_no_trainings(course, plan, tom, carol):
    with pytest.raises(Invalid, match="gives no trainings"):
        actions.plan_session(course, replace(plan, trainers=[carol]), by=tom)


def test_the_trainers_move_with_the_session(draft, plan, tom):
    moved = actions.change_session(draft, later(plan, days=1), by=tom)

    assert Assignment.objects.get().during == moved.during


def test_trainers_are_exchanged(draft, plan, tom):
    other = UserFactory(roles=[Role.TRAINER])

    actions.change_session(draft, replace(plan, trainers=[other]), by=tom)

    assert draft.trainers.get() == other


def test_what_people_need_not_know_is_no_news(draft, plan, tom):
    session = actions.publish_session(draft, by=tom)

    actions.change_session(session, replace(plan, offer_hours=12, capacity=50), by=tom)
    assert not Event.objects.filter(name="session.changed").exists()
    session.refresh_from_db()
    assert (session.offer_hours, session.capacity) == (12, 2)

    actions.change_session(session, later(plan, days=1), by=tom)
    assert Event.objects.get(name="session.changed").body["changed"] == ["during"]


def test_fewer_seats_evict_nobody_and_more_serve_the_list(session, crowd, tom):
    for one in crowd[:4]:
        actions.enrol(session, [one], by=one)

    with pytest.raises(Invalid, match="2 seats"):
        actions.set_capacity(session, 1, by=tom)
    assert actions.set_capacity(session, 3, by=tom).taken == 3

    assert [row.state for row in session.enrolments.order_by("pk")] == [
        "booked",
        "booked",
        "offered",
        "waiting",
    ]


def test_seats_that_are_not_offered_by_themselves_are_offered_by_hand(course, crowd, tom):
    session = a_session(course, by=tom, capacity=1, auto_promote=False)
    rows = [actions.enrol(session, [one], by=one)[0] for one in crowd[:2]]
    actions.cancel(rows[0], by=crowd[0])
    assert session.enrolments.get(person=crowd[1]).state == "waiting"

    (offered,) = actions.offer_seats(session, by=tom)

    assert offered.person == crowd[1]


def test_cancelling_a_session_ends_all_places_and_frees_its_trainers(session, crowd, tom):
    for one in crowd[:3]:
        actions.enrol(session, [one], by=one)
    with pytest.raises(Invalid):
        actions.cancel_session(session, by=tom, reason="")

    cancelled = actions.cancel_session(session, by=tom, reason="The trainer is ill.")

    assert (cancelled.state, cancelled.taken) == ("cancelled", 0)
    assert {row.state for row in session.enrolments.all()} == {"cancelled"}
    assert {row.reason for row in session.enrolments.all()} == {"The trainer is ill."}
    assert not session.assignments.exists()
    assert Event.objects.filter(name="enrolment.cancelled").count() == 3
    with pytest.raises(WrongState):
        actions.enrol(session, [crowd[5]], by=crowd[5])


def test_attendance_is_said_once_it_has_begun_and_can_be_put_right(session, crowd, tom, alice):
    rows = [actions.enrol(session, [one], by=one)[0].pk for one in crowd[:3]]
    with pytest.raises(Refused, match="not begun"):
        actions.record_attendance(session, by=tom, there=rows[:1], absent=[])
    with pytest.raises(NotAllowed):
        actions.record_attendance(session, by=alice, there=rows, absent=[])

    with time_machine.travel(session.starts_at + timedelta(hours=1)):
        actions.record_attendance(session, by=tom, there=rows[:1], absent=rows[1:])
        # Who waits has no seat, so they were not there.
        assert [row.state for row in session.enrolments.order_by("pk")] == [
            "attended",
            "no_show",
            "waiting",
        ]
        (changed,) = actions.record_attendance(session, by=tom, there=rows[:2], absent=[])
        assert changed.pk == rows[1]


def test_a_session_is_over_when_everybody_is_accounted_for(session, crowd, tom):
    rows = [actions.enrol(session, [one], by=one)[0].pk for one in crowd[:3]]

    running = time_machine.travel(session.starts_at + timedelta(hours=1))
    with running, pytest.raises(Refused, match="not over"):
        actions.finish_session(session, by=tom)
    with time_machine.travel(session.ends_at):
        with pytest.raises(Refused, match="everybody"):
            actions.finish_session(session, by=tom)
        actions.record_attendance(session, by=tom, there=rows, absent=[])
        assert actions.finish_session(session, by=tom).state == "done"

    assert [row.state for row in session.enrolments.order_by("pk")] == [
        "attended",
        "attended",
        "cancelled",
    ]
