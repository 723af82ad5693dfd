"""When mail may reach a person: the rule over wall clocks, clock changes included."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportdesk.messaging.rest import Rest, not_before

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = Rest(BERLIN, time(20), time(7))
NOON = Rest(BERLIN, time(12), time(13))
ANY_TIME = st.times().map(lambda at: at.replace(second=0, microsecond=0))
ANY_INSTANT = st.datetimes(datetime(2024, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def berlin(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(
    ("rest", "at", "goes"),
    [
        (NIGHT, (2026, 11, 30, 19, 59), (2026, 11, 30, 19, 59)),
        (NIGHT, (2026, 11, 30, 20, 0), (2026, 12, 1, 7, 0)),
        (NIGHT, (2026, 12, 1, 2, 0), (2026, 12, 1, 7, 0)),
        (NIGHT, (2026, 12, 1, 7, 0), (2026, 12, 1, 7, 0)),
        (NOON, (2026, 12, 1, 12, 30), (2026, 12, 1, 13, 0)),
        (NOON, (2026, 12, 1, 20, 0), (2026, 12, 1, 20, 0)),
        (Rest(BERLIN), (2026, 12, 1, 3, 0), (2026, 12, 1, 3, 0)),
        # gathered: today where the hour is still to come, else tomorrow
        (Rest(BERLIN, gathers_at=time(8)), (2026, 12, 1, 7, 59), (2026, 12, 1, 8, 0)),
        (Rest(BERLIN, gathers_at=time(8)), (2026, 12, 1, 8, 0), (2026, 12, 2, 8, 0)),
        # a gathering in quiet hours comes at their end
        (Rest(BERLIN, time(20), time(7), time(6)), (2026, 12, 1, 5, 0), (2026, 12, 1, 7, 0)),
    ],
)
def test_the_rule_by_example(rest, at, goes):
    assert not_before(berlin(*at), rest) == berlin(*goes)


def test_the_nights_of_the_clock_change_end_when_the_wall_says_so():
    assert not_before(berlin(2026, 3, 28, 23, 0), NIGHT) == datetime(2026, 3, 29, 5, tzinfo=UTC)
    assert not_before(berlin(2026, 10, 24, 23, 0), NIGHT) == datetime(2026, 10, 25, 6, tzinfo=UTC)


def test_an_hour_that_is_skipped_or_comes_twice():
    early = Rest(BERLIN, gathers_at=time(2, 30))
    skipped = not_before(berlin(2026, 3, 29, 0, 0), early)
    twice = not_before(berlin(2026, 10, 25, 0, 0), early)

    assert skipped == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # half past three
    assert twice == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # the first of the two


@pytest.mark.property
@given(ANY_INSTANT, ANY_TIME, ANY_TIME, st.none() | ANY_TIME)
def test_it_is_never_too_early_never_quiet_and_soon(at, begins, ends, gathers_at):
    rest = Rest(BERLIN, begins, ends, gathers_at)

    goes = not_before(at, rest)

    assert at <= goes <= at + timedelta(hours=50)
    assert not_before(goes, Rest(BERLIN, begins, ends)) == goes
