"""Whoever lets a customer wait in silence loses the ticket, once per level; age comes up, too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from supportdesk.accounts.models import User
from supportdesk.messaging.models import Dispatch, Event
from supportdesk.worktime.arithmetic import ALWAYS
from tests.factories import CompetenceFactory, UserFactory, a_finding, a_ticket
from tests.tickets.test_levels import aged, sweep
from tests.tickets.test_route_again import happen
from tickets import actions, clocks, levels, routing, why
from tickets.clocks import Clock, Kind, Moment, Terms
from tickets.levels import Threshold
from tickets.models import AgeLimit, EscalationLevel, HistoryEntry, Message, Ticket

OFFICE = Message.Channel.OFFICE
TAKEN_AWAY = HistoryEntry.Kind.TAKEN_AWAY
HOUR = timedelta(hours=1)
START = datetime(2026, 11, 2, 8, tzinfo=UTC)
TERMS = Terms({Clock.ANSWER: 4 * HOUR}, ALWAYS)


@pytest.mark.parametrize(
    ("share", "had_it_after", "loses_it"),
    [(200, 0, True), (200, 7, True), (200, 7.01, False), (20, 0, True), (20, 0.01, False)],
)
def test_only_whoever_had_a_chance_was_silent(share, had_it_after, loses_it):
    readings = clocks.read([Moment(START, Kind.OPENED_BY_CUSTOMER)], TERMS)
    found = levels.passings(readings, [Threshold(Clock.ANSWER, share, 1, takes_away=True)])
    assert bool(levels.taking_away(found, START + had_it_after * HOUR)) is loses_it


def test_a_level_that_takes_nothing_away_leaves_it_where_it_is():
    readings = clocks.read([Moment(START, Kind.OPENED_BY_CUSTOMER)], TERMS)
    found = levels.passings(readings, [Threshold(Clock.ANSWER, 200, 1)])
    assert levels.taking_away(found, START) is None


@pytest.fixture
def heir(team, module):
    heir = UserFactory(name="Nora Heir", team=team)
    CompetenceFactory(person=heir, module=module, level=1)
    return heir


@pytest.fixture
def silent(alice, module, alpina, competent_sam, desk) -> Ticket:
    """A standstill, promised around the clock, that sam has in charge; two levels take away."""
    EscalationLevel.objects.all().delete()
    for share in (40, 80):
        EscalationLevel.objects.create(
            priority=1, clock="answer", share=share, level=1, takes_away=True
        )
    ticket = a_ticket(by=alice, module=module, organisation=alpina, customer_priority=1)
    ticket = actions.take(ticket, by=competent_sam)
    happen()  # what follows an opening is done
    return ticket


def waited(ticket: Ticket, hours: float) -> None:
    since = timezone.now() - hours * HOUR
    Ticket.objects.filter(pk=ticket.pk).update(routed_at=since, assigned_at=since)
    ticket.refresh_from_db()
    aged(ticket, hours)
    sweep()


def letters(ticket: Ticket) -> dict[str, str]:
    rows = Dispatch.objects.filter(dedupe_key__startswith=f"ticket.taken_away:{ticket.pk}:")
    return {row.recipient.name: row.content["text"] for row in rows}


@pytest.fixture
def in_hours(team):
    """Everybody works around the clock, so that no test waits for the morning."""
    team.calendar.hours.update(opens_minute=0, closes_minute=24 * 60)
    for weekday in (5, 6):
        team.calendar.hours.create(weekday=weekday, opens_minute=0, closes_minute=24 * 60)


def test_a_silent_owner_loses_the_ticket_to_somebody_else(in_hours, silent, heir, lea, alice):
    waited(silent, 1.7)  # of four hours
    happen()

    silent.refresh_from_db()
    assert silent.assignee == heir
    step = silent.history.get(kind=TAKEN_AWAY)
    assert (step.assignee.name, step.public) == ("Sam Winter", True)
    assert set(letters(silent)) == {"Sam Winter", "Lea Hoffmann", "Alice Moser"}
    assert "taken away from you" in letters(silent)["Sam Winter"]
    assert "from Sam Winter" in letters(silent)["Lea Hoffmann"]
    assert "longer than we had promised" in letters(silent)["Alice Moser"]
    assert "Sam" not in letters(silent)["Alice Moser"]
    assert why.of(silent).silent == ["Sam Winter"]


def test_once_per_level_however_often_one_looks(in_hours, silent, heir):
    waited(silent, 1.7)
    for _n in range(3):
        happen()
        Ticket.objects.update(look_at=timezone.now())
        sweep()
    assert silent.history.filter(kind=TAKEN_AWAY).count() == 1

    silent.refresh_from_db()
    waited(silent, 1.7)  # the next level, and nora had her time
    happen()
    assert silent.history.filter(kind=TAKEN_AWAY).count() == 2


def test_nobody_else_means_the_lead_and_nobody_is_asked_twice(in_hours, silent, lea):
    waited(silent, 1.7)
    happen()

    silent.refresh_from_db()
    assert silent.assignee.name == "Sam Winter"  # until somebody is found
    assert silent in Ticket.objects.unrouted()
    assert silent.routing_decisions.first().reason == routing.NOBODY_ELSE
    assert "silence" in why.of(silent).reason

    aged(silent, 1.7)  # the next level: it waits for the lead now, and not for sam
    sweep()
    assert silent.history.filter(kind=TAKEN_AWAY).count() == 1


def test_whoever_answered_keeps_it(in_hours, silent, competent_sam, heir):
    actions.reply(silent, by=competent_sam, text="We look at it.", channel=OFFICE)
    waited(silent, 1.7)
    happen()

    silent.refresh_from_db()
    assert silent.assignee == competent_sam
    assert not silent.history.filter(kind=TAKEN_AWAY).exists()


def test_whoever_has_just_got_it_keeps_it(in_hours, silent, heir, competent_sam):
    aged(silent, 1.7)  # somebody else's silence
    sweep()
    assert silent.escalations.exists()
    assert not silent.history.filter(kind=TAKEN_AWAY).exists()


def test_customers_read_why_and_their_systems_hear_of_it(in_hours, silent, heir, client, alice):
    waited(silent, 1.7)
    client.force_login(alice)
    page = client.get(reverse("ticket", args=[silent.pk])).content.decode()
    assert "We let you wait longer than we had promised" in page
    assert "Sam Winter</b>, who let" not in page


def test_a_late_solution_takes_nothing_away(db):
    row = EscalationLevel(priority=1, clock="resolution", share=300, level=1, takes_away=True)
    with pytest.raises(ValidationError, match="without any silence"):
        row.full_clean()
    with pytest.raises(IntegrityError, match="a_late_solution_is_no_silence"):
        row.save()


@pytest.fixture
def limit(db) -> AgeLimit:
    EscalationLevel.objects.all().delete()
    return AgeLimit.objects.create(priority=3, days=30, level=2)


def test_an_old_ticket_without_a_verdict_comes_before_a_lead_once(limit, open_ticket, lea):
    sweep()
    open_ticket.refresh_from_db()
    assert open_ticket.look_at == open_ticket.opened_at + timedelta(days=30)
    assert not open_ticket.escalations.exists()

    aged(open_ticket, 24 * 30)
    sweep()
    raised = open_ticket.escalations.get()
    assert (raised.reason, raised.level, raised.raised_by) == ("age", 2, User.objects.desk())

    actions.assess(raised, by=lea, stands_back=False, why="It can wait.")
    actions.decide(raised, by=lea, decision="It waits.")
    Ticket.objects.update(look_at=timezone.now())
    sweep()
    assert open_ticket.escalations.count() == 1
    assert Event.objects.filter(name="ticket.escalated").count() == 1


def test_a_known_cause_or_an_end_is_no_matter_of_age(limit, open_ticket, sam):
    actions.resolve(open_ticket, by=sam, answer="So.", finding=a_finding(), channel=OFFICE)
    aged(open_ticket, 24 * 40)
    sweep()
    open_ticket.refresh_from_db()
    assert (open_ticket.escalations.count(), open_ticket.look_at) == (0, None)


def test_a_limit_that_is_set_later_holds_for_what_is_open(client, open_ticket, lea):
    EscalationLevel.objects.all().delete()
    aged(open_ticket, 24 * 9)
    sweep()
    client.force_login(lea)

    client.post(reverse("admin:tickets_agelimit_add"), {"priority": 3, "days": 8, "level": 1})
    sweep()

    assert open_ticket.escalations.get().reason == "age"


def test_the_sample_shows_what_is_taken_away_and_the_age(client, lea, silent, limit):
    AgeLimit.objects.update(priority=1, days=2)
    EscalationLevel.objects.create(priority=1, clock="answer", share=80, level=1, takes_away=True)
    client.force_login(lea)
    facts = {"priority": 1, "team": lea.team_id, "opened_at": "2026-11-25T10:00"}

    page = client.get(reverse("admin:tickets_escalationlevel_sample"), facts)

    rows = page.context["rows"]
    assert [(row.of_its_time, row.takes_away) for row in rows] == [
        ("80 %", True),
        ("2 days", False),
    ]
    assert "taken away and routed again" in page.content.decode()
