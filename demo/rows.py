"""Stories of the demo year as rows of the tickets app."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from demo.house import House
from demo.year import Story
from tickets.clocks import next_due
from tickets.models import CLOSING_NOTICE, Message, Status
from tickets.promises import PUBLISHED
from tickets.routing import RULE_VERSION


def ticket(story: Story, house: House, now: datetime) -> dict[str, Any]:
    """The ticket as its steps have left it."""
    status = next(step.status for step in reversed(story.steps) if step.status)
    resolved_at = _last(story, "resolved") if status in (Status.RESOLVED, Status.CLOSED) else None
    assigned = [step.at for step in story.steps if step.assignee]
    closed_at = story.steps[-1].at if status == Status.CLOSED else None
    closes_at = resolved_at and resolved_at + PUBLISHED[story.held_priority].closes_after
    told = closes_at and closes_at - CLOSING_NOTICE
    system = house.systems[story.insurer]
    return {
        "number": story.number,
        "organisation_id": system.organisation_id,
        "opened_by_id": story.opened_by.pk,
        "caller_id": story.caller.pk if story.caller else None,
        "confidential": story.confidential,
        "module_id": story.module.pk,
        "system_id": system.pk,
        "subject": story.say(story.subject.subject),
        "external_number": story.external_number,
        "message_id": " ".join([story.words["kennung"], story.subject.transaction]).strip(),
        "job": story.subject.job,
        "steps": f"Transaktion {story.subject.transaction}" if story.subject.transaction else "",
        "already_checked": story.checked,
        "customer_priority": story.customer_priority,
        "priority": story.held_priority,
        "status": status,
        "team_id": story.module.team_id,
        "assignee_id": story.assignee.pk if story.assignee else None,
        "opened_at": story.opened_at,
        "routed_at": story.routed_at,
        "assigned_at": assigned[-1] if assigned else None,
        "unanswered_since": _unanswered(story, status),
        "diagnosis_id": story.number if _last(story, "diagnosed") else None,
        "due_at": next_due(story.readings),
        "look_at": _look_at(story, now),
        "resolved_at": resolved_at,
        "closes_at": closes_at,
        "closing_announced_at": told if told and told <= (closed_at or now) else None,
        "closed_at": closed_at,
        "changed_at": story.steps[-1].at,
    }


def _look_at(story: Story, now: datetime) -> datetime | None:
    """What is late already was told long ago; the rest is looked at when it is due."""
    due_at = next_due(story.readings)
    return due_at if due_at and due_at > now else None


def messages(story: Story) -> Iterator[dict[str, Any]]:
    for step in story.steps:
        if step.text:
            customer = not step.by.is_vendor
            yield {
                "ticket_id": story.number,
                "author_id": step.by.pk,
                "at": step.at,
                "visibility": "internal" if step.internal else "public",
                "channel": Message.Channel.PORTAL if customer else Message.Channel.OFFICE,
                "text": step.text,
            }


def history(story: Story) -> Iterator[dict[str, Any]]:
    status, assignee, priority = Status.NEW, None, story.customer_priority
    for step in story.steps:
        status = step.status or status
        assignee = step.assignee.pk if step.assignee else assignee
        if step.kind:
            yield {
                "ticket_id": story.number,
                "at": step.at,
                "kind": step.kind,
                "by_id": step.by.pk,
                "status": status,
                "assignee_id": assignee,
                "team_id": story.module.team_id,
                "reason": step.reason,
                "public": step.kind not in ("handed_on", "unrouted", "diagnosed"),
                "priority_before": priority if step.priority else None,
                "priority": step.priority,
            }
        priority = step.priority or priority


def hand_backs(story: Story, house: House) -> Iterator[dict[str, Any]]:
    """One question in five asks for what should have been checked before; under the number."""
    asked = next((step for step in story.steps if step.kind == "waiting"), None)
    if asked and story.number % 5 == 0 and not story.opened_by.is_vendor:
        yield {
            "id": story.number,
            "ticket_id": story.number,
            "at": asked.at,
            "by_id": asked.by.pk,
            "reason": asked.text,
        }


def missing(story: Story, house: House) -> Iterator[dict[str, Any]]:
    points = house.check_points[story.module.code]
    for row in hand_backs(story, house):
        yield {"handback_id": row["id"], "checkpoint_id": points[row["id"] // 5 % len(points)].pk}


def diagnoses(story: Story, house: House) -> Iterator[dict[str, Any]]:
    """One per ticket, under the ticket's own number."""
    found = next((step for step in story.steps if step.kind == "diagnosed"), None)
    if found and story.cause:
        yield {
            "id": story.number,
            "ticket_id": story.number,
            "by_id": found.by.pk,
            "at": found.at,
            **story.cause.follow_up(story, house, found.at.date()),
        }


def decisions(story: Story) -> Iterator[dict[str, Any]]:
    for seen, answer in story.decisions:
        yield {
            "ticket_id": story.number,
            "at": seen.at,
            "team_id": story.module.team_id,
            "chosen_id": answer.chosen,
            "rule_version": RULE_VERSION,
            "reason": answer.reason,
            "situation": seen.as_json(),
            "decision": answer.as_json(),
        }


def _last(story: Story, kind: str) -> datetime | None:
    return next((step.at for step in reversed(story.steps) if step.kind == kind), None)


def _unanswered(story: Story, status: Status) -> datetime | None:
    """The customer's first public message after our last one, while the turn is ours."""
    if status not in (Status.NEW, Status.OPEN):
        return None
    since = None
    for step in story.steps:
        if step.text and not step.internal:
            since = None if step.by.is_vendor else (since or step.at)
    return since
