"""Whose move it is: derived by the database, so every list and every verb agree."""

import pytest

from supportdesk.errors import WrongState
from tests.factories import a_finding, a_ticket
from tickets import actions
from tickets.models import Message, Status, Ticket, Turn

OFFICE, PORTAL = Message.Channel.OFFICE, Message.Channel.PORTAL


def turn(ticket: Ticket) -> int:
    return Ticket.objects.get(pk=ticket.pk).turn


def test_the_turn_follows_the_conversation(new_ticket, sam, alice):
    assert turn(new_ticket) == Turn.OWED

    ticket = actions.take(new_ticket, by=sam)
    actions.reply(ticket, by=sam, text="I am looking into it.", channel=OFFICE)
    assert turn(ticket) == Turn.OURS

    actions.wait_for_customer(ticket, by=sam, question="Which run?", channel=OFFICE)
    assert turn(ticket) == Turn.THEIRS

    actions.reply(ticket, by=alice, text="The one at night.", channel=PORTAL)
    assert turn(ticket) == Turn.OWED

    actions.resolve(ticket, by=sam, answer="Fixed.", finding=a_finding(), channel=OFFICE)
    assert turn(ticket) == Turn.NOBODY


def test_what_is_due_first_comes_first_and_what_rests_comes_last(sam, alice, alpina, module):
    question, standstill, waiting, severe = (
        a_ticket(by=alice, module=module, organisation=alpina, customer_priority=priority)
        for priority in (4, 1, 1, 2)
    )
    actions.take(waiting, by=sam)
    actions.wait_for_customer(waiting, by=sam, question="Which run?", channel=OFFICE)

    assert list(Ticket.objects.by_need()) == [standstill, severe, question, waiting]


def test_a_new_ticket_is_not_resumed_past_its_assignment(new_ticket, sam):
    with pytest.raises(WrongState):
        actions.resume(new_ticket, by=sam)

    assert Ticket.objects.get().status == Status.NEW
