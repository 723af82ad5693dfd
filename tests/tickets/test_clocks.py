"""The clocks' rule against a counter of minutes, and where its edges are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportdesk.worktime.arithmetic import ALWAYS, Calendar
from tickets import clocks
from tickets.clocks import Clock, Figure, Kind, Moment, Reading, State, Terms

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOURS = Calendar(ZoneInfo("UTC"), (((420, 720), (780, 1020)),) * 5 + ((), ()))
LATE = Calendar(ZoneInfo("UTC"), (((600, 1200),),) * 6 + ((),))


def promise(*minutes: int | None, on: Calendar = HOURS) -> Terms:
    pairs = zip(Clock, minutes, strict=True)
    return Terms({clock: n * MINUTE for clock, n in pairs if n is not None}, on)


NORMAL, URGENT = promise(480, 780, 780, 4800), promise(60, 240, 240, 480, on=ALWAYS)


def history(*steps: tuple[int, Kind] | tuple[int, Kind, Terms]) -> list[Moment]:
    return [Moment(MONDAY + step[0] * MINUTE, *step[1:]) for step in steps]


def test_a_word_is_promised_after_each_of_ours_and_kept_by_the_next():
    said = [(480, Kind.OPENED_BY_CUSTOMER), (540, Kind.WE_WROTE)]
    running = clocks.read(history(*said), NORMAL)[Clock.NEXT_WORD]
    kept = clocks.read(history(*said, (600, Kind.WE_WROTE)), NORMAL)[Clock.NEXT_WORD]

    # 13 hours on: 8 of Monday's ten are left without lunch and morning, the rest is Tuesday's.
    assert running.due_at == MONDAY + timedelta(days=1, hours=14)
    assert kept.figure == Figure(60 * MINUTE, 780 * MINUTE)
    assert kept.state is State.RUNNING


def test_one_opened_by_us_owes_a_first_response_but_no_answer():
    readings = clocks.read(history((480, Kind.OPENED_BY_US)), NORMAL)

    assert readings[Clock.FIRST_RESPONSE].state is State.RUNNING
    assert readings[Clock.ANSWER].state is State.IDLE


def test_what_has_stopped_keeps_the_terms_it_stopped_under():
    before = [(480, Kind.OPENED_BY_CUSTOMER), (500, Kind.WE_WROTE)]
    raised = clocks.read(history(*before, (510, Kind.TERMS_CHANGED, URGENT)), NORMAL)

    assert raised[Clock.FIRST_RESPONSE].figure == Figure(20 * MINUTE, 480 * MINUTE)
    assert raised[Clock.RESOLUTION].due_at == MONDAY + 480 * MINUTE + 480 * MINUTE


def test_a_reopened_one_was_not_resolved_and_rested_meanwhile():
    resolved = [(480, Kind.OPENED_BY_CUSTOMER), (540, Kind.WE_WROTE), (540, Kind.RESOLVED)]
    reopened = clocks.read(history(*resolved, (660, Kind.REOPENED)), promise(60, 60, 60, 120))

    assert reopened[Clock.RESOLUTION] == Reading(State.RUNNING, MONDAY + 720 * MINUTE)


def test_one_resolved_while_it_waited_runs_again_when_reopened():
    way = [(480, Kind.OPENED_BY_CUSTOMER), (500, Kind.WAITED), (510, Kind.RESOLVED)]
    reopened = clocks.read(history(*way, (520, Kind.REOPENED)), NORMAL)

    assert reopened[Clock.RESOLUTION].state is State.RUNNING


def test_closing_ends_what_is_owed_and_forgets_the_promised_word():
    told = [(480, Kind.OPENED_BY_CUSTOMER), (540, Kind.WE_WROTE), (600, Kind.RESOLVED)]
    closed = clocks.read(history(*told, (900, Kind.CLOSED)), NORMAL)

    assert {clock: reading.state for clock, reading in closed.items()} == {
        Clock.FIRST_RESPONSE: State.STOPPED,
        Clock.ANSWER: State.IDLE,
        Clock.NEXT_WORD: State.IDLE,
        Clock.RESOLUTION: State.STOPPED,
    }
    assert closed[Clock.NEXT_WORD].figure is None
    assert clocks.next_due(closed) is None


def test_a_promised_date_stands_in_for_the_time_of_the_solution():
    """From Monday at eight until Wednesday at nine in the morning: 8 hours, 9, and 2."""
    by = MONDAY + timedelta(days=2, hours=9)
    dated = replace(NORMAL, solution_by=by)
    opened = (480, Kind.OPENED_BY_CUSTOMER)
    running = clocks.read(history(opened), dated)
    kept = clocks.read(history(opened, (540, Kind.RESOLVED)), dated)[Clock.RESOLUTION]
    late = clocks.read(history(opened, (4 * 1440, Kind.RESOLVED)), dated)[Clock.RESOLUTION]

    assert running[Clock.RESOLUTION].due_at == by
    assert (
        running[Clock.FIRST_RESPONSE] == clocks.read(history(opened), NORMAL)[Clock.FIRST_RESPONSE]
    )
    target = 19 * 60 * MINUTE
    assert kept.figure == Figure(60 * MINUTE, target)
    assert (late.figure.target, late.kept.missed) == (target, 1)


# --- The counter ------------------------------------------------------------------------------

TERMS = [NORMAL, URGENT, promise(30, None, 45, 600, on=LATE), promise(None, 120, None, None)]
LATER = [kind for kind in Kind if kind not in (Kind.OPENED_BY_CUSTOMER, Kind.OPENED_BY_US)]


@st.composite
def histories(draw) -> list[Moment]:
    at = MONDAY + draw(st.integers(0, 10080)) * MINUTE
    opened = draw(st.sampled_from([Kind.OPENED_BY_CUSTOMER, Kind.OPENED_BY_US]))
    moments = [Moment(at, opened)]
    for kind in draw(st.lists(st.sampled_from(LATER), max_size=9)):
        at += draw(st.one_of(st.just(0), st.integers(1, 1500))) * MINUTE
        terms = draw(st.sampled_from(TERMS)) if kind is Kind.TERMS_CHANGED else None
        moments.append(Moment(at, kind, terms))
        if kind is Kind.CLOSED:
            break
    return moments


def open_minutes(terms: Terms, begin: datetime, end: datetime) -> Iterator[datetime]:
    """Every minute of a span that the calendar calls open, one look each."""
    while begin < end:
        minute = begin.hour * 60 + begin.minute
        if any(o <= minute < c for o, c in terms.calendar.weekly[begin.weekday()]):
            yield begin
        begin += MINUTE


class Counter:
    """Keeps for each running clock the spans between two moments in which nothing rested."""

    def __init__(self, terms: Terms) -> None:
        self.terms, self.waiting, self.resolved = terms, False, False
        self.on: dict[Clock, list[tuple[datetime, datetime]]] = {}
        self.before_resolving: list[tuple[datetime, datetime]] = []
        self.figures: dict[Clock, list[Figure]] = {clock: [] for clock in Clock}

    def count(self, moments: list[Moment]) -> None:
        for n, moment in enumerate(moments):
            self.terms = moment.terms or self.terms
            self.happen(moment.kind)
            if n + 1 < len(moments) and not (self.waiting or self.resolved):
                for spans in self.on.values():
                    spans.append((moment.at, moments[n + 1].at))

    def happen(self, kind: Kind) -> None:
        match kind:
            case Kind.OPENED_BY_CUSTOMER | Kind.OPENED_BY_US:
                self.on = {Clock.FIRST_RESPONSE: [], Clock.RESOLUTION: []}
                if kind is Kind.OPENED_BY_CUSTOMER:
                    self.on[Clock.ANSWER] = []
            case Kind.CUSTOMER_WROTE:
                self.on.setdefault(Clock.ANSWER, [])
            case Kind.WE_WROTE:
                for clock in (Clock.FIRST_RESPONSE, Clock.ANSWER, Clock.NEXT_WORD):
                    self.stop(clock)
                self.on[Clock.NEXT_WORD] = []
            case Kind.WAITED | Kind.RESUMED:
                self.waiting = kind is Kind.WAITED
            case _:
                self.end(kind)

    def end(self, kind: Kind) -> None:
        match kind:
            case Kind.RESOLVED:
                self.before_resolving = self.on.get(Clock.RESOLUTION, self.before_resolving)
                self.stop(Clock.RESOLUTION)
                self.waiting, self.resolved = False, True
            case Kind.REOPENED if self.resolved:
                self.on[Clock.RESOLUTION] = self.before_resolving
                self.figures[Clock.RESOLUTION] = []
                self.resolved = False
            case Kind.CLOSED:
                self.on.pop(Clock.NEXT_WORD, None)
                for clock in list(self.on):
                    self.stop(clock)

    def stop(self, clock: Clock) -> None:
        spans, target = self.on.pop(clock, None), self.terms.targets.get(clock)
        if spans is not None and target is not None:
            used = sum(len(list(open_minutes(self.terms, *span))) for span in spans)
            self.figures[clock].append(Figure(used * MINUTE, target))

    def due(self, clock: Clock, last: datetime) -> datetime | None:
        """The end of the minute that uses up the target, in the past or in the time to come."""
        target = self.terms.targets.get(clock)
        if clock not in self.on or target is None or self.waiting or self.resolved:
            return None
        left = target // MINUTE
        for span in [*self.on[clock], (last, last + timedelta(days=60))]:
            for minute in open_minutes(self.terms, *span):
                left -= 1
                if not left:
                    return minute + MINUTE
        raise AssertionError("Sixty days are enough for these targets.")


@pytest.mark.property
@given(moments=histories(), terms=st.sampled_from(TERMS))
def test_the_clocks_agree_with_a_counter_of_minutes(moments, terms):
    counter = Counter(terms)
    counter.count(moments)

    for clock, reading in clocks.read(moments, terms).items():
        assert reading.due_at == counter.due(clock, moments[-1].at)
        used = [figure.used for figure in counter.figures[clock]]
        assert (reading.figure.used if reading.figure else None) == max(used, default=None)


@pytest.mark.property
@given(moments=histories(), terms=st.sampled_from(TERMS))
def test_what_a_ticket_owes_does_not_depend_on_what_comes_later(moments, terms):
    """A figure once stopped stays; only a reopening takes the resolution's back."""
    for n in range(1, len(moments)):
        early, late = clocks.read(moments[:n], terms), clocks.read(moments, terms)
        first = early[Clock.FIRST_RESPONSE].figure
        assert first is None or late[Clock.FIRST_RESPONSE].figure == first
