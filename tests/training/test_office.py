"""The trainers' pages: a session from its plan to the list of who was there."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from supportdesk.audit.models import Entry
from tests.factories import CourseFactory, a_session
from training import actions
from training.models import Course, Session

pytestmark = pytest.mark.django_db


def written(starts=None, **facts):
    starts = starts or timezone.localtime() + timedelta(days=21)
    ends = starts + timedelta(hours=6)
    return {
        "starts_at": f"{starts:%Y-%m-%dT%H:%M}",
        "ends_at": f"{ends:%Y-%m-%dT%H:%M}",
        "capacity": 5,
        "minimum": 2,
        "place": "Essen",
        "language": "de",
        "offer_hours": 24,
        "waitlist_open": "on",
        **facts,
    }


@pytest.fixture
def press(client, tom):
    client.force_login(tom)

    def press(session, verb, **data):
        return client.post(reverse(f"admin:training_session_{verb}", args=[session.pk]), data)

    return press


def page(client, session):
    return client.get(reverse("admin:training_session_change", args=[session.pk])).content.decode()


def test_a_trainer_plans_a_session_and_opens_it(client, press, course, tom):
    address = reverse("admin:training_session_add")
    answer = client.post(address, written(course=course.pk, trainers=[tom.pk]))

    session = Session.objects.get()
    assert answer.status_code == 302
    assert (session.state, session.capacity, list(session.trainers.all())) == ("draft", 5, [tom])
    assert press(session, "publish").status_code == 302
    session.refresh_from_db()
    assert session.state == "open"


def test_a_plan_that_cannot_be_is_said_and_loses_nothing(client, press, course):
    address = reverse("admin:training_session_add")

    answer = client.post(address, written(course=course.pk, minimum=9, place="Hagen"))

    assert answer.status_code == 422
    assert "More people than seats are wanted." in answer.content.decode()
    assert 'value="Hagen"' in answer.content.decode()
    assert not Session.objects.exists()


def test_a_session_is_moved_without_touching_its_seats(client, press, session, tom):
    at = timezone.localtime(session.starts_at) + timedelta(days=2)

    answer = press(session, "replan", **written(at, trainers=[tom.pk], capacity=99, minimum=0))

    assert answer.status_code == 302
    session.refresh_from_db()
    assert (session.starts_at, session.capacity) == (at.replace(second=0, microsecond=0), 2)


def test_seats_are_changed_and_nobody_is_evicted(client, press, session, crowd):
    for one in crowd[:2]:
        actions.enrol(session, [one], by=one)

    refused = press(session, "resize", capacity=1)
    assert refused.status_code == 422
    assert "nobody loses theirs" in refused.content.decode()
    assert press(session, "resize", capacity=4).status_code == 302


def test_free_seats_are_offered_by_hand(press, course, crowd, tom):
    session = a_session(course, by=tom, capacity=1, auto_promote=False)
    first, second = (actions.enrol(session, [one], by=one)[0] for one in crowd[:2])
    actions.cancel(first, by=crowd[0])

    press(session, "offer")

    second.refresh_from_db()
    assert second.state == "offered"


def test_requests_are_approved_and_declined_with_a_reason(client, press, crowd, tom):
    session = a_session(CourseFactory(wants_approval=True), by=tom)
    rows = [actions.enrol(session, [one], by=one)[0] for one in crowd[:2]]

    assert "Approve" in page(client, session)
    press(session, "approve", enrolment=rows[0].pk)
    assert press(session, "decline", enrolment=rows[1].pk, reason="").status_code == 422
    press(session, "decline", enrolment=rows[1].pk, reason="Too early for you.")

    for row in rows:
        row.refresh_from_db()
    assert [row.state for row in rows] == ["booked", "declined"]
    assert "Too early for you." in page(client, session)


def test_a_request_of_another_session_is_not_decided_here(press, crowd, session, tom):
    other = a_session(CourseFactory(wants_approval=True), by=tom)
    row = actions.enrol(other, [crowd[0]], by=crowd[0])[0]

    assert press(session, "approve", enrolment=row.pk).status_code == 422


def test_cancelling_asks_why(press, session):
    assert press(session, "cancel", reason=" ").status_code == 422
    assert press(session, "cancel", reason="The trainer is ill.").status_code == 302
    session.refresh_from_db()
    assert session.cancelled_because == "The trainer is ill."
    assert press(session, "publish").status_code == 409


def test_who_was_there_is_recorded_and_the_session_ends(client, press, session, crowd):
    rows = [actions.enrol(session, [one], by=one)[0] for one in crowd[:2]]
    assert "Who was there?" not in page(client, session)

    with time_machine.travel(session.ends_at + timedelta(minutes=1)):
        client.force_login(session.trainers.get())
        assert press(session, "finish").status_code == 409
        said = {f"row_{rows[0].pk}": "attended", f"row_{rows[1].pk}": "no_show"}
        assert press(session, "attend", **said).status_code == 302
        assert press(session, "finish").status_code == 302

    for row in rows:
        row.refresh_from_db()
    assert [row.state for row in rows] == ["attended", "no_show"]
    session.refresh_from_db()
    assert session.state == "done"


def test_others_read_and_change_nothing(client, session, audrey, sam):
    for person in (audrey, sam):
        client.force_login(person)
        text = page(client, session)
        assert "Participants" in text
        assert "Plan it anew" not in text
        for verb in ("publish", "cancel", "attend"):
            address = reverse(f"admin:training_session_{verb}", args=[session.pk])
            assert client.post(address, {"reason": "x"}).status_code == 403
        assert client.get(reverse("admin:training_session_add")).status_code == 403


def test_a_course_is_configuration_and_leaves_a_line(client, tom):
    client.force_login(tom)
    facts = {"kind": "course", "title": "Storno", "audience": 2, "free_until_days": 7}

    answer = client.post(reverse("admin:training_course_add"), {**facts, "is_active": "on"})

    assert answer.status_code == 302
    assert Course.objects.get().title == "Storno"
    assert Entry.objects.get(subject_type="training.course").verb == "course.added"
