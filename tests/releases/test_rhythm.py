"""The rhythm of the plan: two big releases a year, support packages every four to five weeks."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releases.rhythm import Break, Step, warnings

FIRST = date(2026, 1, 1)


def steps(*days: int | None, line: int = 1) -> list[Step]:
    """Levels from 0, each so many days after the first of January; None: without a day."""
    return [
        Step(100 * line + level, line, level, FIRST + timedelta(days=day))
        for level, day in enumerate(days)
        if day is not None
    ]


def kinds(found):
    return [(one.kind, one.step.level, one.days) for one in found]


@pytest.mark.parametrize(
    ("gap", "kind"),
    [
        (-1, Break.OUT_OF_ORDER),
        (0, Break.OUT_OF_ORDER),
        (1, Break.TOO_SOON),
        (27, Break.TOO_SOON),
        (28, None),
        (35, None),
        (36, Break.TOO_LATE),
    ],
)
def test_a_support_package_comes_after_four_to_five_weeks(gap, kind):
    assert kinds(warnings(steps(0, gap))) == ([(kind, 1, gap)] if kind else [])


@pytest.mark.parametrize(
    ("gap", "kind"),
    [
        (0, Break.OUT_OF_ORDER),
        (153, Break.TOO_SOON),
        (154, None),
        (210, None),
        (211, Break.TOO_LATE),
    ],
)
def test_a_big_release_comes_after_half_a_year_on_whatever_line(gap, kind):
    found = warnings([*steps(0), *steps(gap, line=2)])

    assert kinds(found) == ([(kind, 0, gap)] if kind else [])


def test_lines_keep_their_own_rhythm_and_warnings_come_by_day():
    found = warnings([*steps(0, 60, 90), *steps(180, 200, line=2)])

    assert kinds(found) == [(Break.TOO_LATE, 1, 60), (Break.TOO_SOON, 1, 20)]
    assert [one.step.line for one in found] == [1, 2]
    assert (found[0].least, found[0].most, found[0].before.level) == (28, 35, 0)


def test_what_has_no_day_is_not_judged_nor_jumped_over():
    assert warnings(steps(0, None, 90, 120)) == []


@given(st.lists(st.integers(28, 35), max_size=15), st.integers(154, 210), st.randoms())
def test_a_plan_in_rhythm_is_never_warned_of(gaps, half_a_year, dice):
    days = [sum(gaps[:n]) for n in range(len(gaps) + 1)]
    plan = [*steps(*days), *steps(half_a_year, line=2)]
    dice.shuffle(plan)

    assert warnings(plan) == []


@given(st.lists(st.integers(0, 800), min_size=2, max_size=8))
def test_each_gap_is_warned_of_once_and_for_a_reason(days):
    found = warnings(steps(*days))

    gaps = [after - before for before, after in pairwise(days)]
    assert sorted(one.days for one in found) == sorted(n for n in gaps if not 28 <= n <= 35)
