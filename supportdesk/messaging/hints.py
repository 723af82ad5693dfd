"""Hints that something waits. A lost one costs seconds: beat and watchman look anyway."""

from __future__ import annotations

import logging
import os
import threading
import time
from functools import partial

from celery import current_app
from django.db import connection, transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

WATCHMAN = "desk"  # the channel of LISTEN and NOTIFY
TRUCE = 5.0  # seconds without a try after the broker failed

Hint = tuple[str, str]


def to_send(*, urgent: bool) -> Hint:
    """Urgent messages have a task, a queue and a worker of their own."""
    if urgent:
        return "supportdesk.messaging.tasks.dispatch_urgent", "urgent"
    return "supportdesk.messaging.tasks.dispatch", "celery"


def after_commit(task: str, queue: str = "celery") -> None:
    """Wake watchman and a worker once the transaction is through; a dead broker is no error."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [WATCHMAN, task])
    transaction.on_commit(partial(messenger.carry, (task, queue)), robust=True)


class Messenger:
    """Carries hints to the broker from a thread of its own, so that no request waits for it.

    Equal hints that wait are carried once; while the broker is away they are dropped.
    """

    def __init__(self) -> None:
        self._start_empty()
        # A forked child has no threads, and the lock may have been held in the parent.
        os.register_at_fork(after_in_child=self._start_empty)

    def _start_empty(self) -> None:
        self._waiting: set[Hint] = set()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def carry(self, hint: Hint) -> None:
        with self._changed:
            self._waiting.add(hint)
            self._changed.notify()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="hints", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting)
                hints, self._waiting = self._waiting, set()
            if not all(map(_send, hints)):
                time.sleep(TRUCE)


messenger = Messenger()


def _send(hint: Hint) -> bool:
    task, queue = hint
    try:
        current_app.send_task(task, queue=queue, retry=False, ignore_result=True)
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("The broker is away: %s", type(error).__name__)
        return False
    except Exception:  # one that cannot be sent must not end the thread that sends the others
        logger.exception("A hint could not be sent: %s", task)
        return False
    return True
