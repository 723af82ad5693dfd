"""Replies, notes, and whose turn it is."""

import pytest

from supportdesk.audit.models import Entry
from supportdesk.errors import Invalid, NotAllowed, WrongState
from supportdesk.messaging.models import Event
from tickets import actions
from tickets.models import Message, Status, Ticket

OFFICE, PORTAL = Message.Channel.OFFICE, Message.Channel.PORTAL


def test_our_reply_answers_what_was_open(open_ticket, sam):
    message = actions.reply(open_ticket, by=sam, text="Please send the log.", channel=OFFICE)

    open_ticket.refresh_from_db()
    assert message.is_public
    assert open_ticket.unanswered_since is None
    assert Entry.objects.latest("pk").verb == "ticket.replied"
    event = Event.objects.latest("pk")
    assert (event.name, event.body["message"]) == ("ticket.replied", message.pk)


def test_the_first_unanswered_message_counts_and_later_ones_do_not_move_it(open_ticket, sam, alice):
    actions.reply(open_ticket, by=sam, text="Which run?", channel=OFFICE)
    first = actions.reply(open_ticket, by=alice, text="The first.", channel=PORTAL)
    actions.reply(open_ticket, by=alice, text="And the second.", channel=PORTAL)

    open_ticket.refresh_from_db()
    assert open_ticket.unanswered_since == first.at


def test_a_note_is_internal_and_answers_nobody(open_ticket, sam, alice):
    waiting_since = open_ticket.unanswered_since

    actions.note(open_ticket, by=sam, text="Looks like K-118204.", channel=OFFICE)

    open_ticket.refresh_from_db()
    assert open_ticket.unanswered_since == waiting_since
    assert [m.text for m in open_ticket.messages.readable_by(sam)][-1] == "Looks like K-118204."
    assert "K-118204" not in "".join(m.text for m in open_ticket.messages.readable_by(alice))


def test_a_customer_writes_no_internal_notes(open_ticket, alice):
    with pytest.raises(NotAllowed):
        actions.note(open_ticket, by=alice, text="Hidden", channel=PORTAL)


def test_asking_hands_the_turn_to_the_customer_and_their_reply_hands_it_back(
    open_ticket, sam, alice
):
    ticket = actions.wait_for_customer(open_ticket, by=sam, question="Which run?", channel=OFFICE)
    assert ticket.status == Status.WAITING_CUSTOMER
    assert ticket.unanswered_since is None

    message = actions.reply(ticket, by=alice, text="The one of 20 Nov.", channel=PORTAL)

    ticket.refresh_from_db()
    assert ticket.status == Status.OPEN
    assert ticket.unanswered_since == message.at
    assert list(ticket.history.values_list("kind", flat=True)) == [
        "opened",
        "taken",
        "waiting",
        "resumed",
    ]


def test_our_own_reply_does_not_end_the_waiting(waiting_ticket, sam):
    actions.reply(waiting_ticket, by=sam, text="One more thought.", channel=OFFICE)

    waiting_ticket.refresh_from_db()
    assert waiting_ticket.status == Status.WAITING_CUSTOMER


def test_an_agent_takes_the_turn_back(waiting_ticket, sam):
    assert actions.resume(waiting_ticket, by=sam).status == Status.OPEN


def test_resuming_is_not_reopening(resolved_ticket, sam):
    with pytest.raises(WrongState):
        actions.resume(resolved_ticket, by=sam)


def test_a_new_ticket_does_not_wait_for_the_customer(new_ticket, sam):
    with pytest.raises(WrongState) as refusal:
        actions.wait_for_customer(new_ticket, by=sam, question="Why?", channel=OFFICE)

    assert "New" in str(refusal.value)
    assert "Waiting" in str(refusal.value)
    assert new_ticket.messages.count() == 1


@pytest.mark.parametrize("state", ["resolved_ticket", "closed_ticket"])
def test_nobody_just_replies_to_a_finished_ticket(state, request, alice):
    ticket = request.getfixturevalue(state)

    with pytest.raises(WrongState):
        actions.reply(ticket, by=alice, text="Thanks", channel=PORTAL)


def test_an_empty_reply_is_refused(open_ticket, alice):
    with pytest.raises(Invalid) as refusal:
        actions.reply(open_ticket, by=alice, text="  ", channel=PORTAL)

    assert refusal.value.field == "text"


@pytest.mark.parametrize("stranger", ["mallory", "paul"])
def test_another_customer_does_not_find_the_ticket(open_ticket, stranger, request):
    with pytest.raises(Ticket.DoesNotExist):
        actions.reply(
            open_ticket, by=request.getfixturevalue(stranger), text="Mine?", channel=PORTAL
        )
