"""Whatever hangs shows, and the heartbeat stays away: one test per way of getting stuck."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from oncall import actions, tasks
from oncall.models import ContactChannel, Duty, EngineBeat, Page, PolicyVersion, Schedule
from oncall.overdue import overdue
from supportdesk.messaging.models import Dispatch
from supportdesk.messaging.tasks import dispatch_urgent
from tests.oncall.paging import line, on_duty, policy

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(seconds=2)


@pytest.fixture(autouse=True)
def patience(settings):
    settings.PAGE_PATIENCE = 1


@pytest.fixture
def alarm(sam, lea, desk) -> Page:
    line(sam)
    one = policy([sam], last_resort=[lea])
    return actions.open_page("job", "Zahllauf steht", by=desk, policy=one)


@pytest.fixture
def awake(alarm, gateway):
    """Both wake the engine, and everything that was due has gone out."""
    tasks.tick()
    tasks.tick_without_broker()
    dispatch_urgent()
    assert overdue() == {}


def long_ago(rows, **facts) -> None:
    rows.update(due_at=Now() - LONG_AGO, **facts)


def test_all_is_well(client, awake):
    answer = client.get("/health/pages")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_without_a_policy_nothing_is_promised(client, db):
    assert client.get("/health/pages").json() == {"status": "unused"}


def test_a_page_that_nobody_moves_shows(client, awake):
    long_ago(Page.objects)

    answer = client.get("/health/pages")

    assert (answer.status_code, answer.json()) == (503, {"status": "overdue", "pages": 1})


def test_a_call_that_nobody_sends_shows(awake):
    long_ago(Dispatch.objects, state="waiting")
    assert overdue() == {"calls": 1}


def test_a_call_whose_sender_died_shows(awake):
    long_ago(Dispatch.objects, state="sending", lease=uuid.uuid4())
    assert overdue() == {"calls": 1}


@pytest.mark.parametrize("waker", EngineBeat.Waker.values)
def test_whoever_does_not_wake_the_engine_any_more_shows(awake, waker):
    EngineBeat.objects.filter(pk=waker).update(at=Now() - LONG_AGO)
    assert overdue() == {"wakers": 1}


def test_a_page_that_cannot_go_on_shows(alarm, awake):
    content = {**alarm.version.content, "steps": [{"minutes": 1, "schedules": ["?"], "people": []}]}
    poison = PolicyVersion.objects.create(policy=alarm.policy, digest="x", content=content)
    Page.objects.update(version=poison, due_at=Now(), step=0)

    tasks.tick()

    assert overdue() == {"failing_pages": 1}


def test_whoever_is_on_duty_soon_without_two_ways_shows(awake, sam, schedule):
    on_duty(sam, schedule, hours=48)
    assert overdue() == {"unreachable": 1}
    ContactChannel.objects.create(person=sam, kind="voice", address="+49 1", code="x")
    assert overdue() == {"unreachable": 1}  # not confirmed yet
    line(sam, "mail")
    assert overdue() == {}


def test_whoever_is_on_duty_later_has_time_to_add_one(awake, sam, schedule):
    Schedule.objects.update(around_the_clock=False)
    start = timezone.now() + timedelta(hours=25)
    during = (start, start + timedelta(hours=8))
    Duty.objects.create(schedule=schedule, person=sam, position=1, during=during)
    assert overdue() == {}


@pytest.mark.parametrize(("hours", "found"), [(23, {"gaps": 1}), (25, {})])
def test_a_gap_in_the_roster_within_a_day_shows(awake, sam, schedule, hours, found):
    line(sam, "mail")
    on_duty(sam, schedule, hours=hours)
    assert overdue() == found


def test_the_heartbeat_goes_out_only_while_nothing_is_overdue(awake, settings, receiver):
    settings.HEARTBEAT_URL = receiver.url
    long_ago(Page.objects)
    assert not tasks.report_health()
    assert not receiver.calls

    tasks.tick()
    dispatch_urgent()

    assert tasks.report_health()
    assert len(receiver.calls) == 1


def test_a_watcher_that_is_away_does_no_harm(awake, settings):
    settings.HEARTBEAT_URL = "http://127.0.0.1:9/"
    assert not tasks.report_health()
