"""The web room's timetable."""

from celery import shared_task

from supportdesk.web.api import idempotency


@shared_task
def forget_answers() -> None:
    """Hourly. Safe to repeat: deletes only what is past its time."""
    idempotency.forget()
