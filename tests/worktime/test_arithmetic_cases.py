"""Working time against the acceptance cases."""

from datetime import timedelta

import pytest

from supportdesk.worktime.arithmetic import add, between, next_opening
from tests.cases import cases, instant
from tests.worktime.calendars import calendar


@cases("worktime_add.json")
def test_add_case(case):
    start, length = instant(case["start"]), timedelta(seconds=case["working_seconds"])
    expected = case["expected"]
    if expected.get("rejected"):
        with pytest.raises(ValueError):  # noqa: PT011 - any reason will do
            add(calendar(case["calendar"]), start, length)
        return

    hours = calendar(case["calendar"])
    assert add(hours, start, length) == instant(expected["due"])
    if "clock_start" in expected:
        assert next_opening(hours, start) == instant(expected["clock_start"])


@cases("worktime_between.json")
def test_between_case(case):
    passed = between(calendar(case["calendar"]), instant(case["start"]), instant(case["end"]))

    assert passed.total_seconds() == case["expected"]["working_seconds"]
