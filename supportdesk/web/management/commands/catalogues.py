"""Keep the translations complete: `update` (the default), `compile`, or `check`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from supportdesk.web import catalogues


class Command(BaseCommand):
    help = "Bring the translation catalogues in line with the code, compile or check them."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("step", choices=["update", "compile", "check"], nargs="?")

    def handle(self, *args: Any, step: str | None, **options: Any) -> None:
        if step == "check":
            self._check()
            return
        if step != "compile":
            for language in catalogues.LANGUAGES:
                catalogues.update(language)
        catalogues.compile_all()
        self.stdout.write("Catalogues are compiled.")

    def _check(self) -> None:
        found = [line for code in catalogues.LANGUAGES for line in catalogues.complaints(code)]
        if found:
            raise CommandError("\n".join(found))
        self.stdout.write("Both catalogues are complete.")
