"""Watchman: does what is due without a broker, and goes on doing it when PostgreSQL comes back.

One thread per duty, so that a mail server that hangs holds up no event and no urgent message. All
of them look when PostgreSQL tells them of something new, and every two seconds anyway.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable

import psycopg
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from supportdesk.messaging.hints import WATCHMAN

logger = logging.getLogger(__name__)

GLANCE = 2.0  # seconds between two looks when nobody called
FAREWELL = 20.0  # seconds for what is under way; beyond that its lease brings it back

Duty = Callable[[], int | None]


class Watchman:
    def __init__(self, duties: Iterable[Duty]) -> None:
        self.stopping = threading.Event()
        self._bells = {duty: threading.Event() for duty in duties}
        self._threads = [
            threading.Thread(target=self._stand, args=pair, daemon=True)
            for pair in self._bells.items()
        ]

    def watch(self) -> None:
        """Until `stop`. Blocks."""
        for thread in self._threads:
            thread.start()
        while not self.stopping.is_set():
            try:
                self._listen()
            except psycopg.Error as error:
                logger.warning("Watchman hears nothing: %s", type(error).__name__)
                self.stopping.wait(GLANCE)
        self._ring()
        end = time.monotonic() + FAREWELL
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))

    def stop(self) -> None:
        self.stopping.set()

    def _listen(self) -> None:
        options = connection.get_connection_params()
        for name in ["cursor_factory", "context", "pool"]:
            options.pop(name, None)
        with psycopg.connect(**options, autocommit=True) as line:
            line.execute(f"LISTEN {WATCHMAN}")
            while not self.stopping.is_set():
                for _call in line.notifies(timeout=GLANCE, stop_after=1):
                    self._ring()

    def _ring(self) -> None:
        for bell in self._bells.values():
            bell.set()

    def _stand(self, duty: Duty, bell: threading.Event) -> None:
        while not self.stopping.is_set():
            bell.wait(GLANCE)
            bell.clear()
            try:
                while not self.stopping.is_set() and duty():
                    pass
            except (OperationalError, InterfaceError) as error:  # PostgreSQL restarts, most of all
                logger.warning("Watchman cannot work: %s", type(error).__name__)
                self.stopping.wait(GLANCE)
            except Exception:  # the next glance tries again
                logger.exception("Watchman's duty %s failed", getattr(duty, "__name__", duty))
                self.stopping.wait(GLANCE)
            finally:
                close_old_connections()
