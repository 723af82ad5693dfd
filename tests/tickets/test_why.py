"""Why me: the stored decision told in words, without saying why a colleague is away."""

from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils import timezone

from supportdesk.worktime.models import Absence
from tests.factories import CompetenceFactory, UserFactory
from tickets import actions, routing, why
from tickets.models import Ticket


@pytest.fixture
def in_hours(time_machine):
    time_machine.move_to("2026-11-24T10:00:00+01:00", tick=False)


@pytest.fixture
def routed(in_hours, competent_sam, new_ticket, desk, team, module) -> Ticket:
    mira = UserFactory(name="Mira Yıldız", team=team)
    CompetenceFactory(person=mira, module=module, level=1)
    ill = UserFactory(name="Ove Petersen", team=team)
    CompetenceFactory(person=ill, module=module, level=3)
    today = timezone.localdate()
    Absence.objects.create(
        person=ill, during=DateRange(today, today + timedelta(days=3)), kind=Absence.Kind.ILLNESS
    )
    actions.route(new_ticket, by=desk)
    return Ticket.objects.get(pk=new_ticket.pk)


def test_the_best_stands_first_with_the_parts_of_the_sum(routed, competent_sam):
    told = why.of(routed)

    assert told
    assert routed.assignee == competent_sam
    assert told.people == ["Sam Winter", "Mira Yıldız"]
    assert [round(sum(points[n] for _l, points in told.parts), 2) for n in (0, 1)] == told.totals
    assert told.totals == sorted(told.totals, reverse=True)


def test_who_is_away_is_named_and_the_kind_of_absence_is_not(client, routed, competent_sam):
    client.force_login(competent_sam)

    html = client.get(reverse("admin:tickets_ticket_change", args=[routed.pk])).content.decode()

    assert "Ove Petersen" in html
    assert str(Absence.Kind.ILLNESS.label).lower() not in html.lower()


def test_nobody_found_says_why(in_hours, new_ticket, desk):
    actions.route(new_ticket, by=desk)

    told = why.of(new_ticket)

    assert told
    assert told.reason == str(why.REASONS["nobody_competent"])
    assert told.people == []


def test_every_reason_of_the_rule_has_words():

    assert set(why.REASONS) == set(routing.REASONS)


def test_before_the_first_decision_there_is_nothing_to_tell(new_ticket):
    assert why.of(new_ticket) is None


def test_it_costs_two_queries(routed, django_assert_num_queries):
    with django_assert_num_queries(2):
        why.of(routed)
