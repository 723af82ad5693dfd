"""Routing by itself: after opening and handing on, and again for those nobody was found for."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from supportdesk.messaging import outbox
from supportdesk.messaging.models import Event
from tests.factories import CompetenceFactory, UserFactory, a_ticket
from tickets import actions, tasks
from tickets.models import RoutingDecision, Status, Ticket

MONDAY = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo("Europe/Berlin"))
SATURDAY = datetime(2026, 11, 21, 3, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=True):
        yield


def happen() -> None:
    """Run every waiting event. The database's clock knows nothing of our Monday."""
    while True:
        Event.objects.filter(done_at=None).update(due_at="2020-01-01T00:00Z")
        if not outbox.react():
            return


def test_an_opened_ticket_finds_somebody(new_ticket, competent_sam):
    happen()

    new_ticket.refresh_from_db()
    assert new_ticket.assignee == competent_sam


def test_what_was_taken_meanwhile_stays_with_whoever_took_it(new_ticket, competent_sam, lea):
    actions.take(new_ticket, by=lea)
    happen()

    new_ticket.refresh_from_db()
    assert new_ticket.assignee == lea
    assert not RoutingDecision.objects.exists()


@pytest.mark.parametrize("named", [True, False])
def test_a_ticket_handed_on_finds_somebody_unless_it_went_to_a_person(
    open_ticket, sam, other_team, named
):
    erik = UserFactory(team=other_team)
    actions.hand_on(
        open_ticket, by=sam, team=other_team, reason="Theirs.", to=erik if named else None
    )
    happen()

    open_ticket.refresh_from_db()
    assert open_ticket.assignee == erik
    assert RoutingDecision.objects.exists() is not named


def test_a_standstill_of_the_night_finds_somebody_in_the_morning(
    alice, module, alpina, competent_sam, desk
):
    with time_machine.travel(SATURDAY):
        ticket = a_ticket(by=alice, module=module, organisation=alpina, customer_priority=1)
        tasks.route_waiting()
        assert Ticket.objects.unrouted().get() == ticket

    tasks.route_waiting()
    tasks.route_waiting()

    ticket.refresh_from_db()
    assert (ticket.status, ticket.assignee) == (Status.OPEN, competent_sam)
    assert ticket.history.filter(kind="routed").count() == 1


def test_a_new_ticket_comes_before_those_tried_in_vain(alice, module, alpina, sam, monkeypatch):
    monkeypatch.setattr(tasks, "ROUTED_AT_ONCE", 1)
    hopeless = a_ticket(by=alice, module=module, organisation=alpina)
    tasks.route_waiting()
    fresh = a_ticket(by=alice, module=module, organisation=alpina)
    CompetenceFactory(person=sam, module=module)

    tasks.route_waiting()
    assert Ticket.objects.get(assignee=sam) == fresh

    tasks.route_waiting()
    assert Ticket.objects.filter(assignee=sam).count() == 2
    assert hopeless.routing_decisions.count() == 2
