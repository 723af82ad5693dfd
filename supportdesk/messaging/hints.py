"""Hints to the broker. A lost one costs seconds: beat and watchman look into PostgreSQL anyway."""

from __future__ import annotations

from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError


def after_commit(task: str, *, queue: str = "celery") -> None:
    """Wake a worker once the transaction is through; a dead broker is not an error."""
    transaction.on_commit(partial(_wake, task, queue), robust=True)


def _wake(task: str, queue: str) -> None:
    try:
        current_app.send_task(task, queue=queue, retry=False, ignore_result=True)
    except (OperationalError, OSError):
        return
