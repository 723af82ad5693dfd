"""The customers' pages about trainings: the catalogue, a session, and one's own."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from supportdesk.accounts.models import Mandate, Service
from tests.factories import CourseFactory, LineFactory, ModuleFactory, TopicFactory, a_session
from training import actions
from training.models import Course, Enrolment

pytestmark = pytest.mark.django_db
LINK = "https://meet.example/room"


@pytest.fixture
def read(client):
    """The words of a page, as this person reads it."""

    def read(person, name, *args, **query):
        client.force_login(person)
        return client.get(reverse(name, args=args), query).content.decode()

    return read


def press(client, person, name, pk, **data):
    client.force_login(person)
    return client.post(reverse(name, args=[pk]), data)


def test_the_catalogue_shows_what_is_to_come_with_its_seats(read, session, alice, crowd):
    actions.enrol(session, [crowd[0]], by=crowd[0])
    past = a_session(CourseFactory(title="Long ago"))
    with time_machine.travel(past.ends_at + timedelta(minutes=1)):
        assert "Long ago" not in read(alice, "trainings")

    page = read(alice, "trainings")
    assert "Payments for beginners" in page
    assert "1 seat of 2 free" in page


def test_the_catalogue_is_in_the_order_of_days(read, alice, tom):
    for title, days in (("Third", 40), ("First", 9), ("Second", 20)):
        a_session(CourseFactory(title=title), starts_at=timezone.now() + timedelta(days=days))

    page = read(alice, "trainings")

    assert page.index("First") < page.index("Second") < page.index("Third")


def test_a_seat_somebody_waits_for_is_not_called_free(read, course, alice, crowd, tom):
    session = a_session(course, by=tom, capacity=1, auto_promote=False)
    first, _second = (actions.enrol(session, [one], by=one)[0] for one in crowd[:2])
    actions.cancel(first, by=crowd[0])

    assert "waiting list: 1 person" in read(alice, "trainings")


def test_what_is_being_prepared_is_ours(client, course, alice, tom, session):
    starts = session.starts_at + timedelta(days=9)
    plan = actions.Plan(starts, starts + timedelta(hours=1), 5, place="Secret barn")
    draft = actions.plan_session(course, plan, by=tom)

    client.force_login(alice)
    assert client.get(reverse("training_session", args=[draft.pk])).status_code == 404
    assert "Secret barn" not in client.get(reverse("trainings")).content.decode()


@pytest.fixture
def offered(module):
    """One of each kind of thing the filter tells apart."""
    line = LineFactory()
    topic = TopicFactory()
    topic.modules.add(module)
    about = CourseFactory(title="About the module")
    about.topics.add(topic)
    a_session(about)
    a_session(CourseFactory(title="With the release", line=line))
    a_session(CourseFactory(title="At the screen"), place="", link=LINK)
    a_session(CourseFactory(title="All of us", kind=Course.Kind.USER_MEETING))
    a_session(CourseFactory(title="Much later"), starts_at=timezone.now() + timedelta(days=90))
    return {"module": module.pk, "line": line.pk}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("module", "About the module"),
        ("line", "With the release"),
        ("where", "At the screen"),
        ("kind", "All of us"),
        ("since", "Much later"),
    ],
)
def test_the_catalogue_is_narrowed(read, offered, alice, asked, found):
    later = timezone.localdate() + timedelta(days=60)
    said = {**offered, "where": "online", "kind": "user_meeting", "since": f"{later}"}[asked]
    titles = {"About the module", "With the release", "At the screen", "All of us", "Much later"}

    page = read(alice, "trainings", **{asked: said})

    assert {title for title in titles if title in page} == {found}


def test_a_wish_that_makes_no_sense_is_said_and_loses_nothing(client, session, alice):
    client.force_login(alice)
    answer = client.get(reverse("trainings"), {"since": "yesterday", "module": "x"})

    assert answer.status_code == 422
    assert "Payments for beginners" in answer.content.decode()
    assert 'value="yesterday"' in answer.content.decode()


def test_nothing_that_fits_is_said_with_a_way_back(read, session, alice):
    assert "No session fits." in read(alice, "trainings", module=ModuleFactory().pk)


def test_a_member_books_a_seat_and_gives_it_back(client, read, session, alice):
    answer = press(client, alice, "training_book", session.pk, me="1")

    assert answer.status_code == 302
    row = Enrolment.objects.get()
    assert (row.person, row.state) == (alice, "booked")
    page = read(alice, "training_session", session.pk)
    assert "The seat is booked." in page
    assert "Give the seat back" in page
    press(client, alice, "place_cancel", row.pk)
    row.refresh_from_db()
    assert row.state == "cancelled"


def test_who_waits_reads_why_and_takes_the_seat_that_is_offered(client, read, session, crowd):
    rows = [actions.enrol(session, [one], by=one)[0] for one in crowd[:4]]

    page = read(crowd[3], "training_session", session.pk)
    assert "1 person is before you." in page
    assert "All 2 seats are taken." in page
    assert "Withdraw" in page
    actions.cancel(rows[0], by=crowd[0])
    assert "Please answer until" in read(crowd[2], "training_session", session.pk)
    assert press(client, crowd[2], "place_accept", rows[2].pk).status_code == 302
    rows[2].refresh_from_db()
    assert rows[2].state == "booked"


def test_an_offer_is_given_back_and_goes_on(client, session, crowd):
    rows = [actions.enrol(session, [one], by=one)[0] for one in crowd[:4]]
    actions.cancel(rows[0], by=crowd[0])

    press(client, crowd[2], "place_refuse", rows[2].pk)

    assert [row.state for row in Enrolment.objects.order_by("pk")] == [
        "cancelled",
        "booked",
        "refused",
        "offered",
    ]


def test_a_coordinator_books_for_colleagues_together(client, read, session, carol, crowd, alice):
    assert "Person 3" in read(carol, "training_session", session.pk)
    people = [one.pk for one in crowd[:3]]

    press(client, carol, "training_book", session.pk, people=people)

    assert {row.state for row in Enrolment.objects.all()} == {"waiting"}
    page = read(carol, "training_session", session.pk)
    assert "3 people are on the waiting list" in page
    assert "Book for colleagues" not in read(alice, "training_session", session.pk)


def test_nobody_ticked_is_asked_for_at_the_field(client, session, carol):
    answer = press(client, carol, "training_book", session.pk)

    assert answer.status_code == 422
    assert "Choose one to 30 people." in answer.content.decode()
    assert not Enrolment.objects.exists()


def test_people_of_others_are_no_choice(client, session, carol, mallory):
    answer = press(client, carol, "training_book", session.pk, people=[mallory.pk])

    assert answer.status_code == 422
    assert not Enrolment.objects.exists()


def test_a_provider_books_for_its_insurers_within_its_mandate(client, read, session, paul, mallory):
    press(client, paul, "training_book", session.pk, people=[mallory.pk])
    assert Enrolment.objects.get().booked_by == paul
    assert mallory.name in read(paul, "trainings_mine")

    Mandate.objects.update(carries=[Service.TICKETS])
    assert "Book for colleagues" not in read(paul, "training_session", session.pk)
    assert mallory.name not in read(paul, "trainings_mine")
    assert press(client, paul, "place_cancel", Enrolment.objects.get().pk).status_code == 404


def test_a_member_does_not_see_who_else_comes(read, session, alice, crowd):
    actions.enrol(session, crowd[:1], by=crowd[0])

    assert "Person 0" not in read(alice, "training_session", session.pk)


def test_the_link_is_for_those_with_a_seat_and_only_shortly_before(read, course, alice, crowd, tom):
    session = a_session(course, by=tom, capacity=1, place="", link=LINK)
    actions.enrol(session, [alice], by=alice)
    actions.enrol(session, [crowd[0]], by=crowd[0])
    assert LINK not in read(alice, "training_session", session.pk)

    with time_machine.travel(session.starts_at - timedelta(hours=23)):
        assert LINK in read(alice, "training_session", session.pk)
        assert LINK in read(alice, "trainings_mine")
        assert LINK not in read(crowd[0], "training_session", session.pk)
        assert LINK not in read(tom, "training_session", session.pk)


def test_a_cancelled_session_says_why_and_names_other_dates(read, course, session, alice, tom):
    later = a_session(course, by=tom, starts_at=session.starts_at + timedelta(days=30))
    actions.enrol(session, [alice], by=alice)
    actions.cancel_session(session, by=tom, reason="The trainer is ill.")

    page = read(alice, "training_session", session.pk)

    assert "The trainer is ill." in page
    assert reverse("training_session", args=[later.pk]) in page
    assert "Book for me" not in page


def test_my_trainings_are_those_to_come_and_those_before(read, session, alice, tom):
    row = actions.enrol(session, [alice], by=alice)[0]
    assert "Give the seat back" in read(alice, "trainings_mine")

    with time_machine.travel(session.ends_at + timedelta(minutes=1)):
        actions.record_attendance(session, by=tom, there=[row.pk], absent=[])
        page = read(alice, "trainings_mine")
    assert "took part" in page
    assert "Give the seat back" not in page


def test_a_course_shows_its_rules_and_its_sessions(read, course, session, alice):
    page = read(alice, "course", course.pk)

    assert "free until 7 days before it begins" in page
    assert reverse("training_session", args=[session.pk]) in page
