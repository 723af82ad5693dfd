"""The acceptance cases through rows, verbs, engine and dispatches, on a clock of their own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from oncall import actions
from oncall.models import ContactChannel, Duty, Page, PersonalRule, Policy, PolicyStep, Schedule
from supportdesk.accounts.access import Role
from supportdesk.accounts.models import User
from supportdesk.messaging.models import Dispatch
from supportdesk.messaging.tasks import dispatch_urgent
from tests.cases import cases
from tests.factories import UserFactory
from tests.oncall.database_clock import START, DatabaseClock


@cases("escalation.json")
@pytest.mark.django_db
def test_escalation_case_on_postgresql(case, gateway, desk):
    story = Story(case, desk)
    story.play()

    expected = case["expected"]
    if "status" in expected:
        assert Page.objects.get().state == expected["status"]
    wanted = [(line["user"], line["channel"]) for line in expected["notifications"]]
    sent = story.sent()
    assert [line[1:] for line in sent] == wanted
    for (at, *_line), line in zip(sent, expected["notifications"], strict=True):
        assert abs(at - line["at_s"]) <= case["tolerance_s"]


class Story:
    def __init__(self, case: dict[str, Any], desk: User) -> None:
        self.case, self.desk = case, desk
        self.people: dict[str, User] = {}
        self.clock = DatabaseClock()
        for name, rules in case["personal_rules"].items():
            self.have_rules(name, rules)
        self.schedules = {
            name: self.schedule(name, duties) for name, duties in case["on_call"].items()
        }
        self.policies = {name: self.policy(name, p) for name, p in case["policies"].items()}

    def person(self, name: str) -> User:
        if name not in self.people:
            self.people[name] = UserFactory(organisation=None, roles=[Role.LEAD], name=name)
        return self.people[name]

    def have_rules(self, name: str, rules: list[dict[str, Any]]) -> None:
        """Rules may name the same line twice; ways we do not have count as SMS of their own."""
        for rule in rules:
            line, _new = ContactChannel.objects.get_or_create(
                person=self.person(name),
                kind=rule["channel"],
                address=f"+49 {name}",
                defaults={"confirmed_at": START},
            )
            PersonalRule.objects.create(channel=line, minutes=min(rule["delay_min"], 10_000))

    def schedule(self, name: str, duties: list[dict[str, Any]]) -> Schedule:
        schedule = Schedule.objects.create(name=name)
        for position, duty in enumerate(duties, start=1):
            span = (moment(duty["from_s"]), moment(duty["to_s"]))
            person = self.person(duty["user"])
            facts = {"schedule": schedule, "position": position}
            Duty.objects.create(person=person, during=span, **facts)
        return schedule

    def policy(self, name: str, facts: dict[str, Any]) -> Policy:
        policy, _new = Policy.objects.get_or_create(name=name)
        policy.repeat = facts["repeat"]
        policy.save()
        policy.steps.all().delete()
        for position, step in enumerate(facts["steps"]):
            row = PolicyStep.objects.create(
                policy=policy, position=position, minutes=step["delay_min"]
            )
            for target in step["targets"]:
                if "user" in target:
                    row.people.add(self.person(target["user"]))
                else:
                    row.schedules.add(self.schedules[target["schedule"]])
        return policy

    def play(self) -> None:
        events, page = list(self.case["events"]), None
        for now in self.moments():
            self.clock.stand_at(now)
            while events and events[0]["at_s"] <= now:
                page = self.happen(events.pop(0), page)
            if now in self.runs:
                while actions.tick() or dispatch_urgent():
                    pass

    def moments(self) -> list[int]:
        """Every minute, or when the case lets the engine run; and whenever something happens."""
        self.runs: Sequence[int] = self.case.get("engine_runs_at_s") or range(
            0, self.case["horizon_s"], 60
        )
        return sorted({event["at_s"] for event in self.case["events"]} | set(self.runs))

    def happen(self, event: dict[str, Any], page: Page | None) -> Page:
        kind, policy = event["type"], self.policies.get(event.get("policy", ""))
        if kind == "open":
            assert policy
            return actions.open_page("case", "Case", by=self.desk, policy=policy)
        assert page
        lea = next(iter(self.people.values()))
        if kind == "ack":
            return actions.acknowledge(page, by=lea)
        if kind == "resolve":
            return actions.resolve(page, by=lea)
        if kind == "escalate":
            return actions.escalate_page(page, by=lea)
        if kind == "edit_policy":
            self.policy(event["policy"], event)
            return page
        assert policy
        return actions.reassign(page, policy, by=lea)

    def sent(self) -> list[tuple[int, str, str]]:
        rows = Dispatch.objects.filter(state="sent").select_related("recipient")
        return sorted(
            (
                round((row.sent_at - START).total_seconds()),
                row.recipient.name,
                row.content["kind"],
            )
            for row in rows
        )


def moment(second: int) -> Any:
    return START + timedelta(seconds=second)
