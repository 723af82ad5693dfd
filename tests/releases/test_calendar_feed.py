"""The release plan in a customer's own calendars, behind a secret that can be ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from releases import actions
from releases.models import CalendarFeed, Status
from supportdesk.accounts.access import Role
from supportdesk.accounts.models import Mandate, Service
from supportdesk.audit.models import Entry
from supportdesk.errors import NotAllowed
from tests.factories import PackageFactory, SystemFactory, UserFactory
from tests.releases import fleet

pytestmark = pytest.mark.django_db


@pytest.fixture
def read(client):
    def feed(secret: str) -> str:
        answer = client.get(reverse("release_feed", args=[secret]))
        assert answer.status_code == 200
        assert answer["Content-Type"] == "text/calendar; charset=utf-8"
        return answer.content.decode().replace("\r\n ", "")

    return feed


def is_dead(client, secret):
    return client.get(reverse("release_feed", args=[secret])).status_code == 404


def test_the_feed_has_packages_and_planned_imports_as_whole_days(read, system, sp4, carol, line):
    day = timezone.localdate() + timedelta(days=20)
    facts = {"status": Status.PLANNED, "released_at": None, "planned_on": day}
    five = PackageFactory(line=line, level=5, **facts)
    plan = actions.plan_import(system, sp4, by=carol, planned_for=day)

    text = read(actions.open_calendar(by=carol))

    assert text.count("BEGIN:VEVENT") == 3
    assert f"UID:package-{five.pk}@" in text
    assert f"UID:import-{plan.pk}@" in text
    days = f"DTSTART;VALUE=DATE:{day:%Y%m%d}\r\nDTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"
    assert text.count(days) == 2
    assert "SUMMARY:2026.1 SP 5\r\nDESCRIPTION:" in text
    assert "ALP-P1" in text


def test_it_speaks_its_opener_s_language(read, system, sp4, carol):
    carol.language = "de"
    carol.save()
    actions.plan_import(system, sp4, by=carol, planned_for=timezone.localdate())

    text = read(actions.open_calendar(by=carol))

    assert "ALP-P1: Einspielung von 2026.1 SP 4" in text


def test_nobody_else_s_plans_are_in_it(read, system, sp4, carol, mallory, hansa, line):
    SystemFactory(organisation=hansa)
    fleet.deliver(sp4, hansa)
    actions.plan_import(system, sp4, by=carol, planned_for=timezone.localdate())

    text = read(actions.open_calendar(by=mallory))

    assert "2026.1 SP 4" in text
    assert "ALP-P1" not in text


def test_we_keep_no_secret_and_a_new_address_ends_the_old(client, carol, alpina):
    old = actions.open_calendar(by=carol)
    assert old not in str(CalendarFeed.objects.values())
    dora = UserFactory(organisation=alpina, roles=[Role.COORDINATOR])

    new = actions.open_calendar(by=dora)

    assert is_dead(client, old)
    assert not is_dead(client, new)
    assert CalendarFeed.objects.count() == 1
    actions.close_calendar(by=carol)
    assert is_dead(client, new)
    said = [*Entry.objects.order_by("pk").values_list("verb", flat=True)]
    assert said == ["calendarfeed.opened"] * 2 + ["calendarfeed.closed"]


def test_it_ends_with_the_account_that_opened_it(client, carol):
    secret = actions.open_calendar(by=carol)
    carol.is_active = False
    carol.save()

    assert is_dead(client, secret)


def test_a_providers_feed_follows_its_mandates(read, nord, hansa, line):
    Mandate.objects.update(carries=[Service.IMPORTS])
    system, package = (
        SystemFactory(organisation=hansa, code="HAN-P1"),
        fleet.given_to(hansa, line, 4),
    )
    pia = UserFactory(organisation=nord, roles=[Role.COORDINATOR])
    actions.plan_import(system, package, by=pia, planned_for=timezone.localdate())
    secret = actions.open_calendar(by=pia)
    assert "HAN-P1" in read(secret)

    Mandate.objects.update(carries=[])

    assert "HAN-P1" not in read(secret)


def test_only_coordinators_open_and_end_one(alice, rita, paul, mallory, carol):
    actions.open_calendar(by=carol)
    for person in (alice, rita, paul):
        for verb in (actions.open_calendar, actions.close_calendar):
            with pytest.raises(NotAllowed):
                verb(by=person)
    with pytest.raises(CalendarFeed.DoesNotExist):
        actions.close_calendar(by=mallory)


def test_the_page_shows_the_address_once_and_ends_it(client, carol, alice, read):
    client.force_login(carol)
    page = client.post(reverse("release_feed_open")).content.decode()
    secret = page.partition(".ics")[0].rpartition("/")[2]
    assert "BEGIN:VCALENDAR" in read(secret)

    page = client.get(reverse("release_calendar")).content.decode()
    assert secret not in page
    assert "End it" in page

    page = client.post(reverse("release_feed_close"), follow=True).content.decode()
    assert "The address opens nothing any more." in page
    assert is_dead(client, secret)
    client.force_login(alice)
    assert "Create an address" not in client.get(reverse("release_calendar")).content.decode()
