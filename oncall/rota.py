"""Who takes turns, and when: hand-offs on the local wall clock, groups in order, days that count.

Pure: no database, no clock. Hand-off k is the anchor plus k times so many units on the wall clock,
then made an instant; k runs backwards too. A local time that happens twice means its first
occurrence, a skipped one the first instant after the gap; hand-offs that so fall on one instant
count once (GoAlert's rules; Grafana OnCall's hours shift there). A day of the month that a month
does not have means its last.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from oncall.spans import Span
from supportdesk.worktime.arithmetic import resolve

Person = int | str
DAY = timedelta(days=1)
ALL_DAYS = frozenset(range(7))  # Monday is 0
EVER = Span(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


class Unit(StrEnum):
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


LENGTHS = {Unit.HOUR: timedelta(hours=1), Unit.DAY: DAY, Unit.WEEK: 7 * DAY}


@dataclass(frozen=True)
class Member:
    """One person's place in a group, for as long as it is theirs."""

    person: Person
    during: Span = EVER


@dataclass(frozen=True)
class Shift:
    """A group's turn as planned, before changes: `index` is the k of its hand-off or day."""

    index: int
    span: Span
    group: tuple[Member, ...]


@dataclass(frozen=True)
class Rotation:
    """Groups that follow each other. Raises ValueError for one that could not turn.

    `slot`: on duty only so long, on the wall clock, after each hand-off. `counts_days`: only days
    of `weekdays` are counted, so that everybody gets as many; otherwise turns go on over days off.
    `during` limits when it is in force and moves nobody's turn.
    """

    zone: ZoneInfo
    anchor: datetime  # local wall time, without a zone
    unit: Unit
    every: int
    groups: tuple[tuple[Member, ...], ...]
    first: int = 0
    weekdays: frozenset[int] = ALL_DAYS
    slot: timedelta | None = None
    counts_days: bool = False
    during: Span = field(default=EVER)

    def __post_init__(self) -> None:
        if self.every < 1 or not self.groups:
            raise ValueError("A rotation needs a group, and a step of one or more.")
        if self.anchor.tzinfo is not None:
            raise ValueError("The anchor is a wall time; the zone stands beside it.")
        if self.slot is not None and self.slot <= timedelta(0):
            raise ValueError("A slot has a length.")
        if not self.weekdays <= ALL_DAYS or not self.weekdays:
            raise ValueError("Weekdays run from 0, Monday, to 6, and one of them counts.")
        if self.counts_days and self.unit is not Unit.DAY:
            raise ValueError("Days are counted only where the step is a day.")


def handoff(rotation: Rotation, k: int) -> datetime:
    """Hand-off k as an instant in UTC; 0 is the anchor."""
    return resolve(_local(rotation, k), rotation.zone)


def index_at(rotation: Rotation, at: datetime) -> int:
    """The k of the shift that holds `at`: of its last hand-off at or before it."""
    wall = at.astimezone(rotation.zone).replace(tzinfo=None)
    if rotation.unit is Unit.MONTH:
        months = (wall.year - rotation.anchor.year) * 12 + wall.month - rotation.anchor.month
        k = months // rotation.every
    else:
        k = (wall - rotation.anchor) // (LENGTHS[rotation.unit] * rotation.every)
    while handoff(rotation, k) > at:
        k -= 1
    while handoff(rotation, k + 1) <= at:
        k += 1
    return k


def shift_at(rotation: Rotation, at: datetime) -> tuple[int, Span]:
    """The turn that holds `at`, whatever days and slots say: its index and its whole span."""
    k = index_at(rotation, at)
    return k, Span(handoff(rotation, k), handoff(rotation, k + 1))


def handoffs(rotation: Rotation, window: Span) -> list[datetime]:
    """All hand-offs of the window, in UTC, strictly increasing."""
    return [span.start for _k, span in _turns(rotation, window) if window.holds(span.start)]


def shifts(rotation: Rotation, window: Span) -> Iterator[Shift]:
    """Who takes turns in the window, in order, cut to the window and to when it is in force."""
    limits = rotation.during.within(window)
    if limits is None:
        return
    days = _counted_days if rotation.counts_days else _turn_days
    for turn, index, span in days(rotation, limits):
        if cut := span.within(limits):
            group = (turn + rotation.first) % len(rotation.groups)
            yield Shift(index, cut, rotation.groups[group])


def on_duty(shift: Shift) -> Iterator[tuple[Person, Span]]:
    """The persons of a shift, each as long as the place in the group is theirs."""
    for member in shift.group:
        if span := member.during.within(shift.span):
            yield member.person, span


def without(rotation: Rotation, person: Person, at: datetime) -> Rotation:
    """From `at` on without this person: whoever is on call stays, the others follow as before.

    Was it this person's own turn, the next group takes over. Raises ValueError when nobody is left.
    """
    groups = [tuple(m for m in group if m.person != person) for group in rotation.groups]
    turn = _turn(rotation, at)
    now = (turn + rotation.first) % len(groups)
    while any(groups) and not groups[now]:
        now = (now + 1) % len(groups)
    left = tuple(group for group in groups if group)
    place = sum(1 for group in groups[:now] if group)
    return replace(rotation, groups=left, first=(place - turn) % max(1, len(left)))


def _turn(rotation: Rotation, at: datetime) -> int:
    if not rotation.counts_days:
        return index_at(rotation, at)
    wall = at.astimezone(rotation.zone).replace(tzinfo=None)
    day = (wall - _time_of_day(rotation.anchor)).date()
    n = _counted_before(rotation, day + DAY) - 1  # the last day that counted, this one included
    return n // rotation.every


def _local(rotation: Rotation, k: int) -> datetime:
    steps = k * rotation.every
    if rotation.unit is not Unit.MONTH:
        return rotation.anchor + steps * LENGTHS[rotation.unit]
    years, month = divmod(rotation.anchor.month - 1 + steps, 12)
    year = rotation.anchor.year + years
    day = min(rotation.anchor.day, monthrange(year, month + 1)[1])
    return rotation.anchor.replace(year=year, month=month + 1, day=day)


def _turns(rotation: Rotation, window: Span) -> Iterator[tuple[int, Span]]:
    k = index_at(rotation, window.start)
    start = handoff(rotation, k)
    while start < window.end:
        end = handoff(rotation, k + 1)
        if start < end:  # two that fall on one instant count once
            yield k, Span(start, end)
        k, start = k + 1, end


def _turn_days(rotation: Rotation, limits: Span) -> Iterator[tuple[int, int, Span]]:
    """Turns, cut to their slot and to the days that count, without moving anybody's turn."""
    for k, whole in _turns(rotation, limits):
        span = whole
        if rotation.slot is not None:
            end = resolve(_local(rotation, k) + rotation.slot, rotation.zone)
            span = Span(whole.start, min(whole.end, end))
        for part in _on_weekdays(rotation, span):
            yield k, k, part


def _on_weekdays(rotation: Rotation, span: Span) -> Iterator[Span]:
    if rotation.weekdays == ALL_DAYS:
        yield span
        return
    day = span.start.astimezone(rotation.zone).date()
    while (start := _midnight(rotation, day)) < span.end:
        part = Span(start, _midnight(rotation, day + DAY)).within(span)
        if part and day.weekday() in rotation.weekdays:
            yield part
        day += DAY


def _counted_days(rotation: Rotation, limits: Span) -> Iterator[tuple[int, int, Span]]:
    """Days of the weekdays, numbered from the anchor's on; `every` of them to each group."""
    opens = _time_of_day(rotation.anchor)
    day = limits.start.astimezone(rotation.zone).date() - DAY  # its duty may reach into today
    n = _counted_before(rotation, day)
    while (start := resolve(datetime.combine(day, time()) + opens, rotation.zone)) < limits.end:
        if day.weekday() in rotation.weekdays:
            length = min(rotation.slot or DAY, DAY)
            end = resolve(datetime.combine(day, time()) + opens + length, rotation.zone)
            yield n // rotation.every, n, Span(start, end)
            n += 1
        day += DAY


def _counted_before(rotation: Rotation, day: date) -> int:
    """How many days counted from the anchor's to the day before this one; negative before it."""
    anchor = rotation.anchor.date()
    weeks, rest = divmod((day - anchor).days, 7)
    tail = sum((anchor.weekday() + n) % 7 in rotation.weekdays for n in range(rest))
    return weeks * len(rotation.weekdays) + tail


def _time_of_day(local: datetime) -> timedelta:
    return local - datetime.combine(local.date(), time())


def _midnight(rotation: Rotation, day: date) -> datetime:
    return resolve(datetime.combine(day, time()), rotation.zone)
