"""Answers of the API that a repeated request gets again."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class GivenAnswer(models.Model):
    """Kept for a day, see web/api/idempotency.py. One per person and key."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_answer_per_key", fields=["user", "key"]),
        ]
