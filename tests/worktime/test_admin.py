"""Calendars and absences in the back office: people say the last day, rows end before the next."""

from datetime import date

import pytest
from django.urls import reverse

from supportdesk.audit.models import Entry
from supportdesk.worktime.models import Absence, Hours

ADD_ABSENCE = reverse("admin:worktime_absence_add")


@pytest.fixture
def as_lea(client, lea):
    client.force_login(lea)
    return client


def absence_of(person, first: str, last: str) -> dict[str, object]:
    return {"person": person.pk, "during_0": first, "during_1": last, "kind": "holiday"}


def test_an_absence_is_given_by_its_first_and_last_day(as_lea, lea, sam):
    answer = as_lea.post(ADD_ABSENCE, absence_of(sam, "2026-12-21", "2026-12-23"))

    assert answer.status_code == 302
    absence = Absence.objects.get()
    assert (absence.during.lower, absence.during.upper) == (date(2026, 12, 21), date(2026, 12, 24))
    assert Entry.objects.get(verb="absence.added").by == lea
    form = as_lea.get(reverse("admin:worktime_absence_change", args=[absence.pk]))
    assert 'value="2026-12-21"' in form.content.decode()
    assert 'value="2026-12-23"' in form.content.decode()


def test_saving_an_unchanged_absence_changes_nothing(as_lea, sam):
    as_lea.post(ADD_ABSENCE, absence_of(sam, "2026-12-21", "2026-12-23"))
    absence = Absence.objects.get()

    change = reverse("admin:worktime_absence_change", args=[absence.pk])
    as_lea.post(change, absence_of(sam, "2026-12-21", "2026-12-23"))

    assert Absence.objects.get().during == absence.during
    assert Entry.objects.get(verb="absence.changed").facts == {"changed": {}}


@pytest.mark.parametrize(
    ("first", "last"), [("2026-12-23", "2026-12-21"), ("", "2026-12-21"), ("", ""), ("x", "y")]
)
def test_days_that_make_no_sense_are_refused(as_lea, sam, first, last):
    answer = as_lea.post(ADD_ABSENCE, absence_of(sam, first, last))

    assert answer.status_code == 200
    assert "during" in answer.context["adminform"].form.errors
    assert not Absence.objects.exists()


def test_two_absences_at_the_same_time_are_refused(as_lea, sam):
    as_lea.post(ADD_ABSENCE, absence_of(sam, "2026-12-21", "2026-12-23"))
    answer = as_lea.post(ADD_ABSENCE, absence_of(sam, "2026-12-23", "2026-12-28"))

    assert answer.context["adminform"].form.errors
    assert Absence.objects.count() == 1


def test_an_agent_sees_absences_and_enters_none(client, sam, lea):
    client.force_login(sam)

    assert client.get(reverse("admin:worktime_absence_changelist")).status_code == 200
    assert client.post(ADD_ABSENCE, absence_of(sam, "2026-12-21", "")).status_code == 403


def test_customers_are_no_ones_deputies(as_lea, sam, alice):
    facts = {**absence_of(sam, "2026-12-21", "2026-12-23"), "deputy": alice.pk}

    answer = as_lea.post(ADD_ABSENCE, facts)

    assert "deputy" in answer.context["adminform"].form.errors


def rows(name: str, total: int, initial: int, **cells: object) -> dict[str, object]:
    frame = {f"{name}-TOTAL_FORMS": total, f"{name}-INITIAL_FORMS": initial}
    return {**frame, **{f"{name}-{cell}": value for cell, value in cells.items()}}


def test_hours_are_entered_as_times_and_an_end_at_midnight_is_24_00(as_lea, calendar):
    Hours.objects.all().delete()
    facts = {
        "name": calendar.name,
        "zone": calendar.zone,
        **rows(
            "hours",
            1,
            0,
            **{"0-weekday": 5, "0-opens_minute": "22:30", "0-closes_minute": "00:00"},
        ),
        **rows(
            "special_days",
            1,
            0,
            **{"0-day": "2026-12-24", "0-name": "Heiligabend", "0-hours": "7:00-9:30, 10.00–24:00"},
        ),
    }

    answer = as_lea.post(reverse("admin:worktime_calendar_change", args=[calendar.pk]), facts)

    assert answer.status_code == 302
    hours = Hours.objects.get()
    assert (hours.opens_minute, hours.closes_minute) == (1350, 1440)
    eve = calendar.special_days.get()
    assert eve.day == date(2026, 12, 24)
    assert [(span.lower, span.upper) for span in eve.hours] == [(420, 570), (600, 1440)]
    again = as_lea.get(reverse("admin:worktime_calendar_change", args=[calendar.pk]))
    assert 'value="7:00–9:30, 10:00–24:00"' in again.content.decode()
    entry = Entry.objects.get(verb="calendar.changed")
    assert entry.facts["hours"] == {"added": ["Saturday 22:30–24:00"]}
    assert entry.facts["specialday"] == {"added": ["2026-12-24 Heiligabend"]}


@pytest.mark.parametrize(
    "hours", ["9:00", "12:00-7:00", "7:00-12:00, 11:00-13:00", "7:61-9:00", "20:00-25:00", "x"]
)
def test_hours_of_a_special_day_that_make_no_sense_are_refused(as_lea, calendar, hours):
    eve = {"0-day": "2026-12-24", "0-name": "Heiligabend", "0-hours": hours}
    facts = {
        "name": calendar.name,
        "zone": calendar.zone,
        **rows("hours", 0, 0),
        **rows("special_days", 1, 0, **eve),
    }

    answer = as_lea.post(reverse("admin:worktime_calendar_change", args=[calendar.pk]), facts)

    assert answer.status_code == 200
    assert f'value="{hours}"' in answer.content.decode()
    assert "7:00–12:00, 13:00–15:00" in answer.content.decode()
    assert not calendar.special_days.exists()


def test_hours_that_did_not_change_are_not_written_again(as_lea, calendar):
    spans = list(Hours.objects.order_by("pk"))
    cells: dict[str, object] = {}
    for n, span in enumerate(spans):
        cells |= {f"{n}-id": span.pk, f"{n}-weekday": span.weekday, f"{n}-calendar": calendar.pk}
        cells |= {f"{n}-opens_minute": "07:00", f"{n}-closes_minute": "17:00"}
    facts = {
        "name": "Früh und spät",
        "zone": calendar.zone,
        **rows("hours", len(spans), len(spans), **cells),
        **rows("special_days", 0, 0),
    }

    as_lea.post(reverse("admin:worktime_calendar_change", args=[calendar.pk]), facts)

    entry = Entry.objects.get(verb="calendar.changed")
    assert entry.facts == {"changed": {"name": ["Kernzeit", "Früh und spät"]}}


def test_an_agent_may_not_touch_calendars(client, sam, calendar):
    client.force_login(sam)
    change = reverse("admin:worktime_calendar_change", args=[calendar.pk])

    assert client.get(change).status_code == 403
