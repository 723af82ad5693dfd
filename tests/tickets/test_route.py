"""Routing as a verb: one specialist, one decision kept, nobody twice."""

import json
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from supportdesk.errors import NotAllowed, WrongState
from supportdesk.messaging.models import Event
from supportdesk.worktime.models import Absence
from tests.factories import CompetenceFactory, OrganisationFactory, UserFactory, a_finding, a_ticket
from tickets import actions, routing
from tickets.models import Message, RoutingDecision, Status, Ticket

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 23, 9, tzinfo=BERLIN)
SATURDAY = datetime(2026, 11, 21, 3, tzinfo=BERLIN)


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=True):
        yield


def absent(person, **facts):
    days = DateRange(date(2026, 11, 1), date(2026, 12, 1))
    return Absence.objects.create(person=person, during=days, **facts)


def test_a_new_ticket_finds_its_specialist_and_keeps_the_reasons(new_ticket, competent_sam, desk):
    decision = actions.route(new_ticket, by=desk)

    new_ticket.refresh_from_db()
    assert (new_ticket.status, new_ticket.assignee) == (Status.OPEN, competent_sam)
    assert new_ticket.routed_at == decision.at
    assert decision.chosen == competent_sam
    assert decision.decision["scores"][0]["competence"] == 30
    assert new_ticket.history.last().kind == "routed"
    assert Event.objects.latest("pk").name == "ticket.routed"
    decision.refresh_from_db()
    again = routing.decide(routing.Situation.from_json(decision.situation))
    assert json.loads(json.dumps(again.as_json())) == decision.decision


def test_nobody_competent_is_the_leads_with_the_reason(new_ticket, sam, desk):
    decision = actions.route(new_ticket, by=desk)

    new_ticket.refresh_from_db()
    assert (new_ticket.status, new_ticket.assignee) == (Status.NEW, None)
    assert decision.reason == routing.NOBODY_COMPETENT
    step = new_ticket.history.last()
    assert (step.kind, step.reason, step.public) == ("unrouted", "nobody_competent", False)
    assert Event.objects.latest("pk").name == "ticket.unrouted"


def test_a_second_try_in_vain_is_no_news_and_a_competence_helps(new_ticket, sam, module, desk):
    first = actions.route(new_ticket, by=desk)
    new_ticket.refresh_from_db()
    changed_at = new_ticket.changed_at
    assert actions.route(new_ticket, by=desk) == first
    new_ticket.refresh_from_db()
    assert new_ticket.history.filter(kind="unrouted").count() == 1
    assert new_ticket.changed_at == changed_at
    assert new_ticket.routed_at > first.at

    CompetenceFactory(person=sam, module=module)
    assert actions.route(new_ticket, by=desk).chosen == sam


def test_the_deputy_of_an_absence_wins_over_the_usual_one(
    new_ticket, competent_sam, lea, team, desk
):
    usual, named = UserFactory(team=team), UserFactory(team=team)
    competent_sam.deputy = usual
    competent_sam.save()
    absent(competent_sam, deputy=named)

    assert actions.route(new_ticket, by=desk).chosen == named


def test_a_night_ticket_waits_for_the_morning_but_not_for_the_absent(
    alice, module, alpina, competent_sam, team, desk
):
    other = UserFactory(team=team)
    CompetenceFactory(person=other, module=module, level=1)
    Absence.objects.create(
        person=competent_sam, during=DateRange(date(2026, 11, 23), date(2026, 11, 24))
    )
    with time_machine.travel(SATURDAY):
        ticket = a_ticket(by=alice, module=module, organisation=alpina)

        assert actions.route(ticket, by=desk).chosen == other


def test_a_standstill_at_night_is_the_leads(alice, module, alpina, competent_sam, desk):
    with time_machine.travel(SATURDAY):
        ticket = a_ticket(by=alice, module=module, organisation=alpina, customer_priority=1)

        assert actions.route(ticket, by=desk).reason == routing.OUT_OF_HOURS


def test_whoever_solved_the_customers_last_case_is_asked_first(
    closed_ticket, sam, alice, module, alpina, team, desk
):
    CompetenceFactory(person=UserFactory(team=team), module=module, level=3)
    CompetenceFactory(person=sam, module=module, level=3)
    ticket = a_ticket(by=alice, module=module, organisation=alpina)

    decision = actions.route(ticket, by=desk)
    assert decision.chosen == sam
    assert decision.decision["scores"][0]["continuity"] == 10


def test_a_handed_on_ticket_finds_somebody_of_the_other_team(open_ticket, sam, other_team, desk):
    erik = UserFactory(team=other_team)
    actions.hand_on(open_ticket, by=sam, team=other_team, reason="Contributions.")

    assert actions.route(open_ticket, by=desk).chosen == erik


def test_a_ticket_handed_on_in_vain_is_the_leads_until_somebody_is_found(
    open_ticket, sam, other_team, desk
):
    actions.hand_on(open_ticket, by=sam, team=other_team, reason="Contributions.")
    actions.route(open_ticket, by=desk)

    open_ticket.refresh_from_db()
    assert open_ticket.assignee == sam  # a ticket in work never hangs in the air
    assert Ticket.objects.unrouted().get() == open_ticket

    erik = UserFactory(team=other_team)
    assert actions.route(open_ticket, by=desk).chosen == erik
    assert not Ticket.objects.unrouted().exists()


def test_whoever_resolved_a_new_ticket_keeps_it_when_it_comes_back(
    new_ticket, sam, alice, competent_sam, desk
):
    channel = Message.Channel.PORTAL
    actions.resolve(new_ticket, by=sam, answer="By design.", finding=a_finding(), channel=channel)
    actions.reopen(new_ticket, by=alice, reason="No.", channel=channel)

    with pytest.raises(WrongState):
        actions.route(new_ticket, by=desk)


def test_what_somebody_has_is_not_routed(open_ticket, competent_sam, desk):
    with pytest.raises(WrongState):
        actions.route(open_ticket, by=desk)


def test_only_the_desk_routes(new_ticket, lea):
    with pytest.raises(NotAllowed):
        actions.route(new_ticket, by=lea)


@pytest.mark.django_db(transaction=True)
def test_eight_workers_assign_once(new_ticket, competent_sam, desk, at_once):
    outcomes = at_once(8, lambda: actions.route(new_ticket, by=desk))

    assert outcomes.count(WrongState) == 7
    assert RoutingDecision.objects.count() == 1
    assert new_ticket.history.filter(kind="routed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_tickets_routed_at_the_same_moment_still_spread(sam, module, team, desk, at_once):
    people = [UserFactory(team=team) for _ in range(4)]
    for person in people:
        CompetenceFactory(person=person, module=module, level=2)
    strangers = OrganisationFactory.create_batch(12)  # nobody knows them from an earlier ticket
    waiting = [a_ticket(by=sam, module=module, organisation=one) for one in strangers]

    at_once(12, lambda: actions.route(waiting.pop(), by=desk))

    assert sorted(person.tickets_assigned.count() for person in people) == [3, 3, 3, 3]


@pytest.mark.parametrize("size", [1, 12])
def test_the_number_of_queries_does_not_grow_with_the_team(
    new_ticket, competent_sam, module, team, desk, size
):
    for _ in range(size):
        CompetenceFactory(person=UserFactory(team=team, deputy=competent_sam), module=module)
    with CaptureQueriesContext(connection) as queries:
        actions.route(new_ticket, by=desk)

    assert len(queries) <= 24
