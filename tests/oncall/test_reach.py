"""Before a duty: a reminder with a link, "I am reachable", and the fallback without an answer."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.urls import reverse

from oncall import actions, mail
from oncall.models import Duty
from oncall.tasks import ask_who_is_next
from supportdesk.errors import NotAllowed, WrongState
from supportdesk.messaging import outbox
from supportdesk.messaging.models import Dispatch
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def duty(schedule, sam, now) -> Duty:
    return Duty.objects.create(
        schedule=schedule, person=sam, during=DateTimeTZRange(now + 20 * HOUR, now + 30 * HOUR)
    )


def told() -> list[tuple[str, str]]:
    while outbox.react():
        pass
    return [
        (row.recipient.email, row.content["subject"]) for row in Dispatch.objects.order_by("pk")
    ]


def test_whoever_is_on_duty_soon_is_asked_once(schedule, duty, sam, now):
    later = Duty.objects.create(
        schedule=schedule, person=sam, during=DateTimeTZRange(now + 40 * HOUR, now + 50 * HOUR)
    )

    ask_who_is_next()
    ask_who_is_next()

    assert [address for address, _subject in told()] == [sam.email]
    later.refresh_from_db()
    assert later.reminded_at is None


def test_without_an_answer_the_fallback_hears_of_it_once(duty, sam, lea, now):
    ask_who_is_next()
    with time_machine.travel(now + 17 * HOUR):
        ask_who_is_next()
    assert len(told()) == 1

    with time_machine.travel(now + 18.5 * HOUR):
        ask_who_is_next()
        ask_who_is_next()

    assert told()[1:] == [(lea.email, "Sam Winter has not confirmed to be reachable")]


def test_a_schedules_own_fallback_goes_before_the_leads(schedule, duty, now):
    schedule.fallback = UserFactory(name="Frieda Falk")
    schedule.save()
    actions.remind(duty, by=mail.User.objects.desk())
    actions.tell_fallback(duty, by=mail.User.objects.desk())

    assert told()[-1][0] == schedule.fallback.email


def test_whoever_has_confirmed_is_left_alone(duty, sam, now):
    ask_who_is_next()
    actions.confirm_reachable(duty, by=sam)
    with time_machine.travel(now + 19 * HOUR):
        ask_who_is_next()

    assert len(told()) == 1
    with pytest.raises(WrongState):
        actions.confirm_reachable(duty, by=sam)


def test_nobody_confirms_for_another(duty, lea, alice):
    for other in (lea, alice):
        with pytest.raises(NotAllowed):
            actions.confirm_reachable(duty, by=other)


def test_a_click_in_the_letter_confirms_and_a_look_does_not(client, duty, sam):
    ask_who_is_next()
    told()
    text = Dispatch.objects.get().content["text"]
    address = re.search(r"https?://[^/]+(/reachable/\S+)", text)[1]

    page = client.get(address)
    assert "I am reachable" in page.content.decode()
    duty.refresh_from_db()
    assert duty.confirmed_at is None

    assert "Noted" in client.post(address).content.decode()
    assert "Noted" in client.post(address).content.decode()  # twice is no harm
    duty.refresh_from_db()
    assert duty.confirmed_at is not None


def test_a_link_dies_with_the_duty_and_is_not_forged(client, duty, lea, now):
    good = mail.token(duty)
    for token in (good[:-1] + ("a" if good[-1] != "a" else "b"), "none"):
        assert client.get(reverse("duty_reachable", args=[token])).status_code == 410
    Duty.objects.filter(pk=duty.pk).update(person=lea)  # handed on
    assert client.get(reverse("duty_reachable", args=[good])).status_code == 410


def test_a_link_is_three_days_good(client, duty, now):
    address = reverse("duty_reachable", args=[mail.token(duty)])
    Duty.objects.filter(pk=duty.pk).update(during=(now + 90 * HOUR, now + 99 * HOUR))
    with time_machine.travel(now + 71 * HOUR):
        assert client.get(address).status_code == 200
    with time_machine.travel(now + 73 * HOUR):
        assert client.get(address).status_code == 410
