"""Duties through the API: the final plan, for the vendor's own people."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.dateparse import parse_datetime

from oncall import actions
from oncall.models import Change
from oncall.spans import Span
from tests.api import calling_as
from tests.oncall.conftest import week

pytestmark = pytest.mark.django_db
DUTIES = "/api/v1/duties/"


def asked(user, **query):
    return calling_as(user).get(DUTIES, query).json()["results"]


def test_the_api_tells_the_final_plan(schedule, weekly, sam, lea, dev):
    span = week(schedule, 1)
    actions.change_plan(schedule, actions.Wish(Change.Kind.REPLACE, span, lea, sam), by=lea)
    inside = {
        "ends_after": span.start.isoformat(),
        "starts_before": (span.start + timedelta(days=1)).isoformat(),
    }

    [row] = asked(sam, schedule="Leistungen", **inside)

    assert (row["person"], row["position"]) == ("sam@desk.example", 1)
    # From the week that runs into the one taken over: one duty without interruption.
    told = Span(parse_datetime(row["starts_at"]), parse_datetime(row["ends_at"]))
    assert told.end == span.end
    assert told.start < span.start


def test_a_person_finds_their_own(schedule, weekly, sam, dev):
    rows = asked(dev, person=dev.email)

    assert {row["person"] for row in rows} == {dev.email}
    assert asked(dev, schedule="Nirgends") == []


def test_a_time_that_is_none_is_refused(weekly, sam):
    answer = calling_as(sam).get(DUTIES, {"ends_after": "soon"})

    assert answer.status_code == 400


def test_customers_see_no_duty(weekly, alice):
    assert asked(alice) == []
