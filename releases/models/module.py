"""The core modules of the product: what a ticket or a correction is about."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts.models import Team


class ModuleQuerySet(models.QuerySet):
    def offered(self) -> Self:
        """Modules a ticket may be opened for."""
        return self.filter(is_active=True)


class DevelopmentArea(models.Model):
    """Who in development answers for modules, and corrects their faults."""

    name = models.CharField(_("name"), max_length=80, unique=True)

    class Meta:
        verbose_name = _("development area")
        verbose_name_plural = _("development areas")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Module(models.Model):
    """A core module of the product, with the team that answers for it."""

    class Criticality(models.IntegerChoices):
        PAYMENTS = 1, _("moves money")
        DAILY = 2, _("daily work")
        OTHER = 3, _("other")

    code = models.SlugField(_("code"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=80)
    team = models.ForeignKey(
        Team, models.PROTECT, related_name="modules", verbose_name=_("responsible team")
    )
    development_area = models.ForeignKey(
        DevelopmentArea,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="modules",
        verbose_name=_("development area"),
    )
    criticality = models.SmallIntegerField(
        _("criticality"), choices=Criticality, default=Criticality.DAILY
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects = ModuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("module")
        verbose_name_plural = _("modules")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
