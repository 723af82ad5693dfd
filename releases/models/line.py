"""A release of the product: where it branched from, and how long it is maintained."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class LineQuerySet(models.QuerySet):
    def in_maintenance(self, on: date) -> Self:
        return self.filter(Q(maintained_until=None) | Q(maintained_until__gte=on))


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
    maintained_until = models.DateField(
        _("maintained until"),
        null=True,
        blank=True,
        help_text=_("The last day. Empty until the end is decided."),
    )

    pilot_imports = models.PositiveSmallIntegerField(
        _("imports by pilot customers"),
        default=1,
        help_text=_("So many before a package goes to everybody. 0: without a pilot."),
    )
    pilot_days = models.PositiveSmallIntegerField(
        _("days without an alarm"),
        default=7,
        help_text=_("Since the last of these imports, and since one failed or was rolled back."),
    )

    objects = LineQuerySet.as_manager()

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
