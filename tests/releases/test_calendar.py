"""The release calendar: whose packages, on which day, and what breaks the rhythm."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from releases import actions, calendar
from releases.models import Status
from tests.factories import LineFactory, PackageFactory, SystemFactory
from tests.releases import fleet

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return timezone.localdate()


def coming(line, level, day):
    facts = {"status": Status.PLANNED, "released_at": None, "planned_on": day}
    return PackageFactory(line=line, level=level, **facts)


def shown(user, today):
    return {
        str(entry.package): (entry.day - today).days
        for month in calendar.months(user, today)
        for entry in month.entries
    }


@pytest.fixture
def plan(line, alpina, system, today):
    """Alpina runs 2026.1; 2026.2 branches from it, and its support packages are others' matter."""
    branch = LineFactory(name="2026.2", parent=line, branch_level=3)
    fleet.given_to(alpina, line, 4)
    coming(line, 5, today + timedelta(days=30))
    coming(line, 6, today + timedelta(days=551))
    coming(branch, 0, today + timedelta(days=60))
    coming(branch, 1, today + timedelta(days=90))
    PackageFactory(line=branch, level=2, status=Status.PLANNED, released_at=None)
    PackageFactory(line=line, level=3)


def test_customers_see_the_lines_they_run_and_all_big_releases(plan, carol, alice, today):
    mine = {"2026.1 SP 4": 0, "2026.1 SP 5": 30, "2026.2 SP 0": 60}

    assert shown(carol, today) == shown(alice, today) == mine


def test_staff_see_all_that_has_a_day_near_enough(plan, rita, today):
    assert shown(rita, today) == {
        "2026.1 SP 3": 0,
        "2026.1 SP 4": 0,
        "2026.1 SP 5": 30,
        "2026.2 SP 0": 60,
        "2026.2 SP 1": 90,
    }


def test_what_came_long_ago_is_left_out(line, rita, today):
    for level, days in ((1, 121), (2, 119)):
        PackageFactory(line=line, level=level, released_at=timezone.now() - timedelta(days=days))

    assert shown(rita, today) == {"2026.1 SP 2": -119}


def test_months_follow_each_other(line, rita, today):
    for level, days in ((1, 10), (2, 45), (3, 80)):
        coming(line, level, today + timedelta(days=days))

    firsts = [month.first for month in calendar.months(rita, today)]

    assert firsts == sorted(set(firsts))
    assert {one.day for one in firsts} == {1}


def test_only_what_is_to_come_breaks_the_rhythm(line, rita, today):
    fleet.package(line, 3, Status.RELEASED)
    fleet.package(line, 4, Status.RELEASED)  # on the same day: too late to mend
    five = coming(line, 5, today + timedelta(days=20))
    six = coming(line, 6, today + timedelta(days=60))
    coming(line, 7, today + timedelta(days=90))
    eight = coming(line, 8, today + timedelta(days=80))

    assert calendar.breaks() == {
        five.pk: ["Only 20 days after 2026.1 SP 4; the rhythm is 28 to 35."],
        six.pk: ["40 days after 2026.1 SP 5; the rhythm is 28 to 35."],
        eight.pk: ["No later than 2026.1 SP 7, which it follows."],
    }


def test_customers_read_what_they_plan_and_no_warnings(plan, client, carol, system, line, today):
    package = actions.plan_import(
        system, fleet.given_to(carol.organisation, line, 7), by=carol, planned_for=today
    ).package
    coming(line, 8, today + timedelta(days=5))
    client.force_login(carol)

    page = client.get(reverse("release_calendar")).content.decode()

    assert str(package) in page
    assert "planned for ALP-P1" in page
    assert "2026.1 SP 8" in page
    assert "the rhythm is" not in page


def test_the_office_counts_what_breaks_the_rhythm(plan, client, rita, today):
    client.force_login(rita)
    address = reverse("admin:releases_package_calendar")
    assert "The plan keeps the rhythm." in client.get(address).content.decode()

    coming(LineFactory(name="2027.1"), 0, today + timedelta(days=100))

    page = client.get(address).content.decode()
    assert "1 package breaks the rhythm." in page
    assert "Only 40 days after 2026.2 SP 0; the rhythm is 154 to 210." in page


def test_planning_a_package_out_of_rhythm_warns_and_is_kept(client, rita, line, today):
    coming(line, 1, today + timedelta(days=10))
    client.force_login(rita)
    day = today + timedelta(days=20)

    answer = client.post(
        reverse("admin:releases_package_add"),
        {"line": line.pk, "level": 2, "planned_on": str(day)},
        follow=True,
    )

    assert "Only 10 days after 2026.1 SP 1; the rhythm is 28 to 35." in answer.content.decode()
    assert line.packages.get(level=2).planned_on == day


def test_nobody_elses_plans_are_shown(plan, client, mallory, carol, system, line, today, hansa):
    SystemFactory(organisation=hansa)
    sp = fleet.given_to(carol.organisation, line, 7)
    actions.plan_import(system, sp, by=carol, planned_for=today)
    fleet.deliver(sp, hansa)
    client.force_login(mallory)

    page = client.get(reverse("release_calendar")).content.decode()

    assert "2026.1 SP 7" in page
    assert "ALP-P1" not in page
