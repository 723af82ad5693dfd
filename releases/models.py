"""The product as tickets need to know it: modules, lines and the systems customers run."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts.models import CustomerRows, Organisation, Team


class ModuleQuerySet(models.QuerySet):
    def offered(self) -> Self:
        """Modules a ticket may be opened for."""
        return self.filter(is_active=True)


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


class Line(models.Model):
    """A release of the product, e.g. 2026.2."""

    name = models.CharField(_("name"), max_length=20, unique=True)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="branches",
        verbose_name=_("branched from"),
    )
    branch_level = models.PositiveSmallIntegerField(_("at support package"), null=True, blank=True)
    in_maintenance = models.BooleanField(_("in maintenance"), default=True)

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        ordering = ["-name"]
        constraints = [
            models.CheckConstraint(
                name="a_branch_knows_its_level",
                condition=Q(parent__isnull=True, branch_level__isnull=True)
                | Q(parent__isnull=False, branch_level__isnull=False),
            ),
            models.CheckConstraint(name="no_line_is_its_own_parent", condition=~Q(parent=F("id"))),
        ]

    def __str__(self) -> str:
        return self.name


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
