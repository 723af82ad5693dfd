"""The demo year: believable, deterministic, legal in every row."""

from collections import Counter
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction
from django.db.models import F

from supportdesk.accounts.models import Organisation, User
from tickets import actions, critical
from tickets.models import HistoryEntry, Message, RawMail, Status, Ticket

MONDAY_NOON = "2026-11-23 12:00+01:00"


def load(tickets: int) -> str:
    out = StringIO()
    with time_machine.travel(MONDAY_NOON, tick=False):
        call_command("demo", tickets=tickets, stdout=out)
    return out.getvalue()


@pytest.fixture
def loaded(db):
    return load(700)


def test_the_house_is_as_large_as_promised(loaded):
    assert Organisation.objects.filter(kind="insurer").count() == 12
    assert Organisation.objects.filter(kind="provider").count() == 3
    assert User.objects.filter(team__isnull=False).count() == 25
    assert 690 <= Ticket.objects.count() <= 700


def test_a_second_load_changes_nothing(loaded):
    before = Ticket.objects.count()

    assert "already" in load(700)
    assert Ticket.objects.count() == before


class Impatient(StringIO):
    """Somebody who ends `make run` as soon as they can sign in."""

    def write(self, text: str) -> int:
        if "tickets follow" in text:
            raise KeyboardInterrupt
        return super().write(text)


def test_a_load_that_was_cut_short_is_told_the_next_time(db):
    with pytest.raises(KeyboardInterrupt):
        call_command("demo", tickets=20, stdout=Impatient())

    assert "make fresh" in load(20)
    assert not Ticket.objects.exists()


def test_every_ticket_agrees_with_the_last_step_of_its_history(loaded):
    last = {entry.ticket_id: entry for entry in HistoryEntry.objects.order_by("at", "pk")}

    for ticket in Ticket.objects.all():
        step = last[ticket.pk]
        assert (ticket.status, ticket.assignee_id) == (step.status, step.assignee_id)


def test_mondays_and_mornings_are_busiest(loaded):
    local = [at.astimezone() for at in Ticket.objects.values_list("opened_at", flat=True)]
    weekdays = Counter(at.weekday() for at in local)

    assert weekdays[0] == max(weekdays.values())
    assert weekdays[5] + weekdays[6] < weekdays[0] / 3


def test_people_act_only_for_customers_they_may_act_for(loaded):
    outsiders = Message.objects.filter(author__organisation__isnull=False).exclude(
        author__organisation=F("ticket__organisation")
    )

    for message in outsiders.select_related("author", "ticket"):
        assert Ticket.objects.visible_to(message.author).filter(pk=message.ticket_id).exists()


def test_nobody_has_to_wait_for_work(loaded):
    in_work = Ticket.objects.unresolved()

    assert in_work.filter(status=Status.OPEN).exists()
    assert Ticket.objects.filter(opened_at__gt=F("changed_at")).count() == 0


def test_the_same_day_tells_the_same_year(db):
    told = []
    for _ in range(2):
        with transaction.atomic():
            load(300)
            told.append(list(Ticket.objects.order_by("number").values("subject", "opened_at")))
            transaction.set_rollback(True)

    assert len(told[0]) > 280
    assert told[0] == told[1]


def test_its_clocks_are_what_the_desk_reads_from_their_history(loaded, monkeypatch):
    """On a day like any other: the demo is told without its critical ones."""
    monkeypatch.setattr(critical, "KNOWN", [])

    def stored(ticket: Ticket) -> list[tuple]:
        rows = ticket.clocks.order_by("clock")
        return list(rows.values_list("clock", "state", "due_at", "used", "target"))

    desk = User.objects.desk()
    for ticket in [*Ticket.objects.unresolved(), *Ticket.objects.order_by("?")[:40]]:
        before, due_at = stored(ticket), ticket.due_at
        again = actions.rewind(ticket, by=desk)
        assert stored(ticket) == before
        assert again.due_at == due_at


def test_mail_waits_for_a_decision(loaded):
    waiting = RawMail.objects.in_quarantine()

    assert {mail.because for mail in waiting} == {"unknown_sender", "not_a_participant"}
