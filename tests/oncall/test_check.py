"""The plan check: each finding says who, when and why."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from oncall import check
from oncall.models import ContactChannel, Duty, Page, Policy, PolicyVersion, Schedule
from oncall.spans import Span
from supportdesk.worktime.models import Absence

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 2, 8, tzinfo=UTC)
DAY = timedelta(days=1)
WINDOW = Span(MONDAY - 30 * DAY, MONDAY + 60 * DAY)


def duty(schedule, person, start, days=1, position=1) -> Duty:
    during = (start, start + days * DAY)
    return Duty.objects.create(schedule=schedule, person=person, during=during, position=position)


def found(title: str) -> list[str]:
    return [one.reason for one in check.check(WINDOW).findings if one.title == title]


@pytest.fixture
def reachable(sam, lea):
    for person in (sam, lea):
        for kind in ("mail", "sms"):
            ContactChannel.objects.create(
                person=person, kind=kind, address="x", confirmed_at=MONDAY
            )


def test_a_plan_like_this_has_nothing_against_it(schedule, sam, lea, reachable):
    duty(schedule, sam, MONDAY, 7)
    duty(schedule, lea, MONDAY + 7 * DAY, 7)

    checked = check.check(WINDOW)
    assert checked.findings == []
    [shared] = checked.shares
    assert [load.points for _person, load in shared.loads] == [11, 11]
    assert (shared.team, shared.mean) == ("Leistungen", 11)


def test_two_schedules_at_once_are_a_double_duty(schedule, sam):
    other = Schedule.objects.create(name="Zahllauf")
    duty(schedule, sam, MONDAY, 2)
    duty(other, sam, MONDAY + DAY, 2)

    [reason] = found("Double duty")
    assert "Sam Winter" in reason
    assert "Leistungen" in reason
    assert "Zahllauf" in reason


def test_one_after_the_other_is_none(schedule, sam):
    duty(schedule, sam, MONDAY)
    duty(Schedule.objects.create(name="Zahllauf"), sam, MONDAY + DAY)

    assert found("Double duty") == []


@pytest.mark.parametrize(
    ("first", "back", "expected"), [(3, 10, 1), (4, 10, 0), (1, 3, 1), (1, 2, 0)]
)
def test_on_duty_though_away(schedule, sam, first, back, expected):
    duty(schedule, sam, MONDAY)  # until Tuesday the 3rd, 9:00
    Absence.objects.create(person=sam, during=(date(2026, 11, first), date(2026, 11, back)))

    assert len(found("Absence")) == expected


def test_a_closed_account(schedule, sam):
    duty(schedule, sam, MONDAY)
    sam.is_active = False
    sam.save()

    assert len(found("Closed")) == 1


def test_two_confirmed_lines_are_wanted_and_none_is_serious(schedule, sam, reachable):
    duty(schedule, sam, MONDAY)
    assert found("Reachability") == []

    ContactChannel.objects.filter(person=sam, kind="sms").update(confirmed_at=None, code="x")
    [only] = [one for one in check.check(WINDOW).findings if one.title == "Reachability"]
    assert "one confirmed line only" in only.reason
    assert not only.serious

    ContactChannel.objects.filter(person=sam).delete()
    [none] = [one for one in check.check(WINDOW).findings if one.title == "Reachability"]
    assert "pages pass over" in none.reason
    assert none.serious


def test_weekends_in_a_row(schedule, sam):
    for n in range(3):
        duty(schedule, sam, MONDAY + (5 + 7 * n) * DAY)

    [reason] = found("Weekends")
    assert "3 weekends" in reason


def test_somebody_carries_far_more_than_the_mean(schedule, sam, lea):
    duty(schedule, sam, MONDAY, 4)
    duty(schedule, lea, MONDAY + 7 * DAY, 1)

    [reason] = found("Load")
    assert (
        "Sam Winter carries 4 points, the team's mean is 2" in reason
    )  # 2.5: halves go to the even


def test_teams_are_not_weighed_against_each_other(schedule, sam, dev):
    duty(schedule, sam, MONDAY, 7)
    duty(schedule, dev, MONDAY + 7 * DAY, 1)

    assert found("Load") == []


def called(person, until: datetime, **facts) -> None:
    """A page taken an hour before, and done."""
    policy = Policy.objects.create(name=f"Nachts {until}")
    version = PolicyVersion.objects.create(policy=policy, digest="x", content={})
    page = Page.objects.create(
        key=f"{until}",
        title="A fault",
        policy=policy,
        version=version,
        state="resolved",
        due_at=None,
        ended_at=until,
        **facts,
    )
    page.events.create(kind="taken", by=person, at=until - timedelta(hours=1))
    page.events.create(kind="resolved", by=person, at=until)


@pytest.mark.parametrize(
    ("hours", "reasons"),
    [
        (18, ["14:00"]),  # until 3:00 local, and the team begins at 7:00
        (12, ["8:00"]),  # until 21:00 the evening before: an hour too short
        (11, []),  # until 20:00: just enough
    ],
)
def test_after_being_called_eleven_hours_are_rest(schedule, sam, hours, reasons):
    duty(schedule, sam, MONDAY)
    called(sam, MONDAY + timedelta(hours=hours))

    told = found("Rest")
    assert [reason.split(" ")[-1].rstrip(".") for reason in told] == reasons
    assert all(reason.startswith("Sam Winter") for reason in told)


def test_a_test_page_and_a_page_of_others_end_no_rest(schedule, sam, lea):
    duty(schedule, sam, MONDAY)
    called(sam, MONDAY + timedelta(hours=18), is_test=True)
    called(lea, MONDAY + timedelta(hours=19))  # who is on no duty in this time

    assert found("Rest") == []


def test_the_page_shows_bars_and_the_same_as_a_table(client, lea, schedule, sam):
    now = datetime.now(UTC)
    duty(schedule, sam, now, 7)
    client.force_login(lea)

    page = client.get(reverse("admin:oncall_duty_check"))

    assert page.status_code == 200
    [bar] = page.context["charts"][0].bars
    assert bar.person == sam
    assert sum(part.width + 1.5 for part in bar.parts) == pytest.approx(420, abs=1)
