"""Trainings through the API: the same seats as in the portal, with a scope of their own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from supportdesk.accounts.models import Mandate, Scope, Service
from tests.api import calling_as
from tests.factories import CourseFactory, TopicFactory, a_session
from training import actions
from training.models import Enrolment

pytestmark = pytest.mark.django_db
ENROLMENTS = "/api/v1/enrolments/"


def test_a_script_books_and_gives_back(session, alice):
    script = calling_as(alice, scopes=[Scope.TRAININGS])

    booked = script.post(ENROLMENTS, {"session": session.pk})
    row = booked.json()
    assert (booked.status_code, row["state"], row["person"]) == (201, "booked", alice.email)

    back = script.post(f"{ENROLMENTS}{row['id']}/cancel/")
    assert (back.status_code, back.json()["state"]) == (200, "cancelled")


def test_a_repeat_with_the_same_key_answers_the_same(session, alice):
    script, key = calling_as(alice), {"Idempotency-Key": "RUN-1"}

    answers = [script.post(ENROLMENTS, {"session": session.pk}, headers=key) for _n in range(2)]

    assert answers[0].content == answers[1].content
    assert Enrolment.objects.count() == 1


def test_another_scope_opens_nothing(session, alice):
    script = calling_as(alice, scopes=[Scope.TICKETS_READ, Scope.TICKETS_WRITE])

    assert script.get("/api/v1/sessions/").status_code == 403
    assert script.post(ENROLMENTS, {"session": session.pk}).status_code == 403
    assert not Enrolment.objects.exists()


def test_a_coordinator_books_for_a_colleague_and_sees_the_waiting_list(session, carol, crowd):
    script = calling_as(carol)

    states = [
        script.post(ENROLMENTS, {"session": session.pk, "person": one.email}).json()["state"]
        for one in crowd[:3]
    ]

    assert states == ["booked", "booked", "waiting"]
    found = script.get(f"{ENROLMENTS}?state=waiting").json()["results"]
    assert [row["person"] for row in found] == [crowd[2].email]


def test_people_of_others_do_not_exist(session, alice, carol, mallory, paul):
    for caller, person in [(carol, mallory), (alice, carol), (paul, carol)]:
        answer = calling_as(caller).post(
            ENROLMENTS, {"session": session.pk, "person": person.email}
        )
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == "person"
    assert not Enrolment.objects.exists()


def test_a_provider_books_while_its_mandate_carries_trainings(session, paul, mallory):
    wanted = {"session": session.pk, "person": mallory.email}
    assert calling_as(paul).post(ENROLMENTS, wanted).status_code == 201

    Mandate.objects.update(carries=[Service.TICKETS])
    assert calling_as(paul).get(ENROLMENTS).json()["results"] == []
    assert calling_as(paul).post(ENROLMENTS, wanted).status_code == 400


@pytest.mark.parametrize("wrong", [0, "1", True, 1.5, 10**30, None])
def test_a_session_that_cannot_be_is_refused(session, alice, wrong):
    assert calling_as(alice).post(ENROLMENTS, {"session": wrong}).status_code == 400


def test_an_offer_is_taken_or_given_back(session, crowd):
    rows = [actions.enrol(session, [one], by=one)[0] for one in crowd[:4]]
    for row in rows[:2]:
        actions.cancel(row, by=row.person)

    taken = calling_as(crowd[2]).post(f"{ENROLMENTS}{rows[2].pk}/accept/")
    given = calling_as(crowd[3]).post(f"{ENROLMENTS}{rows[3].pk}/refuse/")

    assert [taken.json()["state"], given.json()["state"]] == ["booked", "refused"]
    assert calling_as(crowd[3]).post(f"{ENROLMENTS}{rows[3].pk}/accept/").status_code == 409


def test_sessions_are_found_by_module_and_time_and_never_twice(alice, module, tom):
    course = CourseFactory()
    for _n in range(2):
        topic = TopicFactory()
        topic.modules.add(module)
        course.topics.add(topic)
    soon = a_session(course, by=tom, link="https://meet.example/secret")
    a_session(CourseFactory(), by=tom, starts_at=timezone.now() + timedelta(days=90))
    script = calling_as(alice)

    by_module = script.get(f"/api/v1/sessions/?module={module.code}")
    at = (timezone.now() + timedelta(days=60)).strftime("%Y-%m-%dT%H:%M:%SZ")
    by_time = script.get(f"/api/v1/sessions/?starts_before={at}")

    assert [row["id"] for row in by_module.json()["results"]] == [soon.pk]
    assert [row["id"] for row in by_time.json()["results"]] == [soon.pk]
    assert "secret" not in by_module.content.decode()


def test_what_is_being_prepared_is_no_answer(alice, tom, course, session):
    starts = session.starts_at + timedelta(days=9)
    plan = actions.Plan(starts, starts + timedelta(hours=1), 5, place="Barn")
    draft = actions.plan_session(course, plan, by=tom)

    assert calling_as(alice).get(f"/api/v1/sessions/{draft.pk}/").status_code == 404
    assert calling_as(alice).post(ENROLMENTS, {"session": draft.pk}).status_code == 400
