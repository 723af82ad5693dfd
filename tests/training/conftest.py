"""A course, a session of it with two seats, and enough colleagues to fill it."""

from datetime import timedelta

import pytest
import time_machine

from supportdesk.accounts.access import Role
from tests.factories import CourseFactory, UserFactory, a_session
from training import actions


@pytest.fixture
def course(topic):
    course = CourseFactory(title="Payments for beginners")
    course.topics.add(topic)
    return course


@pytest.fixture
def session(course, tom):
    return a_session(course, by=tom, trainers=[tom])


@pytest.fixture
def crowd(alpina):
    """Ten colleagues of alice."""
    return [
        UserFactory(
            name=f"Person {n}",
            email=f"person{n}@alpina.example",
            organisation=alpina,
            roles=[Role.MEMBER],
        )
        for n in range(10)
    ]


@pytest.fixture
def held(course, crowd, tom):
    """A session that is over, with seven who came and one who did not, as the crowd stands."""
    session = a_session(course, by=tom, trainers=[tom], capacity=10)
    rows = [actions.enrol(session, [one], by=one)[0] for one in crowd[:8]]
    with time_machine.travel(session.ends_at + timedelta(minutes=1)):
        there = [row.pk for row in rows[:7]]
        actions.record_attendance(session, by=tom, there=there, absent=[rows[7].pk])
        yield actions.finish_session(session, by=tom)
