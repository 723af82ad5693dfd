"""Specialists who leave: their tickets find somebody else, whoever they belong to."""

import pytest

from supportdesk.accounts import actions as accounts
from supportdesk.accounts.access import Role
from supportdesk.messaging import outbox
from tests.factories import CompetenceFactory, UserFactory
from tickets import actions
from tickets.models import HistoryEntry, Message, Status


def work_off() -> None:
    while outbox.react():
        pass


@pytest.fixture
def heir(team, module):
    heir = UserFactory(name="Nora Heir", team=team, roles=[Role.AGENT])
    CompetenceFactory(person=heir, module=module, level=2)
    return heir


@pytest.mark.parametrize("how", ["disabled", "no specialist"])
def test_tickets_of_somebody_who_leaves_are_routed_again(open_ticket, sam, ada, heir, how):
    if how == "disabled":
        accounts.disable_user(sam, by=ada)
    else:
        accounts.grant_roles(sam, by=ada, roles=[Role.DEVELOPER])
    work_off()

    open_ticket.refresh_from_db()
    assert open_ticket.assignee == heir
    step = open_ticket.history.get(kind=HistoryEntry.Kind.HANDED_ON)
    assert "Sam Winter" in step.reason
    assert not step.public


def test_what_is_done_stays_theirs(resolved_ticket, sam, ada, heir):
    accounts.disable_user(sam, by=ada)
    work_off()

    resolved_ticket.refresh_from_db()
    assert (resolved_ticket.assignee, resolved_ticket.status) == (sam, Status.RESOLVED)


def test_nobody_else_knows_the_module_so_the_lead_is_told(open_ticket, sam, ada, lea):
    accounts.disable_user(sam, by=ada)
    work_off()

    open_ticket.refresh_from_db()
    assert open_ticket in type(open_ticket).objects.unrouted()


def test_a_role_beside_the_others_moves_nothing(open_ticket, sam, ada, heir):
    accounts.grant_roles(sam, by=ada, roles=[Role.AGENT, Role.DEVELOPER])
    work_off()

    open_ticket.refresh_from_db()
    assert open_ticket.assignee == sam


def test_who_stays_as_a_lead_keeps_their_tickets(open_ticket, sam, ada, heir):
    accounts.grant_roles(sam, by=ada, roles=[Role.LEAD])
    work_off()

    open_ticket.refresh_from_db()
    assert open_ticket.assignee == sam


def test_a_customer_who_is_disabled_moves_nothing(open_ticket, alice, carol, sam):
    actions.reply(open_ticket, by=alice, text="Bye.", channel=Message.Channel.PORTAL)
    accounts.disable_user(alice, by=carol)
    work_off()

    open_ticket.refresh_from_db()
    assert open_ticket.assignee == sam
