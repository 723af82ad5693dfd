"""`manage.py reactions`: one page that says what else happens when something happens."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from supportdesk.messaging.outbox import REACTIONS, Reaction


class Command(BaseCommand):
    help = "What else happens when ..., by event."

    def handle(self, *args: Any, **options: Any) -> None:
        for name in sorted(REACTIONS):
            self.stdout.write(name)
            for reaction in REACTIONS[name]:
                words = reaction.__name__.replace("_", " ")
                self.stdout.write(f"    {words:<50} {_place(reaction)}")


def _place(reaction: Reaction) -> str:
    code = inspect.unwrap(reaction).__code__
    path = Path(code.co_filename)
    inside = path.is_relative_to(settings.BASE_DIR)
    return f"{path.relative_to(settings.BASE_DIR) if inside else path}:{code.co_firstlineno}"
