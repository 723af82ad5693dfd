"""The planning board: sessions by week, trainers as rows. Who gives none has a row, too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from supportdesk.accounts.access import Role
from supportdesk.accounts.models import User
from supportdesk.worktime.models import Absence
from training.models import Session, SessionState

WEEKS = 8
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Cell:
    sessions: list[Session]
    is_away: bool  # some day of the week


@dataclass(frozen=True)
class Row:
    trainer: User | None  # None: sessions that nobody gives yet
    cells: list[Cell]


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def weeks(first: date) -> list[date]:
    return [first + n * WEEK for n in range(WEEKS)]


def rows(first: date) -> list[Row]:
    """Of the weeks from this Monday on. Three queries."""
    since, until = _midnight(first), _midnight(first + WEEKS * WEEK)
    found = Session.objects.exclude(state=SessionState.CANCELLED)
    found = found.filter(during__overlap=(since, until)).order_by("during", "pk")
    sessions = list(found.select_related("course").prefetch_related("trainers"))
    trainers = User.objects.active().holding(Role.TRAINER)
    giving = {one for session in sessions for one in session.trainers.all()}
    people = sorted({*trainers, *giving}, key=lambda one: (one.name, one.pk))
    away = _away(people, first)
    given: dict[User | None, list[Session]] = {None: []}
    for session in sessions:
        for one in session.trainers.all() or [None]:
            given.setdefault(one, []).append(session)
    table: list[Row] = []
    for who in [*people, None] if given[None] else people:
        cells = [
            Cell(_of_week(given.get(who, []), week), (who.pk if who else 0, week) in away)
            for week in weeks(first)
        ]
        table.append(Row(who, cells))
    return table


def _away(people: list[User], first: date) -> set[tuple[int, date]]:
    days = (first, first + WEEKS * WEEK)
    absences = Absence.objects.filter(person__in=people, during__overlap=days)
    return {
        (one.person_id, week)
        for one in absences
        for week in weeks(first)
        if (one.during.lower or week) < week + WEEK
        and (one.during.upper is None or one.during.upper > week)
    }


def _of_week(sessions: list[Session], week: date) -> list[Session]:
    """Those that begin in it; longer ones stand where they begin."""
    return [one for one in sessions if week <= timezone.localdate(one.starts_at) < week + WEEK]


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
