"""Calendar rows as values."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from supportdesk.worktime import calendars
from supportdesk.worktime.arithmetic import add, is_open
from supportdesk.worktime.models import Holiday
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
    Holiday.objects.create(calendar=row, day=date(2026, 12, 24), name="Heiligabend", yearly=True)
    Holiday.objects.create(calendar=row, day=date(2026, 11, 26), name="Betriebsausflug")
    Holiday.objects.create(calendar=row, day=date(2024, 2, 29), name="Schalttag", yearly=True)

    calendar = calendars.of(row)

    assert not is_open(calendar, noon(2026, 12, 24))
    assert not is_open(calendar, noon(2027, 12, 24))
    assert not is_open(calendar, noon(2026, 11, 26))
    assert is_open(calendar, noon(2027, 11, 26))


def test_christmas_is_jumped_over(db):
    row = CalendarFactory(state="BY")
    at = noon(2026, 12, 23)

    assert add(calendars.of(row), at, timedelta(hours=16)) == noon(2026, 12, 28) - timedelta(
        hours=4
    )
