"""What a page keeps from its opening: the policy's steps and how everybody wished to be called."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from oncall.duties import on_duty
from oncall.escalation import Policy, Rule, Step, Target
from oncall.models import ContactChannel, PolicyVersion, Schedule
from oncall.models import Policy as PolicyRow
from supportdesk.accounts.models import User

Rules = dict[int, tuple[Rule, ...]]


@dataclass(frozen=True)
class Plan:
    """The engine's and the simulator's view of a version."""

    policy: Policy
    rules: Rules

    def rules_of(self, person: User, *, as_last_resort: bool = False) -> tuple[Rule, ...]:
        """As they were when the page opened; of somebody new since then, as they are. A last
        resort without a confirmed line is written to at their account's address.
        """
        found = self.rules.get(person.pk) or rules_now([person]).get(person.pk, ())
        if not found and as_last_resort:
            return (Rule(timedelta(), "mail", person.email),)
        return found


def freeze(policy: PolicyRow) -> PolicyVersion:
    """The version of these very facts, new or found."""
    return keep(policy, facts_of(policy))


def keep(policy: PolicyRow, steps: dict[str, Any]) -> PolicyVersion:
    """The version of these steps with everybody's rules of now."""
    content = {**steps, "rules": _written(rules_now())}
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    version, _new = PolicyVersion.objects.get_or_create(
        policy=policy, digest=digest, defaults={"content": content}
    )
    return version


def facts_of(policy: PolicyRow) -> dict[str, Any]:
    """Steps, rounds and last resort as they are now."""
    steps = policy.steps.prefetch_related("schedules", "people").order_by("position")
    return {
        "steps": [
            {
                "minutes": step.minutes,
                "schedules": sorted(schedule.pk for schedule in step.schedules.all()),
                "people": sorted(person.pk for person in step.people.all()),
            }
            for step in steps
        ],
        "repeat": policy.repeat,
        "last_resort": sorted(policy.last_resort.values_list("pk", flat=True)),
    }


def as_if_now(policy: PolicyRow) -> Plan:
    """What a page that opened now would go by; nothing is written."""
    return _plan({**facts_of(policy), "rules": _written(rules_now())})


def thaw(version: PolicyVersion) -> Plan:
    return _plan(version.content)


def _plan(told: dict[str, Any]) -> Plan:
    steps = tuple(
        Step(
            timedelta(minutes=step["minutes"]),
            (
                *(Target("schedule", pk) for pk in step["schedules"]),
                *(Target("user", pk) for pk in step["people"]),
            ),
        )
        for step in told["steps"]
    )
    last_resort = tuple(Target("user", pk) for pk in told["last_resort"])
    rules = {
        int(person): tuple(Rule(timedelta(minutes=minutes), *line) for minutes, *line in own)
        for person, own in told["rules"].items()
    }
    return Plan(Policy(steps, told["repeat"], last_resort), rules)


def _written(rules: Rules) -> dict[str, list[list[Any]]]:
    return {
        str(person): [[rule.delay.total_seconds() / 60, rule.channel, rule.address] for rule in own]
        for person, own in sorted(rules.items())
    }


def rules_now(people: Iterable[User] | None = None) -> Rules:
    """Of confirmed lines only. Whoever has made no rules is called on every line at once."""
    lines = ContactChannel.objects.confirmed().filter(person__is_active=True)
    if people is not None:
        lines = lines.filter(person__in=people)
    made: dict[int, list[Rule]] = {}
    unruled: dict[int, list[Rule]] = {}
    for line in lines.prefetch_related("rules").order_by("pk"):
        unruled.setdefault(line.person_id, []).append(Rule(timedelta(), line.kind, line.address))
        for rule in line.rules.all():
            after = timedelta(minutes=rule.minutes)
            made.setdefault(line.person_id, []).append(Rule(after, line.kind, line.address))
    return {
        person: tuple(sorted(made.get(person) or found, key=lambda rule: rule.delay))
        for person, found in unruled.items()
    }


@dataclass(frozen=True)
class Reach:
    """Who is meant and can be called at an instant. Whoever has no confirmed line is nobody."""

    plan: Plan
    at: datetime

    def __call__(self, targets: Sequence[Target], as_last_resort: bool) -> list[int]:
        people = (person for target in targets for person in self._meant(target))
        return [
            person.pk
            for person in people
            if self.plan.rules_of(person, as_last_resort=as_last_resort)
        ]

    def _meant(self, target: Target) -> list[User]:
        if target.kind == "schedule":
            schedule = Schedule.objects.filter(pk=target.key).first()
            return on_duty(schedule, self.at) if schedule else []
        return list(User.objects.active().filter(pk=target.key))
