"""Past decisions asked again: what the present rule would change, without changing anything."""

import io
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import CompetenceFactory, UserFactory, a_ticket
from tickets import actions, routing
from tickets.models import RoutingDecision

BERLIN = ZoneInfo("Europe/Berlin")
NINE = datetime(2026, 11, 24, 9, 0, tzinfo=BERLIN)


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(NINE, tick=False)
    return time_machine


@pytest.fixture
def beginner(team, module):
    person = UserFactory(name="Nele", team=team)
    CompetenceFactory(person=person, module=module, level=1)
    return person


@pytest.fixture
def routed(clock, competent_sam, beginner, alice, alpina, module, desk):
    """Three tickets, all of them Sam's by the present rule."""
    tickets = []
    for _ in range(3):
        ticket = a_ticket(by=alice, module=module, organisation=alpina)
        decision = actions.route(ticket, by=desk)
        assert decision.chosen == competent_sam
        tickets.append(ticket)
        clock.shift(3600)
    return tickets


def told(since: str = "2026-11-01") -> str:
    out = io.StringIO()
    call_command("replay_routing", "--since", since, stdout=out)
    return out.getvalue()


def test_the_rule_that_decided_would_decide_the_same_again(routed):
    assert "would change 0 of 3 decisions, 0.0 %" in told()


def test_another_rule_would_change_them(routed, monkeypatch):
    monkeypatch.setattr(routing, "POINTS_PER_LEVEL", -10)

    page = told()
    assert "would change 3 of 3 decisions, 100.0 %" in page
    row = next(line for line in page.splitlines() if line.startswith("Krankengeld"))
    assert row.split()[1:6] == ["3", "3", "100.0", "3", "0"]


def test_it_is_said_whether_another_rule_would_have_met_whom_it_needed(
    routed, beginner, lea, monkeypatch
):
    actions.assign(routed[0], by=lea, to=beginner)
    assert "in 66.7 % instead of 66.7 %" in told()

    monkeypatch.setattr(routing, "POINTS_PER_LEVEL", -10)
    assert "in 33.3 % instead of 66.7 %" in told()


def test_somebody_found_and_nobody_left_are_told_apart(routed, monkeypatch):
    seen = RoutingDecision.objects.latest("pk")
    seen.situation["candidates"] = []
    seen.save()

    row = next(line for line in told().splitlines() if line.startswith("all"))
    assert row.split()[1:] == ["3", "1", "33.3", "0", "0", "1", "100.0", "66.7"]


def test_earlier_ones_stay_out(routed):
    assert "Nothing was routed since 2026-11-25" in told("2026-11-25")


def test_facts_of_an_older_rule_are_counted_and_do_no_harm(routed):
    seen = RoutingDecision.objects.latest("pk")
    seen.situation["candidates"][0]["shoe_size"] = 43
    seen.save()

    page = told()
    assert "1 decisions were made on facts this rule cannot read" in page
    assert "0 of 2 decisions" in page


def test_it_only_reads(routed):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        told()

    words = {query["sql"].split()[0].strip('"') for query in queries.captured_queries}
    assert words <= {"SELECT", "DECLARE"}


def test_a_day_that_is_none_is_refused(db):
    with pytest.raises(CommandError, match="yesterday is no day"):
        call_command("replay_routing", "--since", "yesterday")
