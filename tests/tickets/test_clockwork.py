"""Stored clocks follow what happens on a ticket, and say so to customer and specialist."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError

from supportdesk.errors import NotAllowed
from supportdesk.worktime import calendars
from supportdesk.worktime.models import SpecialDay
from tests.factories import TeamFactory, a_finding, a_ticket
from tickets import actions, clock_face, clocks, moments, tasks
from tickets.actions import steps
from tickets.models import ClockReading, Message, Status

OFFICE, PORTAL = Message.Channel.OFFICE, Message.Channel.PORTAL
BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 23, 8, tzinfo=BERLIN)
HOUR = timedelta(hours=1)


@pytest.fixture
def clock():
    """Monday at eight, to be moved by hand."""
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def stored(ticket) -> dict[str, ClockReading]:
    return {reading.clock: reading for reading in ticket.clocks.all()}


def agree(ticket) -> bool:
    """What is stored is what the history says."""
    ticket.refresh_from_db()
    read = moments.read(ticket)
    told = {
        name: (row.state, row.due_at, row.used, row.target) for name, row in stored(ticket).items()
    }
    assert ticket.due_at == clocks.next_due(read)
    return told == {
        name.value: (
            found.state.value,
            found.due_at,
            found.figure and found.figure.used,
            found.figure and found.figure.target,
        )
        for name, found in read.items()
    }


def test_a_report_starts_three_clocks_in_the_hours_of_the_team(clock, new_ticket):
    due = {name: row.due_at for name, row in stored(new_ticket).items()}

    assert due == {
        "first_response": MONDAY + 8 * HOUR,
        "answer": MONDAY + timedelta(days=2),
        "next_word": None,
        "resolution": datetime(2026, 12, 3, 8, tzinfo=BERLIN),
    }
    assert agree(new_ticket)


def test_a_standstill_runs_around_the_clock(clock, alice, alpina, module):
    clock.move_to(datetime(2026, 12, 24, 23, tzinfo=BERLIN))
    ticket = a_ticket(by=alice, organisation=alpina, module=module, customer_priority=1)

    assert stored(ticket)["first_response"].due_at == datetime(2026, 12, 25, 0, tzinfo=BERLIN)


def test_our_word_stops_two_clocks_and_starts_the_promise(clock, open_ticket, sam):
    clock.shift(HOUR)
    actions.reply(open_ticket, by=sam, text="We look into it.", channel=OFFICE)

    rows = stored(open_ticket)
    assert (rows["first_response"].state, rows["first_response"].used) == ("stopped", HOUR)
    assert (rows["answer"].state, rows["answer"].used) == ("idle", HOUR)
    assert rows["next_word"].due_at == MONDAY + timedelta(days=2) + HOUR
    assert agree(open_ticket)


def test_all_rest_while_the_customer_is_asked_and_lose_nothing(clock, open_ticket, sam, alice):
    before = stored(open_ticket)["resolution"].due_at
    actions.wait_for_customer(open_ticket, by=sam, question="Which run?", channel=OFFICE)
    open_ticket.refresh_from_db()
    assert open_ticket.due_at is None
    assert stored(open_ticket)["resolution"].state == "paused"

    clock.shift(3 * HOUR)
    actions.reply(open_ticket, by=alice, text="This one.", channel=PORTAL)
    assert stored(open_ticket)["resolution"].due_at == before + 3 * HOUR
    assert agree(open_ticket)


def test_a_note_moves_nothing(clock, open_ticket, sam):
    before = {name: row.due_at for name, row in stored(open_ticket).items()}
    clock.shift(HOUR)
    actions.note(open_ticket, by=sam, text="Internal.", channel=OFFICE)

    assert {name: row.due_at for name, row in stored(open_ticket).items()} == before


def test_resolving_reopening_and_closing_agree_with_history(clock, open_ticket, sam, alice):
    clock.shift(2 * HOUR)
    ticket = actions.resolve(
        open_ticket, by=sam, answer="In SP 4.", finding=a_finding(), channel=OFFICE
    )
    assert (stored(ticket)["resolution"].used, ticket.due_at) == (2 * HOUR, None)
    assert agree(ticket)
    clock.shift(HOUR)
    ticket = actions.reopen(ticket, by=alice, reason="It is back.", channel=PORTAL)
    assert stored(ticket)["resolution"].state == "running"
    assert agree(ticket)
    clock.shift(HOUR)
    ticket = actions.resolve(ticket, by=sam, answer="Now.", finding=a_finding(), channel=OFFICE)
    assert stored(ticket)["resolution"].used == 3 * HOUR
    ticket = actions.confirm(ticket, by=alice)
    assert ticket.due_at is None
    assert agree(ticket)


def test_another_team_has_other_hours(clock, open_ticket, sam):
    night = TeamFactory()
    night.calendar.hours.all().delete()
    night.calendar.hours.create(weekday=1, opens_minute=0, closes_minute=1440)
    actions.hand_on(open_ticket, by=sam, team=night, reason="Theirs")

    tuesday = datetime(2026, 11, 24, 8, tzinfo=BERLIN)
    assert stored(open_ticket)["first_response"].due_at == tuesday


def test_a_new_holiday_moves_what_still_runs(clock, new_ticket, desk, sam):
    day = SpecialDay(calendar=new_ticket.team.calendar, day=MONDAY.date(), name="Umzug")
    day.save()
    with pytest.raises(NotAllowed):
        actions.rewind(new_ticket, by=sam)
    actions.rewind(new_ticket, by=desk)

    assert stored(new_ticket)["first_response"].due_at == datetime(2026, 11, 24, 15, tzinfo=BERLIN)


def test_a_promised_date_holds_until_work_goes_on(clock, open_ticket, sam, desk):
    day = datetime(2026, 12, 18, 12, tzinfo=BERLIN)
    before = stored(open_ticket)["resolution"].due_at
    steps.move(open_ticket, Status.WAITING_DELIVERY, promised_at=day)
    actions.rewind(open_ticket, by=desk)
    assert stored(open_ticket)["resolution"].due_at == day
    assert agree(open_ticket)

    ticket = actions.resume(open_ticket, by=sam)
    assert (ticket.promised_at, stored(ticket)["resolution"].due_at) == (None, before)


def test_a_promised_date_is_what_the_solution_is_measured_by(clock, open_ticket, sam):
    steps.move(open_ticket, Status.WAITING_DELIVERY, promised_at=MONDAY + 3 * HOUR)
    clock.shift(4 * HOUR)
    ticket = actions.resolve(
        open_ticket, by=sam, answer="Delivered.", finding=a_finding(), channel=OFFICE
    )

    row = stored(ticket)["resolution"]
    assert (row.used, row.target, row.missed) == (4 * HOUR, 3 * HOUR, 1)


def test_the_database_knows_no_promised_date_of_a_ticket_in_work(open_ticket):
    with pytest.raises(IntegrityError, match="a_date_is_promised"):
        steps.change(open_ticket, promised_at=MONDAY)


# --- What has ended stays ---------------------------------------------------------------------


def figures(ticket) -> dict[str, tuple]:
    return {name: (row.used, row.target) for name, row in stored(ticket).items() if row.used}


@pytest.fixture
def missed(clock, open_ticket, sam):
    """Answered after nine hours, of the eight that are promised."""
    clock.move_to(MONDAY + 9 * HOUR)
    actions.reply(open_ticket, by=sam, text="At last.", channel=OFFICE)
    return open_ticket


def to_noon(team) -> None:
    """The team works from eight to twelve from now on: three of the nine hours count there."""
    team.calendar.hours.update(opens_minute=8 * 60, closes_minute=11 * 60)


@pytest.mark.parametrize("again", ["rewind", "hand_on", "reply", "resolve_and_reopen", "nightly"])
def test_a_missed_promise_stays_missed_in_other_hours(missed, again, desk, sam, alice, clock):
    before = figures(missed)
    assert before["first_response"] == (9 * HOUR, 8 * HOUR)
    night = TeamFactory()
    to_noon(night)
    if again != "hand_on":
        to_noon(missed.team)
    clock.shift(HOUR)
    match again:
        case "rewind":
            actions.rewind(missed, by=desk)
        case "hand_on":
            actions.hand_on(missed, by=sam, team=night, reason="Theirs")
        case "reply":
            actions.reply(missed, by=alice, text="Thanks.", channel=PORTAL)
        case "resolve_and_reopen":
            actions.resolve(missed, by=sam, answer="Done.", finding=a_finding(), channel=OFFICE)
            actions.reopen(missed, by=alice, reason="It is back.", channel=PORTAL)
        case "nightly":
            tasks.rewind_clocks()

    assert figures(missed)["first_response"] == before["first_response"]
    assert figures(missed)["answer"] == before["answer"]
    assert agree(missed)


def test_the_longest_exchange_is_shown_and_all_are_counted(missed, alice, sam, clock):
    for hours in (1, 2):
        actions.reply(missed, by=alice, text="And now?", channel=PORTAL)
        clock.shift(hours * HOUR)
        actions.reply(missed, by=sam, text="Soon.", channel=OFFICE)

    row = stored(missed)["answer"]
    assert (row.used, row.ended, row.missed) == (9 * HOUR, 3, 0)
    assert stored(missed)["first_response"].missed == 1


def test_a_figure_names_the_calendar_it_was_measured_by(missed, desk):
    row = stored(missed)["first_response"]
    actions.rewind(missed, by=desk)
    to_noon(missed.team)
    actions.rewind(missed, by=desk)

    again = stored(missed)["first_response"]
    assert again.calendar_id == row.calendar_id == calendar_of_then(missed)
    assert again.calendar.facts["weekly"][0] == [[420, 1020]]


def calendar_of_then(ticket) -> str:
    ticket.team.calendar.hours.update(opens_minute=7 * 60, closes_minute=17 * 60)
    return calendars.of(ticket.team.calendar).version


def test_a_reopened_solution_is_measured_anew_when_it_ends(clock, open_ticket, sam, alice):
    clock.shift(2 * HOUR)
    ticket = actions.resolve(
        open_ticket, by=sam, answer="In SP 4.", finding=a_finding(), channel=OFFICE
    )
    to_noon(ticket.team)
    ticket = actions.reopen(ticket, by=alice, reason="It is back.", channel=PORTAL)
    clock.shift(2 * HOUR)
    actions.resolve(ticket, by=sam, answer="Now.", finding=a_finding(), channel=OFFICE)

    row = stored(ticket)["resolution"]
    assert (row.used, row.ended) == (3 * HOUR, 2)  # eight to eleven, as it is today


# --- What people read -------------------------------------------------------------------------


def hand(ticket, label, at):
    return next(found for found in clock_face.hands(ticket, at) if found.label == label)


@pytest.mark.parametrize(
    ("hours", "words", "tone"),
    [(0, "8:00 h left", ""), (6.5, "1:30 h left", "soon"), (10, "2:00 h overdue", "late")],
)
def test_a_clock_says_what_is_left(clock, new_ticket, hours, words, tone):
    at = MONDAY + hours * HOUR if hours < 9 else datetime(2026, 11, 24, 8, tzinfo=BERLIN)
    found = hand(new_ticket, "First response", at)

    assert (found.words, found.tone) == (words, tone)


def test_a_kept_promise_and_a_missed_one_say_so(clock, open_ticket, sam):
    clock.shift(HOUR)
    actions.reply(open_ticket, by=sam, text="We look into it.", channel=OFFICE)
    assert hand(open_ticket, "First response", MONDAY).words == "kept"
    clock.shift(timedelta(days=30))
    actions.resolve(open_ticket, by=sam, answer="At last.", finding=a_finding(), channel=OFFICE)

    found = hand(open_ticket, "Solution", MONDAY + timedelta(days=31))
    assert (found.words, found.tone) == ("missed by 14 working days", "late")


def test_the_customer_reads_the_promise_and_not_the_clocks(clock, client, open_ticket, alice):
    client.force_login(alice)
    page = client.get(f"/tickets/{open_ticket.number}/").content.decode()

    assert "A word from us by" in page
    assert "today, 16:00" in page
    assert "Solution by" in page
    clock.shift(timedelta(days=1))
    client.force_login(alice)
    assert (
        "We owe you a word since" in client.get(f"/tickets/{open_ticket.number}/").content.decode()
    )


def test_the_customer_reads_since_when_we_wait_for_them(clock, client, open_ticket, sam, alice):
    clock.shift(HOUR)
    actions.wait_for_customer(open_ticket, by=sam, question="Which run?", channel=OFFICE)
    client.force_login(alice)
    page = client.get(f"/tickets/{open_ticket.number}/").content.decode()

    assert "Our times rest: we wait for you since" in page
    assert "A word from us by" not in page


def test_the_customer_reads_the_day_of_the_package(clock, client, open_ticket, alice, desk):
    day = datetime(2026, 12, 18, 12, tzinfo=BERLIN)
    steps.move(open_ticket, Status.WAITING_DELIVERY, promised_at=day, unanswered_since=None)
    actions.rewind(open_ticket, by=desk)
    client.force_login(alice)
    page = client.get(f"/tickets/{open_ticket.number}/").content.decode()

    assert "comes with a package, announced for 18/12/2026" in page
    assert "Solution by" in page


def test_a_missed_word_is_not_hidden_by_a_longer_one_that_was_kept(clock, open_ticket, sam, alice):
    actions.change_priority(open_ticket, by=sam, priority=2, reason="Payments.")
    clock.move_to(MONDAY + timedelta(days=2))  # twenty hours later, of ten
    actions.reply(open_ticket, by=sam, text="At last.", channel=OFFICE)
    actions.change_priority(open_ticket, by=sam, priority=4, reason="Only the display.")
    actions.reply(open_ticket, by=alice, text="And?", channel=PORTAL)
    clock.move_to(MONDAY + timedelta(days=7))
    actions.reply(open_ticket, by=sam, text="So.", channel=OFFICE)
    actions.resolve(open_ticket, by=sam, answer="So.", finding=a_finding(), channel=OFFICE)

    found = hand(open_ticket, "Next word", MONDAY + timedelta(days=8))
    assert (found.words, found.tone) == ("1 of 2 late", "late")


def test_the_specialist_reads_all_clocks(clock, client, open_ticket, sam):
    client.force_login(sam)
    page = client.get(f"/office/tickets/ticket/{open_ticket.number}/change/").content.decode()

    assert "8:00 h left" in page
    assert 'id="clocks"' in page


def test_at_night_a_changed_calendar_counts_for_what_runs(clock, new_ticket):
    SpecialDay.objects.create(calendar=new_ticket.team.calendar, day=MONDAY.date(), name="Umzug")
    tasks.rewind_clocks()
    tasks.rewind_clocks()

    assert stored(new_ticket)["first_response"].due_at == datetime(2026, 11, 24, 15, tzinfo=BERLIN)


def test_hours_that_somebody_emptied_promise_nothing_and_keep_nobody_from_reporting(
    alice, sam, module, alpina
):
    module.team.calendar.hours.all().delete()
    ticket = a_ticket(by=alice, module=module, organisation=alpina)
    actions.reply(ticket, by=alice, text="More of it.", channel="portal")

    ticket.refresh_from_db()
    assert ticket.due_at is None
    assert not ClockReading.objects.filter(ticket=ticket).exclude(due_at=None).exists()
