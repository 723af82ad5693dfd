"""Events inside the house: written with the change, answered once, never in the way of others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from supportdesk.messaging import hints
from supportdesk.messaging.models import Event

Reaction = Callable[..., None]
REACTIONS: dict[str, list[Reaction]] = defaultdict(list)
MAX_ATTEMPTS = 12


def emit(name: str, **body: Any) -> Event:
    """Write the event in the caller's transaction; the broker gets a hint after commit."""
    event = Event.objects.create(name=name, body=body)
    hints.after_commit("supportdesk.messaging.tasks.react")
    return event


def reacts_to(*names: str) -> Callable[[Reaction], Reaction]:
    """Declare, in an app's reactions.py, what it does when a lower app's event happens."""

    def declare(reaction: Reaction) -> Reaction:
        for name in names:
            REACTIONS[name].append(reaction)
        return reaction

    return declare


@transaction.atomic
def react() -> bool:
    """Run one waiting event; False when none waits.

    Its reactions and the mark `done_at` commit together: what they do in the database happens once.
    """
    event = Event.objects.waiting().select_for_update(skip_locked=True).first()
    if event is None:
        return False
    try:
        with transaction.atomic():
            for reaction in REACTIONS[event.name]:
                reaction(**event.body)
            event.done_at = Now()
            event.save(update_fields=["done_at"])
    except Exception as error:  # one poisoned event never blocks the next
        _postpone(event, error)
    return True


def _postpone(event: Event, error: Exception) -> None:
    event.attempts += 1
    event.error = f"{type(error).__name__}: {error}"[:2000]
    event.due_at = Now() + timedelta(seconds=2**event.attempts)
    event.dead_at = Now() if event.attempts >= MAX_ATTEMPTS else None
    event.done_at = None
    event.save(update_fields=["attempts", "error", "due_at", "dead_at"])
