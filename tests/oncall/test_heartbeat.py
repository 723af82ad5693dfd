"""When a beat is awaited, answered and missed, over clock changes too."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncall import heartbeat as rule
from oncall.heartbeat import LONGEST_EARLY, LONGEST_GRACE, Expected

BERLIN = ZoneInfo("Europe/Berlin")
DAILY, WORKDAYS = frozenset(range(7)), frozenset(range(5))
START = datetime(2024, 1, 1, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def nightly(**facts) -> Expected:
    return Expected(**{"zone": BERLIN, "by": time(5), "weekdays": DAILY, **facts})


def at(text: str) -> datetime:
    """A wall time of Berlin."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("day", "by", "utc"),
    [
        (date(2036, 3, 29), time(5), "2036-03-29T04:00"),
        (date(2036, 3, 30), time(5), "2036-03-30T03:00"),  # summer time began at 2
        (date(2036, 3, 30), time(2, 30), "2036-03-30T01:00"),  # is missing: right after the gap
        (date(2036, 10, 26), time(5), "2036-10-26T04:00"),
        (date(2036, 10, 26), time(2, 30), "2036-10-26T00:30"),  # twice: the first
    ],
)
def test_a_deadline_stands_on_the_jobs_own_wall_clock(day, by, utc):
    assert nightly(by=by).deadline(day) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_the_grace_passes_before_a_beat_is_missed():
    one = nightly(by=time(23, 50), grace=20 * MINUTE)
    assert one.limit(date(2036, 6, 3)) == at("2036-06-04T00:10")
    assert rule.first(one, at("2036-06-04T00:09")) == date(2036, 6, 3)
    assert rule.first(one, at("2036-06-04T00:10")) == date(2036, 6, 4)


def test_only_some_weekdays_have_a_beat():
    one = nightly(weekdays=WORKDAYS)
    friday, monday = date(2036, 6, 6), date(2036, 6, 9)
    assert rule.first(one, at("2036-06-06T05:00")) == monday
    assert rule.following(one, friday) == monday
    assert rule.following(nightly(weekdays=frozenset({2})), friday) == date(2036, 6, 11)


TUESDAY, WEDNESDAY, THURSDAY = (date(2036, 6, day) for day in (3, 4, 5))


@pytest.mark.parametrize(
    ("report", "awaited"),
    [
        ("2036-06-02T16:59", TUESDAY),  # too early to be of this night
        ("2036-06-02T17:00", WEDNESDAY),
        ("2036-06-03T04:59", WEDNESDAY),
        ("2036-06-03T05:20", WEDNESDAY),  # late: it answers this one and no other
        ("2036-06-03T16:59", WEDNESDAY),
        ("2036-06-03T17:00", THURSDAY),
    ],
)
def test_a_report_answers_the_beat_of_its_night(report, awaited):
    assert rule.answered(nightly(), TUESDAY, at(report)) == awaited


def test_a_second_run_by_day_does_not_answer_the_next_night():
    awaited = rule.answered(nightly(), TUESDAY, at("2036-06-03T03:47"))
    assert rule.answered(nightly(), awaited, at("2036-06-03T10:00")) == awaited == WEDNESDAY


def test_after_a_silence_of_the_desk_the_last_missed_beat_counts():
    assert rule.missed(nightly(), TUESDAY, at("2036-06-03T05:00")) == (TUESDAY, WEDNESDAY)
    assert rule.missed(nightly(), TUESDAY, at("2036-06-04T05:00")) == (WEDNESDAY, THURSDAY)


@pytest.mark.property
@given(
    zone=st.timezone_keys(allow_prefix=False).map(ZoneInfo),
    by=st.times().map(lambda one: one.replace(second=0, microsecond=0, tzinfo=None)),
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    grace=st.integers(0, LONGEST_GRACE // MINUTE).map(lambda n: n * MINUTE),
    early=st.integers(1, LONGEST_EARLY // HOUR).map(lambda n: n * HOUR),
    hours=st.integers(0, 12 * 365 * 24),
)
def test_beats_follow_each_other_and_no_report_answers_two(zone, by, weekdays, grace, early, hours):
    one, start = Expected(zone, by, weekdays, grace, early), START + hours * HOUR
    day = rule.first(one, start)
    assert one.limit(day) > start
    for _beat in range(20):
        then = rule.following(one, day)
        assert day < then
        assert one.opens(day) < one.deadline(day) <= one.limit(day)
        assert one.limit(day) <= one.opens(then)
        assert rule.answered(one, day, one.limit(day)) == then
        assert rule.missed(one, day, one.limit(day)) == (day, then)
        day = then
