"""The systems customers and we run the product on, and what is installed there."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from releases.models.correction import Correction
from releases.models.line import Line
from releases.models.module import Module
from supportdesk.accounts.models import CustomerRows, Organisation, Service, User


class SystemQuerySet(CustomerRows):
    def visible_to(self, user: User) -> Self:
        """Either part of a mandate shows systems: tickets are about them, packages go into them."""
        return super().visible_to(user) | self.kept_by(user)

    def kept_by(self, user: User) -> Self:
        """Those the reader's side may speak for: what runs there, and what is imported."""
        if not user.is_active:
            return self.none()
        if user.is_vendor:
            return self
        owners = Organisation.objects.numbers_within_reach(user, Service.IMPORTS)
        return self.filter(organisation__in=owners)

    def running(self) -> Self:
        return self.filter(is_active=True)

    def lab(self) -> Self:
        """The vendor's own."""
        return self.filter(organisation=None)

    def with_level(self) -> Self:
        """For lists that say what runs there."""
        return self.select_related("organisation", "installed__line")


class System(models.Model):
    """An installation of the product: a customer's, or (organisation empty) of the vendor's lab."""

    class Purpose(models.TextChoices):
        PRODUCTION = "production", _("production")
        TEST = "test", _("test")
        DEVELOPMENT = "development", _("development")

    class Source(models.TextChoices):
        HAND = "hand", _("by hand")
        API = "api", _("by a program")
        FILE = "file", _("by a file")
        IMPORT = "import", _("by an import")

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
    modules = models.ManyToManyField(
        Module,
        blank=True,
        related_name="systems",
        verbose_name=_("modules in use"),
        help_text=_("None ticked: not known, so every module counts."),
    )
    # What runs here is believed for a while only: see `known_since`.
    inventory_at = models.DateTimeField(_("inventory reported"), null=True, editable=False)
    inventory_source = models.CharField(
        _("reported"), max_length=6, choices=Source, blank=True, editable=False
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects = SystemQuerySet.as_manager()

    class Meta:
        verbose_name = _("system")
        verbose_name_plural = _("systems")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="inventories_name_their_source",
                condition=Q(inventory_at__isnull=True) ^ ~Q(inventory_source=""),
            )
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def runs(self) -> Installed | None:
        """What was last reported, however long ago."""
        return getattr(self, "installed", None)

    def is_known(self, at: datetime) -> bool:
        """Whether an inventory was reported, and lately enough to be believed."""
        return self.inventory_at is not None and self.inventory_at >= known_since(at)


def known_since(at: datetime) -> datetime:
    """An inventory older than this counts as unknown."""
    return at - timedelta(days=settings.INVENTORY_DAYS)


class Installed(models.Model):
    """The line and level a system runs. Levels are cumulative, so this is all there is to know."""

    system = models.OneToOneField(
        System, models.CASCADE, primary_key=True, verbose_name=_("system")
    )
    line = models.ForeignKey(Line, models.PROTECT, related_name="installed", verbose_name=_("line"))
    level = models.PositiveSmallIntegerField(_("support package"))

    class Meta:
        verbose_name = _("installed level")
        verbose_name_plural = _("installed levels")
        indexes = [models.Index(fields=["line", "level"], name="installed_by_level")]

    def __str__(self) -> str:
        return f"{self.line} SP {self.level}"


class Applied(models.Model):
    """A correction brought into one system by itself, ahead of its package."""

    class State(models.TextChoices):
        IMPLEMENTED = "implemented", _("implemented")
        FAILED = "failed", _("failed")

    system = models.ForeignKey(System, models.CASCADE, related_name="applied")
    correction = models.ForeignKey(Correction, models.PROTECT, related_name="applied")
    state = models.CharField(_("state"), max_length=11, choices=State)

    class Meta:
        verbose_name = _("individual correction")
        verbose_name_plural = _("individual corrections")
        constraints = [
            models.UniqueConstraint(name="applied_once", fields=["system", "correction"])
        ]

    def __str__(self) -> str:
        return f"{self.correction}, {self.system}"
