"""Who would be called, when, on what: for any instant, by the engine's own functions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from oncall import escalation, frozen
from oncall.escalation import Course
from oncall.frozen import Reach
from oncall.models import Policy
from supportdesk.accounts.models import User

MOST_STEPS = 40  # an endless policy is shown as far as that


@dataclass(frozen=True)
class Call:
    at: datetime
    person: User
    way: str
    address: str
    round: int
    step: int
    is_last_resort: bool


def calls(policy: Policy, at: datetime) -> list[Call]:
    """If nobody answers, under today's lines and the duties as planned, in order."""
    plan, course = frozen.as_if_now(policy), Course(at)
    found: list[Call] = []
    for _step in range(MOST_STEPS):
        if course.due_at is None:
            break
        now = course.due_at
        course, firing = escalation.fire(course, plan.policy, now, Reach(plan, now))
        if firing is None:  # the last resort cannot be reached: it would be tried for ever
            break
        people = User.objects.in_bulk(list(firing.people))
        where = (firing.round, firing.step, firing.is_last_resort)
        for person in people.values():
            rules = plan.rules_of(person, as_last_resort=firing.is_last_resort)
            found += [
                Call(now + rule.delay, person, rule.channel, rule.address, *where) for rule in rules
            ]
    return sorted(found, key=lambda call: (call.at, call.person.name, call.way))
