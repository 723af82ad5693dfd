"""A season at the doors: who asks, waits, is offered, moves along, takes part, is certified, and
votes; and everybody hears of each step once.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from releases.actions import put_wish
from supportdesk.accounts.access import Role
from supportdesk.accounts.models import Organisation
from supportdesk.messaging import outbox
from supportdesk.messaging.models import Dispatch
from tests.factories import CourseFactory, LineFactory, UserFactory
from training import tasks
from training.models import Certificate, Enrolment, Session

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


class Season:
    """The doors, as people use them; what has happened is worked off after each."""

    def __init__(self, client, tom):
        self.client, self.tom = client, tom

    def press(self, person, name, *args, **said):
        self.client.force_login(person)
        answer = self.client.post(reverse(name, args=args), said)
        assert answer.status_code == 302, answer.content.decode()[:2000]
        self.work_off()

    def plan(self, course, starts, hours=6, **facts):
        said = self.written(starts, hours, **facts)
        self.press(self.tom, "admin:training_session_add", course=course.pk, **said)
        session = Session.objects.latest("pk")
        self.press(self.tom, "admin:training_session_publish", session.pk)
        return session

    def written(self, starts, hours=6, **facts):
        wall = timezone.localtime(starts)
        return {
            "starts_at": f"{wall:%Y-%m-%dT%H:%M}",
            "ends_at": f"{wall + timedelta(hours=hours):%Y-%m-%dT%H:%M}",
            "capacity": 2,
            "minimum": 1,
            "place": "Essen",
            "language": "de",
            "offer_hours": 48,
            "waitlist_open": "on",
            **facts,
        }

    @staticmethod
    def work_off():
        while outbox.react():
            pass


@pytest.fixture
def season(client, tom):
    return Season(client, tom)


def state(person, session):
    return Enrolment.objects.get(person=person, session=session).state


def test_a_season(client, season, module, alpina, hansa, alice, carol, mallory, sam, tom):
    harz = Organisation.objects.create(name="Harz", code="HRZ", kind=alpina.kind)
    henry = UserFactory(name="Henry", organisation=hansa, roles=[Role.MEMBER])
    zoe = UserFactory(name="Zoe", organisation=harz, roles=[Role.MEMBER])
    course = CourseFactory(title="New", line=LineFactory(name="2026.2"), wants_approval=True)
    begun = timezone.now()
    session = season.plan(course, begun + 21 * DAY)
    ask(season, session, alice, mallory, carol, henry, zoe)
    give_back(season, session, begun, alice, carol, henry)
    season.press(
        tom, "admin:training_session_replan", session.pk, **season.written(begun + 22 * DAY)
    )
    session.refresh_from_db()
    take_part(client, season, session, mallory, henry)
    wish = put_wish(module, by=sam, title="Filter", text="Keep it.")
    meet(season, wish, carol, begun + 40 * DAY)
    told_once(alice, mallory, carol, henry, zoe)


def ask(season, session, alice, mallory, carol, henry, zoe):
    """Five ask for two seats; four are approved, of whom two wait, and one is declined."""
    tom = season.tom
    for person in (alice, mallory, carol, henry, zoe):
        season.press(person, "training_book", session.pk, me="1")
    for person in (alice, mallory, carol, henry):
        place = Enrolment.objects.get(person=person)
        season.press(tom, "admin:training_session_approve", session.pk, enrolment=place.pk)
    asked = Enrolment.objects.get(person=zoe).pk
    season.press(tom, "admin:training_session_decline", session.pk, enrolment=asked, reason="Later")
    states = [state(person, session) for person in (alice, mallory, carol, henry, zoe)]
    assert states == ["booked", "booked", "waiting", "waiting", "declined"]


def give_back(season, session, begun, alice, carol, henry):
    """The seat is offered to the first who waits, who lets it run out, and then to the next."""
    season.press(alice, "place_cancel", Enrolment.objects.get(person=alice).pk)
    assert state(carol, session) == "offered"
    with time_machine.travel(begun + timedelta(hours=49)):
        tasks.expire_offers()
        season.work_off()
        assert (state(carol, session), state(henry, session)) == ("expired", "offered")
        season.press(henry, "place_accept", Enrolment.objects.get(person=henry).pk)


def take_part(client, season, session, mallory, henry):
    """One by the code, one on the list; a stranger verifies what one has to show for it."""
    tom = season.tom
    with time_machine.travel(session.starts_at - timedelta(hours=12)):
        tasks.remind()
        tasks.remind()
    with time_machine.travel(session.starts_at + timedelta(hours=1)):
        season.press(tom, "admin:training_session_show_code", session.pk)
        here = Enrolment.objects.get(person=mallory)
        season.press(mallory, "place_check_in", here.pk, code=session.day_codes.get().code)
        came = {f"row_{Enrolment.objects.get(person=henry).pk}": "attended"}
        season.press(tom, "admin:training_session_attend", session.pk, **came)
    with time_machine.travel(session.ends_at + timedelta(hours=1)):
        season.press(tom, "admin:training_session_finish", session.pk)
        points = dict.fromkeys(("useful", "pace", "explained", "organised"), "4")
        season.press(mallory, "place_feedback", here.pk, **points)
        client.logout()
        paper = Certificate.objects.get(enrolment=here).printed_code
        found = client.get(reverse("certificate_check"), {"code": paper}, follow=True)
        assert mallory.name in found.content.decode()


def meet(season, wish, carol, starts):
    """A user meeting with a vote, and its minutes for who was there."""
    tom = season.tom
    gathering = season.plan(CourseFactory(title="Autumn", kind="user_meeting"), starts)
    until = timezone.localtime(gathering.starts_at)
    said = {"votes_until": f"{until:%Y-%m-%dT%H:%M}", "budget": 10, "wishes": [wish.pk]}
    season.press(tom, "admin:training_session_meeting_prepare", gathering.pk, **said)
    season.press(carol, "training_book", gathering.pk, me="1")
    season.press(carol, "meeting_vote", gathering.pk, **{f"wish_{wish.pk}": "10"})
    with time_machine.travel(gathering.ends_at + timedelta(hours=1)):
        came = {f"row_{Enrolment.objects.get(person=carol, session=gathering).pk}": "attended"}
        season.press(tom, "admin:training_session_attend", gathering.pk, **came)
        words = {"minutes": "The filter stays."}
        season.press(tom, "admin:training_session_meeting_minutes", gathering.pk, **words)
        season.press(tom, "admin:training_session_meeting_publish", gathering.pk)


def told_once(alice, mallory, carol, henry, zoe):
    letters = Dispatch.objects.filter(channel="mail", dedupe_key__startswith="training.")
    told = Counter((one.recipient, one.dedupe_key.split(":")[0]) for one in letters)
    place, changed = "training.place", "training.changed"
    assert told == {
        (alice, place): 3,  # asked for, booked, given back
        (mallory, place): 2,  # asked for, booked
        (mallory, changed): 1,
        (mallory, "training.reminded"): 1,
        (mallory, "training.certificate"): 1,
        (carol, place): 5,  # asked for, waits, offered, ran out; booked for the meeting
        (carol, "training.minutes"): 1,
        (henry, place): 4,  # asked for, waits, offered, booked
        (henry, changed): 1,
        (henry, "training.reminded"): 1,
        (henry, "training.certificate"): 1,
        (zoe, place): 2,  # asked for, declined
    }
