"""The secret address under which a person's calendar reads their trainings."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts.models import User
from supportdesk.secret_address import digest_of


class TrainingFeedQuerySet(models.QuerySet):
    def opened_by(self, secret: str) -> Self:
        return self.filter(digest=digest_of(secret), person__is_active=True)


class TrainingFeed(models.Model):
    """One a person: a new address ends the old one."""

    person = models.OneToOneField(User, models.CASCADE, related_name="training_feed")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = TrainingFeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar of trainings")
        verbose_name_plural = _("calendars of trainings")
