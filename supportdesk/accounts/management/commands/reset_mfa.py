"""Let somebody in again who lost their second factor, when no administrator is left to do it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from supportdesk.accounts import actions
from supportdesk.accounts.models import User
from supportdesk.errors import Refused


class Command(BaseCommand):
    help = "Remove all second factors of a person, sign them out everywhere and tell them by mail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        person = User.objects.filter(email=email.lower()).first()
        if person is None:
            raise CommandError(f"Nobody has the address {email}.")
        try:
            actions.reset_mfa(person, by=User.objects.desk())
        except Refused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{person} signs in by password alone now and sets up a new factor.")
