"""How a page goes on: which step is next, whom it reaches, when, and what ends it.

Pure: no database, no clock. A course is where a page stands; each function gives the course after
one thing has happened. A step that reaches nobody is passed over at once (PagerDuty's rule;
GoAlert waits its delay); when no step of any round that is left reaches anybody, the last resort is
told at once. Rounds are never counted anew, so that (round, step) names a step run for good.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

Person = int | str
ENDLESS = -1
GRACE = timedelta(minutes=1)  # an engine no later than this does not move what follows
AGAIN = timedelta(minutes=1)  # until a last resort that reaches nobody is tried again


class State(StrEnum):
    TRIGGERED = "triggered"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    EXHAUSTED = "exhausted"


class Target(NamedTuple):
    """Whom a step means: `kind` is "user" or "schedule"."""

    kind: str
    key: Person


class Rule(NamedTuple):
    """How a person is told, counted from the step. `address` is frozen with it."""

    delay: timedelta
    channel: str
    address: str = ""


@dataclass(frozen=True)
class Step:
    delay: timedelta  # until the next step is entered
    targets: tuple[Target, ...]


@dataclass(frozen=True)
class Policy:
    """`repeat`: rounds after the first; ENDLESS never gives up."""

    steps: tuple[Step, ...]
    repeat: int = 0
    last_resort: tuple[Target, ...] = ()


@dataclass(frozen=True)
class Course:
    """Where a page stands: `round` and `step` are entered when it is due.

    `since`: the round in which the present run through the policy began.
    """

    due_at: datetime | None
    state: State = State.TRIGGERED
    round: int = 0
    step: int = 0
    since: int = 0


@dataclass(frozen=True)
class Firing:
    """A step was entered at `at`. The last resort counts as the step after the last."""

    at: datetime
    round: int
    step: int
    people: tuple[Person, ...] = ()
    skipped: tuple[tuple[int, int], ...] = ()  # (round, step) of those that reached nobody
    is_last_resort: bool = False


Reachable = Callable[[Sequence[Target], bool], Sequence[Person]]
"""People that targets mean now and that can be told; the flag says "as the last resort"."""


def fire(
    course: Course, policy: Policy, now: datetime, reachable: Reachable
) -> tuple[Course, Firing | None]:
    """What happens to a page that is due. Firing is None where the last resort reached nobody."""
    if course.due_at is None or course.due_at > now:
        return course, None
    if course.state == State.ACKNOWLEDGED:  # the shift of whoever took it is over
        course = restarted(course, now)
    skipped: list[tuple[int, int]] = []
    for round_, step in _places(course, policy):
        people = _once(reachable(policy.steps[step].targets, False))
        if people:
            firing = Firing(now, round_, step, people, tuple(skipped))
            return _after(course, policy, firing), firing
        skipped.append((round_, step))
    return _give_up(course, policy, now, reachable, tuple(skipped))


def acknowledged(course: Course, until: datetime) -> Course:
    """Somebody took it: nothing more happens until their shift ends."""
    return replace(course, state=State.ACKNOWLEDGED, due_at=until)


def resolved(course: Course) -> Course:
    return replace(course, state=State.RESOLVED, due_at=None)


def escalated(course: Course, now: datetime) -> Course:
    """The next step now, by hand; also of a page that somebody took. Starts anew after the end."""
    if course.state == State.EXHAUSTED:
        return restarted(course, now)
    return replace(course, state=State.TRIGGERED, due_at=now)


def restarted(course: Course, now: datetime) -> Course:
    """From the first step, in a round of its own: under another policy, or after a shift ended."""
    following = course.round + 1
    return Course(due_at=now, round=following, since=following)


def _places(course: Course, policy: Policy) -> Iterator[tuple[int, int]]:
    """From where it stands, as far as rounds are left; one full circle is enough to know."""
    round_, step = course.round, course.step
    for _again in policy.steps:
        if step >= len(policy.steps):
            round_, step = round_ + 1, 0
        if policy.repeat != ENDLESS and round_ - course.since > policy.repeat:
            return
        yield round_, step
        step += 1


def _after(course: Course, policy: Policy, firing: Firing) -> Course:
    due_at = course.due_at or firing.at
    base = max(due_at, firing.at - GRACE)
    return replace(
        course,
        state=State.TRIGGERED,
        due_at=base + policy.steps[firing.step].delay,
        round=firing.round,
        step=firing.step + 1,
    )


def _give_up(
    course: Course,
    policy: Policy,
    now: datetime,
    reachable: Reachable,
    skipped: tuple[tuple[int, int], ...],
) -> tuple[Course, Firing | None]:
    """A last resort that is named but reaches nobody must not end it: it is tried again."""
    people = _once(reachable(policy.last_resort, True)) if policy.last_resort else ()
    if policy.last_resort and not people:
        return replace(course, due_at=now + AGAIN), None
    step = len(policy.steps)
    firing = Firing(now, course.round, step, people, skipped, is_last_resort=True)
    return replace(course, state=State.EXHAUSTED, due_at=None), firing


def _once(people: Iterable[Person]) -> tuple[Person, ...]:
    return tuple(dict.fromkeys(people))
