"""The final plan against the acceptance cases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from oncall import actions, plan
from oncall.models import Change as Row
from oncall.models import Schedule
from oncall.plan import Change, Kind, Planned
from oncall.spans import Span, gaps
from supportdesk.accounts.models import User
from supportdesk.errors import Refused
from tests.cases import cases, instant
from tests.factories import UserFactory


@cases("overrides.json", kind="plan")
def test_overrides_case(case):
    base = [planned(one) for one in case["base"]]
    changes = [change(one) for one in case["changes"]]
    expected = case["expected"]
    if "spans" in expected or "gaps" in expected:
        window = Span(instant(case["window"]["from"]), instant(case["window"]["to"]))
        duties = plan.final(base, changes, window)
        if "spans" in expected:
            assert duties == [(one["user"], span(one)) for one in expected["spans"]]
        if "gaps" in expected:
            free = [Span(instant(start), instant(end)) for start, end in expected["gaps"]]
            assert gaps((duty for _person, duty in duties), window) == free
    if "who" in expected:
        found = [sorted(map(str, plan.who(base, changes, instant(at)))) for at in case["at"]]
        assert found == expected["who"]


def planned(facts: dict[str, Any]) -> Planned:
    return Planned(facts["user"], span(facts), facts.get("priority", 0))


def change(facts: dict[str, Any]) -> Change:
    return Change(
        Kind(facts["kind"]),
        span(facts),
        person=facts.get("owner", facts.get("user")),
        by=facts.get("taken_by", facts.get("by")),
        rank=facts.get("priority", 0),
        instead=tuple(planned(one) for one in facts.get("shifts", [])),
    )


def span(facts: dict[str, Any]) -> Span:
    ends = [instant(facts[name]) for name in ("end", "until") if facts.get(name)]
    return Span(instant(facts["start"]), min(ends))


@pytest.mark.django_db(transaction=True)
@cases("overrides.json", kind="insert_second")
def test_insert_second_case(case, team, at_once):
    """On PostgreSQL; concurrent ones in two open transactions."""
    schedule, people = Schedule.objects.create(name="Cases", team=team), People()
    with time_machine.travel(span(case["existing"]).start - timedelta(days=1), tick=False):
        lead = UserFactory(roles=["lead"])
        first, second = (people.wish(case[name]) for name in ("existing", "new"))
        waiting = [first, second]
        if case.get("concurrent"):
            outcomes = at_once(2, lambda: actions.change_plan(schedule, waiting.pop(), by=lead))
        else:
            outcomes = [actions.change_plan(schedule, first, by=lead)]
            outcomes += at_once(1, lambda: actions.change_plan(schedule, second, by=lead))

    refused = outcomes.count(actions.Contradiction)
    assert refused == (1 if case["expected"]["refused"] else 0)
    assert schedule.changes.count() == 2 - refused


@pytest.mark.django_db
@cases("overrides.json", kind="take_swap")
def test_take_swap_case(case, team):
    schedule, people, swap = (
        Schedule.objects.create(name="Cases", team=team),
        People(),
        case["swap"],
    )
    owner = people.named(swap["owner"])
    row = Row.objects.create(
        schedule=schedule,
        kind="swap",
        during=tuple(span(swap)),
        person=owner,
        stand_in=people.named(swap["taken_by"]) if swap["taken_by"] else None,
        withdrawn_at=instant(case["now"]) if swap["deleted"] else None,
        written_by=owner,
    )
    refused = False
    with time_machine.travel(instant(case["now"]), tick=False):
        try:
            actions.take_swap(row, by=people.named(case["taker"]))
        except Refused:
            refused = True

    assert refused == case["expected"]["refused"]
    before = row.stand_in_id
    row.refresh_from_db()
    assert (row.stand_in_id == before) == refused


class People(dict[str, User]):
    """Each name of a case is one person."""

    def named(self, name: str) -> User:
        if name not in self:
            self[name] = UserFactory(name=name)
        return self[name]

    def wish(self, facts: dict[str, Any]) -> actions.Wish:
        person, by = facts.get("user"), facts.get("by")
        return actions.Wish(
            Row.Kind(facts["kind"]),
            span(facts),
            self.named(person) if person else None,
            self.named(by) if by else None,
            rank=facts.get("priority", 0),
        )
