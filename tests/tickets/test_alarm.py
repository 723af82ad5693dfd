"""A standstill at night calls people in the same transaction; taking the page takes the ticket."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction

from oncall import actions as oncall
from oncall.models import Page
from supportdesk.messaging import outbox
from tests.factories import STANDS, a_finding, a_ticket
from tests.oncall.paging import line, policy
from tickets import actions, critical
from tickets.models import Escalation, Message, Ticket

BERLIN = ZoneInfo("Europe/Berlin")
CHRISTMAS = datetime(2026, 12, 25, 2, tzinfo=BERLIN)
MONDAY_MORNING = datetime(2026, 11, 23, 9, tzinfo=BERLIN)


@pytest.fixture
def nights(sam, lea):
    line(sam)
    return policy([sam], last_resort=[lea], is_default=True)


@pytest.fixture
def at():
    """Only our own clock: the database keeps the real one."""

    def at(moment):
        return time_machine.travel(moment, tick=False)

    return at


def opened(alice, module, alpina, **facts) -> Ticket:
    return a_ticket(by=alice, module=module, organisation=alpina, **facts)


def react() -> None:
    while outbox.react():
        pass


def test_a_standstill_at_christmas_calls_people(nights, at, alice, module, alpina):
    with at(CHRISTMAS):
        ticket = opened(alice, module, alpina, customer_priority=1)

    page = Page.objects.get()
    assert (page.key, page.about_id) == (f"ticket:{ticket.pk}", ticket.pk)
    assert page.title == f"#{ticket.pk} {ticket.subject}"


def test_ticket_and_page_come_together_or_not_at_all(nights, at, alice, module, alpina):
    with at(CHRISTMAS), transaction.atomic():
        opened(alice, module, alpina, customer_priority=1)
        transaction.set_rollback(True)

    assert not Page.objects.exists()
    assert not Ticket.objects.exists()


def test_in_working_hours_and_for_less_nobody_is_called(nights, at, alice, module, alpina):
    with at(MONDAY_MORNING):
        opened(alice, module, alpina, customer_priority=1)
    with at(CHRISTMAS):
        opened(alice, module, alpina, customer_priority=2)

    assert not Page.objects.exists()


def test_on_a_critical_day_working_hours_are_no_excuse(
    nights, at, alice, module, alpina, monkeypatch
):
    monkeypatch.setattr(critical, "KNOWN", [lambda at, *, module, organisation: ["Buchungstag"]])
    with at(MONDAY_MORNING):
        opened(alice, module, alpina, customer_priority=1)

    assert Page.objects.count() == 1


def test_raised_to_a_standstill_at_night_it_calls_once(nights, at, alice, module, alpina, sam):
    with at(CHRISTMAS):
        ticket = opened(alice, module, alpina)
        for priority in [1, 2, 1]:
            actions.change_priority(
                ticket, by=sam, priority=priority, reason="So ist es.", standstill=STANDS
            )

    assert Page.objects.get().alarms == 2


def test_a_confidential_subject_is_not_sent_by_sms(nights, at, alice, module, alpina):
    with at(CHRISTMAS):
        ticket = opened(alice, module, alpina, customer_priority=1, confidential=True)

    assert Page.objects.get().title == f"#{ticket.pk}"


@pytest.mark.parametrize(
    ("reason", "level", "moment", "pages"),
    [
        (Escalation.Reason.AGE, 3, CHRISTMAS, 1),
        (Escalation.Reason.AGE, 2, CHRISTMAS, 0),
        (Escalation.Reason.AGE, 3, MONDAY_MORNING, 0),
        (Escalation.Reason.WORST_CASE, 1, MONDAY_MORNING, 1),
    ],
)
def test_urgent_escalations_call_people(nights, at, new_ticket, lea, reason, level, moment, pages):
    with at(moment):
        actions.escalate(new_ticket, by=lea, reason=reason, level=level, text="Es eilt.")

    assert Page.objects.count() == pages


def test_taking_the_page_takes_the_ticket(nights, at, alice, module, alpina, sam):
    with at(CHRISTMAS):
        ticket = opened(alice, module, alpina, customer_priority=1)
    oncall.acknowledge(Page.objects.get(), by=sam)

    react()

    ticket.refresh_from_db()
    assert ticket.assignee == sam


def test_a_resolved_ticket_calls_nobody_any_more(nights, at, alice, module, alpina, sam):
    with at(CHRISTMAS):
        ticket = opened(alice, module, alpina, customer_priority=1)
    actions.take(ticket, by=sam)
    facts = {"finding": a_finding(), "channel": Message.Channel.OFFICE}
    actions.resolve(ticket, by=sam, answer="Läuft wieder.", **facts)

    react()

    assert Page.objects.get().state == "resolved"


def test_without_a_policy_the_ticket_opens_all_the_same(at, alice, module, alpina, caplog):
    with at(CHRISTMAS):
        opened(alice, module, alpina, customer_priority=1)

    assert "no policy is for tickets" in caplog.text
