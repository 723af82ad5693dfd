"""Calendar rows as values."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.easter import easter
from django.db import IntegrityError
from django.db.backends.postgresql.psycopg_any import NumericRange

from supportdesk.accounts.models.organisation import FederalState
from supportdesk.worktime import calendars
from supportdesk.worktime.arithmetic import add, is_open
from supportdesk.worktime.models import Hours, SpecialDay
from tests.factories import CalendarFactory

BERLIN = ZoneInfo("Europe/Berlin")


def noon(*parts: int) -> datetime:
    return datetime(*parts, 12, tzinfo=BERLIN)


@pytest.mark.parametrize(("state", "closed"), [("BY", True), ("HH", False), ("", False)])
def test_public_holidays_are_those_of_the_state(db, state, closed):
    calendar = calendars.of(CalendarFactory(state=state))

    assert is_open(calendar, noon(2027, 1, 6)) is not closed  # Epiphany


def test_own_holidays_close_too_and_yearly_ones_come_again(db):
    row = CalendarFactory(state="")
    SpecialDay.objects.create(calendar=row, day=date(2026, 12, 24), name="Heiligabend", yearly=True)
    SpecialDay.objects.create(calendar=row, day=date(2026, 11, 26), name="Betriebsausflug")
    SpecialDay.objects.create(calendar=row, day=date(2024, 2, 29), name="Schalttag", yearly=True)

    calendar = calendars.of(row)

    assert not is_open(calendar, noon(2026, 12, 24))
    assert not is_open(calendar, noon(2027, 12, 24))
    assert not is_open(calendar, noon(2026, 11, 26))
    assert is_open(calendar, noon(2027, 11, 26))


def test_equal_facts_are_one_calendar_and_a_change_counts_at_once(db):
    row, twin = CalendarFactory(state=""), CalendarFactory(state="")
    before = calendars.of(row)
    assert calendars.of(twin) is before

    SpecialDay.objects.create(calendar=row, day=date(2026, 11, 26), name="Betriebsausflug")

    assert is_open(before, noon(2026, 11, 26))
    assert not is_open(calendars.of(row), noon(2026, 11, 26))
    assert calendars.of(twin) is before


def test_half_a_day_on_christmas_eve_and_a_holiday_that_is_worked(db):
    row = CalendarFactory(state="BY")
    half = [NumericRange(7 * 60, 12 * 60)]
    eve = SpecialDay(calendar=row, day=date(2020, 12, 24), name="Heiligabend", yearly=True)
    eve.hours = half
    eve.save()
    SpecialDay.objects.create(calendar=row, day=date(2027, 1, 6), name="Inventur", hours=half)

    calendar = calendars.of(row)

    eleven = noon(2026, 12, 24) - timedelta(hours=1)
    assert add(calendar, eleven, timedelta(hours=2)) == noon(2026, 12, 28) - timedelta(hours=4)
    assert is_open(calendar, noon(2027, 1, 6) - timedelta(hours=1))
    assert not is_open(calendar, noon(2028, 1, 6) - timedelta(hours=1))


def test_a_single_year_counts_more_than_every_year(db):
    row = CalendarFactory(state="")
    SpecialDay.objects.create(calendar=row, day=date(2020, 12, 24), name="zu", yearly=True)
    open_once = SpecialDay(calendar=row, day=date(2026, 12, 24), name="auf")
    open_once.hours = [NumericRange(0, 1440)]
    open_once.save()

    calendar = calendars.of(row)

    assert is_open(calendar, noon(2026, 12, 24))
    assert not is_open(calendar, noon(2027, 12, 24))


@pytest.mark.parametrize("regional", [True, False])
def test_days_of_catholic_municipalities_count_by_setting(db, regional):
    row = CalendarFactory(state="BY", regional_days=regional)
    Hours.objects.create(calendar=row, weekday=5, opens_minute=0, closes_minute=1440)

    assert is_open(calendars.of(row), noon(2026, 8, 15)) is not regional  # Assumption Day


def test_hours_of_a_day_that_overlap_are_refused_by_the_database(db):
    row = CalendarFactory()

    with pytest.raises(IntegrityError, match="hours_of_a_day_do_not_overlap"):
        Hours.objects.create(calendar=row, weekday=0, opens_minute=16 * 60, closes_minute=18 * 60)


EVERYWHERE = {(1, 1), (5, 1), (10, 3), (12, 25), (12, 26)}
FIXED = {  # by the holiday laws of the federal states, days that do not move with Easter
    "BW": {(1, 6), (11, 1)},
    "BY": {(1, 6), (11, 1)},
    "BE": {(3, 8)},
    "BB": {(10, 31)},
    "HB": {(10, 31)},
    "HH": {(10, 31)},
    "HE": set(),
    "MV": {(3, 8), (10, 31)},
    "NI": {(10, 31)},
    "NW": {(11, 1)},
    "RP": {(11, 1)},
    "SL": {(8, 15), (11, 1)},
    "SN": {(10, 31)},
    "ST": {(1, 6), (10, 31)},
    "SH": {(10, 31)},
    "TH": {(9, 20), (10, 31)},
}
ONCE = {("BE", 2025): {date(2025, 5, 8)}, ("BE", 2028): {date(2028, 6, 17)}}
CORPUS_CHRISTI = {"BW", "BY", "HE", "NW", "RP", "SL"}


def statutory(state: str, year: int) -> set[date]:
    """From the laws, beside the library: Good Friday, Easter and Whit Monday, Ascension Day."""
    sunday = easter(year)
    moving = {-2, 1, 39, 50} | ({60} if state in CORPUS_CHRISTI else set())
    if state == "BB":
        moving |= {0, 49}  # Easter Sunday and Whit Sunday
    days = {date(year, *day) for day in EVERYWHERE | FIXED[state]}
    if state == "SN":  # the Wednesday before 23 November
        days.add(max(day for n in range(16, 23) if (day := date(year, 11, n)).weekday() == 2))
    return days | {sunday + timedelta(days=n) for n in moving}


@pytest.mark.parametrize("state", FederalState.values)
def test_public_holidays_are_those_of_the_law(state):
    for year in range(2023, 2036):  # since then no state has changed its law
        once = ONCE.get((state, year), set())
        assert calendars.public_holidays(state, year) == statutory(state, year) | once


def test_christmas_is_jumped_over(db):
    row = CalendarFactory(state="BY")
    at = noon(2026, 12, 23)

    assert add(calendars.of(row), at, timedelta(hours=16)) == noon(2026, 12, 28) - timedelta(
        hours=4
    )
