"""Staff make a standstill of a ticket under the same terms as its customer would."""

from __future__ import annotations

import pytest
from django.urls import reverse

from supportdesk.errors import Invalid
from tests.api import calling_as
from tests.factories import STANDS, a_ticket
from tickets import actions
from tickets.actions import Standstill
from tickets.models import Impact, Ticket

PHONE = "+49 40 123456"


def raised(ticket: Ticket, by, said: Standstill) -> Ticket:
    return actions.change_priority(
        ticket, by=by, priority=1, reason="Nothing works.", standstill=said
    )


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (Standstill(), "no_workaround"),
        (Standstill("Alice", PHONE), "no_workaround"),
        (Standstill(" ", PHONE, no_workaround=True), "contact_name"),
        (Standstill("Alice", "", no_workaround=True), "contact_phone"),
        (Standstill("Alice", "1234", no_workaround=True), "contact_phone"),
    ],
)
def test_a_standstill_demands_somebody_to_reach_and_that_nothing_helps(
    open_ticket, sam, said, field
):
    with pytest.raises(Invalid) as refusal:
        raised(open_ticket, sam, said)

    assert refusal.value.field == field
    open_ticket.refresh_from_db()
    assert open_ticket.priority == 3
    assert not Impact.objects.filter(ticket=open_ticket).exists()


def test_whom_to_call_is_kept_with_the_ticket(open_ticket, sam):
    ticket = raised(open_ticket, sam, STANDS)

    assert ticket.priority == 1
    told = Impact.objects.get(ticket=ticket)
    assert (told.contact_name, told.contact_phone) == ("Alice Moser", PHONE)
    assert (told.workaround, told.answered()) == ("", [])  # the customer has answered nothing


@pytest.fixture
def told(alice, module, alpina, sam) -> Ticket:
    """Its customer has said all of it, and called it severe all the same."""
    ticket = a_ticket(by=alice, module=module, organisation=alpina, customer_priority=2)
    Impact.objects.create(
        ticket=ticket, workaround="none", contact_name="Alice", contact_phone=PHONE
    )
    return actions.take(ticket, by=sam)


def test_what_the_customer_has_said_is_not_asked_again(told, sam):
    raised(told, sam, Standstill())

    row = Impact.objects.get(ticket=told)
    assert (row.contact_name, row.contact_phone) == ("Alice", PHONE)


def test_somebody_else_to_call_replaces_nothing_the_customer_answered(told, sam):
    raised(told, sam, Standstill("Bert", "040 99 99 99"))

    row = Impact.objects.get(ticket=told)
    assert (row.contact_name, row.contact_phone, row.workaround) == (
        "Bert",
        "040 99 99 99",
        "none",
    )


def test_other_priorities_ask_for_nothing(open_ticket, sam):
    ticket = actions.change_priority(open_ticket, by=sam, priority=2, reason="Payments.")
    assert not Impact.objects.filter(ticket=ticket).exists()


def test_a_lead_who_decides_for_a_standstill_is_asked_too(open_ticket, sam, alice, lea):
    actions.change_priority(open_ticket, by=sam, priority=4, reason="The display.")
    actions.object_to_priority(open_ticket, by=alice, text="No!")
    with pytest.raises(Invalid):
        actions.decide_objection(open_ticket, by=lea, priority=1, text="Yes.")

    ticket = actions.decide_objection(
        open_ticket, by=lea, priority=1, text="Yes.", standstill=STANDS
    )
    assert ticket.priority == 1


def test_a_standstill_that_stays_one_is_asked_for_nothing(open_ticket, sam, alice, lea):
    raised(open_ticket, sam, STANDS)
    Impact.objects.all().delete()  # as before anybody was asked
    actions.object_to_priority(open_ticket, by=alice, text="It is no standstill.")

    ticket = actions.decide_objection(open_ticket, by=lea, priority=1, text="It is one.")
    assert ticket.priority == 1


def test_what_was_said_when_it_was_opened_counts_later(alice, module, alpina, sam, lea):
    ticket = a_ticket(by=alice, module=module, organisation=alpina, customer_priority=1)
    actions.change_priority(ticket, by=sam, priority=2, reason="It runs again.")
    actions.object_to_priority(ticket, by=alice, text="No!")
    actions.decide_objection(ticket, by=lea, priority=1, text="Yes.")  # the customer has said it

    ticket.refresh_from_db()
    assert ticket.priority == 1


# --- Doors ------------------------------------------------------------------------------------


def page(ticket: Ticket) -> str:
    return reverse("admin:tickets_ticket_priority", args=[ticket.pk])


def test_the_page_says_what_is_missing_where_it_is_missing(client, open_ticket, sam):
    client.force_login(sam)
    given = {"priority": 1, "reason": "Nothing works.", "contact_name": "Alice"}

    answer = client.post(page(open_ticket), {**given, "no_workaround": "on"})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["contact_phone"]
    assert 'value="Alice"' in answer.content.decode()
    assert "Nothing works." in answer.content.decode()
    given["contact_phone"] = PHONE
    assert client.post(page(open_ticket), {**given, "no_workaround": "on"}).status_code == 302


def test_the_page_knows_what_the_customer_has_said(client, told, sam):
    client.force_login(sam)

    form = client.get(page(told) + "?priority=1").context["form"]

    assert form.initial == {
        "priority": "1",
        "contact_name": "Alice",
        "contact_phone": PHONE,
        "no_workaround": True,
    }


def test_the_api_says_what_is_missing(open_ticket, sam):
    path = f"/api/v1/tickets/{open_ticket.pk}/change_priority/"
    given = {"priority": 1, "reason": "Nothing works.", "no_workaround": True}

    answer = calling_as(sam).post(path, given)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "contact_name")
    given |= {"contact_name": "Alice", "contact_phone": PHONE}
    assert calling_as(sam).post(path, given).json()["priority"] == 1
