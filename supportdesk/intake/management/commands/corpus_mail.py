"""`manage.py corpus_mail DIR`: how a folder of mails is read, with the stock parser beside it."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from supportdesk.intake import corpus


class Command(BaseCommand):
    help = "Read every mail of a folder as intake would, and print a table. Nothing is stored."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--worse", action="store_true", help="list where the stock parser wins")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["folder"].is_dir():
            raise CommandError("This is no folder.")
        tally = corpus.run(options["folder"])
        for outcome, count in tally.outcomes.most_common():
            self.stdout.write(f"{count:6}  {outcome}")
        seconds, name = tally.slowest
        self.stdout.write(f"slowest {seconds:.2f} s ({name}), peak {tally.peak / 2**20:.0f} MiB")
        for field, verdicts in tally.fields.items():
            said = ", ".join(f"{verdict} {count}" for verdict, count in verdicts.most_common())
            self.stdout.write(f"{field:>12}: {said}")
        for line in tally.worse if options["worse"] else []:
            self.stdout.write("\n".join(part[:300] for part in line) + "\n")
