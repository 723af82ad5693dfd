"""Fifty at once on the last seat. The lock is a courtesy; the constraint is what holds."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, connections

from supportdesk.accounts.access import Role
from tests.factories import UserFactory, a_session
from training import actions
from training.models import Enrolment, Session

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 50


@pytest.fixture
def people(alpina):
    return [UserFactory(organisation=alpina, roles=[Role.MEMBER]) for _n in range(MANY)]


@pytest.fixture
def last_seat(db):
    return a_session(capacity=1)


def at_once(people: list, call: Callable) -> Counter:
    """What each got, or the error that stood in their way."""
    start = Barrier(len(people))

    def one(person):
        connection.ensure_connection()
        start.wait()
        try:
            return call(person)
        except IntegrityError:
            return "constraint"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(people)) as pool:
        return Counter(pool.map(one, people))


def past_the_verbs(session: Session) -> Callable:
    """A seat taken without looking and without the lock, as a careless programmer would."""

    def take(person):
        Enrolment.objects.create(
            session=session,
            person=person,
            organisation=person.organisation,
            booked_by=person,
            state="booked",
        )
        return "booked"

    return take


def test_one_of_fifty_gets_the_last_seat_and_the_others_wait(last_seat, people):
    def enrol(person):
        return actions.enrol(last_seat, [person], by=person)[0].state

    assert at_once(people, enrol) == {"booked": 1, "waiting": MANY - 1}
    last_seat.refresh_from_db()
    assert last_seat.taken == 1


def test_without_any_lock_the_constraint_lets_one_through(last_seat, people):
    assert at_once(people, past_the_verbs(last_seat)) == {"booked": 1, "constraint": MANY - 1}


def test_without_the_constraint_the_seat_would_be_sold_fifty_times(last_seat, people):
    """So it is the constraint that the test above is about."""
    (check,) = (one for one in Session._meta.constraints if one.name == "no_seat_is_given_twice")
    with connection.schema_editor() as editor:
        editor.remove_constraint(Session, check)
    try:
        assert at_once(people, past_the_verbs(last_seat)) == {"booked": MANY}
    finally:
        Enrolment.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Session, check)
