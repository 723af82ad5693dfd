"""The clocks of a ticket against the acceptance cases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from supportdesk.worktime.arithmetic import Calendar
from tests.cases import cases, instant
from tests.worktime.calendars import calendar
from tickets import clocks
from tickets.clocks import Clock, Kind, Moment, Reading, State, Terms

NAMES = {  # the cases call the answer clock next_update, and have no clock of our next word
    "first_response": Clock.FIRST_RESPONSE,
    "next_update": Clock.ANSWER,
    "resolution": Clock.RESOLUTION,
}
KINDS = {
    "customer_message": Kind.CUSTOMER_WROTE,
    "agent_message": Kind.WE_WROTE,
    "wait_for_customer": Kind.WAITED,
    "resume": Kind.RESUMED,
    "resolve": Kind.RESOLVED,
    "reopen": Kind.REOPENED,
    "priority_change": Kind.TERMS_CHANGED,
    "targets_change": Kind.TERMS_CHANGED,
}
SECOND = timedelta(seconds=1)


@cases("ticket_clocks.json")
def test_clocks_case(case):
    readings = read(case)
    for name, expected in case["expected"].items():
        if name == "next_due_at":
            assert clocks.next_due(readings) == (expected and instant(expected))
        else:
            compare(readings[NAMES[name]], expected, case)


def read(case: dict[str, Any]) -> dict[Clock, Reading]:
    hours = calendar(case["calendar"])
    targets = case.get("targets") or case["targets_by_priority"][case["priority"]]
    opened = Kind.OPENED_BY_CUSTOMER if case["created_by"] == "customer" else Kind.OPENED_BY_US
    moments = [Moment(instant(case["created_at"]), opened)]
    if case["initial_state"] == "waiting_for_customer":
        moments.append(Moment(instant(case["created_at"]), Kind.WAITED))
    for event in case["events"]:
        if event["type"] == "internal_note":
            continue
        new = event.get("targets") or case.get("targets_by_priority", {}).get(event.get("priority"))
        terms = promised(new, hours) if new else None
        moments.append(Moment(instant(event["at"]), KINDS[event["type"]], terms))
    return clocks.read(moments, promised(targets, hours))


def promised(targets: dict[str, Any], hours: Calendar) -> Terms:
    lengths = {
        NAMES[name.removesuffix("_min")]: timedelta(minutes=minutes)
        for name, minutes in targets.items()
        if minutes is not None
    }
    return Terms(lengths, hours)


def compare(reading: Reading, expected: dict[str, Any], case: dict[str, Any]) -> None:
    found = {"status": reading.state, "breached": reading.is_breached(instant(case["as_of"]))}
    for key in ("status", "breached"):
        assert found[key] == expected.get(key, found[key])
    if "due_at" in expected:
        assert reading.due_at == (expected["due_at"] and instant(expected["due_at"]))
    for key, minutes in expected.items():
        if key.endswith("_minutes"):
            value = reading.figure.used if "used" in key else reading.figure.slack
            assert value == pytest.approx(timedelta(minutes=minutes), abs=SECOND)
    assert (reading.due_at is not None) is (reading.state is State.RUNNING)
