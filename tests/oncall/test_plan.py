"""What changes make of planned shifts, and on which positions people then stand."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncall import plan
from oncall.plan import Change, Kind, Place, Planned
from oncall.spans import Span

DAWN = datetime(2026, 12, 24, tzinfo=UTC)
HOUR = timedelta(hours=1)
WINDOW = Span(DAWN, DAWN + 48 * HOUR)
PEOPLE = ("ada", "ben", "cem", "dora")


def hours(start: int, end: int) -> Span:
    return Span(DAWN + start * HOUR, DAWN + end * HOUR)


spans = st.tuples(st.integers(-6, 50), st.integers(1, 30)).map(lambda t: hours(t[0], t[0] + t[1]))
shifts = st.builds(Planned, st.sampled_from(PEOPLE), spans, st.integers(0, 2))
edits = st.builds(
    Change,
    st.sampled_from(Kind),
    spans,
    person=st.sampled_from(PEOPLE),
    by=st.sampled_from(PEOPLE) | st.none(),
    rank=st.integers(0, 2),
    instead=st.lists(shifts, max_size=2).map(tuple),
)
plans = st.lists(shifts, max_size=6), st.lists(edits, max_size=6)


@pytest.mark.property
@given(*plans)
def test_the_final_plan_says_of_each_hour_what_is_said_of_the_instant(base, changes):
    duties = plan.final(base, changes, WINDOW)
    for hour in range(48):
        at = DAWN + hour * HOUR
        assert {who for who, span in duties if span.holds(at)} == plan.who(base, changes, at)


@pytest.mark.property
@given(*plans)
def test_nobody_has_two_duties_at_once_or_two_that_touch(base, changes):
    duties = plan.final(base, changes, WINDOW)
    for person in PEOPLE:
        own = [span for who, span in duties if who == person]
        assert all(one.end < other.start for one, other in itertools.pairwise(own))


@pytest.mark.property
@given(*plans)
def test_each_position_is_held_by_one_and_none_is_left_out(base, changes):
    duties = plan.final(base, changes, WINDOW)
    placed = plan.places(duties)
    assert [(place.person, place.span) for place in placed] == duties
    for hour in range(48):
        here = [place.position for place in placed if place.span.holds(DAWN + hour * HOUR)]
        assert len(here) == len(set(here))
    most = max((_at_once(duties, span.start) for _who, span in duties), default=0)
    assert {place.position for place in placed} == set(range(1, most + 1))


def _at_once(duties: list[tuple[plan.Person, Span]], at: datetime) -> int:
    return sum(span.holds(at) for _who, span in duties)


def test_a_temporary_plan_hides_what_was_planned_while_it_lasts():
    instead = (Planned("ben", hours(4, 6)), Planned("cem", hours(6, 20)))
    holiday = Change(Kind.TEMPORARY, hours(4, 8), instead=instead)
    assert plan.final([Planned("ada", hours(0, 12))], [holiday], hours(0, 12)) == [
        ("ada", hours(0, 4)),
        ("ben", hours(4, 6)),
        ("cem", hours(6, 8)),
        ("ada", hours(8, 12)),
    ]


def test_who_took_a_swap_and_is_absent_leaves_a_gap_and_does_not_give_the_duty_back():
    changes = [
        Change(Kind.SWAP, hours(0, 12), "ada", by="ben"),
        Change(Kind.ABSENCE, hours(6, 12), "ben"),
    ]
    assert plan.final([Planned("ada", hours(0, 12))], changes, hours(0, 12)) == [
        ("ben", hours(0, 6))
    ]


def test_nobody_can_be_added():
    with pytest.raises(ValueError, match="needs somebody"):
        plan.who([], [Change(Kind.ADD, hours(0, 1))], DAWN)


def test_a_position_that_came_free_is_used_again():
    duties = [("ada", hours(0, 8)), ("ben", hours(2, 10)), ("cem", hours(8, 12))]
    assert plan.places(duties) == [
        Place(1, "ada", hours(0, 8)),
        Place(2, "ben", hours(2, 10)),
        Place(1, "cem", hours(8, 12)),
    ]
