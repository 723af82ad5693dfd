"""When tickets come: counted in local time, shaded by the busiest hour."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import a_ticket
from tickets import arrivals
from tickets.arrivals import Arrivals
from tickets.models import Ticket

BERLIN = ZoneInfo("Europe/Berlin")


def test_hours_and_weekdays_are_those_of_the_desk(new_ticket):
    # 23:30 UTC on Sunday is half past midnight on Monday in Berlin.
    late = datetime(2026, 11, 23, 0, 30, tzinfo=BERLIN)
    Ticket.objects.update(opened_at=late)

    assert arrivals.of(Ticket.objects.all()).counts == {(1, 0): 1}


def test_shades_follow_the_busiest_hour():
    found = Arrivals({(1, 7): 10, (1, 8): 1, (2, 7): 5})

    assert found.total == 16
    assert found.peak == (1, 7)
    assert list(found.hours) == [7, 8]
    assert [found.shade(1, 7), found.shade(2, 7), found.shade(1, 8), found.shade(3, 7)] == [
        5,
        3,
        1,
        0,
    ]


def test_nothing_came():
    assert (Arrivals({}).total, list(Arrivals({}).hours), Arrivals({}).peak) == (0, [], None)


def test_the_report_draws_every_hour_and_says_the_same_in_a_table(client, lea, new_ticket):
    client.force_login(lea)

    answer = client.get(reverse("admin:tickets_report"))

    assert answer.context["arrivals"].total == 1
    assert len(answer.context["heat"]) == 7
    assert answer.content.decode().count("<rect") == 7


def test_the_report_is_narrowed_to_a_team_and_a_period(client, lea, new_ticket, other_team):
    client.force_login(lea)
    report = reverse("admin:tickets_report")

    assert client.get(report, {"team": other_team.pk, "weeks": 4}).context["arrivals"].total == 0
    Ticket.objects.update(opened_at=datetime(2020, 1, 1, tzinfo=BERLIN))
    assert client.get(report, {"weeks": 52}).context["arrivals"].total == 0
    assert client.get(report, {"weeks": "x", "team": "y"}).status_code == 200


def test_figures_are_for_leads_and_the_auditor(client, sam, lea, audrey, dev):
    seen = {}
    for person in (sam, lea, audrey, dev):
        client.force_login(person)
        seen[person] = client.get(reverse("admin:tickets_report")).status_code

    assert seen == {sam: 403, lea: 200, audrey: 200, dev: 403}


def test_a_year_of_tickets_costs_no_more_queries(client, lea, alice, alpina, module):
    client.force_login(lea)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("admin:tickets_report"))
        return len(queries)

    a_ticket(by=alice, module=module, organisation=alpina)
    small = cost()
    for _n in range(10):
        a_ticket(by=alice, module=module, organisation=alpina)
    assert cost() == small
