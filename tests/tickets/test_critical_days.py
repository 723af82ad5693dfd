"""While a critical period lasts, words on tickets of its modules are promised twice as soon."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from oncall import critical as days
from oncall.models import CriticalPeriod
from supportdesk.messaging import outbox
from tests.factories import ModuleFactory, a_ticket
from tickets import actions, critical, tasks
from tickets.models import Message

MONDAY = datetime(2026, 11, 23, 8, tzinfo=ZoneInfo("Europe/Berlin"))
HOUR = timedelta(hours=1)


@pytest.fixture
def clock(monkeypatch):
    monkeypatch.setattr(critical, "KNOWN", [days.names])
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def period(begins: float, ends: float, module=None) -> CriticalPeriod:
    during = DateTimeTZRange(MONDAY + begins * HOUR, MONDAY + ends * HOUR)
    row = CriticalPeriod.objects.create(name="Release change", during=during)
    if module:
        row.modules.add(module)
    return row


def due(ticket) -> dict[str, timedelta]:
    found = {reading.clock: reading.due_at for reading in ticket.clocks.all() if reading.due_at}
    return {clock: at - MONDAY for clock, at in found.items()}


def test_a_ticket_of_its_module_hears_of_us_twice_as_soon(clock, alice, alpina, module):
    period(-1, 5, module)
    ours = a_ticket(by=alice, organisation=alpina, module=module)
    other = a_ticket(by=alice, organisation=alpina, module=ModuleFactory(team=module.team))

    assert due(ours)["first_response"] == 4 * HOUR
    assert due(other)["first_response"] == 8 * HOUR
    assert due(ours)["resolution"] == due(other)["resolution"]


def test_open_tickets_follow_its_begin_and_its_end(clock, new_ticket, module):
    tasks.rewind_clocks()
    period(1, 3, module)
    for hours, expected in [(0.5, 8), (2, 4), (2.5, 4), (4, 8), (5, 8)]:
        clock.move_to(MONDAY + hours * HOUR)
        tasks.recompute_clocks()
        assert due(new_ticket)["first_response"] == expected * HOUR


def test_a_period_entered_now_counts_now(clock, new_ticket, module):
    period(-1, 5, module)
    outbox.emit("critical.changed")
    while outbox.react():
        pass
    tasks.recompute_clocks()

    assert due(new_ticket)["first_response"] == 4 * HOUR


def test_what_ended_while_it_lasted_keeps_the_tighter_target(clock, new_ticket, sam, module):
    period(-1, 6, module)
    clock.shift(5 * HOUR)
    actions.reply(new_ticket, by=sam, text="Sorry.", channel=Message.Channel.OFFICE)
    clock.shift(5 * HOUR)
    tasks.rewind_clocks()

    row = new_ticket.clocks.get(clock="first_response")
    assert (row.used, row.target, row.missed) == (5 * HOUR, 4 * HOUR, 1)


def test_where_nobody_knows_of_critical_days_nothing_changes(
    clock, monkeypatch, alice, alpina, module
):
    monkeypatch.setattr(critical, "KNOWN", [])
    period(-1, 5)

    ticket = a_ticket(by=alice, organisation=alpina, module=module)
    assert due(ticket)["first_response"] == 8 * HOUR
