"""`manage.py called "2026-12-25 02:00"`: who would be called, when, on what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from oncall import simulator
from oncall.models import Policy


class Command(BaseCommand):
    help = "Who would be called at an instant, when and on what, if nobody answers."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("at", help="local time, e.g. 2026-12-25T02:00, or with an offset")
        parser.add_argument("--policy", help="its name; without, the one for tickets")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            at = datetime.fromisoformat(options["at"])
        except ValueError as error:
            raise CommandError("A time looks like 2026-12-25T02:00.") from error
        at = timezone.make_aware(at) if timezone.is_naive(at) else at
        name = options["policy"]
        rows = Policy.objects.filter(name=name) if name else Policy.objects.filter(is_default=True)
        policy = rows.first()
        if policy is None:
            raise CommandError("There is no such policy.")
        calls = simulator.calls(policy, at)
        for call in calls:
            step = "last resort" if call.is_last_resort else f"step {call.step + 1}"
            when = timezone.localtime(call.at).isoformat(" ", "seconds")
            self.stdout.write(f"{when}  {call.person.name}  {call.way} {call.address}  {step}")
        if not calls:
            raise CommandError("Nobody would be called.")
