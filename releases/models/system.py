"""The systems customers and we run the product on."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from releases.models.line import Line
from supportdesk.accounts.models import CustomerRows, Organisation


class SystemQuerySet(CustomerRows):
    def running(self) -> Self:
        return self.filter(is_active=True)


class System(models.Model):
    """An installation of the product: a customer's, or (organisation empty) of the vendor's lab."""

    class Purpose(models.TextChoices):
        PRODUCTION = "production", _("production")
        TEST = "test", _("test")
        DEVELOPMENT = "development", _("development")

    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="systems",
        verbose_name=_("organisation"),
    )
    code = models.CharField(_("code"), max_length=20, unique=True)
    purpose = models.CharField(
        _("role"), max_length=12, choices=Purpose, default=Purpose.PRODUCTION
    )
    line = models.ForeignKey(Line, models.PROTECT, related_name="systems", verbose_name=_("line"))
    level = models.PositiveSmallIntegerField(_("support package"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    objects = SystemQuerySet.as_manager()

    class Meta:
        verbose_name = _("system")
        verbose_name_plural = _("systems")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code
