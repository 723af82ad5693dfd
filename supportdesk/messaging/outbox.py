"""Events inside the house: written with the change, answered once, never in the way of others."""

from __future__ import annotations

import logging
import random
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from supportdesk import logs
from supportdesk.messaging import hints
from supportdesk.messaging.models import Event

logger = logging.getLogger(__name__)

Reaction = Callable[..., None]
REACTIONS: dict[str, list[Reaction]] = defaultdict(list)
URGENT: set[str] = set()  # events with a reaction that somebody waits for
MAX_ATTEMPTS = 12
PATIENCE = timedelta(seconds=settings.EVENT_PATIENCE)


class WorkersDied(Exception):
    """Every attempt ended without a word, which is how a killed process ends."""


def emit(name: str, **body: Any) -> Event:
    """Write the event in the caller's transaction; watchman and broker get a hint after commit."""
    event = Event.objects.create(
        name=name, body=body, urgent=name in URGENT, request_id=logs.request_id()
    )
    hints.after_commit("supportdesk.messaging.tasks.react")
    return event


def reacts_to(*names: str, urgent: bool = False) -> Callable[[Reaction], Reaction]:
    """Declare, in an app's reactions.py, what it does when a lower app's event happens.

    Urgent is what somebody waits for: however many letters are still to be written, it is next.
    """

    def declare(reaction: Reaction) -> Reaction:
        if urgent:
            URGENT.update(names)
        for name in names:
            REACTIONS[name].append(reaction)
        return reaction

    return declare


def react() -> bool:
    """Run one waiting event; False when none waits."""
    event = _claim()
    if event is None:
        return False
    with logs.because_of(event.request_id, event_id=event.pk, ticket=event.body.get("ticket")):
        try:
            if event.attempts > MAX_ATTEMPTS:
                raise WorkersDied
            if _run(event):
                logger.info("%s was answered", event.name)
        except Exception as error:  # one poisoned event never blocks the next
            _postpone(event, error)
    return True


@transaction.atomic
def _claim() -> Event | None:
    """Count the attempt before it is made: an event that kills its workers dies one day, too."""
    event = Event.objects.waiting().select_for_update(skip_locked=True).first()
    if event is None:
        return None
    event.attempts += 1
    event.due_at = Now() + PATIENCE
    event.save(update_fields=["attempts", "due_at"])
    return event


@transaction.atomic
def _run(event: Event) -> bool:
    """Reactions and the mark `done_at` commit together: what they do in the database happens once.

    False when somebody else was quicker.
    Whoever lost the event meanwhile, being slower than `PATIENCE`, finds another count or the mark.
    The lock is waited for: a claimer that has just lost the race for this row still holds it.
    """
    still_ours = Event.objects.filter(pk=event.pk, attempts=event.attempts, done_at=None)
    if still_ours.select_for_update().first() is None:
        return False
    for reaction in REACTIONS.get(event.name, []):
        reaction(**event.body)
    still_ours.update(done_at=Now(), error="")
    return True


def _postpone(event: Event, error: Exception) -> None:
    dead = event.attempts >= MAX_ATTEMPTS
    pause = timedelta(seconds=2**event.attempts * random.uniform(0.8, 1.2))  # noqa: S311 - no secret
    Event.objects.filter(pk=event.pk, attempts=event.attempts, done_at=None).update(
        due_at=Now() + pause,
        dead_at=Now() if dead else None,
        error=f"{type(error).__name__}: {error}"[:2000],
    )
    report = logger.error if dead else logger.warning
    report("Event %s failed %s times: %s", event.pk, event.attempts, type(error).__name__)
