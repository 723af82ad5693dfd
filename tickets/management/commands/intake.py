"""`manage.py intake`: mail is fetched from the mailboxes and sorted."""

import logging
import signal
from typing import Any

from django.core.management.base import BaseCommand

from tickets.postman import Postman

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Look into the mailboxes every ten seconds, store what is new, and sort it."

    def handle(self, *args: Any, **options: Any) -> None:
        postman = Postman()
        for number in [signal.SIGTERM, signal.SIGINT]:
            signal.signal(number, lambda *_: postman.stopping.set())
        logger.info("On the round")
        postman.work()
        logger.info("Home")
