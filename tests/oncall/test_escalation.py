"""What the cases leave open: the last resort, the end of a shift, an engine that lags."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncall import escalation
from oncall.escalation import ENDLESS, Course, Policy, State, Step, Target

NOW = datetime(2026, 12, 25, 1, tzinfo=UTC)
MINUTES = timedelta(minutes=1)


def step(*people: str, minutes: int = 10) -> Step:
    return Step(minutes * MINUTES, tuple(Target("user", person) for person in people))


def named(targets, as_last_resort):
    return [target.key for target in targets]


def nobody(targets, as_last_resort):
    return []


def only_as_last_resort(targets, as_last_resort):
    return [target.key for target in targets] if as_last_resort else []


def last(*people: str) -> tuple[Target, ...]:
    return tuple(Target("user", person) for person in people)


def test_nobody_in_any_step_means_the_last_resort_at_once():
    policy = Policy((step("a"), step("b")), repeat=3, last_resort=last("lea"))
    course, firing = escalation.fire(Course(NOW), policy, NOW, only_as_last_resort)
    assert firing
    assert firing.is_last_resort
    assert (firing.at, firing.people) == (NOW, ("lea",))
    assert (course.state, course.due_at) == (State.EXHAUSTED, None)


def test_an_endless_policy_that_reaches_nobody_ends_at_the_last_resort_too():
    policy = Policy((step("a"),), repeat=ENDLESS, last_resort=last("lea"))
    _course, firing = escalation.fire(Course(NOW), policy, NOW, only_as_last_resort)
    assert firing
    assert firing.people == ("lea",)


def test_a_last_resort_that_reaches_nobody_does_not_end_the_page():
    policy = Policy((step("a"),), last_resort=last("lea"))
    course, firing = escalation.fire(Course(NOW), policy, NOW, nobody)
    assert firing is None
    assert course.state == State.TRIGGERED
    assert course.due_at == NOW + MINUTES
    _course, firing = escalation.fire(course, policy, NOW + MINUTES, only_as_last_resort)
    assert firing
    assert firing.people == ("lea",)


def test_after_the_last_step_the_last_resort_is_told_when_its_delay_is_over():
    policy = Policy((step("a"),), last_resort=last("lea"))
    course, _first = escalation.fire(Course(NOW), policy, NOW, named)
    early, firing = escalation.fire(course, policy, NOW + 9 * MINUTES, named)
    assert firing is None
    assert early == course
    _course, firing = escalation.fire(course, policy, NOW + 10 * MINUTES, named)
    assert firing
    assert firing.is_last_resort
    assert (firing.round, firing.step) == (0, 1)


def test_a_policy_without_steps_goes_to_its_last_resort():
    _course, firing = escalation.fire(Course(NOW), Policy((), 0, last("lea")), NOW, named)
    assert firing
    assert firing.people == ("lea",)


def test_when_the_shift_of_whoever_took_it_ends_the_page_starts_anew():
    policy = Policy((step("a"), step("b")))
    course, _first = escalation.fire(Course(NOW), policy, NOW, named)
    course = escalation.acknowledged(course, NOW + 60 * MINUTES)
    assert escalation.fire(course, policy, NOW + 59 * MINUTES, named)[1] is None
    course, firing = escalation.fire(course, policy, NOW + 60 * MINUTES, named)
    assert firing
    assert (firing.round, firing.step, firing.people) == (1, 0, ("a",))
    assert course.state == State.TRIGGERED


def test_a_new_start_has_all_its_rounds_again():
    policy = Policy((step("a"),), repeat=1)
    course = escalation.restarted(Course(NOW, round=5), NOW)
    people = []
    for k in range(3):
        course, firing = escalation.fire(course, policy, NOW + k * 10 * MINUTES, named)
        assert firing
        people.append((firing.round, firing.people))
    assert people == [(6, ("a",)), (7, ("a",)), (7, ())]


def test_delays_do_not_drift_while_the_engine_lags_a_little():
    policy = Policy((step("a"), step("b")))
    course, _first = escalation.fire(Course(NOW), policy, NOW + 4 * timedelta(seconds=1), named)
    assert course.due_at == NOW + 10 * MINUTES


def test_after_a_long_silence_of_the_engine_people_keep_time_to_answer():
    policy = Policy((step("a"), step("b")))
    late = NOW + 60 * MINUTES
    course, _first = escalation.fire(Course(NOW), policy, late, named)
    assert course.due_at == late - escalation.GRACE + 10 * MINUTES


def test_a_page_that_had_ended_is_escalated_from_the_first_step():
    ended = Course(None, state=State.EXHAUSTED, round=2, step=1)
    course = escalation.escalated(ended, NOW)
    assert (course.round, course.step, course.due_at) == (3, 0, NOW)


def test_nobody_is_told_twice_in_a_step():
    policy = Policy((step("a", "b", "a"),))
    _course, firing = escalation.fire(Course(NOW), policy, NOW, named)
    assert firing
    assert firing.people == ("a", "b")


@pytest.mark.property
@given(
    steps=st.lists(st.lists(st.sampled_from("abc"), max_size=2), max_size=4),
    repeat=st.integers(0, 3),
    awake=st.sets(st.sampled_from("abc")),
)
def test_every_page_ends_with_the_last_resort_and_runs_no_step_twice(steps, repeat, awake):
    policy = Policy(tuple(step(*people) for people in steps), repeat, last("lea"))

    def reachable(targets, as_last_resort):
        return [t.key for t in targets if as_last_resort or t.key in awake]

    course, now, run = Course(NOW), NOW, []
    while course.due_at is not None:
        now = course.due_at
        course, firing = escalation.fire(course, policy, now, reachable)
        assert firing
        run.append((firing.round, firing.step))
    assert firing.people == ("lea",)
    assert len(set(run)) == len(run)
    told = sum(1 for people in steps if awake & set(people))
    assert len(run) == told * (repeat + 1) + 1
