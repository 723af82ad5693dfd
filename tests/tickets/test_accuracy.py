"""Routing's figures, counted from history."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from tests.factories import UserFactory, a_finding, a_ticket
from tickets import accuracy, actions
from tickets.models import HistoryEntry, Message, Ticket

BERLIN = ZoneInfo("Europe/Berlin")
NINE = datetime(2026, 11, 24, 9, 0, tzinfo=BERLIN)
LONG_AGO, SOON = NINE - timedelta(days=30), NINE + timedelta(days=30)


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(NINE, tick=False)
    return time_machine


@pytest.fixture
def routed(clock, competent_sam, alice, alpina, module, desk):
    """A ticket given to Sam by routing, a minute after it came."""

    def one() -> Ticket:
        ticket = a_ticket(by=alice, module=module, organisation=alpina)
        clock.shift(60)
        actions.route(ticket, by=desk)
        return Ticket.objects.get(pk=ticket.pk)

    return one


def overall(**kwargs) -> accuracy.Accuracy:
    (found,) = accuracy.of("all", LONG_AGO, SOON, **kwargs)
    return found


def test_a_ticket_that_stays_is_right_at_once(routed, sam):
    actions.resolve(
        routed(), by=sam, answer="Fixed.", finding=a_finding(), channel=Message.Channel.OFFICE
    )

    found = overall()
    assert (found.tickets, found.kept, found.share, found.hops) == (1, 1, 100, 0)
    assert found.median == timedelta(minutes=1)


def test_a_ticket_that_moves_on_counts_until_the_last_hands(routed, clock, sam, lea, team):
    kept, moved = routed(), routed()
    clock.shift(3600)
    actions.assign(moved, by=lea, to=UserFactory(team=team))
    clock.shift(3600)
    actions.assign(moved, by=lea, to=lea)
    actions.wait_for_customer(
        Ticket.objects.get(pk=kept.pk), by=sam, question="Which?", channel=Message.Channel.OFFICE
    )

    found = overall()
    assert (found.tickets, found.kept, found.share, found.hops) == (2, 1, 50, 1.0)
    assert found.ninth > timedelta(hours=1, minutes=45)


def test_who_took_a_ticket_before_routing_is_no_guess_of_its(clock, alice, alpina, module, sam):
    actions.take(a_ticket(by=alice, module=module, organisation=alpina), by=sam)

    assert accuracy.of("all", LONG_AGO, SOON) == []


def test_figures_stand_by_module_by_month_and_for_one_team(routed, module, other_team, team):
    routed()

    assert [found.name for found in accuracy.of("module", LONG_AGO, SOON)] == [module.name]
    assert [found.name.month for found in accuracy.of("month", LONG_AGO, SOON)] == [11]
    assert overall(team=team).tickets == 1
    assert accuracy.of("all", LONG_AGO, SOON, team=other_team) == []
    assert accuracy.of("all", SOON, SOON + timedelta(days=1)) == []


def test_the_report_shows_them(client, routed, lea):
    routed()
    client.force_login(lea)

    answer = client.get(reverse("admin:tickets_report"))

    assert answer.context["overall"].share == 100
    assert [bar.width for bar in answer.context["months"]] == [400]
    assert HistoryEntry.objects.filter(kind="routed").count() == 1
