"""The secret address under which a customer's calendars read the release plan."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts.models import CustomerRows, Organisation, User
from supportdesk.secret_address import digest_of


class CalendarFeedQuerySet(CustomerRows):
    def opened_with(self, secret: str) -> Self:
        """It shows what its opener may see: with their account it ends."""
        return self.filter(
            digest=digest_of(secret),
            opened_by__is_active=True,
            opened_by__organisation=F("organisation"),
        )


class CalendarFeed(models.Model):
    """One per customer: a new address ends the old one."""

    organisation = models.OneToOneField(Organisation, models.CASCADE, related_name="calendar_feed")
    digest = models.CharField(max_length=64, unique=True)
    opened_by = models.ForeignKey(User, models.CASCADE, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")

    def __str__(self) -> str:
        return str(self.organisation)
