"""Promises that run out come before the leads: each level once, whoever sweeps and how often."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from supportdesk.accounts.models import User
from supportdesk.messaging import outbox
from supportdesk.messaging.models import Dispatch
from supportdesk.worktime.arithmetic import ALWAYS
from tests.factories import STANDS, a_finding, a_ticket, published_levels
from tickets import actions, clocks, levels
from tickets.clocks import Clock, Kind, Moment, Terms
from tickets.levels import Threshold
from tickets.models import Agreement, EscalationLevel, HistoryEntry, Message, PassedLevel, Ticket
from tickets.tasks import pass_levels

OFFICE = Message.Channel.OFFICE


@pytest.fixture(autouse=True)
def published(request) -> None:
    """The levels of a new desk; a test that empties the tables takes the migration's away."""
    if "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        published_levels()


HOUR = timedelta(hours=1)
START = datetime(2026, 11, 2, 8, tzinfo=UTC)
TERMS = Terms({Clock.ANSWER: 4 * HOUR, Clock.FIRST_RESPONSE: HOUR}, ALWAYS)
THRESHOLDS = [Threshold(Clock.ANSWER, share, n) for n, share in enumerate([75, 100, 150], 1)]


def read(*moments: tuple[float, Kind]) -> dict:
    found = [Moment(START + hours * HOUR, kind) for hours, kind in moments]
    return clocks.read([Moment(START, Kind.OPENED_BY_CUSTOMER), *found], TERMS)


def test_levels_stand_before_and_after_the_deadline_in_working_time():
    found = levels.passings(read(), THRESHOLDS)
    assert [(p.at - START) / HOUR for p in found] == [3, 4, 6]


def test_a_pause_puts_them_off_and_while_it_lasts_there_are_none():
    waited = (1, Kind.WAITED)
    assert levels.passings(read(waited), THRESHOLDS) == []
    found = levels.passings(read(waited, (11, Kind.RESUMED)), THRESHOLDS)
    assert [(p.at - START) / HOUR for p in found] == [13, 14, 16]


def test_a_new_exchange_is_a_new_promise():
    first = {p.key for p in levels.passings(read(), THRESHOLDS)}
    again = read((1, Kind.WE_WROTE), (2, Kind.CUSTOMER_WROTE))
    assert not first & {p.key for p in levels.passings(again, THRESHOLDS)}


@pytest.mark.property
@given(st.lists(st.floats(0, 12), max_size=12).map(sorted))
def test_however_often_one_looks_each_is_told_once_and_none_is_missed(looks):
    found, told = levels.passings(read(), THRESHOLDS), []
    for hours in [*looks, 12.0]:
        known = {p.key for p in told}
        told += levels.news(found, known, START + hours * HOUR)
    assert sorted(p.threshold.level for p in told) == [1, 2, 3]


def aged(ticket: Ticket, hours: float) -> Ticket:
    """As if all that has happened had happened so much earlier."""
    earlier = timedelta(hours=hours)
    ticket.opened_at -= earlier
    ticket.save(update_fields=["opened_at"])
    for message in ticket.messages.all():
        Message.objects.filter(pk=message.pk).update(at=message.at - earlier)
    actions.rewind(ticket, by=User.objects.desk())
    return ticket


def sweep() -> int:
    desk, count = User.objects.desk(), 0
    while actions.look_at_next(by=desk):
        count += 1
    return count


@pytest.fixture
def urgent(alice, module, alpina, sam) -> Ticket:
    facts = {"by": alice, "module": module, "organisation": alpina, "customer_priority": 1}
    return actions.take(a_ticket(**facts), by=sam)


def test_a_deadline_brings_the_ticket_before_the_leads_once(urgent):
    aged(urgent, 0.8)  # of the hour for a first response
    assert sweep() == 1
    assert sweep() == 0

    row = urgent.escalations.get()
    assert (row.reason, row.clock, row.level) == ("deadline", "first_response", 1)
    urgent.refresh_from_db()
    assert urgent.look_at > timezone.now()
    Ticket.objects.update(look_at=timezone.now())  # looked at again, as after a flushed broker
    sweep()
    assert urgent.history.filter(kind=HistoryEntry.Kind.ESCALATED).count() == 1


def test_the_letter_says_to_the_lead_and_to_no_customer_what_has_run_out(urgent, lea, alice):
    aged(urgent, 0.8)
    sweep()
    while outbox.react():
        pass

    letter = Dispatch.objects.get(recipient=lea, dedupe_key__startswith="ticket.escalated")
    assert "75 %" in letter.content["text"]
    assert not Dispatch.objects.filter(recipient=alice, content__text__contains="75 %").exists()


def test_what_the_customer_does_not_read_leaves_their_list_in_order(urgent, lea):
    aged(urgent, 0.8)
    urgent.refresh_from_db()
    before = urgent.changed_at
    sweep()
    raised = urgent.escalations.get()
    actions.assess(raised, by=lea, stands_back=False, why="It can wait.")
    actions.decide(raised, by=lea, decision="It waits.")

    urgent.refresh_from_db()
    assert urgent.changed_at == before


def test_what_the_customer_has_raised_is_a_change_to_them(urgent, alice):
    before = urgent.changed_at
    actions.escalate(urgent, by=alice, reason="customer", text="It burns.")

    urgent.refresh_from_db()
    assert urgent.changed_at > before


def test_levels_passed_unseen_are_one_notice_of_the_highest(urgent):
    aged(urgent, 1.6)
    sweep()

    assert urgent.passed_levels.count() == 3
    assert urgent.escalations.get().level == 3
    assert urgent.history.filter(kind=HistoryEntry.Kind.ESCALATED).count() == 1


def test_raising_the_priority_tells_what_it_passed_as_one_notice(open_ticket, sam):
    aged(open_ticket, 1.6)
    sweep()
    assert not open_ticket.escalations.exists()

    actions.change_priority(open_ticket, by=sam, priority=1, reason="Wrong.", standstill=STANDS)
    sweep()

    assert open_ticket.escalations.get().level == 3
    assert open_ticket.history.filter(kind=HistoryEntry.Kind.ESCALATED).count() == 1


def test_what_we_answered_in_time_is_not_told(urgent, sam):
    actions.reply(urgent, by=sam, text="We look at it.", channel=OFFICE)
    sweep()
    urgent.refresh_from_db()
    assert not urgent.escalations.exists()
    assert urgent.look_at is not None  # the next word and the solution are still owed


def test_a_resolved_ticket_is_not_looked_at_again(urgent, sam):
    actions.resolve(urgent, by=sam, answer="Done.", finding=a_finding(), channel=OFFICE)
    sweep()
    urgent.refresh_from_db()
    assert urgent.look_at is None


def test_the_database_lets_no_level_pass_twice(urgent):
    aged(urgent, 0.8)
    sweep()
    row = urgent.passed_levels.get()
    row.pk = None
    with pytest.raises(IntegrityError, match="a_level_is_passed_once"):
        row.save()


@pytest.mark.django_db(transaction=True)
def test_four_sweepers_at_once_tell_each_level_once(alice, module, alpina, sam):
    facts = {"by": alice, "module": module, "organisation": alpina, "customer_priority": 1}
    tickets = [aged(actions.take(a_ticket(**facts), by=sam), 1.6) for _n in range(20)]
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        while pass_levels():
            pass
        connection.close()

    threads = [threading.Thread(target=work) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert PassedLevel.objects.count() == 3 * len(tickets)
    told = HistoryEntry.objects.filter(kind=HistoryEntry.Kind.ESCALATED)
    assert told.count() == len(tickets)


@pytest.mark.django_db(transaction=True)
def test_what_another_sweeper_holds_is_passed_over(urgent, new_ticket):
    Ticket.objects.update(look_at=timezone.now() - HOUR)
    Ticket.objects.filter(pk=urgent.pk).update(look_at=timezone.now() - 2 * HOUR)
    desk, seen = User.objects.desk(), []

    def look() -> None:
        with transaction.atomic():
            connection.cursor().execute("SET LOCAL lock_timeout = '3s'")
            seen.append(actions.look_at_next(by=desk))
        connection.close()

    with transaction.atomic():
        Ticket.objects.select_for_update().get(pk=urgent.pk)
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()

    assert seen == [new_ticket]


def test_a_changed_level_holds_for_tickets_that_are_open(client, urgent, lea):
    aged(urgent, 0.5)
    sweep()
    assert not urgent.escalations.exists()
    client.force_login(lea)

    client.post(
        reverse("admin:tickets_escalationlevel_add"),
        {"priority": 1, "clock": "first_response", "share": 40, "level": 1},
    )
    sweep()

    assert urgent.escalations.get().level == 1


def test_the_sample_says_what_the_sweep_would_tell(client, lea):
    client.force_login(lea)
    facts = {"priority": 1, "team": lea.team_id, "opened_at": "2026-11-25T10:00"}
    answer = client.get(reverse("admin:tickets_escalationlevel_sample"), facts)

    first = answer.context["rows"][0]
    assert (first.why, first.of_its_time, first.takes_away) == ("First response", "75 %", False)
    assert first.at == datetime(2026, 11, 25, 9, 45, tzinfo=UTC)
    assert EscalationLevel.objects.filter(priority=1).count() == 12


def test_the_sample_keeps_to_the_agreement_of_the_customer_on_that_day(client, lea, alpina):
    during = DateRange(date(2026, 11, 1), date(2026, 12, 1))
    agreement = Agreement.objects.create(organisation=alpina, during=during)
    lengths = dict.fromkeys(["first_response", "answer", "next_word", "resolution"], 4 * HOUR)
    agreement.lines.create(priority=1, closes_after=30, **lengths)
    client.force_login(lea)

    def first(day: str) -> datetime:
        facts = {"priority": 1, "team": lea.team_id, "organisation": alpina.pk}
        facts["opened_at"] = f"{day}T10:00"
        page = client.get(reverse("admin:tickets_escalationlevel_sample"), facts)
        return page.context["rows"][0].at

    assert first("2026-11-25") == datetime(2026, 11, 25, 12, tzinfo=UTC)  # 75 % of four hours
    assert first("2026-12-02") == datetime(2026, 12, 2, 9, 45, tzinfo=UTC)  # of one hour
