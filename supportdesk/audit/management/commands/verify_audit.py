"""`manage.py verify_audit`: is the audit record what it was when it was sealed?"""

from __future__ import annotations

import re
from argparse import ArgumentParser, FileType
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from supportdesk.audit import chain
from supportdesk.audit.models import Entry

HEAD = re.compile(r"\b(\d+):([0-9a-f]{64})\b")
NAMED = 20  # unsealed entries listed by number; of the others the count


class Command(BaseCommand):
    help = "Verify the sealed audit record against itself and against heads kept elsewhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--head", action="append", default=[], help="a published head, e.g. 4711:9f2c..."
        )
        parser.add_argument(
            "--heads", type=FileType(), help="a file that contains heads: saved mails, or the log"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        text = " ".join(options["head"]) + (options["heads"].read() if options["heads"] else "")
        published = [(int(position), head) for position, head in HEAD.findall(text)]
        if options["head"] and not published:
            raise CommandError("A head is a number, a colon and 64 hexadecimal digits.")
        findings = 0
        for finding in chain.verify(published):
            findings += 1
            self.stdout.write(str(finding))
        self._sum_up(len(published))
        if findings:
            raise CommandError(f"The audit record was altered: {findings} findings.")

    def _sum_up(self, published: int) -> None:
        position, head = chain.head()
        unsealed = list(Entry.objects.unsealed().values_list("pk", flat=True))
        self.stdout.write(f"Sealed entries: {position}, head {position}:{head}")
        self.stdout.write(f"Published heads compared: {published}")
        if not published:
            self.stdout.write("Without one, an end that was cut off cannot be seen.")
        named = ", ".join(map(str, unsealed[:NAMED]))
        more = f" and {len(unsealed) - NAMED} more" if len(unsealed) > NAMED else ""
        self.stdout.write(f"Not yet sealed, so not yet protected: {named or 'none'}{more}")
