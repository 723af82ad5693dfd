"""A release of the product, and where it branched from."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


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
