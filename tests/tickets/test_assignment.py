"""Who is in charge."""

import pytest

from supportdesk.audit.models import Entry
from supportdesk.errors import Invalid, NotAllowed, Refused, WrongState
from supportdesk.messaging.models import Event
from tests.factories import UserFactory
from tickets import actions
from tickets.models import Status, Ticket


def test_taking_a_new_ticket_opens_it(new_ticket, sam):
    ticket = actions.take(new_ticket, by=sam)

    assert (ticket.status, ticket.assignee) == (Status.OPEN, sam)
    assert ticket.assigned_at is not None
    assert Entry.objects.latest("pk").verb == "ticket.taken"
    assert Event.objects.latest("pk").name == "ticket.taken"


def test_taking_twice_is_refused(open_ticket, sam):
    with pytest.raises(Refused, match="already"):
        actions.take(open_ticket, by=sam)


def test_a_colleague_takes_over(open_ticket, lea):
    assert actions.take(open_ticket, by=lea).assignee == lea


def test_a_lead_puts_somebody_in_charge(new_ticket, lea, sam):
    ticket = actions.assign(new_ticket, by=lea, to=sam, reason="Knows the case.")

    assert ticket.assignee == sam
    step = ticket.history.last()
    assert (step.kind, step.reason, step.assignee) == ("assigned", "Knows the case.", sam)


@pytest.mark.parametrize("person", ["alice", "tom", "audrey"])
def test_only_specialists_can_be_in_charge(new_ticket, lea, person, request):
    with pytest.raises(Invalid):
        actions.assign(new_ticket, by=lea, to=request.getfixturevalue(person))


def test_a_disabled_specialist_gets_nothing(new_ticket, lea, team):
    gone = UserFactory(team=team, is_active=False)

    with pytest.raises(Invalid):
        actions.assign(new_ticket, by=lea, to=gone)


def test_a_customer_assigns_nobody(new_ticket, carol, sam):
    with pytest.raises(NotAllowed):
        actions.assign(new_ticket, by=carol, to=sam)


def test_handing_on_to_a_person_of_the_other_team(open_ticket, sam, other_team):
    erik = UserFactory(team=other_team)

    ticket = actions.hand_on(
        open_ticket, by=sam, team=other_team, to=erik, reason="A contribution matter."
    )

    assert (ticket.team, ticket.assignee) == (other_team, erik)
    assert not ticket.history.last().public


def test_handing_on_to_a_team_asks_for_routing_and_leaves_nobody_empty_handed(
    open_ticket, sam, other_team
):
    ticket = actions.hand_on(open_ticket, by=sam, team=other_team, reason="Not ours.")

    assert (ticket.team, ticket.assignee, ticket.routed_at) == (other_team, sam, None)
    assert Event.objects.latest("pk").name == "ticket.handed_on"


def test_handing_on_needs_a_reason_and_a_person_of_that_team(open_ticket, sam, lea, other_team):
    with pytest.raises(Invalid) as refusal:
        actions.hand_on(open_ticket, by=sam, team=other_team, reason=" ")
    assert refusal.value.field == "reason"

    with pytest.raises(Invalid) as refusal:
        actions.hand_on(open_ticket, by=sam, team=other_team, to=lea, reason="Please.")
    assert refusal.value.field == "to"


@pytest.mark.parametrize("state", ["resolved_ticket", "closed_ticket"])
def test_a_finished_ticket_changes_hands_no_more(state, request, lea):
    with pytest.raises(WrongState):
        actions.take(request.getfixturevalue(state), by=lea)


def test_the_confidential_ticket_of_a_colleague_is_not_found(new_ticket, sam):
    Ticket.objects.filter(pk=new_ticket.pk).update(confidential=True)

    with pytest.raises(Ticket.DoesNotExist):
        actions.take(new_ticket, by=sam)
