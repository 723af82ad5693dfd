"""How long each promise has run, when it is due, and what was kept: a rule over a ticket's history.

Pure: no database, no clock. Four clocks in working time of the calendar in force: first response
and resolution from the opening, answer from the customer's first unanswered message, next word from
our last public message. Waiting for the customer and being resolved pause; internal notes are no
moments at all. What changes the terms (priority, agreement, calendar) recomputes what still runs
from its own start without losing a pause (RT and GLPI recompute from the opening too, Zendesk
freezes the priority). What has ended was measured under the terms of that moment and is never
measured again: whoever reads a history later hands in what was kept. A paused clock has no due
time. A promised date stands in for the time of the solution.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from supportdesk.worktime.arithmetic import Calendar, Closed, add, between

NO_TIME = timedelta(0)
NEVER = datetime.min.replace(tzinfo=UTC)


class Clock(StrEnum):
    FIRST_RESPONSE = "first_response"
    ANSWER = "answer"
    NEXT_WORD = "next_word"
    RESOLUTION = "resolution"


class Kind(StrEnum):
    """What moves a clock. `resume` and `reopen` of what does not rest are harmless."""

    OPENED_BY_CUSTOMER = "opened_by_customer"
    OPENED_BY_US = "opened_by_us"
    CUSTOMER_WROTE = "customer_wrote"
    WE_WROTE = "we_wrote"  # in public
    WAITED = "waited"
    RESUMED = "resumed"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CLOSED = "closed"
    TERMS_CHANGED = "terms_changed"


class State(StrEnum):
    NONE = "none"  # nothing was promised
    IDLE = "idle"  # nothing is owed now
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Terms:
    """What is promised: working time per clock, on a calendar. A missing one is no promise.

    `solution_by` is a date we have named, as that of the package that brings the correction.
    """

    targets: dict[Clock, timedelta]
    calendar: Calendar
    solution_by: datetime | None = None


@dataclass(frozen=True)
class Moment:
    """One thing that happened. Moments of the same instant count in their order."""

    at: datetime
    kind: Kind
    terms: Terms | None = None


@dataclass(frozen=True)
class Figure:
    """A promise that has ended: the working time it used, and the terms it ended under."""

    used: timedelta
    target: timedelta
    calendar: str = field(default="", compare=False)  # its version

    @property
    def slack(self) -> timedelta:
        return self.target - self.used


@dataclass(frozen=True)
class Kept:
    """What was measured of a clock before: how many promises ended, how many of them too late, and
    the longest. A reopened solution has not ended, but was counted.
    """

    ended: int = 0
    missed: int = 0
    longest: Figure | None = None


NOTHING_KEPT = Kept()


@dataclass(frozen=True)
class Run:
    """A promise that runs now: since when, for how much working time, and in which spans."""

    since: datetime
    target: timedelta
    calendar: Calendar
    spans: tuple[tuple[datetime, datetime | None], ...]

    def instant(self, used: timedelta) -> datetime:
        """When the spans together have used up so much; the last one is open."""
        left = used
        for start, end in self.spans:
            worked = between(self.calendar, start, end) if end else left
            if left <= worked:
                return add(self.calendar, start, left)
            left -= worked
        raise AssertionError("A running clock has an open span.")


@dataclass(frozen=True)
class Reading:
    """Where a clock stands. `figure` is what it stopped with, or the longest of its exchanges."""

    state: State
    due_at: datetime | None = None
    figure: Figure | None = None
    run: Run | None = field(default=None, compare=False, repr=False)
    kept: Kept = field(default=NOTHING_KEPT, compare=False, repr=False)

    def is_breached(self, at: datetime) -> bool:
        return self.due_at is not None and self.due_at < at


def read(
    moments: Iterable[Moment], terms: Terms, kept: Mapping[Clock, Kept] | None = None
) -> dict[Clock, Reading]:
    """Read all clocks of a ticket from its whole history.

    `terms` are those of its opening or, where what has ended was `kept`, those of today.
    """
    course = _Course(terms, kept or {})
    for moment in moments:
        course.pass_by(moment)
    return {clock: run.reading(course) for clock, run in course.runs.items()}


def next_due(readings: dict[Clock, Reading]) -> datetime | None:
    """The earliest due time of all running clocks."""
    return min((found.due_at for found in readings.values() if found.due_at), default=None)


@dataclass
class _Run:
    """One clock on its way: the spans it has run in, without pauses, and what it ended with."""

    clock: Clock
    before: Kept = NOTHING_KEPT
    spans: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    is_on: bool = False
    since: datetime = NEVER
    kept: Kept = NOTHING_KEPT

    def start(self, at: datetime, *, paused: bool) -> None:
        self.is_on, self.spans, self.since = True, [], at
        if not paused:
            self.go_on(at)

    def go_on(self, at: datetime) -> None:
        if self.is_on and not self._goes:
            self.spans.append((at, None))

    def pause(self, at: datetime) -> None:
        if self._goes:
            self.spans[-1] = (self.spans[-1][0], at)

    def stop(self, at: datetime, terms: Terms) -> None:
        """End the promise: as it was kept, or measured under the terms of this moment."""
        if not self.is_on:
            return
        target = self._target(terms)
        self.pause(at)
        self.is_on = False
        ended = self.kept.ended + 1
        if ended == self.before.ended:
            self.kept = self.before
        elif ended < self.before.ended or target is None:
            self.kept = replace(self.kept, ended=ended)
        else:
            self._keep(Figure(self._used(terms.calendar), target, terms.calendar.version))

    def _keep(self, figure: Figure) -> None:
        longest, late = self.kept.longest, figure.slack < NO_TIME
        if longest is None or figure.used > longest.used:
            longest = figure
        self.kept = Kept(self.kept.ended + 1, self.kept.missed + late, longest)

    def take_back(self) -> None:
        """It had not ended after all: it goes on, and nothing of it was kept."""
        self.is_on = True
        self.kept = Kept(self.kept.ended)

    def reading(self, course: _Course) -> Reading:
        longest, kept = self.kept.longest, self.kept
        target = self._target(course.terms)
        if not self.is_on and longest is not None:
            return Reading(self._rest, figure=longest, kept=kept)
        if target is None:
            return Reading(State.NONE, figure=longest, kept=kept)
        if not self.is_on:
            return Reading(self._rest, kept=kept)
        if course.pauses:
            return Reading(State.PAUSED, figure=longest, kept=kept)
        run = Run(self.since, target, course.terms.calendar, tuple(self.spans))
        try:
            due_at = self._date(course.terms) or run.instant(target)
        except Closed:  # hours that never come again promise nothing, and hinder nobody
            return Reading(State.NONE, figure=longest, kept=kept)
        return Reading(State.RUNNING, due_at, longest, run, kept)

    def _date(self, terms: Terms) -> datetime | None:
        return terms.solution_by if self.clock is Clock.RESOLUTION else None

    def _target(self, terms: Terms) -> timedelta | None:
        """A date means all the working time until then."""
        by = self._date(terms)
        if by is None:
            return terms.targets.get(self.clock)
        spans = ((start, min(end or by, by)) for start, end in self.spans)
        return sum((between(terms.calendar, *span) for span in spans), NO_TIME)

    @property
    def _goes(self) -> bool:
        return bool(self.spans) and self.spans[-1][1] is None

    @property
    def _rest(self) -> State:
        once = self.clock in (Clock.FIRST_RESPONSE, Clock.RESOLUTION)
        return State.STOPPED if once else State.IDLE

    def _used(self, calendar: Calendar) -> timedelta:
        return sum((between(calendar, start, end) for start, end in self.spans if end), NO_TIME)


class _Course:
    """The ticket's way so far: what rests, what is promised, and its four clocks."""

    def __init__(self, terms: Terms, kept: Mapping[Clock, Kept]) -> None:
        self.terms = terms
        self.is_waiting = self.is_resolved = False
        self.runs = {clock: _Run(clock, kept.get(clock, NOTHING_KEPT)) for clock in Clock}

    @property
    def pauses(self) -> bool:
        return self.is_waiting or self.is_resolved

    def pass_by(self, moment: Moment) -> None:
        if moment.terms is not None:
            self.terms = moment.terms
        if step := self.STEPS.get(moment.kind):
            step(self, moment.at)

    def _opened_by_customer(self, at: datetime) -> None:
        self._opened_by_us(at)
        self.runs[Clock.ANSWER].start(at, paused=False)

    def _opened_by_us(self, at: datetime) -> None:
        self.runs[Clock.FIRST_RESPONSE].start(at, paused=False)
        self.runs[Clock.RESOLUTION].start(at, paused=False)

    def _customer_wrote(self, at: datetime) -> None:
        answer = self.runs[Clock.ANSWER]
        if not answer.is_on:  # a second message does not move the deadline
            answer.start(at, paused=self.pauses)

    def _we_wrote(self, at: datetime) -> None:
        for clock in (Clock.FIRST_RESPONSE, Clock.ANSWER, Clock.NEXT_WORD):
            self.runs[clock].stop(at, self.terms)
        self.runs[Clock.NEXT_WORD].start(at, paused=self.pauses)

    def _waited(self, at: datetime) -> None:
        self.is_waiting = True
        self._rest_or_go_on(at)

    def _resumed(self, at: datetime) -> None:
        self.is_waiting = False
        self._rest_or_go_on(at)

    def _resolved(self, at: datetime) -> None:
        self.is_resolved, self.is_waiting = True, False
        self.runs[Clock.RESOLUTION].stop(at, self.terms)
        self._rest_or_go_on(at)

    def _reopened(self, at: datetime) -> None:
        """The resolution was none after all: its clock goes on, the resolved time is a pause."""
        if self.is_resolved:
            self.runs[Clock.RESOLUTION].take_back()
        self.is_resolved = False
        self._rest_or_go_on(at)

    def _closed(self, at: datetime) -> None:
        """Nothing is owed any more; a next word that was promised needs none."""
        for run in self.runs.values():
            if run.clock is Clock.NEXT_WORD:
                run.is_on = False
            run.stop(at, self.terms)

    def _rest_or_go_on(self, at: datetime) -> None:
        for run in self.runs.values():
            if self.pauses:
                run.pause(at)
            else:
                run.go_on(at)

    STEPS = {
        Kind.OPENED_BY_CUSTOMER: _opened_by_customer,
        Kind.OPENED_BY_US: _opened_by_us,
        Kind.CUSTOMER_WROTE: _customer_wrote,
        Kind.WE_WROTE: _we_wrote,
        Kind.WAITED: _waited,
        Kind.RESUMED: _resumed,
        Kind.RESOLVED: _resolved,
        Kind.REOPENED: _reopened,
        Kind.CLOSED: _closed,
    }
