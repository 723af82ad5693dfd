"""A priority is changed with a reason, objected to once, and decided by a lead for good."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, transaction

from supportdesk.accounts.access import Role
from supportdesk.audit.models import Entry
from supportdesk.errors import Invalid, NotAllowed, Refused, WrongState
from supportdesk.messaging.models import Event
from tests.factories import STANDS, UserFactory, a_ticket
from tickets import actions, moments
from tickets.models import HistoryEntry, Message, Objection, Ticket

OFFICE = Message.Channel.OFFICE
MONDAY = datetime(2026, 11, 23, 8, tzinfo=ZoneInfo("Europe/Berlin"))
HOUR = timedelta(hours=1)


@pytest.fixture
def clock():
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def regraded(open_ticket, sam) -> Ticket:
    return actions.change_priority(open_ticket, by=sam, priority=4, reason="Only the display.")


@pytest.fixture
def objected(regraded, alice) -> Ticket:
    return actions.object_to_priority(regraded, by=alice, text="Letters leave tonight.")


def due(ticket: Ticket) -> dict[str, datetime | None]:
    return {reading.clock: reading.due_at for reading in ticket.clocks.all()}


def test_a_change_keeps_what_the_customer_said_and_says_why(regraded, sam):
    step = regraded.history.get(kind="regraded")

    assert (regraded.priority, regraded.customer_priority) == (4, 3)
    assert (step.priority_before, step.priority, step.by, step.public) == (3, 4, sam, True)
    assert step.reason == "Only the display."
    assert Entry.objects.latest("pk").verb == "ticket.regraded"
    assert Event.objects.latest("pk").body["step"] == step.pk


def test_the_clocks_follow_a_change_from_their_own_start(clock, open_ticket, sam):
    clock.shift(HOUR)
    actions.change_priority(open_ticket, by=sam, priority=2, reason="Payments tomorrow.")

    assert due(open_ticket)["first_response"] == MONDAY + 4 * HOUR
    assert due(open_ticket)["answer"] == MONDAY + timedelta(days=1)


def test_what_has_stopped_keeps_the_target_of_its_priority(clock, open_ticket, sam):
    clock.shift(HOUR)
    actions.reply(open_ticket, by=sam, text="We look into it.", channel=OFFICE)
    clock.shift(HOUR)
    actions.change_priority(open_ticket, by=sam, priority=2, reason="Payments tomorrow.")

    first = open_ticket.clocks.get(clock="first_response")
    assert (first.state, first.used, first.target) == ("stopped", HOUR, 8 * HOUR)


def test_reading_the_history_again_gives_what_was_stored(clock, open_ticket, sam):
    for priority in (2, 1, 4):
        clock.shift(HOUR)
        actions.change_priority(
            open_ticket, by=sam, priority=priority, reason="Looked again.", standstill=STANDS
        )

    open_ticket.refresh_from_db()
    read = moments.read(open_ticket)
    assert due(open_ticket) == {name.value: reading.due_at for name, reading in read.items()}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"priority": 5}, "priority"),
        ({"reason": "  "}, "reason"),
    ],
)
def test_what_cannot_be_a_change_is_said(open_ticket, sam, given, field):
    with pytest.raises(Invalid) as refused:
        actions.change_priority(open_ticket, by=sam, **{"priority": 2, "reason": "x", **given})

    assert refused.value.field == field


def test_the_priority_that_holds_is_no_change(open_ticket, sam):
    with pytest.raises(Refused, match="holds already"):
        actions.change_priority(open_ticket, by=sam, priority=3, reason="x")


def test_a_done_ticket_has_its_priority_for_good(resolved_ticket, sam):
    with pytest.raises(WrongState):
        actions.change_priority(resolved_ticket, by=sam, priority=1, reason="x")


def test_customers_do_not_change_what_holds(open_ticket, carol):
    with pytest.raises(NotAllowed):
        actions.change_priority(open_ticket, by=carol, priority=1, reason="x")


def test_the_database_refuses_a_change_that_names_no_priority(open_ticket, sam):
    with pytest.raises(IntegrityError, match="changes_of_priority"), transaction.atomic():
        open_ticket.history.create(
            kind=HistoryEntry.Kind.REGRADED, by=sam, status="open", team=open_ticket.team
        )


@pytest.mark.parametrize("person", ["alice", "carol"])
def test_opener_and_coordinator_object(regraded, person, request):
    ticket = actions.object_to_priority(
        regraded, by=request.getfixturevalue(person), text="It is bad."
    )

    assert ticket.objection.priority == 4
    assert ticket.history.get(kind="objected").reason == "It is bad."


def test_a_colleague_of_the_opener_does_not(regraded, alpina):
    colleague = UserFactory(organisation=alpina, roles=[Role.MEMBER])

    with pytest.raises(NotAllowed):
        actions.object_to_priority(regraded, by=colleague, text="It is bad.")


def test_another_insurer_finds_nothing_to_object_to(regraded, mallory):
    with pytest.raises(Ticket.DoesNotExist):
        actions.object_to_priority(regraded, by=mallory, text="It is bad.")


def test_nobody_objects_to_their_own_priority(open_ticket, alice):
    with pytest.raises(Refused, match="nothing to object to"):
        actions.object_to_priority(open_ticket, by=alice, text="It is bad.")


def test_a_second_objection_is_refused_in_words(objected, carol):
    with pytest.raises(Refused, match="a lead decides"):
        actions.object_to_priority(objected, by=carol, text="Me too.")


@pytest.mark.django_db(transaction=True)
def test_two_who_object_at_once_object_once(regraded, alice, at_once):
    outcomes = at_once(2, lambda: actions.object_to_priority(regraded, by=alice, text="It is bad."))

    assert Refused in outcomes
    assert Objection.objects.count() == 1


def test_an_open_objection_stops_other_changes(objected, sam):
    with pytest.raises(Refused, match="a lead decides"):
        actions.change_priority(objected, by=sam, priority=1, reason="Well then.")


def test_a_lead_changes_it_for_good(objected, lea, sam, alice):
    ticket = actions.decide_objection(objected, by=lea, priority=2, text="You are right.")

    step = ticket.history.get(kind="ruled")
    assert (ticket.priority, step.priority_before, step.priority) == (2, 4, 2)
    with pytest.raises(Refused, match="final"):
        actions.object_to_priority(ticket, by=alice, text="Once more.")
    with pytest.raises(Refused, match="final"):
        actions.change_priority(ticket, by=sam, priority=4, reason="I think not.")


def test_a_lead_keeps_it_and_says_why(objected, lea):
    ticket = actions.decide_objection(objected, by=lea, priority=4, text="The letters are right.")

    assert ticket.priority == 4
    assert ticket.history.get(kind="ruled").priority is None
    assert Objection.objects.get().decision == "The letters are right."


def test_a_decision_moves_the_clocks(clock, objected, lea):
    actions.decide_objection(objected, by=lea, priority=2, text="You are right.")

    assert due(objected)["first_response"] == objected.opened_at + 4 * HOUR


def test_agents_do_not_decide(objected, sam):
    with pytest.raises(NotAllowed):
        actions.decide_objection(objected, by=sam, priority=4, text="No.")


def test_one_objection_is_decided_once(objected, lea):
    actions.decide_objection(objected, by=lea, priority=4, text="No.")

    with pytest.raises(Refused, match="No objection waits"):
        actions.decide_objection(objected, by=lea, priority=2, text="Yes.")


def test_a_priority_is_kept_beside_a_new_ticket(alice, alpina, module):
    ticket = a_ticket(by=alice, organisation=alpina, module=module, customer_priority=2)

    assert (ticket.priority, ticket.customer_priority) == (2, 2)
