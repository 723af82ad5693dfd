"""Hand-offs over all zones and years, and who follows when somebody leaves."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncall import rota
from oncall.rota import Member, Rotation, Unit
from oncall.spans import Span, gaps

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = sorted(available_timezones() - {"localtime", "posixrules", "Factory"})


def weekly(*people: str, zone: ZoneInfo = BERLIN, **more) -> Rotation:
    groups = tuple((Member(person),) for person in people)
    anchor = datetime(2026, 10, 19, 9)  # noqa: DTZ001 - a wall time
    return Rotation(zone, anchor, Unit.WEEK, 1, groups, **more)


def berlin(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BERLIN)


def on_duty(rotation: Rotation, at: datetime) -> set[str]:
    window = Span(at, at + timedelta(seconds=1))
    shifts = rota.shifts(rotation, window)
    return {str(person) for shift in shifts for person, _span in rota.on_duty(shift)}


@st.composite
def rotations(draw) -> Rotation:
    counts = draw(st.booleans())
    unit = Unit.DAY if counts else draw(st.sampled_from(list(Unit)))
    people = [f"p{n}" for n in range(draw(st.integers(1, 5)))]
    return Rotation(
        zone=ZoneInfo(draw(st.sampled_from(ZONES))),
        anchor=draw(st.datetimes(datetime(2024, 1, 1), datetime(2035, 12, 31))),  # noqa: DTZ001
        unit=unit,
        every=draw(st.integers(1, 40)),
        groups=tuple((Member(person),) for person in people),
        first=draw(st.integers(0, 4)),
        weekdays=frozenset(draw(st.sets(st.integers(0, 6), min_size=1)))
        if counts
        else rota.ALL_DAYS,
        counts_days=counts,
    )


@st.composite
def windows(draw) -> Span:
    instants = st.datetimes(
        datetime(2024, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
        datetime(2035, 11, 1),  # noqa: DTZ001
        timezones=st.just(UTC),
    )
    start = draw(instants)
    return Span(start, start + timedelta(days=draw(st.integers(1, 60))))


@pytest.mark.property
@given(rotations(), windows())
def test_handoffs_strictly_increase_and_leave_no_gap_and_no_overlap(rotation, window):
    instants = rota.handoffs(rotation, window)
    assert all(one < other for one, other in itertools.pairwise(instants))

    shifts = [shift.span for shift in rota.shifts(rotation, window)]
    assert all(one.end <= other.start for one, other in itertools.pairwise(shifts))
    if not rotation.counts_days:
        assert gaps(shifts, window) == []


@pytest.mark.property
@given(rotations(), windows())
def test_a_shift_holds_the_instant_it_was_asked_for_and_starts_at_its_wall_time(rotation, window):
    k, span = rota.shift_at(rotation, window.start)
    assert span.holds(window.start)
    assert rota.handoff(rotation, k) == span.start
    if rotation.unit is Unit.DAY:
        wall = span.start.astimezone(rotation.zone).replace(tzinfo=None)
        late = wall - (rotation.anchor + timedelta(days=k * rotation.every))
        # Later only where that time is skipped: by no more than the clock is put forward.
        assert timedelta(0) <= late <= timedelta(days=1)
        assert late == timedelta(0) or _is_skipped(wall - late, rotation.zone)


def _is_skipped(local: datetime, zone: ZoneInfo) -> bool:
    back = local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    return back.replace(tzinfo=None) != local


@pytest.mark.property
@given(rotations(), windows(), st.data())
def test_when_one_leaves_the_person_on_call_stays_and_the_others_follow_in_order(
    rotation, window, data
):
    if len(rotation.groups) < 2:
        return
    at = window.start
    order = [group[0].person for group in rotation.groups]
    _k, now = _turn(rotation, at)
    gone = data.draw(st.sampled_from([person for person in order if person != now]))

    after = rota.without(rotation, gone, at)

    assert _turn(after, at)[1] == now
    rest = list(order[order.index(now) :] + order[: order.index(now)])
    rest.remove(gone)
    turns = _coming(after, at, len(rest))
    assert turns == rest


def _turn(rotation: Rotation, at: datetime) -> tuple[int, str]:
    k = rota._turn(rotation, at)
    return k, str(rotation.groups[(k + rotation.first) % len(rotation.groups)][0].person)


def _coming(rotation: Rotation, at: datetime, n: int) -> list[str]:
    k, _person = _turn(rotation, at)
    groups = rotation.groups
    return [str(groups[(k + i + rotation.first) % len(groups)][0].person) for i in range(n)]


def test_the_night_the_clock_goes_back_lasts_an_hour_longer():
    rotation = weekly("ann", "ben")
    _k, span = rota.shift_at(rotation, berlin(2026, 10, 20, 12))
    assert span.end - span.start == timedelta(hours=169)
    assert span.start == datetime(2026, 10, 19, 7, tzinfo=UTC)


def test_two_handoffs_that_fall_on_one_instant_count_once():
    hourly = Rotation(BERLIN, datetime(2027, 3, 28), Unit.HOUR, 1, ((Member("ann"),),))  # noqa: DTZ001
    night = Span(berlin(2027, 3, 28), berlin(2027, 3, 28, 5))
    found = [at.astimezone(BERLIN).hour for at in rota.handoffs(hourly, night)]
    assert found == [0, 1, 3, 4]


def test_christmas_night_belongs_to_whoever_began_the_evening_before():
    people = tuple((Member(person),) for person in ("ann", "ben"))
    rotation = Rotation(BERLIN, datetime(2026, 12, 24, 18), Unit.DAY, 1, people)  # noqa: DTZ001
    assert on_duty(rotation, berlin(2026, 12, 25, 2)) == {"ann"}
    assert on_duty(rotation, berlin(2026, 12, 25, 18)) == {"ben"}


def test_a_month_without_the_day_hands_over_on_its_last():
    rotation = Rotation(
        BERLIN,
        datetime(2026, 1, 31, 9),  # noqa: DTZ001
        Unit.MONTH,
        1,
        ((Member("ann"),), (Member("ben"),)),
    )
    window = Span(berlin(2026, 1, 1), berlin(2026, 5, 1))
    days = [at.astimezone(BERLIN).date().isoformat() for at in rota.handoffs(rotation, window)]
    assert days == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]


def test_somebody_is_in_a_group_only_for_as_long_as_the_place_is_theirs():
    place = Span(berlin(2026, 10, 21), berlin(2026, 10, 22))
    rotation = weekly("ann")
    shared = Rotation(
        rotation.zone, rotation.anchor, Unit.WEEK, 1, ((Member("ann"), Member("ben", place)),)
    )
    window = Span(berlin(2026, 10, 19, 9), berlin(2026, 10, 26, 9))
    (shift,) = rota.shifts(shared, window)
    assert dict(rota.on_duty(shift)) == {"ann": window, "ben": place}


def test_whoever_leaves_in_their_own_turn_is_followed_at_once():
    rotation = weekly("ann", "ben", "cem")
    after = rota.without(rotation, "ann", berlin(2026, 10, 20, 12))
    assert on_duty(after, berlin(2026, 10, 20, 12)) == {"ben"}
    assert on_duty(after, berlin(2026, 10, 27, 12)) == {"cem"}
    with pytest.raises(ValueError, match="needs a group"):
        rota.without(weekly("ann"), "ann", berlin(2026, 10, 20, 12))


@pytest.mark.parametrize(
    "wrong",
    [
        {"every": 0},
        {"groups": ()},
        {"anchor": berlin(2026, 1, 1)},
        {"slot": timedelta(0)},
        {"weekdays": frozenset({7})},
        {"weekdays": frozenset()},
        {"counts_days": True},
    ],
)
def test_what_could_not_turn_is_refused(wrong):
    sound = {
        "zone": BERLIN,
        "anchor": datetime(2026, 1, 1),  # noqa: DTZ001
        "unit": Unit.WEEK,
        "every": 1,
        "groups": ((Member("ann"),),),
    }
    with pytest.raises(ValueError):  # noqa: PT011 - each in its own words
        Rotation(**(sound | wrong))
