"""Wake-ups of the messaging room. Each bears repeats: rows are claimed in PostgreSQL."""

from celery import shared_task

from supportdesk.messaging import outbox


@shared_task
def react() -> None:
    """On commit and every few seconds. Safe to repeat: an event is locked while it is answered."""
    while outbox.react():
        pass
