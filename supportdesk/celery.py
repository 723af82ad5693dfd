"""The Celery application. The broker only carries hints: what is due stands in PostgreSQL."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportdesk.settings")

app = Celery("supportdesk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**_facts: Any) -> None:
    """Celery would bring formats of its own; where somebody answers, it leaves Django's alone."""
