"""`manage.py watchman`: what is due gets done, broker or not."""

import logging
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.module_loading import import_string

from supportdesk.messaging.watch import Watchman

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Run what is due, told by PostgreSQL itself and every two seconds; needs no broker."

    def handle(self, *args: Any, **options: Any) -> None:
        watchman = Watchman(import_string(duty) for duty in settings.WATCHMAN_DUTIES)
        for number in [signal.SIGTERM, signal.SIGINT]:
            signal.signal(number, lambda *_: watchman.stop())
        logger.info("On duty")
        watchman.watch()
        logger.info("Off duty")
