"""Opening a ticket: for oneself, for a customer under a mandate, for a caller."""

import pytest
from django.db import connection

from releases.models import Module
from supportdesk.accounts.models import Mandate, Organisation
from supportdesk.audit.models import Entry
from supportdesk.errors import Invalid, NotAllowed
from supportdesk.messaging.models import Event
from tests.factories import ModuleFactory, SystemFactory, UserFactory, a_ticket
from tickets.models import Status, Ticket


def test_a_member_opens_a_ticket_for_the_team_of_its_module(alice, module, alpina):
    ticket = a_ticket(by=alice, module=module, organisation=alpina, customer_priority=2)

    assert ticket.status == Status.NEW
    assert ticket.team == module.team
    assert ticket.priority == ticket.customer_priority == 2
    message = ticket.messages.get()
    assert message.is_public
    assert ticket.unanswered_since == message.at
    assert Entry.objects.get(subject_id=ticket.pk).verb == "ticket.opened"
    event = Event.objects.get()
    assert event.name == "ticket.opened"
    step = ticket.history.get()
    assert event.body == {
        "ticket": ticket.pk,
        "by": alice.pk,
        "message": message.pk,
        "step": step.pk,
    }
    assert ticket.history.get().kind == "opened"


def test_a_provider_opens_a_ticket_for_its_insurer(paul, module, hansa):
    assert a_ticket(by=paul, module=module, organisation=hansa).organisation == hansa


def test_a_provider_does_not_open_one_for_a_stranger(paul, module, alpina):
    with pytest.raises(Organisation.DoesNotExist):
        a_ticket(by=paul, module=module, organisation=alpina)


def test_a_mandate_without_tickets_carries_no_ticket(paul, module, hansa):
    Mandate.objects.update(carries=["imports"])

    with pytest.raises(Organisation.DoesNotExist):
        a_ticket(by=paul, module=module, organisation=hansa)


def test_a_mandate_that_ended_hides_what_was_opened_under_it(paul, module, hansa):
    ticket = a_ticket(by=paul, module=module, organisation=hansa)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_mandate SET during = '[2020-01-01,2021-01-01)'")

    assert not Ticket.objects.visible_to(paul).filter(pk=ticket.pk).exists()


def test_an_agent_opens_a_ticket_for_a_caller(sam, alice, module, alpina):
    ticket = a_ticket(by=sam, module=module, organisation=alpina, caller=alice)

    assert ticket.opened_by == sam
    assert ticket.caller == alice
    assert ticket.unanswered_since is not None


def test_an_auditor_opens_nothing(audrey, module, alpina):
    with pytest.raises(NotAllowed):
        a_ticket(by=audrey, module=module, organisation=alpina)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"subject": " \t "}, "subject"),
        ({"text": "\n"}, "text"),
        ({"customer_priority": 5}, "customer_priority"),
    ],
)
def test_what_is_missing_is_named(alice, module, alpina, facts, field):
    with pytest.raises(Invalid) as refusal:
        a_ticket(by=alice, module=module, organisation=alpina, **facts)

    assert refusal.value.field == field
    assert not Ticket.objects.exists()


def test_a_system_of_somebody_else_is_refused(alice, module, alpina, hansa):
    with pytest.raises(Invalid, match="somebody else"):
        a_ticket(
            by=alice, module=module, organisation=alpina, system=SystemFactory(organisation=hansa)
        )


def test_a_caller_of_another_house_is_refused(sam, mallory, module, alpina):
    with pytest.raises(Invalid, match="caller"):
        a_ticket(by=sam, module=module, organisation=alpina, caller=mallory)


def test_a_retired_module_takes_no_tickets(alice, alpina, team):
    retired = ModuleFactory(team=team, is_active=False)

    with pytest.raises(Invalid, match="module"):
        a_ticket(by=alice, module=Module.objects.get(pk=retired.pk), organisation=alpina)


@pytest.mark.parametrize(
    ("person", "sees"),
    [
        ("alice", True),
        ("carol", True),
        ("lea", True),
        ("audrey", True),
        ("sam", False),
        ("mallory", False),
        ("colleague", False),
    ],
)
def test_a_confidential_ticket_is_seen_by_those_who_must(confidential, person, sees, request):
    assert Ticket.objects.visible_to(request.getfixturevalue(person)).exists() is sees


@pytest.fixture
def confidential(alice, module, alpina):
    return a_ticket(by=alice, module=module, organisation=alpina, confidential=True)


@pytest.fixture
def colleague(alpina):
    return UserFactory(organisation=alpina, roles=["member"])
