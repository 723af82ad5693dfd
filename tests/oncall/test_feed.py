"""The calendar feed: the final plan of one person, behind a secret that can be ended."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from oncall import actions
from oncall.models import Change, Feed
from supportdesk import ical
from supportdesk.errors import NotAllowed, WrongState
from tests.oncall.conftest import week

NOON = datetime(2026, 12, 24, 12, tzinfo=UTC)


@pytest.fixture
def read(client):
    def feed(secret: str) -> str:
        answer = client.get(reverse("duty_feed", args=[secret]))
        assert answer.status_code == 200
        assert answer["Content-Type"] == "text/calendar; charset=utf-8"
        return answer.content.decode()

    return feed


@pytest.mark.django_db
def test_the_feed_is_the_final_plan(schedule, weekly, sam, lea, dev, read):
    secret = actions.open_feed(by=dev)
    before = read(secret).count("BEGIN:VEVENT")

    wish = actions.Wish(Change.Kind.REPLACE, week(schedule, 1), lea, dev)
    actions.change_plan(schedule, wish, by=lea)

    text = read(secret)
    # One more week; with the week after, which is dev's own, it is one duty without interruption.
    assert text.count("BEGIN:VEVENT") == before
    assert f"DTSTART:{week(schedule, 1).start.astimezone(UTC):%Y%m%dT%H%M%SZ}" in text
    assert "SUMMARY:On call: Leistungen" in text
    assert "METHOD:PUBLISH" in text


@pytest.mark.django_db
def test_we_keep_no_secret_and_a_new_address_ends_the_old(client, weekly, sam, read):
    old = actions.open_feed(by=sam)
    assert old not in str(Feed.objects.values())
    new = actions.open_feed(by=sam)

    assert "VEVENT" in read(new)
    assert client.get(reverse("duty_feed", args=[old])).status_code == 404
    actions.close_feed(by=sam)
    assert client.get(reverse("duty_feed", args=[new])).status_code == 404
    with pytest.raises(WrongState):
        actions.close_feed(by=sam)


@pytest.mark.django_db
def test_whoever_has_left_reads_nothing(client, weekly, sam):
    secret = actions.open_feed(by=sam)
    sam.is_active = False
    sam.save()

    assert client.get(reverse("duty_feed", args=[secret])).status_code == 404


@pytest.mark.django_db
def test_customers_have_no_feed(alice):
    with pytest.raises(NotAllowed):
        actions.open_feed(by=alice)


def test_lines_are_folded_at_75_octets_and_text_is_escaped():
    title = "Zäh; dös, \\ " + "ü" * 80 + "\nEND:VCALENDAR"
    event = ical.Event("duty-7", NOON, NOON + timedelta(hours=1), title, "")

    text = ical.publish("Dienste", "desk.example", [event], NOON)

    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    unfolded = text.replace("\r\n ", "")
    assert "SUMMARY:Zäh\\; dös\\, \\\\ " + "ü" * 80 + "\\nEND:VCALENDAR\r\n" in unfolded
    assert len(re.findall("^END:VCALENDAR", text, re.M)) == 1
    assert "UID:duty-7@desk.example\r\n" in text
    assert "DTSTART:20261224T120000Z\r\nDTEND:20261224T130000Z\r\n" in text
