"""A ticket nobody had to write, because a correction that is known solved it."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from releases.models import Correction, System
from releases.validity import Verdict
from supportdesk.accounts.models import CustomerRows, Organisation, User


def today() -> date:
    return timezone.localdate()


class Prevented(models.Model):
    """Said by whoever was about to write one. Once a day each: a second click is no second one."""

    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    system = models.ForeignKey(System, models.PROTECT, related_name="+")
    correction = models.ForeignKey(Correction, models.PROTECT, related_name="prevented")
    verdict = models.CharField(
        _("verdict"), max_length=22, choices=[(one.value, one.value) for one in Verdict]
    )
    on = models.DateField(_("on"), default=today)

    objects = CustomerRows.as_manager()

    class Meta:
        verbose_name = _("prevented ticket")
        verbose_name_plural = _("prevented tickets")
        constraints = [
            models.UniqueConstraint(
                name="prevented_once_a_day", fields=["person", "correction", "on"]
            )
        ]
        indexes = [models.Index(fields=["on", "correction"], name="prevented_by_day")]

    def __str__(self) -> str:
        return f"{self.correction}, {self.on}"
