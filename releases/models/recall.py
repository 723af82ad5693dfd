"""A withdrawn package, called back from each customer that has it until they have confirmed."""

from __future__ import annotations

from typing import Self

import pgtrigger
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from releases.models.package import Package
from supportdesk.accounts.models import CustomerRows, Organisation, Service, User


class RecallQuerySet(CustomerRows):
    carried_by = Service.IMPORTS

    def open(self) -> Self:
        return self.filter(confirmed_at__isnull=True)

    def for_lists(self) -> Self:
        return self.select_related("organisation", "package__line", "package__successor__line")


class Recall(models.Model):
    """Of one package from one customer. Raised anew when it runs somewhere else afterwards."""

    package = models.ForeignKey(
        Package, models.PROTECT, related_name="recalls", verbose_name=_("package")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="recalls", verbose_name=_("organisation")
    )
    raised_at = models.DateTimeField(_("raised"), default=timezone.now)
    confirmed_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("confirmed by")
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)

    objects = RecallQuerySet.as_manager()

    class Meta:
        verbose_name = _("recall")
        verbose_name_plural = _("recalls")
        ordering = ["-raised_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_recall_per_customer", fields=["package", "organisation"]
            ),
            models.CheckConstraint(
                name="confirmed_recalls_say_when_and_by_whom",
                condition=models.Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | models.Q(
                    confirmed_at__isnull=False,
                    confirmed_at__gte=models.F("raised_at"),
                    confirmed_by__isnull=False,
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation"],
                condition=models.Q(confirmed_at__isnull=True),
                name="open_recalls",
            )
        ]
        triggers = [pgtrigger.Protect(name="recalls_are_not_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.package}, {self.organisation}"
