"""Whose tickets somebody sees is named in the query: PostgreSQL knows how many there are."""

from __future__ import annotations

from datetime import date

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from supportdesk.accounts.models import Mandate
from tests.factories import MandateFactory, a_ticket
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def test_the_people_of_an_insurer_cost_no_query_and_no_join(
    alice, open_ticket, django_assert_num_queries
):
    with django_assert_num_queries(1) as ran:
        assert list(Ticket.objects.visible_to(alice)) == [open_ticket]

    assert "accounts_" not in ran[0]["sql"].split("WHERE")[1]


def test_the_mandates_of_a_provider_are_asked_for_anew_each_time(paul, hansa, alpina, module):
    ticket = a_ticket(by=paul, module=module, organisation=hansa)
    assert list(Ticket.objects.visible_to(paul)) == [ticket]

    Mandate.objects.update(during=DateRange(date(2020, 1, 1), date(2021, 1, 1)))
    assert not Ticket.objects.visible_to(paul).exists()

    MandateFactory(provider=paul.organisation, insurer=hansa, during=DateRange(date(2026, 1, 1)))
    assert list(Ticket.objects.visible_to(paul)) == [ticket]
