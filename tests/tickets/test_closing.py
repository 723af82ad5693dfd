"""How a ticket ends, and how it comes back."""

from datetime import timedelta

import pgtrigger
import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from supportdesk.audit.models import Entry
from supportdesk.errors import NotAllowed, WrongState
from supportdesk.messaging.models import Event
from tests.factories import a_finding, a_ticket
from tickets import actions
from tickets.models import (
    CLOSING_NOTICE,
    NEXT,
    REOPEN_WINDOW,
    HistoryEntry,
    Message,
    Status,
    Ticket,
)

OFFICE, PORTAL = Message.Channel.OFFICE, Message.Channel.PORTAL


def test_an_agent_resolves_an_open_ticket(open_ticket, sam):
    ticket = actions.resolve(
        open_ticket, by=sam, answer="Fixed in SP 4.", finding=a_finding(), channel=OFFICE
    )

    assert ticket.status == Status.RESOLVED
    assert ticket.closes_at == ticket.resolved_at + timedelta(days=45)
    assert ticket.messages.last().text == "Fixed in SP 4."
    assert Entry.objects.latest("pk").verb == "ticket.resolved"
    assert Event.objects.latest("pk").name == "ticket.resolved"


@pytest.mark.parametrize(("priority", "days"), [(1, 14), (2, 21), (3, 45), (4, 45)])
def test_it_closes_after_the_days_of_its_priority(alice, alpina, module, sam, priority, days):
    facts = {"organisation": alpina, "module": module, "customer_priority": priority}
    ticket = actions.resolve(
        a_ticket(by=alice, **facts), by=sam, answer="Fixed.", finding=a_finding(), channel=OFFICE
    )

    assert ticket.closes_at == ticket.resolved_at + timedelta(days=days)


def test_whoever_resolves_a_new_ticket_has_it(new_ticket, sam):
    ticket = actions.resolve(
        new_ticket, by=sam, answer="Known.", finding=a_finding(), channel=OFFICE
    )

    assert ticket.assignee == sam


def test_a_resolved_ticket_is_not_resolved_again(resolved_ticket, sam):
    with pytest.raises(WrongState):
        actions.resolve(
            resolved_ticket, by=sam, answer="Again", finding=a_finding(), channel=OFFICE
        )


def test_a_customer_does_not_resolve(open_ticket, alice):
    with pytest.raises(NotAllowed):
        actions.resolve(open_ticket, by=alice, answer="Done", finding=a_finding(), channel=PORTAL)


def test_the_customer_confirms(resolved_ticket, alice):
    ticket = actions.confirm(resolved_ticket, by=alice)

    assert ticket.status == Status.CLOSED
    assert ticket.closed_at is not None
    assert ticket.history.last().kind == "confirmed"


@pytest.mark.parametrize("state", ["new_ticket", "open_ticket", "closed_ticket"])
def test_only_a_resolved_ticket_is_confirmed(state, request, alice):
    with pytest.raises(WrongState):
        actions.confirm(request.getfixturevalue(state), by=alice)


def test_a_specialist_does_not_confirm_for_the_customer(resolved_ticket, sam):
    with pytest.raises(NotAllowed):
        actions.confirm(resolved_ticket, by=sam)


@pytest.mark.parametrize("state", ["resolved_ticket", "closed_ticket"])
def test_the_customer_reopens_and_it_goes_back_to_who_had_it(state, request, alice, sam):
    ticket = actions.reopen(
        request.getfixturevalue(state), by=alice, reason="It came back.", channel=PORTAL
    )

    assert (ticket.status, ticket.assignee) == (Status.OPEN, sam)
    assert (ticket.resolved_at, ticket.closes_at, ticket.closed_at) == (None, None, None)
    assert ticket.unanswered_since == ticket.messages.last().at


def test_an_open_ticket_is_not_reopened(open_ticket, alice):
    with pytest.raises(WrongState):
        actions.reopen(open_ticket, by=alice, reason="Hello?", channel=PORTAL)


def test_a_closed_ticket_comes_back_until_the_window_shuts(closed_ticket, alice):
    with time_machine.travel(closed_ticket.closed_at + REOPEN_WINDOW, tick=False):
        assert closed_ticket.may_reopen(timezone.now())
    with (
        time_machine.travel(
            closed_ticket.closed_at + REOPEN_WINDOW + timedelta(seconds=1), tick=False
        ),
        pytest.raises(WrongState),
    ):
        actions.reopen(closed_ticket, by=alice, reason="Too late.", channel=PORTAL)


def test_another_customer_cannot_touch_it(resolved_ticket, mallory):
    with pytest.raises(Ticket.DoesNotExist):
        actions.reopen(resolved_ticket, by=mallory, reason="Mine now", channel=PORTAL)


def test_it_closes_by_itself_only_after_the_notice_and_its_time(resolved_ticket, desk):
    with pytest.raises(WrongState):
        actions.close(resolved_ticket, by=desk)

    with time_machine.travel(resolved_ticket.closes_at, tick=False):
        with pytest.raises(WrongState):  # nobody was told
            actions.close(resolved_ticket, by=desk)
        ticket = actions.announce_closing(resolved_ticket, by=desk)
        assert ticket.closes_at == timezone.now() + CLOSING_NOTICE  # told late, closes later
        with pytest.raises(WrongState):
            actions.announce_closing(ticket, by=desk)

    with time_machine.travel(ticket.closes_at, tick=False):
        assert actions.close(ticket, by=desk).status == Status.CLOSED


def test_a_reopened_ticket_does_not_close(resolved_ticket, alice, desk):
    due = resolved_ticket.closes_at
    actions.announce_closing(resolved_ticket, by=desk)
    actions.reopen(resolved_ticket, by=alice, reason="Not yet.", channel=PORTAL)

    with time_machine.travel(due + timedelta(days=30), tick=False), pytest.raises(WrongState):
        actions.close(resolved_ticket, by=desk)


@pytest.mark.django_db(transaction=True)
def test_six_agents_resolving_at_once_send_one_message(open_ticket, sam, at_once):
    outcomes = at_once(
        6,
        lambda: actions.resolve(
            open_ticket, by=sam, answer="Fixed", finding=a_finding(), channel=OFFICE
        ),
    )

    assert outcomes.count(WrongState) == 5
    assert Event.objects.filter(name="ticket.resolved").count() == 1
    assert open_ticket.messages.filter(text="Fixed").count() == 1


@pytest.mark.parametrize(
    ("now", "then"), [(now, then) for now in Status for then in Status if now != then]
)
def test_the_database_holds_the_table_of_moves(open_ticket, sam, now, then):
    """NEXT is enforced below every door: even a bare UPDATE cannot leave it."""
    actions.diagnose(open_ticket, by=sam, finding=a_finding())
    facts = {
        "status": now,
        "resolved_at": timezone.now(),
        "closes_at": timezone.now(),
        "closed_at": timezone.now() if now == Status.CLOSED else None,
    }
    with pgtrigger.ignore("tickets.Ticket:status_follows_next"):
        Ticket.objects.filter(pk=open_ticket.pk).update(**facts)
    moved = {"status": then, "closed_at": timezone.now() if then == Status.CLOSED else None}

    if then in NEXT[now]:
        Ticket.objects.filter(pk=open_ticket.pk).update(**moved)
    else:
        with pytest.raises(DatabaseError), transaction.atomic():
            Ticket.objects.filter(pk=open_ticket.pk).update(**moved)


def test_history_is_never_changed(open_ticket):
    with pytest.raises(DatabaseError), transaction.atomic():
        HistoryEntry.objects.update(reason="Nothing happened")
    with pytest.raises(DatabaseError), transaction.atomic():
        HistoryEntry.objects.all().delete()


def test_a_ticket_in_work_always_has_somebody(open_ticket):
    with pytest.raises(IntegrityError), transaction.atomic():
        Ticket.objects.filter(pk=open_ticket.pk).update(assignee=None)
