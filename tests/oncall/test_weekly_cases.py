"""Weekly duties against the acceptance cases."""

from __future__ import annotations

from datetime import time
from zoneinfo import ZoneInfo

from oncall import weekly
from oncall.spans import Span, gaps
from oncall.weekly import WeeklyRule
from tests.cases import cases, instant
from tests.oncall.test_rota_cases import WEEKDAYS


@cases("weekly_rules.json")
def test_weekly_case(case):
    zone, expected = ZoneInfo(case["tz"]), case["expected"]
    rules = [
        WeeklyRule(
            frozenset(map(WEEKDAYS.index, rule["weekdays"])),
            time.fromisoformat(rule["start"]),
            time.fromisoformat(rule["end"]),
        )
        for rule in case["rules"]
    ]
    if case["kind"] == "active_at":
        found = [weekly.is_active(rules, zone, instant(at)) for at in case["at"]]
        assert found == expected["active"]
    elif case["kind"] == "next_start":
        wanted = expected["next_start"] and instant(expected["next_start"])
        assert weekly.next_start(rules, zone, instant(case["from"])) == wanted
    else:
        window = Span(instant(case["window"]["from"]), instant(case["window"]["to"]))
        found = weekly.windows(rules, zone, window)
        assert found == spans(expected["shifts"])
        if "gaps" in expected:
            assert gaps(found, window) == spans(expected["gaps"])


def spans(pairs: list[list[str]]) -> list[Span]:
    return [Span(instant(start), instant(end)) for start, end in pairs]
