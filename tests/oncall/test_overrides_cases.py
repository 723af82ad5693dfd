"""The final plan against the acceptance cases."""

from __future__ import annotations

from typing import Any

from oncall import plan
from oncall.plan import Change, Kind, Planned
from oncall.spans import Span, gaps
from tests.cases import cases, instant


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
