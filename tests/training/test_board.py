"""Where trainers plan: by week and trainer; and the doors where a season is seen as a whole."""

from __future__ import annotations

from datetime import date

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils import timezone

from supportdesk.accounts.access import Role
from supportdesk.worktime.models import Absence
from tests.factories import CourseFactory, UserFactory, a_session
from training import actions, board

pytestmark = pytest.mark.django_db


def test_sessions_stand_in_the_week_they_begin_beside_who_gives_them(session, tom):
    first = board.monday(timezone.localdate(session.starts_at)) - board.WEEK
    nobodys = a_session(CourseFactory(title="Open"), by=tom, starts_at=session.starts_at)

    rows = {row.trainer: row.cells for row in board.rows(first)}

    assert [cell.sessions for cell in rows[tom]][:3] == [[], [session], []]
    assert rows[None][1].sessions == [nobodys]


def test_who_is_away_is_shown_in_each_week_it_touches(tom):
    first = date(2027, 3, 1)
    away = DateRange(date(2027, 3, 14), date(2027, 3, 21), "[]")
    Absence.objects.create(person=tom, during=away)

    (row,) = (row for row in board.rows(first) if row.trainer == tom)
    assert [cell.is_away for cell in row.cells[:4]] == [False, True, True, False]


def test_the_board_opens_at_the_week_asked_for(client, session, tom):
    client.force_login(tom)
    address = reverse("admin:training_session_board")
    page = client.get(address, {"from": f"{session.starts_at:%Y-%m-%d}"}).content.decode()
    assert reverse("admin:training_session_change", args=[session.pk]) in page
    for said in ("nonsense", "2026-02-31", "0001-01-01", "9999-12-31", "\0"):
        assert client.get(address, {"from": said}).status_code == 200
    far = client.get(address, {"from": "2020-01-01"}).content.decode()
    assert session.name not in far


def test_the_catalogue_reads_as_a_calendar_and_keeps_its_filter(client, session, alice):
    client.force_login(alice)
    page = client.get(reverse("trainings"), {"view": "months", "kind": "course"}).content.decode()
    assert f"<h2>{session.starts_at:%B %Y}</h2>" in page
    assert "?kind=course&amp;view=months" in page


def test_a_seat_that_is_offered_needs_its_person(client, course, alice, tom, alpina):
    other = UserFactory(organisation=alpina, roles=[Role.MEMBER])
    session = a_session(course, by=tom, capacity=1)
    (seat,) = actions.enrol(session, [other], by=other)
    actions.enrol(session, [alice], by=alice)
    client.force_login(alice)
    assert "A seat for you" not in client.get(reverse("home")).content.decode()
    actions.cancel(seat, by=other)

    page = client.get(reverse("home")).content.decode()
    assert "A seat for you: Payments for beginners" in page
    assert "Nothing waits for you" not in page
