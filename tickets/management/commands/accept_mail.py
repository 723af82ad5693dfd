"""`manage.py accept_mail < mail`: a mail server hands in one mail through a pipe."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from supportdesk.accounts.models import User
from tickets import actions
from tickets.models import Mailbox


class Command(BaseCommand):
    help = "Store the mail on standard input. Ends with 75 where the server shall try again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--mailbox", help="the code of the mailbox it came to")

    def handle(self, *args: Any, mailbox: str | None, **options: Any) -> None:
        most = settings.MAIL_MOST_BYTES
        raw = sys.stdin.buffer.read(most + 1)
        if not raw.strip():
            raise CommandError("There is no mail on standard input.", returncode=65)
        try:
            box = Mailbox.objects.get(code=mailbox) if mailbox else None
            row = actions.receive(
                raw[:most], by=User.objects.desk(), mailbox=box, cut_off=len(raw) > most
            )
        except Mailbox.DoesNotExist as error:
            raise CommandError(f"There is no mailbox {mailbox}.", returncode=78) from error
        except Exception as error:  # the server keeps it and comes back (EX_TEMPFAIL)
            raise CommandError(f"Not stored: {type(error).__name__}.", returncode=75) from error
        self.stdout.write(f"{row.pk}")
