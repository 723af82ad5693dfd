"""A course, a session of it with two seats, and enough colleagues to fill it."""

import pytest

from supportdesk.accounts.access import Role
from tests.factories import CourseFactory, UserFactory, a_session


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
