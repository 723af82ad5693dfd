"""Somebody says that a verdict is wrong: usually the validity behind it is."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from releases.models.correction import Correction
from releases.models.system import System
from releases.validity import Verdict
from supportdesk.accounts.models import CustomerRows, User


class DoubtQuerySet(CustomerRows):
    organisation_field = "system__organisation"

    def open(self) -> Self:
        return self.filter(settled_at=None)


class Doubt(models.Model):
    correction = models.ForeignKey(Correction, models.CASCADE, related_name="doubts")
    system = models.ForeignKey(System, models.CASCADE, related_name="doubts")
    # What was read, whatever is computed by now.
    verdict = models.CharField(
        _("verdict"), max_length=22, choices=[(one.value, one.value) for one in Verdict]
    )
    text = models.TextField(_("why it is wrong"))
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField(_("raised"), default=timezone.now)
    answer = models.TextField(_("answer"), blank=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(_("settled"), null=True)

    objects = DoubtQuerySet.as_manager()

    class Meta:
        verbose_name = _("doubt")
        verbose_name_plural = _("doubts")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="settled_doubts_have_an_answer",
                condition=Q(settled_at__isnull=True, settled_by__isnull=True, answer="")
                | Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(answer=""),
            ),
            models.UniqueConstraint(
                name="doubted_once_at_a_time",
                fields=["correction", "system"],
                condition=Q(settled_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.correction}, {self.system}"
