"""`manage.py lag`: whether events are answered and messages sent, for people and for monitoring."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from supportdesk.messaging import lag


class Command(BaseCommand):
    help = "How far events and messages are behind. Ends with 1 when that is further than --most."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--most", type=float, default=120, help="seconds, by default 120")

    def handle(self, *args: Any, most: float, **options: Any) -> None:
        late = False
        for name, found in [("events", lag.of_events()), ("messages", lag.of_dispatches())]:
            seconds = found.age.total_seconds()
            late |= seconds > most
            self.stdout.write(
                f"{name:<9}{found.waiting:>7} waiting, the oldest for {seconds:.0f} s"
            )
        if late:
            raise SystemExit(1)
