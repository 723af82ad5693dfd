"""The demo's rosters: two schedules, a year of duties behind and one ahead, swaps, Christmas."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from demo.house import House
from oncall import actions, plan, planned
from oncall.actions.materialising import database_now, horizon
from oncall.models import (
    Change,
    ContactChannel,
    CriticalPeriod,
    CriticalRule,
    Duty,
    Instead,
    Member,
    Rotation,
    Schedule,
)
from oncall.spans import Span
from supportdesk.accounts.models import User
from supportdesk.worktime.arithmetic import resolve

ZONE = ZoneInfo("Europe/Berlin")
WEEK, YEAR = timedelta(days=7), timedelta(days=364)
TURNS = 8
REASONS = ["Familienfeier", "Arzttermin", "Umzug", "Elternabend", "Konzert", "Fortbildung"]


def write(house: House, desk: User) -> int:
    """Rows first, then the plan they make, past and future, in one piece. Returns how many duties.

    Nobody gets a letter: what was planned before the desk was opened is no news.
    """
    now = database_now()
    monday = now.astimezone(ZONE).date() - timedelta(days=now.astimezone(ZONE).weekday()) - YEAR
    _critical(now)
    _lines(list(house.staff.values()), now)
    teams: dict[str, list[User]] = {}
    for person in house.staff.values():
        assert person.team is not None  # a specialist
        teams.setdefault(person.team.name, []).append(person)
    for pairs, (name, people) in enumerate(sorted(teams.items(), reverse=True)):
        schedule = _schedule(name, people, monday, together=bool(pairs))
        _swaps(schedule, monday, now)
        _christmas(schedule, people, now)
        if not pairs:
            _gap(schedule, now)
        _fill(schedule, Span(_at(monday), horizon(schedule, now)))
        actions.build_duties(schedule, by=desk)
    return Duty.objects.count()


def _schedule(name: str, people: list[User], monday: date, *, together: bool) -> Schedule:
    """By the week, Mondays at nine; `together` two at a time, the second asked when the first is
    silent.
    """
    schedule = Schedule.objects.create(
        name=name, team=people[0].team, around_the_clock=True, fallback=people[0]
    )
    rotation = Rotation.objects.create(
        schedule=schedule, name="Wochendienst", starts_on=monday, hands_off_at=time(9)
    )
    order = people[1 : TURNS + 1]
    for turn, person in enumerate(order):
        Member.objects.create(rotation=rotation, group=turn, person=person)
        if together:
            second = order[(turn + 3) % TURNS]
            Member.objects.create(rotation=rotation, group=turn, person=second)
    return schedule


def _swaps(schedule: Schedule, monday: date, now: datetime) -> None:
    """Every sixth week somebody swapped; of those to come the last is still on offer."""
    rotation = schedule.rotations.get()
    members = list(rotation.members.order_by("group", "pk"))
    firsts = [next(one for one in members if one.group == n) for n in range(TURNS)]
    ahead = (now.astimezone(ZONE).date() - monday).days // 7
    for n, turn in enumerate(range(4, ahead + 12, 6)):
        owner, taker = firsts[turn % TURNS].person, firsts[(turn + 5) % TURNS].person
        span = _week(monday, turn)
        open_still = span.start > now and turn + 6 >= ahead + 12
        Change.objects.create(
            schedule=schedule,
            kind=Change.Kind.SWAP,
            during=DateTimeTZRange(*span),
            person=owner,
            stand_in=None if open_still else taker,
            rotation=rotation,
            turn=turn,
            reason=REASONS[n % len(REASONS)],
            written_by=owner,
            written_at=min(now, span.start - 2 * WEEK),
        )


def _christmas(schedule: Schedule, people: list[User], now: datetime) -> None:
    """From the 24th to the 27th three people share the days, whoever's week it is."""
    lead = people[0]
    for year in (now.year - 1, now.year):
        edges = [_at(date(year, 12, day)) for day in (24, 25, 26, 27)]
        change = Change.objects.create(
            schedule=schedule,
            kind=Change.Kind.TEMPORARY,
            during=DateTimeTZRange(edges[0], edges[-1]),
            reason="Weihnachten",
            written_by=lead,
            written_at=min(now, edges[0] - 8 * WEEK),
        )
        volunteers = [people[9 + (year + n) % 3] for n in range(3)]
        Instead.objects.bulk_create(
            Instead(change=change, person=person, during=DateTimeTZRange(start, end))
            for person, start, end in zip(volunteers, edges, edges[1:], strict=False)
        )


def _gap(schedule: Schedule, now: datetime) -> None:
    """On an evening in three weeks nobody is there yet: what the lead has to settle."""
    day = now.astimezone(ZONE).date() + 3 * WEEK
    start = _at(day - timedelta(days=day.weekday()) + timedelta(days=1), 18)
    week = Span(start, start + timedelta(hours=6))
    for person, _span in planned.duties(schedule, week):
        Change.objects.create(
            schedule=schedule,
            kind=Change.Kind.ABSENCE,
            during=DateTimeTZRange(*week),
            person_id=int(person),
            reason="Prüfungsabend",
            written_by_id=int(person),
            written_at=now,
        )


def _fill(schedule: Schedule, window: Span) -> None:
    duties = planned.duties(schedule, window)
    Duty.objects.bulk_create(
        Duty(
            schedule=schedule,
            position=place.position,
            person_id=int(place.person),
            during=DateTimeTZRange(*place.span),
        )
        for place in plan.places(duties)
    )


def _lines(people: list[User], now: datetime) -> None:
    """Mail and a mobile phone each; one has not got round to the phone. The numbers are those that
    the regulator keeps free for invented people.
    """
    confirmed_at = now - 8 * WEEK
    lines = []
    for n, person in enumerate(people):
        lines.append(ContactChannel(person=person, kind="mail", address=person.email))
        if n != 5:
            number = f"+49176040690{n:02}"
            lines.append(ContactChannel(person=person, kind="sms", address=number))
    for line in lines:
        line.confirmed_at = confirmed_at
    ContactChannel.objects.bulk_create(lines)


def _critical(now: datetime) -> None:
    for rule in ("contributions", "statements", "self_payers", "year_end"):
        CriticalRule.objects.create(rule=rule)
    for name, start in _changes(now):
        during = DateTimeTZRange(start, start + timedelta(hours=12))
        CriticalPeriod.objects.create(name=name, during=during)


def _changes(now: datetime) -> Iterator[tuple[str, datetime]]:
    """A release change in two weeks, on a Thursday evening, and the one of half a year ago."""
    today = now.astimezone(ZONE).date()
    thursday = today - timedelta(days=today.weekday()) + timedelta(days=3)
    yield "Releasewechsel", _at(thursday - 26 * WEEK, 18)
    yield "Releasewechsel", _at(thursday + 2 * WEEK, 18)


def _week(monday: date, turn: int) -> Span:
    return Span(_at(monday + turn * WEEK), _at(monday + (turn + 1) * WEEK))


def _at(day: date, hour: int = 9) -> datetime:
    return resolve(datetime.combine(day, time(hour)), ZONE)
