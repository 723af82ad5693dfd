"""Reports people look at: counted right, per customer their own, and harmless as a file."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from supportdesk.accounts.access import Role
from tests.factories import UserFactory, a_ticket
from tickets import actions
from tickets.arrivals import Arrivals
from tickets.figures import age, causes, escalated, hours, kept, period, tables
from tickets.figures.tables import Line, Table
from tickets.models import Escalation, Ticket


@pytest.mark.parametrize(
    ("kind", "since", "until"),
    [
        ("month", date(2026, 5, 1), date(2026, 5, 16)),
        ("last_month", date(2026, 4, 1), date(2026, 5, 1)),
        ("quarter", date(2026, 4, 1), date(2026, 5, 16)),
        ("year", date(2026, 1, 1), date(2026, 5, 16)),
        ("nonsense", date(2026, 4, 1), date(2026, 5, 16)),
    ],
)
def test_a_period_is_up_to_today(kind, since, until):
    assert period.of(kind, date(2026, 5, 15)) == period.Period(since, until)


def test_a_period_of_ones_own_includes_its_last_day_and_bears_being_swapped():
    first, last = date(2026, 1, 31), date(2026, 2, 28)
    for days in ((first, last), (last, first)):
        over = period.of("custom", date(2026, 5, 15), *days)
        assert (over.since, over.until, over.last) == (first, date(2026, 3, 1), last)


def test_last_month_in_january_is_december():
    over = period.of("last_month", date(2026, 1, 1))
    assert over == period.Period(date(2025, 12, 1), date(2026, 1, 1))


def test_a_share_is_whole_only_where_nothing_is_missing():
    assert [tables.percent(*of) for of in ((999, 1000), (1, 1000), (0, 9), (9, 9), (0, 0))] == [
        99,
        1,
        0,
        100,
        0,
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_a_file_is_a_formula(start):
    evil = f"{start}cmd|' /C calc'!A0"
    table = Table("t", "T", ["Name", "N", "%"], [Line(evil, [-1], 0), Line('a";b', [2], 100)])
    text = tables.as_csv(table)
    rows = list(csv.reader(io.StringIO(text[1:], newline=""), delimiter=";"))

    assert text[0] == "\ufeff"
    assert rows[1:] == [[f"'{evil}", "-1", "0"], ['a";b', "2", "100"]]


def test_clocks_kept_are_promises_in_time_of_those_that_have_ended():
    found = [
        (3, "Hansa", "resolution", 5, 0),
        (1, "Alpina", "answer", 10, 1),
        (1, "Hansa", "answer", 10, 4),
    ]
    by_priority, by_clock, by_customer = kept.tables(found, by_customer=True)

    assert [(line.numbers, line.share) for line in by_priority.lines] == [
        ([20, 5], 75),
        ([5, 0], 100),
    ]
    assert [line.name for line in by_clock.lines] == ["1 · Our answer", "3 · Solution"]
    assert [line.name for line in by_customer.lines] == ["Hansa", "Alpina"]  # the worst first
    assert len(kept.tables(found, by_customer=False)) == 2


@pytest.mark.django_db
def test_what_is_open_falls_into_one_step_of_age_each(alice, module, alpina, closed_ticket):
    now = timezone.now()
    for days in (0, 1.5, 5, 20, 60, 400, 400):
        ticket = a_ticket(by=alice, module=module, organisation=alpina)
        Ticket.objects.filter(pk=ticket.pk).update(opened_at=now - timedelta(days=days))
    later = timezone.now()

    counts = age.counted(Ticket.objects.all(), later)
    assert counts == [1, 1, 1, 1, 1, 2]
    assert [line.share for line in age.table(counts).lines] == [14, 14, 14, 14, 14, 29]


@pytest.mark.django_db
def test_causes_and_escalations_are_counted_from_what_was_decided(closed_ticket, open_ticket, sam):
    (found,) = causes.counted(Ticket.objects.all())
    assert found[1] == 1
    other = a_ticket(
        by=open_ticket.opened_by, module=open_ticket.module, organisation=open_ticket.organisation
    )
    actions.escalate(other, by=sam, reason="age", text="Old.")

    assert escalated.counted(Escalation.objects.all()) == [("age", 1, 1, 0)]


@pytest.mark.django_db
def test_a_coordinator_sees_their_own_figures_and_takes_them_along(
    client, carol, mallory, closed_ticket, alice
):
    address = reverse("figures")
    for person, there in ((carol, True), (mallory, False)):
        client.force_login(person)
        file = client.get(address, {"period": "year", "csv": "hours"})
        lines = file.content.decode("utf-8-sig").splitlines()
        assert (len(lines) > 1) == there
    client.force_login(alice)
    assert client.get(address).status_code == 403


def test_arrivals_are_counted_by_weekday():
    lines = hours.by_weekday(Arrivals({(1, 7): 5, (1, 8): 1, (7, 7): 2})).lines

    assert [(line.name, line.numbers, line.share) for line in lines][::6] == [
        ("Monday", [6], 75),
        ("Sunday", [2], 25),
    ]
    assert hours.by_weekday(Arrivals({})).lines == []


@pytest.mark.django_db
def test_a_coordinator_sees_when_tickets_come_and_no_team(client, carol, new_ticket, other_team):
    client.force_login(carol)
    answer = client.get(reverse("figures"), {"period": "year", "team": other_team.pk})

    assert answer.context["arrivals"].total == 1
    assert answer.content.decode().count("sd-heat") == 1
    assert "team" not in answer.context["form"].fields


@pytest.mark.django_db
def test_the_office_narrows_all_figures_to_a_team(
    client, lea, sam, closed_ticket, other_team, team
):
    actions.rate(closed_ticket, by=closed_ticket.opened_by, score=4)
    Escalation.objects.create(ticket=closed_ticket, reason="age", text="x", raised_by=sam)
    client.force_login(lea)

    def counted(team) -> dict[str, int]:
        page = client.get(reverse("admin:tickets_figures"), {"period": "year", "team": team.pk})
        return {
            one.slug: sum(line.numbers[0] for line in one.lines) for one in page.context["tables"]
        }

    ours = counted(team)
    assert ours["hours"] == ours["weekdays"] == ours["escalations"] == ours["causes"] == 1
    assert set(counted(other_team).values()) == {0}


@pytest.mark.django_db
def test_a_wrong_period_says_so_and_shows_the_quarter(client, db):
    client.force_login(UserFactory(roles=[Role.LEAD]))
    page = client.get(reverse("admin:tickets_figures"), {"period": "custom", "first": "x"})

    assert page.status_code == 200
    assert "Enter a valid date" in page.content.decode()
    assert client.get(reverse("admin:tickets_figures"), {"csv": "none"}).status_code == 404
