"""Working time: its edges, and its agreement with a counter of seconds."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportdesk.worktime.arithmetic import (
    ALWAYS,
    Calendar,
    Closed,
    add,
    between,
    is_open,
    next_opening,
)

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = ((7 * 60, 12 * 60), (13 * 60, 17 * 60))
WEEK = (OFFICE,) * 5 + ((), ())
HOUR = timedelta(hours=1)


def berlin(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BERLIN)


def test_time_used_up_at_lunch_is_due_at_lunch():
    calendar = Calendar(BERLIN, WEEK)

    assert add(calendar, berlin(2026, 11, 23, 7), 5 * HOUR) == berlin(2026, 11, 23, 12)
    assert add(calendar, berlin(2026, 11, 23, 7), 6 * HOUR) == berlin(2026, 11, 23, 14)


def test_a_day_may_differ_by_half():
    def half(year: int) -> dict:
        return {date(year, 12, 24): ((7 * 60, 12 * 60),), date(year, 12, 25): ()}

    calendar = Calendar(BERLIN, WEEK, half)

    assert add(calendar, berlin(2026, 12, 24, 11), 2 * HOUR) == berlin(2026, 12, 28, 8)


def test_a_night_with_a_clock_change_counts_what_elapses():
    night = Calendar(BERLIN, (((0, 1440),),) * 7)

    assert between(night, berlin(2026, 3, 29, 0), berlin(2026, 3, 30, 0)) == 23 * HOUR
    assert between(night, berlin(2026, 10, 25, 0), berlin(2026, 10, 26, 0)) == 25 * HOUR


def test_a_block_that_opens_in_the_gap_opens_after_it():
    early = Calendar(BERLIN, (((150, 240),),) * 7)

    assert next_opening(early, berlin(2026, 3, 29, 0)) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_a_calendar_that_never_opens_says_so():
    with pytest.raises(Closed):
        add(Calendar(BERLIN, ((),) * 7), berlin(2026, 1, 1), HOUR)


@pytest.mark.parametrize("blocks", [((10, 10),), ((60, 30),), ((0, 60), (30, 90)), ((0, 1441),)])
def test_impossible_blocks_are_refused(blocks):
    with pytest.raises(ValueError, match="Blocks"):
        Calendar(BERLIN, (blocks, *((),) * 6))


def test_around_the_clock_is_just_time():
    at = berlin(2026, 12, 25, 2)

    assert add(ALWAYS, at, 4 * HOUR) == at + 4 * HOUR
    assert is_open(ALWAYS, at)


def minutes_open(calendar: Calendar, start: datetime, end: datetime) -> int:
    """The brute force: look at every minute."""
    count, at = 0, start.astimezone(UTC)
    while at < end:
        local = at.astimezone(calendar.zone)
        blocks = calendar.different(local.year).get(local.date(), calendar.weekly[local.weekday()])
        count += any(o <= local.hour * 60 + local.minute < c for o, c in blocks)
        at += timedelta(minutes=1)
    return count


instants = st.datetimes(
    min_value=datetime(2015, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2034, 12, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda at: at.replace(second=0, microsecond=0))


@given(start=instants, length=st.integers(0, 6 * 1440))
def test_between_agrees_with_counting_minutes(start, length):
    calendar = Calendar(BERLIN, WEEK)
    end = start + timedelta(minutes=length)

    assert between(calendar, start, end) == timedelta(minutes=minutes_open(calendar, start, end))


@given(start=instants, seconds=st.integers(1, 4_000_000))
def test_add_and_between_undo_each_other(start, seconds):
    calendar, length = Calendar(BERLIN, WEEK), timedelta(seconds=seconds)
    due = add(calendar, start, length)

    assert between(calendar, start, due) == length
    assert between(calendar, start, due - timedelta.resolution) < length
