"""Posting days: the dates that were published, and what no state may change."""

from __future__ import annotations

from datetime import date

import pytest

from oncall import posting
from oncall.posting import Rule
from supportdesk.worktime.calendars import public_holidays

# As the health insurers' association publishes them for 2026: statement by, contributions due.
PUBLISHED = ["26 28", "23 25", "25 27", "24 28", "22 27", "24 26", "27 29", "25 27", "24 28",
             "26 28", "24 26", "22 28"]  # fmt: skip


@pytest.mark.parametrize("month", range(1, 13))
def test_the_published_days_of_2026(month):
    holidays = public_holidays("BE", 2026)
    days = [
        posting.day_of(rule, 2026, month, holidays)
        for rule in (Rule.STATEMENTS, Rule.CONTRIBUTIONS)
    ]

    assert days == [date(2026, month, int(day)) for day in PUBLISHED[month - 1].split()]


@pytest.mark.parametrize(("state", "day"), [("BY", 29), ("HH", 28), ("SN", 28), ("NW", 29)])
def test_reformation_day_brings_the_day_forward_where_it_is_kept(state, day):
    holidays = public_holidays(state, 2025)

    assert posting.day_of(Rule.CONTRIBUTIONS, 2025, 10, holidays) == date(2025, 10, day)


@pytest.mark.parametrize("number", [24, 31])
def test_christmas_eve_and_new_years_eve_are_no_bank_days(number):
    assert not posting.is_bank_day(date(2026, 12, number), frozenset())
    assert posting.is_bank_day(date(2026, 12, 30), frozenset())


@pytest.mark.parametrize(
    ("rule", "months"),
    [(Rule.MONTH_END, range(1, 13)), (Rule.QUARTER_END, [3, 6, 9, 12]), (Rule.YEAR_END, [12])],
)
def test_ends_are_last_days(rule, months):
    found = [day for month in range(1, 13) if (day := posting.day_of(rule, 2028, month, ()))]

    assert [day.month for day in found] == list(months)
    assert all((day.month, day.day) in {(m, d) for m, d in LAST} for day in found)


LAST = [(1, 31), (2, 29), (3, 31), (4, 30), (5, 31), (6, 30), (7, 31), (8, 31), (9, 30), (10, 31),
        (11, 30), (12, 31)]  # fmt: skip


def test_self_payers_pay_on_the_15th_whatever_weekday_it_is():
    assert posting.holds(Rule.SELF_PAYERS, date(2026, 11, 15), ())
    assert not posting.holds(Rule.SELF_PAYERS, date(2026, 11, 16), ())
