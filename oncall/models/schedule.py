"""Who is on call for what: a schedule of a team, or of some modules."""

from __future__ import annotations

from typing import Self
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from releases.models import Module
from supportdesk.accounts.models import Team, User


class ScheduleQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Rosters are the vendor's own affair."""
        return self if user.is_active and user.is_vendor else self.none()

    def of_module(self, module: Module) -> Self:
        """Those that answer for it: by name, or as its team's."""
        return self.filter(models.Q(modules=module) | models.Q(team=module.team_id)).distinct()


def known_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # unknown, or no name of one
        raise ValidationError(_("There is no such time zone, e.g. Europe/Berlin.")) from error


class Schedule(models.Model):
    """People take turns here. Rules about it are read on the wall clock of `zone`."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    zone = models.CharField(
        _("time zone"), max_length=40, default="Europe/Berlin", validators=[known_zone]
    )
    team = models.ForeignKey(
        Team,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="schedules",
        verbose_name=_("team"),
    )
    modules = models.ManyToManyField(
        Module, blank=True, related_name="schedules", verbose_name=_("modules")
    )

    around_the_clock = models.BooleanField(
        _("around the clock"),
        default=True,
        help_text=_("Any time without somebody on duty is a gap, not only critical periods."),
    )
    fallback = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("fallback"),
        help_text=_("Hears of whoever does not confirm to be reachable; empty: the leads."),
    )

    objects = ScheduleQuerySet.as_manager()

    class Meta:
        verbose_name = _("schedule")
        verbose_name_plural = _("schedules")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def clock(self) -> ZoneInfo:
        return ZoneInfo(self.zone)
