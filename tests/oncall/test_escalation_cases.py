"""The course of a page against the acceptance cases, by the rule alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from oncall import escalation
from oncall.escalation import Course, Policy, State, Step, Target
from tests.cases import cases

OPENED = datetime(2026, 12, 24, 17, tzinfo=UTC)
STOPPED = {State.ACKNOWLEDGED, State.RESOLVED}


@cases("escalation.json")
def test_escalation_case(case):
    story = Story(case)
    story.play()
    expected = case["expected"]
    if "status" in expected:
        assert story.course.state == expected["status"]
    assert len(story.sent) == len(expected["notifications"]), story.sent
    for sent, wanted in zip(sorted(story.sent), expected["notifications"], strict=True):
        assert (sent[1], sent[2]) == (wanted["user"], wanted["channel"])
        assert abs(sent[0] - wanted["at_s"]) <= case["tolerance_s"]


class Story:
    """A page from its opening to the horizon; the engine runs when told, else whenever it could."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.case = case
        self.policies = {name: policy(facts) for name, facts in case["policies"].items()}
        self.policy = Policy(())
        self.course = Course(None, state=State.RESOLVED)
        self.waiting: list[tuple[int, str, str]] = []
        self.sent: list[tuple[int, str, str]] = []

    def play(self) -> None:
        events = list(self.case["events"])
        for now in self.moments():
            while events and events[0]["at_s"] <= now:
                self.happen(events.pop(0), now)
            if now in self.engine_runs():
                self.run(now)

    def moments(self) -> list[int]:
        events = {event["at_s"] for event in self.case["events"]}
        return sorted(events | set(self.engine_runs()))

    def engine_runs(self) -> Sequence[int]:
        every = range(0, self.case["horizon_s"], max(1, self.case["tolerance_s"]))
        return self.case.get("engine_runs_at_s", every)

    def happen(self, event: dict[str, Any], now: int) -> None:
        kind = event["type"]
        if kind == "open":
            self.policy, self.course = self.policies[event["policy"]], Course(at(now))
        elif kind == "reassign":
            self.policy = self.policies[event["policy"]]
            self.course, self.waiting = escalation.restarted(self.course, at(now)), []
        elif kind == "escalate":
            self.course = escalation.escalated(self.course, at(now))
        elif kind == "edit_policy":
            self.policies[event["policy"]] = policy(event)
        else:
            end = at(now + 10**9)
            acknowledged = escalation.acknowledged(self.course, end)
            self.course = acknowledged if kind == "ack" else escalation.resolved(self.course)
            self.waiting = []

    def run(self, now: int) -> None:
        self.course, firing = escalation.fire(self.course, self.policy, at(now), self.reach(now))
        for person in firing.people if firing else ():
            for rule in self.case["personal_rules"][person]:
                due = now + round(rule["delay_min"] * 60)
                self.waiting.append((due, str(person), rule["channel"]))
        due_now = {(person, channel) for due, person, channel in self.waiting if due <= now}
        self.sent += [(now, *line) for line in due_now]
        self.waiting = [message for message in self.waiting if message[0] > now]

    def reach(self, now: int) -> escalation.Reachable:
        def reachable(targets: Sequence[Target], as_last_resort: bool) -> list[str]:
            people = [person for target in targets for person in self.meant(target, now)]
            return [person for person in people if self.case["personal_rules"].get(person)]

        return reachable

    def meant(self, target: Target, now: int) -> Iterator[str]:
        if target.kind == "user":
            yield str(target.key)
            return
        for duty in self.case["on_call"].get(target.key, []):
            if duty["from_s"] <= now < duty["to_s"]:
                yield duty["user"]


def policy(facts: dict[str, Any]) -> Policy:
    steps = [
        Step(
            timedelta(minutes=step["delay_min"]),
            tuple(Target(*pair) for target in step["targets"] for pair in target.items()),
        )
        for step in facts["steps"]
    ]
    return Policy(tuple(steps), facts["repeat"])


def at(second: int) -> datetime:
    return OPENED + timedelta(seconds=second)
