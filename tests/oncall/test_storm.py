"""A storm: the first alarm of each key calls at once, all others come in one letter afterwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from oncall import actions, storm, tasks
from oncall.models import Page
from oncall.overdue import overdue
from oncall.storm import LONGEST, QUIET
from supportdesk.messaging.models import Dispatch
from supportdesk.messaging.tasks import dispatch_urgent, mail_waiting
from tests.oncall.database_clock import START, DatabaseClock
from tests.oncall.paging import line, policy

pytestmark = pytest.mark.django_db
NOON = datetime(2036, 12, 24, 12, tzinfo=UTC)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


@pytest.mark.parametrize(
    ("since", "last", "over"),
    [
        (NOON - QUIET, NOON - QUIET, True),
        (NOON - QUIET - SECOND, NOON - QUIET + SECOND, False),
        (NOON - LONGEST, NOON, True),
        (NOON - LONGEST + SECOND, NOON, False),
    ],
    ids=["quiet", "not yet", "without end", "lasting"],
)
def test_a_storm_is_over_when_it_is_quiet_or_has_lasted_an_hour(since, last, over):
    assert storm.is_over(NOON, since, last) is over


@pytest.fixture
def clock() -> DatabaseClock:
    return DatabaseClock()


@pytest.fixture
def nights(sam, dev, lea, clock):
    for person in [sam, dev]:
        line(person)
    return policy([sam], [dev], last_resort=[lea])


@pytest.fixture
def ring(nights, desk):
    def alarm(key: str, times: int = 1) -> Page:
        for _n in range(times):
            page = actions.open_page(key, f"Job {key}", by=desk, policy=nights)
        return page

    return alarm


def later(clock: DatabaseClock, after: timedelta) -> None:
    clock.stand_at(after.total_seconds())
    tasks.tick()
    dispatch_urgent()
    mail_waiting()


def test_each_key_calls_at_once_and_the_rest_comes_in_one_letter(
    ring, clock, gateway, mailoutbox, sam
):
    ring("a", 38)
    ring("b", 3)
    ring("c")
    later(clock, 0 * SECOND)
    assert [message["to"] for message in gateway.requests] == 3 * [f"+49 170 {sam.pk}"]

    later(clock, QUIET - SECOND)
    assert mailoutbox == []
    later(clock, QUIET)
    later(clock, QUIET + 5 * MINUTE)

    [letter] = [one for one in mailoutbox if one.to == [sam.email]]
    assert letter.subject == "On call: 39 further alarms"
    assert "Job a: 37 alarms since" in letter.body
    assert "Job b: 2 alarms since" in letter.body
    assert "Job c" not in letter.body


def test_a_new_key_is_not_held_back_by_a_storm(ring, clock, gateway):
    ring("a", 500)
    later(clock, 0 * SECOND)
    ring("new")
    later(clock, SECOND)

    assert [message["text"][:14] for message in gateway.requests] == [
        "On call: Job a",
        "On call: Job n",
    ]


def test_a_storm_without_end_is_told_of_every_hour(ring, clock, gateway, mailoutbox, sam):
    for minute in range(0, 135, 5):
        clock.stand_at(60 * minute)
        page = ring("a")
        if minute == 0:
            later(clock, 0 * SECOND)
            actions.acknowledge(page, by=sam)
        later(clock, minute * MINUTE)

    assert [one.subject for one in mailoutbox] == 2 * ["On call: 13 further alarms"]


def test_whoever_has_it_in_hand_hears_of_it_alone(ring, clock, gateway, mailoutbox, sam, dev):
    page = ring("a", 2)
    later(clock, 0 * SECOND)
    later(clock, 10 * MINUTE)  # dev is called only now, and is told by the call
    assert {one.to[0] for one in mailoutbox} == {sam.email}
    later(clock, 11 * MINUTE)
    actions.acknowledge(page, by=dev)
    ring("a")
    later(clock, 30 * MINUTE)

    assert [one.to for one in mailoutbox] == [[sam.email], [dev.email]]


def test_a_page_that_ended_meanwhile_is_told_of_too(ring, clock, gateway, mailoutbox, sam):
    page = ring("a", 4)
    later(clock, 0 * SECOND)
    actions.acknowledge(page, by=sam)
    actions.resolve(page, by=sam)
    later(clock, QUIET)

    [letter] = mailoutbox
    assert "3 alarms" in letter.body
    assert "resolved" in letter.body


def test_without_further_alarms_there_is_no_digest(ring, clock, gateway, mailoutbox):
    ring("a")
    later(clock, 0 * SECOND)
    later(clock, LONGEST)
    assert not Dispatch.objects.filter(dedupe_key__startswith="page.stormed").exists()


def test_a_storm_that_nobody_is_told_of_shows(nights, ring, clock, settings):
    settings.PAGE_PATIENCE = 1
    ring("a", 2)
    clock.put(START + LONGEST + SECOND)
    assert overdue()["digests"] == 1


NO_DIGESTS = """
    CREATE FUNCTION fake.refuse() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN RAISE EXCEPTION 'no digest'; END $$;
    CREATE TRIGGER no_digests BEFORE INSERT ON messaging_dispatch FOR EACH ROW
        WHEN (NEW.dedupe_key LIKE 'page.stormed%') EXECUTE FUNCTION fake.refuse();
"""


def test_a_digest_that_fails_is_in_the_way_of_no_call(ring, clock, gateway):
    with connection.cursor() as cursor:
        cursor.execute(NO_DIGESTS)
    ring("a", 2)
    later(clock, 0 * SECOND)
    ring("b")
    later(clock, QUIET + SECOND)

    assert len(gateway.requests) == 3
    assert Page.objects.stormy().count() == 1


def test_the_database_counts_no_more_told_than_came(ring):
    ring("a")
    with pytest.raises(IntegrityError, match="to_come"), transaction.atomic():
        Page.objects.update(told_alarms=2)
