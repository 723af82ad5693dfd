"""What levels 1 and 2 could have checked before a ticket reached us, and when they had not."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from releases.models import Module
from supportdesk.accounts.models import User
from tickets.models.ticket import Ticket


class CheckPointQuerySet(models.QuerySet):
    def asked_of(self, module: Module) -> Self:
        """Those of this module and those of every module."""
        return self.filter(Q(module=module) | Q(module=None), is_active=True)


class CheckPoint(models.Model):
    """One thing to look at before level 3 is asked. The customer reads its text."""

    module = models.ForeignKey(
        Module,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="check_points",
        verbose_name=_("module"),
        help_text=_("Empty: for every module."),
    )
    text = models.CharField(_("what to check"), max_length=200)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    objects = CheckPointQuerySet.as_manager()

    class Meta:
        verbose_name = _("check point")
        verbose_name_plural = _("check points")
        ordering = ["position", "text"]
        constraints = [
            models.UniqueConstraint(
                name="one_check_point_per_text",
                fields=["module", "text"],
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return self.text


class HandBack(models.Model):
    """A ticket given back to those who sent it, with what they should have checked."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="hand_backs")
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    reason = models.TextField(_("reason"))
    missing = models.ManyToManyField(CheckPoint, related_name="hand_backs")

    class Meta:
        verbose_name = _("hand-back")
        verbose_name_plural = _("hand-backs")
        ordering = ["-at", "-pk"]
