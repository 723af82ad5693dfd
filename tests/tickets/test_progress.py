"""Where a ticket stands, in the customer's words: one next move in every state, never a promise."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tickets import actions, progress
from tickets.models import REOPEN_WINDOW, Message, Status, Ticket

OFFICE = Message.Channel.OFFICE


def states(ticket):
    return [step.state for step in progress.way(ticket)]


def test_a_new_ticket_looks_for_its_specialist(new_ticket):
    assert states(new_ticket) == ["done", "now", "", "", ""]
    assert progress.next_move(new_ticket, timezone.now()).sign == "route"


def test_an_open_ticket_says_who_answers(open_ticket):
    assert states(open_ticket) == ["done", "done", "now", "", ""]
    assert "Sam Winter" in progress.next_move(open_ticket, timezone.now()).title


def test_after_our_answer_the_next_move_is_still_ours_but_nothing_is_owed(open_ticket, sam):
    owed = progress.next_move(open_ticket, timezone.now())
    actions.reply(open_ticket, by=sam, text="We are at it.", channel=OFFICE)

    said = progress.next_move(Ticket.objects.get(pk=open_ticket.pk), timezone.now())

    assert said != owed
    assert not said.yours


@pytest.mark.parametrize("name", ["waiting_ticket", "resolved_ticket"])
def test_the_customers_own_move_is_called_theirs(request, name):
    assert progress.next_move(request.getfixturevalue(name), timezone.now()).yours


def test_a_resolved_ticket_waits_at_its_fourth_station(resolved_ticket):
    assert states(resolved_ticket) == ["done", "done", "done", "now", ""]


def test_a_closed_ticket_has_come_all_the_way(closed_ticket):
    assert states(closed_ticket) == ["done"] * 5


def test_a_closed_ticket_comes_back_only_within_the_window(closed_ticket):
    later = closed_ticket.closed_at + REOPEN_WINDOW + timedelta(seconds=1)

    within = progress.next_move(closed_ticket, closed_ticket.closed_at + REOPEN_WINDOW)

    assert within.words != progress.next_move(closed_ticket, later).words


@pytest.mark.parametrize("status", [Status.WAITING_DEVELOPMENT, Status.WAITING_DELIVERY])
def test_waiting_inside_the_house_is_our_move(open_ticket, sam, status):
    actions.reply(open_ticket, by=sam, text="It is a fault of ours.", channel=OFFICE)
    Ticket.objects.filter(pk=open_ticket.pk).update(status=status)
    ticket = Ticket.objects.get(pk=open_ticket.pk)

    move = progress.next_move(ticket, timezone.now())

    assert not move.yours
    assert states(ticket) == ["done", "done", "now", "", ""]


def test_every_time_shown_has_passed(resolved_ticket):
    now = timezone.now()

    assert all(step.at <= now for step in progress.way(resolved_ticket) if step.at)
