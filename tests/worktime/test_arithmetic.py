"""Working time: its edges, and its agreement with a counter of seconds."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportdesk.accounts.models.organisation import FederalState
from supportdesk.worktime.arithmetic import (
    ALWAYS,
    Calendar,
    Closed,
    add,
    between,
    is_open,
    next_opening,
)
from supportdesk.worktime.calendars import public_holidays

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
    """The brute force: look at every minute.

    An hour that comes twice counts as reached when it comes first, so the latest local time seen
    decides; the look begins earlier, because such an hour may have begun before `start`.
    """
    count, at = 0, start.astimezone(UTC) - timedelta(hours=3)
    reached = datetime.min  # noqa: DTZ901 - a local time
    while at < end:
        reached = max(reached, at.astimezone(calendar.zone).replace(tzinfo=None))
        day, minute = reached.date(), reached.hour * 60 + reached.minute
        blocks = calendar.different(day.year).get(day, calendar.weekly[day.weekday()])
        count += at >= start and any(opens <= minute < closes for opens, closes in blocks)
        at += timedelta(minutes=1)
    return count


anywhen = st.datetimes(
    min_value=datetime(2015, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2035, 12, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda at: at.replace(second=0, microsecond=0))
# Clocks change on Sundays of these months.
SUNDAYS = [
    day
    for n in range(21 * 365)
    if (day := datetime(2015, 1, 1, tzinfo=UTC) + timedelta(days=n)).weekday() == 6
    and day.month in (3, 4, 10, 11)
]
nights = st.builds(
    lambda day, minutes: day + timedelta(minutes=minutes),
    st.sampled_from(SUNDAYS),
    st.integers(-1440, 1440),
)
instants = st.one_of(anywhen, nights)
# Zones whose clocks change by an hour, by half, at midnight, by a whole day, and never.
ZONES = ["Europe/Berlin", "Australia/Lord_Howe", "America/Havana", "Asia/Kathmandu", "UTC"]


@st.composite
def days(draw) -> tuple[tuple[int, int], ...]:
    """The blocks of a day: none, one, or several that may touch."""
    edges = sorted(draw(st.sets(st.integers(0, 96), max_size=6)))
    return tuple((15 * o, 15 * c) for o, c in zip(edges[::2], edges[1::2], strict=False))


@st.composite
def any_calendar(draw) -> Calendar:
    """Any week in any zone with the holidays of any German state, some of them half days."""
    state, half = draw(st.sampled_from([*FederalState.values, ""])), draw(days())

    def different(year: int) -> dict:
        closed = sorted(public_holidays(state, year))
        return {day: half if n % 2 else () for n, day in enumerate(closed)}

    week = tuple(draw(st.tuples(*[days()] * 7)))
    return Calendar(ZoneInfo(draw(st.sampled_from(ZONES))), week, different)


@pytest.mark.property
@given(calendar=any_calendar(), start=instants, length=st.integers(0, 6 * 1440))
def test_between_agrees_with_counting_minutes(calendar, start, length):
    end = start + timedelta(minutes=length)

    assert between(calendar, start, end) == timedelta(minutes=minutes_open(calendar, start, end))


@pytest.mark.property
@given(calendar=any_calendar(), start=instants, seconds=st.integers(1, 4_000_000))
def test_add_and_between_undo_each_other(calendar, start, seconds):
    length = timedelta(seconds=seconds)
    if not any(calendar.weekly):
        return  # a calendar that only opens on holidays is nobody's
    due = add(calendar, start, length)

    assert between(calendar, start, due) == length
    assert between(calendar, start, due - timedelta.resolution) < length


@pytest.mark.parametrize("ahead", [5, 730])
def test_two_years_cost_no_more_years_than_they_touch(ahead):
    """Found by sums and bisection: days in between are not visited one by one."""
    asked: list[int] = []

    def holidays(year: int) -> dict:
        asked.append(year)
        return {}

    add(Calendar(BERLIN, WEEK, holidays), berlin(2026, 1, 5, 8), ahead * 9 * HOUR)

    assert len(asked) <= 1 + ahead * 9 // (5 * 9 * 52)
