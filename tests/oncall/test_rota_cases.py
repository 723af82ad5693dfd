"""Hand-offs and turns against the acceptance cases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from oncall import rota
from oncall.rota import EVER, Member, Rotation, Unit
from oncall.spans import Span
from supportdesk.worktime.arithmetic import resolve
from tests.cases import cases, instant

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOMENT = timedelta(seconds=1)


@cases("rotation_handoffs.json")
def test_handoffs_case(case):
    expected = case["expected"]
    if case["kind"] == "resolve_local":
        local = datetime.fromisoformat(case["local"])
        assert resolve(local, ZoneInfo(case["tz"])) == instant(expected["instant"])
    elif case["kind"] == "handoffs":
        window = Span(instant(case["window"]["from"]), instant(case["window"]["to"]))
        found = rota.handoffs(rotation(case), window)
        assert found == [instant(at) for at in expected["handoffs"]]
    else:
        k, span = rota.shift_at(rotation(case), instant(case["at"]))
        hours = (span.end - span.start) / timedelta(hours=1)
        found = {"start": span.start, "end": span.end, "hours": hours, "index": k}
        for name in expected:
            wanted = instant(expected[name]) if name in ("start", "end") else expected[name]
            assert found[name] == wanted, name


@cases("rotation_members.json")
def test_members_case(case):
    rotations = [rotation(one) for one in case["rotations"]]
    if removed := case.get("remove_member"):
        at = instant(removed["at"])
        rotations = [rota.without(one, removed["user"], at) for one in rotations]
    for at, expected in zip(case["at"], case["expected"]["who"], strict=True):
        assert who(rotations, instant(at)) == expected, at


def who(rotations: list[Rotation], at: datetime) -> list[str]:
    window = Span(at, at + MOMENT)
    shifts = (shift for one in rotations for shift in rota.shifts(one, window))
    found = {str(p) for shift in shifts for p, span in rota.on_duty(shift) if span.holds(at)}
    return sorted(found)


def rotation(facts: dict[str, Any]) -> Rotation:
    days = facts.get("weekdays")
    slot = facts.get("slot_minutes")
    return Rotation(
        zone=ZoneInfo(facts["tz"]),
        anchor=datetime.fromisoformat(facts["anchor_local"]),
        unit=Unit(facts["unit"]),
        every=facts["every"],
        groups=tuple(
            tuple(Member(user) for user in group) for group in facts.get("members", [["a"]])
        ),
        first=facts.get("first_index", 0),
        weekdays=frozenset(map(WEEKDAYS.index, days)) if days else rota.ALL_DAYS,
        slot=timedelta(minutes=slot) if slot else None,
        counts_days=facts.get("count") == "allowed_days",
        during=Span(edge(facts.get("starts_at"), EVER.start), edge(facts.get("ends_at"), EVER.end)),
    )


def edge(text: str | None, otherwise: datetime) -> datetime:
    return instant(text).astimezone(UTC) if text else otherwise
