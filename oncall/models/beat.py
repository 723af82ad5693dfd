"""When each of those who wake the engine last did."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class EngineBeat(models.Model):
    class Waker(models.TextChoices):
        CELERY = "celery"
        WATCHMAN = "watchman"

    waker = models.CharField(max_length=10, choices=Waker, primary_key=True)
    at = models.DateTimeField(db_default=Now())
