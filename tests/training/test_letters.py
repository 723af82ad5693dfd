"""Letters about trainings: who hears of what, once, and what their calendar is told."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import icalendar
import pytest
import recurring_ical_events
import time_machine
from django.core import mail as outgoing
from django.urls import reverse
from django.utils import timezone

from supportdesk.messaging import dispatch, outbox
from supportdesk.messaging.models import Dispatch, Notice
from tests.factories import a_session
from training import actions, invitations, tasks
from training.actions.planning import Plan

pytestmark = pytest.mark.django_db
LINK = "https://meet.example/room"


def letters():
    """Those written since the last look, by person and state of the subject line."""
    while outbox.react():
        pass
    rows = list(Dispatch.objects.filter(state="waiting").order_by("pk"))
    Dispatch.objects.filter(pk__in=[row.pk for row in rows]).update(
        state="sent", sent_at=timezone.now()
    )
    return [(row.recipient, row.content) for row in rows]


def moved(session, **facts):
    at = session.starts_at + timedelta(days=facts.pop("days", 0))
    plan = {"place": session.place, "link": session.link, **facts}
    return Plan(at, at + timedelta(hours=6), session.capacity, **plan)


def test_whoever_is_booked_gets_an_invitation_by_mail(session, alice, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    actions.enrol(session, [alice], by=alice)
    while outbox.react():
        pass

    assert dispatch.deliver("mail")

    sent = message_from_bytes(outgoing.outbox[0].message().as_bytes(), policy=policy.default)
    (part,) = [one for one in sent.walk() if one.get_content_type() == "text/calendar"]
    assert part["Content-Type"].params["method"] == "REQUEST"
    assert part.get_content_charset() == "utf-8"
    calendar = icalendar.Calendar.from_ical(part.get_content())
    (event,) = recurring_ical_events.of(calendar).between(
        session.starts_at - timedelta(hours=1), session.ends_at
    )
    assert event["DTSTART"].dt == session.starts_at.replace(microsecond=0)
    assert sent["To"] == alice.email


def test_each_step_is_told_once_and_only_to_whom_it_is_about(session, crowd):
    for one in crowd[:4]:
        actions.enrol(session, [one], by=one)
    assert [person for person, _content in letters()] == crowd[:4]

    actions.cancel(session.enrolments.get(person=crowd[0]), by=crowd[0])

    told = letters()
    assert [person for person, _content in told] == [crowd[0], crowd[2]]
    assert "A seat is offered to you" in told[1][1]["text"]
    assert "calendar" not in told[1][1]
    assert Notice.objects.filter(user=crowd[2]).count() == 2


def test_who_waits_reads_why(session, crowd):
    for one in crowd[:3]:
        actions.enrol(session, [one], by=one)

    assert "All 2 seats are taken." in letters()[2][1]["text"]


def test_a_moved_session_is_told_to_all_with_a_place_and_moves_in_calendars(session, crowd, tom):
    for one in crowd[:3]:
        actions.enrol(session, [one], by=one)
    letters()

    actions.change_session(session, moved(session, days=1), by=tom)

    told = letters()
    assert {person for person, _content in told} == set(crowd[:3])
    assert sum("SEQUENCE:1" in content["calendar"]["text"] for _p, content in told[:2]) == 2
    assert "calendar" not in told[2][1]
    actions.change_session(session, moved(session, days=1, title="Anew"), by=tom)
    assert "SEQUENCE:1" in letters()[0][1]["calendar"]["text"]


def test_who_books_after_the_move_hears_of_no_move(session, crowd, tom):
    actions.change_session(session, moved(session, days=1), by=tom)
    actions.enrol(session, crowd[:1], by=crowd[0])

    assert len(letters()) == 1


def test_a_cancelled_session_is_told_with_other_dates(course, session, crowd, tom):
    later = a_session(course, by=tom, starts_at=session.starts_at + timedelta(days=30))
    for one in crowd[:3]:
        actions.enrol(session, [one], by=one)
    letters()

    actions.cancel_session(session, by=tom, reason="The trainer is ill.")

    told = letters()
    assert {person for person, _content in told} == set(crowd[:3])
    for _person, content in told:
        assert "The trainer is ill." in content["text"]
        assert reverse("training_session", args=[later.pk]) in content["text"]
    assert ["calendar" in content for _person, content in told] == [True, True, False]


def test_what_a_calendar_must_take_up_is_sent_though_the_place_has_moved_on(course, alice, tom):
    session = a_session(course, by=tom, capacity=1)
    row = actions.enrol(session, [alice], by=alice)[0]
    letters()
    actions.cancel(row, by=alice)
    actions.enrol(session, [alice], by=alice)

    sent = [content["calendar"] for _person, content in letters()]

    assert [one["method"] for one in sent] == ["CANCEL", "REQUEST"]
    assert ["SEQUENCE:1" in sent[0]["text"], "SEQUENCE:2" in sent[1]["text"]] == [True, True]


def test_the_day_before_those_with_a_seat_are_reminded_once_with_the_link(course, crowd, tom):
    session = a_session(course, by=tom, capacity=1, place="", link=LINK)
    for one in crowd[:2]:
        actions.enrol(session, [one], by=one)
    assert all(LINK not in f"{content}" for _person, content in letters())
    with time_machine.travel(session.starts_at - timedelta(hours=25)):
        tasks.remind()
        assert letters() == []

    with time_machine.travel(session.starts_at - timedelta(hours=20)):
        tasks.remind()
        tasks.remind()
        told = letters()
    assert [person for person, _content in told] == [crowd[0]]
    assert LINK in told[0][1]["text"]


def test_a_letter_is_in_the_language_of_its_reader(session, alice):
    alice.language = "de"
    alice.save()
    actions.enrol(session, [alice], by=alice)

    (_person, content) = letters()[0]
    assert "Sie haben einen Platz." in content["text"]


def test_the_feed_shows_seats_and_a_new_address_ends_the_old(client, session, crowd):
    for one in crowd[:3]:
        actions.enrol(session, [one], by=one)
    first = actions.open_feed(by=crowd[0])
    secret = actions.open_feed(by=crowd[0])
    waits = actions.open_feed(by=crowd[2])

    assert client.get(reverse("trainings_feed", args=[first])).status_code == 404
    answer = client.get(reverse("trainings_feed", args=[secret]))
    assert len(icalendar.Calendar.from_ical(answer.content).walk("VEVENT")) == 1
    answer = client.get(reverse("trainings_feed", args=[waits]))
    assert icalendar.Calendar.from_ical(answer.content).walk("VEVENT") == []


def test_the_address_is_shown_once(client, alice):
    client.force_login(alice)

    page = client.post(reverse("trainings_feed_open")).content.decode()

    assert "/trainings/feed/" in page
    assert "/trainings/feed/" not in client.get(reverse("trainings_mine")).content.decode()


def test_hostile_words_stay_words():
    seat = invitations.Seat(
        "u", 0, timezone.now(), timezone.now() + timedelta(hours=1),
        "A; B, C\\D\r\nATTENDEE:mailto:x@x.example\x00" + "ü" * 90, "P", "T", "https://x.example/",
    )  # fmt: skip
    who = invitations.Party('Eve "\r\nX-EVIL:1', "eve@x.example")

    text = invitations.invite(seat, who, who, timezone.now())

    event: Any = icalendar.Calendar.from_ical(text).walk("VEVENT")[0]
    assert "X-EVIL" not in event
    assert str(event["SUMMARY"]) == "A; B, C\\D\nATTENDEE:mailto:x@x.example" + "ü" * 90
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert event["DTSTAMP"].dt.tzinfo is not None


def test_who_books_for_others_is_told_nothing_of_them(session, paul, mallory):
    actions.enrol(session, [mallory], by=paul)

    assert [person for person, _content in letters()] == [mallory]
