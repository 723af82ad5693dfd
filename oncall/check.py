"""The plan check: what is wrong or heavy about duties, with reasons. It blocks nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oncall import fairness, statement
from oncall.fairness import Load
from oncall.interventions import REST
from oncall.models import ContactChannel, Duty
from oncall.rota import DAY
from oncall.spans import Span
from supportdesk.accounts.models import User
from supportdesk.worktime import calendars
from supportdesk.worktime.arithmetic import next_opening
from supportdesk.worktime.calendars import public_holidays
from supportdesk.worktime.models import Absence

HEAVY = 1.5  # times the mean
ENOUGH = 2  # confirmed lines
STATE = "NW"  # whose holidays weigh where a team's calendar names none

DOUBLE, ABSENT, CLOSED = (
    gettext_lazy("Double duty"),
    gettext_lazy("Absence"),
    gettext_lazy("Closed"),
)
LINES = gettext_lazy("Reachability")
WEEKENDS, LOAD, RESTS = gettext_lazy("Weekends"), gettext_lazy("Load"), gettext_lazy("Rest")


@dataclass(frozen=True)
class Finding:
    """`serious`: on paper only, somebody would not answer. The others are hard on people."""

    title: str
    reason: str
    serious: bool = False


@dataclass(frozen=True)
class Shared:
    """What the people of one team carry, the heaviest first: they could take each other's turns."""

    team: str
    loads: list[tuple[User, Load]]

    @property
    def mean(self) -> float:
        return sum(load.points for _person, load in self.loads) / len(self.loads)


@dataclass(frozen=True)
class Checked:
    findings: list[Finding]
    shares: list[Shared]


def check(window: Span) -> Checked:
    """All schedules' duties of the window, as people bear them together."""
    rows = Duty.objects.within(window).select_related("person__team__calendar", "schedule")
    duties = list(rows.order_by("during"))
    people = {duty.person_id: duty.person for duty in duties}
    shares = _shares(_loads(duties, people, window))
    serious = [*_double(duties), *_absent(duties, window), *_closed(people), *_lines(people)]
    heavy = [*_weekends(duties), *_heavy(shares), *_rest(people, window)]
    return Checked([*serious, *heavy], shares)


def _loads(duties: list[Duty], people: dict[int, User], window: Span) -> list[tuple[User, Load]]:
    found: list[tuple[User, Load]] = []
    by_state: dict[str, list[Duty]] = defaultdict(list)
    for duty in duties:
        team = duty.person.team
        by_state[(team.calendar.state if team else "") or STATE].append(duty)
    for state, theirs in by_state.items():
        spans = [(d.person_id, cut) for d in theirs if (cut := d.span.within(window))]

        def is_holiday(day: date, state: str = state) -> bool:
            return day in public_holidays(state, day.year)

        loads = fairness.loads(spans, _zone(), is_holiday)
        found += [(people[int(load.person)], load) for load in loads]
    return sorted(found, key=lambda one: (-one[1].points, one[0].name))


def _shares(loads: list[tuple[User, Load]]) -> list[Shared]:
    by_team: dict[str, list[tuple[User, Load]]] = defaultdict(list)
    for person, load in loads:
        by_team[person.team.name if person.team else ""].append((person, load))
    return [Shared(team, theirs) for team, theirs in sorted(by_team.items())]


def _double(duties: list[Duty]) -> Iterator[Finding]:
    """In two schedules at once: two faults, one person."""
    for person, theirs in _by_person(duties).items():
        for one, other in combinations(theirs, 2):
            if both := one.span.within(other.span):  # of one schedule the database lets none meet
                words = _("%(name)s is on duty in “%(one)s” and “%(other)s” from %(when)s.")
                yield Finding(
                    str(DOUBLE),
                    words
                    % {
                        "name": person.name,
                        "one": one.schedule.name,
                        "other": other.schedule.name,
                        "when": _when(both),
                    },
                    serious=True,
                )


def _absent(duties: list[Duty], window: Span) -> Iterator[Finding]:
    """Added to the plan though away: an addition counts more than an absence."""
    days = [edge.astimezone(_zone()).date() for edge in window]
    away = Absence.objects.filter(during__overlap=(days[0], days[1] + DAY))
    theirs = _by_person(duties)
    for absence in away.filter(person__in=[person.pk for person in theirs]):
        for duty in next(mine for person, mine in theirs.items() if person.pk == absence.person_id):
            last = (duty.span.end - timedelta.resolution).astimezone(_zone()).date()
            first = duty.span.start.astimezone(_zone()).date()
            if _meets(absence, first, last):
                words = _("%(name)s is away, and on duty in “%(schedule)s” from %(when)s.")
                names = {"name": duty.person.name, "schedule": duty.schedule.name}
                yield Finding(
                    str(ABSENT), words % {**names, "when": _when(duty.span)}, serious=True
                )


def _closed(people: dict[int, User]) -> Iterator[Finding]:
    for person in people.values():
        if not person.is_active:
            words = _("The account of %(name)s is closed; pages pass over them.")
            yield Finding(str(CLOSED), words % {"name": person.name}, serious=True)


def _lines(people: dict[int, User]) -> Iterator[Finding]:
    """Nobody goes on duty without two confirmed lines; without any, pages pass over them."""
    confirmed = ContactChannel.objects.confirmed().filter(person__in=people)
    lines = Counter(confirmed.values_list("person", flat=True))
    for pk, person in people.items():
        if lines[pk] == 0 and person.is_active:
            words = _("%(name)s has no confirmed line; pages pass over them.")
            yield Finding(str(LINES), words % {"name": person.name}, serious=True)
        elif lines[pk] < ENOUGH and person.is_active:
            words = _("%(name)s has one confirmed line only; two are wanted.")
            yield Finding(str(LINES), words % {"name": person.name})


def _weekends(duties: list[Duty]) -> Iterator[Finding]:
    for person, theirs in _by_person(duties).items():
        for run in fairness.weekends((duty.span for duty in theirs), _zone()):
            words = _("%(name)s is on duty on %(n)d weekends in a row from %(day)s.")
            facts = {
                "name": person.name,
                "n": len(run),
                "day": date_format(run[0], "SHORT_DATE_FORMAT"),
            }
            yield Finding(str(WEEKENDS), words % facts)


def _heavy(shares: list[Shared]) -> Iterator[Finding]:
    for shared in shares:
        for person, load in shared.loads:
            if load.points > HEAVY * shared.mean:
                words = _("%(name)s carries %(points)d points, the team's mean is %(mean)d.")
                facts = {"name": person.name, "points": load.points, "mean": round(shared.mean)}
                yield Finding(str(LOAD), words % facts)


def _rest(people: dict[int, User], window: Span) -> Iterator[Finding]:
    """Being called to work ends the rest: eleven hours begin anew, and may reach into the morning.

    Work that still goes on has no end to count from.
    """
    for done in statement.interventions(people, window):
        person, until = people[done.person], done.span.end
        begins = _opening(person, until)
        if not done.is_running and (begins is None or begins < until + REST):
            words = _("%(name)s worked until %(until)s and rests until %(from)s.")
            facts = {"name": person.name, "until": _at(until), "from": _at(until + REST)}
            yield Finding(str(RESTS), words % facts)


def _opening(person: User, after: datetime) -> datetime | None:
    """When their team's day begins next."""
    if person.team is None:
        return None
    return next_opening(calendars.of(person.team.calendar), after)


def _by_person(duties: list[Duty]) -> dict[User, list[Duty]]:
    found: dict[User, list[Duty]] = defaultdict(list)
    for duty in duties:
        found[duty.person].append(duty)
    return found


def _meets(absence: Absence, first: date, last: date) -> bool:
    lower, upper = absence.during.lower, absence.during.upper
    return (lower is None or lower <= last) and (upper is None or first < upper)


def _when(span: Span) -> str:
    return _("%(start)s until %(end)s") % {"start": _at(span.start), "end": _at(span.end)}


def _at(at: datetime) -> str:
    return date_format(at.astimezone(_zone()), "SHORT_DATETIME_FORMAT")


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)
