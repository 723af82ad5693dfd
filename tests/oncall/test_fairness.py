"""What duties weigh: nights, weekends, holidays, on the local wall clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from oncall.fairness import Load, loads, weekends
from oncall.spans import Span

BERLIN = ZoneInfo("Europe/Berlin")
CHRISTMAS = {date(2026, 12, 25), date(2026, 12, 26)}


def span(start: str, end: str) -> Span:
    return Span(
        *(
            datetime.fromisoformat(edge).replace(tzinfo=BERLIN).astimezone(UTC)
            for edge in (start, end)
        )
    )


def load(*spans: Span) -> Load:
    [found] = loads([("a", one) for one in spans], BERLIN, CHRISTMAS.__contains__)
    return found


def test_a_week_has_seven_nights_and_two_weekend_days():
    assert load(span("2026-11-16 09:00", "2026-11-23 09:00")) == Load("a", 7, 2, 0)


def test_a_holiday_counts_as_one_whatever_weekday_it_is():
    # Christmas 2026 is a Friday and a Saturday.
    found = load(span("2026-12-21 09:00", "2026-12-28 09:00"))

    assert found == Load("a", 7, 1, 2)
    assert found.points == 7 + 2 + 6


@pytest.mark.parametrize(
    ("start", "end", "nights"),
    [
        ("2026-11-17 20:00", "2026-11-18 01:00", 0),  # two hours are not more than two
        ("2026-11-17 20:00", "2026-11-18 01:01", 1),
        ("2026-11-18 03:59", "2026-11-18 08:00", 1),
        ("2026-11-18 04:00", "2026-11-18 08:00", 0),
        ("2026-11-18 06:00", "2026-11-18 23:00", 0),
        # The night the clock is put back has an hour more.
        ("2026-10-25 02:30", "2026-10-25 05:00", 1),
    ],
)
def test_a_night_takes_more_than_two_hours_of_the_dark(start, end, nights):
    assert load(span(start, end)).nights == nights


def test_two_duties_of_a_night_are_one_night():
    found = load(
        span("2026-11-17 22:00", "2026-11-18 00:30"), span("2026-11-18 00:30", "2026-11-18 02:00")
    )
    assert found.nights == 1


def test_the_heaviest_comes_first():
    week, day = (
        span("2026-11-16 09:00", "2026-11-23 09:00"),
        span("2026-11-16 09:00", "2026-11-16 17:00"),
    )

    found = loads([("b", day), ("a", week)], BERLIN, CHRISTMAS.__contains__)

    assert [one.person for one in found] == ["a", "b"]


def test_weekends_in_a_row_are_found_and_others_are_not():
    saturday = datetime(2026, 11, 7, 10, tzinfo=UTC)
    spans = [
        Span(saturday + timedelta(days=7 * n), saturday + timedelta(days=7 * n, hours=2))
        for n in (0, 1, 2, 4)
    ]

    assert weekends(spans, BERLIN) == [[date(2026, 11, 7), date(2026, 11, 14), date(2026, 11, 21)]]


def test_a_duty_that_ends_at_midnight_is_none_of_the_next_day():
    assert load(span("2026-11-20 09:00", "2026-11-21 00:00")).weekend_days == 0
