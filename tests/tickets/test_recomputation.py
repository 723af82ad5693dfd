"""What clocks rest on changes: open tickets are read again in the background, all of them, once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse

from supportdesk.errors import NotAllowed
from supportdesk.messaging import outbox
from tests.factories import CalendarFactory, ModuleFactory, TeamFactory, a_ticket
from tickets import actions, moments, tasks
from tickets.models import Agreement, ClockReading, Recomputation, Ticket

HOUR = timedelta(hours=1)


def work_off() -> None:
    while outbox.react():
        pass


def late_hours(calendar) -> None:
    """Open at night only, so that every due time moves."""
    calendar.hours.update(opens_minute=20 * 60, closes_minute=23 * 60)


def is_right(ticket: Ticket) -> bool:
    ticket = Ticket.objects.select_related("team__calendar").get(pk=ticket.pk)
    read = moments.read(ticket)
    stored = {row.clock: row.due_at for row in ticket.clocks.all()}
    return stored == {clock.value: reading.due_at for clock, reading in read.items()}


@pytest.fixture
def tickets(alice, alpina, module) -> list[Ticket]:
    facts = {"by": alice, "organisation": alpina, "module": module}
    return [a_ticket(**facts, customer_priority=3) for _n in range(45)]


def test_a_calendar_saved_in_the_office_moves_the_open_tickets(client, lea, tickets, calendar):
    client.force_login(lea)
    hours = list(calendar.hours.all())
    body: dict[str, object] = {
        "name": calendar.name,
        "zone": calendar.zone,
        "hours-TOTAL_FORMS": len(hours),
        "hours-INITIAL_FORMS": len(hours),
        "special_days-TOTAL_FORMS": 0,
        "special_days-INITIAL_FORMS": 0,
    }
    for n, row in enumerate(hours):
        body |= {f"hours-{n}-id": row.pk, f"hours-{n}-weekday": row.weekday}
        body |= {f"hours-{n}-opens_minute": "20:00", f"hours-{n}-closes_minute": "23:00"}
    page = reverse("admin:worktime_calendar_change", args=[calendar.pk])
    assert client.post(page, body).status_code == 302
    assert not is_right(tickets[0])
    work_off()
    assert "0 of 45 open tickets" in client.get(page).content.decode()
    tasks.recompute_clocks()

    assert all(is_right(ticket) for ticket in tickets)
    assert "The clocks of 45 open tickets were read again" in client.get(page).content.decode()


def test_an_agreement_moves_its_customers_tickets_only(
    desk, tickets, alpina, hansa, mallory, module
):
    theirs = a_ticket(by=mallory, organisation=hansa, module=module)
    late = CalendarFactory()
    late_hours(late)
    Agreement.objects.create(
        organisation=alpina, calendar=late, during=DateRange(date(2020, 1, 1), None)
    )
    outbox.emit("agreement.changed", organisation=alpina.pk)
    work_off()
    tasks.recompute_clocks()

    assert Recomputation.objects.get().done == 45
    assert is_right(tickets[-1])
    late_hours(late)
    before = list(theirs.clocks.values())
    outbox.emit("calendar.changed", calendar=late.pk)
    work_off()
    assert Recomputation.objects.open().get().total == 45
    assert list(theirs.clocks.values()) == before


def test_a_pause_is_not_lost(waiting_ticket, sam, desk):
    actions.begin_recomputation(by=desk)
    tasks.recompute_clocks()
    ticket = Ticket.objects.get(pk=waiting_ticket.pk)

    assert ticket.due_at is None
    assert ticket.clocks.get(clock="resolution").state == ClockReading.State.PAUSED


def test_a_change_on_the_way_begins_anew(desk, tickets, calendar):
    actions.begin_recomputation(by=desk, calendar=calendar)
    actions.recompute_some(by=desk)
    assert Recomputation.objects.get().done == 20
    late_hours(calendar)
    actions.begin_recomputation(by=desk, calendar=calendar)
    tasks.recompute_clocks()

    row = Recomputation.objects.get()
    assert (row.done, row.total, row.finished_at is None) == (45, 45, False)
    assert all(is_right(ticket) for ticket in tickets)


def test_hours_that_somebody_emptied_hold_up_nobody_else(desk, new_ticket, alice, alpina):
    other = a_ticket(by=alice, organisation=alpina, module=ModuleFactory())
    new_ticket.team.calendar.hours.all().delete()
    late_hours(other.team.calendar)
    actions.begin_recomputation(by=desk)
    tasks.recompute_clocks()

    assert Recomputation.objects.get().finished_at
    assert is_right(other)


def test_the_database_has_one_on_its_way_for_the_same(desk, calendar):
    actions.begin_recomputation(by=desk, calendar=calendar)
    with pytest.raises(IntegrityError, match="one_open_recomputation"), transaction.atomic():
        Recomputation.objects.create(calendar=calendar)


def test_people_do_not_begin_one_by_hand(lea):
    with pytest.raises(NotAllowed):
        actions.begin_recomputation(by=lea)


@pytest.mark.django_db(transaction=True)
def test_two_workers_share_the_work_and_both_end(desk, tickets, calendar, at_once):
    other = TeamFactory()
    actions.begin_recomputation(by=desk, calendar=calendar)
    actions.begin_recomputation(by=desk, calendar=other.calendar)
    late_hours(calendar)
    at_once(2, tasks.recompute_clocks)
    tasks.recompute_clocks()

    assert not Recomputation.objects.open().exists()
    assert all(is_right(ticket) for ticket in tickets)


WORKER = """
import django
django.setup()
from tickets import actions
from supportdesk.accounts.models import User
import tickets.actions.recomputation as room
room.BATCH = 1
desk = User.objects.desk()
while actions.recompute_some(by=desk):
    pass
"""


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_it_goes_on_where_it_was(desk, tickets, calendar):
    """A process of its own, killed without a word while it works."""
    actions.begin_recomputation(by=desk, calendar=calendar)
    late_hours(calendar)
    to = connection.settings_dict
    url = f"postgres://{to['USER']}@{to['HOST']}:{to['PORT']}/{to['NAME']}"
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "supportdesk.settings",
    }
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER], env=environment, cwd=settings.BASE_DIR
    )
    until = time.monotonic() + 60
    while not Recomputation.objects.filter(done__gte=3).exists():
        assert time.monotonic() < until
        time.sleep(0.01)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    killed = Recomputation.objects.get()
    assert 3 <= killed.done < 45
    assert killed.finished_at is None

    tasks.recompute_clocks()
    row = Recomputation.objects.get()
    assert (row.done, row.finished_at is None) == (45, False)
    assert all(is_right(ticket) for ticket in tickets)
