"""A job that must report: what is expected of it, and when it last did."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from oncall import heartbeat
from oncall.heartbeat import LONGEST_EARLY, LONGEST_GRACE, Expected
from oncall.models.policy import Policy
from oncall.models.rotation import every_day
from oncall.models.schedule import known_zone
from supportdesk.accounts.models import User
from supportdesk.secret_address import digest_of
from supportdesk.worktime.models import Hours

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
MOST_HOURS, MOST_GRACE = LONGEST_EARLY // HOUR, LONGEST_GRACE // MINUTE


class HeartbeatQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self if user.is_active and user.is_vendor else self.none()

    def opened_by(self, secret: str) -> Self:
        return self.filter(digest=digest_of(secret))

    def missed(self) -> Self:
        """By the database's clock, the longest overdue first."""
        return self.filter(due_at__lte=Now()).order_by("due_at", "pk")

    def stuck(self, by: timedelta) -> Self:
        """Missed, and no page is open for it; or none could be opened."""
        return self.filter(Q(due_at__lte=Now() - by) | Q(due_at__isnull=False, failures__gt=0))


class Heartbeat(models.Model):
    """`awaited_on` is the beat that has not been answered yet; at `due_at` it is missed."""

    name = models.CharField(_("job"), max_length=80, unique=True)
    reports_by = models.TimeField(_("reports by"))
    zone = models.CharField(
        _("time zone"), max_length=40, default="Europe/Berlin", validators=[known_zone]
    )
    weekdays = ArrayField(
        models.SmallIntegerField(choices=Hours.Weekday),
        verbose_name=_("weekdays"),
        default=every_day,
    )
    grace = models.PositiveSmallIntegerField(
        _("minutes of grace"),
        default=0,
        validators=[MaxValueValidator(MOST_GRACE)],
        help_text=_("Somebody is called when they have passed, too."),
    )
    hours = models.PositiveSmallIntegerField(
        _("hours before"),
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_HOURS)],
        help_text=_("A report so long before the time counts for it; an earlier one does not."),
    )
    policy = models.ForeignKey(
        Policy, models.PROTECT, related_name="heartbeats", verbose_name=_("policy")
    )
    is_active = models.BooleanField(_("active"), default=True)

    digest = models.CharField(max_length=64, blank=True, editable=False)
    last_report_at = models.DateTimeField(_("last report"), null=True, editable=False)
    awaited_on = models.DateField(_("awaited on"), null=True, editable=False)
    due_at = models.DateTimeField(_("awaited until"), null=True, editable=False)
    failures = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = HeartbeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")
        ordering = ["name"]
        constraints = [
            # What is expected of an active one is known, so that it cannot be forgotten.
            models.CheckConstraint(
                name="an_active_heartbeat_is_awaited",
                condition=Q(is_active=True, awaited_on__isnull=False, due_at__isnull=False)
                | Q(is_active=False, awaited_on__isnull=True, due_at__isnull=True),
            ),
            models.CheckConstraint(
                name="heartbeats_have_weekdays",
                condition=Q(weekdays__len__gt=0, weekdays__contained_by=every_day()),
            ),
            models.CheckConstraint(
                name="a_report_answers_one_beat",
                condition=Q(hours__range=(1, MOST_HOURS), grace__range=(0, MOST_GRACE)),
            ),
            models.UniqueConstraint(
                name="one_heartbeat_per_address", fields=["digest"], condition=~Q(digest="")
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="awaited")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def expected(self) -> Expected:
        """As the pure rule reads it."""
        return Expected(
            ZoneInfo(self.zone),
            self.reports_by,
            frozenset(self.weekdays),
            self.grace * MINUTE,
            self.hours * HOUR,
        )

    def expect_from(self, now: datetime) -> None:
        """Awaited anew: after a change, by what it has reported already. Saves nothing."""
        self.awaited_on = self.due_at = None
        if self.is_active:
            rule = self.expected
            self.awaited_on = heartbeat.first(rule, now)
            if self.last_report_at:
                self.awaited_on = heartbeat.answered(rule, self.awaited_on, self.last_report_at)
            self.due_at = rule.limit(self.awaited_on)
